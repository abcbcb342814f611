"""The page about a run: whole, safe, true to the run, and readable by machines that read to people."""

import json
import re
import tomllib
from dataclasses import replace
from html import unescape

import pytest
from click.testing import CliRunner
from html_pages import NASTY, Page, missing_from_a_good_page

import coopsim as cs
from coopsim.app.cli import main
from coopsim.config import parse_config
from coopsim.errors import ResultsError
from coopsim.report import write_report
from coopsim.report.markup import Html, escaped, tag
from coopsim.report.scenario import scenario_text
from coopsim.report.svg import shown
from coopsim.results import Record


@pytest.fixture(scope="module")
def config():
    base = cs.load_config("baseline").with_values({
        "world.synthetic": {"states": 14}, "horizon.years": 6, "bilateral.base_rate": 0.4, "mechanisms.traits": False,
    })
    changes = [
        {"year": 2027, "kind": "set_parameter", "parameter": "trust.gain", "value": 0.06},
        {"year": 2028, "kind": "budget", "who": ["S01", "S02"], "factor": 0.5, "years": 2},
    ]
    return base.with_interventions(*changes)


@pytest.fixture(scope="module")
def folder(config, tmp_path_factory):
    named = replace(config, title=f"Title {NASTY}", question=f"Why {NASTY}?", background=NASTY, expectation=NASTY)
    return cs.run(named, seed=5, command=f"coopsim run {NASTY}").save(tmp_path_factory.mktemp("report") / "run")


@pytest.fixture(scope="module")
def html(folder):
    return write_report(folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parsed(html):
    return Page(html)


def test_the_page_is_well_formed_self_contained_and_accessible(html):
    assert missing_from_a_good_page(html) == []


def test_what_a_user_typed_is_text(html, parsed):
    assert "<script" not in html
    assert parsed.text.count(NASTY) >= 4  # title, question, background, expectation, command
    assert f"Title {NASTY}" in parsed.text


def test_figures_say_what_they_show_and_where_they_come_from(html, parsed):
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", html, re.DOTALL)
    assert len(captions) == len(parsed.svgs) >= 6
    assert all(svg["role"] == "img" and len(svg["aria-label"]) > 30 for svg in parsed.svgs)
    for caption in captions:
        for part in (f"coopsim {cs.__version__}", "seed 5", "n = 1 run", "no interval"):
            assert part in caption
    metadata = re.findall(r"<metadata>(.*?)</metadata>", html, re.DOTALL)
    assert len(metadata) == len(captions)
    assert all("seed 5" in text and "n = 1 run" in text and cs.__version__ in text for text in metadata)


def test_what_differs_is_told_with_default_unit_and_source(parsed, config):
    for key in config.differences():
        assert key in parsed.text
    assert "hazard of signing for an average pair with full consent (MODEL 7:" in parsed.text
    assert "0.035" in parsed.text
    assert 'parameter = "trust.gain", value = 0.06' in parsed.text
    assert "switch of M18" in parsed.text


def test_numbers_are_those_of_the_run(folder, parsed):
    results = cs.Results.load(folder)
    for name in ("density", "trust", "knowledge"):
        for value in results.indicators[name].iloc[[0, -1]]:
            assert shown(float(value)) in parsed.text
    assert results.manifest["config_hash"] in parsed.text
    assert all(version in parsed.text for version in results.manifest["packages"].values())


def test_the_methods_paragraph_names_everything_that_a_repetition_needs(folder, html):
    methods = re.search(r'<section id="methods".*?</section>', html, re.DOTALL)[0]
    m = cs.Results.load(folder).manifest
    for part in (cs.__version__, m["config_hash"], "seed 5", "2026 to 2031", "14 invented states",
                 "21 of 22 mechanisms were on (all but traits)", "bilateral.base_rate = 0.4 (default 0.035)",
                 "one run and carry no interval"):
        assert part in methods


def test_the_scenario_in_the_page_gives_the_same_configuration(folder, html):
    text = unescape(re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", html, re.DOTALL)[-1])
    assert parse_config(text).hash == cs.Results.load(folder).manifest["config_hash"]


@pytest.mark.parametrize(
    "values",
    [
        {}, {"preset": "core", "mechanisms.digital": True}, {"world.states": ["FRA", "DEU", "POL"]},
        {"world.synthetic": {"states": 9, "organisations": 30}, "conventions.mode": "threshold"},
        {"multilateral.exit_rate": 1e-5, "channels.arms_length": False, "horizon.start_year": 2000},
    ],
    ids=str,
)
def test_any_configuration_comes_back_from_its_scenario_text(values):
    base = cs.load_config("baseline").with_values(values)
    exit_of_one = {"year": base.start_year + 9, "kind": "withdraw", "who": "USA", "from": "UNESCO"}
    config = base.with_interventions(exit_of_one)
    text = scenario_text(config)
    assert parse_config(text).hash == config.hash
    assert tomllib.loads(text)["preset"] == config.preset


def test_the_same_results_give_the_same_page(folder, tmp_path, html):
    again = write_report(folder, tmp_path / "again.html").read_text(encoding="utf-8")
    assert again == html


def test_a_run_that_recorded_little_still_has_a_page(config, tmp_path):
    few = Record(indicators=["trust", "signed"], tables=())
    saved = cs.run(config, seed=1, record=few).save(tmp_path / "few")
    parsed = Page(write_report(saved).read_text(encoding="utf-8"))
    assert len(parsed.svgs) == 1
    assert "14 invented states" in parsed.text


def test_the_command_writes_where_it_is_told(folder, tmp_path):
    out = tmp_path / "new" / "page.html"
    done = CliRunner().invoke(main, ["report", str(folder), "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"report": str(out), "bytes": out.stat().st_size}
    assert [path.name for path in out.parent.iterdir()] == ["page.html"]


def test_a_folder_of_something_else_is_refused(tmp_path):
    done = CliRunner().invoke(main, ["report", str(tmp_path)])
    assert done.exit_code == 2
    assert "no folder of coopsim results" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_named(folder, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResultsError, match="cannot be written"):
        write_report(folder, tmp_path / "file" / "page.html")


def test_markup_escapes_all_but_html():
    assert tag("p", "a < b", Html("<b>c</b>"), title='"') == '<p title="&quot;">a &lt; b<b>c</b></p>'
    assert escaped("a\x00b") == "ab"

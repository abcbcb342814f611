"""The page about a sweep: design, effects with intervals, failures, how to do it again."""

import re
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest
from html_pages import NASTY, Page, missing_from_a_good_page

import coopsim as cs
from coopsim.errors import ResultsError
from coopsim.experiment.plan_files import read_plan
from coopsim.report import write_report
from coopsim.report.markup import page
from coopsim.report.of_sweep import sweep_page
from coopsim.report.svg import shown

BASE = {"world.synthetic.states": 12}


def swept(folder, **design):
    usual = {"scenario": "classroom", "years": 3, "replications": 3, "set": BASE, "indicators": ["density", "trust"]}
    cs.sweep(cs.Plan(**{**usual, **design}), out=folder, workers=1, progress=False, command="python study.py")
    return folder


def html_of(folder):
    return write_report(folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    vary = {"trust.gain": [0.02, 0.1], "bilateral.form": ["initiator", "product"]}
    return swept(tmp_path_factory.mktemp("sweep") / "grid", vary=vary, record_years="all")


@pytest.fixture(scope="module")
def html(grid):
    return html_of(grid)


DESIGNS = {
    "latin_hypercube": {"vary": {"trust.gain": (0.01, 0.1), "renewal.lapse": "plausible"}, "samples": 10},
    "one_at_a_time": {"vary": {"trust.gain": [0.02, 0.04, 0.1], "renewal.term": [3, 5]}},
    "morris": {"vary": {"trust.gain": (0.01, 0.1), "bilateral.base_rate": (0.05, 0.5)}, "samples": 5},
    "saltelli": {"vary": {"trust.gain": (0.01, 0.1), "bilateral.base_rate": (0.05, 0.5)}, "samples": 8},
}


@pytest.mark.parametrize(("design", "given"), DESIGNS.items())
def test_every_design_has_a_good_page(design, given, tmp_path):
    html = html_of(swept(tmp_path / "sweep", design=design, **given))
    assert missing_from_a_good_page(html) == []
    assert "95 %" in html


def test_a_grid_has_a_good_page(html):
    assert missing_from_a_good_page(html) == []


def test_figures_carry_version_plan_seeds_n_and_interval(html, grid):
    plan = cs.SweepResults.load(grid).manifest["plan_hash"]
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", html, re.DOTALL)
    metadata = re.findall(r"<metadata>(.*?)</metadata>", html, re.DOTALL)
    assert len(captions) == len(metadata) >= 4
    for text in (*captions, *metadata):
        for part in (f"coopsim {cs.__version__}", plan, "n = 3 per point", "seeds 1–3", "95 % t interval"):
            assert part in text


def test_effects_are_those_of_the_table(html, grid):
    table = cs.SweepResults.load(grid).table
    last = table[table["year"] == table["year"].max()]
    wide = last.groupby(["trust.gain", "seed"])["trust"].mean().unstack("trust.gain")
    moved = (wide[0.1] - wide[0.02]).mean()
    assert shown(float(moved)) in Page(html).text
    assert moved > 0


def test_what_varies_is_told_with_default_unit_and_source(html):
    text = Page(html).text
    assert "0.02, 0.1" in text
    assert "M12: half-life 9.3 years" in text
    assert "share their seeds" in text
    assert "preset" in text  # one row instead of one for each switch
    assert "mechanisms.traits" not in re.search(r'<section id="settings".*?</section>', html, re.DOTALL)[0]


def test_the_plan_in_the_page_is_the_plan(html, grid, tmp_path):
    plan = next(text for text in map(unescape, re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", html, re.DOTALL))
                if "[vary]" in text)
    path = tmp_path / "plan.toml"
    path.write_text(plan, encoding="utf-8")
    assert cs.Plan(**read_plan(path)).hash == cs.SweepResults.load(grid).manifest["plan_hash"]


def test_one_seed_has_no_interval_and_says_so(tmp_path):
    html = html_of(swept(tmp_path / "one", vary={"trust.gain": [0.02, 0.1]}, replications=1))
    assert "One seed per point" in html
    assert "has no interval of its own" in html
    assert not re.search(r"\bnan\b", Page(html).text)


def test_chance_alone_is_a_sweep_too(tmp_path):
    html = html_of(swept(tmp_path / "luck", record_years="all"))
    assert missing_from_a_good_page(html) == []
    assert "Nothing but chance" in html


@pytest.mark.parametrize(("vary", "figures"), [
    ({"trust.gain": [0.02, 0.04, 0.08]}, "density of cultural agreements by trust.gain"),
    ({"trust.gain": {"low": 0.02, "high": 0.1, "levels": 14}}, "density of cultural agreements by trust.gain"),
    ({}, "density of cultural agreements of all runs"),
])
def test_no_report_is_without_figures(vary, figures, tmp_path):
    """The last year alone, which is what a plan records if it does not say."""
    html = html_of(swept(tmp_path / "sweep", vary=vary))
    assert missing_from_a_good_page(html) == []
    titles = re.findall(r"Figure \d+\. ([^<]*)", html)
    assert len(titles) >= 2
    assert titles[0].lower() == figures


def test_failures_and_gaps_are_told(grid):
    sweep = cs.SweepResults.load(grid)
    sweep.__dict__["failures"] = pd.DataFrame(
        [{"scenario_id": 1, "replication_id": 2, "seed": 3, "config": "{}", "error": NASTY, "traceback": ""}])
    sweep.manifest["status"] = "running"
    title, body = sweep_page(sweep, "here")
    html = page(title, body, description="x")
    assert missing_from_a_good_page(html) == []
    assert NASTY in Page(html).text
    assert "not complete" in html
    assert "one failed run" in html


def test_a_sweep_without_a_finished_run_has_no_report(grid):
    sweep = cs.SweepResults.load(grid)
    sweep.__dict__["table"] = sweep.table[:0]
    with pytest.raises(ResultsError, match="no finished run"):
        sweep_page(sweep, "here")


def test_what_a_user_typed_is_text(tmp_path):
    named = replace(cs.load_config("classroom").with_values({"world.synthetic": {"states": 8}}), title=NASTY)
    html = html_of(swept(tmp_path / "x", scenario=named, set={}, vary={"trust.gain": [0.02, 0.1]}))
    assert missing_from_a_good_page(html) == []
    assert NASTY in Page(html).text

"""`coopsim scenarios`, `parameters` and `explain`: what a person reads, and the same as JSON."""

import json

import pytest
from click.testing import CliRunner

import coopsim as cs
from coopsim.app.cli import main
from coopsim.config import GROUPS, parameter_table
from coopsim.interventions import KINDS


def invoke(*args, code=0):
    done = CliRunner().invoke(main, [str(arg) for arg in args])
    assert done.exit_code == code, done.output
    return done


def as_json(*args):
    done = invoke(*args, "--json")
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.fixture
def mine(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'title = "Austerity in [bold]Europe[/bold]"\nquestion = "Who pays?"\npreset = "standard"\n'
        "[parameters.trust]\ng = 0.06\n"
        '[[interventions]]\nyear = 2030\nkind = "budget"\nwho = ["Europe", "CAN"]\nfactor = 0.5\n',
        encoding="utf-8",
    )
    return file


def test_list_is_the_default_of_scenarios():
    assert invoke("scenarios").stdout == invoke("scenarios", "list").stdout
    assert "The world of today" in invoke("scenarios").stdout
    names = [row["name"] for row in as_json("scenarios", "list")["scenarios"]]
    assert names == list(cs.list_scenarios()["name"])


def test_show_tells_the_story_and_the_differences(mine):
    shown = invoke("scenarios", "show", mine).stdout
    assert "Austerity in [bold]Europe[/bold]\n" in shown, "text is text, not markup"
    assert "Question: Who pays?" in shown
    for words in ("trust.gain", "0.06", "0.04", "file", "mechanisms.spillover", "preset standard",
                  "2030", "budget", "Europe, CAN", "factor 0.5"):
        assert words in shown
    found = as_json("scenarios", "show", mine)
    assert {"key": "trust.gain", "value": 0.06, "default": 0.04, "origin": "file"} in found["differences"]
    assert found["interventions"][0]["who"] == ["Europe", "CAN"]


def test_show_says_when_nothing_differs(tmp_path):
    (tmp_path / "plain.toml").write_text('title = "Plain"\n', encoding="utf-8")
    assert "No setting differs from the defaults." in invoke("scenarios", "show", tmp_path / "plain.toml").stdout


def test_check_as_json_reports_good_and_bad(mine, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("yers = 3", encoding="utf-8")
    done = invoke("scenarios", "check", mine, bad, "--json", code=2)
    found = json.loads(done.stdout)["files"]
    assert found[str(mine)]["valid"]
    assert "unknown key 'yers'" in found[str(bad)]["error"]


def test_the_schema_names_every_key_parameter_kind_and_entry():
    shown = invoke("scenarios", "schema").stdout
    for group, kind in GROUPS.items():
        assert group in shown
        assert all(name in shown for name in kind.specs())
    for name, kind in KINDS.items():
        assert f'kind = "{name}"' in shown
        assert all(key in shown for key in kind.entries())
    assert set(as_json("scenarios", "schema")) >= {"keys", "horizon", "world", "presets", "parameters", "interventions"}


def test_parameters_show_all_that_is_declared():
    shown = " ".join(invoke("parameters").stdout.split())
    for row in parameter_table():
        for words in (row["name"], row["meaning"], row["evidence"], row["source"]):
            assert " ".join(words.split()) in shown
    assert as_json("parameters")["parameters"] == parameter_table()
    assert {row["group"] for row in as_json("parameters", "--group", "trust")["parameters"]} == {"trust"}
    assert "did you mean 'trust'?" in invoke("parameters", "--group", "trst", code=2).stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    config = cs.load_config("baseline").with_values(
        {"world.states": ["FRA", "DEU", "POL", "BRA", "JPN", "USA"], "horizon.years": 12, "bilateral.base_rate": 0.3}
    )
    return cs.run(config, seed=4).save(tmp_path_factory.mktemp("results") / "six")


@pytest.fixture(scope="module")
def signed(folder):
    """A bilateral cultural agreement that was signed during the run."""
    ledger = cs.Results.load(folder).agreements
    new = ledger[(ledger["form"] == "bilateral") & (ledger["topic"] == "culture") & ~ledger["initial"]]
    return new.iloc[0]


def test_explain_says_why_in_sentences_and_numbers(folder, signed):
    expected = cs.explain(cs.Results.load(folder), int(signed["id"]))
    shown = " ".join(invoke("explain", folder, signed["id"]).stdout.split())
    for sentence in expected.sentences:
        assert " ".join(sentence.split()) in shown
    for term in expected.table["term"]:
        assert term in shown
    assert "yearly hazard of signature" in shown
    (found,) = as_json("explain", folder, signed["id"])["explanations"]
    assert found["agreement"] == signed["id"]
    assert found["hazard"] == expected.hazard
    assert [row["term"] for row in found["terms"]] == list(expected.table["term"])


def test_explain_finds_what_a_pair_signed_in_a_year(folder, signed):
    first, second = signed["parties"].split("-")
    by_id = invoke("explain", folder, signed["id"]).stdout
    for pair in (f"{first}-{second}", f"{second}-{first}", f"{second}-{first}".lower()):
        assert by_id in invoke("explain", folder, "--pair", pair, "--year", signed["signed"]).stdout


def test_explain_says_honestly_that_nothing_was_signed(folder, signed):
    ledger = cs.Results.load(folder).agreements
    held = ledger[(ledger["parties"] == signed["parties"]) & (ledger["form"] == "bilateral")]
    year = next(year for year in range(2026, 2038) if year not in set(held["signed"]))
    done = invoke("explain", folder, "--pair", signed["parties"], "--year", year)
    assert f"signed no agreement in {year}." in done.stdout
    assert str(signed["id"]) in done.stdout
    found = as_json("explain", folder, "--pair", signed["parties"], "--year", year)
    assert found["explanations"] == []
    assert {row["id"] for row in found["agreements"]} == set(held["id"])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("999999",), "there is no agreement 999999; ids run from 0 to"),
        (("--pair", "FRA-DEX", "--year", "2030"), "these results have no state 'DEX'; did you mean 'DEU'?"),
        (("--pair", "FRA", "--year", "2030"), "--pair FRA: must be two different codes, such as FRA-DEU"),
        (("--pair", "FRA-FRA", "--year", "2030"), "must be two different codes"),
        (("--pair", "FRA-DEU", "--year", "1830"), "--year 1830 is not allowed: must be a simulated year in [2026,"),
        ((), "Give either AGREEMENT_ID or --pair."),
        (("3", "--pair", "FRA-DEU"), "Give either AGREEMENT_ID or --pair."),
        (("3", "--year", "2030"), "--year goes with --pair."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_explain_refuses_what_makes_no_sense(folder, args, message):
    assert message in invoke("explain", folder, *args, code=2).stderr


def test_explain_needs_results(tmp_path):
    assert "there is no results folder" in invoke("explain", tmp_path / "none", 1, code=2).stderr
    assert "is no folder of coopsim results" in invoke("explain", tmp_path, 1, code=2).stderr

"""Checks from file to verdict, in small worlds: what is planted is found, what is wrong is refused."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from coopsim.app.cli import main
from coopsim.config import load_config, load_scenario
from coopsim.errors import ConfigError
from coopsim.experiment.claims import logit
from coopsim.experiment.expectations import judge, plan_of, values_of, verdict_of_scenario, watch_run
from coopsim.experiment.kept import KeptRuns
from coopsim.experiment.measures import Measure
from coopsim.experiment.run import run

SMALL = """
title = "Small"
question = "Does trust grow faster when it may?"
{more}
[horizon]
years = 4
[world]
synthetic = {{ states = 12 }}
[[arms]]
name = "fast"
title = "Trust grows fast"
values = {{ "trust.gain" = 0.1 }}
[[arms]]
name = "slow"
title = "Trust grows slowly"
values = {{ "trust.gain" = 0.0 }}
{checks}
"""
RIGHT = """
[[checks]]
claim = "Trust is higher where it grows fast"
measure = { indicator = "trust" }
against = "slow"
above = 0
"""
PLANTED = """
[[checks]]
claim = "Trust is lower where it grows fast, which is wrong"
measure = { indicator = "trust" }
against = "slow"
below = 0
"""


def scenario_file(tmp_path, checks="", more="", name="small.toml"):
    file = tmp_path / name
    file.write_text(SMALL.format(checks=checks, more=more), encoding="utf-8")
    return file


def judged(file, **options):
    plan = plan_of([load_scenario(file)], **{"replications": 3, **options})
    return judge(plan, values_of(plan))


def test_a_right_and_a_planted_wrong_expectation(tmp_path):
    table = judged(scenario_file(tmp_path, RIGHT + PLANTED))
    assert list(table["verdict"]) == ["holds", "fails"]
    assert table["found"][0] == table["found"][1] > 0
    assert list(table["contrast"]) == ["fast − slow"] * 2


def test_the_estimate_is_that_of_ordinary_runs(tmp_path):
    file = scenario_file(tmp_path, RIGHT)
    table = judged(file)
    per_seed = [
        run(load_config(file, "fast"), seed=seed).indicators["trust"].iloc[-1]
        - run(load_config(file, "slow"), seed=seed).indicators["trust"].iloc[-1] for seed in (1, 2, 3)
    ]
    assert table["found"][0] == pytest.approx(np.mean(per_seed), rel=1e-12)
    assert table["seeds"][0] == 3


def test_an_arm_that_several_checks_need_runs_once(tmp_path):
    plan = plan_of([load_scenario(scenario_file(tmp_path, RIGHT + PLANTED))], replications=3)
    assert len(plan.jobs()) == 2 * 3
    twice = plan_of([load_scenario(scenario_file(tmp_path, RIGHT)),
                     load_scenario(scenario_file(tmp_path, PLANTED, name="other.toml"))], replications=3)
    assert len(twice.jobs()) == 2 * 3


def test_a_scenario_may_ask_for_more_seeds_than_another(tmp_path):
    few = load_scenario(scenario_file(tmp_path, RIGHT, "replications = 2"))
    many = load_scenario(scenario_file(tmp_path, RIGHT, "replications = 4", name="many.toml"))
    plan = plan_of([few, many])
    assert len(plan.jobs()) == 2 * 4
    table = judge(plan, values_of(plan))
    assert dict(zip(table["scenario"], table["seeds"], strict=True)) == {"small": 2, "many": 4}


def test_a_check_may_ask_for_more_seeds_than_its_scenario(tmp_path):
    checks = RIGHT + PLANTED.rstrip() + "\nreplications = 4\n"
    plan = plan_of([load_scenario(scenario_file(tmp_path, checks, "replications = 2"))])
    assert len(plan.jobs()) == 2 * 4
    assert list(judge(plan, values_of(plan))["seeds"]) == [2, 4]
    fewer = plan_of(plan.scenarios, replications=3)
    assert list(judge(fewer, values_of(fewer))["seeds"]) == [3, 3]


def test_seeds_that_are_not_complete_do_not_count(tmp_path):
    plan = plan_of([load_scenario(scenario_file(tmp_path, RIGHT))], replications=3)
    found = values_of(plan)
    del found[plan.arms["small", "slow"].hash, 3]
    assert judge(plan, found)["seeds"][0] == 2


def test_the_result_does_not_depend_on_the_executor(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    plan = plan_of([load_scenario(scenario_file(tmp_path, RIGHT))], replications=2)
    with ThreadPoolExecutor(1) as executor:
        assert values_of(plan, executor=executor) == values_of(plan)


def test_kept_runs_are_not_repeated(tmp_path, monkeypatch):
    plan = plan_of([load_scenario(scenario_file(tmp_path, RIGHT))], replications=2)
    first = values_of(plan, kept=KeptRuns(tmp_path / "kept"))
    with (tmp_path / "kept" / "runs.jsonl").open("a") as file:
        file.write('{"source": "cut off')
    monkeypatch.setattr("coopsim.experiment.expectations.watch_run", None)  # a run would now be an error
    assert values_of(plan, kept=KeptRuns(tmp_path / "kept")) == first


def test_kept_runs_of_another_source_do_not_count(tmp_path, monkeypatch):
    plan = plan_of([load_scenario(scenario_file(tmp_path, RIGHT))], replications=2)
    values_of(plan, kept=KeptRuns(tmp_path / "kept"))
    monkeypatch.setattr("coopsim.experiment.kept.fingerprint", lambda: "another")
    config, seed = plan.jobs()[0]
    assert KeptRuns(tmp_path / "kept").get(config.hash, seed, plan.watched[config.hash]) is None


def test_the_baseline_is_an_arm_of_every_scenario(tmp_path):
    checks = RIGHT.replace('"slow"', '"baseline"')
    plan = plan_of([load_scenario(scenario_file(tmp_path, checks))], replications=2)
    baseline = plan.arms["small", "baseline"]
    assert (baseline.years, baseline.world.synthetic) == (4, 12)
    assert baseline.parameters["trust"].gain == 0.04


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [(["holds", "holds"], "holds"), (["holds", "undecided"], "undecided"), (["undecided", "fails", "holds"], "fails")],
)
def test_the_verdict_of_a_scenario_is_that_of_its_weakest_part(verdicts, whole):
    assert verdict_of_scenario(verdicts) == whole


# Measures.

def watched(table, seed=1, **values):
    config = load_config("classroom").with_values({"horizon.years": 3, "world.synthetic": {"states": 12}, **values})
    start, end = config.start_year, config.start_year + config.years
    measure = Measure.from_mapping(table, start, end)
    return measure.value(watch_run(config, seed, measure.needs(start, end)), start, end), run(config, seed=seed)


def test_an_indicator_and_what_is_subtracted():
    value, results = watched({"indicator": "trust_tied", "minus": "trust_untied", "year": 2027})
    row = results.indicators.set_index("year").loc[2027]
    assert value == pytest.approx(row["trust_tied"] - row["trust_untied"])


def test_a_mean_over_years_and_a_quotient():
    value, results = watched({"indicator": "agreements", "years": [2026, 2028], "per": {"indicator": "mean_degree"}})
    rows = results.indicators.set_index("year").loc[2026:2028]
    assert value == pytest.approx(rows["agreements"].mean() / rows["mean_degree"].mean())


def test_states_by_name_and_how_they_are_pooled():
    mean, results = watched({"states": "degree", "who": ["S01", "S02"]})
    last = results.states[results.states["year"] == 2028].set_index("iso3")
    assert mean == pytest.approx(last.loc[["S01", "S02"], "degree"].mean())
    total = watched({"states": "degree", "who": ["S01", "S02"], "of": "sum"})[0]
    assert total == last.loc[["S01", "S02"], "degree"].sum()
    share = watched({"states": "degree", "who": "S01", "of": "share"})[0]
    assert share == pytest.approx(last.loc["S01", "degree"] / last["degree"].sum())


def test_pairs_one_way_and_both_ways():
    both, results = watched({"pairs": "trust", "who": "S01", "with": "S02"})
    pair = results.ties[(results.ties["year"] == 2028) & (results.ties["iso3_a"] == "S01")
                        & (results.ties["iso3_b"] == "S02")].iloc[0]
    assert both == pytest.approx(pair["trust"])
    one_way = watched({"pairs": "trust", "who": "S01", "with": "S02", "one_way": True})[0]
    assert one_way == pytest.approx(pair["trust_ab"])


def test_pairs_that_were_tied_at_the_start():
    value, results = watched({"pairs": "agreement", "among": ["tied"], "year": 2025})
    assert value == 1
    assert watched({"pairs": "agreement", "among": ["untied"], "year": 2025})[0] == 0
    assert results.indicators["density"].iloc[0] > 0


def test_signatures_of_a_state():
    value, results = watched({"states": "signed", "of": "sum", "years": [2026, 2028]})
    new = results.agreements[~results.agreements["initial"] & (results.agreements["topic"] == "culture")
                             & (results.agreements["form"] == "bilateral")]
    assert value * 3 == 2 * len(new)


def test_the_year_in_which_a_level_is_reached():
    value, results = watched({"indicator": "trust", "reaches": 0.0})
    assert value == 1
    assert watched({"indicator": "trust", "reaches": 1.1})[0] == 4  # never: one more than the run
    assert len(results.indicators) == 4


def test_years_beyond_the_run_are_its_last():
    assert Measure.from_mapping({"indicator": "trust", "years": [2030, 2055]}, 2025, 2028).first == 2028


def test_the_logit_recovers_what_was_planted():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(20_000, 2))
    outcome = rng.uniform(size=20_000) < 1 / (1 + np.exp(-(-1 + 2 * x[:, 0] - 0.5 * x[:, 1])))
    assert logit(x, outcome) == pytest.approx([-1, 2, -0.5], abs=0.12)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"indicator": "densty"}, 'indicator = "densty" is not known; did you mean \'density\''),
        ({"states": "trust"}, 'states = "trust" is not known'),
        ({"pairs": "incident"}, 'pairs = "incident" is not known'),
        ({"density": 1}, "unknown entry 'density'"),
        ({}, "must have one of indicator, states, pairs"),
        ({"indicator": "trust", "states": "degree"}, "must have one of"),
        ({"indicator": "trust", "year": 2000}, "year = [2000, 2000] is not allowed"),
        ({"indicator": "trust", "years": [2030]}, "years = [from, to]"),
        ({"pairs": "trust", "among": ["friendly"]}, 'among = ["friendly"] is not allowed'),
        ({"indicator": "trust", "among": ["tied"]}, "must be a list of nothing"),
        ({"pairs": "trust", "of": "median"}, 'of = "median" is not allowed'),
        ({"pairs": "trust", "who": 3}, "who = 3 is not allowed"),
        ({"indicator": "trust", "minus": 3}, "3 is not allowed: must be an indicator or a measure"),
        ({"claims": "luck"}, 'claims = "luck" is not known'),
    ],
)
def test_measures_that_are_refused(table, said):
    with pytest.raises(ConfigError, match=re.escape(said)):
        Measure.from_mapping(table, 2025, 2055)


# Files.

@pytest.mark.parametrize(
    ("more", "checks", "said"),
    [
        ("", RIGHT.replace('"slow"', '"slo"'), "check 1: there is no arm 'slo'; did you mean 'slow'"),
        ("", RIGHT.replace('"slow"', '"fast"'), "compares 'fast' with itself"),
        ("", RIGHT.replace("above = 0", ""), "nothing could fail"),
        ("", RIGHT.replace("above = 0", "between = [3, 1]"), "the expected range from 3 to 1 is empty"),
        ("", RIGHT.replace("above = 0", "above = true"), "above, below and between must be numbers"),
        ("", RIGHT.replace("claim", "clam"), "unknown entry 'clam'; did you mean 'claim'"),
        ("", RIGHT + 'unit = "level"\n', 'unit = "level" is not allowed'),
        ("", RIGHT + 'unit = "ratio"\n', "a ratio of effects needs 'than'"),
        ("", RIGHT.replace('against = "slow"', 'unit = "percent"'), 'unit = "percent" is not allowed'),
        ("", RIGHT + "weights = { fast = 1 }\n", "give either 'weights', or 'arm' and 'against'"),
        ("", '[[checks]]\nclaim = "x"\nabove = 0\n', "needs a 'measure'"),
        ('level = "kindergarten"', "", 'level = "kindergarten" is not allowed'),
        ('predict = ["a", "b"]', "", "predict has 2 entries: must have 3"),
        ("replications = 1", "", "replications = 1 is not allowed"),
        ("", RIGHT + "replications = 0.5\n", "check 1: replications = 0.5 is not allowed"),
        ("checks = 3", "", "checks = 3 is not allowed: must be a list of tables"),
    ],
)
def test_scenario_files_that_are_refused(tmp_path, more, checks, said):
    file = scenario_file(tmp_path, checks, more)
    with pytest.raises(ConfigError, match=re.escape(said)) as caught:
        load_scenario(file)
    assert str(caught.value).startswith(str(file))


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        ('[[arms]]\nname = "two words"\n', "arm 1: name = \"two words\" is not allowed"),
        ('[[arms]]\nname = "baseline"\n', "the name 'baseline' is taken by the world of today"),
        ('[[arms]]\nname = "a"\n[[arms]]\nname = "a"\n', "arm 2: the name 'a' is taken"),
        ('[[arms]]\nname = "a"\nvalue = 1\n', "arm 'a': unknown entry 'value'; did you mean 'values'"),
        ('[[arms]]\nname = "a"\nvalues = { "trust.gian" = 1 }\n', "arm 'a': unknown parameter 'trust.gian'"),
        ('[[arms]]\nname = "a"\n[[arms.interventions]]\nyear = 2030\nkind = "bugdet"\n', "did you mean 'budget'"),
        ("arms = 3\n", "arms = 3 is not allowed"),
        ("groups = { west = 3 }\n", "groups.west = 3 is not allowed"),
    ],
)
def test_arms_that_are_refused(tmp_path, arms, said):
    file = tmp_path / "mine.toml"
    file.write_text(arms, encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(said)):
        load_config(file)


def test_arms_share_the_top_level_and_the_first_is_the_scenario(tmp_path):
    file = scenario_file(tmp_path)
    fast, slow = load_config(file), load_config(f"{file}:slow")
    assert (fast.name, slow.name) == ("small", "small:slow")
    assert fast.years == slow.years == 4
    assert (fast.parameters["trust"].gain, slow.parameters["trust"].gain) == (0.1, 0.0)
    assert load_config(file, "slow") == slow
    with pytest.raises(ConfigError, match=r"there is no arm 'sloe'; did you mean 'slow'"):
        load_config(file, "sloe")


def test_groups_stand_for_their_states(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("""
groups = { two = ["FRA", "DEU"] }
[[interventions]]
year = 2030
kind = "yearlong"
who = "two"
with = ["two", "POL"]
[[checks]]
claim = "x"
measure = { pairs = "trust", who = "two" }
above = 0
""", encoding="utf-8")
    scenario = load_scenario(file)
    change = scenario.config.interventions[0]
    assert (change.who, change.with_) == (("FRA", "DEU"), ("FRA", "DEU", "POL"))
    assert scenario.checks[0].measure["who"] == ["FRA", "DEU"]


def test_words_for_a_lesson_do_not_change_results(tmp_path):
    plain = load_config(scenario_file(tmp_path))
    told = load_config(scenario_file(tmp_path, RIGHT, 'level = "seminar"\nchanges = "x"\n', "told.toml"))
    assert plain.hash == told.hash


# Command line.

def test_the_command_prints_verdicts_and_saves_the_table(tmp_path):
    file = scenario_file(tmp_path, RIGHT + PLANTED)
    arguments = ["scenarios", "check", "--expectations", str(file), "--replications", "4", "--workers", "1"]
    found = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "out")])
    assert found.exit_code == 0, found.output
    assert "small: fails" in found.output
    assert "2 expectations of 1 scenarios over 8 runs: 1 hold, 1 fail, 0 undecided." in found.output
    saved = json.loads((tmp_path / "out" / "expectations.json").read_text(encoding="utf-8"))
    assert [check["verdict"] for check in saved["scenarios"][0]["checks"]] == ["holds", "fails"]
    assert (tmp_path / "out" / "expectations.csv").is_file()
    as_json = CliRunner().invoke(main, [*arguments, "--json"])
    assert json.loads(as_json.stdout)["scenarios"] == saved["scenarios"]


def test_a_scenario_without_checks_is_the_users_mistake(tmp_path):
    found = CliRunner().invoke(main, ["scenarios", "check", "--expectations", str(scenario_file(tmp_path))])
    assert found.exit_code == 2
    assert "no expectation that a machine could test" in found.stderr


def test_show_tells_the_lesson():
    found = CliRunner().invoke(main, ["scenarios", "show", "film_quota_dispute"])
    assert found.exit_code == 0
    for words in ("Predict before you run:", "no_talks", "What could flip it:", "Level: seminar"):
        assert words in found.output


def test_the_schema_documents_arms_checks_and_measures():
    found = json.loads(CliRunner().invoke(main, ["scenarios", "schema", "--json"]).stdout)
    assert {"name", "values", "interventions"} <= set(found["arms"])
    assert {"claim", "measure", "against", "between"} <= set(found["checks"])
    assert {"indicator", "pairs", "among", "reaches"} <= set(found["measure"])
    assert {"tied", "distant", "low_income"} <= set(found["among"])
    assert {"level", "predict", "mind_changer"} <= set(found["keys"])

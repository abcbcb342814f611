"""The library: every scenario of SCENARIOS.md is a file that teaches, runs, and expects something that could fail."""

import math

import pytest

from coopsim.config import load_config, load_scenario, scenario_files, theory_files
from coopsim.experiment.expectations import judge, plan_of, values_of
from coopsim.results.indicators import INDICATORS
from coopsim.world.tables import real_facts

LIBRARY = (
    "baseline_today", "postwar_reconciliation", "language_community", "cold_war_bipolarity", "regional_integration",
    "development_turn", "film_quota_dispute", "repatriation_claims", "hegemon_leaves_unesco", "austerity",
    "arms_length_vs_ministry", "small_state_strategy", "digital_turn", "conflict_shock", "cultural_rights_capacity",
    "rising_power_campaign", "new_convention", "embassy_closures", "brain_drain_or_circulation", "no_network_world",
    "treaty_history_1946_1972", "year_of_culture",
)
THEORIES = ("theories/constructivist", "theories/gravity", "theories/liberal_institutionalist", "theories/realist")


def test_all_twenty_two_are_there():
    assert len(LIBRARY) == 22
    assert set(LIBRARY) | {"baseline", "classroom"} <= set(scenario_files())
    assert set(theory_files()) == set(THEORIES)


@pytest.mark.parametrize("name", [*LIBRARY, "baseline", "classroom"])
def test_a_scenario_says_what_a_class_needs(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.level
    assert all((scenario.title, scenario.question, scenario.changes, scenario.notice, scenario.expectation,
                scenario.mind_changer))
    assert len(set(scenario.predict)) == 3
    assert set(scenario.plots) <= set(INDICATORS)
    sentences = scenario.background.rstrip(".").split(". ")
    assert 3 <= len(sentences) <= 4, "the background in three sentences"
    assert all(arm.title for arm in scenario.arms if arm.name)


@pytest.mark.parametrize("name", LIBRARY)
def test_what_could_change_the_result_is_named(name):
    words = load_scenario(name).mind_changer.replace("(", " ").replace(")", " ").replace(",", " ").replace(":", " ")
    keys = [word.rstrip(".;") for word in words.split() if "." in word.strip(".") and word[0].isalpha()]
    assert keys, "the line names a setting by its dotted key"
    for key in keys:
        load_config("baseline").value(key)


@pytest.mark.parametrize("name", [*LIBRARY, "baseline", "classroom", *THEORIES])
def test_every_arm_names_what_its_world_has(name):
    scenario = load_scenario(name)
    assert scenario.checks
    for arm in scenario.arms:
        arm.config.check_names()
        assert arm.config.start_year == scenario.config.start_year
        assert arm.config.years == scenario.config.years


@pytest.mark.parametrize("name", [*LIBRARY, *THEORIES])
def test_arms_differ(name):
    arms = load_scenario(name).arms
    assert len({arm.config.hash for arm in arms}) == len(arms)


@pytest.mark.parametrize("name", [*LIBRARY, "baseline", "classroom", *THEORIES])
def test_every_expectation_could_fail_and_every_arm_is_compared(name):
    scenario = load_scenario(name)
    compared = {arm for check in scenario.checks for arm in check.weights}
    assert {arm.name for arm in scenario.arms} <= compared, "an arm that no check looks at"
    for check in scenario.checks:
        assert math.isfinite(check.low) or math.isfinite(check.high)
    plan_of([scenario])  # every measure exists


def test_what_happens_to_a_single_pair_is_tested_on_two_hundred_seeds():
    states = set(real_facts().iso3)
    single = [
        (name, check.replications) for name in LIBRARY for check in load_scenario(name).checks
        if all(str(check.measure.get(side)) in states for side in ("who", "with"))
    ]
    assert len(single) >= 15
    assert {replications for _, replications in single} == {200}


@pytest.mark.parametrize("name", THEORIES)
def test_a_theory_has_sources_and_stays_in_plausible_ranges(name):
    scenario = load_scenario(name)
    assert len(scenario.sources) >= 3
    for group, values in scenario.config.parameters.items():
        for key, spec in values.specs().items():
            value = getattr(values, key)
            if spec.plausible and value != spec.default and f"{group}.{key}" != "bilateral.trust_weight":
                assert spec.plausible[0] <= value <= spec.plausible[1], f"{group}.{key}"


# One check of a kind each: these run two years of the real world and see that every kind of measure can be read.
@pytest.mark.parametrize("name", ["repatriation_claims", "hegemon_leaves_unesco", "treaty_history_1946_1972"])
def test_two_years_give_a_verdict(name):
    plan = plan_of([load_scenario(name)], replications=2, years=2)
    assert len(plan.jobs()) == 2 * len(plan.watched), "every configuration runs once per seed"
    table = judge(plan, values_of(plan))
    assert set(table["verdict"]) <= {"holds", "fails", "undecided"}
    assert (table["seeds"] == 2).sum() >= 1


@pytest.mark.science
@pytest.mark.parametrize("name", [*LIBRARY, "classroom", *THEORIES])
def test_every_arm_runs_three_years(name):
    plan = plan_of([load_scenario(name)], replications=2, years=3)
    table = judge(plan, values_of(plan))
    assert len(table) == len(plan.scenarios[0].checks)
    assert table["found"].notna().any()

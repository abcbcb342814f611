"""Plans say what they mean, in Python and in files, and refuse what makes no sense."""

from dataclasses import FrozenInstanceError
from math import isclose

import numpy as np
import pandas as pd
import pytest

import coopsim as cs
from coopsim.experiment.designs import DESIGNS, UNIT_DESIGNS
from coopsim.experiment.domains import configured, domain_of
from coopsim.experiment.plan_files import plan_files
from coopsim.interventions.kinds import Budget
from sweeps import PLAN, TINY

DATED = TINY.with_interventions({"year": 2026, "kind": "budget", "factor": 0.5})


def plan(vary, **kwargs):
    return cs.Plan(**PLAN | {"vary": vary, "replications": 2} | kwargs)


def refused(*words, **kwargs):
    with pytest.raises(cs.ConfigError) as error:
        plan(kwargs.pop("vary", {"trust.gain": [0.02]}), **kwargs)
    for word in words:
        assert word in str(error.value), str(error.value)


# Designs


def test_a_grid_has_every_combination_in_order():
    design = plan({"trust.gain": [0.02, 0.04], "mechanisms.network": True}).design_table()
    assert design.index.name == "scenario_id"
    assert design.to_dict("list") == {
        "trust.gain": [0.02, 0.02, 0.04, 0.04], "mechanisms.network": [False, True, False, True],
    }


def test_a_range_in_a_grid_has_the_levels_asked_for():
    assert plan({"trust.gain": (0, 0.1)}).points == 5
    assert plan({"trust.gain": (0, 0.1)}, samples=3).design_table()["trust.gain"].tolist() == [0, 0.05, 0.1]
    ranges = {"trust.gain": {"low": 0.01, "high": 1, "levels": 3, "scale": "log"}}
    assert np.allclose(plan(ranges).design_table()["trust.gain"], [0.01, 0.1, 1])


def test_whole_numbers_stay_whole():
    design = plan({"horizon.years": (1, 3)}, samples=5).design_table()
    assert design["horizon.years"].tolist() == [1, 2, 3]
    assert design["horizon.years"].dtype == "int64"
    random = plan({"horizon.years": (1, 3)}, design="random", samples=400).design_table()["horizon.years"]
    assert sorted(random.unique()) == [1, 2, 3]
    assert random.value_counts().min() > 100  # each a third of the range


def test_one_at_a_time_moves_one_key_from_the_scenarios_own_values():
    design = plan({"trust.gain": [0.02, 0.04], "mechanisms.network": True}, design="one_at_a_time").design_table()
    assert TINY.value("trust.gain") == 0.04
    assert design.values.tolist() == [[0.04, True], [0.02, True], [0.04, False]]


def test_a_list_runs_row_by_row(tmp_path):
    table = pd.DataFrame({"trust.gain": [0.02, 0.03, 0.02], "mechanisms.network": [True, False, False]})
    table.to_csv(tmp_path / "points.csv", index=False)
    for vary in (table, tmp_path / "points.csv", str(tmp_path / "points.csv"), table.to_dict("list")):
        assert plan(vary, design="list").design_table().reset_index(drop=True).equals(table)


@pytest.mark.parametrize("design", UNIT_DESIGNS)
def test_space_filling_designs_stay_inside_and_can_be_repeated(design):
    vary = {"trust.gain": (0.01, 0.09), "bilateral.beta_trust": "bounds"}
    one, again, other = (plan(vary, design=design, samples=8, seed=seed) for seed in (3, 3, 4))
    points = one.design_table()
    assert len(points) == one.points
    assert points["trust.gain"].between(0.01, 0.09).all()
    assert points.equals(again.design_table())
    assert not points.equals(other.design_table())
    assert one.unit_points().shape == (one.points, 2)


def test_a_latin_hypercube_has_one_point_in_each_slice():
    points = plan({"trust.gain": (0, 1), "bilateral.beta_trust": (0, 1)}, design="latin_hypercube", samples=10)
    for k in range(2):
        assert sorted((points.unit_points()[:, k] * 10).astype(int)) == list(range(10))


def test_morris_moves_one_factor_at_a_time_and_saltelli_has_the_size_of_the_method():
    vary = {"trust.gain": (0, 1), "bilateral.beta_trust": (0, 1), "mechanisms.network": True}
    morris = plan(vary, design="morris", samples=3)
    assert morris.points == 3 * 4
    steps = np.diff(morris.unit_points().reshape(3, 4, 3), axis=1)
    assert (np.count_nonzero(steps, axis=2) == 1).all()
    assert plan(vary, design="saltelli", samples=4).points == 4 * (3 + 2)
    assert plan(vary, design="saltelli", samples=4, second_order=True).points == 4 * (2 * 3 + 2)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_number_of_points_is_known_before_they_are_made(design):
    vary = {"trust.gain": [0.02, 0.04], "bilateral.beta_trust": [1.0, 2.0]}
    found = plan(vary, design=design, samples=None if design == "list" else 4)
    assert len(found.design_table()) == found.points
    assert found.runs == found.points * 2


def test_words_switches_scenarios_and_sizes_of_worlds_vary_too():
    found = plan({
        "scenario": ["classroom", "baseline"], "preset": ["core", "full"], "world.synthetic.states": [4, 5],
    }, scenario="classroom", configs={"baseline": TINY, "classroom": TINY})
    assert found.points == 8
    values = {"scenario": "baseline", "preset": "full", "world.synthetic.states": 5}
    config = found.config_of(values)
    assert config.world.synthetic == 5
    assert all(config.mechanisms.values())


def test_dates_and_values_of_interventions_vary():
    found = plan({"interventions.0.year": "bounds", "interventions.0.factor": [0.1, 2]}, scenario=DATED)
    assert found.design_table()["interventions.0.year"].unique().tolist() == [2026, 2027]
    config = found.config_of({"interventions.0.year": 2027, "interventions.0.factor": 2.0})
    assert config.interventions == (Budget(year=2027, factor=2.0),)


def test_a_shorter_horizon_drops_later_interventions_but_not_one_whose_year_is_given():
    late = TINY.with_interventions({"year": 2027, "kind": "budget", "factor": 0.5})
    assert configured(late, {"horizon.years": 1}).interventions == ()
    with pytest.raises(cs.ConfigError, match="2027 is not allowed"):
        configured(late, {"horizon.years": 1, "interventions.0.year": 2027})


def test_declared_ranges():
    bounds = plan({"trust.gain": "bounds"}).factors[0]
    plausible = plan({"trust.gain": "plausible"}).factors[0]
    domain = domain_of("trust.gain", TINY)
    assert (bounds.low, bounds.high) == (domain.low, domain.high)
    assert (plausible.low, plausible.high) == domain.plausible
    assert plan({"trust.g": "bounds"}).factors == (bounds,)  # MODEL.md's symbol


# Seeds


def test_points_share_their_seeds_unless_told_otherwise():
    common = plan({"trust.gain": [0.02, 0.04]}, seed=7, replications=3)
    own = plan({"trust.gain": [0.02, 0.04]}, seed=7, replications=3, common_random_numbers=False)
    seeds = [[found.seed_of(s, r) for s in range(2) for r in range(3)] for found in (common, own)]
    assert seeds[0] == [7, 8, 9, 7, 8, 9]
    assert len(set(seeds[1])) == 6


# Files


def test_a_plan_file_says_the_same_as_python(tmp_path):
    (tmp_path / "plan.toml").write_text("""
scenario = "classroom"
replications = 4
seed = 9
design = "sobol"
samples = 8
years = 6
[set]
mechanisms.network = false
[vary]
"trust.gain" = {low = 0.01, high = 0.1, scale = "log"}
bilateral.beta_trust = {low = 0.5, high = 3.0}
trust.loss = "plausible"
[record]
indicators = ["trust", "density"]
years = [2026, 2028]
""", encoding="utf-8")
    found = cs.Plan.from_file(tmp_path / "plan.toml")
    expected = cs.Plan(
        scenario="classroom", replications=4, seed=9, design="sobol", samples=8, years=6,
        set={"mechanisms.network": False},
        vary={"trust.gain": {"low": 0.01, "high": 0.1, "scale": "log"}, "bilateral.beta_trust": (0.5, 3.0),
              "trust.loss": "plausible"},
        indicators=("density", "trust"), record_years=(2026, 2028),
    )
    assert found == expected
    assert found.hash == expected.hash


@pytest.mark.parametrize("vary", [
    {"trust.gain": [0.02, 1e-05], "preset": ["core", "full"], "mechanisms.trust": True},
    {"trust.gain": {"low": 0.01, "high": 0.1, "levels": 4}, "scenario": ["classroom", "baseline"]},
    {},
])
def test_a_plan_survives_its_own_file(tmp_path, vary):
    found = cs.Plan(scenario="classroom", vary=vary, years=3, record_years="all", set={"initial.density": 0.2})
    (tmp_path / "plan.toml").write_text(found.to_toml(), encoding="utf-8")
    again = cs.Plan.from_file(tmp_path / "plan.toml")
    assert again == found
    assert again.hash == found.hash


def test_files_that_a_plan_names_lie_beside_it(tmp_path):
    (tmp_path / "mine.toml").write_text('preset = "core"\n[world]\nsynthetic = {states = 4}\n', encoding="utf-8")
    (tmp_path / "points.csv").write_text("trust.gain\n0.02\n0.03\n", encoding="utf-8")
    (tmp_path / "plan.toml").write_text('scenario = "mine.toml"\ndesign = "list"\nvary = "points.csv"\n',
                                        encoding="utf-8")
    found = cs.Plan.from_file(tmp_path / "plan.toml")
    assert found.points == 2
    assert next(iter(found.configs.values())).world.synthetic == 4


@pytest.mark.parametrize("name", plan_files())
def test_bundled_plans_are_valid(name):
    assert cs.Plan.from_file(name).runs > 1


@pytest.mark.parametrize(("text", "words"), [
    ("scenaro = 1", ("unknown key 'scenaro'", "scenario")),
    ("[record]\nyear = 1", ("record.year", "did you mean 'years'")),
    ("[vary]\ntrust.gian = [1]", ("trust.gian", "trust.gain")),
    ("vary = 3", ("vary = 3",)),
    ('vary = "none.csv"\ndesign = "list"', ("none.csv",)),
    ("set = 3", ("set = 3", "[set]")),
    ("a = [", ("not valid TOML",)),
])
def test_a_bad_plan_file_says_what_is_wrong(tmp_path, text, words):
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    with pytest.raises(cs.ConfigError) as error:
        cs.Plan.from_file(tmp_path / "plan.toml")
    for word in words:
        assert word in str(error.value)


def test_no_such_plan():
    with pytest.raises(cs.ConfigError, match="trust_gain"):
        cs.Plan.from_file("trust_gian")


# Refusals


@pytest.mark.parametrize(("kwargs", "words"), [
    ({"vary": {"trust.gian": [0.1]}}, ("trust.gian", "did you mean 'trust.gain'")),
    ({"vary": {"mechanisms.trst": True}}, ("mechanisms.trst", "mechanisms.trust")),
    ({"vary": {"horizon.year": [3]}}, ("horizon.year", "horizon.years")),
    ({"vary": {"trust.gain": [0.02, 7]}}, ("trust.gain = 7", "[0, 1]")),
    ({"vary": {"trust.gain": (0.02, 7)}}, ("trust.gain = 7", "[0, 1]")),
    ({"vary": {"trust.gain": (0.5, 0.2)}}, ("low = 0.5", "less than")),
    ({"vary": {"trust.gain": {"low": 0, "high": 0.1, "scale": "log"}}}, ("above 0",)),
    ({"vary": {"trust.gain": {"low": 0.1, "hihg": 1}}}, ("hihg", "high")),
    ({"vary": {"trust.gain": {"low": 0.1, "high": 1, "levels": 1}}}, ("levels = 1", "2 or more")),
    ({"vary": {"trust.gain": [0.02, 0.02]}}, ("twice",)),
    ({"vary": {"trust.gain": [0.02], "trust.g": [0.02]}}, ("trust.gain is given twice",)),
    ({"vary": {"trust.gain": []}}, ("trust.gain", "list of values")),
    ({"vary": {"trust.gain": "some"}}, ("trust.gain", "plausible")),
    ({"vary": {"preset": (1, 2)}}, ("preset",)),
    ({"vary": {"preset": ["cor"]}}, ("preset", "core")),
    ({"vary": {"mechanisms.trust": [1]}}, ("mechanisms.trust = 1", "true or false")),
    ({"vary": {"world.states": ["all"]}}, ("world.states", "cannot be varied")),
    ({"vary": {"interventions.3.year": [2026]}}, ("interventions.3.year", "it has none")),
    ({"vary": {"interventions.0.year": [2031]}, "scenario": "austerity", "years": 3}, ("up to 2028 it has none",)),
    ({"vary": {"interventions.0.yaer": [2026]}, "scenario": DATED}, ("yaer", "year")),
    ({"vary": {"interventions.0.year": [2050]}, "scenario": DATED}, ("2050", "[2026, 2027]")),
    ({"vary": {"scenario": ["clasroom"]}}, ("clasroom", "classroom")),
    ({"set": {"trust.gain": 0.1}}, ("both varied and set",)),
    ({"set": {"trust.gian": 0.1}}, ("set", "trust.gain")),
    ({"years": 3, "vary": {"horizon.years": [3]}}, ("both varied",)),
    ({"design": "gird"}, ("gird", "grid")),
    ({"design": "sobol", "samples": 100}, ("power of two", "64", "128")),
    ({"design": "morris", "vary": {}}, ("something to vary",)),
    ({"design": "list", "vary": {"trust.gain": [0.1], "trust.loss": [0.1, 0.2]}}, ("same length",)),
    ({"replications": 0}, ("replications = 0", "1 or more")),
    ({"replications": True}, ("replications = true",)),
    ({"seed": -1}, ("seed = -1",)),
    ({"indicators": ["desnity"]}, ("desnity", "density")),
    ({"indicators": []}, ("names none",)),
    ({"record_years": [1900]}, ("record.years = 1900",)),
    ({"record_years": "first"}, ("record.years", "last")),
    ({"vary": {"trust.gain": {"low": 0, "high": 1, "levels": 20_000}, "trust.loss": {
        "low": 0, "high": 1, "levels": 20_000}}}, ("runs", "latin_hypercube")),
])
def test_what_makes_no_sense_is_refused(kwargs, words):
    words = [word for word in words if word != "1 or more"]
    refused(*words, **kwargs)


def test_a_plan_is_frozen():
    with pytest.raises(FrozenInstanceError):
        plan({}).seed = 3


# Advice


def test_advice_before_a_sweep():
    assert plan({"trust.gain": [0.02]}, replications=20).advice() == []
    (few,) = plan({"trust.gain": [0.02]}, replications=5).advice()
    assert "5 replications" in few
    assert "1.2 standard deviations" in few  # t(0.975, 4) / sqrt(5) = 2.776 / 2.236
    assert isclose(2.776 / 5**0.5, 1.24, abs_tol=0.005)
    levels = {"low": 0.0, "high": 1.0, "levels": 50}
    (large,) = plan({"trust.gain": levels, "trust.loss": levels}, replications=20).advice()
    assert "2,500 points (50 × 50)" in large
    assert "One replication" in plan({}, replications=1).advice()[0]

"""Targets from files, and the plan of a calibration: what is allowed, and what is said otherwise."""

import pandas as pd
import pytest

from coopsim.calibration import CalibrationPlan, read_targets
from coopsim.errors import ConfigError
from coopsim.results.indicators import INDICATORS

PLAN = """
scenario = "classroom"
replications = 3
years = 5
[vary]
"trust.gain" = {low = 0.01, high = 0.1}
[targets]
file = "observed.csv"
hold_out = [2029]
scale = {density = 0.02}
[calibration]
method = "optuna"
trials = 12
"""


def test_a_wide_table_is_a_target_per_cell():
    table = pd.DataFrame({"year": [2026, 2027], "density": [0.2, 0.3], "trust": [0.5, None]})
    found = read_targets(table, scale={"density": 0.05}, hold_out=[2027])
    assert found[["indicator", "year", "value", "use"]].to_numpy().tolist() == [
        ["density", "2026", 0.2, "fit"], ["density", "2027", 0.3, "hold"], ["trust", "2026", 0.5, "fit"]]
    assert found["scale"].tolist() == [0.05, 0.05, 0.05]  # of trust: a tenth of its size


def test_a_range_is_its_middle_and_half_its_width():
    found = read_targets(pd.DataFrame({"indicator": ["density"], "year": ["last"], "low": [0.1], "high": [0.3]}))
    assert found.loc[0, ["value", "scale"]].tolist() == pytest.approx([0.2, 0.1])


def test_the_stylised_facts_are_targets_with_some_held_out():
    found = read_targets("stylised-facts")
    assert set(found["indicator"]) <= set(INDICATORS)
    assert {"fit", "hold"} == set(found["use"])
    assert (found["source"].str.len() > 10).all()


@pytest.mark.parametrize(("table", "more", "message"), [
    ({"year": [2026], "densty": [0.2]}, {}, "row 1: there is no indicator 'densty'; did you mean 'density'"),
    ({"density": [0.2]}, {}, "need a column 'year'"),
    ({"indicator": ["density"], "year": [2026]}, {}, "need a column 'value'"),
    ({"year": ["soon"], "density": [0.2]}, {}, "year = soon is not allowed"),
    ({"year": [2026], "density": [0.0]}, {}, "scale = 0.0 is not allowed"),
    ({"year": [2026], "density": [0.2]}, {"scale": {"trust": 1}}, "scale.trust belongs to no target"),
    ({"year": [2026], "density": [0.2]}, {"hold_out": [2030]}, "hold_out = 2030 is not the year of any target"),
    ({"year": [2026], "density": [0.2]}, {"hold_out": [2026]}, "no target is left to fit"),
    ({"indicator": ["density"], "year": [2026], "value": [0.2], "use": ["test"]}, {}, "must be fit or hold"),
])
def test_what_no_target_is_is_said(table, more, message):
    with pytest.raises(ConfigError, match=message):
        read_targets(pd.DataFrame(table), **more)


def test_a_plan_file(tmp_path):
    (tmp_path / "observed.csv").write_text("year,density\n2028,0.2\n2029,0.22\n")
    (tmp_path / "plan.toml").write_text(PLAN)
    found = CalibrationPlan.from_file(tmp_path / "plan.toml")
    assert (found.method, found.trials, found.plan.replications) == ("optuna", 12, 3)
    assert found.targets["use"].tolist() == ["fit", "hold"]
    assert found.hash == CalibrationPlan.from_file(tmp_path / "plan.toml").hash


@pytest.mark.parametrize(("old", "new", "message"), [
    ("trials", "trails", "unknown key 'calibration.trails'; did you mean 'trials'"),
    ('"optuna"', '"optnua"', "did you mean 'optuna'"),
    ("trials = 12", "trials = 1", "must be a whole number, 2 or more"),
    ("hold_out", "holdout", "unknown key 'targets.holdout'; did you mean 'hold_out'"),
    ('file = "observed.csv"', "", "targets.file is missing"),
    ("observed.csv", "observd.csv", "no file of targets 'observd.csv'"),
    ("[vary]", "[varied]", "unknown key 'varied'"),
    ("years = 5", "years = ", "not valid TOML"),
])
def test_a_wrong_plan_file_says_what_is_wrong(old, new, message, tmp_path):
    (tmp_path / "observed.csv").write_text("year,density\n2028,0.2\n2029,0.22\n")
    (tmp_path / "plan.toml").write_text(PLAN.replace(old, new))
    with pytest.raises(ConfigError, match=message):
        CalibrationPlan.from_file(tmp_path / "plan.toml")


def test_a_plan_without_targets_or_without_a_file_is_refused(tmp_path):
    (tmp_path / "plan.toml").write_text(PLAN.partition("[targets]")[0])
    with pytest.raises(ConfigError, match="there are no targets"):
        CalibrationPlan.from_file(tmp_path / "plan.toml")
    with pytest.raises(ConfigError, match="no plan file"):
        CalibrationPlan.from_file(tmp_path / "none.toml")

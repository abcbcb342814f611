"""The experiments on data: what they may see, how they score, and that they run in their quick form."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "experiments" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def predict():
    return load("predict_agreements")


@pytest.fixture(scope="module")
def calibrate():
    return load("calibrate_baseline")


@pytest.fixture
def agreements(tmp_path):
    pd.DataFrame({
        "year": [1950, 1955, 1958, 1959, 1961, 1965, 1971], "iso3_a": ["FRA"] * 7,
        "iso3_b": ["DEU", "ITA", "POL", "BEL", "IND", "NLD", "ESP"], "topic": ["culture"] * 7,
        "general_cultural": [0] * 7,
    }).to_csv(tmp_path / "bilateral_cultural_agreements.csv", index=False)
    pd.DataFrame({"iso3": ["FRA"] * 2, "year": [1950, 1965], "gdp_per_capita_ppp": [7000, 12000],
                  "population": [42e6, 49e6]}).to_csv(tmp_path / "state_year.csv", index=False)
    return tmp_path


def test_nothing_after_the_cut_is_left(predict, agreements, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    predict.cut_tables(agreements, 1959, kept)
    for path in kept.glob("*.csv"):
        assert pd.read_csv(path)["year"].max() <= 1959
    assert len(pd.read_csv(kept / "bilateral_cultural_agreements.csv")) == 4


def test_a_forecast_that_knows_beats_one_that_does_not(predict):
    draw = np.random.Generator(np.random.PCG64(1))
    a, b = np.triu_indices(30, 1)
    chance = draw.random(len(a)) * 0.5
    happened = draw.random(len(a)) < chance
    forecasts = {"model": chance, "base rate": np.full(len(a), happened.mean())}
    found = predict.resampled(happened, forecasts, a, b, 30, rounds=40)
    assert predict.scores(happened, chance)["roc_auc"] > 0.6
    for unit in ("states", "pairs"):
        low, high = found["base rate"][f"model less this, brier, {unit}"]
        assert low <= high < 0
    assert found["base rate"]["roc_auc"] == [0.5, 0.5]


def test_the_whole_prediction_runs_on_a_small_sample(predict, agreements):
    found = predict.predict(agreements, 1959, 1, {})
    everybody = found["all pairs"]
    assert everybody["signed"] == 2  # India and the Netherlands; Spain is too late
    assert set(everybody["forecasts"]) == {
        "model", "base rate", "gravity", "attachment", "attachment and closure", "both",
    }
    assert 0 < everybody["forecasts"]["model"]["expected"] < everybody["pairs"]
    for unit in ("states", "pairs"):
        assert f"| model less …, {unit} resampled |" in predict.told(found)


@pytest.mark.parametrize("name", ["predict_agreements", "fit_first_signatures"])
def test_without_data_an_experiment_says_why_it_does_nothing(name, tmp_path):
    done = subprocess.run([sys.executable, ROOT / "experiments" / f"{name}.py", "--data", tmp_path],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "skipped: no bilateral_cultural_agreements.csv" in done.stderr
    assert not done.stdout


def test_the_loss_is_nil_in_the_middle_and_one_at_the_edge(calibrate):
    facts = calibrate.fitted("past")
    middle = {fact.key: (fact.low + fact.high) / 2 for fact in facts}
    assert calibrate.loss(facts, middle) == pytest.approx(0, abs=1e-12)
    assert calibrate.loss(facts, {fact.key: fact.high for fact in facts}) == pytest.approx(1)


def test_only_facts_that_may_be_fitted_enter(calibrate):
    for block in calibrate.blocks(quick=True):
        assert block.facts
        assert {fact.use for fact in block.facts} == {"fit"}
        assert not any("196" in fact.title for fact in block.facts)


def test_a_point_and_its_place_in_the_cube_agree(calibrate):
    block = calibrate.blocks(quick=True)[0]
    point = block.defaults()
    assert block.point(block.units(point)) == pytest.approx(point)


@pytest.mark.science
def test_the_calibration_runs_in_its_quick_form(tmp_path):
    script = ROOT / "experiments" / "calibrate_baseline.py"
    done = subprocess.run([sys.executable, script, "--quick", "--out", tmp_path], capture_output=True, text=True,
                          check=True)
    found = json.loads(done.stdout)
    assert [block["block"] for block in found] == ["network", "norms"]
    assert json.loads((tmp_path / "calibration.json").read_text(encoding="utf-8")) == found

"""Calibration: recovery of known parameters, by the model itself and by functions; nothing lost, nothing twice."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import coopsim.calibration.problem as problem_module
from coopsim.analysis.figures import caption_of
from coopsim.calibration import CalibrationPlan, calibrate, read_targets, targets_from
from coopsim.calibration.memory import Memory
from coopsim.calibration.problem import Problem, simulate
from coopsim.calibration.words import sentences_of
from coopsim.config import load_config
from coopsim.errors import ConfigError, ResultsError
from coopsim.experiment import Plan, run

pytest.importorskip("optuna", reason="the extra 'experiments' is not installed")
pytest.importorskip("pyabc", reason="the extra 'experiments' is not installed")

TRUTH = {"bilateral.base_rate": 0.15, "trust.gain": 0.08}
SMALL = {"world.synthetic": {"states": 12}, "horizon.years": 5}
NAMES = ("density", "trust_tied")
SEARCHED = {"bilateral.base_rate": {"low": 0.01, "high": 0.5, "scale": "log"}, "trust.gain": (0.0, 0.2)}


def small(values=()):
    return load_config("classroom").with_values({**SMALL, **dict(values)})


def history(values, runs=1):
    """Return the history of the model at known values, or the mean of several: what a calibration is shown."""
    found = [run(small(values), seed=4242 + k).indicators for k in range(runs)]
    return pd.concat(found).groupby("year", as_index=False).mean()


def plan_of(targets, **more):
    sizes = {"trials": 30, "population": 24, "generations": 2, "check_runs": 4, **more}
    plan = Plan(scenario=small(), vary=SEARCHED, design="latin_hypercube", replications=2, seed=3)
    return CalibrationPlan(plan=plan, targets=targets, **sizes)


def targets_of(observed, hold_out=(2029,)):
    return targets_from(observed, NAMES, range(2027, 2031), scale={"density": 0.02, "trust_tied": 0.01},
                        hold_out=hold_out)


def straight(config, seed, wanted):
    """Stand in for the model: density is the base rate, trust of tied pairs twice the gain, each with some luck."""
    draw = np.random.default_rng(seed)
    values = {"density": config.value("bilateral.base_rate"), "trust_tied": 2 * config.value("trust.gain")}
    return [values[name] + draw.normal(0, 0.005) for name, _ in wanted]


@pytest.fixture
def stand_in(monkeypatch):
    asked = []

    def counted(config, seed, wanted):
        asked.append((config.hash, seed))
        return straight(config, seed, wanted)

    monkeypatch.setattr(problem_module, "simulate", counted)
    return asked


@pytest.fixture
def known():
    rows = [(name, year, {"density": 0.15, "trust_tied": 0.16}[name]) for name in NAMES for year in (2028, 2029, 2030)]
    table = pd.DataFrame(rows, columns=["indicator", "year", "value"])
    return read_targets(table, scale=0.005, hold_out=[2029])


def test_a_simulation_is_the_run_at_the_years_of_the_targets():
    wanted = [("density", "2027"), ("density", "last"), ("trust", "mean")]
    found, table = simulate(small(), 5, wanted), run(small(), seed=5).indicators.set_index("year")
    assert found == [table.loc[2027, "density"], table["density"].iloc[-1], table["trust"].iloc[1:].mean()]


def test_optuna_recovers_the_gain_that_the_model_was_run_with():
    # Another truth than the default (0.04), in the scenario itself, so that a search that does nothing would fail.
    found = calibrate(plan_of(targets_of(history(TRUTH, 6)), trials=24, check_runs=8))
    assert found.best["trust.gain"] == pytest.approx(0.08, abs=0.03)
    assert found.misfit["fit"] < found.misfit["fit_before"]
    other = calibrate(plan_of(targets_of(history({**TRUTH, "trust.gain": 0.0}, 6)), trials=24))
    assert other.best["trust.gain"] < 0.03


@pytest.mark.science
def test_the_posterior_covers_the_values_that_the_model_was_run_with():
    for gain in (0.02, 0.14):
        truth = {"bilateral.base_rate": 0.15, "trust.gain": gain}
        found = calibrate(plan_of(targets_of(history(truth)), method="abc", population=50, generations=4))
        rows = found.estimates.set_index("parameter")
        for key, value in truth.items():
            assert rows.loc[key, "q05"] <= value <= rows.loc[key, "q95"], (key, rows.loc[key].to_dict())
        assert rows.loc["trust.gain", "shrinkage"] > 0.3
        wrong = 0.16 - gain
        assert not rows.loc["trust.gain", "q05"] <= wrong <= rows.loc["trust.gain", "q95"]


def test_the_posterior_of_a_known_function(stand_in, known):
    found = calibrate(plan_of(known, method="abc", population=60, generations=5))
    rows = found.estimates.set_index("parameter")
    assert rows.loc["bilateral.base_rate", "estimate"] == pytest.approx(0.15, abs=0.006)
    assert rows.loc["trust.gain", "estimate"] == pytest.approx(0.08, abs=0.003)
    assert (rows["q05"] < [0.15, 0.08]).all()
    assert (rows["q95"] > [0.15, 0.08]).all()
    assert (rows["shrinkage"] > 0.8).all()
    assert found.search["weight"].sum() == pytest.approx(1)
    assert found.generations["epsilon"].is_monotonic_decreasing
    assert found.misfit["hold"] < 3 < found.misfit["hold_before"]
    assert "the fit carries over" in str(found)


def test_a_parameter_that_the_targets_do_not_know_keeps_its_prior(stand_in, known):
    density = known[known["indicator"] == "density"]
    found = calibrate(plan_of(density, method="abc", population=60, generations=4))
    rows = found.estimates.set_index("parameter")
    assert rows.loc["trust.gain", "shrinkage"] < 0.25
    assert rows.loc["bilateral.base_rate", "shrinkage"] > 0.8


def test_an_estimate_at_the_edge_is_pointed_out(stand_in, known):
    far = known.assign(value=known["value"].where(known["indicator"] == "density", 3.0))
    assert "trust.gain lies at the edge of the searched range" in str(calibrate(plan_of(far)))


def test_a_fit_that_does_not_carry_over_is_called_so(stand_in, known):
    broken = known.assign(value=known["value"].where(known["use"] == "fit", 0.03))
    assert "does not carry over" in str(calibrate(plan_of(broken)))


@pytest.mark.parametrize("method", ["optuna", "abc"])
def test_a_killed_calibration_goes_on_where_it_was(method, stand_in, known, tmp_path):
    plan = plan_of(known, method=method)
    whole = calibrate(plan, out=tmp_path / "whole")
    needed = len(stand_in)
    stand_in.clear()

    class Killed(BaseException):
        pass

    def dying(config, seed, wanted):
        if len(stand_in) == needed // 2:
            raise Killed
        stand_in.append((config.hash, seed))
        return straight(config, seed, wanted)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(problem_module, "simulate", dying)
        with pytest.raises(Killed):
            calibrate(plan, out=tmp_path / "broken")
    resumed = calibrate(plan, out=tmp_path / "broken")
    assert len(stand_in) == len(set(stand_in)) == needed, "what was finished is not simulated again"
    pd.testing.assert_frame_equal(resumed.search, whole.search)
    pd.testing.assert_frame_equal(resumed.fit, whole.fit)
    assert resumed.sentences == whole.sentences


@pytest.mark.parametrize("method", ["optuna", "abc"])
def test_an_executor_changes_nothing_but_the_time(method, monkeypatch, known, tmp_path):
    monkeypatch.setattr(problem_module, "simulate", straight)
    plan = plan_of(known, method=method)
    alone = calibrate(plan)
    if method == "abc":  # proposals borrow NumPy's global generator, so threads must not; one does the same work
        with ThreadPoolExecutor(1) as executor:
            shared = calibrate(plan, out=tmp_path, executor=executor, width=3)
    else:
        with ThreadPoolExecutor(3) as executor:
            shared = calibrate(plan, executor=executor, width=3)
    pd.testing.assert_frame_equal(alone.search, shared.search)


def test_global_luck_is_given_back(stand_in, known):
    np.random.seed(5)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    calibrate(plan_of(known, method="abc"))
    assert np.random.random() == expected  # noqa: NPY002


def test_what_is_saved_can_be_read(stand_in, known, tmp_path):
    found = calibrate(plan_of(known, method="abc"), out=tmp_path)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "estimates.parquet"), found.estimates)
    words = json.loads((tmp_path / "calibration.json").read_text(encoding="utf-8"))
    assert words["estimates"] == found.best
    for name, figure in found.figures().items():
        assert (tmp_path / f"{name}.svg").is_file()
        for part in ("coopsim ", "seed", "particles", "runs"):
            assert part in caption_of(figure)


def test_a_folder_of_another_plan_is_refused(stand_in, known, tmp_path):
    calibrate(plan_of(known), out=tmp_path / "a")
    with pytest.raises(ConfigError, match="another plan"):
        calibrate(plan_of(known, trials=31), out=tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.tex").write_text("mine")
    with pytest.raises(ResultsError, match="other things"):
        calibrate(plan_of(known), out=tmp_path / "b")


def test_the_memory_is_a_file_that_two_may_share(tmp_path):
    first, second = Memory(tmp_path / "m.sqlite"), Memory(tmp_path / "m.sqlite")
    first.put("a", [1.0, float("nan")])
    second.put("b", [2.0])
    third = Memory(tmp_path / "m.sqlite")
    assert len(third) == 2
    assert np.isnan(third.get("a")[1])
    (tmp_path / "n.sqlite").write_text("no database, but long enough to be taken for one that is broken" * 20)
    with pytest.raises(ResultsError, match=r"n\.sqlite cannot be used"):
        Memory(tmp_path / "n.sqlite")


def test_a_problem_needs_something_to_fit_within_the_simulated_years(known):
    with pytest.raises(ConfigError, match="nothing varies"):
        Problem(Plan(scenario=small()), known)
    late = known.assign(year="2099")
    with pytest.raises(ConfigError, match="outside the simulated years 2025–2030"):
        Problem(Plan(scenario=small(), vary={"trust.gain": [0.1, 0.2]}), late)
    wide = Plan(scenario=small(), vary={**SEARCHED, "trust.loss": (0.1, 0.5)}, design="latin_hypercube")
    with pytest.raises(ConfigError, match="take at least 15"):
        calibrate(CalibrationPlan(plan=wide, targets=known, method="abc", population=10))


def test_a_search_that_found_nothing_better_says_so():
    estimates = pd.DataFrame([{"parameter": "trust.gain", "estimate": 0.1, "default": 0.04, "low": 0.0, "high": 0.2,
                               "q05": 0.08, "q95": 0.12}])
    fit = pd.DataFrame({"use": ["fit", "hold"]})
    worse = {"fit": 1.9, "fit_before": 1.3, "hold": 1.9, "hold_before": 2.0}
    said = " ".join(sentences_of("optuna", estimates, fit, worse, 10))
    assert "nothing better than the scenario's own values" in said
    assert "the fit carries over" not in said
    better = " ".join(sentences_of("optuna", estimates, fit, worse | {"fit": 0.9}, 10))
    assert "nothing better" not in better
    assert "the fit carries over" in better

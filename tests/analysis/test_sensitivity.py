"""Sensitivity indices against functions whose indices are known."""

import builtins
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("SALib", reason="the extra 'experiments' is not installed")

from coopsim.analysis.sensitivity import morris, sobol
from coopsim.errors import ConfigError, CoopsimError
from sweep_tables import NAMES, ishigami, saltelli, table_of, trajectories


@pytest.fixture(scope="module")
def found():
    return sobol(table_of(saltelli(1024), ishigami, replications=2), "y")


def test_sobol_finds_the_indices_of_ishigami(found):
    # Ishigami with a = 7, b = 0.1: variances by hand (Saltelli and others 2008).
    v_x = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2
    v_y, v_xz = 49 / 8, 0.1**2 * np.pi**8 * (1 / 18 - 1 / 50)
    total = v_x + v_y + v_xz
    truth = {"a.x": (v_x / total, (v_x + v_xz) / total), "a.y": (v_y / total,) * 2, "a.z": (0.0, v_xz / total)}
    for row in found.table.to_dict("records"):
        first, whole = truth[row["parameter"]]
        assert row["S1"] == pytest.approx(first, abs=0.06)
        assert row["ST"] == pytest.approx(whole, abs=0.06)
        assert abs(row["S1"] - first) < 2 * row["S1_conf"] + 0.01
        assert 0 < row["ST_conf"] < 0.12
    assert found.table["parameter"].tolist() == ["a.x", "a.y", "a.z"]


def test_sobol_says_that_an_index_near_zero_is_not_one(found):
    words = str(found)
    assert "wider than" not in words  # its total effect is sure
    assert "the rest are interactions, above all of a.x and a.z" in words


def test_pairs_have_indices_of_their_own_if_the_design_has_them(found):
    pairs = sobol(table_of(saltelli(1024, pairs=True), ishigami, replications=2), "y").second
    assert pairs.iloc[0][["a", "b"]].tolist() == ["a.x", "a.z"]
    assert pairs.iloc[0]["S2"] == pytest.approx(0.244, abs=0.08)
    assert found.second.empty


def test_replications_are_averaged_before_the_indices(found):
    noisy = table_of(saltelli(1024), ishigami, replications=2, noise=3.0, shared=False)
    single = noisy[noisy["replication_id"] == 0]
    averaged, alone = sobol(noisy, "y"), sobol(single, "y")
    assert averaged.luck == pytest.approx(4.5 / (13.84 + 4.5), abs=0.03)
    assert "counts as interaction: take more replications" in str(averaged)
    assert np.isnan(alone.luck)
    assert "take at least two" in str(alone)
    x = averaged.table.set_index("parameter").loc["a.x", "S1"]
    assert x == pytest.approx(0.314 * 13.84 / (13.84 + 4.5), abs=0.06)


def test_luck_that_all_points_share_is_no_luck():
    shared = sobol(table_of(saltelli(64), ishigami, replications=3, noise=30.0), "y")
    assert shared.luck < 1e-9


def test_a_parameter_that_does_nothing_is_not_told_apart_from_none():
    points = saltelli(32)
    few = sobol(table_of(points, lambda p: p["a.x"] + 0.02 * p["a.y"] * p["a.z"] ** 3, replications=2), "y")
    weak = few.table.set_index("parameter")
    negative = [name for name in NAMES if weak.loc[name, "S1"] < 0]
    assert negative, "the test needs an estimate below zero"
    assert f"An index of {' and '.join(sorted(negative))} is negative" in str(few)
    fewer = sobol(table_of(saltelli(4), ishigami, replications=2), "y")
    assert "the interval is wider than the estimate" in str(fewer)


@pytest.mark.parametrize("method", [morris, sobol])
def test_what_luck_alone_would_give_is_no_effect(method):
    bounds = {name: [0, 1] for name in NAMES}
    points = trajectories(60, bounds) if method is morris else saltelli(256, low=0, high=1)
    table = table_of(points, lambda p: 3 * p["a.x"], replications=4, noise=0.5, shared=False)
    found = method(table, "y")
    index = found.table.set_index("parameter")["mu_star" if method is morris else "ST"]
    assert index[["a.y", "a.z"]].to_numpy() == pytest.approx(found.floor, rel=0.3)
    assert index["a.x"] > 5 * found.floor
    assert "is not told apart from luck" in str(found)
    assert "a.x (" in str(found)


def test_failed_runs_take_their_block_with_them(found):
    table = table_of(saltelli(1024), ishigami, replications=2)
    lost = table[~table["scenario_id"].isin([7, 5119])]
    less = sobol(SimpleNamespace(table=lost, design=saltelli(1024).rename_axis("scenario_id")), "y")
    assert (less.samples, less.lost) == (1022, 2)
    assert "Two base samples were left out" in str(less)
    assert less.table["ST"].to_numpy() == pytest.approx(found.table["ST"].to_numpy(), abs=0.02)


def test_morris_on_a_linear_function():
    bounds = {"a.x": [0, 1], "a.y": [0, 100], "a.z": [-1, 1], "a.w": [0, 1]}
    points = trajectories(20, bounds)
    table = table_of(points, lambda p: 3 * p["a.x"] - 0.05 * p["a.y"] + p["a.z"], replications=2)
    found = morris(table, "y")
    rows = found.table.set_index("parameter")
    # Over its whole range: 3 × 1, 0.05 × 100, 1 × 2; straight lines bend nowhere.
    assert rows["mu_star"].to_dict() == pytest.approx({"a.x": 3, "a.y": 5, "a.z": 2, "a.w": 0})
    assert rows["mu"].to_dict() == pytest.approx({"a.x": 3, "a.y": -5, "a.z": 2, "a.w": 0})
    assert rows["sigma"].abs().max() < 1e-9
    assert found.table["parameter"].iloc[0] == "a.y"
    assert "a.w can be left at its default here" in str(found)


def test_morris_sees_interactions_and_changing_signs():
    bounds = {"a.x": [-1, 1], "a.y": [-1, 1]}
    found = morris(table_of(trajectories(40, bounds), lambda p: p["a.x"] * p["a.y"], replications=2), "y")
    rows = found.table.set_index("parameter")
    assert (rows["sigma"] > rows["mu_star"]).all()
    assert "has no single sign" in str(found)
    assert "depends on the other parameters" in str(found)


def test_words_and_switches_count_as_levels():
    points = trajectories(10, {"a.x": [0, 1], "a.y": [0, 1]})
    points["mechanisms.trust"] = points.pop("a.y") > 0.5
    found = morris(table_of(points, lambda p: p["a.x"] + 2 * p["mechanisms.trust"], replications=2), "y")
    rows = found.table.set_index("parameter")
    assert rows.loc["a.x", "mu_star"] == pytest.approx(1)
    # A step of two thirds crosses the one threshold: the effect of the switch per whole range.
    assert rows.loc["mechanisms.trust", "mu"] > 0


@pytest.mark.parametrize("method", [morris, sobol])
def test_another_design_is_refused(method):
    points = pd.DataFrame(np.random.default_rng(1).random((60, 3)), columns=list(NAMES))
    with pytest.raises(ConfigError, match="use design="):
        method(table_of(points, ishigami), "y")


def test_too_few_samples_are_refused():
    with pytest.raises(ConfigError, match="too few"):
        sobol(table_of(saltelli(2), ishigami), "y")


@pytest.mark.parametrize(("method", "points"), [(morris, trajectories(5, {"a.x": [0, 1]})), (sobol, saltelli(8))])
def test_what_never_moves_has_no_indices(method, points):
    found = method(table_of(points, lambda p: 0 * p["a.x"] + 4), "y")
    assert found.sentences == ("y is the same at every point: nothing that varies here moves it.",)
    assert (found.table.iloc[:, 1:] == 0).all(axis=None)


def test_without_salib_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("SALib"):
            raise ImportError("No module named 'SALib'")
        return real(name, *rest, **more)

    points = saltelli(8)
    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr("coopsim.analysis.extras.import_module", without)
    with pytest.raises(CoopsimError, match=r"pip install 'coopsim\[experiments\]'"):
        sobol(table_of(points, ishigami), "y")

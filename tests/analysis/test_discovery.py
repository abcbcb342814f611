"""Planted boxes are found, planted fragile findings get a red badge, and luck gets neither."""

from importlib.util import find_spec

import numpy as np
import pytest

from coopsim.analysis.discovery import discover
from coopsim.analysis.robustness import contrast_plan, plausible_keys, robustness
from coopsim.errors import ConfigError
from sweep_tables import NAMES, contrasted, planted, table_of, uniform_points
from worlds import short_config

if any(find_spec(name) is None for name in ("ema_workbench",)):
    pytest.skip("the extra 'experiments' is not installed", allow_module_level=True)


def test_prim_finds_a_planted_box():
    points = uniform_points(600, 0, 1, NAMES)
    found = discover(table_of(points, planted, replications=2), "y", above=1)
    (box,) = found.boxes
    limits = box.limits.set_index("parameter")
    assert set(limits.index) == {"a.x", "a.y"}
    assert limits.loc["a.x", "low"] == pytest.approx(0.6, abs=0.04)
    assert limits.loc["a.y", "high"] == pytest.approx(0.4, abs=0.04)
    assert box.coverage > 0.9
    assert box.density > 0.9
    assert box.density_unseen > 0.8
    assert (limits["p"] < 0.001).all()
    assert "a.x above 0.5" in str(found)
    assert found.share == pytest.approx(planted(points).gt(1).mean())


def test_prim_knows_words_switches_and_whole_numbers():
    points = uniform_points(500, 0, 1, NAMES)
    points["preset"] = np.where(points.pop("a.z") > 0.5, "core", "full")
    points["mechanisms.trust"] = points.pop("a.y") > 0.5
    table = table_of(points, lambda p: 2.0 * ((p["preset"] == "core") & p["mechanisms.trust"]), replications=1)
    found = discover(table, "y", above=1)
    limits = found.boxes[0].limits.set_index("parameter")
    assert limits["values"].to_dict() == {"preset": ("core",), "mechanisms.trust": (True,)}
    assert found.boxes[0].density == 1.0


def test_a_second_region_is_looked_for_outside_the_first():
    points = uniform_points(800, 0, 1, NAMES)
    table = table_of(points, lambda p: 2.0 * ((p["a.x"] > 0.8) | (p["a.y"] < 0.15)), replications=1)
    found = discover(table, "y", above=1, boxes=2)
    assert len(found.boxes) == 2
    assert {name for box in found.boxes for name in box.limits["parameter"]} == {"a.x", "a.y"}


@pytest.mark.parametrize("seed", range(6))
def test_luck_has_no_region_that_stands(seed):
    points = uniform_points(300, 0, 1, NAMES, seed=seed)
    table = table_of(points, lambda p: 0 * p["a.x"], noise=1.0, shared=False, replications=1, seed=seed)
    found = discover(table, "y", above=0.5)
    # PRIM always finds something; what matters is that unseen points give it away.
    for box in found.boxes:
        assert not box.density_unseen > 1.6 * found.share


def test_an_outcome_everywhere_has_no_region():
    table = table_of(uniform_points(50, 0, 1, NAMES), lambda p: 1 + p["a.x"])
    assert discover(table, "y", above=0).boxes == ()
    assert "100 %" in str(discover(table, "y", above=0))


@pytest.mark.parametrize(("more", "message"), [({}, "needs a threshold"), ({"above": 1}, "30 points are too few")])
def test_what_prim_needs_is_said(more, message):
    table = table_of(uniform_points(30, 0, 1, NAMES), planted)
    with pytest.raises(ConfigError, match=message):
        discover(table, "y", **more)


def test_a_finding_that_holds_everywhere_is_green():
    found = robustness(contrasted(lambda p: 1 + p["a.x"]), "mechanisms.trust", "y")
    assert (found.colour, found.share) == ("green", 1.0)
    assert found.low > 0.95
    assert str(found).startswith("ROBUST: y rises from mechanisms.trust = False to True")
    assert found.where is None


def test_a_planted_fragile_finding_is_red_and_the_badge_says_where_it_fails():
    found = robustness(contrasted(lambda p: p["a.x"] - 0.4), "mechanisms.trust", "y", sign=1)
    assert found.colour == "red"
    assert found.share == pytest.approx(0.6, abs=0.1)
    limits = found.where.boxes[0].limits.set_index("parameter")
    assert list(limits.index) == ["a.x"]
    assert limits.loc["a.x", "high"] == pytest.approx(0.4, abs=0.05)
    assert "Region, by one limit: a.x below 0." in str(found)


def test_between_the_two_it_is_amber():
    assert robustness(contrasted(lambda p: p["a.x"] - 0.13), "mechanisms.trust", "y").colour == "amber"
    few = robustness(contrasted(lambda p: 1 + p["a.x"], n=12), "mechanisms.trust", "y")
    assert few.colour == "amber"
    assert "too few to say so of nine in ten" in str(few)


def test_the_sign_that_is_asked_for_counts():
    table = contrasted(lambda p: -1 - p["a.x"])
    assert robustness(table, "mechanisms.trust", "y").colour == "green"
    assert "falls" in robustness(table, "mechanisms.trust", "y").finding
    assert robustness(table, "mechanisms.trust", "y", sign=1).colour == "red"


def test_luck_is_grey():
    table = contrasted(lambda p: 0 * p["a.x"])
    draw = np.random.default_rng(4)
    table["y"] += draw.normal(0, 1, len(table))
    found = robustness(table, "mechanisms.trust", "y")
    assert found.colour == "grey"
    assert "luck decides the sign" in str(found)


def test_what_a_contrast_needs_is_said():
    table = contrasted(lambda p: p["a.x"])
    with pytest.raises(ConfigError, match="a contrast has two"):
        robustness(table, "a.x", "y")
    with pytest.raises(ConfigError, match="must be 1 or -1"):
        robustness(table, "mechanisms.trust", "y", sign=2)
    with pytest.raises(ConfigError, match="no parameter set has both"):
        robustness(table[(table["scenario_id"] % 4).isin([0, 3])], "mechanisms.trust", "y")


def test_a_plan_for_a_contrast_runs_both_sides_of_every_set():
    config = short_config(5, 3)
    plan = contrast_plan("mechanisms.trust", [False, True], scenario=config, vary=["trust.gain", "trust.loss"],
                         samples=7, replications=2)
    table = plan.design_table()
    assert len(table) == 14
    assert plan.runs == 28
    halves = [rows.drop(columns="mechanisms.trust").reset_index(drop=True)
              for _, rows in table.groupby("mechanisms.trust")]
    assert halves[0].equals(halves[1])
    low, high = config.parameters["trust"].specs()["gain"].plausible
    assert table["trust.gain"].between(low, high).all()
    with pytest.raises(ConfigError, match="two values"):
        contrast_plan("mechanisms.trust", [True], scenario=config)
    with pytest.raises(ConfigError, match="nothing else varies"):
        contrast_plan("trust.gain", [0.1, 0.2], scenario=config, vary=["trust.gain"])


def test_plausible_keys_are_those_of_mechanisms_that_are_on():
    config = short_config(5, 3)
    assert "trust.gain" in plausible_keys(config)
    off = config.with_values({"mechanisms.trust": False})
    assert not [key for key in plausible_keys(off) if key.startswith("trust.")]

"""Bands, effects, scenario tables and advice against answers that are known."""

import numpy as np
import pandas as pd
import pytest

from coopsim.analysis.bands import bands, scenario_table
from coopsim.analysis.effects import effect
from coopsim.analysis.intervals import mean_interval, share_interval
from coopsim.analysis.replications import advice, advise, enough
from coopsim.analysis.sweep_table import runs_of
from coopsim.errors import ConfigError
from sweep_tables import table_of, uniform_points

GRID = pd.DataFrame({"trust.gain": [0.0, 0.1, 0.0, 0.1], "trust.other": [0.0, 0.0, 5.0, 5.0]})


def linear(points):
    return 10 + 30 * points["trust.gain"] + points["trust.other"]


def test_what_varies_stands_between_the_seed_and_the_year():
    runs = runs_of(table_of(GRID, linear))
    assert runs.parameters == ("trust.gain", "trust.other")
    assert runs.indicators == ("y",)
    assert runs.points.equals(GRID.rename_axis("scenario_id"))


@pytest.mark.parametrize(("call", "message"), [
    (lambda t: bands(t, "z"), "indicator 'z' is not in this table; known: y"),
    (lambda t: effect(t, "trust.gian", "y"), "did you mean 'trust.gain'"),
    (lambda t: effect(t, "trust.gain", "y", year=1999), "1999 was not recorded; recorded: 2030"),
    (lambda t: bands(t, quantiles=[2]), "must be in \\[0, 1\\]"),
    (lambda t: runs_of(t.drop(columns="seed")), "lacks the column seed"),
    (lambda t: runs_of(t[:0]), "no runs"),
    (lambda t: advise([1, 2], 0), "must be above 0"),
    (lambda t: scenario_table(t, by="trust.gain", reference=7), "reference = 7 is not in column"),
])
def test_what_is_not_there_is_named(call, message):
    with pytest.raises(ConfigError, match=message):
        call(table_of(GRID, linear))


def test_bands_are_quantiles_over_replications():
    table = table_of(GRID[:1], linear, replications=5, years=(2030, 2031))
    table["y"] = [1.0, 2, 2, 4, 3, 6, 4, 8, 5, 10]
    found = bands(table, quantiles=(0, 0.5, 1)).set_index("year")
    assert found.loc[2030, ["n", "mean", "q0", "q50", "q100"]].tolist() == [5, 3, 1, 3, 5]
    # t quantile with 4 degrees of freedom, 2.776, times sd / sqrt(5)
    assert found.loc[2030, "high"] - 3 == pytest.approx(2.776445 * np.sqrt(2.5 / 5), rel=1e-6)
    assert found.loc[2031, "q50"] == 6


def test_common_random_numbers_take_the_luck_out_of_an_effect():
    table = table_of(GRID, linear, noise=50.0, replications=6)
    found = effect(table, "trust.gain", "y")
    assert found.method == "paired"
    row = found.table.iloc[0]
    assert row["effect"] == pytest.approx(3)
    assert row["high"] - row["low"] < 1e-9
    apart = effect(table, "trust.gain", "y", method="unpaired").table.iloc[0]
    assert apart["low"] < 0 < apart["high"]  # the luck that pairing removed


def test_an_effect_without_pairs_is_a_slope_over_the_range():
    points = uniform_points(60, 0, 2, ["a.x", "a.y"])
    table = table_of(points, lambda p: 4 * p["a.x"] - p["a.y"], noise=0.1, shared=False)
    found = effect(table, "a.x", "y")
    assert found.method == "regression"
    row = found.table.iloc[0]
    spread = points["a.x"].max() - points["a.x"].min()
    assert row["low"] < 4 * spread < row["high"]
    assert row["high"] - row["low"] < 0.5
    with pytest.raises(ConfigError, match="points are too few"):
        effect(table[table["scenario_id"] < 4], "a.x", "y")


def test_the_interval_of_a_regression_covers_the_truth_as_often_as_it_says():
    hits = 0
    for seed in range(200):
        points = uniform_points(30, 0, 1, ["a.x", "a.y"], seed=seed)
        table = table_of(points, lambda p: 2 * p["a.x"], noise=0.5, shared=False, replications=1, seed=seed)
        row = effect(table, "a.x", "y").table.iloc[0]
        spread = points["a.x"].max() - points["a.x"].min()
        hits += row["low"] < 2 * spread < row["high"]
    assert 0.90 <= hits / 200 <= 0.99


def test_an_effect_that_is_not_there_is_not_told_apart_from_none():
    table = table_of(GRID, lambda p: 0 * p["trust.gain"], noise=1.0, shared=False, replications=8)
    # Runs of a point keep seeds of their own, so nothing can be paired.
    assert "not told apart from no effect" in str(effect(table, "trust.gain", "y", method="unpaired"))


def test_scenarios_side_by_side():
    points = pd.DataFrame({"scenario": ["baseline", "quota"]})
    table = table_of(points, lambda p: [1.0, 1.5], noise=3.0, replications=10)
    found = scenario_table(table, by="scenario").set_index("scenario")
    assert found.loc["quota", "difference"] == pytest.approx(0.5)
    assert found.loc["quota", "certain"]
    assert found.loc["quota", "pairs"] == 10
    assert found.loc["baseline", ["difference", "certain"]].tolist() == [0.0, False]
    swapped = scenario_table(table, by="scenario", reference="quota").set_index("scenario")
    assert swapped.loc["baseline", "difference"] == pytest.approx(-0.5)


def test_scenarios_without_common_seeds_are_compared_by_welch():
    points = pd.DataFrame({"scenario": ["baseline", "quota"]})
    table = table_of(points, lambda p: [1.0, 1.5], noise=3.0, replications=10, shared=False)
    found = scenario_table(table, by="scenario").set_index("scenario")
    assert found.loc["quota", "pairs"] == 0
    assert not found.loc["quota", "certain"]


def test_enough_is_where_the_coefficient_of_variation_settles():
    table = table_of(GRID[:1], lambda p: [100.0], noise=10.0, replications=400)
    few = enough(table, "y", tolerance=0.02)
    strict = enough(table, "y", tolerance=0.005)
    assert 10 < few.replications < 100
    assert strict.replications is None or strict.replications > few.replications
    assert few.table["cv"].iloc[-1] == pytest.approx(table["y"].std() / table["y"].mean())
    assert f"{few.replications} replications are enough" in str(few)


def test_too_few_replications_are_not_called_enough():
    table = table_of(GRID[:1], lambda p: [1.0], noise=1.0, replications=6)
    found = enough(table, "y")
    assert found.replications is None
    assert "do not show yet" in found.sentence
    with pytest.raises(ConfigError, match="too few"):
        enough(table[:4], "y")


@pytest.mark.parametrize("first", [5, 10, 30])
def test_the_advised_number_of_runs_gives_the_wanted_interval(first):
    draw = np.random.default_rng(first)
    truth, width, times = 3.0, 0.4, 2000
    held, ran = 0, 0
    for _ in range(times):
        so_far = draw.normal(truth, 2.0, first)
        more = advise(so_far, width).more
        all_runs = np.concatenate([so_far, draw.normal(truth, 2.0, more)])
        held += abs(all_runs.mean() - truth) <= width
        ran += len(all_runs)
    # 95 % within three standard errors from below; from above, it must not waste runs.
    assert held / times >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / times)
    assert ran / times <= 1.1 * (2.0 / width) ** 2 * advise_factor(first) + 1


def advise_factor(first):
    """Square of the t quantile of the first stage: what Stein's procedure needs."""
    from scipy.stats import t

    return t.ppf(0.975, first - 1) ** 2


def test_the_interval_of_a_mean_covers_the_truth_as_often_as_it_says():
    draw = np.random.default_rng(8)
    found = [mean_interval(draw.normal(1.0, 3.0, 6)) for _ in range(3000)]
    assert np.mean([x.low < 1.0 < x.high for x in found]) == pytest.approx(0.95, abs=0.012)


def test_the_interval_of_a_share_covers_the_truth():
    draw = np.random.default_rng(9)
    ends = [share_interval(int(draw.binomial(25, 0.9)), 25) for _ in range(3000)]
    assert 0.92 <= np.mean([low <= 0.9 <= high for low, high in ends]) <= 0.99
    assert share_interval(0, 0) == (0.0, 1.0)


def test_advice_in_words():
    assert str(advise([1.0])).endswith("a second run is the least that tells how sure this is.")
    found = advise([1.0, 2.0, 3.0, 2.0], 0.2, name="density")
    assert str(found) == f"density: 2 ± 1.3 (95 % interval, 4 runs); {found.more} more runs give ± 0.2."
    assert "is reached" in str(advise([1.0, 2.0, 3.0, 2.0], 5.0))


def test_advice_for_a_sweep_puts_the_least_sure_point_first():
    table = table_of(GRID, linear, noise=1.0, shared=False, replications=6)
    table.loc[table["scenario_id"] == 2, "y"] *= 3
    found = advice(table, "y", 0.1)
    assert found["scenario_id"].iloc[0] == 2
    assert found["half_width"].is_monotonic_decreasing
    assert (found["more"] > 0).all()
    partial = advice(table[:-3], "y", 0.1)  # a sweep under way
    assert partial["n"].min() < 6

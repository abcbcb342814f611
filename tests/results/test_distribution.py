"""Measures of distributions against sorting, and against numbers worked out by hand."""

import numpy as np
import pytest

from coopsim.results import distribution

SHARES = (0.0, 0.1, 0.25, 0.5, 0.9, 1.0)


@pytest.mark.parametrize("size", [1, 2, 10, 5000, 20_000])
@pytest.mark.parametrize("shape", ["uniform", "skew", "few values", "constant", "wide"])
def test_quantiles_are_those_of_the_sorted_values(size, shape):
    draw = np.random.default_rng(size)
    values = {
        "uniform": draw.random(size), "skew": draw.random(size) ** 8, "few values": draw.integers(0, 3, size) / 7,
        "constant": np.full(size, 0.3), "wide": np.exp(draw.normal(0, 9, size)) - 3,
    }[shape]
    expected = np.quantile(values, SHARES, method="inverted_cdf")
    assert distribution.quantiles(values, SHARES) == expected.tolist()


def test_quantiles_of_nothing():
    assert distribution.quantiles(np.zeros(0), SHARES) == [0.0] * len(SHARES)


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_the_diagonal_is_left_out(size):
    matrix = np.arange(size * size, dtype=float).reshape(size, size)
    assert distribution.off_diagonal(matrix).tolist() == matrix[~np.eye(size, dtype=bool)].tolist()


def powers(values):
    numbers = np.array(values, dtype=float)
    return [numbers.sum(), (numbers**2).sum(), (numbers**3).sum(), (numbers**4).sum()], len(numbers)


def test_bimodality_by_hand():
    assert distribution.bimodality(*powers([0, 0, 1, 1])) == pytest.approx(1)
    assert distribution.bimodality(*powers([0, 1, 2])) == pytest.approx(1 / 1.5)
    assert distribution.bimodality(*powers(np.linspace(0, 1, 100_001))) == pytest.approx(5 / 9, abs=1e-3)
    assert distribution.bimodality(*powers(np.random.default_rng(1).normal(0.5, 0.1, 100_000))) == pytest.approx(
        1 / 3, abs=0.01
    )
    assert distribution.bimodality(*powers([0.4, 0.4])) == 0
    assert distribution.bimodality([0, 0, 0, 0], 0) == 0


def test_diversity_and_concentration_by_hand():
    assert distribution.shannon(np.array([1.0, 1.0, 0.0])) == pytest.approx(np.log(2))
    assert distribution.shannon(np.array([5.0])) == 0
    assert distribution.shannon(np.zeros(3)) == 0
    assert distribution.concentration(np.array([1.0, 1.0, 2.0])) == pytest.approx(6 / 16)
    assert distribution.concentration(np.zeros(3)) == 0
    assert distribution.largest_share(np.array([1.0, 4.0, 3.0, 2.0]), 2) == pytest.approx(0.7)
    assert distribution.largest_share(np.array([1.0, 3.0]), 5) == 1
    assert distribution.largest_share(np.zeros(0), 5) == 0


def test_theil_s_index_by_hand():
    chosen = np.array([True, True, False, False])
    values = np.array([0.5, 0.5, 0.25, 0.25])
    assert distribution.theil(values, chosen) == pytest.approx((0.0, 2 / 3 * np.log(4 / 3) + 1 / 3 * np.log(2 / 3)))
    one_has_all = np.array([0.0, 0.8, 0.0, 0.0])  # ln 2 within the chosen, ln 2 between them and the others
    assert distribution.theil(one_has_all, chosen) == pytest.approx((np.log(2), np.log(2)))
    assert distribution.theil(values, np.zeros(4, dtype=bool))[1] == 0
    assert distribution.theil(np.zeros(4), chosen) == (0, 0)
    assert distribution.theil(np.zeros(0), np.zeros(0, dtype=bool)) == (0, 0)


def test_rate_ratios_by_hand():
    # Among the weak, 10 events in 100 years without and 2 in 10 with; among the strong, 10 in 10 and 200 in 100.
    events, time = np.array([[10, 2], [10, 200]]), np.array([[100, 10], [10, 100]])
    assert distribution.rate_ratio(events, time) == pytest.approx((202 / 110) / (20 / 110))
    # Twice as often in both strata: all the rest of the crude ratio was who is exposed.
    assert distribution.mantel_haenszel(events, time) == pytest.approx(2)
    assert distribution.rate_ratio(np.zeros((2, 2)), time) == 0
    assert distribution.mantel_haenszel(np.array([[0, 2]]), np.array([[5, 5]])) == 0
    assert distribution.mantel_haenszel(np.zeros((1, 2)), np.zeros((1, 2))) == 0


@pytest.mark.parametrize("size", [2, 3, 40])
def test_quantiles_of_pairs_leave_the_diagonal_out(size):
    matrix = np.random.default_rng(size).random((size, size)).round(2)
    np.fill_diagonal(matrix, 0)
    expected = distribution.quantiles(distribution.off_diagonal(matrix), SHARES)
    assert distribution.pair_quantiles(matrix, SHARES) == expected
    for hint in (expected, [value + 0.0009 for value in expected], [0.0] * 6, [7.0] * 6):
        assert distribution.pair_quantiles(matrix, SHARES, hint) == expected
    assert distribution.pair_quantiles(np.zeros((1, 1)), SHARES, expected) == [0.0] * 6

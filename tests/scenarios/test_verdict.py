"""The logic of verdicts, on numbers whose answer is known."""

import math

import numpy as np
import pytest
from scipy.stats import t as student

from coopsim.experiment.verdict import Estimate, mean_of, percent_difference, percent_of, ratio_of, verdict_of


def test_a_mean_and_its_interval_by_hand():
    # 1, 2, 3: mean 2, standard deviation 1, and t(.975, 2) = 4.302653 / sqrt(3).
    found = mean_of([1.0, 2.0, 3.0])
    assert found.value == 2
    assert found.high - 2 == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert found.low + found.high == pytest.approx(4)
    assert found.n == 3


def test_one_replication_has_no_interval_and_decides_nothing():
    found = mean_of([5.0])
    assert (found.value, found.n) == (5, 1)
    assert math.isnan(found.low)
    assert verdict_of(found, 0, math.inf) == "undecided"


def test_nothing_to_count():
    found = mean_of([math.nan, math.nan])
    assert math.isnan(found.value)
    assert found.n == 0
    assert verdict_of(found, 0, 1) == "undecided"


def test_replications_without_a_number_do_not_count():
    assert mean_of([1.0, math.nan, 3.0]).value == 2
    assert mean_of([1.0, math.nan, 3.0]).n == 2


def test_rounding_is_no_spread():
    found = mean_of([0.1 + 0.2, 0.3, 0.3])
    assert found.low == found.high == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("interval", "expected", "verdict"),
    [
        ((0.1, 0.2), (0, math.inf), "holds"),
        ((-0.2, -0.1), (0, math.inf), "fails"),
        ((-0.1, 0.1), (0, math.inf), "undecided"),
        ((0.0, 0.0), (0, math.inf), "fails"),  # no effect at all is not an effect above 0
        ((-3.0, -2.0), (-math.inf, 0), "holds"),
        ((2.0, 3.0), (-math.inf, 0), "fails"),
        ((15.1, 49.0), (15, 50), "holds"),
        ((14.0, 49.0), (15, 50), "undecided"),
        ((51.0, 60.0), (15, 50), "fails"),
        ((10.0, 14.0), (15, 50), "fails"),
        ((10.0, 60.0), (15, 50), "undecided"),
    ],
)
def test_verdicts(interval, expected, verdict):
    assert verdict_of(Estimate(sum(interval) / 2, *interval, 20), *expected) == verdict


def test_percent_is_the_ratio_of_means():
    # 20 against 10 and 33 against 30: means 26.5 and 20, 32.5 % more; not the mean of 100 % and 10 %.
    assert percent_of([20.0, 33.0], [10.0, 30.0]).value == pytest.approx(32.5)


def test_percent_of_proportional_numbers_is_certain():
    found = percent_of([11.0, 22.0, 33.0], [10.0, 20.0, 30.0])
    assert found.low == pytest.approx(10)
    assert found.high == pytest.approx(10)


def test_percent_of_nothing_is_no_number():
    assert percent_of([1.0, 2.0], [0.0, 0.0]).n == 0


def test_the_interval_of_a_percentage_covers_as_often_as_it_says():
    # 300 draws with a true change of 20 %; the 95 % interval should miss about 15 times.
    rng = np.random.default_rng(1)
    hit = 0
    for _ in range(300):
        a = rng.normal(10, 1, 20)
        b = 1.2 * a + rng.normal(0, 0.5, 20)
        found = percent_of(b, a)
        hit += found.low <= 20 <= found.high
    assert 270 <= hit <= 298


def test_difference_of_two_percentages():
    found = percent_difference(([12.0, 12.0], [10.0, 10.0]), ([21.0, 21.0], [20.0, 20.0]))
    assert found.value == pytest.approx(15)


def test_ratio_of_effects():
    # Of effects 2 and 4 a half each is left.
    found = ratio_of([1.0, 2.0], [2.0, 4.0])
    assert (found.value, found.low) == (pytest.approx(0.5), pytest.approx(0.5))


def test_an_interval_narrows_with_replications():
    few, many = mean_of([0.0, 1.0] * 5), mean_of([0.0, 1.0] * 50)
    assert many.high - many.low < few.high - few.low
    assert few.high - few.value == pytest.approx(student.ppf(0.975, 9) * np.std([0, 1] * 5, ddof=1) / np.sqrt(10))

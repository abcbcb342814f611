"""The constant of the starting agreements: the wanted density, and the same as by halving an interval."""

import numpy as np
import pytest
from scipy.special import expit

from coopsim.world.initial import great_circle, intercept_for


def by_halving(log_odds, mean):
    low, high = -60.0 - log_odds.max(), 60.0 - log_odds.min()
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(log_odds + middle).mean() < mean else (low, middle)
    return (low + high) / 2


@pytest.mark.parametrize("spread", [0.0, 0.5, 3.0, 12.0])
@pytest.mark.parametrize("mean", [1e-6, 0.01, 0.15, 0.5, 0.99, 1 - 1e-9])
def test_the_mean_is_met(spread, mean):
    log_odds = np.random.default_rng(3).normal(-4, spread, 2000)
    found = intercept_for(log_odds, mean)
    assert found == pytest.approx(by_halving(log_odds, mean), rel=1e-6 if mean > 0.9 else 1e-12)
    assert expit(log_odds + found).mean() == pytest.approx(mean, rel=1e-12)


def test_everybody_signs_at_density_one():
    log_odds = np.random.default_rng(3).normal(0, 3, 500)
    assert (expit(log_odds + intercept_for(log_odds, 1.0)) > 1 - 1e-9).all()


def test_distances_are_not_shared_between_worlds():
    latitude, longitude = np.array([48.9, 52.5]), np.array([2.4, 13.4])
    first = great_circle(latitude, longitude)
    first[:] = 0
    assert great_circle(latitude, longitude)[0, 1] == pytest.approx(880, rel=0.02)

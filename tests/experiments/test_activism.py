"""Activism from the hazard of the model: the gradient, what is recovered, and that the unknown stays in the middle."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import check_grad

FOLDER = Path(__file__).parents[2] / "experiments"
STATES, SPREAD = 60, 1.1


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import activism_by_hazard

    yield activism_by_hazard
    sys.modules.pop("activism_by_hazard", None)


def drawn(script, log_alpha, hazard=0.4, seed=1, level=1.0):
    """Pairs with equal hazard that sign by the model's rule."""
    draw = np.random.default_rng(seed)
    i, j = np.triu_indices(len(log_alpha), 1)
    act = 0.5 * (np.exp(log_alpha[i]) + np.exp(log_alpha[j]))
    # How long a pair was exposed until it signed, at most one period.
    waiting = draw.exponential(1 / (level * hazard * act))
    return script.Exposure(i, j, hazard * np.minimum(waiting, 1.0), waiting < 1)


def truth(seed=2):
    return np.random.default_rng(seed).normal(-(SPREAD**2) / 2, SPREAD, STATES)


def test_the_gradient_is_that_of_the_posterior(script):
    exposure = drawn(script, truth())
    x = np.append(np.random.default_rng(3).normal(0, 0.5, STATES), 0.3)
    error = check_grad(lambda p: script.minus_log_posterior(p, exposure, SPREAD)[0],
                       lambda p: script.minus_log_posterior(p, exposure, SPREAD)[1], x)
    assert error < 1e-3 * np.linalg.norm(script.minus_log_posterior(x, exposure, SPREAD)[1])


def test_activism_is_recovered_and_its_error_is_as_large_as_said(script):
    log_alpha = truth()
    score, reliability = script.estimate(drawn(script, log_alpha), STATES, SPREAD)
    known = (log_alpha + SPREAD**2 / 2) / SPREAD
    assert np.corrcoef(score, known)[0, 1] > 0.8
    deviation = (score - known) / np.sqrt(1 - reliability**2)
    assert 0.6 < deviation.std() < 1.4


def test_the_level_of_the_period_is_no_activism(script):
    usual = script.estimate(drawn(script, truth(), hazard=0.4), STATES, SPREAD)[0]
    lively = script.estimate(drawn(script, truth(), hazard=0.4, level=2.0), STATES, SPREAD)[0]
    assert abs(lively.mean() - usual.mean()) < 0.15


def test_nobody_knows_a_state_that_was_exposed_to_nothing(script):
    exposure = drawn(script, truth())
    score, reliability = script.estimate(exposure, STATES + 1, SPREAD)
    assert score[-1] == pytest.approx(0, abs=1e-6)
    assert reliability[-1] == pytest.approx(0, abs=1e-3)
    short = script.Exposure(exposure.i, exposure.j, exposure.hazard / 100, exposure.signed & False)
    assert script.estimate(short, STATES, SPREAD)[1].max() < reliability[:-1].max()

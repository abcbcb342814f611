"""The compiled arithmetic against NumPy and SciPy."""

import numba as nb
import numpy as np
import pytest
from scipy.special import ndtri

from coopsim import arithmetic

DRAW = np.random.default_rng(1)
POSITIVE = np.exp(DRAW.normal(0, 20, 20_000))
NEAR_ONE = 1 + DRAW.normal(0, 1e-4, 20_000)


@nb.njit
def exps(x, out):
    for k in range(len(x)):
        out[k] = arithmetic.exp(x[k])


@nb.njit
def logs(x, out):
    for k in range(len(x)):
        out[k] = arithmetic.log(x[k])


@nb.njit
def saturated(x, out):
    for k in range(len(x)):
        out[k] = arithmetic.saturate(x[k])


@nb.njit
def quantiles(x, out):
    for k in range(len(x)):
        out[k] = arithmetic.normal_quantile(x[k])


@nb.njit
def quick_exps(x, out):
    for k in range(len(x)):
        out[k] = arithmetic.quick_exp(x[k])


@nb.njit
def quick_logs(x, out):
    for k in range(len(x)):
        out[k] = arithmetic.quick_log(x[k])


@nb.njit
def quick_saturated(x, out):
    for k in range(len(x)):
        out[k] = arithmetic.quick_saturate(x[k])


@nb.njit
def quick_uniforms(key, out):
    state = key
    for k in range(len(out)):
        state += arithmetic.GOLDEN
        out[k] = arithmetic.quick_uniform(state)


def of(function, x):
    out = np.empty_like(x)
    function(x, out)
    return out


def test_the_exponential_is_exact_to_the_last_place():
    x = DRAW.uniform(-600, 600, 20_000)
    # two units in the last place
    np.testing.assert_allclose(of(exps, x), np.exp(x), rtol=4.5e-16)
    assert of(exps, np.array([0.0]))[0] == 1.0


def test_the_exponential_neither_overflows_nor_underflows_to_nonsense():
    ends = of(exps, np.array([-1e6, 1e6]))
    assert np.isfinite(ends).all()
    assert ends[0] < 1e-300 < 1e300 < ends[1]


@pytest.mark.parametrize("x", [POSITIVE, NEAR_ONE], ids=["wide", "near one"])
def test_the_logarithm_is_exact_to_the_last_places_also_near_one(x):
    np.testing.assert_allclose(of(logs, x), np.log(x), rtol=1e-15, atol=1e-300)


def test_saturation_loses_no_digits_of_small_signals():
    x = 10.0 ** DRAW.uniform(-12, 2.5, 20_000)
    # two units in the last place
    np.testing.assert_allclose(of(saturated, x), -np.expm1(-x), rtol=4.5e-16)
    assert of(saturated, np.array([0.0]))[0] == 0.0


def test_the_normal_quantile_is_that_of_scipy_to_seven_digits():
    # It serves Poisson numbers, which are rounded; those that are normal come from SciPy.
    u = np.concatenate([np.linspace(1e-9, 1 - 1e-9, 20_001), [1e-10, 1e-11]])
    np.testing.assert_allclose(of(quantiles, u), ndtri(u), rtol=3e-7, atol=1e-9)
    beyond = np.array([1e-12, 1e-14, 2.0**-54])  # the smallest number that is ever drawn
    np.testing.assert_allclose(of(quantiles, beyond), ndtri(beyond), rtol=1e-4)


def test_the_quick_exponential_errs_by_a_few_units_in_the_last_place_and_little_more_for_large_powers():
    x = np.concatenate([DRAW.uniform(-700, 700, 20_000), DRAW.uniform(-3, 3, 20_000), DRAW.normal(0, 1e-3, 20_000)])
    error = np.abs(of(quick_exps, x) / np.exp(x) - 1)
    assert (error <= 4e-16 + 2.3e-16 + 4e-17 * np.abs(x)).all()  # NumPy errs by a unit in the last place, too
    assert of(quick_exps, np.array([0.0]))[0] == 1.0


@pytest.mark.parametrize("x", [POSITIVE, NEAR_ONE, np.array([1e-300, 1.0, 1e300])], ids=["wide", "near one", "ends"])
def test_the_quick_logarithm_is_exact_to_the_last_places_also_near_one(x):
    np.testing.assert_allclose(of(quick_logs, x), np.log(x), rtol=1e-15, atol=1e-300)


def test_quick_saturation_loses_no_digits_of_small_signals():
    x = 10.0 ** DRAW.uniform(-300, 3, 40_000)
    # near nil the slope of the minimax polynomial is one to 6.4e-15
    np.testing.assert_allclose(of(quick_saturated, x), -np.expm1(-x), rtol=1e-14)
    assert of(quick_saturated, np.array([0.0]))[0] == 0.0
    assert of(quick_saturated, np.array([1e9]))[0] == 1.0


def test_the_quick_uniform_number_is_the_uniform_number_but_for_its_last_digit():
    exact, quick = np.empty(50_000), np.empty(50_000)
    arithmetic.fill_uniform(np.uint64(2**63 + 12345), exact)
    quick_uniforms(np.uint64(2**63 + 12345), quick)
    assert 0 < np.abs(quick - exact).max() <= 2.0**-53
    assert 0 < quick.min() <= quick.max() < 1

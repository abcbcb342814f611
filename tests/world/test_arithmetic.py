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
def exact_quantiles(x, out):
    for k in range(len(x)):
        out[k] = arithmetic.normal_of(x[k])


@nb.njit
def packed(truths, out):
    eight = truths.view(np.uint64)
    for k in range(len(eight)):
        out[k] = arithmetic.bits_of(eight[k])


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


@pytest.mark.parametrize("x", [POSITIVE, NEAR_ONE, np.array([1e-300, 1.0, 1e300])], ids=["wide", "near one", "ends"])
def test_the_logarithm_is_exact_to_the_last_places_also_near_one(x):
    np.testing.assert_allclose(of(logs, x), np.log(x), rtol=1e-15, atol=1e-300)


def test_saturation_loses_no_digits_of_small_signals():
    x = 10.0 ** DRAW.uniform(-300, 3, 40_000)
    # two units in the last place
    np.testing.assert_allclose(of(saturated, x), -np.expm1(-x), rtol=4.5e-16)
    assert of(saturated, np.array([0.0, 1e9])).tolist() == [0.0, 1.0]


def test_the_normal_quantile_is_that_of_scipy_to_seven_digits():
    # It serves Poisson numbers, which are rounded; those that are normal have all digits.
    u = np.concatenate([np.linspace(1e-9, 1 - 1e-9, 20_001), [1e-10, 1e-11]])
    np.testing.assert_allclose(of(quantiles, u), ndtri(u), rtol=3e-7, atol=1e-9)
    beyond = np.array([1e-12, 1e-14, 2.0**-54])  # the smallest number that is ever drawn
    np.testing.assert_allclose(of(quantiles, beyond), ndtri(beyond), rtol=1e-4)


def test_normal_numbers_are_those_of_scipy_but_for_the_last_digits():
    u = np.concatenate([np.linspace(1e-9, 1 - 1e-9, 20_001), 10.0 ** -DRAW.uniform(0.3, 16, 20_000), [2.0**-54]])
    np.testing.assert_allclose(of(exact_quantiles, u), ndtri(u), rtol=2e-14, atol=1e-16)


def test_truth_values_become_bits_in_their_order():
    truths, found = DRAW.random(8 * 300) < 0.4, np.empty(300, dtype=np.uint64)
    packed(truths, found)
    assert found.tolist() == np.packbits(truths, bitorder="little").tolist()


def test_the_leading_digits_are_those_of_the_uniform_number():
    found, numbers = np.empty(50_000, dtype=np.int32), np.empty(50_000)
    for key in DRAW.integers(0, 2**64, 4, dtype=np.uint64):
        arithmetic.fill_leading_digits(key, found)
        arithmetic.fill_uniform(key, numbers)
        assert (found == np.floor(numbers * arithmetic.LEADING)).all()

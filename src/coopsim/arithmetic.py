"""Compiled scalar arithmetic: exponential, logarithm, random numbers, normal and Poisson quantiles (Numba).

Import it inside functions: asking for help or listing scenarios must not load the compiler.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

compiled = nb.njit(cache=True, error_model="numpy", nogil=True)
inlined = nb.njit(cache=True, error_model="numpy", nogil=True, inline="always")

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
ONE, SHIFT_30, SHIFT_27, SHIFT_31, SHIFT_11 = (np.uint64(k) for k in (1, 30, 27, 31, 11))
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
HALF_ROOT = np.int64(0x3FE6A09E667F3BCD)  # bits of sqrt(1/2)
ROUND_TO_INTEGER = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the rounded number in the low bits


@intrinsic
def _bits(typing_context: Any, number: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _number(typing_context: Any, bits: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic
def count_bits(typing_context: Any, word: Any) -> Any:
    """Return the number of set bits of a 64-bit word."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@inlined
def exp(x: float) -> float:
    """Return e**x to 1 unit in the last place, by a polynomial that the compiler can vectorise."""
    x = min(max(x, -700.0), 700.0)
    t = x * LOG2_E + ROUND_TO_INTEGER
    n = t - ROUND_TO_INTEGER
    r = x - n * LN2_HIGH
    r = r - n * LN2_LOW
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 1.984126984126984e-04
    p = p * r + 1.388888888888889e-03
    p = p * r + 8.333333333333333e-03
    p = p * r + 4.1666666666666664e-02
    p = p * r + 1.6666666666666666e-01
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return _number(_bits(p) + (_bits(t) << 52))


@inlined
def log(x: float) -> float:
    """Return the natural logarithm of a positive normal number to 1 or 2 units in the last place."""
    bits = _bits(x)
    # Mantissa in [sqrt(1/2), sqrt(2)), so that numbers near one lose no digits.
    exponent = (bits - HALF_ROOT) >> 52
    m = _number(bits - (exponent << 52))
    f = (m - 1.0) / (m + 1.0)
    g = f * f
    p = 1 / 23
    p = p * g + 1 / 21
    p = p * g + 1 / 19
    p = p * g + 1 / 17
    p = p * g + 1 / 15
    p = p * g + 1 / 13
    p = p * g + 1 / 11
    p = p * g + 1 / 9
    p = p * g + 1 / 7
    p = p * g + 1 / 5
    p = p * g + 1 / 3
    n = np.float64(exponent)
    return n * LN2_HIGH + (n * LN2_LOW + 2.0 * f * (p * g) + 2.0 * f)


@inlined
def saturate(x: float) -> float:
    """Return 1 - e**-x without loss of digits for small x."""
    series = x * (1.0 - x * (0.5 - x * (1 / 6 - x / 24)))
    return series if x < 1e-3 else 1.0 - exp(-x)


@inlined
def uniform(key: np.uint64, index: int) -> float:
    """Return the uniform number of one index: SplitMix64 run as a counter (see `coopsim.rng`)."""
    z = key + (np.uint64(index) + ONE) * GOLDEN
    z = (z ^ (z >> SHIFT_30)) * MIX_1
    z = (z ^ (z >> SHIFT_27)) * MIX_2
    z = z ^ (z >> SHIFT_31)
    return (np.float64(np.int64(z >> SHIFT_11)) + 0.5) * 1.1102230246251565e-16


@compiled
def normal_quantile(p: float) -> float:
    """Return the standard normal quantile (Wichura 1988, algorithm AS 241, relative error below 1e-15)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                 + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
               + 133.14166789178437745) * r + 3.387132872796366608)
        bottom = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                    + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
                  + 42.313330701600911252) * r + 1.0)
        return q * top / bottom
    r = p if q < 0 else 1 - p
    r = np.sqrt(-np.log(r))
    if r <= 5:
        r -= 1.6
        top = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                 + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
               + 4.6303378461565452959) * r + 1.42343711074968357734)
        bottom = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                    + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                  + 2.05319162663775882187) * r + 1.0)
    else:
        r -= 5.0
        top = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                 + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
               + 5.4637849111641143699) * r + 6.6579046435011037772)
        bottom = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                    + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
                  + 0.59983220655588793769) * r + 1.0)
    value = top / bottom
    return -value if q < 0 else value


@compiled
def fill_uniform(key: np.uint64, out: Any) -> None:
    """Fill a flat array with the uniform numbers of indices 0, 1, ..."""
    for index in range(len(out)):
        out[index] = uniform(key, index)


@compiled
def fill_uniform_at(key: np.uint64, index: Any, out: Any) -> None:
    """Fill a flat array with the uniform numbers of chosen indices."""
    for place in range(len(out)):
        out[place] = uniform(key, index[place])


@compiled
def fill_poisson(numbers: Any, mean: Any, inverse: Any, out: Any) -> None:
    """Fill a flat array with Poisson numbers by inversion of uniform numbers; `inverse[k]` is 1/k.

    Above a mean of 30 the quantile is the Cornish-Fisher expansion.
    """
    for index in range(len(mean)):
        m = mean[index]
        u = numbers[index]
        k = 0.0
        # 1 - m <= exp(-m): most pairs expect next to nobody, and need no exponential.
        if m > 30.0:
            z = normal_quantile(u)
            k = max(np.floor(m + z * np.sqrt(m) + (z * z - 1) / 6 + 0.5), 0.0)
        elif m > 0.0 and u > 1.0 - m:
            term = exp(-m)
            below = term
            count = 0
            while u > below and count < len(inverse) - 1:
                count += 1
                term *= m * inverse[count]
                below += term
            k = float(count)
        out[index] = k

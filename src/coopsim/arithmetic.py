"""Compiled scalar arithmetic: exponential, logarithm, random numbers, normal and Poisson quantiles (Numba).

Import it inside functions: asking for help or listing scenarios must not load the compiler.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from llvmlite.binding import set_option
from numba import types
from numba.extending import intrinsic

# Two vectors a turn: in long polynomials every step waits for the one before, so that one alone leaves units idle.
set_option("coopsim", "-force-vector-interleave=2")

compiled = nb.njit(cache=True, error_model="numpy", nogil=True)
inlined = nb.njit(cache=True, error_model="numpy", nogil=True, forceinline=True)

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
ONE, SHIFT_30, SHIFT_27, SHIFT_31, SHIFT_11, SHIFT_32, SHIFT_33 = (np.uint64(k) for k in (1, 30, 27, 31, 11, 32, 33))
SHIFT_56, EACH_TO_THE_TOP = np.uint64(56), np.uint64(0x0102040810204080)
LOW_HALF, DIGITS_OF_52, DIGITS_OF_84 = (np.uint64(k) for k in (0xFFFFFFFF, 0x4330000000000000, 0x4530000000000000))
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
HALF_ROOT = np.int64(0x3FE6A09E667F3BCD)  # bits of sqrt(1/2)
ROUND_TO_INTEGER = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the rounded number in the low bits
EXPONENT_BIAS, EXPONENT_BITS = np.int64(1023), np.int64(-(1 << 52))


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
def _number_of_word(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), generate


@intrinsic
def count_bits(typing_context: Any, word: Any) -> Any:
    """Return the number of set bits of a 64-bit word."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@inlined
def bits_of(eight: np.uint64) -> np.uint64:
    """Return eight truth values, each a byte of a word, as the eight low bits of a word.

    The product moves each of them into its place in the highest byte.
    """
    return (eight * EACH_TO_THE_TOP) >> SHIFT_56


@inlined
def ones_if_below(x: float, bound: float) -> np.uint64:
    """Return a word of ones if x < bound, of zeros otherwise: to choose without a branch that cannot be foreseen."""
    return np.uint64(_bits(x - bound) >> 63)


@intrinsic
def fma(typing_context: Any, x: Any, y: Any, z: Any) -> Any:
    """Return x * y + z, rounded once: the same bits on every machine, and one instruction on most."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@inlined
def _split(x: float) -> tuple[float, float]:
    """Return 2**n and e**r - 1, where x = n ln 2 + r and n is whole: for |x| <= 700.

    The polynomial is (e**r - 1 - r)/r**2 at Chebyshev points of |r| <= ln(2)/2, off by less than 1.3e-17 of e**r.
    """
    t = fma(x, LOG2_E, ROUND_TO_INTEGER)
    n = t - ROUND_TO_INTEGER
    r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x))
    r2 = r * r
    # In pairs, so that no step waits long for others.
    low = fma(fma(0.008333333333330062, r, 0.04166666666662413), r2, fma(0.16666666666666669, r, 0.5))
    middle = fma(fma(2.7557268459997064e-06, r, 2.4801521295954376e-05), r2,
                 fma(0.00019841269863053618, r, 0.0013888888917213717))
    high = fma(2.510038549551032e-08, r, 2.7620088445409746e-07)
    p = fma(fma(high, r2 * r2, middle), r2 * r2, low)
    return _number((_bits(t) + EXPONENT_BIAS) << 52), fma(p, r2, r)


@inlined
def exp(x: float) -> float:
    """Return e**x to 1 unit in the last place, by a polynomial that the compiler can vectorise."""
    power, rest = _split(min(max(x, -700.0), 700.0))
    return fma(power, rest, power)


@inlined
def log(x: float) -> float:
    """Return the natural logarithm of a positive normal number to 1 or 2 units in the last place.

    The polynomial is that of artanh, as `_split` has that of e**r, off by less than 1e-17.
    """
    # Mantissa in [sqrt(1/2), sqrt(2)), so that numbers near one lose no digits.
    above = _bits(x) - HALF_ROOT
    m = _number(_bits(x) - (above & EXPONENT_BITS))
    f = (m - 1.0) / (m + 1.0)
    g = f * f
    g2 = g * g
    low = fma(fma(0.11111105565129939, g, 0.14285714313001635), g2, fma(0.19999999999949722, g, 0.3333333333333335))
    p = fma(fma(0.07308292712444311, g2, fma(0.07665855309105386, g, 0.09091444727837474)), g2 * g2, low)
    n = np.float64(above >> 52)
    return fma(n, LN2_HIGH, fma(n, LN2_LOW, fma(2.0 * f, p * g, 2.0 * f)))


@inlined
def saturate(x: float) -> float:
    """Return 1 - e**-x without loss of digits for small x."""
    power, rest = _split(min(max(-x, -700.0), 700.0))
    return fma(-power, rest, 1.0 - power)


@inlined
def row_sum(row: Any) -> float:
    """Return the sum of a row in eight lanes: a fixed order in which no addition waits for the one before."""
    a = b = c = d = e = f = g = h = 0.0
    whole = len(row) // 8 * 8
    for k in range(0, whole, 8):
        a += row[k]
        b += row[k + 1]
        c += row[k + 2]
        d += row[k + 3]
        e += row[k + 4]
        f += row[k + 5]
        g += row[k + 6]
        h += row[k + 7]
    for k in range(whole, len(row)):
        a += row[k]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@inlined
def uniform_of(state: np.uint64) -> float:
    """Return the uniform number of a state of SplitMix64: `key + (index + 1) * GOLDEN` (see `coopsim.rng`)."""
    z = (state ^ (state >> SHIFT_30)) * MIX_1
    z = (z ^ (z >> SHIFT_27)) * MIX_2
    z = (z ^ (z >> SHIFT_31)) >> SHIFT_11
    # The whole number z as a float, in two halves that are written into the digits of 2**52 and of 2**84: converting
    # 64-bit integers is slow in vector code.
    high, low = _number_of_word((z >> SHIFT_32) | DIGITS_OF_84), _number_of_word((z & LOW_HALF) | DIGITS_OF_52)
    return ((high - (2.0**84 + 2.0**52)) + low + 0.5) * 2.0**-53


@inlined
def uniform(key: np.uint64, index: int) -> float:
    """Return the uniform number of one index: SplitMix64 run as a counter (see `coopsim.rng`)."""
    return uniform_of(key + (np.uint64(index) + ONE) * GOLDEN)


@inlined
def normal_quantile(p: float) -> float:
    """Return the standard normal quantile to seven digits (Wichura 1988, algorithm AS 241), without branches.

    Below 1e-11 from either end it has fewer digits.
    """
    q = p - 0.5
    r = 0.180625 - q * q
    middle = q * fma(fma(fma(59.10937472, r, 159.29113202), r, 50.434271938), r, 3.3871327179)
    under_middle = fma(fma(fma(67.1875636, r, 78.757757664), r, 17.895169469), r, 1.0)
    r = np.sqrt(-log(min(p, 1.0 - p))) - 1.6
    tail = fma(fma(fma(0.17023821103, r, 1.3067284816), r, 2.75681539), r, 1.4234372777)
    tail = -tail if q < 0.0 else tail
    under_tail = fma(fma(0.12021132975, r, 0.7370016425), r, 1.0)
    outside = abs(q) > 0.425
    return (tail if outside else middle) / (under_tail if outside else under_middle)


LEADING = 2.0**31


@compiled
def fill_leading_digits(key: np.uint64, out: Any) -> None:
    """Fill a flat array with the whole part of 2**31 times the uniform numbers of indices 0, 1, ...

    The last step of `uniform_of` changes nothing in the first 31 bits.
    """
    state = key
    for index in range(len(out)):
        state += GOLDEN
        z = (state ^ (state >> SHIFT_30)) * MIX_1
        z = (z ^ (z >> SHIFT_27)) * MIX_2
        out[index] = np.int64(z >> SHIFT_33)


# Numerators and denominators of the standard normal quantile: in the middle, further out, in the tails.
QUANTILE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
     1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
     687.1870074920579083, 42.313330701600911252, 1.0),
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)


@inlined
def _ratio(x: float, over: tuple[float, ...], under: tuple[float, ...]) -> float:
    top = bottom = 0.0
    for k in range(len(over)):
        top, bottom = top * x + over[k], bottom * x + under[k]
    return top / bottom


@inlined
def normal_of(p: float) -> float:
    """Return the standard normal quantile to fourteen digits (Wichura 1988, algorithm AS 241); it has branches."""
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0.180625 - q * q, QUANTILE[0], QUANTILE[1])
    r = np.sqrt(-np.log(min(p, 1.0 - p)))
    z = _ratio(r - 1.6, QUANTILE[2], QUANTILE[3]) if r <= 5.0 else _ratio(r - 5.0, QUANTILE[4], QUANTILE[5])
    return -z if q < 0.0 else z


@inlined
def normal(key: np.uint64, index: int) -> float:
    """Return the standard normal number of one index: that of `Stream.normal` but for the last digits."""
    return normal_of(uniform(key, index))


@compiled
def fill_uniform(key: np.uint64, out: Any) -> None:
    """Fill a flat array with the uniform numbers of indices 0, 1, ...; a step from state to state spares a product."""
    state = key
    for index in range(len(out)):
        state += GOLDEN
        out[index] = uniform_of(state)


@compiled
def fill_uniform_at(key: np.uint64, index: Any, out: Any) -> None:
    """Fill a flat array with the uniform numbers of chosen indices."""
    for place in range(len(out)):
        out[place] = uniform(key, index[place])


LARGE_MEAN = 8.0


@inlined
def large_poisson_quantile(u: float, mean: float) -> float:
    """Return a Poisson quantile by the third Cornish-Fisher expansion, with Sheppard's correction for rounding.

    From a mean of `LARGE_MEAN` its distribution function is off by less than 2e-4.
    """
    z = normal_quantile(u)
    spread = np.sqrt(mean - 1 / 12)
    expansion = mean + z * spread + (z * z - 1.0) * mean / (6.0 * spread * spread) + (z - z * z * z) / (72.0 * spread)
    return max(np.floor(expansion + 0.5), 0.0)


@inlined
def small_poisson_quantile(u: float, mean: float) -> float:
    """Return the Poisson quantile of u if it is below 6, and 6 otherwise."""
    term = exp(-mean)
    below = term
    count = 1.0 if u > below else 0.0
    term *= mean
    below += term
    count += 1.0 if u > below else 0.0
    term *= mean * (1 / 2)
    below += term
    count += 1.0 if u > below else 0.0
    term *= mean * (1 / 3)
    below += term
    count += 1.0 if u > below else 0.0
    term *= mean * (1 / 4)
    below += term
    count += 1.0 if u > below else 0.0
    term *= mean * (1 / 5)
    below += term
    count += 1.0 if u > below else 0.0
    return count


@inlined
def poisson_quantile(u: float, mean: float) -> float:
    """Return the Poisson quantile of u by inversion, or by an expansion for means above `LARGE_MEAN`."""
    if mean > LARGE_MEAN:
        return large_poisson_quantile(u, mean)
    # 1 - m <= exp(-m): where next to nobody is expected, an exponential is not needed.
    if u <= 1.0 - mean:
        return 0.0
    term = exp(-mean)
    below = term
    count = 0.0
    while u > below and count < 200.0:
        count += 1.0
        term *= mean * (1.0 / count)
        below += term
    return count


@compiled
def fill_poisson(numbers: Any, mean: Any, out: Any) -> None:
    """Fill a flat array with Poisson numbers by inversion of uniform numbers.

    Cells are sorted, block by block, into those where an expansion serves and those that need a few terms, so that
    either loop compiles to vector code; most of the others expect next to nobody and get nobody.
    """
    block = 1024
    large, small = np.empty(block, dtype=np.int32), np.empty(block, dtype=np.int32)
    u, m, found = np.empty(block), np.empty(block), np.empty(block)
    for start in range(0, len(mean), block):
        larges = smalls = 0
        for place in range(start, min(start + block, len(mean))):
            out[place] = 0.0
            large[larges] = small[smalls] = place
            is_large = np.int64(mean[place] > LARGE_MEAN)
            larges += is_large
            # 1 - m <= exp(-m): no exponential is needed below. Counting instead of branching, which cannot be foreseen.
            smalls += (1 - is_large) & np.int64(numbers[place] > 1.0 - mean[place])
        for k in range(larges):
            u[k], m[k] = numbers[large[k]], mean[large[k]]
        for k in range(larges):
            found[k] = large_poisson_quantile(u[k], m[k])
        for k in range(larges):
            out[large[k]] = found[k]
        for k in range(smalls):
            u[k], m[k] = numbers[small[k]], mean[small[k]]
        for k in range(smalls):
            found[k] = small_poisson_quantile(u[k], m[k])
        for k in range(smalls):
            out[small[k]] = found[k] if found[k] < 6.0 else poisson_quantile(u[k], m[k])

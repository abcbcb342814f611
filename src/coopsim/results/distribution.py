"""Measures of a distribution: exact, and fast enough for every year of a run.

Where a measure has no value it is 0, as in `network`: none returns NaN.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopsim.results import kernels
from coopsim.results.network import TOLERANCE, Number, ratio
from coopsim.world.column import Floats

Strata = Sequence[Sequence[float]] | NDArray[Any]  # one row per stratum
CELLS = 1024
REACH = 0.001
TINY = 1e-300  # stands for nothing where a logarithm is taken: nothing of it is nothing
FEW = 4096  # values that are sorted faster than they are counted


def off_diagonal(matrix: Floats) -> Floats:
    """Return the cells of a square matrix without its diagonal, shape (S (S - 1),)."""
    size = len(matrix)
    if size < 2:
        return np.zeros(0)
    return np.ascontiguousarray(matrix).ravel()[1:].reshape(size - 1, size + 1)[:, :-1].ravel()


def quantiles(values: Floats, shares: Collection[float]) -> list[float]:
    """Return, for each share, the least value that at least that share of the values do not exceed."""
    return _of_rank(values, _ranks(shares, values.size)) if values.size else [0.0] * len(shares)


def pair_quantiles(matrix: Floats, shares: Collection[float], guesses: Sequence[float] | None = None) -> list[float]:
    """Return the same of the cells off the diagonal of a square matrix.

    Exact, and many times as fast with good guesses: only values within `REACH` of the guess are put in order. If a
    quantile is not among them, the answers come from all.
    """
    if guesses is None:
        return quantiles(off_diagonal(matrix), shares)
    ranks, near = _ranks(shares, len(matrix) * (len(matrix) - 1)), []
    for rank, guess in zip(ranks, guesses, strict=True):
        below, found = kernels.pairs.near_values(matrix, guess - REACH, guess + REACH)
        if not 0 <= rank - below < found.size:
            return quantiles(off_diagonal(matrix), shares)
        found.sort()
        near.append(float(found[rank - below]))
    return near


def _ranks(shares: Collection[float], size: int) -> list[int]:
    return [min(max(int(np.ceil(share * size - TOLERANCE)), 1), size) - 1 for share in shares]


def _of_rank(values: Floats, ranks: Sequence[int]) -> list[float]:
    """Return the values of some ranks: all are counted in cells, and only the cells of the ranks are put in order."""
    low, span = values.min(), np.ptp(values)
    if values.size <= FEW or span <= TOLERANCE:
        ordered = np.sort(values)
        return [float(ordered[rank]) for rank in ranks]
    scale = CELLS / span
    up_to = np.cumsum(kernels.values.count_cells(values, low, scale, CELLS + 1))
    found = []
    for rank in ranks:
        place = int(np.searchsorted(up_to, rank, side="right"))
        inside = kernels.values.in_cell(values, low, scale, place)
        rank -= int(up_to[place - 1]) if place else 0
        found.append(float(np.partition(inside, rank)[rank]))
    return found


def bimodality(sums: Sequence[Number], size: int) -> float:
    """Return Sarle's coefficient (skewness^2 + 1) / kurtosis from the sums of x, x^2, x^3 and x^4 over `size` values.

    1 for two equal peaks of no width, 5/9 for a uniform, 1/3 for a normal distribution; 0 if all are equal.
    """
    if not size:
        return 0.0
    m, m2, m3, m4 = (float(total) / size for total in sums)
    variance = m2 - m**2
    if variance <= TOLERANCE:
        return 0.0
    third = m3 - 3 * m * m2 + 2 * m**3
    fourth = m4 - 4 * m * m3 + 6 * m**2 * m2 - 3 * m**4
    return float((third**2 / variance**3 + 1) / (fourth / variance**2))


def shannon(amounts: Sequence[float]) -> float:
    """Return Shannon's diversity of amounts by kind, in nats; 0 of nothing."""
    total = sum(amounts)
    return max(0.0, -sum(amount / total * log(amount / total) for amount in amounts if amount > 0))


def concentration(amounts: Floats) -> float:
    """Return the Herfindahl-Hirschman index: the sum of squared shares; 0 of nothing."""
    return ratio(amounts @ amounts, amounts.sum() ** 2)


def theil(values: Floats, chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Return Theil's index T of values >= 0, shape (S,), within and between the chosen and the others; 0 of nothing."""
    total = values.sum()
    if not total:
        return 0.0, 0.0
    share = values / total
    whole = float(share @ np.log(np.maximum(share, TINY) * len(values)))
    part, number = float(share @ chosen), int(np.count_nonzero(chosen))
    groups = ((part, number), (1 - part, len(values) - number))
    between = sum(held * log(held * len(values) / size) for held, size in groups if size and held > TOLERANCE)
    return max(whole - between, 0.0), max(between, 0.0)


def largest_share(amounts: Floats, number: int) -> float:
    """Return what the `number` largest hold of the sum; 0 of nothing."""
    number = min(number, len(amounts))
    if not number:
        return 0.0
    return float(kernels.values.largest_share(amounts, number))


def rate_ratio(events: Strata, time: Strata) -> float:
    """Return the crude ratio of two rates; columns are not exposed, exposed; rows are strata.

    0 if the ratio has no value: no time with exposure, or no event without.
    """
    without, exposed = map(sum, zip(*events, strict=True))
    time_without, time_exposed = map(sum, zip(*time, strict=True))
    return ratio(exposed * time_without, without * time_exposed)


def mantel_haenszel(events: Strata, time: Strata) -> float:
    """Return the ratio of two rates, stratified (Mantel and Haenszel); arguments as for `rate_ratio`.

    The sum over strata of e1 t0 / t over that of e0 t1 / t: what the exposure itself does among those that are
    alike in what the strata hold constant. 0 if the ratio has no value.
    """
    above = below = 0.0
    for (without, exposed), (time_without, time_exposed) in zip(events, time, strict=True):
        total = max(time_without + time_exposed, 1)
        above += exposed * time_without / total
        below += without * time_exposed / total
    return ratio(above, below)

"""How much of a difference is policy, and how much luck: bands and shares over replications."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from coopsim.dashboard.engine import Sample

Floats = NDArray[np.float64]
BAND = (0.1, 0.9)  # of replications
FEWEST = 3


class Band(NamedTuple):
    """Where replications lie by year, shape (Y,) each; NaN while there are too few."""

    low: Floats
    high: Floats


class Effect(NamedTuple):
    """The paired difference over replications, shape (Y,) each.

    Attributes
    ----------
    mean : ndarray
    low, high : ndarray
        95 % interval of the mean, by Student's t.
    share : ndarray
        How much of the difference between one pair of twins is policy, 0 to 1: (E d)^2 over E d^2, estimated without
        bias, as in `coopsim.analysis.compare`. NaN where nothing differs or too few replications are there.
    """

    mean: Floats
    low: Floats
    high: Floats
    share: Floats


def bands(sample: Sample, indicator: str, years: int) -> tuple[Band, Band]:
    """Return the bands of my runs and of the baseline's: a tenth lies below a band, a tenth above."""
    if sample.done < FEWEST:
        gap = np.full(years, np.nan)
        return Band(gap, gap), Band(gap, gap)
    mine, base = sample.of(indicator)
    return band(mine), band(base)


def band(values: Floats) -> Band:
    """Return the band of replications, shape (n, Y)."""
    low, high = np.quantile(values, BAND, axis=0)
    return Band(low, high)


def effect(sample: Sample, indicator: str, years: int) -> Effect:
    """Return the paired difference of an indicator."""
    if sample.done < FEWEST:
        gap = np.full(years, np.nan)
        return Effect(gap, gap, gap, gap)
    mine, base = sample.of(indicator)
    return paired(mine, base)


def paired(mine: Floats, base: Floats) -> Effect:
    """Return the effect from replications of both, shape (n, ...) each, n of `FEWEST` or more."""
    # float32 travelled between processes: a difference below its precision is none.
    difference = np.where(np.isclose(mine, base, rtol=1e-6, atol=1e-9), 0.0, mine - base)
    n = len(difference)
    mean, spread = difference.mean(axis=0), difference.std(axis=0, ddof=1)
    reach = student.ppf(0.975, n - 1) * spread / np.sqrt(n)
    policy = np.maximum(mean**2 - spread**2 / n, 0.0)
    whole = policy + spread**2
    share = np.divide(policy, whole, out=np.full_like(mean, np.nan), where=whole > 0)
    return Effect(mean, mean - reach, mean + reach, share)

"""From numbers of paired runs to an estimate, its interval, and whether it lies where it was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

CONFIDENCE = 0.95
Verdict = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications.

    Attributes
    ----------
    value : float
    low, high : float
        Ends of its 95 % interval, by Student's t over replications; NaN for fewer than two.
    n : int
        Number of replications.
    """

    value: float
    low: float
    high: float
    n: int


def mean_of(values: ArrayLike) -> Estimate:
    """Return the mean of one number per replication; replications without a number count for nothing."""
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[~np.isnan(numbers)]
    n = len(numbers)
    if n < 2:
        return Estimate(float(numbers.mean()) if n else float("nan"), float("nan"), float("nan"), n)
    value, spread = float(numbers.mean()), float(numbers.std(ddof=1))
    # What differs by rounding only does not differ.
    spread = 0.0 if spread <= 1e-12 * max(abs(value), 1e-12) else spread
    reach = float(student.ppf((1 + CONFIDENCE) / 2, n - 1)) * spread / np.sqrt(n)
    return Estimate(value, value - reach, value + reach, n)


def percent_of(changed: ArrayLike, before: ArrayLike) -> Estimate:
    """Return by how many per cent the mean of one differs from the mean of the other, paired by replication.

    The ratio of means and its linearised error: 100 (mean b / mean a - 1), so that a replication in which a is small
    does not dominate.
    """
    scores = _percent_scores(changed, before)
    return mean_of(scores)


def percent_difference(first: tuple[ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike]) -> Estimate:
    """Return one change in per cent less another, all paired by replication."""
    return mean_of(_percent_scores(*first) - _percent_scores(*second))


def ratio_of(effect: ArrayLike, other: ArrayLike) -> Estimate:
    """Return the ratio of the means of two effects, paired by replication, with its linearised error."""
    return mean_of(1 + _percent_scores(effect, other) / 100)


def _percent_scores(changed: ArrayLike, before: ArrayLike) -> np.ndarray:
    """Return numbers per replication whose mean is the change in per cent and whose spread gives its error."""
    b, a = np.asarray(changed, dtype=np.float64), np.asarray(before, dtype=np.float64)
    both = ~(np.isnan(a) | np.isnan(b))
    base = a[both].mean() if both.any() else 0.0
    if base == 0:
        return np.full(len(a), np.nan)
    ratio = b[both].mean() / base
    return np.asarray(100 * ((ratio - 1) + np.where(both, b - ratio * a, np.nan) / base))


def verdict_of(estimate: Estimate, low: float, high: float) -> Verdict:
    """Return whether the interval lies inside the expected range, outside it, or over one of its ends.

    An expectation holds or fails only if the whole interval agrees; else more replications are needed to decide. The
    ends do not belong to the range: no effect at all is not "above 0".
    """
    if np.isnan(estimate.low) or np.isnan(estimate.high):
        return "undecided"
    if low < estimate.low and estimate.high < high:
        return "holds"
    return "fails" if estimate.high <= low or estimate.low >= high else "undecided"

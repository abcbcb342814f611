"""Means with intervals: Student's t, Wilson's interval of a share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm
from scipy.stats import t as student

from coopsim.errors import ConfigError

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the ends of its interval.

    Attributes
    ----------
    mean, low, high : float
        The ends are NaN where one value cannot tell.
    n : int
        Number of independent values.
    sd : float
        Their standard deviation.
    """

    mean: float
    low: float
    high: float
    n: int
    sd: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def mean_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """Return the mean of independent values with its interval by Student's t; missing values do not count."""
    known = np.asarray(values, dtype=np.float64).ravel()
    known = known[np.isfinite(known)]
    n = len(known)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, 0, np.nan)
    mean = float(known.mean())
    if n == 1:
        return Interval(mean, np.nan, np.nan, 1, np.nan)
    sd = float(known.std(ddof=1))
    reach = float(student.ppf((1 + checked(confidence)) / 2, n - 1)) * sd / np.sqrt(n)
    return Interval(mean, mean - reach, mean + reach, n, sd)


def share_interval(hits: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return Wilson's interval of a share of `hits` in `n` independent trials."""
    if n == 0:
        return 0.0, 1.0
    z = float(norm.ppf((1 + checked(confidence)) / 2))
    share, spread = hits / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    reach = z * np.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, float(centre - reach)), min(1.0, float(centre + reach))


def interval_row(values: pd.Series[float], confidence: float = CONFIDENCE, prefix: str = "") -> dict[str, float]:
    """Return mean, low, high, n and sd of values as columns of a table."""
    found = mean_interval(values.to_numpy(np.float64), confidence)
    return {f"{prefix}mean": found.mean, f"{prefix}low": found.low, f"{prefix}high": found.high,
            f"{prefix}n": found.n, f"{prefix}sd": found.sd}


def checked(confidence: float) -> float:
    """Return a confidence level between 0 and 1, or raise `ConfigError`."""
    if not 0 < confidence < 1:
        raise ConfigError(f"confidence = {confidence} is not allowed: must be between 0 and 1, such as 0.95")
    return float(confidence)

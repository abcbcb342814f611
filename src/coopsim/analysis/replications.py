"""How many replications are enough, how wide an interval is now, and how many more runs would narrow it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import t as student

from coopsim.analysis.intervals import CONFIDENCE, checked, mean_interval
from coopsim.analysis.sweep_table import POINT, Runs, Source, runs_of
from coopsim.errors import ConfigError
from coopsim.rng import Stream

ORDERS = 200  # orders of the replications over which the coefficient of variation is followed
FEWEST = 5
OUT_OF_REACH = 1e15  # runs: more than anybody does


@dataclass(frozen=True, slots=True, eq=False)
class Enough:
    """Whether a number of replications is enough.

    Attributes
    ----------
    indicator : str
    replications : int or None
        From this number on the coefficient of variation stays within the tolerance; None if the replications at hand
        do not show it.
    table : DataFrame
        n, cv (median over orders of the replications), low, high (10 % and 90 % quantiles over orders).
    tolerance : float
    sentence, stamp : str
    """

    indicator: str
    replications: int | None
    table: pd.DataFrame
    tolerance: float
    sentence: str
    stamp: str

    def __str__(self) -> str:
        return self.sentence


def enough(
    source: Source | Runs, indicator: str, *, year: int | None = None, point: int | None = None,
    tolerance: float = 0.02,
) -> Enough:
    """Return how many replications are enough by the stability of the coefficient of variation.

    The coefficient of variation c(n) of the first n replications is followed as n grows; n is enough if from there on
    it moves by less than `tolerance` (Lee and others 2015, doi:10.18564/jasss.2897). Which replications come first is
    chance, so many orders are followed and the answer is one that holds for nine of ten. Only the first half of the
    replications counts as an answer: near the last one nothing can move any more.

    Parameters
    ----------
    source : SweepResults or DataFrame
    indicator : str
    year : int, optional
    point : int, optional
        scenario_id; the point with the most variation if not given.
    tolerance : float
        Largest change of the coefficient of variation.

    Raises
    ------
    ConfigError
        If there are fewer than 5 replications.
    """
    runs = runs_of(source)
    groups = {int(str(key)): rows["value"].dropna().to_numpy(np.float64)
              for key, rows in runs.outcomes(indicator, year).groupby(POINT)}
    if point is not None and point not in groups:
        raise ConfigError(f"point = {point} is no scenario_id of this table")
    values = groups[point] if point is not None else max(groups.values(), key=_variation)
    if len(values) < FEWEST:
        raise ConfigError(f"{len(values)} replications are too few to see whether they are enough; take at least "
                          f"{FEWEST}")
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    paths = _paths(values, indicator)
    sizes = np.arange(2, len(values) + 1)
    low, middle, high = np.quantile(paths, [0.1, 0.5, 0.9], axis=0)
    table = pd.DataFrame({"n": sizes, "cv": middle, "low": low, "high": high})
    found = _stable(paths, sizes, tolerance)
    stamp = runs.stamp(f"band: 10–90 % over {ORDERS} orders of the replications")
    said = _enough_said(indicator, found, len(values), mean, sd, tolerance)
    return Enough(indicator, found, table, tolerance, said, stamp)


def _variation(values: np.ndarray) -> float:
    return float(values.std()) if len(values) > 1 else -1.0


def _paths(values: np.ndarray, indicator: str) -> np.ndarray:
    """Return the coefficient of variation after 2, 3, ... replications, for each of many orders."""
    generator = Stream(1, "analysis", 0).generator(f"orders {indicator}")
    drawn = np.stack([generator.permutation(values) for _ in range(ORDERS)])
    n = np.arange(1, values.size + 1)
    mean = drawn.cumsum(axis=1) / n
    centred = drawn - values.mean()  # the sum of squares about a near mean loses no digits
    about = centred.cumsum(axis=1) / n
    variance = ((centred**2).cumsum(axis=1) / n - about**2) * n / np.maximum(n - 1, 1)
    sd = np.sqrt(np.maximum(variance, 0.0))
    scale = np.abs(mean)
    return np.divide(sd, scale, out=np.zeros_like(sd), where=scale > 0)[:, 1:]


def _stable(paths: np.ndarray, sizes: np.ndarray, tolerance: float) -> int | None:
    """Return the first size, in the first half, after which nine of ten paths move less than the tolerance."""
    backwards = paths[:, ::-1]
    highest = np.maximum.accumulate(backwards, axis=1)[:, ::-1]
    lowest = np.minimum.accumulate(backwards, axis=1)[:, ::-1]
    moves = np.maximum(highest - paths, paths - lowest)
    quiet = np.quantile(moves, 0.9, axis=0) < tolerance
    first = [int(size) for size, still in zip(sizes, quiet, strict=True) if still and size <= sizes[-1] / 2]
    return first[0] if first else None


def _enough_said(name: str, found: int | None, n: int, mean: float, sd: float, tolerance: float) -> str:
    caution = ""
    if abs(mean) < sd:
        caution = " Its mean is small against its spread, so the coefficient says little: look at the interval instead."
    if found is None:
        return (f"{name}: {n} replications do not show yet that they are enough; the coefficient of variation still "
                f"moves by {tolerance:g} or more in their second half.{caution}")
    return (f"{name}: {found} replications are enough; from there on the coefficient of variation stays within "
            f"{tolerance:g} in nine of ten orders of the {n} replications.{caution}")


@dataclass(frozen=True, slots=True)
class Advice:
    """How sure a mean is, and what would make it surer.

    Attributes
    ----------
    mean, half_width : float
        The interval is mean ± half_width.
    n : int
        Runs so far.
    wanted : float or None
        Wanted half width.
    more : int or None
        Further runs after which the interval mean ± wanted holds the true mean at the level of confidence.
    confidence : float
    name : str
    """

    mean: float
    half_width: float
    n: int
    wanted: float | None
    more: int | None
    confidence: float
    name: str = ""

    def __str__(self) -> str:
        what = f"{self.name}: " if self.name else ""
        if self.n < 2 or not math.isfinite(self.half_width):
            return f"{what}{self.mean:.4g} after {self.n} run; a second run is the least that tells how sure this is."
        now = f"{what}{self.mean:.4g} ± {self.half_width:.2g} ({100 * self.confidence:.0f} % interval, {self.n} runs)"
        if self.wanted is None or self.more is None:
            return f"{now}."
        if self.more == 0:
            return f"{now}; ± {self.wanted:.2g} is reached."
        return f"{now}; {self.more} more runs give ± {self.wanted:.2g}."


def advise(values: ArrayLike, wanted: float | None = None, *, confidence: float = CONFIDENCE, name: str = "") -> Advice:
    """Return how wide the interval of a mean is, and how many more runs give a wanted half width.

    The number is that of Stein's two-stage procedure (1945, doi:10.1214/aoms/1177731088): with it the mean of all
    runs ± `wanted` holds the true mean with at least the confidence asked for, for normal values of any variance.

    Parameters
    ----------
    values : array_like
        One per independent run.
    wanted : float, optional
        Wanted half width, in the unit of the values.

    Raises
    ------
    ConfigError
        If the width is not positive or there is no value.
    """
    if wanted is not None and not wanted > 0:
        raise ConfigError(f"width = {wanted} is not allowed: must be above 0")
    found = mean_interval(values, checked(confidence))
    if found.n == 0:
        raise ConfigError("no finished run tells anything yet")
    more = None
    if wanted is not None and found.n >= 2:
        quantile = float(student.ppf((1 + confidence) / 2, found.n - 1))
        more = max(0, math.ceil(min((quantile * found.sd / wanted) ** 2, OUT_OF_REACH)) - found.n)
    return Advice(found.mean, found.half_width, found.n, wanted, more, confidence, name)


def advice(
    source: Source | Runs, indicators: str | Sequence[str], wanted: float | None = None, *,
    year: int | None = None, confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Return the advice for every design point of a sweep, finished or still under way, the widest interval first.

    Returns
    -------
    DataFrame
        scenario_id, what varies, indicator, n, mean, half_width, more (missing without a wanted width), advice.
    """
    runs = runs_of(source)
    rows = []
    for name in [indicators] if isinstance(indicators, str) else indicators:
        for point, values in runs.outcomes(name, year).groupby(POINT)["value"]:
            found = advise(values, wanted, confidence=confidence, name=name)
            rows.append({POINT: point, "indicator": name, "n": found.n, "mean": found.mean,
                         "half_width": found.half_width, "more": found.more, "advice": str(found)})
    table = pd.DataFrame(rows).astype({"more": "Int64"})
    table = runs.points.reset_index().merge(table, on=POINT) if runs.parameters else table
    return table.sort_values("half_width", ascending=False, kind="stable").reset_index(drop=True)

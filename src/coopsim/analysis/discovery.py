"""Scenario discovery: the region of the parameter space in which an outcome occurs.

PRIM, the patient rule induction method (Friedman and Fisher 1999, doi:10.1023/A:1008894516817), of ema_workbench peels
the space, a little at a time, down to a box in which the outcome is frequent. A box that is only luck looks as good
as a true one, so every limit is tested, and the box that half of the points suggest is tried on the other half.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from coopsim.analysis.extras import extra
from coopsim.analysis.sweep_table import POINT, Runs, Source, runs_of
from coopsim.analysis.words import counted, listed, percent
from coopsim.errors import ConfigError

FEWEST = 40  # points
PEEL = 0.05  # share of the points that a step takes off
SMALLEST = 0.05  # share of the points in a box
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """A region of the parameter space.

    Attributes
    ----------
    limits : DataFrame
        One row per limited parameter: parameter, low, high (of numbers), values (of words and switches, as text),
        range_low, range_high (sampled), p (chance that a limit which means nothing would do as well).
    coverage : float
        Share of the points with the outcome that lie in the box.
    density : float
        Share of the points in the box that have the outcome.
    mass : float
        Share of all points that lie in the box.
    density_unseen : float
        Density on the half of the points that did not make the box, of a box made from the other half; NaN if that
        half gave none.
    """

    limits: pd.DataFrame
    coverage: float
    density: float
    mass: float
    density_unseen: float

    @property
    def words(self) -> str:
        """The limits as a condition."""
        return listed([_limit_words(row) for row in self.limits.to_dict("records")])


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """The regions in which an outcome occurs.

    Attributes
    ----------
    outcome : str
        In words.
    boxes : tuple of Box
        The best first; empty if the outcome is spread over the whole space, or PRIM found nothing but luck.
    share : float
        Share of all points with the outcome.
    points : DataFrame
        What varies, and `hit`: whether the outcome occurs.
    sentences : tuple of str
    stamp : str
    """

    outcome: str
    boxes: tuple[Box, ...]
    share: float
    points: pd.DataFrame
    sentences: tuple[str, ...]
    stamp: str

    def figure(self) -> Any:
        """Return the figure of the first box, a `matplotlib.figure.Figure`."""
        from coopsim.analysis.robustness_figures import box_figure

        return box_figure(self)

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def discover(
    source: Source | Runs, indicator: str, *, above: float | None = None, below: float | None = None,
    year: int | None = None, boxes: int = 1,
) -> Discovery:
    """Return the regions of the parameter space in which an indicator lies above or below a threshold.

    Parameters
    ----------
    source : SweepResults or DataFrame
        Of a space-filling design; the mean over the replications of a point decides.
    indicator : str
    above, below : float
        The outcome is above < indicator, indicator < below, or both.
    year : int, optional
        The last recorded one if not given.
    boxes : int
        How many regions to look for, each among the points that the ones before leave.

    Raises
    ------
    ConfigError
        If there is no threshold, or fewer than 40 points.
    CoopsimError
        If ema_workbench is not installed.
    """
    if above is None and below is None:
        raise ConfigError("an outcome needs a threshold: above=, below= or both")
    runs = runs_of(source)
    means = runs.outcomes(indicator, year).groupby(POINT)["value"].mean().dropna()
    hit = pd.Series(True, index=means.index)
    parts = []
    if above is not None:
        hit &= means > above
        parts.append(f"above {above:g}")
    if below is not None:
        hit &= means < below
        parts.append(f"below {below:g}")
    words = f"{indicator} {listed(parts)} in {runs.year(year)}"
    return discover_points(runs.points, hit, words, boxes=boxes, stamp=runs.stamp("means over replications"))


def discover_points(
    points: pd.DataFrame, hit: pd.Series[bool], outcome: str, *, boxes: int = 1, stamp: str = ""
) -> Discovery:
    """Return the regions in which `hit`, by scenario_id, is true."""
    known = points.loc[hit.index]
    marked = hit.to_numpy(bool)
    if len(known) < FEWEST:
        raise ConfigError(f"{len(known)} points are too few to discover a region; take at least {FEWEST}, better 200")
    share = float(marked.mean())
    found = _boxes(known, marked, boxes) if 0 < share < 1 else []
    table = known.assign(hit=marked)
    return Discovery(outcome, tuple(found), share, table, _sentences(outcome, share, len(known), found), stamp)


def _boxes(points: pd.DataFrame, hit: np.ndarray, boxes: int) -> list[Box]:
    found: list[Box] = []
    left = np.ones(len(points), dtype=bool)
    while len(found) < boxes and hit[left].any() and left.sum() >= FEWEST:
        limits = _peel(points[left], hit[left])
        inside = left & _inside(points, limits)
        if limits.empty or not hit[inside].any():
            break
        found.append(_measured(points, hit, left, limits, inside))
        left = left & ~inside
    return found


def _measured(points: pd.DataFrame, hit: np.ndarray, left: np.ndarray, limits: pd.DataFrame, inside: np.ndarray) -> Box:
    half = np.arange(len(points)) % 2 == 0
    unseen = np.nan
    if hit[left & half].any():
        other = _inside(points, _peel(points[left & half], hit[left & half])) & left & ~half
        unseen = float(hit[other].mean()) if other.any() else np.nan
    return Box(limits, float(hit[inside].sum() / hit.sum()), float(hit[inside].mean()), float(inside.mean()), unseen)


def _peel(points: pd.DataFrame, hit: np.ndarray) -> pd.DataFrame:
    """Return the limits of the box with the best balance of coverage and density, without those that luck explains."""
    prim = extra("ema_workbench.analysis.prim", "Scenario discovery", name="ema-workbench")
    x = pd.DataFrame({name: _prim_column(column) for name, column in points.items()}).reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, about how ema_workbench drops columns
        box = prim.Prim(x, hit.astype(bool), peel_alpha=PEEL, mass_min=SMALLEST).find_box()
    if box is None:
        return _limits(points, points, {})
    path = box.peeling_trajectory
    balance = 2 * path["coverage"] * path["density"] / (path["coverage"] + path["density"]).clip(lower=1e-12)
    lims = box.box_lims[int(balance.to_numpy().argmax())]
    kept = {name: lims[name].tolist() for name in points.columns}
    return _tested(points, hit, _limits(points, x, kept))


def _prim_column(column: pd.Series[Any]) -> pd.Series[Any]:
    return column if pd.api.types.is_numeric_dtype(column) and column.dtype != bool else column.astype("category")


def _limits(points: pd.DataFrame, x: pd.DataFrame, lims: dict[Any, list[Any]]) -> pd.DataFrame:
    rows = []
    for name, (first, second) in lims.items():
        row = {"parameter": str(name), "low": np.nan, "high": np.nan, "values": None, "range_low": np.nan,
               "range_high": np.nan}
        if isinstance(first, set):
            if len(first) < x[name].nunique():
                rows.append(row | {"values": tuple(sorted(first, key=str))})
            continue
        low, high = float(points[name].min()), float(points[name].max())
        if float(first) > low or float(second) < high:
            rows.append(row | {"low": float(first), "high": float(second), "range_low": low, "range_high": high})
    columns = ["parameter", "low", "high", "values", "range_low", "range_high"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype(
        dict.fromkeys(("low", "high", "range_low", "range_high"), "float64"))


def _inside(points: pd.DataFrame, limits: pd.DataFrame) -> np.ndarray:
    inside = np.ones(len(points), dtype=bool)
    for row in limits.to_dict("records"):
        column = points[row["parameter"]]
        if row["values"] is not None:
            inside &= column.isin(list(row["values"])).to_numpy()
        else:
            inside &= column.between(row["low"], row["high"]).to_numpy()
    return inside


def _tested(points: pd.DataFrame, hit: np.ndarray, limits: pd.DataFrame) -> pd.DataFrame:
    """Drop, one by one, the limits without which the box would be as good, and return the others with their p.

    The test is that of quasi-p-values (Bryant and Lempert 2010, doi:10.1016/j.techfore.2009.08.002): given the
    density without the limit, how likely are at least so many hits among the points inside?
    """
    while len(limits):
        p = [_quasi_p(points, hit, limits, row) for row in range(len(limits))]
        worst = int(np.argmax(p))
        if p[worst] < SIGNIFICANT:
            return limits.assign(p=p)
        limits = limits.drop(index=limits.index[worst]).reset_index(drop=True)
    return limits.assign(p=np.empty(0))


def _quasi_p(points: pd.DataFrame, hit: np.ndarray, limits: pd.DataFrame, row: int) -> float:
    without = _inside(points, limits.drop(index=limits.index[row]))
    inside = without & _inside(points, limits.iloc[[row]])
    rate = float(hit[without].mean()) if without.any() else 0.0
    n, hits = int(inside.sum()), int(hit[inside].sum())
    return 1.0 if n == 0 else float(binomtest(hits, n, min(max(rate, 0.0), 1.0), alternative="greater").pvalue)


def _limit_words(row: dict[Any, Any]) -> str:
    if row["values"] is not None:
        return f"{row['parameter']} is {' or '.join(map(str, row['values']))}"
    low = row["low"] > row["range_low"]
    high = row["high"] < row["range_high"]
    if low and high:
        return f"{row['parameter']} in [{row['low']:.3g}, {row['high']:.3g}]"
    return f"{row['parameter']} above {row['low']:.3g}" if low else f"{row['parameter']} below {row['high']:.3g}"


def _sentences(outcome: str, share: float, n: int, boxes: list[Box]) -> tuple[str, ...]:
    opening = f"{outcome}: so in {percent(share)} of {n} points."
    if share in (0.0, 1.0):
        return (opening,)
    if not boxes:
        return (opening, "No region stands out: no limit on a parameter does better than luck would.")
    said = [opening]
    for number, box in enumerate(boxes, 1):
        unseen = ("" if not np.isfinite(box.density_unseen) else
                  f" A box from half of the points holds on the other half in {percent(box.density_unseen)}.")
        where = "Region" if len(boxes) == 1 else f"Region {number}"
        said.append(f"{where}, by {counted(len(box.limits), 'limit')}: {box.words}. There it is so in "
                    f"{percent(box.density)} of the points, which are {percent(box.coverage)} of all where it is so."
                    f"{unseen}")
    return tuple(said)

"""What drives a result: Morris's screening and Sobol's indices, through SALib.

Replications are averaged first, because an index of a noisy function counts the noise as interaction. What luck is
left in the averages is estimated and said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from coopsim.analysis.extras import extra
from coopsim.analysis.intervals import CONFIDENCE, checked
from coopsim.analysis.sensitivity_words import sentences_of
from coopsim.analysis.sweep_table import POINT, SEED, Runs, Source, coded, runs_of
from coopsim.errors import ConfigError

Method = Literal["morris", "sobol"]
LEVELS = 4  # of coopsim.experiment.designs, and what SALib assumes
RESAMPLES = 500
FEWEST = 4  # trajectories or base samples


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """Sensitivity of one indicator to every parameter that varies.

    Attributes
    ----------
    method : {"morris", "sobol"}
    indicator : str
    year : int
    table : DataFrame
        One row per parameter, the most important first. Morris: mu (mean effect of moving the parameter over its
        whole range), mu_star (mean of its absolute values), mu_star_conf, sigma (spread of the effect over the other
        parameters). Sobol: S1 (share of variance by the parameter alone), ST (with all its interactions), each with
        the half width of its interval, S1_conf and ST_conf.
    second : DataFrame
        Sobol's indices of pairs, if the design has them: a, b, S2, S2_conf; else empty.
    samples : int
        Trajectories, or base samples, that were complete.
    lost : int
        Those left out, because a run of theirs failed.
    luck : float
        Share of the variance of the averages that is luck, not the parameters; NaN with one replication.
    floor : float
        What mu_star, or ST, is expected to be by luck alone for a parameter whose effect is nil on average; 0 if
        nobody can say.
    mean, sd : float
        Of the indicator over the design points.
    confidence : float
    sentences : tuple of str
        The indices in words.
    stamp : str
        What figures say below.
    """

    method: Method
    indicator: str
    year: int
    table: pd.DataFrame
    second: pd.DataFrame
    samples: int
    lost: int
    luck: float
    floor: float
    mean: float
    sd: float
    confidence: float
    stamp: str
    sentences: tuple[str, ...] = ()

    def figure(self) -> Any:
        """Return the figure of the indices, a `matplotlib.figure.Figure`."""
        from coopsim.analysis.sensitivity_figures import sensitivity_figure

        return sensitivity_figure(self)

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def morris(
    source: Source | Runs, indicator: str, *, year: int | None = None, confidence: float = CONFIDENCE, seed: int = 1
) -> Sensitivity:
    """Return Morris's elementary effects, with parameters scaled to their ranges.

    Parameters
    ----------
    source : SweepResults or DataFrame
        Of a plan with ``design="morris"``.
    indicator : str
    year : int, optional
        The last recorded one if not given.
    seed : int
        Of the bootstrap behind the intervals.

    Raises
    ------
    ConfigError
        If the table is not that of a Morris design.
    CoopsimError
        If SALib is not installed.
    """
    analysis = extra("SALib.analyze.morris", "Morris's method")
    runs, values = _averages(source, indicator, year)
    d = len(runs.parameters)
    points = coded(runs.points)
    rows = _complete(values, d + 1, points.index)
    X, y = points.loc[rows].to_numpy(np.float64), values.loc[rows, "value"].to_numpy(np.float64)
    moved = (np.diff(X.reshape(-1, d + 1, d), axis=1) != 0).sum(axis=2)
    if (moved > 1).any():
        raise ConfigError("these runs are not of a Morris design: from one point to the next more than one parameter "
                          "changes; use design='morris'")
    names = list(runs.parameters)
    if y.std() > 0:
        found = analysis.analyze(_problem(names), X, y, num_levels=LEVELS, num_resamples=RESAMPLES,
                                 conf_level=checked(confidence), seed=_seed(seed))
        table = pd.DataFrame({"parameter": names, **{
            key: np.asarray(found[key], dtype=np.float64) for key in ("mu", "mu_star", "mu_star_conf", "sigma")
        }})
    else:
        table = pd.DataFrame({"parameter": names, "mu": 0.0, "mu_star": 0.0, "mu_star_conf": 0.0, "sigma": 0.0})
    return _told("morris", indicator, runs, year, table.sort_values("mu_star", ascending=False, kind="stable"),
                 pd.DataFrame(), len(rows) // (d + 1), values, confidence, "bootstrap over trajectories")


def sobol(
    source: Source | Runs, indicator: str, *, year: int | None = None, confidence: float = CONFIDENCE, seed: int = 1
) -> Sensitivity:
    """Return Sobol's indices of first order and of total effect, and of pairs if the design has them.

    Parameters
    ----------
    source : SweepResults or DataFrame
        Of a plan with ``design="saltelli"``.
    indicator : str
    year : int, optional
        The last recorded one if not given.
    seed : int
        Of the bootstrap behind the intervals.

    Raises
    ------
    ConfigError
        If the table is not that of a Saltelli design.
    CoopsimError
        If SALib is not installed.
    """
    analysis = extra("SALib.analyze.sobol", "Sobol's method")
    runs, values = _averages(source, indicator, year)
    d = len(runs.parameters)
    points = coded(runs.points)
    pairs = _second_order(points, d)
    block = (2 * d if pairs else d) + 2
    rows = _complete(values, block, points.index)
    y, names = values.loc[rows, "value"].to_numpy(np.float64), list(runs.parameters)
    second = pd.DataFrame()
    if y.std() > 0:
        found = analysis.analyze(_problem(names), y, calc_second_order=pairs, num_resamples=RESAMPLES,
                                 conf_level=checked(confidence), seed=_seed(seed))
        table = pd.DataFrame({"parameter": names, **{
            key: np.asarray(found[key], dtype=np.float64) for key in ("S1", "S1_conf", "ST", "ST_conf")
        }})
        second = _pairs(found, names) if pairs else second
    else:
        table = pd.DataFrame({"parameter": names, "S1": 0.0, "S1_conf": 0.0, "ST": 0.0, "ST_conf": 0.0})
    return _told("sobol", indicator, runs, year, table.sort_values("ST", ascending=False, kind="stable"), second,
                 len(rows) // block, values, confidence, "bootstrap over base samples")


def _averages(source: Source | Runs, indicator: str, year: int | None) -> tuple[Runs, pd.DataFrame]:
    """Return value (mean over replications) and luck (variance of that mean) by point."""
    runs = runs_of(source)
    if not runs.parameters:
        raise ConfigError("nothing varies in this table; sensitivity needs parameters that do")
    outcomes = runs.outcomes(indicator, year).dropna(subset="value")
    by_point = outcomes.groupby(POINT)["value"]
    return runs, pd.DataFrame({"value": by_point.mean(), "luck": _luck(outcomes)})


def _luck(outcomes: pd.DataFrame) -> pd.Series[float]:
    """Return the variance, by luck, of the mean over replications at each point; NaN without replications.

    With common random numbers a seed that is kind to all points alike tells nothing about parameters, so each seed's
    mean over points is taken off first.
    """
    values = outcomes["value"]
    # Only seeds that every point has are a shift of the whole function.
    if outcomes.groupby(SEED)[POINT].nunique().min() == outcomes[POINT].nunique():
        values = values - outcomes.groupby(SEED)["value"].transform("mean")
    groups = values.groupby(outcomes[POINT])
    return groups.var(ddof=1) / groups.size()


def _complete(values: pd.DataFrame, block: int, index: pd.Index[Any]) -> np.ndarray:
    """Return the ids of the points in blocks whose points all have a value."""
    ids = np.sort(index.to_numpy())
    if len(ids) % block:
        # Whole points may be missing from the table, because all runs of theirs failed: count by id.
        ids = np.arange(-(-(int(ids[-1]) + 1) // block) * block)
    whole = ids.reshape(-1, block)
    known = np.isin(whole, values.index).all(axis=1)
    if known.sum() < FEWEST:
        raise ConfigError(f"{int(known.sum())} complete samples of {block} points are too few for sensitivity "
                          f"analysis; take at least {FEWEST}, better 100")
    return np.asarray(whole[known].ravel())


def _second_order(points: pd.DataFrame, d: int) -> bool:
    """Return whether a Saltelli design has the points of pairs; `ConfigError` if it is none at all.

    The first point of a block, A, and the last, B, differ in everything; the j-th between them is A with the j-th
    parameter of B.
    """
    size = int(points.index.max()) + 1
    for block, pairs in ((d + 2, False), (2 * d + 2, True)):
        if size % block == 0 and _is_saltelli(points, d, block):
            return pairs
    raise ConfigError("these runs are not of a Saltelli design; use design='saltelli'")


def _is_saltelli(points: pd.DataFrame, d: int, block: int) -> bool:
    for start in range(0, int(points.index.max()) + 1, block):
        rows = points.reindex(range(start, start + block)).to_numpy(np.float64)
        if np.isnan(rows).any():
            continue
        for j in range(d):
            expected = rows[0].copy()
            expected[j] = rows[-1][j]
            if not np.array_equal(rows[1 + j], expected):
                return False
    return True


def _floor(method: Method, noise: float, luck: float) -> float:
    """Return what luck alone makes of an index: the mean absolute difference of two averages, or luck's share."""
    if not np.isfinite(luck):
        return 0.0
    step = LEVELS / (2 * (LEVELS - 1))
    return 2 * float(np.sqrt(noise / np.pi)) / step if method == "morris" else luck


def _problem(names: list[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _seed(seed: int) -> int:
    return int(seed) + 1  # SALib takes 0 for no seed


def _pairs(found: Any, names: list[str]) -> pd.DataFrame:
    rows = [
        {"a": names[j], "b": names[k], "S2": float(found["S2"][j, k]), "S2_conf": float(found["S2_conf"][j, k])}
        for j in range(len(names)) for k in range(j + 1, len(names))
    ]
    return pd.DataFrame(rows).sort_values("S2", ascending=False, kind="stable").reset_index(drop=True)


def _told(
    method: Method, indicator: str, runs: Runs, year: int | None, table: pd.DataFrame, second: pd.DataFrame,
    samples: int, values: pd.DataFrame, confidence: float, interval: str,
) -> Sensitivity:
    variance = float(values["value"].var())
    noise = float(values["luck"].mean())
    luck = min(noise / variance, 1.0) if variance > 0 and np.isfinite(noise) else np.nan if variance > 0 else 0.0
    block = len(runs.parameters) + 1 if method == "morris" else len(runs.parameters) * (1 if second.empty else 2) + 2
    total = -(-(int(runs.points.index.max()) + 1) // block)
    found = Sensitivity(
        method, indicator, runs.year(year), table.reset_index(drop=True), second, samples, total - samples, luck,
        _floor(method, noise, luck), float(values["value"].mean()), float(np.sqrt(variance)), confidence,
        runs.stamp(f"{100 * confidence:.0f} % interval, {interval}"),
    )
    return replace(found, sentences=sentences_of(found))

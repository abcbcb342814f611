"""What a parameter does to an indicator, with an interval.

Two cases. Where a parameter takes few values and everything else is repeated at each of them (grid, one at a time,
list), runs that share seed and all other values are compared one to one: common random numbers leave only what the
parameter did. Where every point is its own (Latin hypercube, Sobol, random), the effect is the slope of a linear
regression on all parameters at once, over the range that was sampled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import t as student

from coopsim.analysis.bands import welch
from coopsim.analysis.intervals import CONFIDENCE, checked, mean_interval
from coopsim.analysis.sweep_table import POINT, SEED, Runs, Source, coded, runs_of
from coopsim.errors import ConfigError

Method = Literal["paired", "unpaired", "regression"]
FEW = 12  # levels; a parameter with more takes another value at almost every point


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """The effect of a parameter on an indicator.

    Attributes
    ----------
    parameter, indicator : str
    year : int
    method : {"paired", "unpaired", "regression"}
    table : DataFrame
        One row per level beside the reference (the lowest, or first), or one row for a regression: reference, level,
        effect, low, high, n (independent seeds, or points of the regression).
    confidence : float
    stamp : str
        What figures say below.
    """

    parameter: str
    indicator: str
    year: int
    method: Method
    table: pd.DataFrame
    confidence: float
    stamp: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """The effect in words."""
        return tuple(_said(self, row) for row in self.table.to_dict("records"))

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def effect(
    source: Source | Runs,
    parameter: str,
    indicator: str,
    *,
    year: int | None = None,
    method: Method | None = None,
    confidence: float = CONFIDENCE,
) -> Effect:
    """Return what a parameter does to an indicator, with an interval.

    Parameters
    ----------
    source : SweepResults or DataFrame
    parameter, indicator : str
    year : int, optional
        The last recorded one if not given.
    method : {"paired", "unpaired", "regression"}, optional
        Chosen by the design if not given.

    Raises
    ------
    ConfigError
        If parameter or indicator are not there, or the design does not allow the method.
    """
    runs = runs_of(source)
    checked(confidence)
    values = runs.outcomes(indicator, year)
    levels = values[runs.varied(parameter)].nunique()
    if levels < 2:
        raise ConfigError(f"'{parameter}' has one value only in this table; an effect needs two")
    blocks = _blocks(values, runs, parameter)
    chosen: Method = method or ("paired" if blocks is not None and levels <= FEW else "regression")
    if chosen == "paired":
        if blocks is None:
            raise ConfigError(f"no two runs differ in '{parameter}' alone; use method='regression'")
        table = _paired(blocks, confidence)
    elif chosen == "unpaired":
        table = _unpaired(values, parameter, confidence)
    else:
        table = _regression(values, runs, parameter, confidence)
    name = {"paired": "t interval, paired by seed", "unpaired": "Welch's t interval",
            "regression": "interval of a linear regression (HC3)"}[chosen]
    stamp = runs.stamp(f"{100 * confidence:.0f} % {name}")
    return Effect(parameter, indicator, runs.year(year), chosen, table, confidence, stamp)


def _blocks(values: pd.DataFrame, runs: Runs, parameter: str) -> pd.DataFrame | None:
    """Return seeds and other values (rows) by level (columns), where at least two levels are known; None without."""
    others = [name for name in runs.parameters if name != parameter]
    wide = values.pivot_table(index=[SEED, *others], columns=parameter, values="value", aggfunc="mean")
    wide = wide[wide.notna().sum(axis=1) >= 2]
    return wide if len(wide) and wide.iloc[:, 0].notna().any() else None


def _paired(blocks: pd.DataFrame, confidence: float) -> pd.DataFrame:
    reference, rows = blocks.columns[0], []
    for level in blocks.columns[1:]:
        moved = (blocks[level] - blocks[reference]).dropna()
        # Points that share a seed share luck: one number per seed is what is independent.
        found = mean_interval(moved.groupby(level=SEED).mean(), confidence)
        rows.append(_row(reference, level, found.mean, found.low, found.high, found.n))
    return pd.DataFrame(rows)


def _unpaired(values: pd.DataFrame, parameter: str, confidence: float) -> pd.DataFrame:
    groups = {level: rows["value"].to_numpy(np.float64) for level, rows in values.groupby(parameter, sort=True)}
    (reference, base), *others = groups.items()
    return pd.DataFrame([
        _row(reference, level, *welch(own, base, confidence), min(len(own), len(base))) for level, own in others
    ])


def _regression(values: pd.DataFrame, runs: Runs, parameter: str, confidence: float) -> pd.DataFrame:
    """Regress the means over replications on all parameters, each scaled to its sampled range.

    The errors are those of White, as HC3, because what the line leaves over is not noise of one size.
    """
    means = values.groupby(POINT)["value"].mean().dropna()
    points = coded(runs.points.loc[means.index])
    points = points.loc[:, points.nunique() > 1]
    low, high = points.min(), points.max()
    X = np.column_stack([np.ones(len(points)), ((points - low) / (high - low)).to_numpy()])
    n, k = X.shape
    if n <= k + 1:
        raise ConfigError(f"{n} design points are too few for a regression on {k - 1} parameters; take at least "
                          f"{2 * k}")
    y = means.to_numpy(np.float64)
    inverse = np.linalg.pinv(X.T @ X)
    slopes = inverse @ X.T @ y
    leverage = np.einsum("ij,jk,ik->i", X, inverse, X)
    residual = (y - X @ slopes) / np.clip(1 - leverage, 1e-9, None)
    errors = np.sqrt(np.diag(inverse @ (X.T * residual**2) @ X @ inverse))
    at = 1 + list(points.columns).index(parameter)
    reach = student.ppf((1 + confidence) / 2, n - k) * errors[at]
    ends = (low[parameter], high[parameter])
    return pd.DataFrame([_row(*ends, slopes[at], slopes[at] - reach, slopes[at] + reach, n)])


def _row(reference: object, level: object, mean: float, low: float, high: float, n: int) -> dict[str, object]:
    return {"reference": reference, "level": level, "effect": float(mean), "low": float(low), "high": float(high),
            "n": int(n)}


def _said(found: Effect, row: dict[Any, Any]) -> str:
    moved = f"{found.parameter} from {_short(row['reference'])} to {_short(row['level'])}"
    change = f"changes {found.indicator} by {row['effect']:+.3g}"
    if not np.isfinite(row["low"]):
        return f"{moved} {change}; one seed cannot tell how much of it is luck."
    interval = f"({100 * found.confidence:.0f} % interval {row['low']:+.3g} to {row['high']:+.3g})"
    if row["low"] <= 0 <= row["high"]:
        return f"{moved} {change} {interval}: not told apart from no effect."
    return f"{moved} {change} {interval}."


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

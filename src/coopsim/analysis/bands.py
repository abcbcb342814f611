"""Quantile bands over replications, and scenarios side by side in one table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coopsim.analysis.intervals import CONFIDENCE, mean_interval
from coopsim.analysis.sweep_table import POINT, SEED, YEAR, Runs, Source, runs_of
from coopsim.errors import ConfigError

QUANTILES = (0.1, 0.5, 0.9)


def bands(
    source: Source | Runs,
    indicators: str | Sequence[str] | None = None,
    *,
    quantiles: Sequence[float] = QUANTILES,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Return quantiles over replications, with the mean and its interval, per design point, year and indicator.

    Parameters
    ----------
    source : SweepResults or DataFrame
    indicators : str or sequence of str, optional
        All recorded ones if not given.
    quantiles : sequence of float
        In [0, 1]; each becomes a column such as ``q10``.
    confidence : float
        Level of the t interval of the mean.

    Returns
    -------
    DataFrame
        scenario_id, what varies, year, indicator, n, mean, low, high, sd and the quantiles.

    Raises
    ------
    ConfigError
        If an indicator or a quantile is not there.
    """
    runs = runs_of(source)
    chosen = [indicators] if isinstance(indicators, str) else list(indicators or runs.indicators)
    if not all(0 <= q <= 1 for q in quantiles):
        raise ConfigError(f"quantiles = {tuple(quantiles)} are not allowed: each must be in [0, 1]")
    long = runs.table.melt(
        id_vars=[POINT, YEAR], value_vars=[runs.known(name) for name in chosen], var_name="indicator",
    )
    rows = []
    for (point, year, name), values in long.groupby([POINT, YEAR, "indicator"], sort=True)["value"]:
        found = mean_interval(values, confidence)
        row = {POINT: point, YEAR: year, "indicator": name, "n": found.n, "mean": found.mean, "low": found.low,
               "high": found.high, "sd": found.sd}
        at = np.nanquantile(values.to_numpy(np.float64), list(quantiles)) if found.n else [np.nan] * len(quantiles)
        rows.append(row | dict(zip(map(_quantile_name, quantiles), at, strict=True)))
    table = pd.DataFrame(rows)
    return runs.points.reset_index().merge(table, on=POINT) if runs.parameters else table


def scenario_table(
    source: Source | Runs,
    indicators: str | Sequence[str] | None = None,
    *,
    by: str | None = None,
    year: int | None = None,
    reference: object = None,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Return scenarios side by side: means with intervals, and differences from a reference with intervals.

    Parameters
    ----------
    source : SweepResults or DataFrame
    indicators : str or sequence of str, optional
    by : str, optional
        The column whose values are the scenarios; the design points themselves if not given.
    year : int, optional
        The last recorded one if not given.
    reference : object, optional
        The value to compare with; the first one if not given.

    Returns
    -------
    DataFrame
        indicator, scenario, n, mean, low, high; difference, difference_low, difference_high, pairs (runs of the same
        seed that were compared; 0 if none share a seed and the interval is Welch's), certain (the interval of the
        difference leaves out 0).

    Raises
    ------
    ConfigError
        If the reference is no scenario of the table.
    """
    runs = runs_of(source)
    column = runs.varied(by) if by else POINT
    chosen = [indicators] if isinstance(indicators, str) else list(indicators or runs.indicators)
    rows = []
    for name in chosen:
        values = runs.outcomes(name, year)
        if column not in values:
            values[column] = values[POINT]
        # One value per scenario and seed: other things that vary are averaged over.
        means = values.groupby([column, SEED], sort=False)["value"].mean().unstack(SEED)
        cells = dict(means.iterrows())
        base = next(iter(cells)) if reference is None else reference
        if base not in cells:
            raise ConfigError(f"reference = {base!r} is not in column '{column}'; known: {', '.join(map(str, cells))}")
        for scenario, by_seed in cells.items():
            own = mean_interval(by_seed, confidence)
            row = {"indicator": name, "scenario": scenario, "n": own.n, "mean": own.mean, "low": own.low,
                   "high": own.high}
            rows.append(row | difference(by_seed, cells[base], confidence))
    return pd.DataFrame(rows)


def difference(values: pd.Series[float], base: pd.Series[float], confidence: float = CONFIDENCE) -> dict[str, object]:
    """Return the mean difference of two series by seed, paired where seeds are shared, with its interval."""
    both = pd.concat([values, base], axis=1, keys=["a", "b"]).dropna()
    if len(both) >= 2:
        paired = (both["a"] - both["b"]).to_numpy()
        # A difference that is pure rounding is none.
        paired = np.where(np.isclose(both["a"], both["b"], rtol=1e-12, atol=1e-15), 0.0, paired)
        found = mean_interval(paired, confidence)
        mean, low, high, pairs = found.mean, found.low, found.high, len(both)
    else:
        mean, low, high = welch(values.dropna().to_numpy(np.float64), base.dropna().to_numpy(np.float64), confidence)
        pairs = 0
    return {"difference": mean, "difference_low": low, "difference_high": high, "pairs": pairs,
            "certain": bool(low > 0 or high < 0)}


def welch(a: np.ndarray, b: np.ndarray, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Return the difference of two means of independent runs with Welch's interval."""
    from scipy.stats import ttest_ind

    mean = float(a.mean() - b.mean()) if len(a) and len(b) else np.nan
    if min(len(a), len(b)) < 2:
        return mean, np.nan, np.nan
    if a.std() == 0 and b.std() == 0:
        return mean, mean, mean
    ends = ttest_ind(a, b, equal_var=False).confidence_interval(confidence)
    return mean, float(ends.low), float(ends.high)


def _quantile_name(quantile: float) -> str:
    return f"q{100 * quantile:g}"

"""Figures of many runs: bands over years, effects, replications, scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from coopsim.analysis.bands import bands, scenario_table
from coopsim.analysis.charts import BOTTOM, TOP, blank, frame, named, rows_of, with_unit
from coopsim.analysis.effects import Effect
from coopsim.analysis.figures import BLUE, GREEN, GREY, INK, ORANGE
from coopsim.analysis.intervals import CONFIDENCE
from coopsim.analysis.replications import Enough
from coopsim.analysis.sweep_table import POINT, YEAR, Runs, Source, runs_of
from coopsim.errors import ConfigError

# After Okabe and Ito; each line also has a style of its own, for print and for any colour vision.
LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), ("#CC79A7", ":"), ("#56B4E9", (0, (5, 1))), (GREY, (0, (1, 1))))
ROW = 0.4  # inches


def bands_figure(
    source: Source | Runs, indicator: str, *, by: str | None = None, quantiles: tuple[float, float] = (0.1, 0.9)
) -> Figure:
    """Draw an indicator over the years: median over replications and a band of quantiles, six lines at most.

    Parameters
    ----------
    source : SweepResults or DataFrame
        With several years and replications.
    by : str, optional
        A line for each value of this column, over all other design points; for each design point if not given.

    Raises
    ------
    ConfigError
        If there is one replication only, one year only, or more than six lines.
    """
    runs = runs_of(source)
    column = runs.varied(by) if by else POINT
    low, high = quantiles
    table = runs.table if column == POINT else runs.table.assign(**{POINT: runs.table[column]})
    found = bands(Runs(table, (), runs.indicators, pd.DataFrame()), indicator, quantiles=(low, 0.5, high))
    keys = list(dict.fromkeys(found[POINT]))
    if len(keys) > len(LINES):
        raise ConfigError(f"{len(keys)} lines are too many for one chart; choose a column with by=, or fewer points")
    if found[YEAR].nunique() < 2:
        raise ConfigError("bands need several years; record them with record_years='all'")
    if found["n"].max() < 2:
        raise ConfigError("bands need several replications")
    caption = runs.stamp(f"line: median, band: {100 * low:g}–{100 * high:g} % of the replications")
    figure = blank(named(indicator).capitalize(), caption, height=4.4)
    axes = figure.subplots()
    frame(axes, "", with_unit(indicator), grid="y")
    for key, (colour, style) in zip(keys, LINES, strict=False):
        rows = found[found[POINT] == key]
        axes.fill_between(rows[YEAR], rows[f"q{100 * low:g}"], rows[f"q{100 * high:g}"], color=colour, alpha=0.16,
                          linewidth=0)
        axes.plot(rows[YEAR], rows["q50"], color=colour, linestyle=style, linewidth=2, label=_label(runs, by, key))
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.margins(x=0.01)
    if len(keys) > 1:
        axes.legend(frameon=False, fontsize=9)
    return figure


def _label(runs: Runs, by: str | None, key: Any) -> str:
    if by:
        return f"{by} = {key}"
    settings = runs.points.loc[[key]].to_dict("records")[0] if runs.parameters else {}
    return shorten(", ".join(f"{name} = {value}" for name, value in settings.items()) or "runs", 50, placeholder=" …")


def effect_figure(found: Effect) -> Figure:
    """Draw the effect of each level of a parameter against the reference, with intervals."""
    table = found.table
    figure = blank(f"Effect of {found.parameter} on {named(found.indicator)}, {found.year}", found.stamp,
                   height=TOP + BOTTOM + ROW * max(len(table), 2))
    axes = figure.subplots()
    frame(axes, f"difference in {with_unit(found.indicator)}")
    _dots(axes, table["effect"], table["low"], table["high"])
    rows_of(axes, [f"{_short(row['level'])} instead of {_short(row['reference'])}" for row in table.to_dict("records")])
    return figure


def scenario_figure(
    source: Source | Runs, indicators: str | Sequence[str], *, by: str | None = None, year: int | None = None,
    reference: object = None, confidence: float = CONFIDENCE,
) -> Figure:
    """Draw differences between scenarios and a reference with intervals, one chart per indicator, six at most."""
    runs = runs_of(source)
    names = [indicators] if isinstance(indicators, str) else list(indicators)[:6]
    table = scenario_table(runs, names, by=by, year=year, reference=reference, confidence=confidence)
    base = table["scenario"].iloc[0] if reference is None else reference
    shown = table[table["scenario"] != base]
    rows = shown["scenario"].nunique()
    columns = min(len(names), 3)
    lines = -(-len(names) // columns)
    caption = runs.stamp(f"{100 * confidence:.0f} % t interval of the mean difference")
    figure = blank(f"Less {base}, {runs.year(year)}", caption, width=3.8 * columns + 1.2,
                   height=lines * (BOTTOM + 0.5 + ROW * max(rows, 2)) + 0.8)
    grid = figure.subplots(lines, columns, squeeze=False).flat
    for axes, name in zip(grid, names, strict=False):
        own = shown[shown["indicator"] == name]
        frame(axes, with_unit(name))
        _dots(axes, own["difference"], own["difference_low"], own["difference_high"])
        rows_of(axes, [str(scenario) for scenario in own["scenario"]])
    for axes in list(figure.axes)[len(names):]:
        axes.set_axis_off()
    return figure


def enough_figure(found: Enough) -> Figure:
    """Draw the coefficient of variation against the number of replications, and from where it is stable."""
    figure = blank(f"How many replications are enough for {named(found.indicator)}", found.stamp, height=3.8)
    axes = figure.subplots()
    frame(axes, "replications", "coefficient of variation", grid="y")
    table = found.table
    axes.fill_between(table["n"], table["low"], table["high"], color=BLUE, alpha=0.18, linewidth=0)
    axes.plot(table["n"], table["cv"], color=BLUE, linewidth=2)
    if found.replications is not None:
        axes.axvline(found.replications, color=ORANGE, linestyle="--", linewidth=1.5)
        axes.annotate(f"{found.replications} are enough", (found.replications, axes.get_ylim()[1]), xytext=(5, -4),
                      textcoords="offset points", color=ORANGE, fontsize=9, va="top")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    return figure


def _dots(axes: Axes, middle: pd.Series[float], low: pd.Series[float], high: pd.Series[float]) -> None:
    rows = np.arange(len(middle))
    reach = np.nan_to_num(np.abs(np.vstack([middle - low, high - middle])))
    axes.errorbar(middle, rows, xerr=reach, fmt="o", color=BLUE, markersize=5.5, elinewidth=1.6, capsize=2.5)
    axes.axvline(0, color=INK, linewidth=0.9)


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

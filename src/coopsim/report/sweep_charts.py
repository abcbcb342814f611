"""The charts of a sweep: how the indicators depend on what varies, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from coopsim.analysis.bands import bands, scenario_table
from coopsim.analysis.charts import named, with_unit
from coopsim.analysis.effects import Effect, effect
from coopsim.analysis.figures import BLUE, GREEN, GREY, INK, ORANGE
from coopsim.analysis.intervals import mean_interval
from coopsim.analysis.sensitivity import Sensitivity, morris, sobol
from coopsim.analysis.summary import HEADLINES
from coopsim.analysis.sweep_table import POINT, SEED, YEAR, Runs
from coopsim.analysis.words import capital
from coopsim.errors import CoopsimError
from coopsim.report.svg import Chart, legend, new_axes, shown

MOST_INDICATORS, MOST_KEYS, MOST_LINES, MOST_ROWS, MOST_LEVELS = 6, 4, 3, 12, 12
FEW = 12  # values of a key that are drawn one by one
MANY = 50  # the same of a number in a grid, which has them on purpose
ROW = 0.27  # inches
STYLES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, ":"))


def chosen_indicators(runs: Runs) -> list[str]:
    """Return the recorded indicators that are shown: the main ones, or else the first."""
    main = [name for name in HEADLINES if name in runs.indicators]
    return (main or list(runs.indicators))[:MOST_INDICATORS]


def sweep_charts(runs: Runs, design: str) -> list[Chart]:
    """Return the charts that suit the design; if there are none, how the runs spread."""
    names = chosen_indicators(runs)
    if design in ("morris", "saltelli"):
        found = [chart for name in names if (chart := _sensitivity(runs, design, name)) is not None]
    else:
        found = _charts(runs, design, names)
    return found or [_spread(runs, name) for name in names if len(_finite(runs, name))]


def _charts(runs: Runs, design: str, names: list[str]) -> list[Chart]:
    years = [_course(runs, name) for name in names] if _has_course(runs) else []
    keys = [key for key in runs.parameters if _few(runs, key, design)][:MOST_KEYS]
    levels = [_levels(runs, key, name) for key in keys for name in names[: max(2, MOST_LEVELS // len(keys))]]
    slopes = [chart for name in names if (chart := _slopes(runs, name)) is not None]
    return [*levels, *slopes, *years]


def effects_of(runs: Runs, names: Sequence[str], design: str) -> list[Effect]:
    """Return the effects of what varies on the indicators, as far as the design allows them."""
    if design in ("morris", "saltelli"):
        return []
    found = []
    for name in names:
        for key in runs.parameters:
            try:
                found.append(effect(runs, key, name))
            except CoopsimError:
                continue  # one value only, or too few points: nothing can be said
    return found


def _few(runs: Runs, key: str, design: str) -> bool:
    values = runs.points[key]
    if design == "grid":
        return 1 < values.nunique() <= (MANY if pd.api.types.is_numeric_dtype(values) else FEW)
    return 1 < values.nunique() <= min(FEW, max(2, len(values) // 2 + 1))


def _levels(runs: Runs, key: str, name: str) -> Chart:
    """Draw the mean at each value of a key, over everything else that varies."""
    table = scenario_table(runs, name, by=key).rename(columns={"scenario": key})
    numeric = pd.api.types.is_numeric_dtype(table[key]) and not pd.api.types.is_bool_dtype(table[key])
    table = table.sort_values(key, kind="stable") if numeric else table
    places = table[key].to_numpy(np.float64) if numeric else np.arange(len(table), dtype=np.float64)
    figure, axes = new_axes()
    reach = np.nan_to_num(np.vstack([table["mean"] - table["low"], table["high"] - table["mean"]]))
    axes.errorbar(places, table["mean"], yerr=reach, fmt="o-" if numeric else "o", color=BLUE, linewidth=1.6,
                  markersize=5, capsize=3)
    if not numeric:
        axes.set_xticks(places, [str(value) for value in table[key]])
        axes.margins(x=0.2)
    axes.set_xlabel(key, color=INK)
    axes.set_ylabel(_wrapped(with_unit(name)), color=INK)
    numbers = table.set_index(key)[["n", "mean", "low", "high"]]
    numbers["n"] = numbers["n"].astype(int)
    first, last = table.iloc[0], table.iloc[-1]
    alt = (f"{capital(named(name))} by {key}: {shown(float(first['mean']))} at {first[key]}, "
           f"{shown(float(last['mean']))} at {last[key]}.")
    return Chart(f"{capital(named(name))} by {key}", f"Mean at each value of {key} in {runs.year()}, over all other "
                 "settings of the design; bars: 95 % t interval over seeds. Differences are surer than levels: see the "
                 "table of effects.", figure, alt, numbers)


def _spread(runs: Runs, name: str) -> Chart:
    """Draw how the runs spread, whatever makes them differ."""
    values = _finite(runs, name)
    figure, axes = new_axes()
    axes.hist(values.to_list(), bins=min(20, max(5, len(values) // 4)), color=BLUE, alpha=0.75)
    axes.set_xlabel(_wrapped(with_unit(name)), color=INK)
    axes.set_ylabel("number of runs", color=INK)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    found = mean_interval(values)
    numbers = pd.DataFrame({"n": [len(values)], "mean": [found.mean], "least": [values.min()],
                            "median": [values.median()], "most": [values.max()]}, index=pd.Index([name]))
    alt = f"{capital(named(name))} of {len(values)} runs: {shown(float(values.min()))} to {shown(float(values.max()))}."
    return Chart(f"{capital(named(name))} of all runs", f"Number of runs by their value in {runs.year()}; no interval: "
                 "every run is shown.", figure, alt, numbers.rename_axis("indicator"))


def _finite(runs: Runs, name: str) -> pd.Series[float]:
    return runs.outcomes(name)["value"].dropna()


def _slopes(runs: Runs, name: str) -> Chart | None:
    """Draw the effect of every range that was sampled; none for a design without ranges."""
    found = [row for row in effects_of(runs, [name], "") if row.method == "regression"]
    if not found:
        return None
    rows = pd.DataFrame([{"setting": one.parameter, **one.table.iloc[0]} for one in found])
    order = rows["effect"].abs().sort_values(ascending=False, kind="stable").index
    return _forest(rows.loc[order].head(MOST_ROWS), "effect", f"What moves {named(name)}", with_unit(name),
                   f"Change from the least to the largest sampled value of each setting, in {runs.year()}, by linear "
                   "regression on all settings; bars: 95 % interval (HC3).")


def _sensitivity(runs: Runs, design: str, name: str) -> Chart | None:
    try:
        found: Sensitivity = (morris if design == "morris" else sobol)(runs, name)
    except CoopsimError:
        return None  # SALib is not installed, or too few samples are complete
    key = "mu_star" if design == "morris" else "ST"
    rows = found.table.head(MOST_ROWS).rename(columns={"parameter": "setting"})
    rows = rows.assign(low=rows[key] - rows[f"{key}_conf"], high=rows[key] + rows[f"{key}_conf"])
    what = ("Morris's mean absolute effect of moving a setting over its range" if design == "morris"
            else "Sobol's total index: share of the variance that a setting has a part in")
    left = len(found.table) - len(rows)
    more = f" {left} smaller ones are not shown." if left else ""
    return _forest(rows, key, f"What drives {named(name)}", key, f"{what}, in {found.year}; bars: 95 % interval by "
                   f"bootstrap over {found.samples} samples.{more}")


def _forest(rows: pd.DataFrame, key: str, title: str, axis: str, caption: str) -> Chart:
    figure, axes = new_axes((5.4, 1.1 + ROW * max(3, len(rows))))
    places = np.arange(len(rows))
    reach = np.nan_to_num(np.vstack([rows[key] - rows["low"], rows["high"] - rows[key]]).clip(min=0))
    axes.grid(visible=False)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.errorbar(rows[key], places, xerr=reach, fmt="o", color=BLUE, linewidth=1.8, markersize=5)
    axes.set_yticks(places, [str(setting) for setting in rows["setting"]])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(axis, color=INK)
    numbers = rows.set_index("setting")[[key, "low", "high"]]
    first = rows.iloc[0]
    alt = f"{title}: first {first['setting']} with {shown(float(first[key]))}."
    return Chart(title, caption, figure, alt, numbers)


def _has_course(runs: Runs) -> bool:
    return runs.table[YEAR].nunique() > 2


def _course(runs: Runs, name: str) -> Chart:
    """Draw an indicator over the years: a line for each of few points, or one over all of them."""
    few = len(runs.points) <= MOST_LINES
    table = bands(runs, name) if few else _over_points(runs, name)
    figure, axes = new_axes()
    wide = {}
    for (point, rows), (colour, style) in zip(table.groupby(POINT, sort=True), STYLES, strict=False):
        label = _point_name(runs, point) if few and len(runs.points) > 1 else "mean"
        axes.fill_between(rows[YEAR], rows["low"], rows["high"], color=colour, alpha=0.18, linewidth=0)
        axes.plot(rows[YEAR], rows["mean"], color=colour, linestyle=style, linewidth=2, label=label)
        wide[label] = rows.set_index(YEAR)["mean"]
    if len(wide) > 1:
        legend(axes)
    axes.set_ylabel(_wrapped(with_unit(name)), color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=2))
    axes.margins(x=0.01)
    numbers = pd.DataFrame(wide)
    kept = np.unique(np.linspace(0, len(numbers) - 1, min(8, len(numbers))).round().astype(int))
    alt = f"{capital(named(name))} over the years: " + "; ".join(
        f"{label} {shown(float(series.iloc[0]))} at first, {shown(float(series.iloc[-1]))} at last"
        for label, series in wide.items()
    ) + "."
    over = "replications" if few else "seeds, each averaged over all design points"
    return Chart(f"{capital(named(name))} over the years", f"Line: mean; band: 95 % t interval over {over}.", figure,
                 alt, numbers.iloc[kept].rename_axis("year"))


def _over_points(runs: Runs, name: str) -> pd.DataFrame:
    by_seed = runs.table.groupby([YEAR, SEED])[name].mean()
    rows: list[dict[str, Any]] = []
    for year, values in by_seed.groupby(level=YEAR):
        found = mean_interval(values)
        rows.append({POINT: 0, YEAR: year, "mean": found.mean, "low": found.low, "high": found.high})
    return pd.DataFrame(rows)


def _point_name(runs: Runs, point: Any) -> str:
    row = runs.points.loc[point]
    return ", ".join(f"{key.rpartition('.')[2]} {value}" for key, value in row.items())


def _wrapped(label: str) -> str:
    return fill(label, 34)

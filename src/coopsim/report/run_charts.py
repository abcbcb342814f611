"""The charts of a run: one question each, with its words and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from coopsim.analysis.figures import BLUE, GREEN, GREY, INK, ORANGE
from coopsim.report.svg import Chart, legend, new_axes, shown
from coopsim.results.indicators import INDICATORS
from coopsim.results.results import Results

SIGNATURES = ("signed", "lapsed", "suspended")
ROWS = 8  # of the table of numbers under a chart
# Title, unit of the axis, factor on the values, caption, and the lines: indicator, name, colour, style.
Line = tuple[str, str, str, str]
LINES: tuple[tuple[Any, ...], ...] = (
    ("Pairs with a cultural agreement", "per cent of pairs", 100, "Share of all pairs of states with a cultural "
     "agreement in force.", (("density", "density", BLUE, "-"),)),
    ("Mean trust", "trust (0 to 1)", 1, "Mean trust of ordered pairs of states, by whether the pair has a cultural "
     "agreement in force. The gap is not the effect of agreements: pairs that trust each other sign more.",
     (("trust_tied", "agreement", BLUE, "-"), ("trust", "all pairs", GREY, ":"),
      ("trust_untied", "no agreement", ORANGE, "--"))),
    ("Capacity of cultural sectors", "mean capacity (0 to 1)", 1, "Mean capacity over states, by field.",
     (("capacity_heritage", "heritage", BLUE, "-"), ("capacity_industries", "industries", ORANGE, "--"),
      ("capacity_rights", "rights", GREEN, ":"))),
    ("Spending abroad by channel", "billion $ a year", 0.001, "Spending on cultural cooperation abroad, by who spends "
     "it.", (("spending_ministry", "ministries", BLUE, "-"), ("spending_agency", "agencies", ORANGE, "--"),
             ("spending_private", "private", GREEN, ":"))),
    ("Understanding, knowledge and access", "index (0 to 1)", 1, "People's understanding of other states, their "
     "knowledge, and their access to cultures.",
     (("understanding_index", "understanding", BLUE, "-"), ("knowledge", "knowledge", ORANGE, "--"),
      ("access", "access", GREEN, ":"))),
    ("Treaties on other topics", "treaties a year", 1, "Treaties on trade, science, environment, security and mobility "
     "that pairs of states conclude in the year.", (("other_treaties", "treaties", BLUE, "-"),)),
)


def run_charts(results: Results) -> list[Chart]:
    """Return the charts of a run; what was not recorded, or stayed zero because it is off, is left out."""
    charts = [
        _lines(results, title, unit, factor, caption, drawn) for title, unit, factor, caption, lines in LINES
        if (drawn := [line for line in lines if _moves(results, line[0])])
    ]
    if all(name in results.indicators for name in SIGNATURES) and _moves(results, SIGNATURES[0]):
        charts.insert(1, _signatures(results))
    if not results.states.empty:
        charts.insert(3, _partners(results))
    return charts


def _moves(results: Results, name: str) -> bool:
    return name in results.indicators and bool(results.indicators[name].any())


def _series(results: Results, names: Sequence[str]) -> pd.DataFrame:
    table = results.indicators.set_index("year")[list(names)]
    return table.iloc[1:] if any(INDICATORS[name].yearly for name in names) and len(table) > 1 else table


def _lines(results: Results, title: str, unit: str, factor: float, caption: str, lines: Sequence[Line]) -> Chart:
    table = _series(results, [name for name, *_ in lines]) * factor
    figure, axes = new_axes()
    for name, label, colour, style in lines:
        axes.plot(table.index, table[name], color=colour, linestyle=style, linewidth=2, label=label)
    if len(lines) > 1:
        legend(axes)
    low, high = float(table.min().min()), float(table.max().max())
    if low >= 0 and low < 0.5 * high:
        axes.set_ylim(bottom=0)
    axes.set_ylabel(unit, color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=2))
    axes.margins(x=0.01)
    numbers = _picked(table).rename(columns={name: label for name, label, *_ in lines})
    return Chart(title, caption, figure, f"Line chart of {title.lower()}, {unit}: {_courses(table, lines)}.", numbers)


def _courses(table: pd.DataFrame, lines: Sequence[Line]) -> str:
    years = f"in {table.index[0]}", f"in {table.index[-1]}"
    return "; ".join(
        f"{label} {shown(float(table[name].iloc[0]))} {years[0]}, {shown(float(table[name].iloc[-1]))} {years[1]}"
        for name, label, *_ in lines
    )


def _picked(table: pd.DataFrame) -> pd.DataFrame:
    """Return some years, evenly spaced, the first and the last among them."""
    rows = np.unique(np.linspace(0, len(table) - 1, min(ROWS, len(table))).round().astype(int))
    return table.iloc[rows].rename_axis("year")


def _signatures(results: Results) -> Chart:
    table = _series(results, SIGNATURES)
    ended = table["lapsed"] + table["suspended"]
    figure, axes = new_axes()
    axes.bar(table.index, table["signed"], color=BLUE, width=0.8, label="signed")
    axes.bar(table.index, -ended, color=ORANGE, width=0.8, label="lapsed or suspended")
    axes.axhline(0, color=GREY, linewidth=0.8)
    legend(axes)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):,.0f}"))
    axes.set_ylabel("agreements a year", color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=2))
    axes.margins(x=0.01)
    numbers = _picked(pd.DataFrame({"signed": table["signed"].astype(int), "ended": ended.astype(int)}))
    caption = "Cultural agreements signed (up), and lapsed or suspended (down), in each year."
    alt = (f"Bar chart: {shown(float(table['signed'].mean()))} agreements signed and {shown(float(ended.mean()))} "
           f"ended in the mean year from {table.index[0]} to {table.index[-1]}.")
    return Chart("Agreements signed and ended", caption, figure, alt, numbers)


def _partners(results: Results) -> Chart:
    first, last = int(results.manifest["start_year"]), int(results.manifest["last_year"])
    degree = results.states.set_index("year")["degree"]
    edges = np.linspace(0, int(degree.max()) + 1, min(21, int(degree.max()) + 2))
    figure, axes = new_axes()
    counts = {}
    for year, colour, width, style in ((last, BLUE, 2.0, "-"), (first, ORANGE, 2.0, "--")):
        counts[year], _ = np.histogram(degree.loc[[year]], edges)
        axes.stairs(counts[year], edges, color=colour, linewidth=width, linestyle=style, label=str(year),
                    fill=False)
    legend(axes)
    axes.set_xlabel("partners", color=INK)
    axes.set_ylabel("number of states", color=INK)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    quantiles = {year: degree.loc[[year]].quantile([0, 0.1, 0.5, 0.9, 1]) for year in (first, last)}
    numbers = pd.DataFrame(quantiles).round(0).astype(int)
    numbers.index = pd.Index(["fewest", "tenth", "half", "nine tenths", "most"], name="of states, at most")
    alt = "Histogram of the number of partners per state: " + "; ".join(
        f"in {year} the median is {values[0.5]:.0f} and the most {values[1]:.0f}" for year, values in quantiles.items()
    ) + "."
    caption = f"States by number of partners (cultural agreements in force), {first} and {last}."
    return Chart("Partners per state", caption, figure, alt, numbers)

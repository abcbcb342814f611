"""The picture of a run: six small charts of its main series, for a screen, a slide or a paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from coopsim.errors import ResultsError
from coopsim.results.results import Results
from coopsim.world.activities import FIELDS

# Okabe and Ito: told apart with any colour vision, and in print by line style.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"
FIELD_COLOURS = dict(zip(FIELDS, (BLUE, ORANGE, GREEN), strict=True))
CHANNELS = {"ministry": BLUE, "agency": ORANGE, "private": GREEN}
INK = "#222222"
SIZE = (12.0, 7.4)  # inches
CAPTION = "caption"  # the name of the caption among the texts of a figure


def main_series(results: Results) -> Figure:
    """Draw density, signatures, trust, capacity, partners and spending of a run, with years on the x axes.

    Returns
    -------
    Figure
        A `matplotlib.figure.Figure`; save it with `save_figure` or `savefig`.
    """
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12, rect=(0, 0.035, 1, 0.965))
    figure = Figure(figsize=SIZE, layout=layout)
    m = results.manifest
    title = m["title"] or m["scenario"]
    figure.suptitle(title, x=0.012, ha="left", fontsize=15, fontweight="bold", color=INK)
    charts: tuple[Callable[[Axes, Results], None], ...] = (
        _density, _signatures, _trust, _capacity, _partners, _spending,
    )
    for axes, chart in zip(figure.subplots(2, 3).flat, charts, strict=True):
        _frame(axes)
        chart(axes, results)
    add_caption(figure, _caption(results))
    return figure


def add_caption(figure: Figure, caption: str) -> None:
    """Write the line below a figure: version, seeds, number of runs, kind of interval; files carry it as metadata."""
    figure.text(0.012, 0.012, caption, fontsize=8.5, color=GREY, ha="left", va="bottom", gid=CAPTION)


def caption_of(figure: Figure) -> str:
    """Return the caption of a figure on one line; "" without one."""
    return next((" ".join(text.get_text().split()) for text in figure.texts if text.get_gid() == CAPTION), "")


def save_figure(figure: Figure, stem: str | Path) -> list[Path]:
    """Save a figure as stem.png and stem.svg, title and caption also as metadata, and return the two files.

    Raises
    ------
    ResultsError
        If the figure has no caption: nobody could tell later what it shows.
    """
    caption = caption_of(figure)
    if not caption:
        raise ResultsError("this figure has no caption with version, seeds and number of runs; add_caption writes it")
    files, title = [Path(f"{stem}.png"), Path(f"{stem}.svg")], figure.get_suptitle()
    about = {"Title": title, "Description": caption}
    figure.savefig(files[0], dpi=160, facecolor="white", metadata=about)
    with rc_context({"svg.hashsalt": "coopsim"}):
        figure.savefig(files[1], facecolor="white", metadata={**about, "Date": None})
    # Some of matplotlib's ids come from addresses in memory: number them, so that the same run gives the same file.
    text = files[1].read_text(encoding="utf-8")
    for number, name in enumerate(dict.fromkeys(re.findall(r'id="([a-zA-Z]+[0-9a-f]{10})"', text))):
        text = text.replace(name, f"n{number}")
    files[1].write_text(text, encoding="utf-8")
    return files


def _caption(results: Results) -> str:
    m = results.manifest
    return (
        f"coopsim {m['coopsim']} · scenario {m['scenario']} · seed {m['seed']} · "
        f"{results.states['iso3'].nunique()} states · {m['start_year']}–{m['last_year']} · "
        f"config {m['config_hash']}"
    )


def _frame(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#999999")
    axes.tick_params(colors=INK, labelsize=9, length=3)
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.margins(x=0.01)


def _title(axes: Axes, title: str, unit: str) -> None:
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK, pad=8)
    axes.set_ylabel(unit, fontsize=9, color=INK)


def _label(axes: Axes, series: pd.Series[float], text: str, colour: str, *, above: bool = True) -> None:
    """Write the name of a line beside its end, instead of a legend."""
    axes.annotate(
        text, (series.index[-1], series.iloc[-1]), xytext=(0, 5 if above else -8), textcoords="offset points",
        color=colour, fontsize=9, ha="right", va="bottom" if above else "top",
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )


def _yearly(results: Results, *names: str, flow: bool = False) -> pd.DataFrame:
    table = results.indicators.set_index("year")[list(names)]
    return table.iloc[1:] if flow else table


def _whole_years(axes: Axes, results: Results) -> None:
    axes.set_xlim(results.manifest["start_year"] - 0.5, results.manifest["last_year"] + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=2))


def _density(axes: Axes, results: Results) -> None:
    series = _yearly(results, "density")["density"]
    axes.plot(series.index, series, color=BLUE, linewidth=2)
    axes.fill_between(series.index, series, color=BLUE, alpha=0.12, linewidth=0)
    axes.set_ylim(0, max(0.01, 1.15 * series.max()))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _title(axes, "Pairs with a cultural agreement", "share of pairs")
    _whole_years(axes, results)


def _signatures(axes: Axes, results: Results) -> None:
    table = _yearly(results, "signed", "lapsed", "suspended", flow=True)
    ended = table["lapsed"] + table["suspended"]
    axes.bar(table.index, table["signed"], color=BLUE, width=0.8)
    axes.bar(table.index, -ended, color=ORANGE, width=0.8)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):,.0f}"))
    high, low = max(1.0, table["signed"].max()), max(1.0, ended.max())
    axes.set_ylim(-1.45 * low, 1.18 * high)
    for text, y, colour in (("signed", 1.12 * high, BLUE), ("lapsed or suspended", -1.27 * low, ORANGE)):
        axes.text(table.index[0], y, text, color=colour, fontsize=9, va="center")
    _title(axes, "Agreements signed and ended", "agreements per year")
    _whole_years(axes, results)


def _trust(axes: Axes, results: Results) -> None:
    table = _yearly(results, "trust_tied", "trust", "trust_untied")
    for name, text, colour, style in (
        ("trust_tied", "agreement", BLUE, "-"), ("trust", "all pairs", GREY, "--"),
        ("trust_untied", "no agreement", ORANGE, "-"),
    ):
        width = 2 if style == "-" else 1.4
        axes.plot(table.index, table[name], color=colour, linestyle=style, linewidth=width)
        _label(axes, table[name], text, colour, above=name != "trust_untied")
    _title(axes, "Mean trust", "trust (0 to 1)")
    _unit_interval(axes, table)
    _whole_years(axes, results)


def _unit_interval(axes: Axes, table: pd.DataFrame) -> None:
    low, high = float(table.min().min()), float(table.max().max())
    room = max(0.03, 0.14 * (high - low))
    axes.set_ylim(max(0.0, low - room), min(1.0, high + room))


def _capacity(axes: Axes, results: Results) -> None:
    states = results.states
    names = [f"capacity_{name}" for name in FIELDS]
    shown = []
    for is_north, where, style in ((True, "north", "-"), (False, "south", "--")):
        side = states[states["north"] == is_north]
        if side.empty:
            continue
        means = side.groupby("year")[names].mean()
        shown.append(means)
        below = "" if is_north else means.iloc[-1].idxmin()
        for name, colour in zip(names, FIELD_COLOURS.values(), strict=True):
            axes.plot(means.index, means[name], color=colour, linestyle=style, linewidth=1.8)
            text = f"{name.removeprefix('capacity_')}, {where}"
            _label(axes, means[name], text, colour, above=name != below)
    _title(axes, "Capacity of cultural sectors", "mean capacity (0 to 1)")
    _unit_interval(axes, pd.concat(shown))
    _whole_years(axes, results)


def _partners(axes: Axes, results: Results) -> None:
    m = results.manifest
    degree = results.states[["year", "degree"]]
    top = max(1, int(degree["degree"].max()))
    edges = np.linspace(0, top + 1, min(24, top + 2))
    def values(year: int) -> list[float]:
        return [float(value) for value in degree.loc[degree["year"] == year, "degree"]]

    start, last, bins = m["start_year"], m["last_year"], edges.tolist()
    axes.hist(values(last), bins=bins, histtype="stepfilled", color=BLUE, alpha=0.45, label=str(last))
    axes.hist(values(start), bins=bins, histtype="step", color=GREY, linewidth=1.8, label=str(start))
    axes.legend(frameon=False, fontsize=9, loc="upper right")
    axes.set_xlabel("partners", fontsize=9, color=INK)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    _title(axes, "Partners per state", "number of states")


def _spending(axes: Axes, results: Results) -> None:
    names = [f"spending_{name}" for name in CHANNELS]
    table = _yearly(results, *names, flow=True) / 1000
    used = [name for name in names if table[name].any()]
    if used:
        axes.stackplot(table.index, *(table[name] for name in used), alpha=0.85,
                       colors=[CHANNELS[name.removeprefix("spending_")] for name in used])
    middle, below = len(table) // 2, 0.0
    for name in used:
        height = float(table[name].iloc[middle])
        axes.text(int(table.index[middle]), below + height / 2, name.removeprefix("spending_"), color="white",
                  fontsize=9.5, fontweight="bold", ha="center", va="center")
        below += height
    axes.set_ylim(0, max(0.1, 1.1 * table.sum(axis=1).max()))
    _title(axes, "Spending abroad by channel", "billion $ per year")
    _whole_years(axes, results)

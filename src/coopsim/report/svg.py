"""Figures inside a page: SVG that takes the colours, the type and the width of the page."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coopsim.analysis.figures import BLUE, GREEN, GREY, INK, ORANGE
from coopsim.report.markup import Html, escaped, table, tag

GRID = "#e6e6e6"
SIZE = (5.4, 3.1)  # inches: half a page, or the width of a phone
# Text stays text, and the same figure is the same file.
SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "coopsim", "font.size": 10.5}
COLOURS = {BLUE: "--blue", ORANGE: "--orange", GREEN: "--green", GREY: "--grey", GRID: "--grid"}


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure with its words.

    Attributes
    ----------
    title, caption : str
        What it shows.
    figure : Figure
    alt : str
        What a reader sees in it, for those who do not see it.
    numbers : DataFrame
        What is drawn; the index is the first column.
    """

    title: str
    caption: str
    figure: Figure
    alt: str
    numbers: pd.DataFrame = field(default_factory=pd.DataFrame)


def new_axes(size: tuple[float, float] = SIZE) -> tuple[Figure, Axes]:
    """Return an empty chart without a frame."""
    with rc_context(SETTINGS):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(colors=INK, length=3)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def legend(axes: Axes) -> None:
    """Put the names of the lines above the chart, in their order."""
    handles, labels = axes.get_legend_handles_labels()
    columns = 3 if sum(map(len, labels)) < 50 else 2
    axes.legend(handles, labels, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=columns, frameon=False,
                borderpad=0, borderaxespad=0.3, handlelength=1.9, columnspacing=1.4, labelcolor=INK,
                fontsize=SETTINGS["font.size"])


def figure_html(chart: Chart, number: int, provenance: str) -> Html:
    """Return the figure with title, caption and numbers; `provenance` says version, seed, n and kind of interval."""
    parts = [
        tag("h3", f"Figure {number}. {chart.title}"),
        svg(chart, prefix=f"f{number}-", provenance=provenance),
        tag("figcaption", chart.caption, tag("small", provenance)),
    ]
    if not chart.numbers.empty:
        rows = [[index, *(shown(value) for value in row)] for index, row in
                zip(chart.numbers.index, chart.numbers.to_numpy().tolist(), strict=True)]
        columns = [str(chart.numbers.index.name or ""), *map(str, chart.numbers.columns)]
        parts.append(tag("details", tag("summary", "Numbers"), table(columns, rows, caption=chart.title)))
    return tag("figure", *parts)


def svg(chart: Chart, *, prefix: str, provenance: str) -> Html:
    """Return the drawing; its own metadata carry title, caption and provenance, for when it is copied out."""
    buffer = io.StringIO()
    version = provenance.split(",")[0]
    metadata = {"Date": None, "Creator": version, "Title": chart.title, "Description": f"{chart.caption} {provenance}"}
    with rc_context(SETTINGS):
        chart.figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    text = buffer.getvalue()
    text = text[text.index("<svg"):]
    # Several drawings share a page: their ids must differ, and not with the addresses of objects in memory.
    for found, name in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', text))):
        text = re.sub(rf'(\bid="|url\(#|href="#){re.escape(name)}(?=["\)])', rf"\g<1>{prefix}{found}", text)
    for colour, name in COLOURS.items():
        text = re.sub(colour, f"var({name}, {colour})", text, flags=re.IGNORECASE)
    text = re.sub(INK, "currentColor", text, flags=re.IGNORECASE)
    text = re.sub(r'<svg[^>]*viewBox="([^"]+)"[^>]*>', lambda found: _opening(found[1], chart.alt), text, count=1)
    return Html(text.strip())


def _opening(box: str, alt: str) -> str:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {names} viewBox="{box}" role="img" aria-label="{escaped(alt)}">'


def shown(value: object) -> str:
    """Return a number as tables show it: three digits, thousands marked."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if value != value:
        return "–"
    size = abs(value)
    if isinstance(value, int) or size >= 1000:
        return f"{value:,.0f}"
    if size == 0:
        return "0"
    return f"{value:.0f}" if size >= 100 else f"{value:.3g}" if size >= 1e-4 else f"{value:.1e}"

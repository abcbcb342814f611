"""What the figures about many runs share: sizes, frames, labels of parameters and indicators."""

from __future__ import annotations

from textwrap import shorten, wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from coopsim.analysis.figures import INK, add_caption
from coopsim.results.indicators import INDICATORS

WIDTH = 8.6  # inches
TOP, BOTTOM = 1.3, 0.5  # inches for title and caption


def blank(title: str, caption: str, *, height: float, width: float = WIDTH) -> Figure:
    """Return a figure with title and caption, and room for charts between them; sizes in inches."""
    lines = wrap(caption, int(14 * width), break_long_words=False, break_on_hyphens=False)
    base = (0.14 + 0.16 * len(lines)) / height
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1, rect=(0, base, 1, 1 - base))
    figure = Figure(figsize=(width, height), layout=layout)
    figure.suptitle(title, x=0.012, ha="left", fontsize=13, fontweight="bold", color=INK)
    add_caption(figure, "\n".join(lines))
    return figure


def frame(axes: Axes, x: str = "", y: str = "", *, grid: str = "x") -> None:
    """Give a chart thin lines and named axes; `grid` is "x", "y" or ""."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#999999")
    axes.tick_params(colors=INK, labelsize=9, length=3)
    if grid:
        axes.grid(axis="x" if grid == "x" else "y", color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(x, fontsize=9.5, color=INK)
    axes.set_ylabel(y, fontsize=9.5, color=INK)


def named(indicator: str) -> str:
    """Return the label of an indicator; the name itself for one we do not know."""
    return INDICATORS[indicator].label if indicator in INDICATORS else indicator


def with_unit(indicator: str) -> str:
    """Return label and unit of an indicator, as an axis says it."""
    unit = INDICATORS[indicator].unit if indicator in INDICATORS else ""
    return named(indicator) if unit in ("", "1") else f"{named(indicator)} ({'number' if unit == 'count' else unit})"


def rows_of(axes: Axes, names: list[str]) -> None:
    """Write names beside the rows of a chart, the first at the top."""
    axes.set_yticks(range(len(names)), [shorten(name, 44, placeholder=" …") for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def short_title(text: str) -> str:
    """Return a sentence as a title: short enough for one line."""
    return shorten(text, 84, placeholder=" …")

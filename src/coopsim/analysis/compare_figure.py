"""The picture of a comparison: what the change does to six indicators, year by year, with bands."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from textwrap import shorten

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from coopsim.analysis.compare import Comparison
from coopsim.analysis.figures import BLUE, GREY, INK, SIZE, add_caption
from coopsim.analysis.summary import HEADLINES
from coopsim.analysis.words import seeds_in_words
from coopsim.results.indicators import INDICATORS

CHARTS = 6


def difference_figure(comparison: Comparison, indicators: Sequence[str] | None = None) -> Figure:
    """Draw differences (b less a) over the years: mean over twins, 95 % interval of the mean, and the line of none.

    Parameters
    ----------
    comparison : Comparison
    indicators : sequence of str, optional
        Six at most; without it, the main indicators that the change moves most surely in the last year.
    """
    chosen = list(indicators or surest(comparison.differences))[:CHARTS]
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12, rect=(0, 0.035, 1, 0.965))
    figure = Figure(figsize=SIZE, layout=layout)
    figure.suptitle(_title(comparison), x=0.012, ha="left", fontsize=15, fontweight="bold", color=INK)
    for axes, name in zip(figure.subplots(2, 3).flat, chosen, strict=False):
        _chart(axes, comparison.differences, name)
    for axes in figure.axes[len(chosen):]:
        axes.set_axis_off()
    add_caption(figure, _caption(comparison))
    return figure


def surest(differences: pd.DataFrame) -> list[str]:
    """Return the main indicators, those first whose last difference is largest against its spread over twins."""
    last = differences[differences["year"] == differences["year"].max()].set_index("indicator")
    last = last.loc[[name for name in HEADLINES if name in last.index]]
    spread = last["sd_difference"].where(last["sd_difference"] > 0, last["a"].abs().clip(lower=1e-12))
    order = (last["difference"].abs() / spread).sort_values(ascending=False, kind="stable")
    return [str(name) for name in order.index]


def _chart(axes: Axes, differences: pd.DataFrame, name: str) -> None:
    known, rows = INDICATORS[name], differences[differences["indicator"] == name]
    if known.yearly:
        rows = rows.iloc[1:]
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#999999")
    axes.tick_params(colors=INK, labelsize=9, length=3)
    axes.axhline(0, color=GREY, linewidth=1, linestyle="--")
    axes.fill_between(rows["year"], rows["low"], rows["high"], color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(rows["year"], rows["difference"], color=BLUE, linewidth=2)
    axes.set_title(known.label.capitalize(), loc="left", fontsize=11, fontweight="bold", color=INK, pad=8)
    unit = {"1": "difference", "count": "difference, number"}.get(known.unit, f"difference, {known.unit}")
    axes.set_ylabel(unit, fontsize=9, color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=2))
    axes.margins(x=0.01)


def _title(comparison: Comparison) -> str:
    if comparison.name_a != comparison.name_b or not comparison.settings:
        return f"What changes: {comparison.name_b} less {comparison.name_a}"
    first, *rest = comparison.settings
    return f"What changes if {shorten(first, 70, placeholder=' …')}{f' (and {len(rest)} more)' if rest else ''}"


def _caption(comparison: Comparison) -> str:
    n = len(comparison.seeds)
    band = "band: 95 % t interval of the mean" if n > 1 else "one pair tells nothing about luck"
    return (f"coopsim {version('coopsim')} · {n} pair{'s' if n > 1 else ''} of twins with common random numbers · "
            f"{seeds_in_words(comparison.seeds)} · {band}")

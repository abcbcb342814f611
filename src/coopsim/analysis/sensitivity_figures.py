"""Figures of sensitivity indices: Sobol's bars, Morris's two measures."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from coopsim.analysis.charts import BOTTOM, TOP, blank, frame, named, rows_of, with_unit
from coopsim.analysis.figures import BLUE, GREY, INK, ORANGE
from coopsim.analysis.sensitivity import Sensitivity

ROW = 0.34  # inches
NAMED = 8  # points with a name
MOST = 24  # parameters in a chart; the rest are in the table


def sensitivity_figure(found: Sensitivity) -> Figure:
    """Draw the indices of every parameter with their intervals, the most important first.

    Sobol: one row per parameter, total effect and effect alone. Morris: the size of the effect by row, and beside it
    its spread (sigma) against its size, in which straight lines lie low.
    """
    shown = found.table.head(MOST)
    height = TOP + BOTTOM + ROW * max(len(shown), 6)
    left_out = len(found.table) - len(shown)
    more = f" · {left_out} smaller ones not shown" if left_out else ""
    samples = "trajectories" if found.method == "morris" else "base samples"
    caption = f"{found.stamp} · {found.samples} {samples}{more}"
    title = f"What moves {named(found.indicator)}, {found.year}"
    if found.method == "sobol":
        figure = blank(title, caption, height=height)
        _sobol(figure.subplots(), found)
        return figure
    figure = blank(title, caption, height=max(height, 4.2), width=11)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1))
    _morris_rows(left, found)
    _morris_plane(right, found)
    return figure


def _sobol(axes: Axes, found: Sensitivity) -> None:
    shown = found.table.head(MOST)
    frame(axes, "share of the variance over design points")
    rows = np.arange(len(shown))
    for key, text, colour, mark, shift in (
        ("ST", "with interactions (ST)", BLUE, "o", -0.13), ("S1", "alone (S1)", ORANGE, "s", 0.13),
    ):
        axes.errorbar(shown[key], rows + shift, xerr=shown[f"{key}_conf"], fmt=mark, color=colour, markersize=5.5,
                      elinewidth=1.6, capsize=2.5, label=text)
    axes.axvline(0, color=INK, linewidth=0.8)
    _floor(axes, found)
    rows_of(axes, list(shown["parameter"]))
    axes.set_xlim(min(-0.02, axes.get_xlim()[0]), max(1.0, axes.get_xlim()[1]))
    axes.legend(frameon=False, fontsize=9, loc="lower right")


def _morris_rows(axes: Axes, found: Sensitivity) -> None:
    shown = found.table.head(MOST)
    frame(axes, f"mu*: mean change of {with_unit(found.indicator)}\nwhen moved over the whole range")
    axes.errorbar(shown["mu_star"], np.arange(len(shown)), xerr=shown["mu_star_conf"], fmt="o", color=BLUE,
                  markersize=5.5, elinewidth=1.6, capsize=2.5)
    _floor(axes, found)
    if found.floor > 0:
        axes.legend(frameon=False, fontsize=9, loc="lower right")
    axes.set_xlim(left=0)
    rows_of(axes, list(shown["parameter"]))


def _morris_plane(axes: Axes, found: Sensitivity) -> None:
    table = found.table
    frame(axes, "mu*", "sigma: spread over the other parameters", grid="y")
    axes.scatter(table["mu_star"], table["sigma"], color=BLUE, s=26, zorder=3)
    far = max(float(table["mu_star"].max()), float(table["sigma"].max()), 1e-12)
    axes.plot([0, far], [0, far], color=GREY, linewidth=1, linestyle="--")
    axes.annotate("sigma = mu*", (far, far), xytext=(-4, -2), textcoords="offset points", color=GREY, fontsize=8.5,
                  ha="right", va="top", rotation=0)
    labelled: list[tuple[float, float]] = []
    for row in table.to_dict("records"):
        place = (row["mu_star"] / far, row["sigma"] / far)
        if len(labelled) == NAMED or any(abs(place[0] - x) < 0.25 and abs(place[1] - y) < 0.06 for x, y in labelled):
            continue  # it would be written over another name; the rows at the left name everybody
        labelled.append(place)
        axes.annotate(
            row["parameter"], (row["mu_star"], row["sigma"]), xytext=(5, 5), textcoords="offset points", fontsize=8.5,
            color=INK, ha="right" if row["mu_star"] > 0.6 * far else "left",
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )
    axes.set_xlim(0, 1.08 * far)
    axes.set_ylim(0, 1.12 * far)


def _floor(axes: Axes, found: Sensitivity) -> None:
    """Shade what luck alone would give."""
    if found.floor > 0:
        axes.axvspan(0, found.floor, color=GREY, alpha=0.18, linewidth=0, zorder=0, label="luck alone")

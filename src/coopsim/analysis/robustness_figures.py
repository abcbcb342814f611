"""Figures of scenario discovery and of the robustness badge."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coopsim.analysis.charts import BOTTOM, TOP, blank, frame, rows_of, short_title
from coopsim.analysis.discovery import Discovery
from coopsim.analysis.figures import BLUE, GREEN, GREY, INK, ORANGE
from coopsim.analysis.robustness import Badge

ROW = 0.42  # inches
VERDICTS = {"holds": (BLUE, "o"), "unclear": (GREY, "D"), "fails": (ORANGE, "X")}
BADGE = {"green": (GREEN, "✔"), "amber": ("#B8860B", "~"), "red": ("#B2182B", "✘"), "grey": (GREY, "?")}


def box_figure(found: Discovery) -> Figure:
    """Draw the limits of the first box within the sampled ranges, over the points with and without the outcome."""
    if not found.boxes:
        figure = blank(short_title(found.outcome), found.stamp, height=2.2)
        axes = figure.subplots()
        axes.set_axis_off()
        axes.text(0, 0.5, found.sentences[-1], fontsize=10, color=INK, transform=axes.transAxes)
        return figure
    box = found.boxes[0]
    figure = blank(f"Where {short_title(found.outcome)}", found.stamp, height=TOP + BOTTOM + ROW * len(box.limits))
    axes = figure.subplots()
    frame(axes, f"sampled range (0 to 1)   coverage {box.coverage:.0%}, density {box.density:.0%}, "
                f"share of points {box.mass:.0%}", grid="")
    rows_of(axes, list(box.limits["parameter"]))
    axes.set_xlim(-0.02, 1.02)
    for row, limit in enumerate(box.limits.to_dict("records")):
        _row(axes, row, limit, found)
    return figure


def _row(axes: Axes, row: int, limit: dict[Any, Any], found: Discovery) -> None:
    column, hit = found.points[limit["parameter"]], found.points["hit"].to_numpy(bool)
    if limit["values"] is not None:
        known = sorted(column.unique(), key=str)
        place = column.map({value: (k + 0.5) / len(known) for k, value in enumerate(known)}).to_numpy(np.float64)
        for k, value in enumerate(known):
            if value in limit["values"]:
                axes.barh(row, 1 / len(known), left=k / len(known), height=0.62, color=BLUE, alpha=0.22)
            axes.text((k + 0.5) / len(known), row - 0.36, str(value), fontsize=8.5, ha="center", color=INK)
    else:
        low, high = limit["range_low"], limit["range_high"]
        ends = [(limit[end] - low) / (high - low) for end in ("low", "high")]
        axes.barh(row, ends[1] - ends[0], left=ends[0], height=0.62, color=BLUE, alpha=0.22)
        for end, name in zip(ends, ("low", "high"), strict=True):
            axes.text(end, row - 0.36, f"{limit[name]:.3g}", fontsize=8.5, ha="center", color=INK)
        place = (column.to_numpy(np.float64) - low) / (high - low)
    axes.plot(place[~hit], np.full((~hit).sum(), row + 0.16), "|", color=GREY, markersize=6, alpha=0.5)
    axes.plot(place[hit], np.full(hit.sum(), row - 0.04), "|", color=ORANGE, markersize=8, alpha=0.9)


def badge_figure(badge: Badge) -> Figure:
    """Draw the difference with its interval in every plausible set, sorted, and the verdict."""
    table = badge.table.sort_values("difference", kind="stable").reset_index(drop=True)
    figure = blank(short_title(badge.finding), f"{badge.stamp} · {len(table)} plausible parameter sets", height=4.6)
    axes = figure.subplots()
    frame(axes, "plausible parameter sets, by size of the difference", "difference", grid="y")
    for verdict, (colour, mark) in VERDICTS.items():
        rows = table[table["verdict"] == verdict]
        if rows.empty:
            continue
        axes.vlines(rows.index, rows["low"], rows["high"], color=colour, linewidth=1.1, alpha=0.7)
        axes.plot(rows.index, rows["difference"], mark, color=colour, markersize=4.5,
                  label=f"{verdict} ({len(rows)})")
    axes.axhline(0, color=INK, linewidth=0.9)
    axes.set_xticks([])
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    colour, mark = BADGE[badge.colour]
    axes.text(0.99, 0.03, f"{mark} {badge.word}: {badge.share:.0%} [{badge.low:.0%}, {badge.high:.0%}]", color="white",
              fontsize=11, fontweight="bold", ha="right", va="bottom", transform=axes.transAxes,
              bbox={"boxstyle": "round,pad=0.4", "facecolor": colour, "edgecolor": "none"})
    return figure

"""Figures of a calibration: the fit, the posterior, the search."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from coopsim.analysis.charts import BOTTOM, TOP, blank, frame, named, rows_of
from coopsim.analysis.figures import BLUE, GREY, INK, ORANGE
from coopsim.calibration.outcome import Calibration

ROW = 0.36  # inches
BINS = 16


def fit_figure(found: Calibration) -> Figure:
    """Draw how far the model is off each target, in scales, with the spread over check runs; and before the fit."""
    table = found.fit
    figure = blank("Fit: model less target", f"{found.stamp} · bars: 5–95 % of the check runs",
                   height=TOP + BOTTOM + ROW * max(len(table), 3), width=9.4)
    axes = figure.subplots()
    frame(axes, "scales off the target (0: hit, shaded: within one)")
    rows = np.arange(len(table))
    axes.axvspan(-1, 1, color=GREY, alpha=0.15, linewidth=0)
    axes.axvline(0, color=INK, linewidth=0.9)
    axes.plot(table["before"], rows, "D", color=GREY, markersize=4.5, label="scenario's own values")
    for use, colour, mark in (("fit", BLUE, "o"), ("hold", ORANGE, "s")):
        chosen = (table["use"] == use).to_numpy()
        if not chosen.any():
            continue
        own = table[chosen]
        ends = np.abs(np.vstack([own["model"] - own["low"], own["high"] - own["model"]])) / own["scale"].to_numpy()
        axes.errorbar(own["off"], rows[chosen], xerr=ends, fmt=mark, color=colour, markersize=5.5, elinewidth=1.6,
                      capsize=2.5, label="fitted" if use == "fit" else "held out")
    rows_of(axes, [f"{named(row['indicator'])}, {row['year']}" for row in table.to_dict("records")])
    axes.legend(frameon=False, fontsize=9, loc="best")
    return figure


def posterior_figure(found: Calibration) -> Figure:
    """Draw the posterior of each parameter over its prior range, with median and 90 % credible interval."""
    table = found.estimates.to_dict("records")
    columns = min(3, len(table))
    lines = -(-len(table) // columns)
    caption = f"{found.stamp} · line: prior, triangle: median, thick line: 90 % credible interval"
    figure = blank("Posterior", caption, height=1.0 + 2.5 * lines, width=max(3.4 * columns, 6.0))
    grid = figure.subplots(lines, columns, squeeze=False).flat
    for k, (axes, row) in enumerate(zip(grid, table, strict=False)):
        units = found.search[f"u{k}"].to_numpy(np.float64)
        frame(axes, str(row["parameter"]), "density" if k % columns == 0 else "", grid="")
        axes.hist(units, bins=np.linspace(0, 1, BINS + 1).tolist(), weights=found.search["weight"].to_numpy(),
                  density=True, color=BLUE, alpha=0.45)
        axes.axhline(1, color=GREY, linestyle="--", linewidth=1)
        numeric = not isinstance(row["low"], str | bool)
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 1], [f"{row['low']:.3g}", f"{row['high']:.3g}"] if numeric else
                        [str(row["low"]), str(row["high"])])
        order = np.argsort(units)
        reached = np.cumsum(found.search["weight"].to_numpy()[order])
        low, middle, high = np.interp([0.05, 0.5, 0.95], reached, units[order])
        axes.plot([low, high], [0, 0], color=ORANGE, linewidth=5, solid_capstyle="butt", clip_on=False, zorder=4)
        axes.plot(middle, 0, "^", color=ORANGE, markersize=8, clip_on=False, zorder=5)
    for axes in list(figure.axes)[len(table):]:
        axes.set_axis_off()
    return figure


def search_figure(found: Calibration) -> Figure:
    """Draw the misfit of every trial and the best so far."""
    trials = found.search
    figure = blank("Search", f"{found.stamp} · misfit: root mean square over fitted targets", height=3.8)
    axes = figure.subplots()
    frame(axes, "trial", "misfit (scales)", grid="y")
    axes.plot(trials["trial"], trials["misfit"], "o", color=GREY, markersize=3.5, alpha=0.7, label="trial")
    axes.step(trials["trial"], trials["misfit"].cummin(), color=BLUE, linewidth=2, where="post", label="best so far")
    axes.set_ylim(0, 1.1 * float(trials["misfit"].replace(np.inf, np.nan).quantile(0.95)))
    axes.legend(frameon=False, fontsize=9)
    return figure

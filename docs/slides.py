"""Draw the slides of docs/teaching: wide figures with large letters, one message each, as PNG and SVG.

``uv run python docs/slides.py [--out DIR] [--seeds N]`` draws them into ``results/slides``; two minutes with ten seeds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from coopsim.config import Config, load_config
from coopsim.experiment import run
from coopsim.experiment.expectations import watch_run
from coopsim.experiment.measures import Measure
from coopsim.mechanisms import MECHANISMS, YEAR

WIDE = (13.33, 7.5)  # inches: 16 to 9
# Distinguishable without colour vision (Okabe and Ito 2008).
BLUE, ORANGE, GREEN, GREY, PINK = "#0072B2", "#D55E00", "#009E73", "#7F7F7F", "#CC79A7"
STYLE = {"font.size": 20, "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 20,
         "axes.titleweight": "bold", "axes.titlelocation": "left", "lines.linewidth": 4, "svg.hashsalt": "coopsim"}
DOCS = Path(__file__).parent


def slide(title: str, columns: int = 1) -> tuple[Figure, list[Any]]:
    """Return an empty slide with a sentence as its title."""
    figure = Figure(figsize=WIDE, layout="constrained")
    figure.get_layout_engine().set(rect=(0.01, 0.04, 0.98, 0.95))
    figure.suptitle(title, fontsize=25, fontweight="bold", x=0.02, ha="left")
    axes = figure.subplots(1, columns, squeeze=False)[0]
    return figure, list(axes)


def courses(config: Config, tables: Sequence[dict[str, Any]], seeds: Sequence[int]) -> np.ndarray:
    """Return measures year by year, shape (measures, seeds, years)."""
    years = range(config.start_year, config.start_year + config.years + 1)
    measures = [Measure.from_mapping(table, config.start_year, years[-1]).bare for table in tables]
    needs = {measure: set(years) for measure in measures}
    watched = [watch_run(config, seed, needs) for seed in seeds]
    return np.array([[[found[measure, year] for year in years] for found in watched] for measure in measures])


def band(axis: Any, years: Sequence[int], values: np.ndarray, color: str, label: str) -> None:
    """Draw the mean over seeds and the range of nine in ten."""
    axis.plot(years, values.mean(axis=0), color=color, label=label)
    axis.fill_between(years, *np.quantile(values, [0.05, 0.95], axis=0), color=color, alpha=0.15, linewidth=0)


def world_of_agreements(seeds: Sequence[int]) -> Figure:
    """Draw how many partners states have, at the start and after thirty years."""
    results = run("baseline_today", seed=seeds[0])
    states = results.states
    figure, (axis,) = slide("A few states have agreements with almost everybody")
    for key, color, height in (("start_year", GREY, 0.97), ("last_year", BLUE, 0.89)):
        year = results.manifest[key]
        degree = np.sort(states.loc[states["year"] == year, "degree"].to_numpy())[::-1]
        axis.plot(np.arange(1, len(degree) + 1), degree, color=color)
        axis.text(0.98, height, str(year), color=color, transform=axis.transAxes, ha="right", va="top", fontsize=24)
    axis.set(xlabel="states, those with most partners first", ylabel="partners")
    return figure


def the_year(seeds: Sequence[int]) -> Figure:
    """Draw the order of the year."""
    names = list(dict.fromkeys(process.mechanism.name for process in YEAR))
    figure, (axis,) = slide("What happens in a year, in this order")
    axis.axis("off")
    for k, name in enumerate(names):
        column, row = divmod(k, 8)
        axis.text(0.02 + 0.34 * column, 0.95 - 0.12 * row, f"{k + 1}  {MECHANISMS[name].title}", fontsize=15,
                  transform=axis.transAxes, va="top")
    return figure


def baseline(seeds: Sequence[int]) -> Figure:
    """Draw density and trust in the world left alone."""
    config = load_config("baseline_today")
    density, tied, untied = courses(config, [{"indicator": name} for name in ("density", "trust_tied", "trust_untied")],
                                    seeds)
    years = range(config.start_year, config.start_year + config.years + 1)
    figure, (left, right) = slide("Left alone, ties grow slowly, and trust where there are ties", 2)
    band(left, years, density, BLUE, "")
    left.set(title="share of pairs with an agreement", ylim=(0, 0.3))
    band(right, years, tied, ORANGE, "with an agreement")
    band(right, years, untied, GREY, "without")
    right.set(title="mean trust", ylim=(0, 0.8))
    right.legend(frameon=False)
    return figure


def policy_or_luck(seeds: Sequence[int]) -> Figure:
    """Draw a small reform with different luck and with the same."""
    config = load_config("classroom")
    changed = config.with_values({"trust.gain": 0.042})
    table = [{"indicator": "trust_tied"}]
    (before,), (after,) = courses(config, table, seeds), courses(changed, table, seeds)
    figure, (left, right) = slide("The same small reform: different luck, and the same luck", 2)
    for x, values, color in ((0, before[:, -1], GREY), (1, after[:, -1], BLUE)):
        left.plot(x + np.linspace(-0.15, 0.15, len(values)), values, "o", color=color, markersize=12)
    left.set(title="trust between partners, each run", xlim=(-0.5, 1.5))
    left.set_xticks([0, 1], ["without", "with reform"])
    right.axhline(0, color=GREY, linewidth=2)
    right.plot(np.arange(1, len(seeds) + 1), after[:, -1] - before[:, -1], "o", color=BLUE, markersize=12)
    right.set(title="difference in each pair of twins", xlabel="pair", ylim=(-0.005, None))
    return figure


def long_shadow(seeds: Sequence[int]) -> Figure:
    """Draw trust and agreements of a pair of groups in conflict, beside twins."""
    pair = {"who": "RUS", "with": "EU"}
    tables = [{"pairs": "trust", **pair}, {"pairs": "agreement", **pair}]
    conflict = load_config("conflict_shock")
    peace = load_config("baseline_today")
    years = range(conflict.start_year, conflict.start_year + conflict.years + 1)
    figure, axes = slide("Three years of conflict (invented): agreements come back before trust", 2)
    titles = ("trust", "share with an agreement")
    found = zip(axes, courses(conflict, tables, seeds), courses(peace, tables, seeds), titles, strict=True)
    for axis, with_conflict, without, title in found:
        band(axis, years, without, GREY, "without conflict")
        band(axis, years, with_conflict, ORANGE, "conflict 2030–32")
        axis.set(title=title, ylim=(0, None))
    axes[0].legend(frameon=False)
    return figure


def treaties_are_cheap(seeds: Sequence[int]) -> Figure:
    """Draw what ten lean years do to agreements, schools and languages."""
    names = {"density": ("agreements", BLUE), "taught": ("schools, chairs, libraries", ORANGE),
             "language_overlap": ("shared languages", GREEN), "understanding": ("understanding", PINK)}
    tables = [{"indicator": name} for name in names]
    lean, normal = load_config("austerity"), load_config("baseline_today")
    years = range(lean.start_year, lean.start_year + lean.years + 1)
    figure, (axis,) = slide("Ten lean years (2031–40): treaties are cheap, schools are not")
    for cut, full, (label, color) in zip(courses(lean, tables, seeds), courses(normal, tables, seeds), names.values(),
                                         strict=True):
        change = 100 * (cut.mean(axis=0) / np.maximum(full.mean(axis=0), 1e-12) - 1)
        axis.plot(years[1:], change[1:], color=color, label=label)
    axis.axvspan(2031, 2040, color=GREY, alpha=0.12, linewidth=0)
    axis.set(ylabel="change against twins, %")
    axis.legend(frameon=False)
    return figure


def who_must_sign_first(seeds: Sequence[int]) -> Figure:
    """Draw the adoption of a convention for different first movers."""
    arms = {"central": ("ten central states first", BLUE), "remote": ("ten remote states first", ORANGE),
            "resistance": ("three in ten resist", GREY), "thresholds_few": ("personal thresholds", GREEN)}
    figure, (axis,) = slide("A new convention: who signs first matters less than who resists")
    for arm, (label, color) in arms.items():
        config = load_config("new_convention", arm)
        (share,) = courses(config, [{"norm": "Convention of the class"}], seeds)
        band(axis, range(config.start_year, config.start_year + config.years + 1), share, color, label)
    axis.set(ylabel="share of states", ylim=(0, 1))
    axis.legend(frameon=False, loc="lower right")
    return figure


def expectations(seeds: Sequence[int]) -> Figure:
    """Draw how many expectations of each scenario hold."""
    found = json.loads((DOCS / "scenarios.json").read_text(encoding="utf-8"))["scenarios"]
    rows = [(entry["scenario"], [c["verdict"] for c in entry["checks"]]) for entry in found]
    rows.sort(key=lambda row: row[1].count("holds") / len(row[1]))
    figure, (axis,) = slide("What we expected, and what the model did")
    left = np.zeros(len(rows))
    for verdict, color in (("holds", BLUE), ("undecided", "#C8C8C8"), ("fails", ORANGE)):
        width = np.array([verdicts.count(verdict) for _, verdicts in rows])
        axis.barh(range(len(rows)), width, left=left, color=color, label=verdict)
        left += width
    axis.set_yticks(range(len(rows)), [name for name, _ in rows], fontsize=11)
    axis.set(xlabel="expectations")
    axis.legend(frameon=False, loc="upper right")
    return figure


SLIDES: tuple[Callable[[Sequence[int]], Figure], ...] = (
    world_of_agreements, the_year, baseline, policy_or_luck, long_shadow, treaties_are_cheap, who_must_sign_first,
    expectations,
)


def draw(folder: Path, seeds: Sequence[int], wanted: Sequence[str] = ()) -> Iterator[Path]:
    """Draw the slides and yield their files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, make in enumerate(SLIDES, 1):
        if wanted and make.__name__ not in wanted:
            continue
        with mpl.rc_context(STYLE):
            figure = make(seeds)
            figure.text(0.99, 0.005, f"coopsim, {len(seeds)} seeds: what follows from its rules, not a forecast",
                        ha="right", fontsize=11, color=GREY)
            for ending in ("png", "svg"):
                path = folder / f"{number}-{make.__name__.replace('_', '-')}.{ending}"
                figure.savefig(path, dpi=144, metadata={"Date": None} if ending == "svg" else None)
                yield path


def main(arguments: Sequence[str]) -> int:
    """Draw the slides."""
    parser = argparse.ArgumentParser(description="Draw the slides of docs/teaching.")
    parser.add_argument("--out", type=Path, default=Path("results") / "slides")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("names", nargs="*", help="only these slides, such as long_shadow")
    options = parser.parse_args(arguments)
    for path in draw(options.out, range(1, options.seeds + 1), options.names):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

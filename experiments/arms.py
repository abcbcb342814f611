"""What the experiments share: options, arms run as twins, contrasts with their certainty, and the files at the end.

An *arm* is a configuration; arms with the same seed are twins: they share all their luck. Every experiment runs its
arms twice over. First with the default parameters and many seeds: the mean difference between twins, with a 95 % t
interval, says what follows from our best guess. Then with parameters drawn from their plausible ranges (a Latin
hypercube over every numeric parameter that has one, one seed per draw): the share of draws in which the difference
has the same sign says whether the finding is one about the mechanism or about our assumptions.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from rich.console import Console
from rich.progress import track
from scipy.stats import qmc

import coopsim as cs
from coopsim.analysis.figures import BLUE, GREY, INK, ORANGE, add_caption, save_figure
from coopsim.analysis.intervals import mean_interval, share_interval
from coopsim.analysis.words import seeds_in_words
from coopsim.config.vocabulary import parameter_table

Measure = Callable[[cs.Config, int], Mapping[str, float]]
KEYS = ["draw", "seed", "arm"]
FIRST_DRAW_SEED = 100_000  # draws share no luck with the replications
SAME_SIGN = 0.9  # of draws: SCENARIOS' rule for what may be taught as a finding


@dataclass(frozen=True)
class Options:
    """How large the experiment is and where its files go."""

    replications: int
    draws: int
    years: int
    seed: int
    workers: int
    out: Path
    synthetic: int

    @property
    def base(self) -> cs.Config:
        """The world of today, or a synthetic one."""
        values: dict[str, Any] = {"horizon.years": self.years}
        if self.synthetic:
            values["world.synthetic"] = {"states": self.synthetic}
        return cs.load_config("baseline").with_values(values)

    @property
    def seeds(self) -> list[int]:
        """The seeds of the replications."""
        return list(range(self.seed, self.seed + self.replications))


def options(doc: str, name: str, *, replications: int, draws: int, years: int, quick: Mapping[str, int]) -> Options:
    """Read the command line; `--quick` stands for a small form, single options override it."""
    parser = argparse.ArgumentParser(description=doc.split("\n")[0], formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small form, under a minute on one core")
    parser.add_argument("--replications", type=int, help=f"seeds with the default parameters ({replications})")
    parser.add_argument("--draws", type=int, help=f"draws from the plausible ranges, one seed each ({draws})")
    parser.add_argument("--years", type=int, help=f"simulated years ({years})")
    parser.add_argument("--synthetic", type=int, help="number of invented states instead of the real ones")
    parser.add_argument("--seed", type=int, default=1, help="first seed (1)")
    parser.add_argument("--workers", type=int, default=1, help="processes (1)")
    parser.add_argument("--out", type=Path, default=Path("results") / name, help=f"folder (results/{name})")
    given = vars(parser.parse_args())
    usual = {"replications": replications, "draws": draws, "years": years, "synthetic": 0}
    chosen = usual | (dict(quick) if given.pop("quick") else {})
    sizes = {key: chosen[key] if given[key] is None else given[key] for key in usual}
    if sizes["replications"] < 2 or sizes["draws"] < 0 or sizes["years"] < 1:
        parser.error("--replications must be 2 or more, --draws 0 or more, --years 1 or more")
    return Options(**{**given, **sizes})


def plausible(draws: int, seed: int) -> list[dict[str, float]]:
    """Return values of every numeric parameter that has a plausible range, drawn together, one dict per draw."""
    known = {
        row["name"]: row for row in parameter_table()
        if row["plausible"] and not row["choices"] and not isinstance(row["default"], bool)
    }
    low, high = ([row["plausible"][end] for row in known.values()] for end in (0, 1))
    points = qmc.scale(qmc.LatinHypercube(len(known), rng=seed).random(draws), low, high) if draws else []
    return [
        {name: round(value) if isinstance(known[name]["default"], int) else float(value)
         for name, value in zip(known, point, strict=True)}
        for point in points
    ]


def run_arms(arms: Mapping[str, cs.Config], measure: Measure, chosen: Options, held: Sequence[str] = ()
             ) -> pd.DataFrame:
    """Run every arm with every seed and every draw and return one row per run: draw, seed, arm, outcomes.

    Draw 0 is the default parameters; `held` names parameters that are never drawn, because the arms set them. Rows
    are written to ``runs.csv`` as they come, and read from there if the same experiment was interrupted before.
    """
    jobs = [(0, seed, arm, config) for seed in chosen.seeds for arm, config in arms.items()]
    for draw, values in enumerate(plausible(chosen.draws, chosen.seed), 1):
        free = {key: value for key, value in values.items() if key not in held}
        jobs += [(draw, FIRST_DRAW_SEED + draw, arm, config.with_values(free)) for arm, config in arms.items()]
    rows = list(_finished(jobs, partial(_one, measure), chosen))
    return pd.DataFrame(rows).sort_values(KEYS, kind="stable").reset_index(drop=True)


def _one(measure: Measure, job: tuple[int, int, str, cs.Config]) -> dict[str, Any]:
    draw, seed, arm, config = job
    return {"draw": draw, "seed": seed, "arm": arm, "config": config.hash, **measure(config, seed)}


def _finished(jobs: Sequence[Any], work: Callable[[Any], dict[str, Any]], chosen: Options) -> Iterator[dict[str, Any]]:
    chosen.out.mkdir(parents=True, exist_ok=True)
    path = chosen.out / "runs.csv"
    known = pd.read_csv(path).to_dict("records") if path.exists() and path.stat().st_size else []
    old = {(row["draw"], row["seed"], row["arm"], row["config"]): row for row in known}
    todo = [job for job in jobs if (*job[:3], job[3].hash) not in old]
    yield from (old[*job[:3], job[3].hash] for job in jobs if (*job[:3], job[3].hash) in old)
    with path.open("a", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for row in track(_results(todo, work, chosen.workers), "Simulating", total=len(todo),
                         console=Console(stderr=True), disable=not sys.stderr.isatty()):
            if writer is None:
                writer = csv.DictWriter(file, list(row), lineterminator="\n")
                if not known:
                    writer.writeheader()
            writer.writerow(row)
            file.flush()
            yield row


def _results(jobs: Sequence[Any], work: Callable[[Any], dict[str, Any]], workers: int) -> Iterator[dict[str, Any]]:
    if workers == 1:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(workers) as pool:
        for done in as_completed([pool.submit(work, job) for job in jobs]):
            yield done.result()


def contrasts(runs: pd.DataFrame, outcomes: Sequence[str], pairs: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the differences between arms.

    Parameters
    ----------
    runs : DataFrame
    outcomes : sequence of str
        Columns of `runs`.
    pairs : mapping of str to sequence of str
        Label of a contrast, and the arms: ("a", "b") is a less b; ("a", "b", "c", "d") is (a less b) less (c less d).

    Returns
    -------
    DataFrame
        contrast, outcome, base (mean of b with the default parameters, if there are two arms), effect, low, high, n
        (twins), same_sign (share of draws with the sign of the effect; NaN without draws), sign_low, sign_high, draws.
    """
    wide = runs.pivot(index=["draw", "seed"], columns="arm", values=list(outcomes))
    rows = []
    for label, compared in pairs.items():
        for outcome in outcomes:
            values = [wide[outcome][arm] for arm in compared]
            moved = values[0] - values[1] - (values[2] - values[3] if len(values) == 4 else 0)
            base = values[1][0].mean() if len(values) == 2 else float("nan")
            rows.append({"contrast": label, "outcome": outcome, "base": base, **certainty(moved)})
    return pd.DataFrame(rows)


def certainty(moved: pd.Series[float]) -> dict[str, Any]:
    """Return effect, interval and sign share of differences indexed by draw and seed."""
    default = moved[moved.index.get_level_values("draw") == 0]
    drawn = moved[moved.index.get_level_values("draw") > 0].dropna()
    found = mean_interval(default)
    hits, n = int((drawn * found.mean > 0).sum()), len(drawn)
    low, high = share_interval(hits, n) if n else (float("nan"), float("nan"))
    share = hits / n if n else float("nan")
    return {"effect": found.mean, "low": found.low, "high": found.high, "n": found.n, "same_sign": share,
            "sign_low": low, "sign_high": high, "draws": n}


def said(row: Mapping[str, Any], what: str, unit: str = "", *, scale: float = 1.0) -> str:
    """Return a contrast as a sentence: its size, its interval, and what the draws say about its sign."""
    effect, low, high = (scale * row[key] for key in ("effect", "low", "high"))
    number = "+.3g" if max(abs(low), abs(high)) < 1000 else "+,.0f"
    if row["n"] < 2:
        return f"{what}: {effect:{number}}{unit} in {row['n']} pairs of twins, too few to tell it from luck."
    interval = f"95 % interval {low:{number}} to {high:{number}}, {row['n']} pairs of twins"
    size = f"{what}: {effect:{number}}{unit}{_relative(row)} ({interval})"
    if effect == low == high == 0:
        return f"{what}: no difference in any of {row['n']} pairs of twins."
    sure = "" if low > 0 or high < 0 else ", not told apart from none"
    if not row["draws"]:
        return f"{size}{sure}."
    share = f"the sign holds in {100 * row['same_sign']:.0f} % of {row['draws']} draws from the plausible ranges"
    return f"{size}{sure}; {share} ({100 * row['sign_low']:.0f} to {100 * row['sign_high']:.0f} %)."


def _relative(row: Mapping[str, Any]) -> str:
    """Return the effect in per cent of what it is compared with, if that is known."""
    base = row.get("base", 0.0)
    return f" or {100 * row['effect'] / abs(base):+.2g} %" if base and abs(row["effect"]) < abs(base) else ""


def verdict(row: Mapping[str, Any]) -> str:
    """Return how far the sign of a contrast may be relied on, in words."""
    certain = row["low"] > 0 or row["high"] < 0
    if not certain:
        return "not told apart from none"
    if not row["draws"]:
        return "certain for the default parameters, untested for others"
    return "robust sign" if row["same_sign"] >= SAME_SIGN else "sign depends on the parameters"


def caption(chosen: Options, interval: str = "95 % t interval of the mean over twins") -> str:
    """Return what a figure says below it."""
    world = f"{chosen.synthetic} invented states" if chosen.synthetic else "195 states"
    draws = f" · {chosen.draws} draws" if chosen.draws else ""
    filled = "; filled: sign holds in nine of ten draws" if chosen.draws else ""
    return (f"coopsim {cs.__version__} · {world}, {chosen.years} years · n = {chosen.replications} twins, "
            f"{seeds_in_words(chosen.seeds)}{draws} · bars: {interval}{filled}")


def forest(axes: Axes, table: pd.DataFrame, title: str, unit: str, *, label: str = "contrast", scale: float = 1.0
           ) -> None:
    """Draw effects with their intervals; filled points have a sign that holds in nine of ten draws."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.axvline(0, color=GREY, linewidth=1)
    for place, row in enumerate(table.to_dict("records")):
        robust = verdict(row) == "robust sign"
        colour = BLUE if row["effect"] >= 0 else ORANGE
        axes.plot([scale * row["low"], scale * row["high"]], [place, place], color=colour, linewidth=2)
        axes.plot(scale * row["effect"], place, "o", color=colour, markersize=7,
                  markerfacecolor=colour if robust else "white", markeredgewidth=1.6)
    axes.set_yticks(range(len(table)), list(table[label]), fontsize=9, color=INK)
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=9, colors=INK)
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_axisbelow(True)
    axes.set_title(title, loc="left", fontsize=10.5, fontweight="bold", color=INK)
    axes.set_xlabel(unit, fontsize=9, color=INK)


def finish(chosen: Options, name: str, tables: Mapping[str, pd.DataFrame], figure: Figure, below: str,
           findings: Sequence[str]) -> None:
    """Write tables, figure and findings into the folder, and print the findings."""
    chosen.out.mkdir(parents=True, exist_ok=True)
    for stem, table in tables.items():
        table.to_csv(chosen.out / f"{stem}.csv", index=False, float_format="%.6g")
    add_caption(figure, below)
    save_figure(figure, chosen.out / name)
    text = " ".join(findings)
    (chosen.out / "findings.txt").write_text(text + "\n", encoding="utf-8")
    print(fill(text, 100, break_on_hyphens=False))
    print(f"Tables, figure and text: {chosen.out}", file=sys.stderr)


def main(experiment: Callable[[], None]) -> None:
    """Run an experiment; Ctrl-C keeps the finished runs and says how to go on."""
    try:
        experiment()
    except KeyboardInterrupt:
        print("\nInterrupted. Finished runs are kept; the same command goes on from there.", file=sys.stderr)
        sys.exit(130)

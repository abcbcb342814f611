"""Find what drives the density of cultural agreements: Morris over all parameters, then Sobol over the leading ones.

Question. Of all numeric parameters of the model, which decide how many pairs of states have a cultural agreement
after `--years` years? Do they act alone or through each other?

Design. First Morris's elementary effects over every numeric parameter, each over its plausible range
(the few without one are left out): `--trajectories` trajectories, each point with
`--replications` seeds, the same for all points. Then Sobol's indices (Saltelli's design) over the `--leading`
parameters with the largest mean absolute effect, the others at their defaults: `--samples` base samples.

Outcome. The indicator `density` in the last year (`--indicator` names another). Replications are averaged first;
what luck is left in the averages is reported, because an index cannot tell it from interaction.

What would change our mind: intervals of the indices that overlap across the ranks we name, or a share of luck that
is of the size of the indices.

Run: uv run python experiments/drivers_of_tie_density.py [--quick] [--workers 2] [--out DIR]
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from textwrap import fill
from typing import Any

import pandas as pd

import coopsim as cs
from coopsim.analysis.figures import save_figure
from coopsim.analysis.sensitivity import Sensitivity, morris, sobol
from coopsim.config.vocabulary import parameter_table

NAME = "drivers_of_tie_density"
FULL = {"trajectories": 20, "samples": 256, "leading": 6, "replications": 2, "years": 20, "synthetic": 0}
QUICK = {"trajectories": 4, "samples": 16, "leading": 3, "replications": 1, "years": 4, "synthetic": 25}


def read_options() -> argparse.Namespace:
    """Read the command line; `--quick` stands for a small form, single options override it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small form, under a minute on one core")
    for name, value in FULL.items():
        parser.add_argument(f"--{name}", type=int, help=f"({value})")
    parser.add_argument("--groups", nargs="+", metavar="GROUP", help="groups of parameters to screen (all)")
    parser.add_argument("--indicator", default="density", help="(density)")
    parser.add_argument("--seed", type=int, default=1, help="(1)")
    parser.add_argument("--workers", type=int, default=1, help="processes (1)")
    parser.add_argument("--out", type=Path, default=Path("results") / NAME, help=f"folder (results/{NAME})")
    given = parser.parse_args()
    for name, value in (QUICK if given.quick else FULL).items():
        setattr(given, name, value if getattr(given, name) is None else getattr(given, name))
    return given


def numeric_parameters(groups: list[str] | None = None) -> list[str]:
    """Return the parameters, all or of some groups, that are numbers and have a plausible range."""
    rows = [row for group in groups or [None] for row in parameter_table(group)]
    return [
        row["name"] for row in rows
        if row["plausible"] and not row["choices"] and not isinstance(row["default"], bool)
    ]


def sweep(given: argparse.Namespace, step: str, parameters: list[str], **design: Any) -> cs.SweepResults:
    """Do the runs of one step; a folder that holds some of them is resumed."""
    values = {"world.synthetic": {"states": given.synthetic}} if given.synthetic else {}
    base = cs.load_config("baseline").with_values(values)
    plan = cs.Plan(
        scenario=replace(base, name="baseline"), vary=dict.fromkeys(parameters, "plausible"), years=given.years,
        replications=given.replications, seed=given.seed, indicators=[given.indicator], **design,
    )
    folder = given.out / step
    print(f"{step}: {len(parameters)} parameters, {plan.points:,} points, {plan.runs:,} runs", file=sys.stderr)
    return cs.sweep(plan, out=folder, workers=given.workers, resume=(folder / "manifest.json").exists())


def findings(screening: Sensitivity, shares: Sensitivity, leading: list[str]) -> list[str]:
    """Say what the numbers say."""
    if not (screening.sd > 0 and shares.sd > 0):
        return [f"{screening.indicator} is the same at every point: there is nothing to attribute."]
    first, second = shares.table.iloc[0], shares.table.iloc[1]
    clear = first["ST"] - first["ST_conf"] > second["ST"] + second["ST_conf"]
    alone = float(shares.table["S1"].clip(lower=0).sum())
    kept = screening.table.set_index("parameter").loc[leading, "mu_star"].sum() / screening.table["mu_star"].sum()
    many = len(screening.table)
    gap = "clearly ahead of" if clear else "not clearly ahead of"
    luck = "unknown, with one seed per point" if pd.isna(shares.luck) else f"{100 * shares.luck:.0f} %"
    return [
        f"{screening.indicator} after the run is {screening.mean:.3f} on average over the plausible ranges (standard "
        f"deviation over points {screening.sd:.3f}).",
        f"Of {many} parameters the leading {len(leading)} ({', '.join(leading)}) carry {100 * kept:.0f} % of the sum "
        "of Morris's mean absolute effects.",
        f"By Sobol's total index {first['parameter']} ({first['ST']:.2f} ± {first['ST_conf']:.2f}) is {gap} "
        f"{second['parameter']} ({second['ST']:.2f} ± {second['ST_conf']:.2f}).",
        f"The parameters alone, without interactions, explain {100 * min(alone, 1.0):.0f} % of the variance that the "
        f"leading ones make; luck left in the averages: {luck}.",
        f"Intervals are 95 %, by bootstrap, of {screening.samples} trajectories and {shares.samples} base samples.",
    ]


def experiment() -> None:
    """Screen, decompose, say what was found."""
    given = read_options()
    screened = morris(sweep(given, "morris", numeric_parameters(given.groups), design="morris",
                            samples=given.trajectories), given.indicator)
    leading = [str(name) for name in screened.table["parameter"].head(given.leading)]
    shares = sobol(sweep(given, "sobol", leading, design="saltelli", samples=given.samples), given.indicator)
    for step, found in (("morris", screened), ("sobol", shares)):
        found.table.to_csv(given.out / f"{step}.csv", index=False, float_format="%.6g")
        save_figure(found.figure(), given.out / f"{NAME}_{step}")
    text = " ".join(findings(screened, shares, leading))
    (given.out / "findings.txt").write_text(text + "\n", encoding="utf-8")
    print(fill(text, 100, break_on_hyphens=False))
    print(f"Tables, figures and text: {given.out}", file=sys.stderr)


if __name__ == "__main__":
    try:
        experiment()
    except KeyboardInterrupt:
        print("\nInterrupted. Finished runs are kept; the same command goes on from there.", file=sys.stderr)
        sys.exit(130)

"""Show which reasons stand behind the agreements that are signed, and whether they change over fifty years.

Design: the baseline, replicated with seeds 1 to `--replications`; every agreement of a run carries the
contributions to the log of its hazard. Shown: the mean contribution of each term by decade of signature, over
all replications, with the standard error between replications. The baseline term is left out, because it is the
same for all. Contributions are measured against the starting world's average pair (docs/adr/0007).

Run: uv run python experiments/why_agreements_form.py [--quick] [--out why.csv]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import coopsim as cs
from coopsim.world.agreements import TERMS


def contributions(seed: int, years: int) -> pd.DataFrame:
    """Return the mean contribution of each term by decade, one row per decade, of one run."""
    ledger = cs.run("baseline", seed=seed, years=years).agreements
    signed = ledger[~ledger["initial"] & (ledger["form"] == "bilateral") & (ledger["topic"] == "culture")]
    terms = [f"why_{term}" for term in TERMS if term != "baseline"]
    decade = (signed["signed"] // 10 * 10).rename("decade")
    return signed.groupby(decade)[terms].mean().rename(columns=lambda name: name.removeprefix("why_"))


def main() -> None:
    """Replicate, average, print, save."""
    parser = argparse.ArgumentParser(description="Average the reasons of signature by decade.")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="two replications of twenty years")
    parser.add_argument("--out", type=Path, help="CSV file of means and standard errors")
    options = parser.parse_args()
    replications, years = (2, 20) if options.quick else (options.replications, 50)
    seeds = range(1, replications + 1)
    runs = pd.concat({seed: contributions(seed, years) for seed in seeds}, names=["seed"])
    mean, error = runs.groupby("decade").mean(), runs.groupby("decade").sem()
    mean = mean.loc[:, mean.abs().max() > 0]
    print(mean.round(2).to_string())
    print(f"largest standard error {error.to_numpy().max():.3f}, {replications} replications")
    if options.out:
        pd.concat({"mean": mean, "error": error[mean.columns]}, axis=1).to_csv(options.out)


if __name__ == "__main__":
    main()

"""Move the parameters behind the headline conclusions over their plausible ranges, and see which survive.

Six conclusions, each a number that is above 0 (or above 1) if it holds, measured after 25 years:

- trust: tied pairs trust each other more than untied ones (difference of means);
- activism: unequal activism makes hubs (Gini of partners, with activism less without);
- spillover: an agreement itself brings treaties on other topics (Mantel-Haenszel ratio less 1);
- development: an orientation towards development of .6 sends more money south (share, with less without);
- budgets: three times the public money raises understanding between people (index, with less without);
- autonomy: without arm's-length agencies fewer people can speak to each other (language overlap, with less without).

One parameter at a time is set to the lowest and to the highest value of its plausible range; the same seeds throughout.

Run: uv run python experiments/sensitivity_of_conclusions.py [--seeds 2] [--out FILE.json]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from coopsim.config import load_config
from coopsim.config.config import resolve_parameter
from coopsim.validation.samples import simulate

YEARS = 25
PARAMETERS = (
    "trust.gain", "trust.forgetting", "understanding.gain", "understanding.fading", "bilateral.base_rate",
    "bilateral.trust_weight", "initial.activism_spread", "network.popularity", "renewal.lapse", "budgets.effort",
    "interest.affinity", "spillover.agreement",
)
INDICATORS = ("trust_tied", "trust_untied", "degree_gini", "spillover_stratified", "spending_south_share",
              "understanding_index", "language_overlap")
CONCLUSIONS = ("trust", "activism", "spillover", "development", "budgets", "autonomy")


def conclusions(values: Mapping[str, Any], seed: int) -> dict[str, float]:
    """Return the six numbers with some parameters changed."""
    base = load_config("baseline").with_horizon(YEARS).with_values(values)

    def late(change: Mapping[str, Any], name: str) -> float:
        series = simulate(base.with_values(change), seed, INDICATORS).series if change else usual
        return float(series[name][-5:].mean())

    usual = simulate(base, seed, INDICATORS).series
    effort = float(base.value("budgets.effort"))
    turned = {"development.early": 0.6, "development.late": 0.6}
    return {
        "trust": late({}, "trust_tied") - late({}, "trust_untied"),
        "activism": late({}, "degree_gini") - late({"initial.activism": "ones"}, "degree_gini"),
        "spillover": late({}, "spillover_stratified") - 1,
        "development": late(turned, "spending_south_share") - late({}, "spending_south_share"),
        "budgets": late({"budgets.effort": 3 * effort}, "understanding_index") - late({}, "understanding_index"),
        "autonomy": late({}, "language_overlap") - late({"channels.arms_length": False}, "language_overlap"),
    }


def mean_of(values: Mapping[str, Any], seeds: int) -> dict[str, float]:
    runs = [conclusions(values, seed) for seed in range(1, seeds + 1)]
    return {name: float(np.mean([run[name] for run in runs])) for name in CONCLUSIONS}


def sensitivity(seeds: int) -> dict[str, Any]:
    """Return the conclusions at the defaults and at both ends of every range, most influential first."""
    usual = mean_of({}, seeds)
    rows: list[dict[str, Any]] = []
    for number, key in enumerate(PARAMETERS, 1):
        low, high = resolve_parameter(key)[2].plausible or (0.0, 0.0)
        ends = [mean_of({key: value}, seeds) for value in (low, high)]
        moved = {name: abs(ends[1][name] - ends[0][name]) / max(abs(usual[name]), 1e-9) for name in CONCLUSIONS}
        rows.append({"parameter": key, "range": [low, high], "low": ends[0], "high": ends[1],
                     "influence": float(np.mean(list(moved.values())))})
        print(f"{number} of {len(PARAMETERS)}: {key}", file=sys.stderr)
    rows.sort(key=lambda row: -row["influence"])
    return {"years": YEARS, "seeds": seeds, "defaults": usual, "parameters": rows}


def told(found: Mapping[str, Any], number: int = 5) -> str:
    """Return the table of the most influential parameters as Markdown."""
    lines = ["| parameter | range | " + " | ".join(CONCLUSIONS) + " |",
             "| --- | --- |" + " ---: |" * len(CONCLUSIONS)]
    lines.append("| defaults |  | " + " | ".join(f"{found['defaults'][name]:.3f}" for name in CONCLUSIONS) + " |")
    for row in found["parameters"][:number]:
        cells = [f"{row['low'][name]:.3f} … {row['high'][name]:.3f}" for name in CONCLUSIONS]
        low, high = row["range"]
        lines.append(f"| `{row['parameter']}` | {low:g} … {high:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--out", type=Path, help="write everything as JSON")
    arguments = parser.parse_args()
    result = sensitivity(arguments.seeds)
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=2), encoding="utf-8")
    print(told(result))

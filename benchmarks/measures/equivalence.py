"""Are the variants the same model? Nothing is timed before they are.

Variants that draw coopsim's random numbers must have the same events in every year, and the same trust up to
rounding. The others draw numbers of their own: means over seeds are compared with those of the C variant over many
seeds, as z-scores.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from core.start import AGREEMENTS, LAPSED, SIGNED, TRUST, Series
from core.variants import AGENTPY_LABEL, VARIANTS, Case, Run, agentpy, runner

STATES, YEARS, REFERENCE_SEEDS = 60, 50, 400
# Largest z-score allowed: chance exceeds it about once in 100 times, with 36 cells and Student's law of 19 degrees.
LIMIT = 4.5
ROUNDING = 1e-9


class UnequalError(Exception):
    """Two variants are not the same model."""


def statistics(series: Series) -> dict[str, float]:
    """Return what is compared of one run."""
    found = {}
    for year in (10, 25, 50):
        found[f"agreements in year {year}"] = series[year - 1, AGREEMENTS]
        found[f"trust in year {year}"] = series[year - 1, TRUST]
    return found | {
        "signatures": series[:, SIGNED].sum(),
        "lapses": series[:, LAPSED].sum(),
        "spread of signatures over years": series[:, SIGNED].std(),
    }


def sample(run: Run, seeds: range) -> dict[str, np.ndarray]:
    """Return the statistics of many runs."""
    rows = [statistics(run(seed).series) for seed in seeds]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def largest_z(found: dict[str, np.ndarray], reference: dict[str, np.ndarray]) -> tuple[float, str]:
    """Return the largest absolute z-score of differences of means, and where it is."""
    scores = {
        name: float(abs(found[name].mean() - values.mean())
                    / np.sqrt(found[name].var(ddof=1) / len(found[name]) + values.var(ddof=1) / len(values)))
        for name, values in reference.items()
    }
    where = max(scores, key=scores.__getitem__)
    return scores[where], where


def check(seeds: int) -> dict[str, Any]:
    """Compare all variants; raise `UnequalError` if one is another model.

    Parameters
    ----------
    seeds : int
        Runs of each variant with random numbers of its own.
    """
    case = Case.of(STATES, YEARS)
    reference = sample(runner("c", case), range(10_000, 10_000 + REFERENCE_SEEDS))
    statistical: dict[str, Any] = {}

    def compare(label: str, run: Run) -> None:
        score, where = largest_z(sample(run, range(seeds)), reference)
        statistical[label] = {"largest_z": round(score, 2), "where": where}
        if score > LIMIT:
            raise UnequalError(f"{label}: {where} differs from C with z = {score:.1f}")

    for name, variant in VARIANTS.items():
        if not variant.same_numbers:
            compare(variant.label, runner(name, case))
    # coopsim too, with seeds of its own, although its events are compared one by one below.
    compare(VARIANTS["coopsim"].label, runner("coopsim", case))
    try:
        with agentpy(case) as run:
            compare(AGENTPY_LABEL, run)
    except RuntimeError as error:
        statistical[AGENTPY_LABEL] = {"not_measured": str(error)}
    return {
        "states": STATES, "years": YEARS, "seeds": seeds, "reference_seeds": REFERENCE_SEEDS, "limit": LIMIT,
        "statistical": statistical, "exact": same_events([case, Case.of()], seeds=5),
    }


def same_events(cases: list[Case], seeds: int) -> dict[str, Any]:
    """Compare, year by year, the variants that draw the same random numbers."""
    found: dict[str, Any] = {}
    for name, variant in VARIANTS.items():
        if not variant.same_numbers or name == "c":
            continue
        furthest = 0.0
        for case in cases:
            for seed in range(1, seeds + 1):
                limit, series = runner("c", case)(seed).series, runner(name, case)(seed).series
                for column in (AGREEMENTS, SIGNED, LAPSED):
                    if not np.array_equal(limit[:, column], series[:, column]):
                        year = int(np.flatnonzero(limit[:, column] != series[:, column])[0]) + 1
                        raise UnequalError(f"{variant.label}: other events than C in year {year} of seed {seed}")
                furthest = max(furthest, float(abs(limit[:, TRUST] - series[:, TRUST]).max()))
        if furthest > ROUNDING:
            raise UnequalError(f"{variant.label}: mean trust differs from C by {furthest:.1e}")
        found[variant.label] = {"runs": seeds * len(cases), "largest_difference_of_trust": float(f"{furthest:.1e}")}
    return found

"""What to say before a sweep starts: a factorial that is too large, seeds that are too few."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from coopsim.experiment import designs

if TYPE_CHECKING:
    from coopsim.experiment.plan import Plan

LARGE_FACTORIAL = 2_000  # points
FEW_SEEDS = 10


def advice(plan: Plan) -> list[str]:
    """Return warnings about a plan, in sentences; empty if there is nothing to say."""
    return [*_about_size(plan), *_about_seeds(plan)]


def _about_size(plan: Plan) -> list[str]:
    if plan.design != "grid" or plan.points <= LARGE_FACTORIAL:
        return []
    levels = " × ".join(str(len(factor.spread(plan.samples or 0))) for factor in plan.factors)
    enough = designs.default_samples("sobol", len(plan.factors))
    return [f"The grid has {plan.points:,} points ({levels}), with replications {plan.runs:,} runs. A space-filling "
            f"design needs far fewer: design = \"sobol\" with {enough} to {16 * enough} samples."]


def _about_seeds(plan: Plan) -> list[str]:
    n = plan.replications
    if n >= FEW_SEEDS or plan.design in ("saltelli", "random", "latin_hypercube", "sobol"):
        return []
    if n == 1:
        return ["One replication per point: what luck does cannot be told from what the parameters do. Ten or more "
                "seeds show both."]
    return [f"{n} replications per point: the mean of a point is known to within ±{half_width(n):.2g} standard "
            f"deviations between runs (95 % interval); 20 replications give ±{half_width(20):.2g}."]


def half_width(n: int) -> float:
    """Return half the width of the 95 % interval of a mean of n runs, in standard deviations between runs."""
    from scipy.stats import t

    return float(t.ppf(0.975, n - 1) / sqrt(n))

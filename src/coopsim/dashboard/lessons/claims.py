"""Are the answers of the lessons true? Runs the model over pairs of twins and says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from coopsim.config import Config
from coopsim.dashboard.lessons import Claim, Lesson
from coopsim.experiment.expectations import Progress, run_jobs
from coopsim.experiment.kept import KeptRuns
from coopsim.experiment.measures import Measure
from coopsim.experiment.verdict import Estimate, mean_of, percent_of, verdict_of

SEEDS = tuple(range(1, 21))
COLUMNS = ("lesson", "claim", "measure", "unit", "expected", "found", "low", "high", "n", "verdict", "written")


def judged(
    found: Iterable[Lesson], seeds: Sequence[int] = SEEDS, executor: Executor | None = None, *,
    kept: KeptRuns | None = None, progress: Progress | None = None,
) -> pd.DataFrame:
    """Return one row per claim: what was expected, what was found with its 95 % interval, and the verdict.

    Parameters
    ----------
    found : iterable of Lesson
    seeds : sequence of int
    executor : Executor, optional
        Any of `concurrent.futures`; it changes nothing but the time.
    kept : KeptRuns, optional
        Runs of earlier times that need not be repeated; new ones are added to them.
    progress : callable, optional
        Called with the numbers of runs done and to do.
    """
    claims = [(lesson, claim) for lesson in found for claim in lesson.claims]
    needs: dict[str, tuple[Config, dict[Measure, set[int]]]] = {}
    for _, claim in claims:
        for config in _configs(claim):
            _, wanted = needs.setdefault(config.hash, (config, {}))
            for bare, years in _measure(claim, config).needs(config.start_year, _end(config)).items():
                wanted[bare] = wanted.get(bare, set()) | years
    watched = run_jobs(
        [(config, seed) for config, _ in needs.values() for seed in seeds],
        {key: wanted for key, (_, wanted) in needs.items()}, executor=executor, kept=kept, progress=progress,
    )
    rows = []
    for lesson, claim in claims:
        before, after = (
            np.array([_measure(claim, config).value(watched[config.hash, seed], config.start_year, _end(config))
                      for seed in seeds])
            for config in _configs(claim)
        )
        estimate = _estimate(claim.unit, before, after)
        rows.append((
            lesson.name, claim.claim, str(_measure(claim, claim.after.config())), claim.unit,
            f"[{claim.low:g}, {claim.high:g}]", estimate.value, estimate.low, estimate.high, estimate.n,
            verdict_of(estimate, claim.low, claim.high), claim.found,
        ))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _estimate(unit: str, before: np.ndarray, after: np.ndarray) -> Estimate:
    if unit == "percent":
        return percent_of(after, before)
    return mean_of(after if unit == "level" else after - before)


def _configs(claim: Claim) -> tuple[Config, Config]:
    return claim.before.config(), claim.after.config()


def _end(config: Config) -> int:
    return config.start_year + config.years


def _measure(claim: Claim, config: Config) -> Measure:
    return Measure.from_mapping(claim.measure, config.start_year, _end(config))

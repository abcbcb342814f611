"""How long a sweep will take and how much disk it needs, from one timed run."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coopsim.errors import SweepError
from coopsim.experiment.crews import processors
from coopsim.experiment.rows import Layout
from coopsim.experiment.work import run_chunk

if TYPE_CHECKING:
    from coopsim.experiment.plan import Plan

START_SECONDS = 3.0  # until local processes are ready


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sweep will cost.

    Attributes
    ----------
    points, replications, runs : int
    workers : int
    seconds_per_run : float
        Of one run in the middle of the plan, measured.
    seconds : float
        Of the whole sweep, with all workers.
    bytes : int
        Of the finished table; while it is put together, twice that.
    """

    points: int
    replications: int
    runs: int
    workers: int
    seconds_per_run: float
    seconds: float
    bytes: int


def estimate(plan: Plan, workers: int | None = None) -> Estimate:
    """Time one run of a plan and return what the sweep will cost.

    Raises
    ------
    SweepError
        If that run fails.
    """
    layout = Layout.of(plan)
    middle = plan.runs // 2
    chunk = layout.chunk(middle, middle + 1)
    run_chunk(chunk)  # loads and, after an installation, compiles
    began = time.perf_counter()
    done = run_chunk(chunk)
    seconds = time.perf_counter() - began
    if done.failures:
        raise SweepError(f"the run that was to be timed fails: {done.failures[0]['error']}")
    number = min(workers or processors(), plan.runs)
    size = layout.part(done).table.nbytes * plan.runs
    total = seconds * plan.runs / number + (START_SECONDS if number > 1 else 0)
    return Estimate(plan.points, plan.replications, plan.runs, number, seconds, total, size)

"""What a worker does: some runs in a row, each reduced to its indicators, none able to spoil the others.

Everything here is a module-level function or a plain dataclass, so that any executor can send it anywhere.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from coopsim.config import Config
from coopsim.experiment.domains import SCENARIO, configured
from coopsim.experiment.factors import Floats
from coopsim.results.manifest import installed

if TYPE_CHECKING:
    from coopsim.results.recorder import Recorder

# Indicators relative to the first year in which they had a value: of talent, or of the strength of ties.
REMEMBERING = ("talent_index", "spillover_crude", "spillover_stratified")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a sweep: the point `scenario_id` of the design with one seed."""

    scenario_id: int
    replication_id: int
    seed: int
    scenario: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive runs that one worker does in a row, and what to keep of them.

    Attributes
    ----------
    first : int
        Number of the first run in the canonical order: scenario, then replication.
    runs : tuple of Run
    configs : mapping of str to Config
        The scenarios of these runs.
    indicators : tuple of str
    years : "last", "all" or tuple of int
    """

    first: int
    runs: tuple[Run, ...]
    configs: Mapping[str, Config]
    indicators: tuple[str, ...]
    years: Any


@dataclass(frozen=True, slots=True)
class Done:
    """What came out of a chunk: a row per run and kept year in canonical order, and the runs that failed.

    Attributes
    ----------
    first, runs : int
        Number of the first run, and how many.
    scenario_id, replication_id, seed, year : ndarray of int64
    indicators : ndarray of float64
        Shape (rows, indicators).
    failures : tuple of dict
    seconds : float
        Processor time of the last run, which has met no compiler; a busy machine must not shrink the chunks.
    coopsim : str
        Version that the worker runs.
    """

    first: int
    runs: int
    scenario_id: np.ndarray
    replication_id: np.ndarray
    seed: np.ndarray
    year: np.ndarray
    indicators: Floats
    failures: tuple[dict[str, Any], ...]
    seconds: float
    coopsim: str


@cache
def ready() -> str:
    """Return the version of coopsim that a worker runs: a sign of life."""
    return installed("coopsim")


def run_chunk(chunk: Chunk) -> Done:
    """Do the runs of a chunk one after the other; one that raises becomes a failure."""
    heads: list[tuple[int, int, int, int]] = []
    rows: list[Floats] = []
    failures = []
    seconds = 0.0
    for run in chunk.runs:
        began = time.thread_time()
        try:
            years, values = simulate(chunk, run)
        except Exception as error:
            failures.append(failure(chunk, run, f"{type(error).__name__}: {error}", _traceback(error)))
        else:
            heads += [(run.scenario_id, run.replication_id, run.seed, year) for year in years]
            rows.append(values)
        seconds = time.thread_time() - began
    scenario, replication, seed, year = np.array(heads, dtype=np.int64).reshape(-1, 4).T
    table = np.concatenate(rows) if rows else np.zeros((0, len(chunk.indicators)))
    return Done(chunk.first, len(chunk.runs), scenario, replication, seed, year, table, tuple(failures), seconds,
                ready())


def given_up(chunk: Chunk) -> Done:
    """Return a chunk of one run that killed its worker as a failure."""
    (run,) = chunk.runs
    lost = failure(chunk, run, "WorkerDied: the process died in this run: out of memory, or a crash", "")
    none = np.zeros(0, dtype=np.int64)
    return Done(chunk.first, 1, none, none, none, none, np.zeros((0, len(chunk.indicators))), (lost,), 0.0, ready())


def simulate(chunk: Chunk, run: Run) -> tuple[list[int], Floats]:
    """Simulate one run and return its kept years and indicators, shape (years, indicators)."""
    from coopsim.model import CoopModel
    from coopsim.results.record import Record

    one_thread()
    config = config_of(chunk, run)
    model = CoopModel(config, rng=run.seed, record=Record(indicators=chunk.indicators, tables=()))
    last = config.start_year + config.years
    kept = kept_years(chunk.years, config.start_year, last)
    model.recorder = _Sparing(model.recorder, kept)  # type: ignore[assignment]
    found = []
    with model.undisturbed():
        for year in range(config.start_year, last + 1):
            if year > config.start_year:
                model.step()
            if year in kept:
                latest = model.recorder.latest
                found.append([latest[name] for name in chunk.indicators])
    return sorted(kept), np.array(found, dtype=np.float64).reshape(len(kept), len(chunk.indicators))


class _Sparing:
    """Stands before a recorder and lets through the years that are kept: indicators are half the work of a run.

    Indicators that remember are measured every year, and so come out as if everything were recorded; a test compares
    all indicators with those of a run that records every year.
    """

    def __init__(self, recorder: Recorder, kept: frozenset[int]) -> None:
        self._recorder, self._kept = recorder, kept
        self._remembering = [name for name in REMEMBERING if name in recorder.series]

    @property
    def latest(self) -> dict[str, float]:
        """The indicators of the year last recorded."""
        return self._recorder.latest

    def record(self, counters: Mapping[str, float]) -> None:
        """Record the year if it is kept."""
        from coopsim.results.indicators import INDICATORS
        from coopsim.results.moment import Moment

        recorder = self._recorder
        if recorder.world.year in self._kept:
            recorder.record(counters)
        elif self._remembering:
            moment = Moment(recorder.world, counters, recorder._bases)
            for name in self._remembering:
                INDICATORS[name].measure(moment)


@cache
def one_thread() -> None:
    """Keep this process to one thread of linear algebra for good, even if its runs go on in several threads.

    The model sees to that for each step, but the end of a step in one thread would undo it for the others.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


def kept_years(asked: Any, start: int, last: int) -> frozenset[int]:
    """Return which calendar years of a run are kept; those outside the run are not."""
    if asked == "last":
        return frozenset({last})
    years: Iterable[int] = range(start, last + 1) if asked == "all" else asked
    return frozenset(year for year in years if start <= year <= last)


def config_of(chunk: Chunk, run: Run) -> Config:
    """Return the configuration of a run."""
    return configured(chunk.configs[run.scenario], {k: v for k, v in run.values.items() if k != SCENARIO})


def failure(chunk: Chunk, run: Run, error: str, trace: str) -> dict[str, Any]:
    """Return the row of a run that failed."""
    try:
        described = config_of(chunk, run).to_mapping()
    except Exception:  # its configuration was what failed
        described = {**chunk.configs[run.scenario].to_mapping(), "values": dict(run.values)}
    return {
        "scenario_id": run.scenario_id, "replication_id": run.replication_id, "seed": run.seed,
        "config": json.dumps(described, ensure_ascii=False, default=str), "error": error, "traceback": trace,
    }


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))

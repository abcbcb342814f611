"""What a sweep costs beside its runs: memory of the driver, overhead per run, efficiency of two processes.

    uv run python benchmarks/sweep.py            the bars of the project, about half an hour on two quiet cores
    uv run python benchmarks/sweep.py --quick    the same bars in about three minutes: memory with runs that cost
                                                 nothing, overhead and efficiency with fewer runs

Memory: the bilateral core of twelve invented states over ten years, as small as a run is useful, all indicators;
a driver cannot tell a run that costs nothing from one that does, so that 10,000 and 20,000 of those show whether its
memory is flat. Overhead and efficiency: the classroom, forty states over thirty years. Overhead is processor time,
which a busy machine disturbs little; efficiency is wall time and needs both cores for itself.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import numpy as np

import coopsim as cs
from coopsim.experiment import work
from coopsim.experiment.crews import Processes
from coopsim.experiment.rows import Layout
from coopsim.experiment.work import Chunk, Done, ready, run_chunk

MIB = 2**20
BARS = {"driver_growth_mib": 100.0, "overhead_share": 0.05, "efficiency": 0.85}
SEEMS = 0.04  # seconds of a run that costs nothing, for the size of chunks


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="in about three minutes")
    options.add_argument("--only", choices=["memory", "overhead", "efficiency"], help="one of the three")
    options.add_argument("--stand-ins", type=int, metavar="RUNS", help="only the memory of RUNS that cost nothing")
    given = options.parse_args()
    if given.stand_ins:
        print(json.dumps(_memory_of(given.stand_ins, StandIn())))
        return
    measures: dict[str, Callable[..., Any]] = {"memory": memory, "overhead": overhead, "efficiency": efficiency}
    for name, measure in measures.items():
        if given.only in (None, name):
            print(json.dumps({name: measure(quick=given.quick)}), flush=True)


def memory(*, quick: bool) -> dict[str, Any]:
    """Return the resident memory of the driver of 10,000 runs, and of 10,000 and 20,000 that cost nothing."""
    found: dict[str, Any] = {} if quick else {"real": _memory_of(10_000, None)}
    for runs in (10_000, 20_000):
        command = [sys.executable, __file__, "--stand-ins", str(runs)]
        found[f"stand_ins_{runs}"] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    growth = max(one["driver_growth_mib"] for one in found.values())
    return found | {"bar": BARS["driver_growth_mib"], "met": growth <= BARS["driver_growth_mib"]}


def _memory_of(runs: int, executor: Executor | None) -> dict[str, float]:
    """Return the resident memory before a sweep is asked for, after its first runs, at its peak and at the end."""
    plan = cs.Plan(
        scenario="classroom", set={"world.synthetic": {"states": 12}}, years=10, design="latin_hypercube",
        vary={"trust.gain": "plausible", "bilateral.beta_trust": "plausible"}, samples=runs // 10, replications=10,
    )
    samples: list[int] = []
    first: list[int] = []

    def watch(state: Any) -> None:
        if not first and state.done:
            first.append(resident())

    with tempfile.TemporaryDirectory() as folder:
        before = resident()
        began, used = time.perf_counter(), time.process_time()
        with _Watch(samples):
            found = cs.sweep(plan, executor=executor, out=Path(folder) / "sweep", workers=2, progress=watch)
        took, used = time.perf_counter() - began, time.process_time() - used
        after = resident()
        assert sum(len(batch) for batch in found.iter_batches()) == runs
    return {
        "runs": runs, "seconds": round(took, 1), "driver_ms_per_run": round(1000 * used / runs, 3),
        "driver_before_mib": round(before / MIB, 1), "driver_first_runs_mib": round(first[0] / MIB, 1),
        "driver_peak_mib": round(max(samples) / MIB, 1), "driver_after_mib": round(after / MIB, 1),
        "driver_growth_mib": round((max(samples) - before) / MIB, 1),
    }


class StandIn(Executor):
    """Gives numbers of the right shape at once."""

    _max_workers = 2

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Answer a chunk."""
        future: Future[Any] = Future()
        future.set_result(_nothing(args[0]))
        return future


def _nothing(chunk: Chunk) -> Done:
    count = len(chunk.runs)
    heads = np.array([(run.scenario_id, run.replication_id, run.seed) for run in chunk.runs], dtype=np.int64).T
    numbers = np.random.default_rng(chunk.first).random((count, len(chunk.indicators)))
    return Done(chunk.first, count, *heads, np.full(count, 2035), numbers, (), SEEMS, ready())


def classroom(runs: int) -> cs.Plan:
    return cs.Plan(scenario="classroom", vary={"trust.gain": "plausible"}, design="random", samples=runs // 10,
                   replications=10)


def overhead(*, quick: bool) -> dict[str, Any]:
    """Return what a sweep on disk costs beside its runs, as a share of them, in one process.

    Both are processor time of the same sweep: other runs would take another time, and hide the difference.
    """
    runs, repeats = (200, 3) if quick else (400, 5)
    plan = classroom(runs)
    run_chunk(Layout.of(plan).chunk(0, 5))
    simulate, spent = work.simulate, [0.0]

    def timed(*args: Any) -> Any:
        began = time.process_time()
        found = simulate(*args)
        spent[0] += time.process_time() - began
        return found

    shares, bare = [], []
    work.simulate = timed
    try:
        for _ in range(repeats):
            began, spent[0] = time.process_time(), 0.0
            with tempfile.TemporaryDirectory() as folder:
                cs.sweep(plan, out=Path(folder) / "sweep", workers=1, progress=False)
            shares.append((time.process_time() - began) / spent[0] - 1)
            bare.append(spent[0])
    finally:
        work.simulate = simulate
    share = statistics.median(shares)
    return {
        "runs": runs, "ms_per_run": round(1000 * statistics.median(bare) / runs, 2),
        "overhead_share": round(share, 4), "of_each": [round(value, 4) for value in shares],
        "bar": BARS["overhead_share"], "met": share <= BARS["overhead_share"],
    }


def efficiency(*, quick: bool) -> dict[str, Any]:
    """Return runs per second with two processes over twice those with one, alternately, once processes are warm."""
    runs, repeats = (200, 3) if quick else (600, 5)
    plan = classroom(runs)
    crews = {workers: _warm(workers, plan) for workers in (1, 2)}  # one process too, so that like is compared
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(repeats):
        for workers, crew in crews.items():
            rates[workers].append(_rate(plan, crew.executor))
    for crew in crews.values():
        crew.stop()
    one, two = (statistics.median(rates[workers]) for workers in rates)
    share = two / (2 * one)
    each = [round(b / (2 * a), 3) for a, b in zip(*rates.values(), strict=True)]
    return {
        "runs": runs, "runs_per_second_1": round(one, 2), "runs_per_second_2": round(two, 2),
        "efficiency": round(share, 3), "of_each": each, "bar": BARS["efficiency"], "met": share >= BARS["efficiency"],
    }


def _warm(workers: int, plan: cs.Plan) -> Processes:
    """Return processes that have all loaded the model."""
    crew, few = Processes(workers), Layout.of(plan).chunk(0, 5)
    warm: set[int] = set()
    while len(warm) < workers:
        warm |= {future.result() for future in [crew.executor.submit(_warmed, few) for _ in range(2 * workers)]}
    return crew


def _warmed(chunk: Chunk) -> int:
    """Run a few, and say which process did."""
    run_chunk(chunk)
    return os.getpid()


def _rate(plan: cs.Plan, executor: Executor) -> float:
    """Return runs per second of a sweep on disk."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        cs.sweep(plan, executor=executor, out=Path(folder) / "sweep", progress=False)
    return plan.runs / (time.perf_counter() - began)


class _Watch:
    """Notes the resident memory of this process ten times a second, and once more at the end."""

    def __init__(self, samples: list[int]) -> None:
        self.samples, self._stop = samples, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.samples.append(resident())

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            self.samples.append(resident())


def resident() -> int:
    """Return the resident memory of this process in bytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()

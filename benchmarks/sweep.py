"""What a sweep costs beside its runs: memory of the driver, overhead per run, efficiency of two processes.

    uv run python benchmarks/sweep.py            the bars of the project, about half an hour on two cores
    uv run python benchmarks/sweep.py --quick    the same with few runs, to see that it works

Scenario: the bilateral core of twelve invented states over ten years (--memory-states, --memory-years), as small as a
run is useful, for memory; forty states over thirty years, the classroom, for overhead and efficiency.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

import coopsim as cs
from coopsim.experiment.crews import Processes
from coopsim.experiment.rows import Layout
from coopsim.experiment.work import Chunk, run_chunk

MIB = 2**20
BARS = {"driver_growth_mib": 100.0, "overhead_share": 0.05, "efficiency": 0.85}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="few runs")
    options.add_argument("--only", choices=["memory", "overhead", "efficiency"], help="one of the three")
    given = options.parse_args()
    measures = {"memory": memory, "overhead": overhead, "efficiency": efficiency}
    for name, measure in measures.items():
        if given.only in (None, name):
            print(json.dumps({name: measure(quick=given.quick)}), flush=True)


def memory(*, quick: bool) -> dict[str, float]:
    """Return the resident memory of the driver at the start, at its peak and at the end of 10,000 runs."""
    runs = 300 if quick else 10_000
    plan = cs.Plan(
        scenario="classroom", set={"world.synthetic": {"states": 12}}, years=10, design="latin_hypercube",
        vary={"trust.gain": "plausible", "bilateral.beta_trust": "plausible"}, samples=runs // 10, replications=10,
    )
    samples: list[int] = []
    with tempfile.TemporaryDirectory() as folder, _Watch(samples):
        before = resident()
        began = time.perf_counter()
        found = cs.sweep(plan, out=Path(folder) / "sweep", workers=2, progress=False)
        took = time.perf_counter() - began
        after = resident()
        rows = sum(len(batch) for batch in found.iter_batches())
    assert rows == runs
    growth = (max(samples) - before) / MIB
    return {
        "runs": runs, "seconds": round(took, 1), "runs_per_second": round(runs / took, 1),
        "driver_before_mib": round(before / MIB, 1), "driver_peak_mib": round(max(samples) / MIB, 1),
        "driver_after_mib": round(after / MIB, 1), "driver_growth_mib": round(growth, 1),
        "bar": BARS["driver_growth_mib"], "met": growth <= BARS["driver_growth_mib"],
    }


def classroom(runs: int) -> cs.Plan:
    return cs.Plan(scenario="classroom", vary={"trust.gain": "plausible"}, design="random", samples=runs // 10,
                   replications=10)


def overhead(*, quick: bool) -> dict[str, float]:
    """Return what a sweep on disk adds to its runs, in one process: pairs of measurements, one after the other."""
    runs, repeats = (40, 2) if quick else (400, 5)
    plan = classroom(runs)
    layout = Layout.of(plan)
    run_chunk(layout.chunk(0, 5))
    shares, bare = [], []
    for _ in range(repeats):
        began = time.process_time()
        run_chunk(layout.chunk(0, runs))
        middle = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            cs.sweep(plan, out=Path(folder) / "sweep", workers=1, progress=False)
        swept = time.process_time() - middle
        bare.append(middle - began)
        shares.append(swept / (middle - began) - 1)
    share = statistics.median(shares)
    return {
        "runs": runs, "ms_per_run": round(1000 * statistics.median(bare) / runs, 2),
        "overhead_share": round(share, 4), "of_each": [round(value, 4) for value in shares],
        "bar": BARS["overhead_share"], "met": share <= BARS["overhead_share"],
    }


def efficiency(*, quick: bool) -> dict[str, float]:
    """Return runs per second with two processes over twice those with one, alternately, once processes are warm."""
    runs, repeats = (100, 1) if quick else (600, 3)
    plan = classroom(runs)
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(repeats):
        for workers in rates:
            rates[workers].append(_rate(plan, workers))
    one, two = (statistics.median(rates[workers]) for workers in rates)
    share = two / (2 * one)
    return {
        "runs": runs, "runs_per_second_1": round(one, 2), "runs_per_second_2": round(two, 2),
        "efficiency": round(share, 3), "bar": BARS["efficiency"], "met": share >= BARS["efficiency"],
    }


def _rate(plan: cs.Plan, workers: int) -> float:
    """Return runs per second of a sweep on disk once every process has loaded the model."""
    crew = Processes(workers)  # one process too is a process of its own, so that the same things are compared
    few = Layout.of(plan).chunk(0, 5)
    warm: set[int] = set()
    while len(warm) < workers:
        warm |= {future.result() for future in [crew.executor.submit(_warmed, few) for _ in range(2 * workers)]}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        cs.sweep(plan, executor=crew.executor, out=Path(folder) / "sweep", progress=False)
    took = time.perf_counter() - began
    crew.stop()
    return plan.runs / took


def _warmed(chunk: Chunk) -> int:
    """Run a few, and say which process did."""
    run_chunk(chunk)
    return os.getpid()


class _Watch:
    """Notes the resident memory of this process ten times a second."""

    def __init__(self, samples: list[int]) -> None:
        self.samples, self._stop = samples, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            self.samples.append(resident())


def resident() -> int:
    """Return the resident memory of this process in bytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()

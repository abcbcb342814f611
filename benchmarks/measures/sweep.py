"""Runs per second and core with a pool of processes: the baseline and the core subset, fifty years each."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from statistics import mean
from time import perf_counter, process_time
from typing import Any

from coopsim.config import load_config
from coopsim.model import CoopModel


def one_run(preset: str, seed: int, years: int) -> tuple[float, float]:
    """Return the last density of a run, from configuration on, and its processor time: what a sweep repeats."""
    began = process_time()
    model = CoopModel(load_config("baseline").with_values({"preset": preset, "horizon.years": years}), rng=seed)
    model.run_for(years)
    return float(model.recorder.latest["density"]), process_time() - began


def measure(runs: int, chunk: int = 4) -> dict[str, Any]:
    """Return the throughput with one worker and with one for each core; workers are warm."""
    cores = os.cpu_count() or 1
    return {
        preset: [throughput(preset, workers, runs, chunk) for workers in sorted({1, cores})]
        for preset in ("full", "core")
    }


def throughput(preset: str, workers: int, runs: int, chunk: int) -> dict[str, Any]:
    """Return runs per second and core."""
    spawn = multiprocessing.get_context("spawn")
    number = runs * workers
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        # Twice as many as workers, so that each has met the code at least once.
        list(pool.map(one_run, [preset] * 2 * workers, range(2 * workers), [2] * 2 * workers))
        began = perf_counter()
        done = list(pool.map(one_run, [preset] * number, range(number), [50] * number, chunksize=chunk))
        took = perf_counter() - began
    return {
        "workers": workers, "runs": number, "seconds": round(took, 3), "runs_per_second": round(number / took, 3),
        "runs_per_second_and_core": round(number / took / workers, 3),
        "processor_ms_per_run": round(1000 * mean(spent for _, spent in done), 2),
    }

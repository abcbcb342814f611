"""How time and memory grow with states, organisations and years; each point is a process of its own.

As a script it runs one point, ``scaling.py KIND STATES ORGANISATIONS YEARS``, and prints it as JSON.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np

BENCHMARKS = Path(__file__).resolve().parents[1]
YEARS, STATES, ORGANISATIONS = 10, 195, 2600
MEMORY_CASE = (2000, 100_000, 50)
ENOUGH, MOST = 12.0, 5  # a point is repeated until it took so many seconds in all, and at most so often


def point(kind: str, states: int, organisations: int, years: int) -> dict[str, Any]:
    """Run one point in this process: kind "core", "c" or "full"."""
    from coopsim.config import Config
    from coopsim.model import CoopModel
    from coopsim.world.build import WorldSpec

    def config_of(states: int, organisations: int, years: int) -> Config:
        world = WorldSpec(synthetic=states, organisations=organisations)
        return Config(world=world, years=years).with_values({"preset": "core" if kind == "core" else "full"})

    if kind == "c":
        from core import c_core
        from core.variants import Case, timed

        case = Case.of(states, years)
        c_core.library()

        def once() -> tuple[int, float, float]:
            outcome = timed(lambda: c_core.build(case.start, 1))
            return 0, outcome.build, outcome.years

    else:
        CoopModel(config_of(12, 60, 3), rng=1).run_for(3)  # loads compiled code

        def once() -> tuple[int, float, float]:
            gc.collect()  # the run before, or its memory would be cleared in the time of this one
            began = process_time()
            model = CoopModel(config_of(states, organisations, years), rng=1)
            built, founded = process_time(), len(model.world.organisations)
            model.run_for(years)
            return founded, built - began, process_time() - built

    taken = [once()]
    while len(taken) < MOST and sum(build + run for _, build, run in taken) < ENOUGH:
        taken.append(once())
    return {
        "states": states, "organisations": taken[0][0], "years": years,
        "build_s": round(median(build for _, build, _ in taken), 5),
        "years_s": round(median(run for _, _, run in taken), 5),
        "peak_mib": None if kind == "c" else round(peak_mib(), 1),
    }


def peak_mib() -> float:
    """Return the largest memory of this process [MiB]; `ru_maxrss` alone may be that of the process that started it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(kind: str, states: int, organisations: int, years: int) -> dict[str, Any]:
    """Run one point in a process of its own."""
    command = [sys.executable, str(Path(__file__)), kind, str(states), str(organisations), str(years)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=BENCHMARKS)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return {"states": states, "organisations": organisations, "years": years, "failed": last[:200]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def exponent(points: list[dict[str, Any]], key: str) -> float | None:
    """Return the slope of log time against log size by least squares."""
    known = [(row[key], row["years_s"]) for row in points if "failed" not in row]
    if len(known) < 2:
        return None
    x, y = np.log(np.array(known, dtype=float)).T
    return round(float(np.polyfit(x, y, 1)[0]), 3)


def series(kind: str, key: str, sizes: list[int], say: Callable[[str], None]) -> dict[str, Any]:
    """Return the points of one size that varies, and its exponents."""
    points = []
    for size in sizes:
        say(f"{kind}: {size:,} {key}")
        shape = {"states": STATES, "organisations": ORGANISATIONS, "years": YEARS} | {key: size}
        points.append(apart(kind, **shape))
    return {"points": points, "exponent": exponent(points, key), "exponent_of_largest": exponent(points[-3:], key)}


def measure(size: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Return every series; `size` is "quick", "full" or "long"."""
    states = [50, 100, 200, 400] if size == "quick" else [50, 100, 200, 400, 800, 1400, 2000]
    organisations = [1_000, 10_000] if size == "quick" else [1_000, 3_000, 10_000, 30_000, 100_000]
    years = [10, 25, 50] if size == "quick" else [10, 25, 50, 100, 200]
    found: dict[str, Any] = {
        "states of the core subset, C": series("c", "states", states, say),
        "states of the core subset": series("core", "states", states, say),
        "states": series("full", "states", states, say),
        "organisations": series(
            "full", "organisations", [*organisations, *([1_000_000] if size == "long" else [])], say
        ),
        "years": series("full", "years", years, say),
    }
    if size == "long":
        say("memory of the largest world")
        found["largest"] = apart("full", *MEMORY_CASE)
    return found


if __name__ == "__main__":
    sys.path.insert(0, str(BENCHMARKS))
    print(json.dumps(point(sys.argv[1], *map(int, sys.argv[2:5]))))

"""How long a user waits for the first answer, against a Python that imports NumPy and pandas."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

COOPSIM = Path(sys.executable).with_name("coopsim")
ONE_YEAR = ("run", "baseline", "--years", "1", "--quiet")
COMMANDS: dict[str, list[str]] = {
    "import numpy, pandas": [sys.executable, "-c", "import numpy, pandas"],
    "coopsim --help": [str(COOPSIM), "--help"],
    "coopsim scenarios list": [str(COOPSIM), "scenarios", "list"],
    "import coopsim": [sys.executable, "-c", "import coopsim"],
    "coopsim run baseline --years 1": [str(COOPSIM), *ONE_YEAR],
}
REFERENCE = "import numpy, pandas"


def seconds(command: list[str], folder: Path, **environment: str) -> tuple[float, float]:
    """Return seconds by the clock, and of the processor, of one command in an empty folder."""
    folder.mkdir()
    used, began = _used(), perf_counter()
    # A user's Python keeps its byte code, whatever the one does that measures.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=folder, env=kept | environment, check=True, capture_output=True)
    return perf_counter() - began, _used() - used


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def measure(rounds: int) -> dict[str, Any]:
    """Return seconds of each command, in turn, and ratios of processor time to the reference within a round."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        warm = {"PYTHONPYCACHEPREFIX": str(place / "warm")}  # filled by the first round, which does not count
        for turn in range(rounds + 1):
            for number, (name, command) in enumerate(COMMANDS.items()):
                took = seconds(command, place / f"{turn}-{number}", **warm)
                if turn:
                    taken[name].append(took)
        # Nothing compiled yet: neither Python's byte code nor kernels.
        cold = {"PYTHONPYCACHEPREFIX": str(place / "cold")}
        run = COMMANDS["coopsim run baseline --years 1"]
        first = {
            "first_ever_run": seconds(run, place / "first", NUMBA_CACHE_DIR=str(place / "kernels"), **cold),
            "run_without_kernels": seconds(run, place / "second", NUMBA_CACHE_DIR=str(place / "kernels again"), **warm),
        }
    found = {
        name: {
            "clock_s": round(median(clock for clock, _ in values), 4),
            "processor_s": round(median(used for _, used in values), 4),
            "times_reference": round(median(a[1] / b[1] for a, b in zip(values, taken[REFERENCE], strict=True)), 3),
        }
        for name, values in taken.items()
    }
    return {
        "rounds": rounds, "commands": found,
        **{name: {"clock_s": round(clock, 1), "processor_s": round(used, 1)} for name, (clock, used) in first.items()},
    }

"""The variants by name, and one way to run them all."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from coopsim.config import Config

from . import c_core, coopsim_core, numpy_core, plain_mesa
from .start import Series, Start, Years

AGENTPY = "agentpy==0.1.5"


@dataclass(frozen=True)
class Case:
    """One world to run: as a config for us, as exported columns for the others."""

    config: Config
    start: Start

    @classmethod
    def of(cls, states: int = 0, years: int = 50) -> Case:
        """Return the real world, or one of so many synthetic states."""
        config = coopsim_core.core_config(states, years)
        return cls(config, coopsim_core.start_of(config))


@dataclass(frozen=True)
class Outcome:
    """One run: seconds of processor time to build and to run the years, of the wall clock for the years."""

    build: float
    years: float
    wall: float
    series: Series


Run = Callable[[int], Outcome]


@dataclass(frozen=True)
class Variant:
    """One way to write the core subset.

    Attributes
    ----------
    label : str
        For tables.
    build : callable
        From the case and a seed to the function that runs the years.
    same_numbers : bool
        Draws coopsim's random numbers, so that its events must be the same.
    """

    label: str
    build: Callable[[Case, int], Years]
    same_numbers: bool = False


VARIANTS: dict[str, Variant] = {
    "mesa": Variant("plain Mesa", lambda case, seed: plain_mesa.build(case.start, seed)),
    "numpy": Variant("NumPy, vectorised", lambda case, seed: numpy_core.build(case.start, seed)),
    "coopsim": Variant("coopsim, every table recorded", lambda case, seed: coopsim_core.build(case.config, seed), True),
    "coopsim_reduced": Variant(
        "coopsim, four numbers recorded", lambda case, seed: coopsim_core.build_reduced(case.config, seed), True
    ),
    "c_plain": Variant("C, literal translation", lambda case, seed: c_core.build_plain(case.start, seed), True),
    "c": Variant("C, optimised", lambda case, seed: c_core.build(case.start, seed), True),
}
AGENTPY_LABEL = "AgentPy (separate process)"


def timed(build: Callable[[], Years]) -> Outcome:
    """Build and run once."""
    began = process_time()
    years = build()
    built, wall = process_time(), perf_counter()
    series = years()
    return Outcome(built - began, process_time() - built, perf_counter() - wall, series)


def runner(name: str, case: Case) -> Run:
    """Return the function that runs a variant with a seed."""
    return lambda seed: timed(lambda: VARIANTS[name].build(case, seed))


@contextmanager
def agentpy(case: Case) -> Iterator[Run]:
    """Start AgentPy in an environment of its own, and yield the function that runs it with a seed.

    Raises
    ------
    RuntimeError
        If it does not start, with the last line it said.
    """
    script = Path(__file__).with_name("agentpy_core.py")
    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder) / "start.npz"
        case.start.save(start)
        command = ["uv", "run", "--quiet", "--no-project", "--isolated", "--python", sys.executable, "--with", AGENTPY,
                   "python", str(script), str(start)]
        errors = Path(folder) / "errors"
        try:
            with errors.open("w") as stderr:
                process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=folder
                )
        except FileNotFoundError:
            raise RuntimeError("uv is not installed") from None

        def run(seed: int) -> Outcome:
            assert process.stdin is not None
            assert process.stdout is not None
            began = perf_counter()
            try:
                process.stdin.write(f"{seed}\n")
                process.stdin.flush()
                found = json.loads(process.stdout.readline())
            except (BrokenPipeError, ValueError):
                process.wait()
                said = errors.read_text().strip().splitlines() or ["it said nothing"]
                raise RuntimeError(said[-1][:200]) from None
            wall = perf_counter() - began - found["build"]
            return Outcome(found["build"], found["years"], wall, np.array(found["series"]))

        try:
            yield run
        finally:
            try:
                process.communicate()
            except BrokenPipeError:
                process.wait()

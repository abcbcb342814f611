"""A posterior by ABC-SMC with pyABC: all parameter values under which the model comes near the targets.

Each particle is one run with luck of its own: the targets are one history, and so is a run. Proposal number i of
generation t draws from a seed of its own, and the first proposals that are accepted, by number, make the generation;
so neither the number of processes nor an interruption changes the result.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from coopsim.analysis.extras import extra
from coopsim.calibration.luck import borrowed
from coopsim.calibration.optimise import Progress
from coopsim.calibration.problem import Problem
from coopsim.errors import ConfigError
from coopsim.rng import Stream

DB = "sqlite://"  # in memory: what must last is in `Memory`
MAX_PROPOSALS = 200  # per accepted particle, before the search gives up narrowing


@dataclass(frozen=True, slots=True)
class Near:
    """The distance of two sets of outcomes: the root mean square over the targets that are fitted."""

    problem: Problem

    def __call__(self, x: dict[str, float], x_0: dict[str, float]) -> float:
        """Return the misfit of x; the targets are those of the problem."""
        off = float(self.problem.misfit(np.array([x[f"t{k}"] for k in range(len(self.problem.targets))])))
        return off if np.isfinite(off) else 1e9


@dataclass(frozen=True, slots=True)
class Particle:
    """The model as pyABC calls it: units in, outcomes out."""

    problem: Problem

    def __call__(self, units: dict[str, float]) -> dict[str, float]:
        """Simulate once, with the luck that belongs to these units."""
        where = [float(units[f"u{k}"]) for k in range(len(self.problem.keys))]
        seed = int(Stream(self.problem.plan.seed, "calibration", 0).key(repr(where)) % np.uint64(2**62))
        (found,) = self.problem.outcomes([(self.problem.values(where), seed)])
        return {f"t{k}": float(value) for k, value in enumerate(found)}


def posterior(
    problem: Problem, *, population: int, generations: int, executor: Executor | None = None, width: int = 1,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the particles of the last generation, and one row per generation.

    Returns
    -------
    DataFrame
        The parameters, unit coordinates u0, u1, ..., weight (they sum to 1) and misfit.
    DataFrame
        generation, epsilon (largest misfit that was accepted), simulations, effective (sample size by weights).

    Raises
    ------
    ConfigError
        If the population is too small for the number of parameters.
    CoopsimError
        If pyABC is not installed.
    """
    pyabc: Any = extra("pyabc", "A posterior")
    logging.getLogger("ABC").setLevel(logging.ERROR)
    if population < 5 * len(problem.keys):
        raise ConfigError(f"population = {population} is too small for {len(problem.keys)} parameters: take at least "
                          f"{5 * len(problem.keys)}")
    alone = replace(problem, executor=None)  # other processes get it whole, and open the file of outcomes themselves
    prior = pyabc.Distribution(**{f"u{k}": pyabc.RV("uniform", 0, 1) for k in range(len(problem.keys))})
    search = pyabc.ABCSMC(
        Particle(alone), prior, Near(alone), population_size=population, eps=pyabc.QuantileEpsilon(alpha=0.5),
        sampler=_sampler(pyabc, problem, executor, width, population, generations, progress),
    )
    try:
        with borrowed(problem.plan.seed):
            search.new(DB, {f"t{k}": float(value) for k, value in enumerate(problem.targets["value"])})
            history = search.run(max_nr_populations=generations, min_acceptance_rate=1 / MAX_PROPOSALS)
        return _particles(problem, history), _generations(history)
    finally:
        _close(search.history)


def _close(history: Any) -> None:
    """Close the database in memory, which pyABC leaves open."""
    session, engine = getattr(history, "_session", None), getattr(history, "_engine", None)
    if session is not None:
        session.close()
    if engine is not None:
        engine.dispose()


def _sampler(
    pyabc: Any, problem: Problem, executor: Executor | None, width: int, population: int, generations: int,
    progress: Progress | None,
) -> Any:
    class Numbered(pyabc.sampler.Sampler):
        """Proposals by number, each with a seed of its own; the first that are accepted count."""

        def sample_until_n_accepted(self, n: int, simulate_one: Callable[[], Any], t: int, **_: Any) -> Any:
            sample, done = self._create_empty_sample(), 0
            for found in _proposals(problem, simulate_one, t, executor, width):
                sample.append(found)
                done += 1
                if progress is not None:
                    step = min(max(t + 1, 0), generations)
                    progress(population * step + min(sample.n_accepted, n), population * (generations + 1),
                             f"generation {t + 1}" if t >= 0 else "first look")
                if sample.n_accepted == n:
                    break
                if done >= MAX_PROPOSALS * n:
                    sample.ok = False
                    break
            self.nr_evaluations_ = done
            return sample

    return Numbered()


def _proposals(
    problem: Problem, simulate_one: Callable[[], Any], t: int, executor: Executor | None, width: int
) -> Iterator[Any]:
    """Yield proposals in their order, a few at a time if there are other processes."""
    stream = Stream(problem.plan.seed, "calibration", t)
    number = 0
    if executor is None:
        while True:
            yield _propose(simulate_one, int(stream.key(f"proposal {number}") % np.uint64(2**32)))
            number += 1
    cloudpickle: Any = extra("cloudpickle", "A posterior")
    packed = cloudpickle.dumps(simulate_one)
    while True:
        seeds = [int(stream.key(f"proposal {number + k}") % np.uint64(2**32)) for k in range(width)]
        for future in [executor.submit(_propose_there, packed, seed) for seed in seeds]:
            yield future.result()
        number += width


def _propose(simulate_one: Callable[[], Any], seed: int) -> Any:
    with borrowed(seed):
        return simulate_one()


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Callable[[], Any]:
    import pickle

    found: Callable[[], Any] = pickle.loads(packed)
    return found


def _propose_there(packed: bytes, seed: int) -> Any:
    """Make one proposal in another process."""
    return _propose(_unpacked(packed), seed)


def _particles(problem: Problem, history: Any) -> pd.DataFrame:
    rows = []
    for particle in history.get_population().particles:
        units = [float(particle.parameter[f"u{k}"]) for k in range(len(problem.keys))]
        rows.append({
            **problem.values(units), **{f"u{k}": unit for k, unit in enumerate(units)},
            "weight": float(particle.weight), "misfit": float(particle.distance),
        })
    found = pd.DataFrame(rows)
    return found.assign(weight=found["weight"] / found["weight"].sum())


def _generations(history: Any) -> pd.DataFrame:
    rows = history.get_all_populations()
    rows = rows[rows["t"] >= 0]
    effective = []
    for t in rows["t"]:
        _, weights = history.get_distribution(m=0, t=int(t))
        effective.append(float(np.sum(weights) ** 2 / np.sum(np.square(weights))))
    return pd.DataFrame({"generation": rows["t"].to_numpy() + 1, "epsilon": rows["epsilon"].to_numpy(np.float64),
                         "simulations": rows["samples"].to_numpy(), "effective": effective})


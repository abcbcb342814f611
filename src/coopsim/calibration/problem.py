"""A calibration problem: which parameters, which targets, and how far a simulation is off.

Search happens in the unit cube: each parameter's range, linear or logarithmic, or its list of values, is one axis.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coopsim.calibration.memory import Memory
from coopsim.config import Config
from coopsim.errors import ConfigError
from coopsim.experiment import Plan

Floats = NDArray[np.float64]
Target = tuple[str, str]  # indicator, when


def simulate(config: Config, seed: int, targets: Sequence[Target]) -> list[float]:
    """Run a configuration and return the value of each target's indicator; NaN if the run fails."""
    from coopsim.experiment.run import run
    from coopsim.results.record import Record

    names = tuple(dict.fromkeys(name for name, _ in targets))
    try:
        found = run(config, seed=seed, record=Record(indicators=names, tables=()), command="").indicators
    except ArithmeticError:
        return [float("nan")] * len(targets)
    by_year = found.set_index("year")
    values = {"last": by_year.iloc[-1], "mean": by_year.iloc[1:].mean()}  # nothing happens in the starting year
    values |= {str(year): row for year, row in by_year.iterrows()}
    return [float(values[when][name]) for name, when in targets]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is searched for.

    Attributes
    ----------
    plan : Plan
        Scenario, what varies and between which limits, what is set, seed and replications.
    targets : DataFrame
        Of `read_targets`.
    memory : Memory
    executor : Executor, optional
        Who runs the simulations; this process if there is none.
    """

    plan: Plan
    targets: pd.DataFrame
    memory: Memory = field(default_factory=Memory)
    executor: Executor | None = None

    def __post_init__(self) -> None:
        if not self.plan.factors:
            raise ConfigError("nothing varies: a calibration needs parameters to fit, in [vary]")
        if any(factor.key == "scenario" for factor in self.plan.factors):
            raise ConfigError("the scenario itself cannot be fitted; calibrate one after the other and compare")
        config = self.plan.config_of({})
        first, last = config.start_year, config.start_year + config.years
        for name, when in self.wanted:
            if when.isdecimal() and not first <= int(when) <= last:
                raise ConfigError(f"the target {name} of {when} lies outside the simulated years {first}–{last}; set "
                                  "years")

    @property
    def wanted(self) -> tuple[Target, ...]:
        """Indicator and time of every target."""
        return tuple(zip(self.targets["indicator"].astype(str), self.targets["year"].astype(str), strict=True))

    @property
    def keys(self) -> list[str]:
        """Names of the parameters to fit."""
        return [factor.key for factor in self.plan.factors]

    @property
    def fitted(self) -> NDArray[np.bool_]:
        """Which targets are fitted; the others are held out."""
        return (self.targets["use"] == "fit").to_numpy()

    def values(self, units: Sequence[float]) -> dict[str, Any]:
        """Return the parameters at a point of the unit cube."""
        return {factor.key: factor.at(np.array([unit]))[0]
                for factor, unit in zip(self.plan.factors, units, strict=True)}

    def misfit(self, outcomes: Floats, use: str | None = "fit") -> Floats:
        """Return the root mean square of (simulated less target) / scale over the targets of a use, or all.

        Parameters
        ----------
        outcomes : ndarray
            Shape (..., targets).
        """
        chosen = np.full(len(self.targets), True) if use is None else (self.targets["use"] == use).to_numpy()
        value, scale = (self.targets[name].to_numpy(np.float64)[chosen] for name in ("value", "scale"))
        off = (np.asarray(outcomes)[..., chosen] - value) / scale
        return np.sqrt(np.mean(off**2, axis=-1))

    def key(self, config: Config, seed: int) -> str:
        """Return what an outcome is remembered by: everything that decides it."""
        text = json.dumps([version("coopsim"), config.hash, seed, self.wanted])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def outcomes(self, points: Iterable[tuple[dict[str, Any], int]]) -> Floats:
        """Return the outcomes of several (values, seed), shape (points, targets); those known are not run again."""
        asked = [(self.plan.config_of(values), seed) for values, seed in points]
        keys = [self.key(config, seed) for config, seed in asked]
        todo = {key: task for key, task in zip(keys, asked, strict=True) if self.memory.get(key) is None}
        if self.executor is None:
            for key, (config, seed) in todo.items():
                self.memory.put(key, simulate(config, seed, self.wanted))
        else:
            futures = {self.executor.submit(simulate, config, seed, self.wanted): key
                       for key, (config, seed) in todo.items()}
            try:
                for future in as_completed(futures):
                    self.memory.put(futures[future], future.result())
            finally:
                for future in futures:
                    future.cancel()
        return np.array([self.memory.get(key) for key in keys], dtype=np.float64)

"""The starting world and the rates that every variant is given; needs NumPy only, so that any Python can read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

# What a run returns: one row per year, one column per entry of SERIES.
Series = np.ndarray
SERIES = ("agreements", "trust", "signed", "lapsed")
AGREEMENTS, TRUST, SIGNED, LAPSED = range(4)
# A variant has `build(start, seed)`, which returns a function that runs all the years.
Years = Callable[[], Series]

AGREEMENT_SIGNAL = 0.5
CAMPAIGN_MEMORY = 0.5
COMMON_SHARE = 0.3
LOWEST, HIGHEST = -10.0, 6.0


@dataclass(frozen=True)
class Rates:
    """The parameters of the six mechanisms, under the names of the scenario files."""

    base: float
    mass: float
    distance: float
    affinity: float
    scale: float
    discovery_rate: float
    popularity: float
    closure: float
    campaign_spread: float
    base_rate: float
    trust_weight: float
    beta_commonality: float
    beta_capacity: float
    term: int
    lapse: float
    gain: float
    forgetting: float
    mean_commonality: float  # of the starting world: what the pushes are measured against
    mean_capacity: float


@dataclass(frozen=True)
class Start:
    """S states before the first year: vectors of length S, matrices S x S with zero diagonals.

    `baseline` is the level to which trust returns; `signed` the year in which the agreement in force was signed,
    -1 without one; `commonality` is that of history and practice, which nothing in the subset changes.
    """

    year: int
    years: int
    rates: Rates
    activism: np.ndarray
    capacity: np.ndarray
    gdp: np.ndarray
    ideal_point: np.ndarray
    distance: np.ndarray
    commonality: np.ndarray
    discovered: np.ndarray
    missions: np.ndarray
    trust: np.ndarray
    baseline: np.ndarray
    signed: np.ndarray

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.activism)

    def interest(self) -> np.ndarray:
        """Return M1, which nothing in the subset changes: every variant may compute it once."""
        p, log_gdp = self.rates, np.log(self.gdp)
        off = ~np.eye(self.size, dtype=bool)
        log_distance = np.log(np.maximum(self.distance, 1.0))
        logit = (
            p.base
            + p.mass * ((log_gdp - log_gdp.mean()) / log_gdp.std())[None, :]
            - p.distance * (log_distance - log_distance[off].mean())
            - p.affinity * np.abs(self.ideal_point[:, None] - self.ideal_point[None, :])
        )
        return np.where(off, p.scale / (1 + np.exp(-logit)), 0.0)

    def save(self, path: Path) -> None:
        """Write everything to one file."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "rates"}
        np.savez(path, rates=json.dumps(vars(self.rates)), **arrays)

    @classmethod
    def load(cls, path: Path) -> Start:
        """Read what `save` wrote."""
        with np.load(path) as found:
            arrays = {name: found[name] for name in found.files if name != "rates"}
            rates = Rates(**json.loads(str(found["rates"])))
        return cls(year=int(arrays.pop("year")), years=int(arrays.pop("years")), rates=rates, **arrays)

"""Our own model with the preset `core`, and the starting world that the other variants take from it."""

from __future__ import annotations

import numpy as np

from coopsim.config import Config
from coopsim.model import CoopModel
from coopsim.results import kernels
from coopsim.rng import Streams
from coopsim.world.agreements import NEVER
from coopsim.world.build import WorldSpec

from .start import SERIES, Rates, Series, Start, Years

WORLD_SEED = 1  # of the starting world, the same for every run
# Columns that only other mechanisms move; the subset leaves them out, so they must be neutral.
NEUTRAL = ("joint", "interest_shift", "trust_dose", "contact", "comembership", "settled", "open_claim", "incident")


def core_config(states: int = 0, years: int = 50) -> Config:
    """Return the preset `core` on the real world, or on so many synthetic states."""
    world = WorldSpec(synthetic=states, organisations=states) if states else WorldSpec()
    return Config(world=world, years=years).with_values({"preset": "core"})


class Reduced(CoopModel):
    """The same model, recording the four numbers of the subset instead of its tables."""

    def _record(self) -> None:
        if not self.counters:
            self.rows: list[tuple[float, ...]] = []
            self.in_force = np.count_nonzero(self.world.dyads.tied) // 2
            return
        size, signed, lapsed = self.world.size, self.counters["signed"], self.counters["lapsed"]
        self.in_force += signed - lapsed
        trust = kernels.pairs.total(self.world.dyads.trust) / (size * (size - 1))
        self.rows.append((self.in_force, trust, signed, lapsed))


def model_of(config: Config, seed: int, kind: type[CoopModel] = CoopModel) -> CoopModel:
    """Return a model of the one starting world whose years are drawn from `seed`."""
    model = kind(config, rng=WORLD_SEED)
    model.streams = Streams(seed)
    return model


def build(config: Config, seed: int) -> Years:
    """Return a function that runs the years as a user does, recording every table."""
    model = model_of(config, seed)

    def years() -> Series:
        model.run_for(config.years)
        return recorded(model)

    return years


def build_reduced(config: Config, seed: int) -> Years:
    """Return a function that runs the years recording four numbers only."""
    model = model_of(config, seed, Reduced)
    assert isinstance(model, Reduced)

    def years() -> Series:
        model.run_for(config.years)
        return np.array(model.rows)

    return years


def recorded(model: CoopModel) -> Series:
    """Return the four numbers of each year from what the model recorded."""
    return np.array([model.datacollector.model_vars[name][1:] for name in SERIES]).T


def start_of(config: Config) -> Start:
    """Export the starting world and the rates of a `core` config.

    Raises
    ------
    ValueError
        If a column is not neutral that the subset leaves out.
    """
    world = model_of(config, WORLD_SEED).world
    states, dyads = world.states, world.dyads
    off = ~np.eye(world.size, dtype=bool)
    odd = [name for name in NEUTRAL if getattr(dyads, name).any()]
    odd += [] if (dyads.reach[off] == 1).all() else ["reach"]
    p = config.parameters
    if odd or p["bilateral"].beta_trust or p["bilateral"].form != "initiator" or states.campaign.any():
        raise ValueError(f"the core subset is not the preset core: {', '.join(odd) or 'other parameters'}")
    rates: dict[str, float] = {}
    for group in ("interest", "commonality", "network", "bilateral", "renewal", "trust"):
        values = p[group]
        rates |= {name: getattr(values, name) for name in values.specs() if name in Rates.__annotations__}
    live = dyads.agreement != NEVER
    signed = np.where(live, world.agreements.rows["signed"][dyads.agreement], NEVER)
    return Start(
        year=config.start_year,
        years=config.years,
        rates=Rates(**rates, mean_commonality=world.reference.commonality, mean_capacity=world.reference.capacity),
        activism=states.activism.copy(),
        capacity=states.mean_capacity.copy(),
        gdp=states.gdp.copy(),
        ideal_point=states.ideal_point.copy(),
        distance=dyads.distance.copy(),
        commonality=0.5 * dyads.history + 0.5 * dyads.practice,
        discovered=dyads.discovered.copy(),
        missions=dyads.missions.copy(),
        trust=dyads.trust.copy(),
        baseline=dyads.trust_baseline * (1 - p["trust"].memory_weight * dyads.memory),
        signed=signed.astype(np.int64),
    )

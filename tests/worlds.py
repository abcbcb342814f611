"""Small worlds for tests: every column at a known neutral value, and short runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from coopsim.config import Config
from coopsim.mechanisms import MECHANISMS, Process
from coopsim.model import CoopModel
from coopsim.rng import Stream, Streams
from coopsim.world.activities import CULTURE
from coopsim.world.agreements import Agreements
from coopsim.world.build import WorldSpec, build_world
from coopsim.world.dyads import Dyads
from coopsim.world.initial import InitialParams
from coopsim.world.states import States
from coopsim.world.world import World

YEAR_ZERO = 2025
TABLES = ("states", "dyads", "organisations", "international")
# Columns that two mechanisms share, and why; every other column has one owner.
SHARED = {
    "dyads.agreement": "M2 signs, M3 ends",
    "dyads.dose": "M7 and M8 both spend",
    "dyads.trust_dose": "M7 and M8 both spend",
    "dyads.understanding_dose": "M7 and M8 both spend",
    "organisations.funding": "of public organisations by M7, of private ones by M8",
    "organisations.partners": "of public organisations by M7, of private ones by M8",
    "dyads.joint": "M8 builds it in projects, M16 in communities",
}


def tiny_world(n: int = 3, *, year: int = YEAR_ZERO + 1, **columns: Any) -> World:
    """Return n states at neutral values, without agreements; keywords set columns of states or of dyads.

    Neutral: one million people each, income index 0, no religion, language or past in common, all 1,000 km
    apart, no missions, trust and interest one half, capacity and knowledge one half, the same politics, no
    money, one ministry each. A scalar fills the column (off the diagonal, for dyads).
    """
    spec = WorldSpec(synthetic=n, organisations=1, languages=1)
    # A new column has whatever neutral value the builder gives it.
    world = build_world(spec, InitialParams(density=0, activism="ones"), year, Stream(0, "tiny", 0))
    off = ~np.eye(n, dtype=bool)
    world.international.members[:] = False
    world.spent = True  # a test may write doses by hand
    world.agreements = Agreements()  # no founding treaties: agreements of a test have the ids 0, 1, 2, ...
    neutral: dict[str, Any] = {
        "population": 1.0, "gdp": 1000.0, "income": 0.0, "ideal_point": 0.0, "activism": 1.0, "activity": 1.0,
        "campaign": 0.0, "capacity": 0.5, "knowledge": 0.5, "investment": 0.0, "compliance": 0.0,
        "institutions": 0.0, "arms_length": 0.0, "autonomy": 0.0, "need": 0.5, "austerity": 1.0,
        "budget": 0.0, "dues": 0.0, "dose_cost": 1.0, "exited": False, "north": False, "digital_access": 0.0,
        "languages": 0.0, "assistance_received": 0.0,
        "distance": 1000.0, "contiguous": False, "common_language": False, "religion": 0.0, "colonial": False,
        "ruled": False, "history": 0.0, "practice": 0.0, "joint": 0.0, "discovered": 1.0, "commonality": 0.0,
        "perceived": 0.0, "affinity": 1.0, "interest": 0.5, "interest_shift": 0.0, "trust": 0.5,
        "trust_baseline": 0.5, "memory": 0.0, "understanding": 0.0, "understanding_baseline": 0.0,
        "missions": False, "reach": 1.0, "facilitation": 1.0, "programme_reach": 1.0, "comembership": 0.0,
    }
    known = {*Dyads.columns(), *States.columns()}
    for name, value in {**neutral, "language_overlap": 0.0, **columns}.items():
        is_dyadic = name in Dyads.columns()
        if name not in known:
            if name in columns:
                raise KeyError(f"no column {name}")
            continue
        table = world.dyads if is_dyadic else world.states
        target = getattr(table, name)
        given = np.asarray(value)
        if is_dyadic and given.ndim == 0 and name != "facilitation":
            given = np.where(off, given, 0)
        target[...] = np.broadcast_to(given, target.shape)
    world.remember_reference()
    return world


def tie(world: World, a: int, b: int, *, signed: int = YEAR_ZERO, activity: int = 0) -> int:
    """Conclude a cultural agreement between two states of a test world and return its id."""
    low, high = sorted((a, b))
    ids = world.agreements.sign_bilateral(
        np.array([low]), np.array([high]), year=signed, initiator=np.array([low]),
        activity=np.array([activity]), topic=CULTURE,
    )
    world.conclude(ids)
    return int(ids[0])


def matrix(*rows: tuple[float, ...] | list[float]) -> np.ndarray:
    """Return a float matrix from its rows."""
    return np.array(rows, dtype=np.float64)


def stream(mechanism: str = "test", seed: int = 1, year: int = YEAR_ZERO + 1) -> Stream:
    """Return one stream of random numbers."""
    return Streams(seed)(mechanism, year)


def short_config(
    states: int = 12, years: int = 10, values: Mapping[str, Any] | None = None, **kwargs: Any
) -> Config:
    """Return a config of a small synthetic world, fast enough for many runs."""
    config = Config(world=WorldSpec(synthetic=states, organisations=6 * states), years=years, **kwargs)
    return config.with_values(values) if values else config


def run(config: Config, *, seed: int = 1, years: int | None = None) -> CoopModel:
    """Run a config to its horizon, or for some years."""
    model = CoopModel(config, rng=seed)
    model.run_for(config.years if years is None else years)
    return model


def columns(world: World) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every column of the world as ("dyads.trust", array)."""
    for table in TABLES:
        for name, _, values in getattr(world, table).items():
            yield f"{table}.{name}", values
    yield "world.development", np.array(world.development)


def snapshot(world: World) -> dict[str, np.ndarray]:
    """Return copies of every column."""
    return {name: values.copy() for name, values in columns(world)}


def changed(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> set[str]:
    """Return the names of the columns that are not bit for bit the same."""
    return {name for name in before if not same(before[name], after[name])}


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether two arrays agree in type, shape and every bit that matters."""
    return left.dtype == right.dtype and np.array_equal(left, right)


def assert_same_world(left: World, right: World) -> None:
    """Fail unless columns and ledger of two worlds are identical."""
    assert changed(snapshot(left), snapshot(right)) == set()
    assert left.year == right.year
    assert np.array_equal(left.agreements.rows, right.agreements.rows)
    assert np.array_equal(left.agreements.accessions, right.agreements.accessions)
    assert np.array_equal(left.projects.rows, right.projects.rows)
    assert np.array_equal(left.claims.rows, right.claims.rows)
    assert repr(left.norms) == repr(right.norms)
    assert left.events == right.events


def signed_in(world: World, year: int) -> set[tuple[int, int]]:
    """Return the pairs that signed a cultural agreement in a year."""
    rows = world.agreements.rows
    chosen = rows[(rows["signed"] == year) & (rows["a"] >= 0) & (rows["topic"] == CULTURE)]
    return {(int(row["a"]), int(row["b"])) for row in chosen}


def process_id(process: Process) -> str:
    """Return the id of a parametrised test."""
    return f"{process.mechanism.name}: {process.name}"


def random_config(
    draw_seed: int, *, states: int | None = None, years: int = 4, extremes: bool = False
) -> Config:
    """Return a random valid scenario: size, parameters in bounds, switches.

    Parameters
    ----------
    draw_seed : int
        Decides everything.
    states : int, optional
        Size of the world; drawn from 1 to 12 if not given.
    years : int
    extremes : bool
        Also draw values at the bounds themselves.
    """
    draw = np.random.default_rng(draw_seed)
    size = states or int(draw.integers(1, 13))
    config = short_config(size, years)
    values: dict[str, Any] = {}
    for group, parameters in config.parameters.items():
        for name, spec in parameters.specs().items():
            if draw.random() < 0.5:
                values[f"{group}.{name}"] = random_value(spec, draw, extremes)
    for name in MECHANISMS:
        values[f"mechanisms.{name}"] = bool(draw.random() < 0.8)
    return config.with_values(values)


def random_value(spec: Any, draw: np.random.Generator, extremes: bool) -> Any:
    """Return an allowed value of a parameter: within its bounds, or at one of them."""
    if spec.choices:
        return str(draw.choice(spec.choices))
    if isinstance(spec.default, bool):
        return bool(draw.random() < 0.5)
    low, high = spec.bounds
    at_bound = extremes and draw.random() < 0.3
    if isinstance(spec.default, int):
        return int(draw.choice([low, high])) if at_bound else int(draw.integers(low, high + 1))
    return float(draw.choice([low, high])) if at_bound else float(draw.uniform(low, high))

"""Where states are on the map: outlines of real ones, invented lands for invented ones."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from coopsim.config import Config
from coopsim.dashboard.geography.invented import lands
from coopsim.dashboard.geography.projection import BOUNDS, GLOBE, SCALE, Floats, equal_earth
from coopsim.rng import Streams
from coopsim.world.build import facts_for

FILE = Path(__file__).parent / "world.npz"


class Geography(NamedTuple):
    """A map of S states.

    Attributes
    ----------
    places : ndarray, shape (S, 2)
        Of capitals, projected, y downwards.
    shapes : bytes
        Outlines one after the other, int16: row of the owner (-1: none of these states), number of corners, corners
        times `projection.SCALE`.
    bounds : (left, top, right, bottom)
    population : ndarray, shape (S,)
        Million.
    regions : tuple of str
        One per state.
    """

    places: Floats
    shapes: bytes
    bounds: tuple[float, float, float, float]
    population: Floats
    regions: tuple[str, ...]


def of(config: Config, seed: int) -> Geography:
    """Return the map of a configuration's world."""
    return _of(config.world, config.start_year, seed if config.world.synthetic else 1)


@lru_cache(maxsize=32)
def _of(world: object, start_year: int, seed: int) -> Geography:
    facts = facts_for(world, Streams(seed)("world", start_year))  # type: ignore[arg-type]
    places = np.column_stack(equal_earth(facts.longitude, facts.latitude))
    codes = [str(code) for code in facts.iso3]
    invented = bool(getattr(world, "synthetic", 0))
    if invented:
        shapes = packed(lands(facts.longitude, facts.latitude, facts.population))
    else:
        row = {code: k for k, code in enumerate(codes)}
        shapes = packed([(row.get(owner, -1), points) for owner, points in outlines()])
    return Geography(
        places, shapes, GLOBE if invented else BOUNDS, np.asarray(facts.population, dtype=np.float64),
        tuple(str(region) for region in facts.region),
    )


def outlines() -> list[tuple[str, Floats]]:
    """Return the outlines of the world: code of the owner, corners."""
    with np.load(FILE) as found:
        owners, sizes, points = found["owners"], found["sizes"], found["points"]
    return list(zip(owners.tolist(), np.split(points / SCALE, np.cumsum(sizes)[:-1]), strict=True))


def packed(shapes: list[tuple[int, Floats]]) -> bytes:
    """Write shapes as the browser reads them."""
    blocks = [
        np.concatenate([[owner, len(points)], np.round(points * SCALE).ravel()]).astype("<i2")
        for owner, points in shapes
    ]
    return np.concatenate(blocks).tobytes() if blocks else b""

"""What a mechanism is, and the helpers that its equations share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopsim.param import Params
from coopsim.rng import Stream
from coopsim.world.column import Floats
from coopsim.world.world import World

Counters = Mapping[str, float]
# The second argument is the mechanism's own group of parameters.
Rule = Callable[[World, Any, Stream], Counters]

EPSILON = 1e-9
MOST_CERTAIN = 20.0  # hazards above this are as good as certain


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One idea about the world that can be switched off.

    Attributes
    ----------
    name : str
        Key of its parameters and its switch in a scenario file.
    code : str
        Number in MODEL.md, such as "M12".
    title : str
        For readers.
    params : type of Params
    writes : tuple of str
        The columns it alone may change ("states.capacity"); switched off, they keep their neutral value.
    start : Rule, optional
        Called once, on the starting world, if the mechanism is on.
    off : Params, optional
        Parameters that make it neutral, if "off" is more than leaving its columns alone.
    """

    name: str
    code: str
    title: str
    params: type[Params]
    writes: tuple[str, ...]
    start: Rule | None = None
    off: Params | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """One step of the year: a rule of a mechanism."""

    name: str
    mechanism: Mechanism
    apply: Rule


def saturate(signal: Floats) -> Floats:
    """Return 1 - exp(-signal): proportional when small, never above one."""
    return np.asarray(-np.expm1(-signal))


def mutual(matrix: Floats) -> Floats:
    """Return the geometric mean of the two directions, shape (S, S), symmetric."""
    return np.asarray(np.sqrt(matrix * matrix.T))


def row_shares(weights: Floats) -> Floats:
    """Return rows scaled to sum to one; rows of zeros stay zero."""
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0))


def probability(hazard: Floats) -> Floats:
    """Return the chance 1 - exp(-h) that something with yearly hazard h happens within the year."""
    return np.asarray(-np.expm1(-np.minimum(hazard, MOST_CERTAIN)))

"""What would have made a pair sign: the smallest change of one thing at a time, under the same luck.

The two states are cut out of the world as they stood just before "sign agreements", and the model's own rules are
applied to this small piece of it, so that no equation stands here a second time. A lever is an intervention dated
that year; interventions act before the year's processes, so what these would make of it is computed anew: interest
by M1, reach by M5, discovered commonality by M0, activity by M4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from scipy.special import expit, logit

from coopsim.interventions import KINDS, Intervention, Rules
from coopsim.mechanisms import bilateral, commonality, embassies
from coopsim.mechanisms.bilateral import BilateralParams
from coopsim.rng import Stream
from coopsim.world.column import Bools, Floats
from coopsim.world.dyads import Dyads
from coopsim.world.states import States
from coopsim.world.world import World

ONE, OTHER = np.array([0]), np.array([1])
SAFE = 1 + 1e-9  # on the hazard: a change computed to the last bit must survive the model's own arithmetic
HIGHEST_HAZARD = 20.0  # M2 calls no signature more certain
SMALLEST_STEP = 1e-12


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing that might have been different.

    Attributes
    ----------
    name : str
    verdict : str
        "enough" if it would have brought the signature alone, "not enough", "no effect" in this configuration, or
        "no intervention" if nothing in the model can change it within a year.
    now, needed : float
        Its value, and the smallest that would have done; NaN if none would. For two directions, the lower one now.
    change : float
        How far the value that is farther off would have had to move.
    unit : str
    deviation : float
        Standard deviation of the value over pairs in that year.
    chance_if_more : float
        Chance of signature had the value been one standard deviation higher (missions: had there been all).
    phrase : str
        The change in words.
    intervention : Intervention, optional
        What brings it about, dated that year.
    """

    name: str
    verdict: str
    now: float
    needed: float = np.nan
    change: float = np.nan
    unit: str = "1"
    deviation: float = np.nan
    chance_if_more: float = np.nan
    phrase: str = ""
    intervention: Intervention | None = None

    @property
    def size(self) -> float:
        """The change in standard deviations over pairs, to compare levers; NaN if nothing would have done."""
        return self.change / self.deviation if self.deviation > 0 else np.inf if self.change == self.change else np.nan


@dataclass(slots=True)
class Scene:
    """Two states of a world, cut out just before they could sign.

    Attributes
    ----------
    codes : (str, str)
    names : (str, str)
        As they stand in a sentence.
    year : int
    piece : World
        A world of these two states only.
    rules : Rules
        Parameters and switches in force.
    deviations : mapping of str to float
        Standard deviations over pairs.
    discovered : Floats
        Discovered commonality before this year's discoveries, shape (2, 2).
    needed : float
        Hazard above which this year's luck lets the pair sign.
    """

    codes: tuple[str, str]
    names: tuple[str, str]
    year: int
    piece: World
    rules: Rules
    deviations: Mapping[str, float]
    discovered: Floats
    needed: float = np.inf
    params: BilateralParams = field(init=False)

    def __post_init__(self) -> None:
        self.params = cast(BilateralParams, self.rules.parameters["bilateral"])

    def changed(self, **dyads: Any) -> World:
        """Return the piece of world with other dyadic values; nothing is shared with the original."""
        columns = {name: values.copy() for name, _, values in self.piece.dyads.items()}
        return replace(self.piece, dyads=Dyads(**{**columns, **dyads}))

    def with_states(self, **states: Any) -> World:
        """Return the piece of world with other values of the two states."""
        return replace(self.piece, states=replace(self.piece.states, **states))

    def hazard(self, piece: World) -> float:
        """Return the yearly hazard of signature in a changed piece of world."""
        return float(np.minimum(bilateral.hazards(piece, self.params, ONE, OTHER)[0], HIGHEST_HAZARD))

    def chance(self, piece: World) -> float:
        """Return the chance of signature in a changed piece of world."""
        return float(-np.expm1(-self.hazard(piece)))

    def signs(self, piece: World) -> bool:
        """Return whether the two would sign in a changed piece of world, under the same luck."""
        return self.hazard(piece) >= self.needed * SAFE

    def make(self, kind: str, **entries: Any) -> Intervention:
        """Return an intervention dated this year."""
        return KINDS[kind].from_mapping({"year": self.year, "kind": kind, **entries}, "lever")


def cut_out(world: World, rows: tuple[int, int]) -> World:
    """Return a world of two states only, with everything copied that says something about states or pairs."""
    pick = list(rows)
    states = {name: values[pick].copy() for name, _, values in world.states.items()}
    dyads = {
        name: np.ascontiguousarray(values[..., pick, :][..., pick]) for name, _, values in world.dyads.items()
    }
    return World(
        world.year, States(**states), Dyads(**dyads), world.organisations, world.international,
        world.language_codes, world.religions, reference=world.reference,
    )


def deviations_of(world: World, scale: float) -> dict[str, float]:
    """Return the standard deviation over pairs of what levers move; `scale` is that of interest (M1)."""
    a, b = world.pairs
    dyads, capacity = world.dyads, world.states.mean_capacity

    def both(matrix: Floats) -> Floats:
        return np.concatenate([matrix[a, b], matrix[b, a]])

    interest = np.clip(both(dyads.interest) / scale, 1e-12, 1 - 1e-12) if scale > 0 else np.full(1, 0.5)
    activity = world.states.activity
    return {
        "trust": float(both(dyads.trust).std()),
        "interest": float(logit(interest).std()),
        "missions": float((dyads.missions[a, b].astype(float) + dyads.missions[b, a]).std()),
        "activism": float(np.log(activity[activity > 0]).std()) if (activity > 0).any() else 0.0,
        "capacity": float(np.sqrt(capacity[a] * capacity[b]).std()),
        "commonality": float(dyads.perceived[a, b].std()),
    }


def smallest(enough: Callable[[float], bool], low: float, high: float) -> float:
    """Return the smallest value in [low, high] that is enough, for a test that once passed stays passed; else NaN."""
    if enough(low):
        return low
    if not enough(high):
        return np.nan
    while high - low > SMALLEST_STEP * max(1.0, abs(high)):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def no_luck(scene: Scene) -> Stream:
    """Return a stream for rules that draw nothing."""
    return Stream(0, "none", scene.year)


def with_missions(scene: Scene, missions: Bools) -> World:
    """Return the piece of world as the year would have made it with these missions."""
    piece = scene.changed(missions=np.ascontiguousarray(missions), discovered=scene.discovered.copy())
    if scene.rules.switches["commonality"]:
        commonality.perceive(piece, cast(Any, scene.rules.parameters["commonality"]), no_luck(scene))
    else:
        piece.dyads.discovered = scene.piece.dyads.discovered.copy()
    if scene.rules.switches["embassies"]:
        embassies.represent(piece, cast(Any, scene.rules.parameters["embassies"]), no_luck(scene))
    return piece


def with_interest_shifted(scene: Scene, by: float) -> World:
    """Return the piece of world with interest shifted on the logit, both ways."""
    scale = float(getattr(scene.rules.parameters["interest"], "scale"))  # noqa: B009 (the group is typed as Params)
    raw = logit(np.clip(scene.piece.dyads.interest / scale, 0.0, 1.0)) if scale > 0 else None
    shifted = scene.piece.dyads.interest if raw is None else scale * expit(raw + by)
    return scene.changed(interest=np.where(np.eye(2, dtype=bool), 0.0, shifted))

"""Each lever that might have brought a signature, and how far it would have had to move."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coopsim.analysis.levers import Lever, Scene, smallest, with_interest_shifted, with_missions
from coopsim.analysis.words import rounded_up
from coopsim.world.activities import FIELDS
from coopsim.world.column import Floats
from coopsim.world.world import World

MOST_SHIFT = 20.0  # bound of the intervention
MOST_FACTOR = 1000.0  # bound of the intervention
WAYS_TO_OPEN = ((True, False), (False, True), (True, True))
RANK = {"enough": 0, "not enough": 1, "no effect": 2, "no intervention": 3}


def levers_of(scene: Scene) -> tuple[Lever, ...]:
    """Return every lever, those that would have been enough first, the smallest change in deviations first."""
    found = [trust(scene), interest(scene), missions(scene), activism(scene, 0), activism(scene, 1),
             capacity(scene), perceived(scene)]
    return tuple(sorted(found, key=lambda lever: (RANK[lever.verdict], np.nan_to_num(lever.size, nan=np.inf))))


def trust(scene: Scene) -> Lever:
    """Trust set to one value both ways."""
    matrix = scene.piece.dyads.trust
    there, back, spread = float(matrix[0, 1]), float(matrix[1, 0]), scene.deviations["trust"]

    def piece(value: float) -> World:
        return scene.changed(trust=_both_ways(value))

    more = scene.changed(trust=np.minimum(matrix + _both_ways(spread), 1.0))
    base = Lever("trust", "not enough", min(there, back), deviation=spread, chance_if_more=scene.chance(more))
    if scene.params.trust_weight == 0 and scene.params.beta_trust == 0:
        return replace(base, verdict="no effect")
    # Below the middle of the two, a higher value is nearer to what was: the change is the farther of the two moves.
    needed = smallest(lambda value: scene.signs(piece(value)), (there + back) / 2, 1.0)
    if np.isnan(needed):
        return base
    low, high = f"{min(there, back):.2f}", f"{max(there, back):.2f}"
    was = low if low == high else f"{low} one way and {high} the other"
    return replace(
        base, verdict="enough", needed=needed, change=max(abs(needed - there), abs(needed - back)),
        phrase=f"mutual trust of {_up_to_one(needed)} instead of {was}",
        intervention=scene.make("set_relation", who=scene.codes[0], **{"with": scene.codes[1]}, trust=needed),
    )


def interest(scene: Scene) -> Lever:
    """Interest of both in each other, shifted on the logit."""
    matrix, spread = scene.piece.dyads.interest, scene.deviations["interest"]
    base = Lever(
        "interest", "not enough", float(min(matrix[0, 1], matrix[1, 0])), unit="logit", deviation=spread,
        chance_if_more=scene.chance(with_interest_shifted(scene, spread)),
    )
    off = not scene.rules.switches["interest"] or float(getattr(scene.rules.parameters["interest"], "scale")) == 0  # noqa: B009
    if off or scene.params.trust_weight == 1:
        return replace(base, verdict="no effect", chance_if_more=scene.chance(scene.piece))
    needed = smallest(lambda by: scene.signs(with_interest_shifted(scene, by)), 0.0, MOST_SHIFT)
    if np.isnan(needed):
        return base
    then, pair = with_interest_shifted(scene, needed).dyads.interest, list(scene.codes)
    phrase = (
        f"more interest in each other ({scene.names[0]}'s {matrix[0, 1]:.2f} raised to {then[0, 1]:.2f}, "
        f"{scene.names[1]}'s {matrix[1, 0]:.2f} to {then[1, 0]:.2f}; +{rounded_up(needed, 2)} on the logit)"
    )
    change = scene.make("shift_interest", who=pair, **{"in": pair}, by=needed)
    return replace(base, verdict="enough", needed=needed, change=needed, phrase=phrase, intervention=change)


def missions(scene: Scene) -> Lever:
    """Missions where there are none: of one side, of the other, of both."""
    held = scene.piece.dyads.missions
    now = float(held[0, 1]) + float(held[1, 0])
    every = held | ~np.eye(2, dtype=bool)
    base = Lever(
        "missions", "not enough", now, unit="missions", deviation=scene.deviations["missions"],
        chance_if_more=scene.chance(with_missions(scene, every)),
    )
    if now == 2 or not (scene.rules.switches["embassies"] or scene.rules.switches["commonality"]):
        return replace(base, verdict="no effect")
    for opens in WAYS_TO_OPEN:
        new = held | np.array([[False, opens[0]], [opens[1], False]])
        opened = float(new.sum()) - now
        # Only missions that are new: where one side keeps one, opening it and the other's is opening the other's.
        if opened != sum(opens) or not scene.signs(with_missions(scene, new)):
            continue
        sides = [k for k in (0, 1) if opens[k]]
        one = f"a mission of {scene.names[sides[0]]} in {scene.names[1 - sides[0]]}"
        entries = {"who": [scene.codes[k] for k in sides], "in": [scene.codes[1 - k] for k in sides]}
        return replace(
            base, verdict="enough", needed=now + opened, change=opened,
            phrase=one if len(sides) == 1 else "missions in each other's capitals",
            intervention=scene.make("open_missions", **entries),
        )
    return base


def activism(scene: Scene, side: int) -> Lever:
    """Activism of one side, multiplied."""
    spread, activity = scene.deviations["activism"], scene.piece.states.activity

    def piece(log_factor: float) -> World:
        changed = activity.copy()
        changed[side] *= np.exp(log_factor)
        return scene.with_states(activity=changed)

    base = Lever(
        f"activism {scene.codes[side]}", "not enough", float(activity[side]), unit="ln activity", deviation=spread,
        chance_if_more=scene.chance(piece(spread)),
    )
    if not scene.rules.switches["network"] or activity[side] <= 0:
        return replace(base, verdict="no effect", chance_if_more=scene.chance(scene.piece))
    needed = smallest(lambda value: scene.signs(piece(value)), 0.0, float(np.log(MOST_FACTOR)))
    if np.isnan(needed):
        return base
    factor = min(float(np.exp(needed)), MOST_FACTOR)
    return replace(
        base, verdict="enough", needed=float(activity[side]) * factor, change=needed,
        phrase=f"a diplomacy of {scene.names[side]} {rounded_up(factor, 1)} times as active",
        intervention=scene.make("set_activism", who=scene.codes[side], factor=factor),
    )


def capacity(scene: Scene) -> Lever:
    """Capacity of both sectors; no intervention builds it within a year."""

    def piece(value: float) -> World:
        return scene.with_states(capacity=np.full((2, len(FIELDS)), min(value, 1.0)))

    now, spread = float(np.sqrt(scene.piece.states.mean_capacity.prod())), scene.deviations["capacity"]
    needed = smallest(lambda value: scene.signs(piece(value)), now, 1.0)
    phrase = f"cultural sectors developed to {_up_to_one(needed)} instead of {now:.2f}" if needed == needed else ""
    return Lever("capacity", "no intervention", now, needed, needed - now, "1", spread,
                 scene.chance(piece(now + spread)), phrase)


def perceived(scene: Scene) -> Lever:
    """Known commonality; no intervention teaches it within a year."""

    def piece(value: float) -> World:
        return scene.changed(perceived=_both_ways(min(value, 1.0)))

    now, spread = float(scene.piece.dyads.perceived[0, 1]), scene.deviations["commonality"]
    needed = smallest(lambda value: scene.signs(piece(value)), now, 1.0)
    phrase = f"known commonality of {_up_to_one(needed)} instead of {now:.2f}" if needed == needed else ""
    return Lever("commonality", "no intervention", now, needed, needed - now, "1", spread,
                 scene.chance(piece(now + spread)), phrase)


def _both_ways(value: float) -> Floats:
    return np.array([[0.0, value], [value, 0.0]])


def _up_to_one(value: float) -> str:
    """Return a share rounded up to two decimals, to three where two would say that all is needed."""
    return rounded_up(value, 3 if value > 0.99 else 2)

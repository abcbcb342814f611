"""Each lever that might have brought a signature, and how far it would have had to move."""

from __future__ import annotations

import numpy as np

from coopsim.analysis.levers import Lever, Scene, smallest, with_interest_shifted, with_missions
from coopsim.analysis.words import rounded_up
from coopsim.world.activities import FIELDS

MOST_SHIFT = 20.0  # bound of the intervention
MOST_FACTOR = 1000.0  # bound of the intervention
WAYS_TO_OPEN = ((True, False), (False, True), (True, True))


def levers_of(scene: Scene) -> tuple[Lever, ...]:
    """Return every lever, those that would have been enough first, the smallest change in deviations first."""
    found = [trust(scene), interest(scene), missions(scene), activism(scene, 0), activism(scene, 1),
             capacity(scene), perceived(scene)]
    rank = {"enough": 0, "not enough": 1, "no effect": 2, "no intervention": 3}
    return tuple(sorted(found, key=lambda lever: (rank[lever.verdict], np.nan_to_num(lever.size, nan=np.inf))))


def trust(scene: Scene) -> Lever:
    """Trust set to one value both ways."""
    matrix = scene.piece.dyads.trust
    there, back = float(matrix[0, 1]), float(matrix[1, 0])

    def enough(value: float) -> bool:
        return scene.signs(scene.changed(trust=np.array([[0.0, value], [value, 0.0]])))

    p = scene.params
    now, spread = min(there, back), scene.deviations["trust"]
    if p.trust_weight == 0 and p.beta_trust == 0:
        return Lever("trust", "no effect", now, deviation=spread)
    # Below the middle of the two, a higher value is nearer to what was: the change is the farther of the two moves.
    needed = smallest(enough, (there + back) / 2, 1.0)
    if np.isnan(needed):
        return Lever("trust", "not enough", now, deviation=spread)
    low, high = sorted((there, back))
    was = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} one way and {high:.2f} the other"
    phrase = f"mutual trust of {_up_to_one(needed)} instead of {was}"
    change = max(abs(needed - there), abs(needed - back))
    return Lever("trust", "enough", now, needed, change, "1", spread, phrase,
                 scene.make("set_relation", who=scene.codes[0], **{"with": scene.codes[1]}, trust=needed))


def interest(scene: Scene) -> Lever:
    """Interest of both in each other, shifted on the logit."""
    matrix, spread = scene.piece.dyads.interest, scene.deviations["interest"]
    now = float(min(matrix[0, 1], matrix[1, 0]))
    base = Lever("interest", "no effect", now, unit="logit", deviation=spread)
    scale = scene.rules.parameters["interest"]
    if not scene.rules.switches["interest"] or scale.scale == 0 or scene.params.trust_weight == 1:  # type: ignore[attr-defined]
        return base
    needed = smallest(lambda by: scene.signs(with_interest_shifted(scene, by)), 0.0, MOST_SHIFT)
    if np.isnan(needed):
        return Lever("interest", "not enough", now, unit="logit", deviation=spread)
    then = with_interest_shifted(scene, needed).dyads.interest
    phrase = (
        f"more interest in each other ({scene.names[0]}'s {matrix[0, 1]:.2f} raised to {then[0, 1]:.2f}, "
        f"{scene.names[1]}'s {matrix[1, 0]:.2f} to {then[1, 0]:.2f}; +{rounded_up(needed, 2)} on the logit)"
    )
    pair = list(scene.codes)
    return Lever("interest", "enough", now, needed, needed, "logit", spread, phrase,
                 scene.make("shift_interest", who=pair, **{"in": pair}, by=needed))


def missions(scene: Scene) -> Lever:
    """Missions where there are none: of one side, of the other, of both."""
    held, spread = scene.piece.dyads.missions, scene.deviations["missions"]
    now = float(held[0, 1]) + float(held[1, 0])
    base = Lever("missions", "not enough", now, unit="missions", deviation=spread)
    if now == 2 or not (scene.rules.switches["embassies"] or scene.rules.switches["commonality"]):
        return Lever("missions", "no effect", now, unit="missions", deviation=spread)
    for opens in WAYS_TO_OPEN:
        new = held | np.array([[False, opens[0]], [opens[1], False]])
        opened = float(new.sum()) - now
        # Only missions that are new: where one side keeps one, opening it and the other's is opening the other's.
        if opened != sum(opens) or not scene.signs(with_missions(scene, new)):
            continue
        sides = [k for k in (0, 1) if opens[k]]
        if len(sides) == 2:
            phrase = "missions in each other's capitals"
        else:
            phrase = f"a mission of {scene.names[sides[0]]} in {scene.names[1 - sides[0]]}"
        entries = {"who": [scene.codes[k] for k in sides], "in": [scene.codes[1 - k] for k in sides]}
        return Lever("missions", "enough", now, now + opened, opened, "missions", spread, phrase,
                     scene.make("open_missions", **entries))
    return base


def activism(scene: Scene, side: int) -> Lever:
    """Activism of one side, multiplied."""
    name, spread = f"activism {scene.codes[side]}", scene.deviations["activism"]
    activity = scene.piece.states.activity
    base = Lever(name, "no effect", float(activity[side]), unit="ln activity", deviation=spread)
    if not scene.rules.switches["network"] or activity[side] <= 0:
        return base

    def enough(log_factor: float) -> bool:
        changed = activity.copy()
        changed[side] *= np.exp(log_factor)
        return scene.signs(scene.with_states(activity=changed))

    needed = smallest(enough, 0.0, float(np.log(MOST_FACTOR)))
    if np.isnan(needed):
        return Lever(name, "not enough", float(activity[side]), unit="ln activity", deviation=spread)
    factor = float(np.exp(needed))
    phrase = f"a diplomacy of {scene.names[side]} {rounded_up(factor, 1)} times as active"
    return Lever(name, "enough", float(activity[side]), float(activity[side]) * factor, needed, "ln activity", spread,
                 phrase, scene.make("set_activism", who=scene.codes[side], factor=min(factor, MOST_FACTOR)))


def capacity(scene: Scene) -> Lever:
    """Capacity of both sectors; no intervention builds it within a year."""
    now = float(np.sqrt(scene.piece.states.mean_capacity.prod()))
    needed = smallest(lambda value: scene.signs(scene.with_states(capacity=np.full((2, len(FIELDS)), value))), now, 1.0)
    phrase = f"cultural sectors developed to {_up_to_one(needed)} instead of {now:.2f}"
    return Lever("capacity", "no intervention", now, needed, needed - now, "1", scene.deviations["capacity"],
                 phrase if needed == needed else "")


def perceived(scene: Scene) -> Lever:
    """Known commonality; no intervention teaches it within a year."""
    now = float(scene.piece.dyads.perceived[0, 1])
    needed = smallest(
        lambda value: scene.signs(scene.changed(perceived=np.array([[0.0, value], [value, 0.0]]))), now, 1.0
    )
    phrase = f"known commonality of {_up_to_one(needed)} instead of {now:.2f}"
    return Lever("commonality", "no intervention", now, needed, needed - now, "1", scene.deviations["commonality"],
                 phrase if needed == needed else "")


def _up_to_one(value: float) -> str:
    """Return a share rounded up to two decimals, to three where two would say that all is needed."""
    return rounded_up(value, 3 if value > 0.99 else 2) if value == value else "nothing"

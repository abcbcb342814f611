"""From money to doses: shared by the public channels (M7) and the organisations (M8)."""

from __future__ import annotations

import numpy as np

from coopsim.world.activities import EVENTS, MOBILITY, TRUST_EFFECT, UNDERSTANDING_EFFECT
from coopsim.world.column import Floats
from coopsim.world.world import World

BIENNIALS = 0.10  # share of events held in even years only, doubled then
USUAL_ORIENTATION = 0.46
INNOVATION_DISCOUNT = 0.3  # events that exchange ideas teach less about a way of life


def give(world: World, activity: int, units: Floats, credibility: Floats) -> None:
    """Add a dose of one activity, shape (S, S) from row in column, to what counts and to what convinces.

    `units` is money over the cost of a dose in the receiving state. Missions facilitate mobility and events; events
    also follow the biennial rhythm, yearlong celebrations and digital reach.
    """
    dyads = world.dyads
    effect = UNDERSTANDING_EFFECT[activity]
    if activity in (MOBILITY, EVENTS):
        units = units * dyads.facilitation
    if activity == EVENTS:
        season = 1 + (BIENNIALS if world.year % 2 == 0 else -BIENNIALS)
        units = units * (season * dyads.event_boost * world.states.event_reach[None, :])
        effect = effect * (1 - INNOVATION_DISCOUNT * world.event_orientation) / (
            1 - INNOVATION_DISCOUNT * USUAL_ORIENTATION
        )
    dyads.dose[activity] += units
    convincing = credibility * units
    dyads.trust_dose += TRUST_EFFECT[activity] * convincing
    dyads.understanding_dose += effect * convincing


def clear(world: World) -> None:
    """Forget last year's doses."""
    world.dyads.dose[:] = 0.0
    world.dyads.trust_dose = np.zeros_like(world.dyads.trust_dose)
    world.dyads.understanding_dose = np.zeros_like(world.dyads.understanding_dose)

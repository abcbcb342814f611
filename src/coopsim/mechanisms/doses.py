"""What turns money into doses beside its price: shared by the public channels (M7) and the organisations (M8)."""

from __future__ import annotations

import numpy as np

from coopsim.world.activities import EVENTS, UNDERSTANDING_EFFECT
from coopsim.world.column import Floats
from coopsim.world.world import World

BIENNIALS = 0.10  # share of events held in even years only, doubled then
USUAL_ORIENTATION = 0.46
INNOVATION_DISCOUNT = 0.3  # events that exchange ideas teach less about a way of life


def season(year: int) -> float:
    """Return the factor on events of the biennial rhythm."""
    return 1 + (BIENNIALS if year % 2 == 0 else -BIENNIALS)


def understanding_effect(world: World) -> Floats:
    """Return the effect of each activity on understanding, shape (5,), under the orientation of events."""
    effect = np.array(UNDERSTANDING_EFFECT)
    usual = 1 - INNOVATION_DISCOUNT * USUAL_ORIENTATION
    effect[EVENTS] *= (1 - INNOVATION_DISCOUNT * world.event_orientation) / usual
    return effect

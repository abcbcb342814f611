"""Who works with whom: how organisations choose states, and partners in them (M8; equations in `organisations`)."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from coopsim.mechanisms import kernels
from coopsim.rng import Stream
from coopsim.world.activities import ASSOCIATION, CULTURAL, EDUCATIONAL, FOUNDATION, KINDS, MIX, NGO
from coopsim.world.column import Floats
from coopsim.world.projects import MOST_EXTRA_STATES
from coopsim.world.world import World

Rows = NDArray[np.int64]

COMPATIBLE = {
    FOUNDATION: (EDUCATIONAL, CULTURAL, NGO, ASSOCIATION),
    EDUCATIONAL: (EDUCATIONAL,),
    CULTURAL: (CULTURAL, ASSOCIATION),
    NGO: (NGO, ASSOCIATION),
    ASSOCIATION: (ASSOCIATION, CULTURAL, EDUCATIONAL, NGO),
}
EAGER = (FOUNDATION, ASSOCIATION)  # kinds that work with several states three times as often
NEAR = 200.0  # km: closer is no closer
TIE_PULL = 0.5  # log weight of a state with an agreement in force
PRIOR_TIE = 2.0  # extra weight of a partner with whom a project is under way
SMALLEST_BUDGET = 1e-6  # million $: nobody is invisible
LONGEST = 20  # years
PURPOSES = (  # in the order in which the compiled loop takes their keys
    "state", "partner", "multi-party", "number of parties", "activity", "duration",
    *(f"extra {k}" for k in range(MOST_EXTRA_STATES)),
)


# Arrays that the compiled loops read, by kind: who fits whom, how much likelier further states are, and the cumulative
# shares of activities.
FITS = np.array([[other in COMPATIBLE.get(kind, ()) for other in range(len(KINDS))] for kind in range(len(KINDS))])
EAGERNESS = np.array([3.0 if kind in EAGER else 1.0 for kind in range(len(KINDS))])
CUMULATED_MIX = np.cumsum(MIX, axis=1)


def closeness(world: World) -> Floats:
    """Return one over the distance between states, shape (S, S), in 1/km."""
    distance = world.dyads.distance
    return cast(Floats, world.derived("closeness", (distance,), lambda: 1 / np.maximum(distance, NEAR)))


def attraction(world: World) -> Floats:
    """Return the weight of each partner state for organisations of each home state, shape (S, S)."""
    dyads, weight = world.dyads, np.empty((world.size, world.size))
    kernels.projects.attraction(
        dyads.perceived, dyads.stock, closeness(world), dyads.agreement, np.exp(TIE_PULL), weight
    )
    return weight


def choose_states(cumulative: Floats, home: Rows, uniform: Floats) -> Rows:
    """Draw a partner state for each organisation from the cumulative distribution of its home state."""
    chosen = np.empty(len(home), dtype=np.int64)
    kernels.projects.choose_states(cumulative, home, uniform, chosen)
    return chosen


def begin(world: World, rng: Stream, year: int, *, mean: float, duration: float, multilateral: float) -> int:
    """Let private organisations begin projects, `mean` each, in states and with partners that they draw."""
    organisations, dyads = world.organisations, world.dyads
    kind, home, closed, lot = organisations.kind, organisations.home, organisations.closed, organisations.lot
    number = np.empty(len(organisations), dtype=np.int64)
    begun = kernels.projects.count_new(rng.key("projects"), mean, kind, FOUNDATION, closed, lot, number)
    if begun:
        running = world.projects.rows
        new = world.projects.extend(begun)
        kernels.projects.begin(
            running, number, rng.keys(*PURPOSES), year, kind, home, closed,
            lot, organisations.budget, SMALLEST_BUDGET, FITS, PRIOR_TIE, dyads.perceived, dyads.stock, closeness(world),
            dyads.agreement, np.exp(TIE_PULL), multilateral * EAGERNESS, CUMULATED_MIX, duration, LONGEST, new,
        )
    return begun

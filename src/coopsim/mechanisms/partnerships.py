"""Who works with whom: how organisations choose states, and partners in them (M8; equations in `organisations`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coopsim.rng import Stream
from coopsim.world.activities import ASSOCIATION, CULTURAL, EDUCATIONAL, FOUNDATION, KINDS, NGO
from coopsim.world.column import Bools, Floats
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
NEAR = 200.0  # km: closer is no closer
TIE_PULL = 0.5  # log weight of a state with an agreement in force
PRIOR_TIE = 2.0  # extra weight of a partner with whom a project is under way
SMALLEST_BUDGET = 1e-6  # million $: nobody is invisible


def fits() -> Bools:
    """Return which kinds work with which, shape (kinds, kinds)."""
    table = np.zeros((len(KINDS), len(KINDS)), dtype=bool)
    for kind, others in COMPATIBLE.items():
        table[kind, list(others)] = True
    return table


def attraction(world: World) -> Floats:
    """Return the weight of each partner state for organisations of each home state, shape (S, S)."""
    return attract(world)[0]


def attract(world: World) -> tuple[Floats, Floats]:
    """Return the weights and their cumulative distribution per home state, both (S, S)."""
    from coopsim.mechanisms.kernels import programmes

    dyads = world.dyads
    closeness = world.derived(
        "closeness", (dyads.distance,), lambda: 1 / np.sqrt(np.maximum(dyads.distance, NEAR) / 1000)
    )
    weight, cumulative = np.empty_like(closeness), np.empty_like(closeness)
    programmes.attraction(
        dyads.perceived, dyads.stock, closeness, dyads.agreement, float(np.exp(TIE_PULL)), weight, cumulative
    )
    return weight, cumulative


def choose_states(cumulative: Floats, home: Rows, uniform: Floats) -> Rows:
    """Draw a partner state for each organisation from the cumulative distribution of its home state."""
    from coopsim.mechanisms.kernels import programmes

    chosen = np.empty(len(home), dtype=np.int64)
    programmes.choose(cumulative, home, uniform, chosen)
    return chosen


def find_partners(world: World, owner: Rows, kind: Rows, state: Rows, uniform: Floats) -> Rows:
    """Draw the partner organisation in each state by budget, -1 where no compatible one is at work."""
    from coopsim.mechanisms.kernels import programmes

    organisations, rows = world.organisations, world.projects.rows
    running, places, partners = (np.ascontiguousarray(rows[name]) for name in ("organisation", "state", "partner"))
    order = np.argsort(organisations.home, kind="stable")
    first = np.searchsorted(organisations.home[order], np.arange(world.size + 1))
    partner = np.empty(len(owner), dtype=np.int64)
    programmes.find_partners(
        owner, kind, state, uniform, running, places, partners, order, first, organisations.kind, organisations.closed,
        organisations.budget + SMALLEST_BUDGET, fits(), PRIOR_TIE, partner,
    )
    return partner


def further_states(
    world: World, chance: float, owner: Rows, state: Rows, cumulative: Floats, rng: Stream, index: Rows
) -> NDArray[np.int64]:
    """Draw up to four further states for multi-party projects, shape (n, 4), -1 where unused."""
    kind, home = world.organisations.kind[owner], world.organisations.home[owner]
    eager = (kind == FOUNDATION) | (kind == ASSOCIATION)
    rows = np.flatnonzero(rng.uniform_at("multi-party", index) < chance * np.where(eager, 3, 1))
    number = 1 + np.floor(rng.uniform_at("number of parties", index[rows]) * MOST_EXTRA_STATES)
    extra = np.full((len(owner), MOST_EXTRA_STATES), -1, dtype=np.int64)
    for k in range(MOST_EXTRA_STATES):
        drawn = choose_states(cumulative, home[rows], rng.uniform_at(f"extra {k}", index[rows]))
        taken = (drawn == state[rows]) | (drawn == home[rows]) | (extra[rows] == drawn[:, None]).any(axis=1)
        extra[rows, k] = np.where((number > k) & ~taken, drawn, -1)
    return extra

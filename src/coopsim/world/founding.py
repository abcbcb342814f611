"""Found the cultural organisations of the starting world."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from coopsim.rng import Stream
from coopsim.world.activities import AGENCY, KINDS, MINISTRY
from coopsim.world.agreements import NEVER
from coopsim.world.column import Floats, Integers
from coopsim.world.facts import Facts, Institute
from coopsim.world.organisations import Organisations
from coopsim.world.states import States

# Organisations per unit of size sqrt(P)(.3 + K), and their budget in $m a year (MODEL M8), by kind.
RATE = {"foundation": 0.35, "education": 1.2, "cultural": 0.6, "ngo": 0.6, "association": 0.5}
BUDGET = {"foundation": 4.0, "education": 3.0, "cultural": 1.5, "ngo": 0.8, "association": 0.4}
TITLES = {
    "ministry": "Cultural department of the foreign ministry",
    "agency": "Cultural institute",
    "foundation": "Foundation",
    "education": "University or school",
    "cultural": "Museum or theatre",
    "ngo": "Non-governmental organisation",
    "association": "Association",
}
PRIVATE_AUTONOMY = 0.9


def no_organisations() -> Organisations:
    """Return an empty table."""
    none, zero = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Organisations(np.zeros(0, dtype=object), none, none, none, none, zero, zero, zero, zero, none, none, none)


def found_organisations(facts: Facts, states: States, wanted: int, stream: Stream) -> Organisations:
    """Found a ministry each, agencies where facts say so, the others by size of the state.

    With `wanted` > 0 the rates are scaled so that about as many arise in all. The largest real institutes take the
    place, and the name, of the largest of their kind at home.
    """
    counts = _counts(facts.institutes, states, wanted, stream)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    home, kind = cell // len(KINDS), cell % len(KINDS)
    first = np.cumsum(counts.ravel()) - counts.ravel()
    place = np.arange(len(cell)) - first[cell]
    titles, homes = [TITLES[name] for name in KINDS], states.name.tolist()
    names = np.array(
        [f"{titles[k]}{f' {p + 1}' if p or k > AGENCY else ''}, {homes[h]}"
         for k, p, h in zip(kind.tolist(), place.tolist(), home.tolist(), strict=True)],
        dtype=object,
    )
    autonomy = np.select([kind == MINISTRY, kind == AGENCY], [0.0, states.autonomy[home]], PRIVATE_AUTONOMY)
    founded = np.zeros(len(cell), dtype=np.int64)
    taken: dict[tuple[int, int], int] = defaultdict(int)
    for known in facts.institutes:
        row = first[known.home * len(KINDS) + known.kind] + taken[known.home, known.kind]
        taken[known.home, known.kind] += 1
        names[row], autonomy[row], founded[row] = known.name, known.autonomy, known.founded
    none = np.zeros(len(cell), dtype=np.int64)
    return Organisations(
        name=names,
        kind=kind.astype(np.int64),
        home=home.astype(np.int64),
        founded=founded,
        closed=np.full(len(cell), NEVER, dtype=np.int64),
        budget=_budgets(cell, states.income[home], kind, stream),
        funding=np.zeros(len(cell)),
        autonomy=autonomy.astype(np.float64),
        capacity=states.mean_capacity[home],
        partners=none.copy(),
        projects=none.copy(),
        lot=np.arange(len(cell)),
    )


def _counts(institutes: list[Institute], states: States, wanted: int, stream: Stream) -> Integers:
    """Return how many organisations of each kind each state has, shape (S, kinds)."""
    scale = np.sqrt(states.population) * (0.3 + states.mean_capacity)
    rates = np.array([RATE.get(kind, 0.0) for kind in KINDS])
    expected = rates[None, :] * scale[:, None]
    if wanted:
        public = len(states) + int((states.arms_length > 0).sum())
        expected *= max(wanted - public, 0) / max(float(expected.sum()), 1e-12)
    counts = stream.generator("organisations").poisson(expected).astype(np.int64)
    counts[:, MINISTRY] = 1
    counts[:, AGENCY] = states.arms_length > 0
    named = np.zeros_like(counts)
    for known in institutes:
        named[known.home, known.kind] += 1
    return np.maximum(counts, named)


def _budgets(cell: Integers, income: Floats, kind: NDArray[np.int64], stream: Stream) -> Floats:
    """Draw private budgets; within a state and kind the largest come first."""
    base = np.array([BUDGET.get(name, 0.0) for name in KINDS])
    budget = base[kind] * income * np.exp(stream.normal("organisation budget", len(cell)))
    return np.asarray(budget[np.lexsort((-budget, cell))])

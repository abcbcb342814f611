"""One year of a world as it stands, with what several indicators and tables share computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopsim.results import network
from coopsim.world.column import Floats
from coopsim.world.organisations import IO_KINDS
from coopsim.world.world import World

FRIENDLY = 0.6  # mutual trust above which two states count as friends (MODEL 5)
KNOWS = 0.3  # understanding above which a state counts as familiar with another (MODEL 5: EI, AI)


class Moment:
    """A world in one year; S states.

    Attributes
    ----------
    world : World
    counters : mapping of str to float
        What the processes of the year counted; empty for the starting world.
    bases : dict of str to float
        What numbers of this year are compared with, such as their first value; kept from year to year by whoever
        records.
    """

    def __init__(
        self, world: World, counters: Mapping[str, float], bases: dict[str, float] | None = None
    ) -> None:
        self.world, self.counters = world, counters
        self.bases = {} if bases is None else bases
        self._pieces: dict[Callable[[Moment], Any], Any] = {}

    def once[T](self, piece: Callable[[Moment], T]) -> T:
        """Return what a function makes of this moment, computed at the first call only."""
        if piece not in self._pieces:
            self._pieces[piece] = piece(self)
        found: T = self._pieces[piece]
        return found

    def indexed(self, name: str, value: float) -> float:
        """Return a value scaled so that its first one above 0 is 100."""
        if value > 0:
            self.bases.setdefault(name, value)
        return network.ratio(100 * value, self.bases.get(name, 0.0))

    def count(self, name: str) -> float:
        """Return a counter of the year, 0 if no process counted it."""
        return float(self.counters.get(name, 0.0))

    @cached_property
    def pairs(self) -> int:
        """Number of ordered pairs."""
        return self.world.size * (self.world.size - 1)

    def over_pairs(self, matrix: Floats) -> float:
        """Return the mean over ordered pairs of a matrix with zero diagonal; 0 in a world of one state."""
        return network.ratio(matrix.sum(), self.pairs)

    @cached_property
    def others(self) -> int:
        """Number of other states, at least 1 so that it can divide."""
        return max(self.world.size - 1, 1)

    @cached_property
    def tied(self) -> NDArray[np.bool_]:
        """Whether a cultural agreement is in force, shape (S, S)."""
        return self.world.dyads.tied

    @cached_property
    def ties(self) -> Floats:
        """Cultural agreements in force as 0.0 and 1.0, shape (S, S)."""
        return self.tied.astype(np.float64)

    @cached_property
    def degree(self) -> Floats:
        """Number of partners, shape (S,)."""
        return np.asarray(self.ties.sum(axis=1))

    @cached_property
    def tie_ends(self) -> float:
        """Twice the number of ties."""
        return float(self.degree.sum())

    @cached_property
    def capacity(self) -> Floats:
        """Capacity averaged over fields, shape (S,)."""
        return self.world.states.mean_capacity

    @cached_property
    def trust_total(self) -> float:
        """Sum of trust over ordered pairs."""
        return float(self.trust_given.sum())

    @cached_property
    def trust_in_ties(self) -> float:
        """Sum of trust over ordered pairs with an agreement in force."""
        return float(np.vdot(self.world.dyads.trust, self.ties))

    @cached_property
    def bloc(self) -> NDArray[np.int64]:
        """Side of the median ideal point: 1 above, 0 at or below; shape (S,)."""
        ideal = self.world.states.ideal_point
        order = np.sort(ideal)
        median = (order[(len(order) - 1) // 2] + order[len(order) // 2]) / 2
        return np.asarray(ideal > median, dtype=np.int64)

    @cached_property
    def region(self) -> NDArray[np.int64]:
        """UN region as a number, shape (S,)."""
        known: dict[str, int] = {}
        return np.array([known.setdefault(name, len(known)) for name in self.world.states.region.tolist()])

    @cached_property
    def trust_in_blocs(self) -> tuple[float, float]:
        """Mean trust within blocs and across them; 0 of no pairs."""
        above = self.bloc.astype(np.float64)
        below = 1 - above
        trust = self.world.dyads.trust
        within = above @ trust @ above + below @ trust @ below
        inside = above.sum() * (above.sum() - 1) + below.sum() * (below.sum() - 1)
        return (
            network.ratio(within, inside),
            network.ratio(self.trust_total - within, self.pairs - inside),
        )

    @cached_property
    def trust_given(self) -> Floats:
        """Trust of row summed over the others, shape (S,)."""
        return np.asarray(self.world.dyads.trust.sum(axis=1))

    @cached_property
    def trust_received(self) -> Floats:
        """Trust in column summed over the others, shape (S,)."""
        return np.asarray(self.world.dyads.trust.sum(axis=0))

    @cached_property
    def people(self) -> Floats:
        """Students, scholars and artists who moved from row to column this year, shape (S, S)."""
        students, scholars, artists = self.world.dyads.flows
        return np.asarray(students + scholars + artists)

    @cached_property
    def hosted(self) -> Floats:
        """Foreign students in each state, shape (S,)."""
        return np.asarray(self.world.dyads.stock.sum(axis=0))

    @cached_property
    def exports(self) -> Floats:
        """Share of each state in the world's exports of cultural goods, shape (S,)."""
        return np.asarray(self.world.dyads.trade.sum(axis=1))

    @cached_property
    def doses_received(self) -> Floats:
        """Dose of each activity in each state, shape (5, S)."""
        return np.asarray(np.ones(self.world.size) @ self.world.dyads.dose)

    @cached_property
    def money_received(self) -> Floats:
        """What foreigners of all channels spend in each state, shape (S,) [million $/yr]."""
        return np.asarray(self.spending.sum(axis=0))

    @cached_property
    def dose(self) -> Floats:
        """Dose of all activities by row in column, shape (S, S)."""
        dose = self.world.dyads.dose
        total = dose[0] + dose[1]
        for activity in dose[2:]:
            total += activity
        return np.asarray(total)

    @cached_property
    def spending(self) -> Floats:
        """What row's ministry, agency and others spend in column, shape (S, S) [million $/yr]."""
        dyads = self.world.dyads
        return np.asarray(dyads.spending_ministry + dyads.spending_agency + dyads.spending_private)

    @cached_property
    def knows(self) -> NDArray[np.float32]:
        """Whether row is familiar with column (U > .3) as 0 and 1, shape (S, S)."""
        return (self.world.dyads.understanding > KNOWS).astype(np.float32)

    @cached_property
    def familiar(self) -> Floats:
        """Share of the other states that each state is familiar with, shape (S,)."""
        return np.asarray(self.knows.sum(axis=1, dtype=np.float64) / self.others)

    @cached_property
    def access(self) -> Floats:
        """Access to the world's cultures (AI), shape (S,): the mean of K, W, psi and familiarity."""
        states = self.world.states
        return np.asarray((self.capacity + states.knowledge + states.digital_access + self.familiar) / 4)

    @cached_property
    def openness(self) -> Floats:
        """Share of other states linked by an agreement in force or a mission of either side, shape (S,)."""
        dyads = self.world.dyads
        linked = self.tied | dyads.missions | dyads.missions.T
        return np.asarray(network.count_rows(linked) / self.others)

    @cached_property
    def regional(self) -> NDArray[np.bool_]:
        """Members of the regional organisations that have two, and somebody outside, shape (n, S)."""
        international = self.world.international
        regional = international.members[international.kind == IO_KINDS.index("regional")]
        number = np.count_nonzero(regional, axis=1)
        return np.asarray(regional[(number >= 2) & (number < self.world.size)])

    def friends(self) -> float:
        """Return the share of pairs whose trust is above .6 both ways."""
        friendly = self.world.dyads.trust > FRIENDLY
        return network.ratio(np.count_nonzero(friendly & friendly.T), self.pairs)

    def people_mean(self, values: Floats) -> float:
        """Return the mean over states weighted by population, shape (S,) to number."""
        population = self.world.states.population
        return network.ratio(population @ values, population.sum())

    def south_mean(self, values: Floats) -> float:
        """Return the mean over southern states weighted by population; 0 if there are none."""
        southern = self.world.states.population * ~self.world.states.north
        return network.ratio(southern @ values, southern.sum())

    def north_south(self, values: Floats) -> tuple[float, float]:
        """Return the means over northern and southern states; 0 for an empty side."""
        north = self.world.states.north
        return network.mean(values[north]), network.mean(values[~north])

"""One year of a world as it stands, with what several indicators and tables share computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopsim.results import kernels, network
from coopsim.world.agreements import NEVER
from coopsim.world.column import Floats
from coopsim.world.organisations import IO_KINDS
from coopsim.world.world import World

FRIENDLY = 0.6  # mutual trust above which two states count as friends (MODEL 5)
CHANNELS = ("spending_ministry", "spending_agency", "spending_private")
REGIONAL = IO_KINDS.index("regional")
KNOWS = 0.3  # understanding above which a state counts as familiar with another (MODEL 5: EI, AI)


class TrustShape(NamedTuple):
    """Sums over ordered pairs of T^2, T^3 and T^4, of T times its mirror image, and of pairs of friends."""

    square: float
    third: float
    fourth: float
    mutual: float
    friends: int


class Flows(NamedTuple):
    """What of n kinds arrives from the south and from the north, shape (n, 2, S); what flows in all, shape (S, S)."""

    received: Floats
    together: Floats


class Money(NamedTuple):
    """What each state spends in others by channel, shape (3, S), and what others spend in it, shape (S,)."""

    given: Floats
    received: Floats


class Missions(NamedTuple):
    """How many missions each state keeps, shape (S,); which pairs are linked by one of either side, as bits."""

    kept: NDArray[np.int64]
    either_way: NDArray[np.uint64]


class Parties(NamedTuple):
    """How many states adopted a norm, the sum of their compliance, and how many of them made a reservation."""

    number: int
    compliance: float
    reserved: int


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
        self._ends: dict[str, tuple[Floats, Floats]] = {}
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

    def over_pairs(self, column: str) -> float:
        """Return the mean over ordered pairs of a column of dyads; 0 in a world of one state."""
        return network.ratio(getattr(self.world.dyads, column).sum(), self.pairs)

    @cached_property
    def others(self) -> int:
        """Number of other states, at least 1 so that it can divide."""
        return max(self.world.size - 1, 1)

    @cached_property
    def partners(self) -> network.Lists:
        """The states with which each state has an agreement in force."""
        return network.listed(self.world.dyads.agreement, NEVER)

    @cached_property
    def missions(self) -> Missions:
        """Who keeps missions where."""
        missions = self.world.dyads.missions
        found: Missions = self.world.derived("missions counted", (missions,), lambda: _missions(missions))
        return found

    @cached_property
    def degree(self) -> Floats:
        """Number of partners, shape (S,)."""
        return self.partners.counts

    @cached_property
    def tie_ends(self) -> float:
        """Twice the number of ties."""
        return float(len(self.partners.item))

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
        return float(kernels.ties.sum_listed(self.world.dyads.trust, *self.partners[:2]))

    @cached_property
    def bloc(self) -> NDArray[np.int64]:
        """Side of the median ideal point: 1 above, 0 at or below; shape (S,)."""
        ideal = self.world.states.ideal_point
        return np.asarray(self.world.derived("bloc", (ideal,), lambda: _above_median(ideal)))

    @cached_property
    def sides(self) -> tuple[Floats, Floats]:
        """1 for northern states and 0 for others, 1 for southern states and 0 for others; both (S,)."""
        north = self.world.states.north
        found: tuple[Floats, Floats] = self.world.derived("sides", (north,), lambda: (north * 1.0, ~north * 1.0))
        return found

    @property
    def north(self) -> Floats:
        """1 for northern states, 0 for others, shape (S,)."""
        return self.sides[0]

    @property
    def south(self) -> Floats:
        """1 for southern states, 0 for others, shape (S,)."""
        return self.sides[1]

    @cached_property
    def region(self) -> NDArray[np.int64]:
        """UN region as a number, shape (S,)."""
        names = self.world.states.region
        return np.asarray(self.world.derived("region", (names,), lambda: np.unique(names, return_inverse=True)[1]))

    @cached_property
    def language(self) -> NDArray[np.int64]:
        """Language community as a number, by main language, shape (S,)."""
        main = self.world.states.main_language
        return np.asarray(self.world.derived("language", (main,), lambda: np.unique(main, return_inverse=True)[1]))

    @cached_property
    def trust_in_blocs(self) -> tuple[float, float]:
        """Mean trust within blocs and across them; 0 of no pairs."""
        from_below, from_above = self.trust_ends[1]
        within = from_below.sum() + (from_above - from_below) @ self.bloc
        above = int(np.count_nonzero(self.bloc))
        below = self.world.size - above
        inside = above * (above - 1) + below * (below - 1)
        return (
            network.ratio(within, inside),
            network.ratio(self.trust_total - within, self.pairs - inside),
        )

    @cached_property
    def trust_ends(self) -> tuple[Floats, Floats]:
        """Sums of trust by row, shape (S,), and by column over rows of either bloc, shape (2, S)."""
        given, received = kernels.pairs.sent_and_received(self.world.dyads.trust, self.bloc)
        return given, received

    @property
    def trust_given(self) -> Floats:
        """Trust of row summed over the others, shape (S,)."""
        return self.trust_ends[0]

    @cached_property
    def trust_received(self) -> Floats:
        """Trust in column summed over the others, shape (S,)."""
        return np.add(*self.trust_ends[1])

    @cached_property
    def trust_shape(self) -> TrustShape:
        """Sums of powers of trust and of mutual trust."""
        return TrustShape(*kernels.pairs.trust_shape(self.world.dyads.trust, FRIENDLY))

    def ends(self, column: str) -> tuple[Floats, Floats]:
        """Return the sums of the rows, shape (S,), and of the columns of a column of dyads from south and north.

        The latter have shape (2, S).
        """
        if column not in self._ends:
            matrix = getattr(self.world.dyads, column)
            self._ends[column] = kernels.pairs.sent_and_received(matrix, self.world.states.north)
        return self._ends[column]

    @property
    def understands(self) -> Floats:
        """Understanding of row summed over the others, shape (S,)."""
        return self.ends("understanding")[0]

    @cached_property
    def people(self) -> Flows:
        """Students, scholars and artists who moved this year."""
        return Flows(*kernels.pairs.flows_together(self.world.dyads.flows, self.world.states.north))

    @cached_property
    def hosted(self) -> Floats:
        """Foreign students in each state, shape (S,)."""
        return np.asarray(self.world.dyads.stock.sum(axis=0))

    @property
    def exports(self) -> Floats:
        """Share of each state in the world's exports of cultural goods, shape (S,)."""
        return self.ends("trade")[0]

    @cached_property
    def doses(self) -> Flows:
        """Doses by activity."""
        return Flows(*kernels.pairs.flows_together(self.world.dyads.dose, self.world.states.north))

    @cached_property
    def doses_received(self) -> Floats:
        """Dose of each activity in each state, shape (5, S)."""
        return np.asarray(self.doses.received.sum(axis=1))

    @cached_property
    def money(self) -> Money:
        """What ministries, agencies and others spend abroad [million $/yr]."""
        return Money(*kernels.pairs.exchanged(tuple(getattr(self.world.dyads, name) for name in CHANNELS)))

    @cached_property
    def knows(self) -> NDArray[np.uint64]:
        """The states that each state is familiar with (U > .3), as bits."""
        return np.asarray(kernels.bits.bits_above(self.world.dyads.understanding, KNOWS))

    @cached_property
    def familiar(self) -> Floats:
        """Share of the other states that each state is familiar with, shape (S,)."""
        return np.asarray(kernels.bits.counts(self.knows) / self.others)

    @cached_property
    def access(self) -> Floats:
        """Access to the world's cultures (AI), shape (S,): the mean of K, W, psi and familiarity."""
        states = self.world.states
        return np.asarray((self.capacity + states.knowledge + states.digital_access + self.familiar) / 4)

    @cached_property
    def openness(self) -> Floats:
        """Share of other states linked by an agreement in force or a mission of either side, shape (S,)."""
        return np.asarray(kernels.bits.counts(self.partners.bits | self.missions.either_way) / self.others)

    @cached_property
    def norms(self) -> list[Parties]:
        """The parties of each convention and declaration."""
        return [
            Parties(
                int(np.count_nonzero(norm.adopted)), float(norm.compliance @ norm.adopted),
                int(np.count_nonzero(norm.reserved)),
            )
            for norm in self.world.norms.items
        ]

    @cached_property
    def regions(self) -> network.Lists:
        """The members of the regional organisations that have two, and somebody outside."""
        members = self.world.international.members[self.world.international.kind == REGIONAL]
        known = (members.shape, members.tobytes())  # compared many times as fast as the cells
        found: network.Lists = self.world.derived("regions", known, lambda: _in_part(members))
        return found

    def people_mean(self, values: Floats) -> float:
        """Return the mean over states weighted by population, shape (S,) to number."""
        population = self.world.states.population
        return network.ratio(population @ values, population.sum())

    def south_mean(self, values: Floats) -> float:
        """Return the mean over southern states weighted by population; 0 if there are none."""
        southern = self.world.states.population * self.south
        return network.ratio(southern @ values, southern.sum())


def _above_median(values: Floats) -> NDArray[np.int64]:
    order = np.sort(values)
    median = (order[(len(order) - 1) // 2] + order[len(order) // 2]) / 2
    return np.asarray(values > median, dtype=np.int64)


def _missions(missions: NDArray[np.bool_]) -> Missions:
    return Missions(network.count_rows(missions), network.listed(missions | missions.T).bits)


def _in_part(members: NDArray[np.bool_]) -> network.Lists:
    """Return the members of the organisations that have two, and somebody outside."""
    number = network.count_rows(members)
    return network.listed(members[(number >= 2) & (number < members.shape[1])])

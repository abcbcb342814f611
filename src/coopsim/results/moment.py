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
SPENDING = tuple(f"dyads.{name}" for name in CHANNELS)
# What access to cultures is made of.
ACCESS = ("states.capacity", "states.knowledge", "states.digital_access", "dyads.understanding")
REGIONAL = IO_KINDS.index("regional")
KNOWS = 0.3  # understanding above which a state counts as familiar with another (MODEL 5: EI, AI)


class TrustShape(NamedTuple):
    """Sums over ordered pairs of T^2, T^3, T^4 and of pairs of friends; T times its mirror image, pair by pair."""

    square: float
    third: float
    fourth: float
    friends: int
    mutual: Floats


class Known(NamedTuple):
    """Understanding summed over others, of row and of column, both shape (S,); who is familiar with whom, as bits.

    Between people it is summed over ordered pairs, weighted by both populations.
    """

    of_others: Floats
    by_others: Floats
    familiar: NDArray[np.uint64]
    between_people: float


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


class Blocs(NamedTuple):
    """States on either side of the median ideal point: 1 above it, 0 at or below; 1.0 for those above; for the others.

    All have shape (S,). `pairs` is the number of ordered pairs on one side.
    """

    side: NDArray[np.int64]
    above: Floats
    below: Floats
    pairs: int


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
        return network.ratio(self.total(column), self.pairs)

    def total(self, column: str) -> float:
        """Return the sum of a column of dyads."""
        return float(kernels.pairs.total(getattr(self.world.dyads, column)))

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
    def population(self) -> float:
        """Inhabitants of all states [million]."""
        return network.total(self.world.states.population)

    @cached_property
    def southerners(self) -> Floats:
        """Inhabitants of southern states, 0 in others, shape (S,) [million]."""
        return self.world.states.population * self.south

    @cached_property
    def capacity(self) -> Floats:
        """Capacity averaged over fields, shape (S,)."""
        return self.world.states.mean_capacity

    @cached_property
    def trust_total(self) -> float:
        """Sum of trust over ordered pairs."""
        return network.total(self.trust_given)

    @cached_property
    def trust_in_ties(self) -> float:
        """Sum of trust over ordered pairs with an agreement in force."""
        return float(kernels.ties.sum_listed(self.world.dyads.trust, *self.partners[:2]))

    @cached_property
    def blocs(self) -> Blocs:
        """The states above the median ideal point, and the others."""
        ideal = self.world.states.ideal_point
        found: Blocs = self.world.derived("blocs", (ideal,), lambda: _blocs(ideal))
        return found

    @property
    def bloc(self) -> NDArray[np.int64]:
        """Side of the median ideal point: 1 above, 0 at or below; shape (S,)."""
        return self.blocs.side

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
        (from_below, from_above), (_, above, below, pairs) = self.trust_ends[1], self.blocs
        within = from_below @ below + from_above @ above
        return network.ratio(within, pairs), network.ratio(self.trust_total - within, self.pairs - pairs)

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

    @cached_property
    def mutual_interest(self) -> Floats:
        """Interest times its mirror image, pair by pair."""
        interest = self.world.dyads.interest
        return np.asarray(
            self.world.derived("mutual interest", (interest,), lambda: kernels.pairs.strengths(interest))
        )

    @cached_property
    def known(self) -> Known:
        """Who understands whom."""
        return Known(*kernels.pairs.known(self.world.dyads.understanding, KNOWS, self.world.states.population))

    @cached_property
    def people(self) -> Flows:
        """Students, scholars and artists who moved this year."""
        return Flows(*kernels.pairs.flows_together(self.world.dyads.flows, self.world.states.north))

    @cached_property
    def hosted(self) -> Floats:
        """Foreign students in each state, shape (S,)."""
        return np.asarray(kernels.pairs.received(self.world.dyads.stock))

    @cached_property
    def trade_ends(self) -> tuple[Floats, Floats]:
        """Trade summed by exporter, shape (S,), and by importer from the south and from the north, shape (2, S)."""
        sent, received = kernels.pairs.sent_and_received(self.world.dyads.trade, self.world.states.north)
        return sent, received

    @property
    def exports(self) -> Floats:
        """Share of each state in the world's exports of cultural goods, shape (S,)."""
        return self.trade_ends[0]

    @cached_property
    def doses(self) -> Flows:
        """Doses by activity."""
        return Flows(*kernels.pairs.flows_together(self.world.dyads.dose, self.world.states.north))

    @cached_property
    def doses_received(self) -> Floats:
        """Dose of each activity in each state, shape (5, S)."""
        received = self.doses.received
        return np.asarray(received[:, 0] + received[:, 1])

    @cached_property
    def doses_in_all(self) -> list[float]:
        """Dose of each activity, all pairs."""
        return self.doses_received.sum(axis=1).tolist()

    @cached_property
    def money(self) -> Money:
        """What ministries, agencies and others spend abroad [million $/yr]."""
        return Money(*kernels.pairs.exchanged(*(getattr(self.world.dyads, name) for name in CHANNELS)))

    @cached_property
    def familiar(self) -> Floats:
        """Share of the other states that each state is familiar with, shape (S,)."""
        return np.asarray(kernels.bits.counts(self.known.familiar) / self.others)

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
            Parties(*kernels.values.parties(norm.adopted, norm.compliance, norm.reserved))
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
        return network.ratio(self.world.states.population @ values, self.population)

    def south_mean(self, values: Floats) -> float:
        """Return the mean over southern states weighted by population; 0 if there are none."""
        return network.ratio(self.southerners @ values, network.total(self.southerners))


def _blocs(ideal: Floats) -> Blocs:
    order = np.sort(ideal)
    above = ideal > (order[(len(order) - 1) // 2] + order[len(order) // 2]) / 2
    one, other = int(np.count_nonzero(above)), int(np.count_nonzero(~above))
    return Blocs(above.astype(np.int64), above * 1.0, ~above * 1.0, one * (one - 1) + other * (other - 1))


def _missions(missions: NDArray[np.bool_]) -> Missions:
    return Missions(network.count_rows(missions), network.listed(missions | missions.T).bits)


def _in_part(members: NDArray[np.bool_]) -> network.Lists:
    """Return the members of the organisations that have two, and somebody outside."""
    number = network.count_rows(members)
    return network.listed(members[(number >= 2) & (number < members.shape[1])])

"""One year of a world as it stands, with what several indicators and tables share computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopsim.results import network
from coopsim.world.column import Floats
from coopsim.world.organisations import IO_KINDS
from coopsim.world.world import World

FRIENDLY = 0.6  # mutual trust above which two states count as friends (MODEL 5)
CHANNELS = ("ministry", "agency", "private")
KNOWS = 0.3  # understanding above which a state counts as familiar with another (MODEL 5: EI, AI)


class TrustSums(NamedTuple):
    """Sums over ordered pairs of T^2, T^3 and T^4, of T times its mirror image, and of pairs of friends."""

    square: float
    third: float
    fourth: float
    mutual: float
    friends: int


class Doses(NamedTuple):
    """What states receive of each activity from the south and from the north, shape (5, 2, S); the sum answered."""

    received: Floats
    answered: float


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
        self._spent: dict[str, tuple[Floats, Floats]] = {}
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
    def partners(self) -> network.Lists:
        """The states with which each state has an agreement in force."""
        return network.listed(self.tied)

    @cached_property
    def degree(self) -> Floats:
        """Number of partners, shape (S,)."""
        return network.count_rows(self.tied).astype(np.float64)

    @cached_property
    def tie_ends(self) -> float:
        """Twice the number of ties."""
        return float(np.count_nonzero(self.tied))

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
        from coopsim.results.kernels import ties as loops

        return float(loops.sum_listed(self.world.dyads.trust, *self.partners))

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
        return np.array(_numbered(tuple(self.world.states.region.tolist())))

    @cached_property
    def trust_in_blocs(self) -> tuple[float, float]:
        """Mean trust within blocs and across them; 0 of no pairs."""
        above = self.bloc.astype(np.float64)
        below = 1 - above
        in_above = self.world.dyads.trust @ above
        within = above @ in_above + below @ (self.trust_given - in_above)
        inside = above.sum() * (above.sum() - 1) + below.sum() * (below.sum() - 1)
        return (
            network.ratio(within, inside),
            network.ratio(self.trust_total - within, self.pairs - inside),
        )

    @cached_property
    def ones(self) -> Floats:
        """Ones, shape (S,): a product with them adds up rows or columns, several times as fast as a sum."""
        return np.ones(self.world.size)

    @cached_property
    def trust_given(self) -> Floats:
        """Trust of row summed over the others, shape (S,)."""
        return np.asarray(self.world.dyads.trust @ self.ones)

    @cached_property
    def trust_received(self) -> Floats:
        """Trust in column summed over the others, shape (S,)."""
        return np.asarray(self.ones @ self.world.dyads.trust)

    @cached_property
    def trust_sums(self) -> TrustSums:
        """Sums over ordered pairs: of T^2, T^3, T^4, of T with its mirror image, and of friends."""
        from coopsim.results.kernels import pairs as loops

        return TrustSums(*loops.trust_sums(self.world.dyads.trust, FRIENDLY))

    @cached_property
    def understands(self) -> Floats:
        """Understanding of row summed over the others, shape (S,)."""
        return np.asarray(self.world.dyads.understanding @ self.ones)

    @cached_property
    def people(self) -> Floats:
        """Students, scholars and artists who moved from row to column this year, shape (S, S)."""
        students, scholars, artists = self.world.dyads.flows
        total = students + scholars
        total += artists
        return np.asarray(total)

    @cached_property
    def people_received(self) -> Floats:
        """Students, scholars, artists who come from the south, and from the north; shape (3, 2, S)."""
        from coopsim.results.kernels import pairs as loops

        return np.asarray(loops.received(self.world.dyads.flows, self.world.states.north))

    @cached_property
    def hosted(self) -> Floats:
        """Foreign students in each state, shape (S,)."""
        return np.asarray(self.ones @ self.world.dyads.stock)

    @cached_property
    def exports(self) -> Floats:
        """Share of each state in the world's exports of cultural goods, shape (S,)."""
        return np.asarray(self.world.dyads.trade @ self.ones)

    @cached_property
    def trade_received(self) -> Floats:
        """What each state imports from the south, and from the north, as shares of world trade; shape (2, S)."""
        from coopsim.results.kernels import pairs as loops

        return np.asarray(loops.received(self.world.dyads.trade[None], self.world.states.north)[0])

    @cached_property
    def doses(self) -> Doses:
        """Doses by activity from the south and from the north, and the sum of what is answered."""
        from coopsim.results.kernels import pairs as loops

        return Doses(*loops.received_and_answered(self.world.dyads.dose, self.world.states.north))

    @cached_property
    def doses_received(self) -> Floats:
        """Dose of each activity in each state, shape (5, S)."""
        return np.asarray(self.doses.received.sum(axis=1))

    def spent(self, channel: str) -> tuple[Floats, Floats]:
        """Return what a channel of each state spends abroad, and foreign ones in it, shapes (S,) [million $/yr]."""
        if channel not in self._spent:
            matrix = getattr(self.world.dyads, f"spending_{channel}")
            self._spent[channel] = (matrix @ self.ones, self.ones @ matrix)
        return self._spent[channel]

    @cached_property
    def money_given(self) -> Floats:
        """What each state's ministry, agency and others spend abroad, shape (S,) [million $/yr]."""
        return np.asarray(sum(self.spent(channel)[0] for channel in CHANNELS))

    @cached_property
    def money_received(self) -> Floats:
        """What foreigners of all channels spend in each state, shape (S,) [million $/yr]."""
        return np.asarray(sum(self.spent(channel)[1] for channel in CHANNELS))

    @cached_property
    def knows(self) -> network.Lists:
        """The states that each state is familiar with (U > .3)."""
        return network.listed(self.world.dyads.understanding > KNOWS)

    @cached_property
    def familiar(self) -> Floats:
        """Share of the other states that each state is familiar with, shape (S,)."""
        return self.knows.counts / self.others

    @cached_property
    def access(self) -> Floats:
        """Access to the world's cultures (AI), shape (S,): the mean of K, W, psi and familiarity."""
        states = self.world.states
        return np.asarray((self.capacity + states.knowledge + states.digital_access + self.familiar) / 4)

    @cached_property
    def openness(self) -> Floats:
        """Share of other states linked by an agreement in force or a mission of either side, shape (S,)."""
        dyads = self.world.dyads
        linked = self.tied | dyads.missions
        linked |= dyads.missions.T
        return np.asarray(network.count_rows(linked) / self.others)

    @cached_property
    def regional(self) -> NDArray[np.bool_]:
        """Members of the regional organisations that have two, and somebody outside, shape (n, S)."""
        international = self.world.international
        regional = international.members[international.kind == IO_KINDS.index("regional")]
        number = np.count_nonzero(regional, axis=1)
        return np.asarray(regional[(number >= 2) & (number < self.world.size)])

    @cached_property
    def regions(self) -> network.Lists:
        """The members of these organisations."""
        return network.listed(self.regional)

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


@lru_cache(maxsize=4)
def _numbered(names: tuple[str, ...]) -> tuple[int, ...]:
    known: dict[str, int] = {}
    return tuple(known.setdefault(name, len(known)) for name in names)

"""The world: a year, tables of columns, the ledger of agreements, a calendar and a log of events.

It holds state and no rules. Whoever changes a column is a mechanism, an intervention or the builder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopsim.errors import DataError
from coopsim.world.activities import BILATERAL, CULTURE
from coopsim.world.agreements import NEVER, Agreements
from coopsim.world.column import Floats
from coopsim.world.dyads import Dyads
from coopsim.world.organisations import InternationalOrganisations, Organisations
from coopsim.world.states import States


class Event(NamedTuple):
    """Something that happened, for the table of events and the chronicle."""

    year: int
    kind: str
    who: str
    what: str


@dataclass(slots=True)
class Reference:
    """Values of the starting world that equations compare with (MODEL: C0, K0)."""

    commonality: float = 0.0
    capacity: float = 0.0
    trust: float = 0.0
    interest: float = 0.0
    capacities: Floats = field(default_factory=lambda: np.zeros((0, 3)))


@dataclass(slots=True)
class World:
    """Everything a run knows at one moment."""

    year: int
    states: States
    dyads: Dyads
    organisations: Organisations
    international: InternationalOrganisations
    language_codes: tuple[str, ...]
    religions: tuple[str, ...]
    agreements: Agreements = field(default_factory=Agreements)
    reference: Reference = field(default_factory=Reference)
    # Year in which agreements fall due for renewal -> their ids. The model turns each year into one Mesa event.
    calendar: dict[int, list[NDArray[np.int64]]] = field(default_factory=dict)
    due: list[NDArray[np.int64]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    development: float = 0.0  # orientation of cultural cooperation towards development, delta in [0, 1]
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]] = field(init=False)

    def __post_init__(self) -> None:
        rows, columns = np.triu_indices(len(self.states), k=1)
        self.pairs = (rows.astype(np.int64), columns.astype(np.int64))

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.states)

    def row(self, iso3: str) -> int:
        """Return the row of a state.

        Raises
        ------
        DataError
            If the world has no such state.
        """
        found = np.flatnonzero(self.states.iso3 == iso3)
        if not found.size:
            raise DataError(f"this world has no state '{iso3}'")
        return int(found[0])

    def rows(self, codes: Iterable[str]) -> NDArray[np.int64]:
        """Return the rows of several states."""
        return np.array([self.row(code) for code in codes], dtype=np.int64)

    def log(self, kind: str, who: str, what: str) -> None:
        """Record an event of this year."""
        self.events.append(Event(self.year, kind, who, what))

    def remind(self, year: int, agreements: NDArray[np.int64]) -> None:
        """Write agreements into the calendar: they fall due at the start of `year`."""
        if agreements.size:
            self.calendar.setdefault(year, []).append(agreements)

    def fall_due(self, year: int) -> None:
        """Move the agreements of `year` from the calendar to those that this year's renewals deal with."""
        self.due.extend(self.calendar.pop(year, []))

    def conclude(self, ids: NDArray[np.integer]) -> None:
        """Let bilateral cultural agreements enter the matrix of ties in force."""
        a, b = self.agreements.rows["a"][ids], self.agreements.rows["b"][ids]
        self.dyads.agreement[a, b] = ids
        self.dyads.agreement[b, a] = ids

    def terminate(self, ids: NDArray[np.integer], reason: int) -> None:
        """End bilateral cultural agreements in the ledger and in the matrix of ties in force."""
        if not len(ids):
            return
        self.agreements.end(ids, year=self.year, reason=reason)
        a, b = self.agreements.rows["a"][ids], self.agreements.rows["b"][ids]
        self.dyads.agreement[a, b] = NEVER
        self.dyads.agreement[b, a] = NEVER

    def remember_reference(self) -> None:
        """Take the means of the moment as those that equations compare with; call it on the starting world."""
        a, b = self.pairs
        capacity, dyads = self.states.mean_capacity, self.dyads
        self.reference.capacities = self.states.capacity.copy()
        if len(a):
            self.reference.commonality = float(dyads.perceived[a, b].mean())
            self.reference.capacity = float(np.sqrt(capacity[a] * capacity[b]).mean())
            self.reference.trust = float((dyads.trust[a, b].mean() + dyads.trust[b, a].mean()) / 2)
            self.reference.interest = float((dyads.interest[a, b].mean() + dyads.interest[b, a].mean()) / 2)

    def close_year(self) -> None:
        """Forget what holds for one year only."""
        self.dyads.incident[:] = False
        self.dyads.settled[:] = False
        self.states.exited[:] = False

    def check(self) -> None:
        """Raise `DataError` unless every invariant of the columns and of the ledger holds."""
        for table in (self.states, self.dyads, self.organisations, self.international):
            table.check()
        tied = self.dyads.tied
        if tied.diagonal().any():
            raise DataError("a state has an agreement with itself")
        rows = self.agreements.rows
        live = np.flatnonzero(
            (rows["ended"] == NEVER) & (rows["form"] == BILATERAL) & (rows["topic"] == CULTURE)
        )
        if not np.array_equal(self.dyads.agreement[rows["a"][live], rows["b"][live]], live) or tied.sum() != 2 * len(live):
            raise DataError("the ties in force differ from the ledger")
        ended = rows["ended"] != NEVER
        if (rows["ended"][ended] < rows["signed"][ended]).any():
            raise DataError("an agreement ended before it was signed")
        if (ended != (rows["end_reason"] != 0)).any():
            raise DataError("an agreement ended without a reason")

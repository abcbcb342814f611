"""The world: a year, tables of columns, the ledger of agreements, a calendar and a log of events.

It holds state and no rules. Whoever changes a column is a mechanism, an intervention or the builder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopsim.errors import DataError
from coopsim.world import kernels
from coopsim.world.activities import AGENCY, BILATERAL, CONVENTION, CULTURE, TOPICS
from coopsim.world.agreements import NEVER, Agreements
from coopsim.world.claims import Claims
from coopsim.world.column import Floats
from coopsim.world.derived import Derived
from coopsim.world.dyads import Dyads
from coopsim.world.norms import Norm, Norms
from coopsim.world.organisations import InternationalOrganisations, Organisations
from coopsim.world.projects import Projects
from coopsim.world.states import States

if TYPE_CHECKING:
    from coopsim.world.history import Timeline


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
    knowledge: Floats = field(default_factory=lambda: np.zeros(0))
    languages: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    digital_access: Floats = field(default_factory=lambda: np.zeros(0))
    year: int = 0
    private_budget: float = 0.0
    universal_members: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    organisation_homes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    organisation_kinds: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


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
    # Year in which agreements fall due for renewal -> their ids; a recurring Mesa event turns it.
    calendar: dict[int, list[NDArray[np.int64]]] = field(default_factory=dict)
    due: list[NDArray[np.int64]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    projects: Projects = field(default_factory=Projects)
    claims: Claims = field(default_factory=Claims)
    norms: Norms = field(default_factory=Norms)
    development: float = 0.0  # orientation of cultural cooperation towards development, delta in [0, 1]
    spent: bool = True  # money or doses may stand in the columns of dyads; false once they were cleared
    variants: int = 8  # forms that each cultural practice can take
    event_orientation: float = 0.46  # of events: 0 celebrates heritage, 1 exchanges ideas
    timeline: Timeline | None = None  # of a world that grows: the states and organisations still to come
    derived: Derived = field(default_factory=Derived, repr=False)
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]] = field(init=False)
    _closed: int = NEVER  # the value of `disturbed` when a year was closed last

    def __post_init__(self) -> None:
        self.count_pairs()

    def count_pairs(self) -> None:
        """Write down the unordered pairs of states; call it again after states have entered."""
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

    def take_due(self) -> NDArray[np.int64]:
        """Return the agreements that this year's renewals deal with: afterwards none is due."""
        due = self.due[0] if len(self.due) == 1 else np.concatenate([*self.due, np.zeros(0, dtype=np.int64)])
        self.due.clear()
        return due

    def conclude(self, ids: NDArray[np.integer]) -> None:
        """Let bilateral cultural agreements enter the matrix of ties in force."""
        kernels.ledger.tie(self.agreements.rows, np.asarray(ids, np.int64), self.dyads.agreement)

    def terminate(self, ids: NDArray[np.integer], reason: int) -> None:
        """End bilateral cultural agreements in the ledger and in the matrix of ties in force."""
        if not len(ids):
            return
        self.agreements.end(ids, year=self.year, reason=reason, ties=self.dyads.agreement)

    def remember_reference(self) -> None:
        """Take the means of the moment as those that equations compare with; call it on the starting world."""
        a, b = self.pairs
        capacity, dyads = self.states.mean_capacity, self.dyads
        self.reference.year = self.year
        self.reference.capacities = self.states.capacity.copy()
        self.reference.knowledge = self.states.knowledge.copy()
        self.reference.languages = self.states.languages.copy()
        self.reference.digital_access = self.states.digital_access.copy()
        universal = self.international.universal
        none = np.zeros(self.size, dtype=bool)
        self.reference.universal_members = (
            self.international.members[universal].copy() if universal >= 0 else none
        )
        organisations = self.organisations
        self.reference.organisation_homes = organisations.home.copy()
        self.reference.organisation_kinds = organisations.kind.copy()
        self.reference.private_budget = float(organisations.budget[organisations.kind > AGENCY].sum())
        if len(a):
            one, other = a * self.size + b, b * self.size + a
            self.reference.commonality = float(dyads.perceived.take(one).mean())
            self.reference.capacity = float(np.sqrt(capacity[a] * capacity[b]).mean())
            self.reference.trust = float((dyads.trust.take(one).mean() + dyads.trust.take(other).mean()) / 2)
            self.reference.interest = float((dyads.interest.take(one).mean() + dyads.interest.take(other).mean()) / 2)

    def propose_norm(
        self,
        *,
        name: str,
        kind: str,
        topic: str,
        innovation: float,
        imitation: float,
        resistance: float,
        entry_into_force: int,
        pioneers: tuple[int, ...] = (),
    ) -> Norm:
        """Begin negotiations on a convention or declaration; nobody can sign before `open_norm`."""
        none = np.zeros(self.size, dtype=bool)
        norm = Norm(
            name=name, kind=kind, topic=topic, proposed=self.year, innovation=innovation, imitation=imitation,
            resistance=resistance, entry_into_force=entry_into_force, adopted=none.copy(),
            compliance=np.zeros(self.size), resistant=none.copy(), reserved=none.copy(),
            tolerance=np.ones(self.size), pioneers=pioneers,
        )
        self.norms.items.append(norm)
        return norm

    def open_norm(self, norm: Norm) -> None:
        """Hold the conference that adopts the text and opens it for signature."""
        norm.agreement = self.agreements.open(
            form=CONVENTION, topic=TOPICS.index(norm.topic), activity=NEVER, year=self.year,
            norm=self.norms.items.index(norm),
        )
        self.agreements.rows["proposed"][norm.agreement] = norm.proposed
        self.log("conference", norm.name, "adopted and opened for signature")

    def leave(self, body: int, states: NDArray[np.int64]) -> None:
        """Let states leave an international organisation; leaving the universal one is noticed."""
        international = self.international
        states = states[international.members[body, states]]
        international.members[body, states] = False
        self.agreements.leave(int(international.treaty[body]), states, self.year)
        if body == international.universal:
            self.states.exited[states] = True
        for code in self.states.iso3[states]:
            self.log("withdrawal", str(code), f"leaves {international.id[body]}")

    def join(self, body: int, states: NDArray[np.int64]) -> None:
        """Let states join, or return to, an international organisation."""
        international = self.international
        states = states[~international.members[body, states]]
        international.members[body, states] = True
        self.agreements.join(int(international.treaty[body]), states, self.year)
        for code in self.states.iso3[states]:
            self.log("accession", str(code), f"joins {international.id[body]}")

    def close_year(self) -> None:
        """Forget what holds for one year only."""
        self.agreements.known = len(self.agreements)
        disturbed = self.derived.disturbed != self._closed
        for name, usual in (("incident", False), ("settled", False), ("event_boost", 1.0)):
            if disturbed or not self.derived.at_rest(f"dyads.{name}"):
                getattr(self.dyads, name)[:] = usual
        self._closed = self.derived.disturbed
        self.states.exited.fill(False)

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
        entered = np.array_equal(self.dyads.agreement[rows["a"][live], rows["b"][live]], live)
        if not entered or tied.sum() != 2 * len(live):
            raise DataError("the ties in force differ from the ledger")
        ended = rows["ended"] != NEVER
        if (rows["ended"][ended] < rows["signed"][ended]).any():
            raise DataError("an agreement ended before it was signed")
        if (ended != (rows["end_reason"] != 0)).any():
            raise DataError("an agreement ended without a reason")

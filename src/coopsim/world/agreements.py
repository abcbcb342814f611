"""The ledger: agreements as dated legal objects, append-only.

A row is never deleted or rewritten: it gets an end. Bilateral and multilateral agreements and conventions are
one kind of object. The two parties of a bilateral agreement never change and stand in its row; states join and
leave the others one by one, each a row of the table of accessions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coopsim.world import kernels
from coopsim.world.activities import BILATERAL, IN_FORCE
from coopsim.world.growing import Growing

# The terms of the log-hazard of signature (MODEL M2, and M19 for treaties on other topics).
TERMS = (
    "baseline",
    "initiative",
    "trust",
    "interest",
    "reach",
    "commonality",
    "capacity",
    "popularity",
    "closure",
    "agreement",
    "limit",
)
NEVER = -1

AGREEMENT = np.dtype(
    [
        ("form", "i1"),
        ("activity", "i1"),  # -1: none in particular
        ("topic", "i1"),
        ("a", "i4"),  # the two parties of a bilateral agreement, a < b; -1 otherwise
        ("b", "i4"),
        ("norm", "i4"),  # row of the norm of a convention, -1 otherwise
        ("body", "i4"),  # row of the international organisation that a treaty founded, -1 otherwise
        ("initiator", "i4"),  # -1: unknown or several
        ("proposed", "i4"),
        ("signed", "i4"),
        ("in_force", "i4"),
        ("ended", "i4"),
        ("end_reason", "i1"),
        ("renewals", "i4"),
        ("why", "f8", (len(TERMS),)),
    ]
)
ACCESSION = np.dtype(
    [
        ("agreement", "i8"),
        ("state", "i4"),
        ("joined", "i4"),
        ("left", "i4"),
        ("reservation", "?"),
        ("why", "f8", (3,)),  # contributions to the yearly hazard of joining: ACCESSION_TERMS
    ]
)
ACCESSION_TERMS = ("own capacity", "peers", "tipping")


class Agreements:
    """The append-only table of agreements and the table of accessions."""

    def __init__(self) -> None:
        self._agreements = Growing(AGREEMENT, 65536)  # room for most runs: nobody waits for the ledger to move
        self._accessions = Growing(ACCESSION)
        self.known = 0  # number of agreements when the year began
        self._activities, self._led = np.full(64, NEVER, dtype=np.int8), 0  # and how many of them are known

    def __len__(self) -> int:
        return len(self._agreements)

    @property
    def rows(self) -> NDArray[np.void]:
        """One row per agreement, dtype `AGREEMENT`; the id of an agreement is its row number."""
        return self._agreements.rows

    @property
    def activities(self) -> NDArray[np.int8]:
        """Leading activity of each agreement, by id: to be read only, never empty.

        It never changes once an agreement is there, so only the new ones are copied.
        """
        known, number = self._led, len(self)
        if number > known:
            if number > len(self._activities):
                self._activities = np.append(self._activities, np.full(number, NEVER, dtype=np.int8))
            self._activities[known:number] = self.rows["activity"][known:]
            self._led = number
        return self._activities[: max(number, 1)]

    @property
    def accessions(self) -> NDArray[np.void]:
        """One row per accession to an agreement of many parties, dtype `ACCESSION`."""
        return self._accessions.rows

    def sign_bilateral(
        self,
        a: NDArray[np.integer],
        b: NDArray[np.integer],
        *,
        year: int | NDArray[np.integer],
        initiator: NDArray[np.integer],
        activity: NDArray[np.integer],
        topic: int | NDArray[np.integer],
        why: NDArray[np.float64] | None = None,
    ) -> NDArray[np.int64]:
        """Append one bilateral agreement per pair and return the new ids, shape (n,).

        Parameters
        ----------
        a, b : (n,) rows of the two states, a < b
        year : year of signature, one or (n,); entry into force is the same year
        initiator : (n,) row of the state that took the initiative, -1 if unknown
        activity, topic : (n,) indices into ACTIVITIES and TOPICS
        why : (n, len(TERMS)) contributions to the log-hazard; zero if not given
        """
        first, number = len(self), len(a)
        kernels.ledger.enter(
            self._agreements.extend(number), BILATERAL, NEVER, _each(a, number), _each(b, number), _each(year, number),
            _each(initiator, number), _each(activity, number), _each(topic, number),
            np.zeros((number, len(TERMS))) if why is None else why,
        )
        return np.arange(first, len(self), dtype=np.int64)

    def room(self, number: int) -> NDArray[np.void]:
        """Return the rows behind the last one, for loops that fill some of them; `append` says how many."""
        return self._agreements.room(number)

    def append(self, number: int) -> None:
        """Append the first rows of the room: agreements that stand in the matrix of ties in force already."""
        self._agreements.extend(number)

    def open(
        self, *, form: int, topic: int, activity: int, year: int, norm: int = NEVER, body: int = NEVER
    ) -> int:
        """Open an agreement that states join one by one; return its id. It enters into force by `enact`."""
        new = self._agreements.extend(1)
        new["form"], new["topic"], new["activity"] = form, topic, activity
        new["a"] = new["b"] = new["initiator"] = NEVER
        new["norm"], new["body"] = norm, body
        new["proposed"] = new["signed"] = year
        new["in_force"] = new["ended"] = NEVER
        return len(self) - 1

    def enact(self, agreement: int, year: int) -> None:
        """Let an agreement of many parties enter into force."""
        self.rows["in_force"][agreement] = year

    def join(
        self,
        agreement: int,
        states: NDArray[np.integer] | Sequence[int],
        year: int | NDArray[np.integer],
        *,
        reservation: bool | NDArray[np.bool_] = False,
        why: NDArray[np.float64] | None = None,
    ) -> None:
        """Let states become parties of an agreement."""
        new = self._accessions.extend(len(states))
        new["agreement"], new["state"], new["joined"] = agreement, states, year
        new["left"], new["reservation"] = NEVER, reservation
        if why is not None:
            new["why"] = why

    def leave(self, agreement: int, states: NDArray[np.integer] | Sequence[int], year: int) -> None:
        """Let states leave an agreement of many parties."""
        if not len(states):
            return
        rows = self.accessions
        parties = np.flatnonzero((rows["agreement"] == agreement) & (rows["left"] == NEVER))
        leaving = (rows["state"][parties, None] == states).any(axis=1)
        rows["left"][parties[leaving]] = year

    def end(self, ids: NDArray[np.integer], *, year: int, reason: int, ties: NDArray[np.int32]) -> None:
        """End bilateral cultural agreements in force, and take them out of the matrix of ties in force.

        Raises
        ------
        ValueError
            If one of them has ended already, or no reason is given: an agreement ends once, for a reason.
        """
        if reason == IN_FORCE:
            raise ValueError("an agreement ends for a reason")
        if not kernels.ledger.end(self.rows, _each(ids, len(ids)), year, reason, NEVER, ties):
            raise ValueError("an agreement cannot end twice")


def _each(values: int | NDArray[np.integer], number: int) -> NDArray[np.int64]:
    """Return one whole number for each of `number` rows; compiled loops read whatever lies behind a shorter array."""
    if isinstance(values, np.ndarray) and values.shape == (number,):
        return np.ascontiguousarray(values, np.int64)
    each = np.empty(number, np.int64)
    each[:] = values
    return each

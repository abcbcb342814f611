"""What ties states together, by form and year: agreements, other treaties, projects, organisations, conventions.

Agreements and treaties are dated in the ledger, and so are accessions to conventions. Projects that have ended and
members that have left are not kept by the model: a `Diary` notes them year by year while a run is under way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coopsim.config import Config
from coopsim.world.activities import ACTIVITIES, BILATERAL, CONVENTION, CULTURE, OTHER_TOPICS
from coopsim.world.agreements import NEVER
from coopsim.world.organisations import IO_KINDS
from coopsim.world.projects import MOST_EXTRA_STATES

if TYPE_CHECKING:
    from coopsim.dashboard.engine import Run
    from coopsim.model import CoopModel

AGREEMENTS, TREATIES, PROJECTS, ORGANISATIONS, CONVENTIONS = (
    "agreements", "treaties", "projects", "organisations", "conventions")
# What a form needs; agreements are there always.
NEEDS = {TREATIES: "spillover", PROJECTS: "organisations", ORGANISATIONS: "multilateral", CONVENTIONS: "conventions"}
FORMS = (AGREEMENTS, *NEEDS)
LEVELS = ("one", "two", "three", "many")  # of conventions that two states share
COMMUNITIES = IO_KINDS[1:]  # the universal organisation ties everybody to everybody, so it tells nothing
NO_TIE = -1
Levels = NDArray[np.int8]
Places = NDArray[np.int16]


def forms(config: Config) -> tuple[str, ...]:
    """Return the forms of ties that a configuration has."""
    return tuple(form for form in FORMS if form not in NEEDS or config.mechanisms[NEEDS[form]])


def kinds(form: str) -> tuple[str, ...]:
    """Return the kinds of ties of a form, in the order of their numbers: keys of the catalogue."""
    activities = tuple(f"activity_{name}" for name in ACTIVITIES)
    return {
        AGREEMENTS: activities, PROJECTS: activities,
        TREATIES: tuple(f"topic_{name}" for name in OTHER_TOPICS),
        ORGANISATIONS: tuple(f"community_{name}" for name in COMMUNITIES),
        CONVENTIONS: tuple(f"shared_{name}" for name in LEVELS),
    }[form]


class Diary:
    """Notes at the end of each year what the model forgets: projects under way and members of organisations.

    Of projects it notes who and what, no more: a year of a run is short, and few ask which pairs they tie.

    Attributes
    ----------
    members : list of ndarray, shape (R, S)
        By year, who belongs to which international organisation.
    """

    def __init__(self, model: CoopModel) -> None:
        self.model = model
        self.members: list[NDArray[np.bool_]] = []
        self._projects: list[tuple[Places, Places, Levels]] = []
        self.note()

    def note(self) -> None:
        """Note the year as it stands."""
        on, world = self.model.config.mechanisms, self.model.world
        if on[NEEDS[PROJECTS]]:
            rows = world.projects.rows
            home = world.organisations.home[rows["organisation"]].astype(np.int16)
            partners = np.empty((len(rows), 1 + MOST_EXTRA_STATES), dtype=np.int16)
            partners[:, 0], partners[:, 1:] = rows["state"], rows["extra"]
            self._projects.append((home, partners, rows["activity"].copy()))
        if on[NEEDS[ORGANISATIONS]]:
            now = world.international.members
            same = self.members and self.members[-1].shape == now.shape and bool((self.members[-1] == now).all())
            self.members.append(self.members[-1] if same else now.copy())

    @cached_property
    def projects(self) -> Levels:
        """Leading activity of the projects under way between the organisations of two states by year, shape (Y, P).

        -1 where there is no project. Made when first asked for, once the run is over.
        """
        return np.stack([self._leading(*noted) for noted in self._projects])

    def _leading(self, home: Places, partners: Places, activity: Levels) -> Levels:
        size = self.model.world.size
        low, high = (edge(home[:, None], partners).astype(np.int64) for edge in (np.minimum, np.maximum))
        counted = (partners >= 0) & (low != high)
        cells = ((low * size + high) * len(ACTIVITIES) + activity[:, None])[counted]
        counts = np.bincount(cells, minlength=size * size * len(ACTIVITIES)).reshape(size, size, len(ACTIVITIES))
        a, b = self.model.world.pairs
        of_pairs = counts[a, b]
        return np.where(of_pairs.any(axis=1), of_pairs.argmax(axis=1), NO_TIE).astype(np.int8)


@dataclass(frozen=True, eq=False)
class Links:
    """The ties of a form in a run; S states, P pairs.

    Attributes
    ----------
    run : Run
    form : str
    """

    run: Run
    form: str

    @cached_property
    def spells(self) -> pd.DataFrame:
        """One row per tie: a, b (rows of states), signed, ended (past the last year if it lasts), activity (kind)."""
        if self.form == AGREEMENTS:
            return self.run.spells
        if self.form == TREATIES:
            return spells_of(self.run.model, culture=False)
        return spells_of_levels(self._levels(), self.run)

    def tied(self, year: int) -> NDArray[np.bool_]:
        """Return which states are tied at the end of a year, shape (S, S)."""
        spells, size = self.spells, self.run.size
        live = spells[(spells["signed"] <= year) & (spells["ended"] > year)]
        found = np.zeros((size, size), dtype=bool)
        found[live["a"], live["b"]] = found[live["b"], live["a"]] = True
        return found

    @cached_property
    def partners(self) -> NDArray[np.float64]:
        """With how many others each state is tied, by year, shape (Y, S)."""
        return np.stack([self.tied(int(year)).sum(axis=1) for year in self.run.years]).astype(np.float64)

    def by_year(self, measure: Callable[[NDArray[np.float64]], float]) -> NDArray[np.float64]:
        """Return a measure of the network by year, shape (Y,)."""
        return np.array([measure(self.tied(int(year)).astype(np.float64)) for year in self.run.years])

    def _levels(self) -> Levels:
        """Return the kind of each pair's tie by year, shape (Y, P); -1 for none."""
        diary = self.run.diary
        if self.form == PROJECTS:
            return diary.projects
        a, b = self.run.model.world.pairs
        if self.form == ORGANISATIONS:
            found: list[Levels] = []
            for k, members in enumerate(diary.members):
                unchanged = k and members is diary.members[k - 1]
                found.append(found[-1] if unchanged else closest_community(members, self.run)[a, b])
            return np.stack(found)
        shared = np.stack([parties_in(self.run.model, int(year)) for year in self.run.years])
        together = shared.transpose(0, 2, 1) @ shared
        return np.minimum(together[:, a, b] - 1, len(LEVELS) - 1).astype(np.int8)


def spells_of(model: CoopModel, *, culture: bool = True) -> pd.DataFrame:
    """Return the agreements of two that a model has seen, on culture or on other topics.

    Columns: id, a, b, signed, ended (past the last year if in force), activity (or topic: place in `OTHER_TOPICS`),
    renewals.
    """
    rows = model.world.agreements.rows
    chosen = np.flatnonzero((rows["form"] == BILATERAL) & ((rows["topic"] == CULTURE) == culture))
    rows = rows[chosen]
    ended = np.where(rows["ended"] == NEVER, model.year + 1, rows["ended"]).astype(np.int64)
    kind = rows["activity"] if culture else rows["topic"] - 1
    return pd.DataFrame({
        "id": chosen, "a": rows["a"].astype(np.int64), "b": rows["b"].astype(np.int64),
        "signed": rows["signed"].astype(np.int64), "ended": ended, "activity": kind.astype(np.int64),
        "renewals": rows["renewals"].astype(np.int64),
    })


def spells_of_levels(levels: Levels, run: Run) -> pd.DataFrame:
    """Return one row for each stretch of years in which a pair's tie is of one kind, from kinds by year, (Y, P)."""
    first = int(run.years[0])
    edge = np.full((levels.shape[1], 1), NO_TIE, dtype=np.int8)
    rows = np.hstack([edge, levels.T, edge])
    pair, at = np.nonzero(rows[:, 1:] != rows[:, :-1])
    kind = rows[pair, at + 1]
    until = np.append(at[1:], 0)  # the last change of a pair is its end, and is dropped
    kept = kind >= 0
    a, b = run.model.world.pairs
    return pd.DataFrame({
        "a": a[pair[kept]], "b": b[pair[kept]], "signed": first + at[kept], "ended": first + until[kept],
        "activity": kind[kept].astype(np.int64),
    })


def closest_community(members: NDArray[np.bool_], run: Run) -> Levels:
    """Return the kind of the smallest organisation that two states both belong to, shape (S, S)."""
    kind = run.model.world.international.kind
    found = np.full((run.size, run.size), NO_TIE, dtype=np.int8)
    for row in sorted(range(len(members)), key=lambda row: -int(members[row].sum())):
        if IO_KINDS[kind[row]] in COMMUNITIES:
            found[np.ix_(members[row], members[row])] = COMMUNITIES.index(IO_KINDS[kind[row]])
    return found


def parties_in(model: CoopModel, year: int) -> NDArray[np.int16]:
    """Return which state is party to which convention at the end of a year, shape (N, S)."""
    table, rows = model.world.agreements.rows, model.world.agreements.accessions
    conventions = np.flatnonzero(table["form"] == CONVENTION)
    found = np.zeros((len(conventions), model.world.size), dtype=np.int16)
    live = rows[np.isin(rows["agreement"], conventions) & (rows["joined"] <= year)
                & ((rows["left"] == NEVER) | (rows["left"] > year))]
    found[np.searchsorted(conventions, live["agreement"]), live["state"]] = 1
    return found

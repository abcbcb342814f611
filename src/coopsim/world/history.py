"""Worlds that grow: states enter in the year in which they become independent, organisations in that of their founding.

A world of the past holds only what exists; no mechanism knows of states to come. They wait in an *atlas*, a world of
all states at their starting values, from which `Timeline.turn` takes a state's cells in the year of its entry. A
newcomer stands behind those already there, so that rows never change; it has no agreements, projects or students of
its own yet, and trusts as structure alone would have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopsim.rng import Stream
from coopsim.world import initial
from coopsim.world.activities import AGENCY, CULTURE, MULTILATERAL
from coopsim.world.agreements import NEVER
from coopsim.world.chronology import Chronology
from coopsim.world.column import Table
from coopsim.world.organisations import InternationalOrganisations, Organisations
from coopsim.world.world import World

Rows = NDArray[np.int64]


@dataclass(slots=True)
class Timeline:
    """What is still to come.

    Attributes
    ----------
    atlas : World
        All states at their starting values; its rows are those of `dated`.
    dated : Chronology
    stream : Stream
        Randomness of the starting world.
    present : (n,) row in the atlas of each state of the world
    bodies : (r,) row in the atlas of each international organisation of the world
    """

    atlas: World
    dated: Chronology
    stream: Stream
    present: Rows
    bodies: Rows

    def years(self, first: int, last: int) -> list[int]:
        """Return the years after `first` in which anything changes."""
        dated, atlas = self.dated, self.atlas
        moves = [int(year) for row, year in enumerate(dated.years) if row and self._differ(row, row - 1)]
        joins = np.unique(dated.joined[atlas.international.members]).tolist()
        years = {*moves, *map(int, joins), *map(int, dated.entered), *map(int, atlas.international.founded)}
        return sorted(year for year in years if first < year <= last)

    def _differ(self, one: int, other: int) -> bool:
        dated = self.dated
        return any((table[one] != table[other]).any() for table in (dated.population, dated.gdp, dated.ideal_point))

    def turn(self, world: World, year: int) -> None:
        """Let everything dated to a year happen to the world."""
        newcomers = np.setdiff1d(np.flatnonzero(self.dated.entered <= year), self.present)
        if newcomers.size:
            self._enter(world, newcomers)
        self._update(world, year, len(newcomers))
        self._found(world, year)
        self._join(world, year)

    def _enter(self, world: World, rows: Rows) -> None:
        atlas, old = self.atlas, world.size
        self.present = np.concatenate([self.present, rows])
        for name, _, values in world.states.items():
            setattr(world.states, name, np.concatenate([values, getattr(atlas.states, name)[rows]]))
        for name, _, values in world.dyads.items():
            wider = square(getattr(atlas.dyads, name), self.present)
            wider[..., :old, :old] = values
            setattr(world.dyads, name, wider)
        international = world.international
        none = np.zeros((len(international), len(rows)), dtype=bool)
        international.members = np.concatenate([international.members, none], axis=1)
        world.count_pairs()
        self._remember(world, rows, old)
        self._undecided(world, len(rows))
        for code in atlas.states.iso3[rows]:
            world.log("entry", str(code), "enters the system of states")

    def _remember(self, world: World, rows: Rows, old: int) -> None:
        """Extend what equations compare with, and found the newcomers' organisations."""
        atlas, reference = self.atlas, world.reference
        for name in ("capacities", "knowledge", "languages", "digital_access"):
            more = getattr(atlas.reference, name)[rows]
            setattr(reference, name, np.concatenate([getattr(reference, name), more]))
        reference.universal_members = np.concatenate([reference.universal_members, np.zeros(len(rows), dtype=bool)])
        new_row = np.full(atlas.size, NEVER, dtype=np.int64)
        new_row[rows] = old + np.arange(len(rows))
        theirs = np.flatnonzero(np.isin(atlas.organisations.home, rows))
        more_organisations = {
            name: values[theirs]
            for name, _, values in atlas.organisations.items() if name not in ("home", "closed", "lot")
        }
        home = new_row[atlas.organisations.home[theirs]]
        lot = world.organisations.next_lot + np.arange(len(theirs))
        world.organisations.append(home=home, lot=lot, **more_organisations)
        kind = atlas.organisations.kind[theirs]
        reference.organisation_homes = np.concatenate([reference.organisation_homes, home])
        reference.organisation_kinds = np.concatenate([reference.organisation_kinds, kind])
        reference.private_budget += float(atlas.organisations.budget[theirs][kind > AGENCY].sum())

    def _undecided(self, world: World, number: int) -> None:
        """Let newcomers stand outside every norm; who resists it for good is drawn as for the others."""
        rng = self.stream._replace(mechanism="history", year=world.year)
        place = np.arange(world.size - number, world.size)
        for norm in world.norms.items:
            resists = rng.uniform_at(f"resist {norm.name}", place) < norm.resistance
            tolerance = np.clip(0.35 + 0.15 * rng.normal(f"threshold {norm.name}", world.size)[place], 0, 1)
            norm.adopted = np.concatenate([norm.adopted, np.zeros(number, dtype=bool)])
            norm.compliance = np.concatenate([norm.compliance, np.zeros(number)])
            norm.resistant = np.concatenate([norm.resistant, resists])
            norm.reserved = np.concatenate([norm.reserved, np.zeros(number, dtype=bool)])
            norm.tolerance = np.concatenate([norm.tolerance, tolerance])

    def _update(self, world: World, year: int, newcomers: int) -> None:
        """Set size and politics of the year; structural trust follows, and that of newcomers starts there."""
        states, dyads, dated = world.states, world.dyads, self.dated
        now = dated.row(year)
        states.population, states.gdp = dated.population[now, self.present], dated.gdp[now, self.present]
        states.income = initial.income_index(states.population, states.gdp)
        states.ideal_point = dated.ideal_point[now, self.present]
        dyads.trust_baseline = initial.structural_trust(states.ideal_point, dyads.history, states.income)
        dyads.affinity = np.exp(-initial.political_distance(states.ideal_point))
        np.fill_diagonal(dyads.affinity, 0.0)
        if newcomers:
            old = world.size - newcomers
            for cells in (np.s_[old:, :], np.s_[:, old:]):
                dyads.trust[cells] = dyads.trust_baseline[cells]

    def _found(self, world: World, year: int) -> None:
        atlas, international = self.atlas.international, world.international
        for body in np.setdiff1d(np.flatnonzero(atlas.founded <= year), self.bodies):
            self.bodies = np.append(self.bodies, body)
            for name, _, values in international.items():
                more = getattr(atlas, name)[body : body + 1]
                if name == "members":
                    more = np.zeros((1, world.size), dtype=bool)
                setattr(international, name, np.concatenate([values, more]))
            international.treaty[-1] = founding_treaty(world, len(international) - 1)
            world.log("founding", str(atlas.id[body]), f"{atlas.name[body]} is founded")

    def _join(self, world: World, year: int) -> None:
        """Let states join where today's members did; those that left in the run stay outside until they return."""
        universal = world.international.universal
        for row, body in enumerate(self.bodies):
            due = self.dated.joined[body, self.present]
            due_now = (due == year) | (due < year) & (self.dated.entered[self.present] == year)
            joining = np.flatnonzero(self.atlas.international.members[body, self.present] & due_now)
            world.join(row, joining)
            if row == universal:
                world.reference.universal_members[joining] = True


def begin(atlas: World, dated: Chronology, stream: Stream) -> World:
    """Return the world of the atlas' year with what existed then; it carries its timeline."""
    year = atlas.year
    present = np.flatnonzero(dated.entered <= year).astype(np.int64)
    bodies = np.flatnonzero(atlas.international.founded <= year).astype(np.int64)
    world = World(
        year=year,
        states=_rows_of(atlas.states, present),
        dyads=type(atlas.dyads)(**{name: square(v, present) for name, _, v in atlas.dyads.items()}),
        organisations=_homed(atlas.organisations, present, atlas.size),
        international=_founded(atlas.international, bodies, present, dated.joined <= year),
        language_codes=atlas.language_codes,
        religions=atlas.religions,
        variants=atlas.variants,
        event_orientation=atlas.event_orientation,
    )
    world.timeline = Timeline(atlas, dated, stream, present, bodies)
    return world


def founding_treaty(world: World, body: int) -> int:
    """Enter the founding treaty of an international organisation into the ledger; return its id."""
    founded = int(world.international.founded[body])
    treaty = world.agreements.open(form=MULTILATERAL, topic=CULTURE, activity=NEVER, year=founded, body=body)
    world.agreements.enact(treaty, founded)
    return treaty


def square(values: NDArray[Any], rows: Rows) -> NDArray[Any]:
    """Return the cells of a column of dyads, shape (..., S, S), among some states: a copy."""
    return np.ascontiguousarray(values[..., rows[:, None], rows[None, :]])


def _rows_of[T: Table](table: T, rows: Rows) -> T:
    return type(table)(**{name: values[rows].copy() for name, _, values in table.items()})


def _homed(organisations: Organisations, present: Rows, size: int) -> Organisations:
    new_row = np.full(size, NEVER, dtype=np.int64)
    new_row[present] = np.arange(len(present))
    kept = _rows_of(organisations, np.flatnonzero(new_row[organisations.home] >= 0))
    kept.home, kept.lot = new_row[kept.home], np.arange(len(kept))
    return kept


def _founded(
    bodies: InternationalOrganisations, rows: Rows, present: Rows, joined: NDArray[np.bool_]
) -> InternationalOrganisations:
    kept = _rows_of(bodies, rows)
    kept.members = kept.members[:, present] & joined[np.ix_(rows, present)]
    return kept


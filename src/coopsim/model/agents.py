"""Mesa agents as views on a row: they ask readable questions, mechanisms act.

An agent holds its row and nothing else; what it says is read from the world's columns at that moment, and what
is written to it is written there.
"""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from coopsim.world.activities import FIELDS, KINDS
from coopsim.world.column import Table
from coopsim.world.organisations import IO_KINDS


class View:
    """An attribute of an agent that is one cell, or one row, of a column of the world."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        if agent is None:
            return self
        value = getattr(agent.table, self.name)[agent.row]
        return value.item() if isinstance(value, np.generic) else value

    def __set__(self, agent: Any, value: Any) -> None:
        getattr(agent.table, self.name)[agent.row] = value


class RowAgent(mesa.Agent):
    """A Mesa agent that stands for one row of a table."""

    model: Any  # a CoopModel; the model knows its agents, not the other way round

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = int(row)

    @property
    def table(self) -> Table:
        """The table of the world in which the agent is a row."""
        raise NotImplementedError


class State(RowAgent):
    """One state; `partners()`, `trusts(other)` and `closest(n)` are its questions."""

    iso3, name, region, subregion, north = View(), View(), View(), View(), View()
    population, gdp, income, ideal_point = View(), View(), View(), View()
    capacity, institutions, knowledge, digital_access = View(), View(), View(), View()
    activism, arms_length, budget = View(), View(), View()

    @property
    def table(self) -> Table:
        """The columns of states."""
        return self.model.world.states

    def __repr__(self) -> str:
        return f"State({self.iso3})"

    @property
    def degree(self) -> int:
        """Number of states with which a cultural agreement is in force."""
        return int(self.model.world.dyads.tied[self.row].sum())

    def partners(self) -> list[State]:
        """Return the states with which a cultural agreement is in force."""
        return [self.model.state_list[j] for j in np.flatnonzero(self.model.world.dyads.tied[self.row])]

    def trusts(self, other: State) -> float:
        """Return this state's trust in another, in [0, 1]."""
        return float(self.model.world.dyads.trust[self.row, other.row])

    def closest(self, number: int = 5) -> list[State]:
        """Return the states it trusts most."""
        trust = self.model.world.dyads.trust[self.row]
        order = np.argsort(-trust, kind="stable")
        return [self.model.state_list[j] for j in order[order != self.row][:number]]

    def capacities(self) -> dict[str, float]:
        """Return the capacity of each field of its cultural sector."""
        return dict(zip(FIELDS, map(float, self.capacity), strict=True))

    def organisations(self) -> list[Organisation]:
        """Return the cultural organisations at home in this state."""
        agents = self.model.organisation_list
        return [agents[row] for row in np.flatnonzero(self.model.world.organisations.home == self.row)]


class Organisation(RowAgent):
    """One cultural organisation with a home state."""

    name, founded, closed, budget, funding = View(), View(), View(), View(), View()
    autonomy, capacity, partners, projects = View(), View(), View(), View()

    @property
    def table(self) -> Table:
        """The columns of organisations."""
        return self.model.world.organisations

    def __repr__(self) -> str:
        return f"Organisation({self.name})"

    @property
    def kind(self) -> str:
        """Kind, one of activities.KINDS."""
        return KINDS[int(self.model.world.organisations.kind[self.row])]

    @property
    def home_row(self) -> int:
        """Row of the home state."""
        return int(self.model.world.organisations.home[self.row])

    @property
    def home(self) -> State:
        """The home state."""
        return self.model.state_list[self.home_row]


class InternationalOrganisation(RowAgent):
    """One international organisation."""

    id, name, founded, grant, budget = View(), View(), View(), View(), View()

    @property
    def table(self) -> Table:
        """The columns of international organisations."""
        return self.model.world.international

    def __repr__(self) -> str:
        return f"InternationalOrganisation({self.id})"

    @property
    def kind(self) -> str:
        """Kind, one of universal, regional, language, religion."""
        return IO_KINDS[int(self.model.world.international.kind[self.row])]

    def members(self) -> list[State]:
        """Return the member states."""
        rows = np.flatnonzero(self.model.world.international.members[self.row])
        return [self.model.state_list[j] for j in rows]

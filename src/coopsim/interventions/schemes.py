"""Schemes between two sides: money for one activity of one pair, beside what states spend anyway.

A scheme is run by an office that the two sides keep for it, one in each state, as the Franco-German Youth Office or a
binational commission for scholarships is. Its projects go through the rules of projects (M8): they cost what doses cost
there and are nearly as credible as private ones. Where the mechanism "organisations" is off, nothing is run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from coopsim.errors import ConfigError
from coopsim.interventions.instruments import ANY_YEARS
from coopsim.interventions.intervention import Intervention, Rules, Who, entry, states_named
from coopsim.mechanisms.organisations import OrganisationParams
from coopsim.world.activities import ACTIVITIES, MINISTRY, NEGOTIATION
from coopsim.world.world import World

FOR_GOOD = 10**6  # years
NOBODY = -1  # no partner organisation, no further state


@dataclass(frozen=True, slots=True)
class BetweenTwo(Intervention):
    """Money for one activity between two sides; a kind says which activity, and for how long."""

    who: Who = entry("one side")
    with_: Who = entry("the other side")
    amount: float = entry("million $ a year for each pair of states, half of it run from either side", low=0, high=1e5)

    @property
    def funded(self) -> int:
        """The activity, an index into ACTIVITIES."""
        raise NotImplementedError

    def check_together(self) -> None:
        """Refuse a scheme without money."""
        if self.amount == 0:
            raise ConfigError("amount = 0 changes nothing: give million $ a year")

    @property
    def title(self) -> str:
        """The name of its offices."""
        return f"Office for {ACTIVITIES[self.funded]} of {self.year}"

    def apply(self, world: World, rules: Rules) -> None:
        """Open the offices and begin their projects; what private budgets are multiplied by does not touch them."""
        scale = rules.parameters["organisations"]
        assert isinstance(scale, OrganisationParams)
        pairs = self._pairs(world)
        homes, number = np.unique(pairs[:, 0], return_counts=True)
        first = len(world.organisations)
        each = 0.5 * self.amount / scale.budget_scale if scale.budget_scale > 0 else 0.0
        world.organisations.append(
            name=np.array([self.title] * len(homes), dtype=str), kind=MINISTRY, home=homes, founded=self.year,
            budget=each * number, autonomy=1.0, capacity=world.states.mean_capacity[homes],
        )
        projects = world.projects.extend(len(pairs))
        projects["organisation"] = first + np.searchsorted(homes, pairs[:, 0])
        projects["state"], projects["partner"], projects["extra"] = pairs[:, 1], NOBODY, NOBODY
        projects["activity"], projects["start"] = self.funded, self.year
        projects["end"] = self.year + (self.lasts or FOR_GOOD) - 1

    def undo(self, world: World, rules: Rules) -> None:
        """Close the offices whose projects are over; another scheme of the same name may still run."""
        organisations, projects = world.organisations, world.projects.rows
        over = (organisations.name == self.title) & (organisations.closed < 0)
        over[projects["organisation"][projects["end"] >= world.year]] = False
        organisations.closed[over] = world.year

    def _pairs(self, world: World) -> NDArray[np.int64]:
        """Return every state of one side with every other of the other side, both ways, in order, shape (n, 2)."""
        one, other = states_named(world, self.who), states_named(world, self.with_)
        i, j = (cells.ravel() for cells in np.meshgrid(one, other, indexing="ij"))
        both = np.concatenate([np.stack([i, j], axis=1), np.stack([j, i], axis=1)])
        return np.unique(both[both[:, 0] != both[:, 1]], axis=0)


@dataclass(frozen=True, slots=True)
class Scheme(BetweenTwo):
    """Fund one activity between two sides: scholarships, a season of exhibitions, schools."""

    kind: ClassVar[str] = "scheme"
    activity: str = entry("what is funded: mobility is people, education schools and libraries", choices=ACTIVITIES)
    years: int = entry(ANY_YEARS, default=0, low=0, high=1000)

    @property
    def funded(self) -> int:
        """The activity, an index into ACTIVITIES."""
        return ACTIVITIES.index(self.activity)


@dataclass(frozen=True, slots=True)
class Talks(BetweenTwo):
    """Support talks between two sides, such as joint commissions on trade or on claims, beside usual diplomacy."""

    kind: ClassVar[str] = "talks"
    years: int = entry(ANY_YEARS, default=0, low=0, high=1000)

    @property
    def funded(self) -> int:
        """Negotiation."""
        return NEGOTIATION


__all__ = ["Scheme", "Talks"]

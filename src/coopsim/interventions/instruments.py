"""Interventions through instruments: funds, conventions, organisations, claims, quotas, celebrations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.errors import ConfigError
from coopsim.interventions.intervention import Intervention, OrganisationId, Rules, Who, entry, states_named
from coopsim.interventions.places import Places
from coopsim.world.activities import KINDS as ORGANISATION_KINDS
from coopsim.world.activities import SUSPENDED
from coopsim.world.world import World

ANY_YEARS = "years after which it ends; 0 means it stays"
NORM_TOPICS = ("heritage", "traffic", "diversity", "rights")
NORM_FORMS = ("convention", "declaration")


@dataclass(frozen=True, slots=True)
class Grant(Intervention):
    """Give an international organisation a yearly grant: a new fund."""

    kind: ClassVar[str] = "grant"
    to: OrganisationId = entry("id of the organisation, such as OIF")
    amount: float = entry("million $ a year", low=0, high=1e6)
    years: int = entry(ANY_YEARS, default=0, low=0, high=1000)

    def apply(self, world: World, rules: Rules) -> None:
        """Raise the grant."""
        world.international.grant[Places.of(world).organisation(self.to)] += self.amount

    def undo(self, world: World, rules: Rules) -> None:
        """End the grant."""
        row = Places.of(world).organisation(self.to)
        world.international.grant[row] = max(world.international.grant[row] - self.amount, 0.0)


@dataclass(frozen=True, slots=True)
class NewConvention(Intervention):
    """Negotiate a convention or declaration; a conference opens it for signature."""

    kind: ClassVar[str] = "convention"
    name: str = entry("its name")
    topic: str = entry("what it is about", choices=NORM_TOPICS)
    form: str = entry("whether it binds", default="convention", choices=NORM_FORMS)
    innovation: float = entry("p of the Bass curve: adoption from own interest", default=0.03, low=0, high=10)
    imitation: float = entry("q of the Bass curve: adoption from peers", default=0.09, low=0, high=10)
    resistance: float = entry("share of states that never adopt", default=0.0, low=0, high=1)
    negotiation: int = entry("years of negotiation before the conference", default=0, low=0, high=50)
    entry_into_force: int = entry("ratifications needed", default=20, low=1, high=5000)
    pioneers: Who | None = entry("states that sign at the conference", default=None)

    @property
    def lasts(self) -> int:
        """Years until the conference."""
        return self.negotiation

    def apply(self, world: World, rules: Rules) -> None:
        """Begin negotiations, and open at once if there is nothing to negotiate."""
        pioneers = () if self.pioneers is None else tuple(int(k) for k in states_named(world, self.pioneers))
        norm = world.propose_norm(
            name=self.name, kind=self.form, topic=self.topic, innovation=self.innovation,
            imitation=self.imitation, resistance=self.resistance, entry_into_force=self.entry_into_force,
            pioneers=pioneers,
        )
        if not self.negotiation:
            world.open_norm(norm)

    def undo(self, world: World, rules: Rules) -> None:
        """Hold the conference."""
        waiting = (norm for norm in world.norms.items if norm.name == self.name and norm.agreement < 0)
        world.open_norm(next(waiting))


@dataclass(frozen=True, slots=True)
class NewOrganisation(Intervention):
    """Found a cultural organisation, such as an arm's-length institute."""

    kind: ClassVar[str] = "new_organisation"
    who: Who = entry("home states")
    name: str = entry("its name")
    form: str = entry("kind; a ministry exists already", default="agency", choices=ORGANISATION_KINDS[1:])
    budget: float = entry("own yearly budget, million $", default=0.0, low=0, high=1e6)
    share: float | None = entry("for an agency: share of the bilateral budget it spends", default=None, low=0, high=1)
    autonomy: float = entry("independence from the government", default=0.8, low=0, high=1)

    def apply(self, world: World, rules: Rules) -> None:
        """Append it, and let an agency take its share of the budget."""
        rows = states_named(world, self.who)
        world.organisations.append(
            name=np.array([self.name] * len(rows), dtype=str), kind=ORGANISATION_KINDS.index(self.form), home=rows,
            founded=world.year, budget=self.budget, autonomy=self.autonomy,
            capacity=world.states.mean_capacity[rows],
        )
        if self.form != "agency":
            # It comes with money of its own, not at the expense of the others.
            world.reference.private_budget += self.budget * len(rows)
        else:
            world.states.autonomy[rows] = self.autonomy
            if self.share is not None:
                world.states.arms_length[rows] = self.share
        for code in world.states.iso3[rows]:
            world.log("founding", str(code), f"founds {self.name}")


@dataclass(frozen=True, slots=True)
class Claim(Intervention):
    """A state claims works of art held by another."""

    kind: ClassVar[str] = "claim"
    who: Who = entry("claimants")
    from_: Who = entry("holders")

    def apply(self, world: World, rules: Rules) -> None:
        """Open a claim for every pair of claimant and holder."""
        claimants, holders = states_named(world, self.who), states_named(world, self.from_)
        i, j = (cells.ravel() for cells in np.meshgrid(claimants, holders, indexing="ij"))
        i, j = i[i != j], j[i != j]
        world.claims.open(i, j, world.year)
        for claimant, holder in zip(world.states.iso3[i], world.states.iso3[j], strict=True):
            world.log("claim", f"{claimant}-{holder}", f"{claimant} claims works of art held by {holder}")


@dataclass(frozen=True, slots=True)
class Quota(Intervention):
    """Set the barrier of some states against cultural goods of others: a film quota, or its end."""

    kind: ClassVar[str] = "quota"
    who: Who = entry("importing states")
    against: Who = entry("exporting states")
    barrier: float = entry("the new barrier", low=0, high=1)
    floor: float | None = entry("lowest barrier it will keep as a party to a diversity convention", default=None,
                                low=0, high=1)

    def apply(self, world: World, rules: Rules) -> None:
        """Set barrier and floor."""
        rows = states_named(world, self.who)
        world.dyads.barrier[np.ix_(rows, states_named(world, self.against))] = self.barrier
        np.fill_diagonal(world.dyads.barrier, 0.0)
        if self.floor is not None:
            world.states.barrier_floor[rows] = self.floor


@dataclass(frozen=True, slots=True)
class Yearlong(Intervention):
    """Celebrate a year of culture: events between some states, several times the usual."""

    kind: ClassVar[str] = "yearlong"
    repeats: ClassVar[bool] = True
    who: Who = entry("states that celebrate")
    with_: Who = entry("in which states")
    factor: float = entry("factor on events", default=5.0, low=0, high=100)
    years: int = entry("number of years", default=1, low=1, high=1000)

    def apply(self, world: World, rules: Rules) -> None:
        """Boost this year's events both ways."""
        rows, columns = states_named(world, self.who), states_named(world, self.with_)
        world.dyads.event_boost[np.ix_(rows, columns)] = self.factor
        world.dyads.event_boost[np.ix_(columns, rows)] = self.factor


@dataclass(frozen=True, slots=True)
class SetRelation(Intervention):
    """Set trust, hostile memory or understanding between states: the morning after a war."""

    kind: ClassVar[str] = "set_relation"
    who: Who = entry("one side")
    with_: Who = entry("the other side")
    trust: float | None = entry("trust both ways", default=None, low=0, high=1)
    memory: float | None = entry("hostile memory both ways", default=None, low=0, high=1)
    understanding: float | None = entry("understanding both ways", default=None, low=0, high=1)
    end_agreements: bool = entry("end the cultural agreements between them", default=False)

    def check_together(self) -> None:
        """Refuse a change of nothing."""
        if (self.trust, self.memory, self.understanding) == (None, None, None) and not self.end_agreements:
            raise ConfigError("give 'trust', 'memory', 'understanding' or 'end_agreements'")

    def apply(self, world: World, rules: Rules) -> None:
        """Set what is given, never about oneself."""
        dyads = world.dyads
        rows, columns = states_named(world, self.who), states_named(world, self.with_)
        for name in ("trust", "memory", "understanding"):
            value, matrix = getattr(self, name), getattr(dyads, name)
            if value is not None:
                matrix[np.ix_(rows, columns)] = value
                matrix[np.ix_(columns, rows)] = value
                np.fill_diagonal(matrix, 0.0)
        if self.end_agreements:
            between = np.unique(dyads.agreement[np.ix_(rows, columns)])
            world.terminate(between[between >= 0], SUSPENDED)


@dataclass(frozen=True, slots=True)
class Reciprocity(Intervention):
    """Let states answer what partners give them, instead of following interest alone."""

    kind: ClassVar[str] = "reciprocity"
    who: Who = entry("states")
    degree: float = entry("0 ignores, 1 follows what was received", low=0, high=1)

    def apply(self, world: World, rules: Rules) -> None:
        """Set the policy."""
        world.states.reciprocity[states_named(world, self.who)] = self.degree

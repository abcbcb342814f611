"""The kinds of intervention; each is usable from a scenario file and from Python.

Those about states and their relations are here, those about funds, norms and organisations in `instruments`, those that
fund one activity of one pair in `schemes`.
"""



from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from coopsim.errors import ConfigError
from coopsim.interventions.instruments import (
    ANY_YEARS,
    Claim,
    Grant,
    NewConvention,
    NewOrganisation,
    Quota,
    Reciprocity,
    SetRelation,
    Yearlong,
)
from coopsim.interventions.intervention import Intervention, OrganisationId, Rules, Who, entry, states_named
from coopsim.interventions.places import Places
from coopsim.interventions.schemes import Scheme, Talks
from coopsim.world.activities import AGENCY
from coopsim.world.initial import political_distance, structural_trust
from coopsim.world.world import World


@dataclass(frozen=True, slots=True)
class SetParameter(Intervention):
    """Change a parameter of a mechanism from this year on."""

    kind: ClassVar[str] = "set_parameter"
    parameter: str = entry("dotted name, such as trust.gain")
    value: Any = entry("new value, within the parameter's bounds")

    def apply(self, world: World, rules: Rules) -> None:
        """Replace the parameter in the rules in force."""
        group, _, name = self.parameter.partition(".")
        rules.parameters[group] = replace(rules.parameters[group], **{name: self.value})


@dataclass(frozen=True, slots=True)
class Budget(Intervention):
    """Multiply the public budgets of states: austerity below 1, a new fund above 1."""

    kind: ClassVar[str] = "budget"
    factor: float = entry("factor on the public budget", low=0, high=1000)
    who: Who = entry("states", default="all")
    years: int = entry(ANY_YEARS, default=0, low=0, high=1000)

    def apply(self, world: World, rules: Rules) -> None:
        """Scale the factor of austerity."""
        world.states.austerity[states_named(world, self.who)] *= self.factor

    def undo(self, world: World, rules: Rules) -> None:
        """Take the factor back; a budget cut to nothing returns to normal."""
        rows = states_named(world, self.who)
        world.states.austerity[rows] = world.states.austerity[rows] / self.factor if self.factor > 0 else 1.0


@dataclass(frozen=True, slots=True)
class OpenMissions(Intervention):
    """Open missions."""

    kind: ClassVar[str] = "open_missions"
    who: Who = entry("states that open missions")
    in_: Who = entry("states in which they open them", default="all")

    def apply(self, world: World, rules: Rules) -> None:
        """Set missions, never in oneself."""
        rows, columns = states_named(world, self.who), states_named(world, self.in_)
        world.dyads.missions[np.ix_(rows, columns)] = True
        np.fill_diagonal(world.dyads.missions, False)


@dataclass(frozen=True, slots=True)
class CloseMissions(Intervention):
    """Close missions, the least interesting first."""

    kind: ClassVar[str] = "close_missions"
    who: Who = entry("states that close missions")
    in_: Who = entry("states in which they close them", default="all")
    share: float = entry("share of these missions that is closed", default=1.0, low=0, high=1)

    def apply(self, world: World, rules: Rules) -> None:
        """Close, for each state, the share of its missions there with the least strategic interest."""
        columns = states_named(world, self.in_)
        for row in states_named(world, self.who):
            kept = columns[world.dyads.missions[row, columns]]
            by_interest = kept[np.argsort(world.dyads.interest[row, kept], kind="stable")]
            world.dyads.missions[row, by_interest[: round(self.share * len(kept))]] = False


@dataclass(frozen=True, slots=True)
class Incident(Intervention):
    """Force conflict incidents between two groups of states."""

    kind: ClassVar[str] = "incident"
    repeats: ClassVar[bool] = True
    who: Who = entry("one side")
    with_: Who = entry("the other side")
    years: int = entry("number of years with incidents", default=1, low=1, high=1000)

    def apply(self, world: World, rules: Rules) -> None:
        """Mark every pair across the two groups."""
        rows, columns = states_named(world, self.who), states_named(world, self.with_)
        world.dyads.incident[np.ix_(rows, columns)] = True
        world.dyads.incident |= world.dyads.incident.T
        np.fill_diagonal(world.dyads.incident, False)


@dataclass(frozen=True, slots=True)
class ShiftIdealPoint(Intervention):
    """Move states politically: a change of regime or of camp. Structural trust follows."""

    kind: ClassVar[str] = "shift_ideal_point"
    who: Who = entry("states")
    by: float = entry("added to the ideal point", default=0.0, low=-10, high=10)
    to: float | None = entry("the new ideal point instead", default=None, low=-10, high=10)

    def check_together(self) -> None:
        """Refuse a move that is none, or two at once."""
        if (self.by == 0) == (self.to is None):
            raise ConfigError("give either 'by' (a step that is not 0) or 'to' (a new ideal point)")

    def apply(self, world: World, rules: Rules) -> None:
        """Move the ideal points and recompute what follows from structure."""
        states, dyads = world.states, world.dyads
        rows = states_named(world, self.who)
        states.ideal_point[rows] = states.ideal_point[rows] + self.by if self.to is None else self.to
        dyads.trust_baseline = structural_trust(states.ideal_point, dyads.history, states.income)
        dyads.affinity = np.exp(-political_distance(states.ideal_point))
        np.fill_diagonal(dyads.affinity, 0.0)


@dataclass(frozen=True, slots=True)
class Withdraw(Intervention):
    """Leave an international organisation."""

    kind: ClassVar[str] = "withdraw"
    who: Who = entry("states that leave")
    from_: OrganisationId = entry("id of the organisation, such as UNESCO")

    def apply(self, world: World, rules: Rules) -> None:
        """End the memberships; leaving the universal organisation is noticed by its members."""
        world.leave(Places.of(world).organisation(self.from_), states_named(world, self.who))


@dataclass(frozen=True, slots=True)
class Join(Intervention):
    """Join, or return to, an international organisation."""

    kind: ClassVar[str] = "join"
    who: Who = entry("states that join")
    to: OrganisationId = entry("id of the organisation, such as UNESCO")

    def apply(self, world: World, rules: Rules) -> None:
        """Begin the memberships."""
        world.join(Places.of(world).organisation(self.to), states_named(world, self.who))


@dataclass(frozen=True, slots=True)
class ShiftInterest(Intervention):
    """Raise or lower the strategic interest of some states in others."""

    kind: ClassVar[str] = "shift_interest"
    who: Who = entry("states whose interest changes")
    in_: Who = entry("states they look at")
    by: float = entry("added on the logit", low=-20, high=20)

    def apply(self, world: World, rules: Rules) -> None:
        """Add to what M1 adds up."""
        cells = np.ix_(states_named(world, self.who), states_named(world, self.in_))
        world.dyads.interest_shift[cells] += self.by
        np.fill_diagonal(world.dyads.interest_shift, 0.0)


@dataclass(frozen=True, slots=True)
class SetChannel(Intervention):
    """Change the share spent at arm's length, or the autonomy of the agency."""

    kind: ClassVar[str] = "set_channel"
    who: Who = entry("states")
    share: float | None = entry("share of the bilateral budget at arm's length", default=None, low=0, high=1)
    autonomy: float | None = entry("autonomy of the agency", default=None, low=0, high=1)

    def check_together(self) -> None:
        """Refuse a change of nothing."""
        if self.share is None and self.autonomy is None:
            raise ConfigError("give 'share', 'autonomy' or both")

    def apply(self, world: World, rules: Rules) -> None:
        """Set what is given; a share needs an agency to spend it, which is founded where there is none."""
        rows = states_named(world, self.who)
        if self.autonomy is not None:
            world.states.autonomy[rows] = self.autonomy
        if self.share is not None:
            world.states.arms_length[rows] = self.share
        if self.share:
            organisations, states = world.organisations, world.states
            at_work = (organisations.kind == AGENCY) & (organisations.closed < 0)
            new = np.setdiff1d(rows, organisations.home[at_work])
            names = np.array([f"Cultural institute, {name}" for name in states.name[new]], dtype=str)
            organisations.append(name=names, kind=AGENCY, home=new, founded=world.year, autonomy=states.autonomy[new],
                                 capacity=states.mean_capacity[new])
            for code, name in zip(states.iso3[new], names, strict=True):
                world.log("founding", str(code), f"founds {name}")


@dataclass(frozen=True, slots=True)
class SetActivism(Intervention):
    """Multiply the diplomatic activism of states: a campaign to be everywhere."""

    kind: ClassVar[str] = "set_activism"
    who: Who = entry("states")
    factor: float = entry("factor on activism", low=0, high=1000)
    years: int = entry(ANY_YEARS, default=0, low=0, high=1000)

    def check_together(self) -> None:
        """Refuse an end of what cannot be divided out."""
        if self.factor == 0 and self.years:
            raise ConfigError("a factor of 0 cannot be taken back: give a small factor, or no 'years'")

    def apply(self, world: World, rules: Rules) -> None:
        """Scale lasting activism."""
        world.states.activism[states_named(world, self.who)] *= self.factor

    def undo(self, world: World, rules: Rules) -> None:
        """Take the factor back."""
        world.states.activism[states_named(world, self.who)] /= self.factor


KINDS: dict[str, type[Intervention]] = {
    kind.kind: kind
    for kind in (
        SetParameter, Budget, OpenMissions, CloseMissions, Incident, ShiftIdealPoint, Withdraw, Join,
        ShiftInterest, SetChannel, SetActivism, Grant, NewConvention, NewOrganisation, Claim, Quota, Yearlong,
        SetRelation, Reciprocity, Scheme, Talks,
    )
}

r"""M8 Organisations: foundations, universities, museums, NGOs and associations find partners and run projects.

.. math::

   P(\text{state } j \mid \text{home } h) \propto (.05+\hat C_{hj})\sqrt{1+stock_{hj}/1000}\;
   \left(\max(d_{hj},200)/1000\right)^{-1/2} e^{.5G_{hj}}

   \text{new projects of an organisation} \sim \mathrm{Poisson}(n/d), \qquad
   \text{duration} = 1+\mathrm{Geometric}(1/d)

The choice of a state is Gumbel-max over the logarithm of the weight, drawn here from one cumulative distribution
per home state, which is the same law. In the state the partner is drawn among compatible kinds in proportion to its
budget, three times that if the two already run a project. With probability p (three times that for foundations and
associations) one to four more states join; each pair among the participants builds J <- J + .01(1-J) a year. An
organisation spreads its budget evenly over its projects, so what it spends is its budget. Credibility 1 - .1 phi.

Demography (ours, assumed; the issue asks for growth, merger, failure and founding): a budget grows or shrinks by up
to the turnover with the projects under way compared with the usual number; an organisation fails with the hazard
turnover/(1 + projects), half of the failures are mergers into the largest of their kind at home, and as many are
founded as fail, where the starting world had most.
Off: no private spending, no projects, no births and deaths.
Source: MODEL M8; random utility (logit) choice.
Reads: dyads.perceived, stock, distance, agreement, distrust; states.capacity. Writes: world.projects,
organisations.*, dyads.spending_private, dose, trust_dose, understanding_dose, joint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from coopsim.mechanisms import kernels
from coopsim.mechanisms.doses import season, understanding_effect
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.mechanisms.partnerships import COMPATIBLE, attraction, begin, choose_states
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import FOUNDATION, KINDS, TRUST_EFFECT
from coopsim.world.column import Floats
from coopsim.world.organisations import OUTSIDE
from coopsim.world.world import World

Rows = NDArray[np.int64]

JOINT_GAIN = 0.01
PRIVATE_DISCOUNT = 0.1  # share of the ministry's loss of credibility that falls on private actors
EARLIER_YEARS = 8  # in which the projects under way at the start were begun
MERGING = 0.5  # share of failures that are mergers
NEWCOMER_SIZE = 0.5  # budget of a new organisation, in medians


@dataclass(frozen=True, slots=True)
class OrganisationParams(Params):
    """Parameters of M8."""

    group: ClassVar[str] = "organisations"

    projects: float = param(
        1.5, unit="projects", bounds=(0, 20), plausible=(0.5, 4), symbol="n_proj", evidence="assumed",
        meaning="projects that an organisation keeps under way (times (1 + d)/d)", source="MODEL M8",
    )
    duration: float = param(
        3.0, unit="yr", bounds=(1, 15), plausible=(1, 6), symbol="d_proj", evidence="assumed",
        meaning="mean duration of a project beyond its first year", source="MODEL M8",
    )
    budget_scale: float = param(
        1.0, unit="1", bounds=(0, 100), plausible=(0.3, 3), symbol="b_scale", evidence="assumed",
        meaning="factor on all private budgets", source="MODEL M8: about $5.4 bn a year in the world",
    )
    multilateral: float = param(
        0.10, unit="1", bounds=(0, 1), plausible=(0, 0.4), symbol="p_multi", evidence="assumed",
        meaning="chance that further states join a project; three times that for foundations and associations",
        source="MODEL M8",
    )
    turnover: float = param(
        0.03, unit="1/yr", bounds=(0, 0.5), plausible=(0, 0.1), symbol="turnover", evidence="assumed",
        meaning="pace at which organisations grow, fail, merge and are founded", source="ours",
    )


def run_projects(world: World, p: OrganisationParams, rng: Stream) -> Counters:
    """End projects that are over, begin new ones, spend, and add the doses."""
    _end(world)
    begun = _begin(world, p, rng, world.year) if world.size > 1 else 0
    spent, multi = _spend(world, p)
    return {
        "projects": len(world.projects), "projects begun": begun, "multi-party projects": multi,
        "private spending": spent,
    }


def start(world: World, p: OrganisationParams, rng: Stream) -> Counters:
    """Let the world start with projects under way, as if organisations had begun some every year before."""
    if world.size > 1:
        for year in range(world.year - EARLIER_YEARS + 1, world.year + 1):
            _begin(world, p, rng._replace(year=year), year)
        _end(world)
    return {}


def _begin(world: World, p: OrganisationParams, rng: Stream, year: int) -> int:
    return begin(world, rng, year, mean=p.projects / p.duration, duration=p.duration, multilateral=p.multilateral)


def _end(world: World) -> None:
    """Drop the projects that are over, and those of organisations that closed."""
    world.projects.shorten(kernels.projects.drop(world.projects.rows, world.organisations.closed, world.year))


def _spend(world: World, p: OrganisationParams) -> tuple[float, int]:
    """Spend money and doses, build joint commonality; return the money and the number of multi-party projects."""
    states, dyads, organisations = world.states, world.dyads, world.organisations
    world.spent = True
    spent, multi = kernels.projects.spend(
        world.projects.rows, organisations.kind, organisations.home, organisations.budget, p.budget_scale,
        states.dose_cost, dyads.facilitation, dyads.event_boost, states.event_reach, dyads.distrust, PRIVATE_DISCOUNT,
        season(world.year), TRUST_EFFECT, understanding_effect(world), JOINT_GAIN, FOUNDATION, organisations.projects,
        organisations.funding, organisations.partners, dyads.spending_private, dyads.dose, dyads.trust_dose,
        dyads.understanding_dose, dyads.joint,
    )
    return float(spent), int(multi)


def live_and_die(world: World, p: OrganisationParams, rng: Stream) -> Counters:
    """Let organisations grow, fail, merge and be founded."""
    organisations = world.organisations
    kind, home, closed, budget = organisations.kind, organisations.home, organisations.closed, organisations.budget
    capacity = world.states.mean_capacity
    usual = p.projects * (1 + p.duration) / p.duration
    # The world's private purse stays what it was: growth of one is at the expense of others.
    kernels.organisations.grow(
        p.turnover, usual, world.reference.private_budget, capacity, kind, FOUNDATION, home, closed,
        organisations.projects, budget, organisations.capacity,
    )
    failed = kernels.organisations.fail(
        rng.uniform_at("failure", organisations.lot), p.turnover, world.year, kind, FOUNDATION, closed,
        organisations.projects,
    )
    merging = failed[rng.uniform_at("merger", organisations.lot[failed]) < MERGING]
    heirs = kernels.organisations.merge(merging, world.size, kind, home, closed, budget)
    _tell(world, merging[heirs >= 0], heirs[heirs >= 0])
    merged = int(np.count_nonzero(heirs >= 0))
    founded = _found(world, organisations.lot[failed], capacity, rng)
    return {"organisations closed": len(failed) - merged, "organisations merged": merged,
            "organisations founded": founded}


def _tell(world: World, rows: Rows, heirs: Rows) -> None:
    """Log the mergers of organisations whose year of foundation is known."""
    organisations = world.organisations
    known = organisations.founded[rows] > 0
    if not known.any():
        return
    rows, heirs = rows[known], heirs[known]
    codes = world.states.iso3[organisations.home[rows]]
    for code, name, heir in zip(codes, organisations.name[rows], organisations.name[heirs], strict=True):
        world.log("merger", str(code), f"{name} becomes part of {heir}")


def _found(world: World, failed: Rows, capacity: Floats, rng: Stream) -> int:
    """Found an organisation for each lot that failed, where the starting world had most.

    Lots and chances are numbered on; but whoever follows one from outside the rules takes over its lot, so that what an
    intervention founds moves nobody else's luck.
    """
    if not len(failed):
        return 0
    organisations, reference = world.organisations, world.reference
    inside = np.flatnonzero(failed < OUTSIDE)
    place, lot = failed.copy(), failed.copy()
    place[inside] = np.arange(len(inside))
    lot[inside] = organisations.next_lot + place[inside]
    home, kind, median = kernels.organisations.found(
        rng.uniform_at("founding", place), reference.organisation_homes, reference.organisation_kinds, FOUNDATION,
        organisations.kind, organisations.closed, organisations.budget,
    )
    titles = [f"{name.capitalize()} of {world.year}" for name in KINDS]
    states = world.states.name[home].tolist()
    names = [f"{titles[k]}, {state}" for k, state in zip(kind.tolist(), states, strict=True)]
    organisations.append(
        name=names, kind=kind, home=home, founded=world.year, budget=NEWCOMER_SIZE * median, autonomy=0.9,
        capacity=capacity[home], lot=lot[: len(home)],
    )
    return len(home)


__all__ = ["COMPATIBLE", "ORGANISATIONS", "OrganisationParams", "attraction", "choose_states", "run_projects"]

ORGANISATIONS = Mechanism(
    "organisations", "M8", "Organisations and projects", OrganisationParams, start=start,
    writes=(
        "organisations.name", "organisations.kind", "organisations.home", "organisations.founded",
        "organisations.closed", "organisations.budget", "organisations.funding", "organisations.autonomy",
        "organisations.capacity", "organisations.partners", "organisations.projects", "organisations.lot",
        "dyads.spending_private", "dyads.dose", "dyads.trust_dose", "dyads.understanding_dose", "dyads.joint",
    ),
)
RUN_PROJECTS = Process("run projects", ORGANISATIONS, run_projects)
LIVE_AND_DIE = Process("organisations live and die", ORGANISATIONS, live_and_die)
PROCESSES = (RUN_PROJECTS, LIVE_AND_DIE)

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

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from coopsim.mechanisms.doses import season, understanding_effect
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.mechanisms.partnerships import (
    COMPATIBLE,
    attract,
    attraction,
    choose_states,
    find_partners,
    further_states,
)
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import ACTIVITIES, AGENCY, KINDS, MIX, TRUST_EFFECT
from coopsim.world.column import Floats
from coopsim.world.world import World

Rows = NDArray[np.int64]

JOINT_GAIN = 0.01
PRIVATE_DISCOUNT = 0.1  # share of the ministry's loss of credibility that falls on private actors
LONGEST = 20  # years
EARLIER_YEARS = 8  # in which the projects under way at the start were begun
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
    projects, organisations = world.projects, world.organisations
    projects.keep(_alive(world))
    begun = _begin(world, p, rng, world.year) if world.size > 1 else 0
    rows = projects.rows
    counts = np.bincount(rows["organisation"], minlength=len(organisations))
    organisations.projects = counts.astype(np.int64)
    amount = p.budget_scale * organisations.budget[rows["organisation"]] / np.maximum(
        counts[rows["organisation"]], 1
    )
    private = organisations.private
    spent = np.bincount(rows["organisation"], amount, minlength=len(organisations))
    organisations.funding[private] = spent[private]
    organisations.partners[private] = _partner_states(rows, len(organisations), world.size)[private]
    multi = _spend(world, amount)
    return {
        "projects": len(rows), "projects begun": begun, "multi-party projects": multi,
        "private spending": float(amount.sum()),
    }


def _alive(world: World) -> NDArray[np.bool_]:
    rows = world.projects.rows
    working = world.organisations.closed < 0
    return (rows["end"] >= world.year) & working[rows["organisation"]]


def start(world: World, p: OrganisationParams, rng: Stream) -> Counters:
    """Let the world start with projects under way, as if organisations had begun some every year before."""
    if world.size > 1:
        for year in range(world.year - EARLIER_YEARS + 1, world.year + 1):
            _begin(world, p, replace(rng, year=year), year)
        world.projects.keep(_alive(world))
    return {}


def _begin(world: World, p: OrganisationParams, rng: Stream, year: int) -> int:
    organisations = world.organisations
    active = (organisations.closed < 0) & organisations.private
    number = rng.poisson("projects", np.full(len(organisations), p.projects / p.duration)).astype(np.int64) * active
    owner = np.repeat(np.arange(len(organisations)), number)
    # Each organisation's first, second, ... new project of the year has chances of its own.
    turn = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number)
    index = owner * 64 + np.minimum(turn, 63)
    home, kind = organisations.home[owner], organisations.kind[owner]
    cumulative = attract(world)[1]
    state = choose_states(cumulative, home, rng.uniform_at("state", index))
    partner = find_partners(world, owner, kind, state, rng.uniform_at("partner", index))
    extra = further_states(world, p.multilateral, owner, state, cumulative, rng, index)
    new = world.projects.extend(len(owner))
    new["organisation"], new["state"], new["partner"], new["extra"] = owner, state, partner, extra
    new["start"] = year
    cumulated = np.cumsum(MIX, axis=1)[kind]
    drawn = (rng.uniform_at("activity", index)[:, None] > cumulated).sum(axis=1)
    new["activity"] = np.minimum(drawn, len(ACTIVITIES) - 1)
    new["end"] = year + _duration(p.duration, rng.uniform_at("duration", index)) - 1
    return len(owner)


def _duration(mean: float, uniform: Floats) -> Rows:
    """Return 1 + Geometric(1/mean) by inversion, shape (n,)."""
    if mean <= 1:
        return np.full(len(uniform), 2, dtype=np.int64)
    geometric = np.ceil(np.log1p(-uniform) / np.log1p(-1 / mean))
    return (1 + np.clip(geometric, 1, LONGEST)).astype(np.int64)


def _partner_states(rows: NDArray[np.void], number: int, states: int) -> Rows:
    """Count the different states in which each organisation runs projects."""
    from coopsim.mechanisms.kernels import programmes

    found = np.zeros(number, dtype=np.int64)
    programmes.count_partner_states(
        np.ascontiguousarray(rows["organisation"]), np.ascontiguousarray(rows["state"]), states, found
    )
    return found


def _spend(world: World, amount: Floats) -> int:
    """Scatter money and doses, build joint commonality; return the number of multi-party projects."""
    from coopsim.mechanisms.kernels import programmes

    states, dyads, rows = world.states, world.dyads, world.projects.rows
    world.spent = True
    home = world.organisations.home[rows["organisation"]]
    state, extra, activity = (np.ascontiguousarray(rows[name]) for name in ("state", "extra", "activity"))
    programmes.spend_projects(
        home, state, extra, activity, amount, states.dose_cost, dyads.facilitation, dyads.event_boost,
        states.event_reach, dyads.distrust, PRIVATE_DISCOUNT, season(world.year), TRUST_EFFECT,
        understanding_effect(world), dyads.spending_private, dyads.dose, dyads.trust_dose, dyads.understanding_dose,
    )
    return int(programmes.build_joint(home, state, extra, JOINT_GAIN, dyads.joint))


def live_and_die(world: World, p: OrganisationParams, rng: Stream) -> Counters:
    """Let organisations grow, fail, merge and be founded."""
    organisations = world.organisations
    size = len(organisations)
    active = (organisations.closed < 0) & organisations.private
    usual = p.projects * (1 + p.duration) / p.duration
    busy = np.tanh((organisations.projects - usual) / max(usual, 1.0))
    organisations.budget = np.where(active, organisations.budget * np.exp(p.turnover * busy), organisations.budget)
    # The world's private purse stays what it was: growth of one is at the expense of others.
    total, before = organisations.budget[active].sum(), world.reference.private_budget
    if total > 0 and before > 0:
        organisations.budget[active] *= before / total
    organisations.capacity = world.states.mean_capacity[organisations.home]
    fails = active & (rng.uniform("failure", size) < p.turnover / (1 + organisations.projects))
    merges = fails & (rng.uniform("merger", size) < 0.5)
    merged = _merge(world, np.flatnonzero(merges), fails)
    organisations.closed[fails] = world.year
    founded = _found(world, int(fails.sum()), rng)
    return {"organisations closed": int(fails.sum()) - merged, "organisations merged": merged,
            "organisations founded": founded}


def _merge(world: World, rows: Rows, fails: NDArray[np.bool_]) -> int:
    """Give the budget of merging organisations to the largest survivor of their kind at home."""
    organisations = world.organisations
    merged = 0
    working = (organisations.closed < 0) & ~fails
    for row in rows:
        same = np.flatnonzero(
            working & (organisations.home == organisations.home[row]) & (organisations.kind == organisations.kind[row])
        )
        if same.size:
            heir = int(same[np.argmax(organisations.budget[same])])
            organisations.budget[heir] += organisations.budget[row]
            merged += 1
            if organisations.founded[row] > 0:
                world.log("merger", str(world.states.iso3[organisations.home[row]]),
                          f"{organisations.name[row]} becomes part of {organisations.name[heir]}")
    return merged


def _found(world: World, number: int, rng: Stream) -> int:
    """Found as many organisations as failed, where the starting world had most."""
    organisations, reference = world.organisations, world.reference
    origin = np.flatnonzero(reference.organisation_kinds > AGENCY)
    if not number or not origin.size:
        return 0
    pick = origin[(rng.uniform("founding", number) * len(origin)).astype(np.int64)]
    home, kind = reference.organisation_homes[pick], reference.organisation_kinds[pick]
    names = [
        f"{KINDS[k].capitalize()} of {world.year}, {world.states.name[h]}" for h, k in zip(home, kind, strict=True)
    ]
    private = organisations.budget[organisations.private & (organisations.closed < 0)]
    organisations.append(
        name=np.array(names, dtype=str), kind=kind, home=home, founded=world.year,
        budget=NEWCOMER_SIZE * float(np.median(private)) if private.size else 0.0, autonomy=0.9,
        capacity=world.states.mean_capacity[home],
    )
    return number


__all__ = ["COMPATIBLE", "ORGANISATIONS", "OrganisationParams", "attraction", "choose_states", "run_projects"]

ORGANISATIONS = Mechanism(
    "organisations", "M8", "Organisations and projects", OrganisationParams, start=start,
    writes=(
        "organisations.name", "organisations.kind", "organisations.home", "organisations.founded",
        "organisations.closed", "organisations.budget", "organisations.funding", "organisations.autonomy",
        "organisations.capacity", "organisations.partners", "organisations.projects", "dyads.spending_private",
        "dyads.dose", "dyads.trust_dose", "dyads.understanding_dose", "dyads.joint",
    ),
)
RUN_PROJECTS = Process("run projects", ORGANISATIONS, run_projects)
LIVE_AND_DIE = Process("organisations live and die", ORGANISATIONS, live_and_die)
PROCESSES = (RUN_PROJECTS, LIVE_AND_DIE)

r"""M7 Channels: the ministry follows interest, the arm's-length agency follows commonality.

.. math::

   w^m_{ij} \propto I_{ij}^{\gamma}(1+g_G G_{ij})\,w^E_{ij}\,need_j^{2\delta} \qquad
   w^a_{ij} \propto \sqrt{\hat C_{ij}}(1+g_G G_{ij})\,w^E_{ij}\,need_j^{2\delta}

   cred^m_{ij} = 1-\phi(1-pol_{ij}) \qquad cred^a_{ij} = 1-\phi(1-a_i)(1-pol_{ij})

   D_{k,ij} = \sum_{ch}\frac{mix_{ch,k}\;spend_{ch,ij}\;eff_{k,ij}}{\kappa P_j^\eta}

The ministry spends the share 1 - c of the bilateral budget, the agency c. Doses D drive material effects; the
same doses weighted by credibility drive attitudes. Where an agreement is in force, the share lambda of the money
follows the activity that the agreement leads with (ours; lambda = 0 is MODEL's equation, and on average over
agreements the mix is unchanged). A state with a policy of reciprocity rho weighs each partner by
(1 - rho) + rho S times its share in what the state received last year (ours). eff applies to mobility and events
(M5). delta: development orientation (M20).
Off: one channel (c = 0) that is fully credible (phi = 0).
Source: MODEL M7; Nye on credibility; Kizlari and Fouseki 2018 on autonomy as a continuum. All assumed.
Reads: states.budget, dues, dose_cost, arms_length, autonomy, reciprocity, capacity, knowledge; dyads.interest,
perceived, agreement, programme_reach, facilitation, affinity. Writes: states.need; dyads.distrust, spending_ministry,
spending_agency, dose, trust_dose, understanding_dose; organisations.funding, partners.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from coopsim.mechanisms import kernels
from coopsim.mechanisms.doses import season, understanding_effect
from coopsim.mechanisms.mechanism import EPSILON, Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import AGENCY, MINISTRY, MIX, TRUST_EFFECT
from coopsim.world.column import Floats
from coopsim.world.world import World

# How a full development orientation moves the public mixes (MODEL M20): from events to assistance, education.
DEVELOPMENT_SHIFT = 0.5 * np.array([0.0, -0.5, 0.35, 0.15, 0.0])


@dataclass(frozen=True, slots=True)
class ChannelParams(Params):
    """Parameters of M7."""

    group: ClassVar[str] = "channels"

    credibility_discount: float = param(
        0.6, unit="1", bounds=(0, 1), plausible=(0, 1), symbol="phi", evidence="assumed",
        meaning="how much a state-run programme loses in credibility at full political distance",
        source="MODEL M7; direction from Nye",
    )
    interest_elasticity: float = param(
        1.0, unit="1", bounds=(0, 5), plausible=(0.3, 2), symbol="gamma", evidence="assumed",
        meaning="how strongly the ministry's money follows strategic interest", source="MODEL M7",
    )
    agreement_preference: float = param(
        2.0, unit="1", bounds=(0, 20), plausible=(0, 5), symbol="g_G", evidence="assumed",
        meaning="extra weight of partners with an agreement", source="MODEL M7",
    )
    lead_share: float = param(
        0.2, unit="1", bounds=(0, 1), plausible=(0, 0.5), symbol="lambda", evidence="assumed",
        meaning="share of the money in a tied pair that follows the agreement's leading activity",
        source="ours; 0 is MODEL's equation",
    )
    arms_length: bool = param(
        True, unit="1", evidence="theory",
        meaning="whether arm's-length agencies spend their share; if not, the ministry spends everything",
        source="MODEL M7",
    )


def public_mix(kind: int, development: float) -> Floats:
    """Return the activity mix of a public channel, shape (5,), under development orientation delta."""
    mix = np.clip(MIX[kind] + development * DEVELOPMENT_SHIFT, 0, None)
    return np.asarray(mix / mix.sum())


def allocate(world: World, p: ChannelParams, rng: Stream) -> Counters:
    """Spend the bilateral budgets through the two public channels."""
    states, dyads = world.states, world.dyads
    states.need = world.derived(
        "need", (states.capacity, states.knowledge), lambda: 1 - (states.mean_capacity + states.knowledge) / 2,
        ("states.capacity", "states.knowledge"),
    )
    money = states.budget - states.dues
    if not np.count_nonzero(money):
        return _spend_nothing(world, p)
    through_agency = states.arms_length if p.arms_length else np.zeros(world.size)
    dyads.distrust = _distrust(world, p)
    ministry_mix, agency_mix = world.derived(
        "public mixes", (world.development,),
        lambda: [public_mix(kind, world.development) for kind in (MINISTRY, AGENCY)],
    )
    spent, partners = kernels.programmes.allocate(
        dyads.interest, dyads.perceived, dyads.agreement, world.agreements.activities, dyads.programme_reach,
        dyads.facilitation, dyads.event_boost, states.event_reach, dyads.distrust,
        np.maximum(states.need, EPSILON) ** (2 * world.development), states.dose_cost, money, through_agency,
        states.autonomy, states.reciprocity, ministry_mix, agency_mix, TRUST_EFFECT, understanding_effect(world),
        season(world.year), p.interest_elasticity, p.agreement_preference, p.lead_share, EPSILON,
        dyads.spending_ministry, dyads.spending_agency, dyads.dose, dyads.trust_dose, dyads.understanding_dose,
    )
    world.spent = True
    _report_funding(world, spent, partners)
    return {"ministry spending": float(spent[0].sum()), "agency spending": float(spent[1].sum())}


def _spend_nothing(world: World, p: ChannelParams) -> Counters:
    """Leave no spending and no dose behind; how credible a programme would be is known all the same."""
    dyads = world.dyads
    if world.spent:
        for column in (dyads.spending_ministry, dyads.spending_agency, dyads.dose, dyads.trust_dose,
                       dyads.understanding_dose):
            column.fill(0.0)
        _report_funding(world, np.zeros((2, world.size)), np.zeros((2, world.size), dtype=np.int64))
        world.spent = False
    dyads.distrust = _distrust(world, p)
    world.derived.rest_on(
        "states.budget", "states.dues", "states.capacity", "states.knowledge", "dyads.affinity",
        "dyads.spending_private",
    )
    return {"ministry spending": 0.0, "agency spending": 0.0}


def _distrust(world: World, p: ChannelParams) -> Floats:
    """Return what a state-run programme loses in credibility, shape (S, S)."""
    def make() -> Floats:
        if p.credibility_discount == 0:
            return np.zeros((world.size, world.size))
        distrust = p.credibility_discount * (1 - world.dyads.affinity)
        np.fill_diagonal(distrust, 0.0)
        return np.asarray(distrust)

    return cast(Floats, world.derived("distrust", (p.credibility_discount, world.dyads.affinity), make))


def _report_funding(world: World, spent: Floats, partners: NDArray[np.int64]) -> None:
    """Book public spending on the organisations that spend it: the ministry, and the state's first agency."""
    organisations = world.organisations
    kernels.organisations.book(
        organisations.kind, organisations.home, organisations.closed, spent, partners, organisations.funding,
        organisations.partners,
    )


CHANNELS = Mechanism(
    "channels", "M7", "Ministry and arm's-length channels", ChannelParams,
    writes=(
        "states.need", "dyads.distrust", "dyads.spending_ministry", "dyads.spending_agency", "dyads.dose",
        "dyads.trust_dose", "dyads.understanding_dose", "organisations.funding", "organisations.partners",
    ),
    off=ChannelParams(credibility_discount=0.0, arms_length=False),
)
PROCESSES = (Process("allocate programmes", CHANNELS, allocate),)

r"""M12 Trust: cooperation builds it slowly, hostility destroys it fast, structure pulls it back.

.. math::

   s^+_{ij} = 1-\exp\!\left(-.5G_{ij}-\sum_k e_{T,k}D^c_{k,ji}-contact_{ij}-.3\,comem_{ij}-settled_{ij}\right)

   s^-_{ij} = \max(incident_{ij},\ .1\,claim_{ij},\ .1\,exit_j)

   T_{ij} \leftarrow T_{ij} + g\,s^+_{ij}(1-T_{ij}) - l\,s^-_{ij}T_{ij} + r\left(T_{0,ij}(1-mem\,M_{ij})-T_{ij}\right)

T: trust of i in j [0, 1]. D^c: credible doses that j gives in i. T0: structural trust. M: hostile memory (M13).
exit: j left the universal organisation this year, and i is a member.
Fixed point with constant signals: T* = (g s+ + r T0)/(g s+ + l s- + r).
Off: T is fixed.
Source: MODEL M12; asymmetry of gain and loss after Slovic 1993 (contested). Rates are assumed.
Reads: dyads.agreement, trust_dose, contact, comembership, settled, open_claim, incident, memory,
trust_baseline; states.exited; international.members. Writes: dyads.trust.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.column import Bools, Floats
from coopsim.world.world import World

SIGNALS = (
    "dyads.contact", "dyads.comembership", "dyads.settled", "dyads.incident", "dyads.open_claim", "states.exited",
)
COLUMNS = ("dyads.trust_baseline", "dyads.memory", "international.members", *SIGNALS)
AGREEMENT_SIGNAL = 0.5
COMEMBERSHIP_SIGNAL = 0.3
GRIEVANCE = 0.1  # negative signal of an open claim, or of leaving the universal organisation


@dataclass(frozen=True, slots=True)
class TrustParams(Params):
    """Parameters of M12."""

    group: ClassVar[str] = "trust"

    gain: float = param(
        0.04, unit="1/yr", bounds=(0, 1), plausible=(0.01, 0.1), symbol="g", evidence="assumed",
        meaning="share of the gap to full trust closed by a year of the strongest cooperation",
        source="MODEL M12: half-life 9.3 years under strong cooperation",
    )
    loss: float = param(
        0.25, unit="1/yr", bounds=(0, 1), plausible=(0.1, 0.6), symbol="l", evidence="theory",
        meaning="share of trust destroyed by a year of open conflict", source="MODEL M12; l/g > 1: Slovic 1993",
    )
    forgetting: float = param(
        0.04, unit="1/yr", bounds=(0, 1), plausible=(0.01, 0.1), symbol="r", evidence="assumed",
        meaning="pull back to what structure alone would give", source="MODEL M12: half-life 17 years",
    )
    memory_weight: float = param(
        0.8, unit="1", bounds=(0, 1), plausible=(0, 1), symbol="mem", evidence="measured",
        meaning="how far hostile memory depresses the structural level of trust",
        source="MODEL M13; history of conflict depresses trust, Guiso et al. 2009 (direction)",
    )


def update(trust: Floats, positive: Floats, negative: Floats, baseline: Floats, p: TrustParams) -> Floats:
    """Return next year's trust for given signals; the equation itself, any shape."""
    each = np.vectorize(kernels.attitudes.next_trust, otypes=[np.float64])
    return np.asarray(each(trust, positive, negative, baseline, p.gain, p.loss, p.forgetting))


def revise(world: World, p: TrustParams, rng: Stream) -> Counters:
    """Every state revises its trust in every other."""
    dyads = world.dyads
    goal, member, signalled = world.derived("trust", (p.memory_weight,), lambda: _look_around(world, p), COLUMNS)
    if signalled or world.spent:
        kernels.attitudes.revise_trust(
            dyads.agreement, dyads.trust_dose, signalled, dyads.contact, dyads.comembership, dyads.settled,
            dyads.incident, dyads.open_claim, member, world.states.exited, goal,
            AGREEMENT_SIGNAL, COMEMBERSHIP_SIGNAL, GRIEVANCE, p.gain, p.loss, p.forgetting, dyads.trust,
        )
    else:
        kernels.attitudes.revise_trust_by_agreements(
            dyads.agreement, goal, AGREEMENT_SIGNAL, p.gain, p.forgetting, dyads.trust
        )
    return {}


def _look_around(world: World, p: TrustParams) -> tuple[Floats, Bools, bool]:
    """Return the level to which trust returns, (S, S), who belongs to the universal organisation, (S,), and signals.

    What is asked about signals is whether there may be any beside agreements and doses.
    """
    dyads, universal = world.dyads, world.international.universal
    member = world.international.members[universal] if universal >= 0 else np.zeros(world.size, dtype=np.bool_)
    signalled = not world.derived.at_rest(*SIGNALS) or any(column.any() for column in (
        dyads.contact, dyads.comembership, dyads.settled, dyads.incident, dyads.open_claim, world.states.exited
    ))
    return kernels.attitudes.remembered_trust(p.memory_weight, dyads.trust_baseline, dyads.memory), member, signalled


TRUST = Mechanism("trust", "M12", "Trust", TrustParams, writes=("dyads.trust",))
PROCESSES = (Process("revise trust", TRUST, revise),)

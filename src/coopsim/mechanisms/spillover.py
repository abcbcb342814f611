r"""M19 Spillover: cultural ties and trust favour treaties on other topics.

.. math::

   \text{new treaties}_{ij} \sim \mathrm{Poisson}\!\left(
   s_0\,e^{s_GG_{ij}+s_T(\sqrt{T_{ij}T_{ji}}-.5)}\,(.2+\sqrt{I_{ij}I_{ji}})\right)

s_G is the direct effect of a cultural agreement. The crude ratio of tied to untied pairs is about twice as large,
because tied pairs also trust each other and have interests in each other: a lesson on confounding.
Off: no treaties on other topics.
Source: MODEL M19; spillover is conditional (Kinne and Peinhardt 2024). Topic shares are assumed.
Reads: dyads.agreement, trust, interest. Writes: dyads.other_treaties; the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import EPSILON, Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import OTHER_TOPICS, TOPICS
from coopsim.world.agreements import TERMS
from coopsim.world.column import Floats
from coopsim.world.world import World

TOPIC_SHARES = np.array([0.35, 0.20, 0.15, 0.10, 0.20])  # trade, science, environment, security, mobility
TOPICS_UP_TO = np.cumsum(TOPIC_SHARES)
FIRST_TOPIC = TOPICS.index(OTHER_TOPICS[0])
INTEREST_FLOOR = 0.2
COLUMNS = tuple(TERMS.index(name) for name in ("baseline", "trust", "interest", "agreement"))
NONE = np.array(-1)  # nobody in particular takes the initiative, and no activity leads


@dataclass(frozen=True, slots=True)
class SpilloverParams(Params):
    """Parameters of M19."""

    group: ClassVar[str] = "spillover"

    base_rate: float = param(
        0.06, unit="1/yr", bounds=(0, 2), plausible=(0.02, 0.2), symbol="s0", evidence="assumed",
        meaning="rate of treaties on other topics at medium trust, before interest", source="MODEL M19",
    )
    agreement: float = param(
        0.4, unit="1", bounds=(0, 3), plausible=(0, 1), symbol="s_G", evidence="assumed",
        meaning="direct push of a cultural agreement (log rate)", source="MODEL M19: rate ratio 1.5, range 1-2.7",
    )
    trust: float = param(
        2.0, unit="1", bounds=(0, 8), plausible=(0, 4), symbol="s_T", evidence="assumed",
        meaning="push of mutual trust (log rate)", source="MODEL M19",
    )


def log_rates(world: World, p: SpilloverParams, a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
    """Return the terms of the log rate of chosen pairs, (n, len(TERMS)); they sum to the log rate."""
    dyads, terms = world.dyads, np.zeros((len(a), len(TERMS)))
    kernels.treaties.rate_terms(
        a, b, max(p.base_rate, EPSILON), p.agreement, p.trust, INTEREST_FLOOR, dyads.agreement, dyads.trust,
        dyads.interest, COLUMNS, terms,
    )
    return terms


def spill_over(world: World, p: SpilloverParams, rng: Stream) -> Counters:
    """Let pairs conclude treaties on other topics."""
    dyads = world.dyads
    first, second, topic = kernels.treaties.draw_treaties(
        rng.key("treaties"), rng.key("topic"), p.base_rate, p.agreement, p.trust, INTEREST_FLOOR,
        TOPICS_UP_TO, dyads.agreement, dyads.trust, dyads.interest,
    )
    world.agreements.sign_bilateral(
        first, second, year=world.year, initiator=NONE, activity=NONE,
        topic=FIRST_TOPIC + topic, why=log_rates(world, p, first, second),
    )
    tied = kernels.treaties.count_treaties(topic, first, second, dyads.agreement, dyads.other_treaties)
    return {"other treaties": len(topic), "other treaties of tied pairs": tied}


SPILLOVER = Mechanism(
    "spillover", "M19", "Spillover to other topics", SpilloverParams, writes=("dyads.other_treaties",)
)
PROCESSES = (Process("spill over", SPILLOVER, spill_over),)

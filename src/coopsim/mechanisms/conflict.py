r"""M13 Conflict and hostile memory: incidents happen among the close and distrustful, and are remembered.

.. math::

   P(incident_{ij}) = p_c\max(cont_{ij},.05)\left(1-\sqrt{T_{ij}T_{ji}}\right)^2(1+|\theta_i-\theta_j|)

   M \leftarrow M+.25\,inc\,(1-M)-(m_{dec}+m_{rec}\,joint_{ij})M, \qquad
   joint_{ij} = \mathrm{sat}\!\left(\textstyle\sum_k e_{U,k}(D^c_{k,ij}+D^c_{k,ji})+contact_{ij}+contact_{ji}\right)

M: hostile memory [0, 1]; natural half-life 45.9 years, 8.9 under intense joint programmes. This is the channel
through which cooperation does what forgetting alone does not: reconciliation. (How memory depresses trust is M12's
`memory_weight`.)
Off: no incidents but those that interventions force; memory is fixed.
Source: MODEL M13; contiguity and dissimilarity as in the study of militarised disputes.
Reads: dyads.contiguous, trust, understanding_dose, contact; states.ideal_point. Writes: dyads.incident, memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.world import World

NOT_CONTIGUOUS = 0.05
MEMORY_OF_INCIDENT = 0.25


@dataclass(frozen=True, slots=True)
class ConflictParams(Params):
    """Parameters of M13."""

    group: ClassVar[str] = "conflict"

    incident_rate: float = param(
        0.03, unit="1/yr", bounds=(0, 1), plausible=(0.005, 0.1), symbol="p_c", evidence="measured",
        meaning="chance of an incident between neighbours without any trust and of the same politics",
        source="MODEL M13: about 25 a year; militarised disputes 30-40 (recalled)",
    )
    memory_decay: float = param(
        0.015, unit="1/yr", bounds=(0, 0.5), plausible=(0.003, 0.05), symbol="m_dec", evidence="assumed",
        meaning="natural fading of hostile memory", source="MODEL M13: half-life 46 years",
    )
    reconciliation: float = param(
        0.06, unit="1/yr", bounds=(0, 0.5), plausible=(0, 0.2), symbol="m_rec", evidence="assumed",
        meaning="additional fading under intense joint programmes", source="MODEL M13: half-life 8.9 years",
    )


def clash(world: World, p: ConflictParams, rng: Stream) -> Counters:
    """Draw this year's incidents, beside those that interventions force."""
    dyads = world.dyads
    one, other = world.derived(
        "neighbours", (dyads.contiguous,), lambda: np.nonzero(np.triu(dyads.contiguous, k=1))
    )
    kernels.pairs.draw_incidents(
        rng.key("incident"), p.incident_rate, NOT_CONTIGUOUS, one, other, dyads.contiguous, dyads.trust,
        world.states.ideal_point, dyads.incident,
    )
    rows, columns = kernels.clashes.clashing(dyads.incident)
    codes = world.states.iso3
    for one, other in zip(codes[rows].tolist(), codes[columns].tolist(), strict=True):
        world.log("dispute", f"{one}-{other}", "conflict incident")
    return {"incidents": len(rows)}


def remember(world: World, p: ConflictParams, rng: Stream) -> Counters:
    """Let incidents leave memory, and memory fade, faster where people work together."""
    dyads = world.dyads
    kernels.attitudes.remember(
        dyads.understanding_dose, dyads.contact, dyads.incident, p.memory_decay, p.reconciliation, MEMORY_OF_INCIDENT,
        dyads.memory,
    )
    return {}


CONFLICT = Mechanism(
    "conflict", "M13", "Conflict and hostile memory", ConflictParams, writes=("dyads.incident", "dyads.memory")
)
CLASH = Process("clash", CONFLICT, clash)
REMEMBER = Process("remember", CONFLICT, remember)
PROCESSES = (CLASH, REMEMBER)

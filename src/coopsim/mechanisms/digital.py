r"""M21 Digital turn: access spreads, events reach further, exchange goes on without travel.

.. math::

   \psi \leftarrow \psi+r_\psi\psi(1-\psi) \qquad
   virt_{ij} = .5\,v\sqrt{\psi_i\psi_j}\;\mathrm{sat}(D_{1,ji}+D_{4,ji}) \qquad
   reach_j = \frac{1}{1-.3(\psi_j-\psi_{j,0})}

psi: share of the population online. virt: virtual exchange, understanding without movement (enters M14). reach
multiplies the dose of events held in j (an event costs less per person reached).
Off: access is fixed, no virtual exchange.
Source: MODEL M21, assumed.
Reads: dyads.dose. Writes: states.digital_access, event_reach; dyads.virtual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import EDUCATION, MOBILITY
from coopsim.world.world import World

EVENT_SAVING = 0.3
VIRTUAL_DISCOUNT = 0.5


@dataclass(frozen=True, slots=True)
class DigitalParams(Params):
    """Parameters of M21."""

    group: ClassVar[str] = "digital"

    spread: float = param(
        0.05, unit="1/yr", bounds=(0, 1), plausible=(0, 0.15), symbol="psi_rate", evidence="assumed",
        meaning="logistic growth of digital access", source="MODEL M21",
    )
    virtual: float = param(
        0.2, unit="1", bounds=(0, 1), plausible=(0, 0.5), symbol="virt", evidence="assumed",
        meaning="how much of exchange and teaching also reaches those who stay at home", source="MODEL M21",
    )


def connect(world: World, p: DigitalParams, rng: Stream) -> Counters:
    """Let access grow, and exchange go online."""
    states, dyads = world.states, world.dyads
    access = states.digital_access
    kernels.people.go_virtual(
        access, dyads.dose[MOBILITY], dyads.dose[EDUCATION], VIRTUAL_DISCOUNT * p.virtual, dyads.virtual
    )
    states.digital_access = np.clip(access + p.spread * access * (1 - access), 0.0, 1.0)
    states.event_reach = 1 / (1 - EVENT_SAVING * (states.digital_access - world.reference.digital_access))
    return {}


DIGITAL = Mechanism(
    "digital", "M21", "Digital turn", DigitalParams,
    writes=("states.digital_access", "states.event_reach", "dyads.virtual"),
)
PROCESSES = (Process("go digital", DIGITAL, connect),)

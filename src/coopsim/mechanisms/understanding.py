r"""M14 Understanding of each other's way of life: people, programmes and works of art; it fades without them.

.. math::

   cu_{ij} = \mathrm{sat}\!\left(\textstyle\sum_k e_{U,k}D^c_{k,ji}+contact_{ij}+.5\,host_{ij}
             +.5\,imp_{ji}(.5+.5\psi_i)+virt_{ij}\right)

   U \leftarrow U+u_c\,cu\,(1-U)-u_f(U-U_0)

imp_ji: share of j in i's cultural imports. psi: digital access. virt: virtual exchange (M21).
Fixed point with constant contact: (u_c cu + u_f U_0)/(u_c cu + u_f).
Off: U is fixed.
Source: MODEL M14; contact hypothesis, with null findings in its evidence (MODEL 2.3): plausible range includes
near zero.
Reads: dyads.understanding_dose, contact, host_contact, trade, virtual, understanding_baseline;
states.digital_access. Writes: dyads.understanding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.world import World


@dataclass(frozen=True, slots=True)
class UnderstandingParams(Params):
    """Parameters of M14."""

    group: ClassVar[str] = "understanding"

    gain: float = param(
        0.15, unit="1/yr", bounds=(0, 1), plausible=(0.03, 0.4), symbol="u_c", evidence="assumed",
        meaning="share of the gap to full understanding closed by a year of the strongest contact",
        source="MODEL M14; null studies are credible",
    )
    fading: float = param(
        0.05, unit="1/yr", bounds=(0, 1), plausible=(0.01, 0.15), symbol="u_f", evidence="assumed",
        meaning="pull back to the understanding that needs no contact", source="MODEL M14: half-life 14 years",
    )


def understand(world: World, p: UnderstandingParams, rng: Stream) -> Counters:
    """Every state learns about every other, and forgets."""
    dyads = world.dyads
    kernels.attitudes.understand(
        dyads.understanding_dose, dyads.contact, dyads.host_contact, dyads.trade, dyads.virtual,
        world.states.digital_access, dyads.understanding_baseline, p.gain, p.fading, dyads.understanding,
    )
    return {}


UNDERSTANDING = Mechanism(
    "understanding", "M14", "Understanding", UnderstandingParams, writes=("dyads.understanding",)
)
PROCESSES = (Process("understand", UNDERSTANDING, understand),)

r"""M20 Development orientation: cultural cooperation is tied, step by step, to development goals.

.. math::

   \delta(t) = \delta_0+(\delta_1-\delta_0)\,\sigma\!\left(\frac{t-t_{mid}}{width}\right)

t: years since the start. delta [0, 1] raises the weight of needy partners in both public channels (need^(2 delta)) and
moves their mixes from events to assistance and education (M7).
Off: delta = 0.
Source: MODEL M20; training and technical assistance in 12 % (1935-45) to 41 % (1966-72) of treaty texts.
Reads: the year. Writes: world.development.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scipy.special import expit

from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.world import World


@dataclass(frozen=True, slots=True)
class DevelopmentParams(Params):
    """Parameters of M20."""

    group: ClassVar[str] = "development"

    early: float = param(
        0.3, unit="1", bounds=(0, 1), plausible=(0, 1), symbol="delta0", evidence="measured",
        meaning="development orientation long before the turn", source="MODEL 2.2: share of treaty texts",
    )
    late: float = param(
        0.3, unit="1", bounds=(0, 1), plausible=(0, 1), symbol="delta1", evidence="assumed",
        meaning="development orientation long after the turn; equal to `early` means no turn", source="MODEL M20",
    )
    middle: float = param(
        10.0, unit="yr", bounds=(-100, 1000), plausible=(0, 30), symbol="t_mid", evidence="assumed",
        meaning="years after the start at which the turn is half done", source="MODEL M20",
    )
    width: float = param(
        3.0, unit="yr", bounds=(0.01, 100), plausible=(1, 10), symbol="width", evidence="assumed",
        meaning="how gradual the turn is", source="MODEL M20",
    )


def orient(world: World, p: DevelopmentParams, rng: Stream) -> Counters:
    """Set this year's orientation."""
    years = world.year - world.reference.year
    world.development = p.early + (p.late - p.early) * float(expit((years - p.middle) / p.width))
    return {"development orientation": world.development}


DEVELOPMENT = Mechanism(
    "development", "M20", "Development orientation", DevelopmentParams, writes=("world.development",), start=orient
)
PROCESSES = (Process("set priorities", DEVELOPMENT, orient),)

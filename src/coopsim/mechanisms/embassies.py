r"""M5 Embassies: missions carry diplomacy and help local organisations invite artists.

.. math::

   reach_{ij} = e_0 + (1-e_0)\tfrac12(E_{ij}+E_{ji}) \qquad
   eff_{ij} = 1 + f_E E_{ij} \qquad w^E_{ij} = .2 + .8 E_{ij}

E: i keeps a mission in j {0, 1}. reach enters the hazard of signature (M2), eff the doses of mobility and
events (M7), w^E the choice where to run programmes (M7).
Off: all three are 1.
Source: MODEL M5; "support local organisations that wish to invite artists" (SEED).
Reads: dyads.missions. Writes: dyads.reach, facilitation, programme_reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.column import Floats
from coopsim.world.world import World

WITHOUT_MISSION = 0.2  # relative weight of a partner without a resident mission


@dataclass(frozen=True, slots=True)
class EmbassyParams(Params):
    """Parameters of M5."""

    group: ClassVar[str] = "embassies"

    reach_without: float = param(
        0.10, unit="1", bounds=(0, 1), plausible=(0.02, 0.5), symbol="e0", evidence="assumed",
        meaning="reach of diplomacy between states without missions in each other", source="MODEL M5",
    )
    facilitation: float = param(
        0.5, unit="1", bounds=(0, 10), plausible=(0, 1.5), symbol="f_E", evidence="assumed",
        meaning="how much a mission adds to mobility and events in its host state", source="MODEL M5",
    )


def represent(world: World, p: EmbassyParams, rng: Stream) -> Counters:
    """Derive what the missions of the moment carry."""
    dyads = world.dyads
    dyads.reach, dyads.facilitation, dyads.programme_reach = world.derived(
        "missions", (p, dyads.missions), lambda: carry(dyads.missions.astype(np.float64), p)
    )
    return {"missions": int(np.count_nonzero(dyads.missions))}


def carry(missions: Floats, p: EmbassyParams) -> tuple[Floats, Floats, Floats]:
    """Return reach, facilitation and the reach of programmes, each (S, S)."""
    reach = p.reach_without + (1 - p.reach_without) * (missions + missions.T) / 2
    programme_reach = WITHOUT_MISSION + (1 - WITHOUT_MISSION) * missions
    for matrix in (reach, programme_reach):
        np.fill_diagonal(matrix, 0.0)
    return reach, 1 + p.facilitation * missions, programme_reach


EMBASSIES = Mechanism(
    "embassies", "M5", "Embassies", EmbassyParams,
    writes=("dyads.reach", "dyads.facilitation", "dyads.programme_reach"), start=represent,
)
PROCESSES = (Process("represent", EMBASSIES, represent),)

r"""M0 Commonality: what two states share, and how much of it they have discovered.

.. math::

   C_{ij} = 1 - \left(1 - \tfrac12 C^{hist}_{ij} - \tfrac12 C^{cont}_{ij}\right)(1 - v_J J_{ij})

   \nu_{ij} \leftarrow \nu_{ij} + \varepsilon_\nu \frac{(E_{ij}+E_{ji})/2 + G_{ij}}{2}(1-\nu_{ij}),
   \qquad \hat C_{ij} = \nu_{ij} C_{ij}

C^hist: shared history [0, 1]. C^cont: share of equal cultural practices [0, 1]. J: commonality built jointly
[0, 1]. nu: discovered share [0, 1]. E: mission {0, 1}. G: agreement in force {0, 1}.
Source: MODEL M0; "identify commonalities in their histories or contemporary practices" (SEED).
Reads: dyads.history, practice, joint, missions, agreement. Writes: dyads.commonality, discovered, perceived.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.column import Floats
from coopsim.world.world import World

COLUMNS = ("dyads.missions", "dyads.history", "dyads.practice", "dyads.joint")


@dataclass(frozen=True, slots=True)
class CommonalityParams(Params):
    """Parameters of M0."""

    group: ClassVar[str] = "commonality"

    joint_weight: float = param(
        0.3, unit="1", bounds=(0, 1), plausible=(0, 0.6), symbol="v_J", evidence="assumed",
        meaning="how far commonality built jointly can close the remaining gap", source="MODEL M0",
    )
    discovered_start: float = param(
        0.5, unit="1", bounds=(0, 1), plausible=(0.2, 1), symbol="nu0", evidence="assumed",
        meaning="share of commonality already discovered by pairs without an agreement", source="MODEL M0",
    )
    discovery_rate: float = param(
        0.05, unit="1/yr", bounds=(0, 1), plausible=(0, 0.2), symbol="eps_nu", evidence="assumed",
        meaning="share of the undiscovered found in a year with an agreement and missions both ways",
        source="MODEL M0",
    )


def start(world: World, p: CommonalityParams, rng: Stream) -> Counters:
    """Pairs with an agreement know what they share; others know a part of it."""
    dyads = world.dyads
    dyads.discovered = np.where(dyads.tied, 1.0, p.discovered_start)
    np.fill_diagonal(dyads.discovered, 0.0)
    dyads.perceived = dyads.discovered * dyads.commonality
    return {}


def perceive(world: World, p: CommonalityParams, rng: Stream) -> Counters:
    """Missions and agreements uncover what two states share."""
    dyads = world.dyads
    missions, dyads.commonality = world.derived(
        "commonality", (p.joint_weight,), lambda: _look_around(world, p), COLUMNS
    )
    kernels.attitudes.discover(
        missions, dyads.agreement, p.discovery_rate, dyads.commonality, dyads.discovered, dyads.perceived
    )
    return {}


def _look_around(world: World, p: CommonalityParams) -> tuple[NDArray[np.int8], Floats]:
    """Return the missions of both sides and the commonality of each pair, both (S, S)."""
    dyads = world.dyads
    missions = world.derived(
        "missions of both", (dyads.missions,), lambda: dyads.missions.view(np.int8) + dyads.missions.view(np.int8).T
    )
    return missions, kernels.attitudes.share(p.joint_weight, dyads.history, dyads.practice, dyads.joint)


COMMONALITY = Mechanism(
    "commonality", "M0", "Commonality and its discovery", CommonalityParams,
    writes=("dyads.commonality", "dyads.discovered", "dyads.perceived"), start=start,
)
PROCESSES = (Process("perceive commonality", COMMONALITY, perceive),)

r"""M18 Traits: cultural practices spread by imitation between states in contact, and new ones appear.

.. math::

   P(i \text{ meets somebody}) = .2\,copy, \qquad
   P(j \mid \text{meets}) \propto U_{ij}(.2+imp_{ji}) + \bar o\,R_{2,ji}+(1-\lambda_L)R_{4,ji}

With probability equal to the share of practices they have in common, i then copies one of those in which they differ
(Axelrod 1997). Each practice mutates with probability 2 innov/F a year. R_2, R_4: saturated doses of events and of
teaching; o: orientation of events towards innovation; 1 - lambda_L: the art-form share of teaching.
Off: contemporary practice is what it was at the start.
Source: MODEL M18; Axelrod 1997, doi:10.1177/0022002797041002001.
Reads: dyads.understanding, trade, dose. Writes: states.traits; dyads.practice.
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
from coopsim.world.activities import EDUCATION, EVENTS
from coopsim.world.column import Floats
from coopsim.world.world import World

MEETING_RATE = 0.2
ART_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class TraitParams(Params):
    """Parameters of M18."""

    group: ClassVar[str] = "traits"

    copying: float = param(
        1.0, unit="1", bounds=(0, 5), plausible=(0, 5), symbol="copy", evidence="assumed",
        meaning="how often states imitate each other (times .2 a year)", source="MODEL M18; Axelrod 1997",
    )
    innovation: float = param(
        0.01, unit="1/yr", bounds=(0, 0.5), plausible=(0, 0.05), symbol="innov", evidence="assumed",
        meaning="rate at which practices change by themselves", source="MODEL M18",
    )


def meet(world: World, rows: NDArray[np.int64], uniform: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return whom states meet, shape (n,), -1 for nobody, and the weights that decide it, shape (n, S)."""
    dyads = world.dyads
    other, weight = np.empty(len(rows), dtype=np.int64), np.empty((len(rows), world.size))
    kernels.people.meet(
        rows, uniform, dyads.understanding, dyads.trade, dyads.dose[EVENTS], dyads.dose[EDUCATION],
        world.event_orientation, ART_SHARE, weight, other,
    )
    return other, weight


def meeting_weights(world: World) -> Floats:
    """Return whom states meet, shape (S, S)."""
    return meet(world, np.arange(world.size), np.zeros(world.size))[1]


def spread(world: World, p: TraitParams, rng: Stream) -> Counters:
    """Let states copy practices from those they meet, and invent new ones."""
    traits = world.states.traits
    before = traits.copy()
    size, features = traits.shape
    meets = np.flatnonzero(rng.uniform("meets", size) < min(MEETING_RATE * p.copying, 1.0))
    other, _weight = meet(world, meets, rng.uniform_at("whom", meets))
    copied = kernels.people.copy_practices(
        meets, other, rng.uniform_at("copies", meets), rng.uniform_at("which", meets), before, traits
    )
    mutant = np.flatnonzero(rng.uniform("mutates", size * features) < min(2 * p.innovation / features, 1.0))
    np.put(traits, mutant, (rng.uniform_at("new practice", mutant) * world.variants).astype(np.int64))
    kernels.people.refresh_practice(before, traits, world.dyads.practice)
    return {"practices copied": copied, "practices invented": len(mutant)}


TRAITS = Mechanism(
    "traits", "M18", "Spread of cultural practices", TraitParams, writes=("states.traits", "dyads.practice")
)
PROCESSES = (Process("practices spread", TRAITS, spread),)

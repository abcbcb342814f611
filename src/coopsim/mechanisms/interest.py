r"""M1 Strategic interest beyond culture: mass, proximity, political affinity.

.. math::

   I_{ij} = s_I\,\sigma\!\left(a_0 + a_m z_j - a_d(\ln d_{ij} - \overline{\ln d})
            - a_\theta|\theta_i-\theta_j| + \Delta I_{ij}\right)

z: standardised log GDP. d: distance [km]. theta: UN ideal point. Delta I: what interventions add [logit].
Off: I = .5 for every pair.
Source: MODEL M1; dyad-year logits of first cultural agreements 1946-72 (MODEL 2.2, EVIDENCE).
Reads: states.gdp, ideal_point; dyads.distance, interest_shift. Writes: dyads.interest, affinity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.column import Floats
from coopsim.world.initial import political_distance, strategic_interest
from coopsim.world.world import World


@dataclass(frozen=True, slots=True)
class InterestParams(Params):
    """Parameters of M1."""

    group: ClassVar[str] = "interest"

    base: float = param(
        -0.8, unit="logit", bounds=(-6, 6), plausible=(-2, 0.5), symbol="a0", evidence="assumed",
        meaning="interest in an average state at an average distance with the same politics",
        source="MODEL M1: sets mean interest near .3",
    )
    mass: float = param(
        1.8, unit="logit per sd of ln GDP", bounds=(0, 6), plausible=(0.8, 2.6), symbol="a_m",
        evidence="measured", meaning="how much a large economy attracts",
        source="MODEL 2.2: ln population .24-.5, ln GDP per head .2-.5 per side",
    )
    distance: float = param(
        0.6, unit="logit per ln km", bounds=(0, 4), plausible=(0.2, 1), symbol="a_d", evidence="measured",
        meaning="how much distance puts off", source="MODEL 2.2: -.36 to -.85",
    )
    affinity: float = param(
        0.8, unit="logit per unit of ideal point", bounds=(0, 6), plausible=(0.1, 2.2), symbol="a_th",
        evidence="measured", meaning="how much political distance puts off",
        source="MODEL 2.2: -.38 to -.69 per unit on the hazard",
    )
    scale: float = param(
        1.0, unit="1", bounds=(0, 1), plausible=(0.5, 1), symbol="I_scale", evidence="theory",
        meaning="factor on all interest; 0 is a world without interests beyond culture", source="MODEL M1",
    )


def perceive(world: World, p: InterestParams, rng: Stream) -> Counters:
    """Every state looks at what each other state offers beyond culture."""
    states, dyads = world.states, world.dyads
    dyads.interest, dyads.affinity = world.derived(
        "interest", (p, states.gdp, states.ideal_point, dyads.interest_shift), lambda: _look(world, p)
    )
    world.derived.rest_on("states.gdp", "states.ideal_point", "dyads.interest_shift")
    return {}


def _look(world: World, p: InterestParams) -> tuple[Floats, Floats]:
    """Return interest and affinity, both (S, S)."""
    states, dyads = world.states, world.dyads
    interest = p.scale * strategic_interest(
        states.gdp, dyads.distance, states.ideal_point, dyads.interest_shift,
        base=p.base, mass=p.mass, proximity=p.distance, affinity=p.affinity,
    )
    affinity = np.exp(-political_distance(states.ideal_point))
    np.fill_diagonal(affinity, 0.0)
    return interest, np.asarray(affinity)


INTEREST = Mechanism(
    "interest", "M1", "Strategic interest", InterestParams, writes=("dyads.interest", "dyads.affinity"),
    start=perceive,
)
PROCESSES = (Process("perceive interest", INTEREST, perceive),)

r"""M11 Education: schools, chairs and libraries abroad; languages spread; knowledge grows and drains.

.. math::

   Q_{ij} \leftarrow (1-d_Q)Q_{ij}+d_Q D_{4,ij} \qquad
   add_{il} = 1-\prod_{j:\,main(j)=l}(1-\lambda_e\lambda_L\,\mathrm{sat}(Q_{ji}))

   \Lambda_{il} \leftarrow \Lambda_{il}+add_{il}(1-\Lambda_{il})-\lambda_a(\Lambda_{il}-\Lambda_{0,il}) \qquad
   CSL_{ij} = \min\left(1,\textstyle\sum_l\Lambda_{il}\Lambda_{jl}\right)

   W_i \leftarrow W_i+(ow_i+\lambda_W kn_i)(1-W_i)-(.02+.02\,loss_i)W_i

   kn_i = \mathrm{sat}\!\left(.2\textstyle\sum_j \mathrm{sat}(Q_{ji})+1000\,ret_i/(P_i10^6)\right) \qquad
   loss_i = \min(1, 1000\,stayers_i/(P_i10^6))

Q: schools, chairs and libraries of i in j (half schools, a fifth chairs, the rest libraries). Lambda: share of the
population able to use a language; lambda_L = .7 is the language share of teaching, the rest teaches art forms. ret,
stayers: returnees and leavers for good (M9). ow keeps the starting W of a rich state steady, from reference values.
Fixed point of a language with constant teaching: (add + lambda_a Lambda_0)/(add + lambda_a).
Off: languages, knowledge and schools are fixed.
Source: MODEL M11, assumed; CSL must move slowly.
Reads: dyads.dose; states.main_language, returnees, stayers, population. Writes: dyads.taught, language_overlap;
states.languages, knowledge, knowledge_investment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process, saturate
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import EDUCATION
from coopsim.world.initial import language_overlap
from coopsim.world.world import World

LANGUAGE_SHARE = 0.7
FORGETTING = 0.02  # of knowledge each year
DRAIN = 0.02  # of knowledge each year if a thousandth of the people leaves for good
POOR_SHORTFALL = 0.04


@dataclass(frozen=True, slots=True)
class EducationParams(Params):
    """Parameters of M11."""

    group: ClassVar[str] = "education"

    teaching: float = param(
        0.006, unit="1/yr", bounds=(0, 0.5), plausible=(0.001, 0.03), symbol="lam_e", evidence="assumed",
        meaning="share of those who lack a language that a full set of schools teaches each year",
        source="MODEL M11",
    )
    attrition: float = param(
        0.02, unit="1/yr", bounds=(0, 0.5), plausible=(0.005, 0.05), symbol="lam_a", evidence="assumed",
        meaning="return of language skills to their starting level without teaching", source="MODEL M11",
    )
    knowledge_gain: float = param(
        0.01, unit="1/yr", bounds=(0, 0.5), plausible=(0, 0.05), symbol="lam_W", evidence="assumed",
        meaning="growth of knowledge by foreign schools and returnees", source="MODEL M11",
    )
    stock_turnover: float = param(
        0.10, unit="1/yr", bounds=(0, 1), plausible=(0.03, 0.3), symbol="d_Q", evidence="assumed",
        meaning="pace at which schools, chairs and libraries are built and lost", source="MODEL M11",
    )


def start(world: World, p: EducationParams, rng: Stream) -> Counters:
    """Set own investment in knowledge from reference values."""
    states = world.states
    knowledge = np.clip(world.reference.knowledge, 0, 0.98)
    keeps = FORGETTING * knowledge / (1 - knowledge) * (1 - POOR_SHORTFALL * (1 - states.income))
    states.knowledge_investment = np.minimum(0.9, keeps)
    return {}


def teach(world: World, p: EducationParams, rng: Stream) -> Counters:
    """Build schools, spread languages, let knowledge grow and drain."""
    states, dyads = world.states, world.dyads
    schools, missed = np.empty(world.size), np.empty(states.languages.shape[::-1])
    built = kernels.bodies.run_schools(
        dyads.dose[EDUCATION], p.stock_turnover, states.main_language, p.teaching * LANGUAGE_SHARE, dyads.taught,
        schools, missed,
    )
    kernels.bodies.learn(missed, world.reference.languages, p.attrition, states.languages)
    dyads.language_overlap = language_overlap(states.languages)

    per_head = 1000 / (states.population * 1e6)
    learning = saturate(0.2 * schools + per_head * states.returnees)
    loss = np.minimum(1.0, per_head * states.stayers)
    growth = np.minimum(states.knowledge_investment + p.knowledge_gain * learning, 1.0)
    states.knowledge = (
        states.knowledge + growth * (1 - states.knowledge) - (FORGETTING + DRAIN * loss) * states.knowledge
    )
    return {"schools, chairs and libraries": built}


EDUCATION_MECHANISM = Mechanism(
    "education", "M11", "Education and languages", EducationParams,
    writes=("dyads.taught", "dyads.language_overlap", "states.languages", "states.knowledge",
            "states.knowledge_investment"),
    start=start,
)
PROCESSES = (Process("teach", EDUCATION_MECHANISM, teach),)

r"""M6 Budgets: what a state spends on cultural cooperation, and what money buys.

.. math::

   B_i = b_0(.25+.75\bar K_i)\,Y_i\,aust_i \qquad dues_i = m\,B_i \qquad
   dose(x, j) = \frac{x}{\kappa P_j^{\eta}}

Y: GDP [million $]. K: mean capacity [0, 1]. aust: factor of austerity. P: population [million]. The dose is the
spending per head, but large states need less than proportional spending (eta < 1).
Off: no public money, no doses.
Source: MODEL M6; world total near $14 bn is an assumption about orders of magnitude.
Reads: states.gdp, capacity, austerity, population. Writes: states.budget, dues, dose_cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.world import World

FIXED_SHARE = 0.25  # of the budget does not depend on the sector's capacity


@dataclass(frozen=True, slots=True)
class BudgetParams(Params):
    """Parameters of M6."""

    group: ClassVar[str] = "budgets"

    effort: float = param(
        1e-4, unit="share of GDP", bounds=(0, 0.01), plausible=(3e-5, 4e-4), symbol="b0", evidence="assumed",
        meaning="public spending on cultural cooperation as a share of GDP, at full capacity",
        source="MODEL M6; not separable from budgets.dose_cost",
    )
    dose_cost: float = param(
        3.0, unit="million $", bounds=(0.01, 100), plausible=(1, 10), symbol="kappa", evidence="assumed",
        meaning="cost of one unit of dose in a state of one million", source="MODEL M6: fixed, not calibrated",
    )
    size_exponent: float = param(
        0.5, unit="1", bounds=(0, 1), plausible=(0.3, 0.8), symbol="eta", evidence="assumed",
        meaning="how the cost of a dose grows with population", source="MODEL M6",
    )
    dues_share: float = param(
        0.15, unit="1", bounds=(0, 1), plausible=(0, 0.4), symbol="m_share", evidence="assumed",
        meaning="share of the budget paid as dues to international organisations", source="MODEL M6",
    )


def allot(world: World, p: BudgetParams, rng: Stream) -> Counters:
    """Set this year's public budgets."""
    states = world.states
    effort = p.effort * (FIXED_SHARE + (1 - FIXED_SHARE) * states.mean_capacity)
    states.budget = effort * states.gdp * states.austerity
    states.dues = p.dues_share * states.budget
    states.dose_cost = p.dose_cost * states.population**p.size_exponent
    return {"budget": float(states.budget.sum()), "dues": float(states.dues.sum())}


BUDGETS = Mechanism(
    "budgets", "M6", "Budgets and doses", BudgetParams,
    writes=("states.budget", "states.dues", "states.dose_cost"), start=allot,
)
PROCESSES = (Process("allot budgets", BUDGETS, allot),)

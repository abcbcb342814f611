r"""M10 Capacity: cultural sectors grow by own investment and foreign assistance, and wear out.

.. math::

   s_{if} = own_{if}(1+.15\,comp_{if}) + k_{TA}\,R_i\,(.25+.75\bar K_i)\,3w_f \qquad
   R_i = 1-e^{-ta_i/3}

   K_{if} \leftarrow K_{if} + s_{if}(1-K_{if}) - k_{dep}\left(1-\iota\frac{N_i}{1+N_i}\right)K_{if}
   \qquad N_i \leftarrow N_i + \mathrm{Poisson}(.1\,\nu R_i)

K: capacity of field f [0, 1]: heritage, industries, rights. ta: dose of assistance received. w: weights of the
fields, shifted by what programmes of international organisations bind to one field (ours). N: institutions founded
with foreign help, which slow wear. comp: compliance with the field's norms.
own: the investment that would keep the starting capacity of a rich state steady; it is computed from reference
values, never from a scenario's first year, or a change of policy at the start would cancel itself.
Steady state: K* = s/(s + d), d the depreciation after institutions.
Off: K is fixed.
Source: MODEL M10, all assumed; only k_TA/k_dep is identifiable.
Reads: dyads.dose; states.assistance_received, assistance_fields, compliance, income. Writes: states.capacity,
institutions, investment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import EPSILON, Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import ASSISTANCE, FIELDS
from coopsim.world.column import Floats
from coopsim.world.world import World

COMPLIANCE_BONUS = 0.15
HALF_DOSE = 3.0  # a dose of 3 gives 1 - 1/e of the full effect
ABSORBS_ALWAYS = 0.25
FOUNDING_RATE = 0.1
POOR_SHORTFALL = 0.30  # share by which the poorest states invest less than would keep their capacity


@dataclass(frozen=True, slots=True)
class CapacityParams(Params):
    """Parameters of M10."""

    group: ClassVar[str] = "capacity"

    assistance_effect: float = param(
        0.04, unit="1/yr", bounds=(0, 0.3), plausible=(0.01, 0.1), symbol="k_TA", evidence="assumed",
        meaning="share of the gap to full capacity closed by a year of full assistance", source="MODEL M10",
    )
    depreciation: float = param(
        0.04, unit="1/yr", bounds=(0, 1), plausible=(0.01, 0.08), symbol="k_dep", evidence="assumed",
        meaning="share of capacity lost each year without investment", source="MODEL M10",
    )
    institution_effect: float = param(
        0.5, unit="1", bounds=(0, 1), plausible=(0, 1), symbol="iota", evidence="assumed",
        meaning="share of depreciation that many institutions prevent", source="MODEL M10",
    )
    founding: float = param(
        0.2, unit="1", bounds=(0, 10), plausible=(0, 0.5), symbol="nu", evidence="assumed",
        meaning="how readily assistance founds institutions (times .1 a year at full dose)", source="MODEL M10",
    )
    heritage_weight: float = param(
        0.40, unit="1", bounds=(0, 1), plausible=(0, 1), symbol="w_heritage", evidence="assumed",
        meaning="weight of heritage preservation in assistance (weights are normalised)", source="MODEL M10",
    )
    industries_weight: float = param(
        0.35, unit="1", bounds=(0, 1), plausible=(0, 1), symbol="w_industries", evidence="assumed",
        meaning="weight of cultural industries in assistance (weights are normalised)", source="MODEL M10",
    )
    rights_weight: float = param(
        0.25, unit="1", bounds=(0, 1), plausible=(0, 1), symbol="w_rights", evidence="assumed",
        meaning="weight of cultural rights in assistance (weights are normalised)", source="MODEL M10",
    )


REFERENCE_DEPRECIATION = float(CapacityParams().depreciation)


def field_weights(p: CapacityParams) -> Floats:
    """Return the weights of the fields, shape (3,), summing to one; equal if all are nil."""
    weights = np.array([p.heritage_weight, p.industries_weight, p.rights_weight])
    total = weights.sum()
    return np.full(len(FIELDS), 1 / len(FIELDS)) if total <= 0 else np.asarray(weights / total)


def start(world: World, p: CapacityParams, rng: Stream) -> Counters:
    """Set own investment from the reference depreciation and the starting capacity."""
    states = world.states
    capacity = np.clip(world.reference.capacities, 0.0, 0.95)
    keeps = REFERENCE_DEPRECIATION * capacity / (1 - capacity)
    states.investment = keeps * (1 - POOR_SHORTFALL * (1 - states.income))[:, None]
    return {}


def develop(world: World, p: CapacityParams, rng: Stream) -> Counters:
    """Invest, assist, found institutions, wear out."""
    states = world.states
    states.capacity, response = kernels.states.develop(
        world.dyads.dose[ASSISTANCE], states.assistance_received, states.assistance_fields, states.investment,
        states.compliance, COMPLIANCE_BONUS, states.institutions, p.institution_effect, p.assistance_effect, HALF_DOSE,
        ABSORBS_ALWAYS, world.derived("field weights", (p,), lambda: field_weights(p)), p.depreciation, EPSILON,
        states.capacity,
    )
    founded = rng.poisson("institutions", FOUNDING_RATE * p.founding * response)
    states.institutions = states.institutions + founded
    return {"institutions founded": int(founded.sum())}


CAPACITY = Mechanism(
    "capacity", "M10", "Capacity of cultural sectors", CapacityParams,
    writes=("states.capacity", "states.institutions", "states.investment"), start=start,
)
PROCESSES = (Process("develop capacity", CAPACITY, develop),)

r"""M2 Signing a bilateral agreement: one side takes the initiative, both must consent.

.. math::

   v_{ij} = \omega T_{ij} + (1-\omega) I_{ij}

   h_{ij} = h_0\;act_{ij}\;\sqrt{v_{ij}v_{ji}}\;reach_{ij}\;
            \exp\!\left(\beta_C(\hat C_{ij}-\bar C_0)+\beta_K(\hat K_{ij}-\bar K_0)
            +\beta_T(\hat T_{ij}-\bar T_0)+net_{ij}\right)

   P(\text{sign}) = 1-e^{-h_{ij}} \quad\text{if no agreement is in force}

act: (alpha_i + alpha_j)/2 (`initiator`: either may take the initiative) or alpha_i alpha_j (`product`: both
must). v: disposition of i towards j, [0, 1]; zero trust *and* zero interest of either side means h = 0.
reach: of embassies (M5). K^: geometric mean of the two sectors' capacity. net: pull of the network (M4). Bars:
means of the starting world. The exponent is limited to [-10, 6].

beta_T is ours (0 gives MODEL's equation): mutual trust as a separate push, beside the part it has in consent.

The ledger keeps ln h as a sum of terms. ln v mixes trust and interest; each gets its Shapley value against the
mean trust and interest of the starting world, so that the terms add up exactly.
Source: MODEL M2; hazard form after MODEL 2.2.
Reads: states.activity, capacity, arms_length, pull, partners, shared_pull; dyads.trust, interest, reach, perceived,
agreement. Writes: the ledger and dyads.agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import EPSILON, MOST_CERTAIN, Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.agreements import TERMS
from coopsim.world.build import leading_chances
from coopsim.world.column import Floats
from coopsim.world.world import World

Rows = NDArray[np.int64]
LOWEST, HIGHEST = -10.0, 6.0
LIMIT = TERMS.index("limit")
COLUMNS = ("dyads.reach", "states.arms_length")  # beside interest and commonality, which are replaced as a whole


@dataclass(frozen=True, slots=True)
class BilateralParams(Params):
    """Parameters of M2."""

    group: ClassVar[str] = "bilateral"

    base_rate: float = param(
        0.035, unit="1/yr", bounds=(0, 1), plausible=(0.01, 0.1), symbol="h0", evidence="measured",
        meaning="hazard of signing for an average pair with full consent",
        source="MODEL 7: 47 signatures a year 1956-72; density .15-.20",
    )
    trust_weight: float = param(
        0.3, unit="1", bounds=(0, 1), plausible=(0.1, 0.9), symbol="omega", evidence="assumed",
        meaning="weight of trust against interest in a state's disposition",
        source="MODEL M2: low values are needed for blocs",
    )
    beta_commonality: float = param(
        1.5, unit="1", bounds=(0, 10), plausible=(0, 3), symbol="beta_C", evidence="measured",
        meaning="push of perceived commonality",
        source="MODEL 7: language .1-.6, colonial tie 1.0-1.2 over a difference of .25-.5",
    )
    beta_capacity: float = param(
        1.5, unit="1", bounds=(0, 10), plausible=(0, 3), symbol="beta_K", evidence="assumed",
        meaning="push of two developed cultural sectors", source="MODEL M2",
    )
    beta_trust: float = param(
        0.0, unit="1", bounds=(0, 10), plausible=(0, 3), symbol="beta_T", evidence="theory",
        meaning="push of mutual trust beyond its part in consent",
        source="INTERFACE; Kinne 2013: prior ties inform on trustworthiness; 0 is MODEL's equation",
    )
    form: str = param(
        "initiator", unit="1", choices=("initiator", "product"), evidence="assumed",
        meaning="either side may take the initiative, or both must be active",
        source="MODEL M2: the treaty data do not decide (MODEL 10.3)",
    )


def hazards(world: World, p: BilateralParams, a: Rows, b: Rows) -> Floats:
    """Return the yearly hazard of signing for chosen pairs, tied or not, shape (n,)."""
    hazard = np.empty(len(a))
    kernels.pairs.signing_hazards(a, b, _inputs(world, p), hazard)
    return hazard


def _inputs(world: World, p: BilateralParams) -> tuple[Any, ...]:
    """Return what hazards depend on, in the order of the kernels."""
    states, dyads, mean = world.states, world.dyads, world.reference
    capacity = world.derived("capacity", (states.capacity,), lambda: states.mean_capacity, ("states.capacity",))
    return (
        p.base_rate, p.trust_weight, p.beta_commonality, p.beta_capacity, p.beta_trust, p.form == "product",
        LOWEST, HIGHEST, mean.commonality, mean.capacity, mean.trust, states.activity, capacity,
        dyads.trust, dyads.interest, dyads.reach, dyads.perceived, states.pull, states.partners, states.shared_pull,
    )


def contributions(world: World, p: BilateralParams, a: Rows, b: Rows) -> Floats:
    """Return how the log-hazard of chosen pairs comes about, shape (n, len(TERMS)); rows sum to ln h."""
    terms = np.zeros((len(a), len(TERMS)))
    kernels.pairs.signing_terms(a, b, EPSILON, world.reference.interest, LIMIT, _inputs(world, p), terms)
    return terms


def sign(world: World, p: BilateralParams, rng: Stream) -> Counters:
    """Let pairs without an agreement sign one."""
    dyads = world.dyads
    # Nobody perceives more than there is; whatever else somebody wrote stands until commonality is perceived again.
    seen = dyads.commonality if world.derived.at_work("dyads.perceived") else dyads.perceived
    bound, leads = world.derived("signing", (seen, p, dyads.interest), lambda: _look_ahead(world, p, seen), COLUMNS)
    signed = kernels.pairs.sign(
        rng.keys("sign", "initiator", "activity"), world.year, MOST_CERTAIN, EPSILON, world.reference.interest, LIMIT,
        dyads.agreement, bound, leads, world.agreements.room(len(bound)), len(world.agreements), _inputs(world, p),
    )
    world.agreements.append(signed)
    return {"signed": signed}


def _look_ahead(world: World, p: BilateralParams, seen: Floats) -> tuple[NDArray[np.float32], Floats]:
    """Return what consent, reach and the push of commonality come to at most, and with what each initiator leads.

    The bound is by pair in the order of `World.pairs`; commonality is perceived up to `seen`.
    """
    dyads, bound = world.dyads, np.empty(len(world.pairs[0]), dtype=np.float32)
    consent = world.derived("consent", (p.trust_weight, dyads.interest, dyads.reach), lambda: _most_consent(world, p))
    kernels.pairs.hazard_bounds(consent, p.beta_commonality, seen, bound)
    return bound, leading_chances(world.states.arms_length)


def _most_consent(world: World, p: BilateralParams) -> Floats:
    """Return what consent times reach comes to at most, in the same order."""
    bound = np.empty(len(world.pairs[0]))
    kernels.pairs.consent_bounds(p.trust_weight, world.dyads.interest, world.dyads.reach, bound)
    return bound


BILATERAL = Mechanism(
    "bilateral", "M2", "Signing bilateral agreements", BilateralParams, writes=("dyads.agreement",)
)
PROCESSES = (Process("sign agreements", BILATERAL, sign),)

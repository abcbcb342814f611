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
Reads: states.activity, capacity, arms_length; dyads.trust, interest, reach, perceived, popularity, closure,
agreement. Writes: the ledger and dyads.agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from coopsim.mechanisms.mechanism import EPSILON, MOST_CERTAIN, Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import CULTURE
from coopsim.world.agreements import TERMS
from coopsim.world.build import leading_activity
from coopsim.world.column import Floats
from coopsim.world.world import World

Rows = NDArray[np.int64]
LOWEST, HIGHEST = -10.0, 6.0


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


def initiative(world: World, p: BilateralParams, a: Rows, b: Rows) -> Floats:
    """Return act for chosen pairs."""
    active = world.states.activity
    return active[a] * active[b] if p.form == "product" else 0.5 * (active[a] + active[b])


def exponent(world: World, p: BilateralParams, a: Rows, b: Rows) -> tuple[Floats, Floats, Floats]:
    """Return the pushes of commonality, capacity and mutual trust for chosen pairs."""
    dyads, mean, capacity = world.dyads, world.reference, world.states.mean_capacity
    mutual_trust = np.sqrt(dyads.trust[a, b] * dyads.trust[b, a])
    return (
        p.beta_commonality * (dyads.perceived[a, b] - mean.commonality),
        p.beta_capacity * (np.sqrt(capacity[a] * capacity[b]) - mean.capacity),
        p.beta_trust * (mutual_trust - mean.trust),
    )


def hazards(world: World, p: BilateralParams, a: Rows, b: Rows) -> Floats:
    """Return the yearly hazard of signing for chosen pairs, tied or not, shape (n,)."""
    from coopsim.mechanisms.kernels import pairs

    hazard = np.empty(len(a))
    pairs.signing_hazards(*(a, b, *_inputs(world, p), hazard))
    return hazard


def _inputs(world: World, p: BilateralParams) -> tuple[Any, ...]:
    """Return what hazards depend on, in the order of the kernels."""
    states, dyads, mean = world.states, world.dyads, world.reference
    return (
        p.base_rate, p.trust_weight, p.beta_commonality, p.beta_capacity, p.beta_trust, p.form == "product",
        LOWEST, HIGHEST, mean.commonality, mean.capacity, mean.trust, states.activity, states.mean_capacity,
        dyads.trust, dyads.interest, dyads.reach, dyads.perceived, dyads.popularity, dyads.closure,
    )


def contributions(world: World, p: BilateralParams, a: Rows, b: Rows) -> Floats:
    """Return how the log-hazard of chosen pairs comes about, shape (n, len(TERMS)); rows sum to ln h."""
    dyads, mean = world.dyads, world.reference
    w = p.trust_weight

    def log_disposition(trust: Floats | float, interest: Floats | float) -> Floats:
        return np.log(np.maximum(w * trust + (1 - w) * interest, EPSILON))

    ways = np.stack([a, b]), np.stack([b, a])  # the disposition of either side
    trust, interest = dyads.trust[ways], dyads.interest[ways]
    both, neither = log_disposition(trust, interest), log_disposition(mean.trust, mean.interest)
    only_trust, only_interest = log_disposition(trust, mean.interest), log_disposition(mean.trust, interest)
    by_trust = 0.25 * (both - only_interest + only_trust - neither).sum(axis=0)
    by_interest = 0.25 * (both - only_trust + only_interest - neither).sum(axis=0)
    commonality, capacity, mutual_trust = exponent(world, p, a, b)
    popularity, closure = dyads.popularity[a, b], dyads.closure[a, b]
    push = commonality + capacity + mutual_trust + popularity + closure
    baseline = np.log(max(p.base_rate, EPSILON)) + neither
    terms = {
        "baseline": baseline,
        "initiative": np.log(np.maximum(initiative(world, p, a, b), EPSILON)),
        "trust": by_trust + mutual_trust,
        "interest": by_interest,
        "reach": np.log(np.maximum(dyads.reach[a, b], EPSILON)),
        "commonality": commonality,
        "capacity": capacity,
        "popularity": popularity,
        "closure": closure,
        "limit": np.clip(push, LOWEST, HIGHEST) - push,
    }
    found = np.zeros((len(a), len(TERMS)))
    for place, name in enumerate(TERMS):
        found[:, place] = terms.get(name, 0.0)
    return found


def sign(world: World, p: BilateralParams, rng: Stream) -> Counters:
    """Let pairs without an agreement sign one."""
    from coopsim.mechanisms.kernels import pairs

    signing = pairs.draw_signatures(rng.key("sign"), MOST_CERTAIN, world.dyads.agreement, *_inputs(world, p))
    a, b = world.pairs[0][signing], world.pairs[1][signing]
    active = world.states.activity
    share = active[a] / np.maximum(active[a] + active[b], EPSILON)
    initiator = np.where(rng.uniform_at("initiator", signing) < share, a, b)
    ids = world.agreements.sign_bilateral(
        a, b,
        year=world.year,
        initiator=initiator,
        activity=leading_activity(world, initiator, rng.uniform_at("activity", signing)),
        topic=CULTURE,
        why=contributions(world, p, a, b),
    )
    world.conclude(ids)
    return {"signed": len(ids)}


BILATERAL = Mechanism(
    "bilateral", "M2", "Signing bilateral agreements", BilateralParams, writes=("dyads.agreement",)
)
PROCESSES = (Process("sign agreements", BILATERAL, sign),)

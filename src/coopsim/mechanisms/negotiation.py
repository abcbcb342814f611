r"""M15 Support to negotiations: barriers to cultural goods, trade, and claims for the return of works of art.

.. math::

   R_{ij} = \mathrm{sat}(D_{5,ij}+D_{5,ji}) \qquad
   \tau_{ij} \leftarrow \tau_{ij}-n_\tau R_{ij}\sqrt{T_{ij}T_{ji}}\,\tau_{ij}+.01(\tau_0-\tau_{ij})

   V_{ij} \propto Y_iY_j^{.8}(.05+K_{i,ind})^{.8}\max(d_{ij},200)^{-.9}e^{.8CSL_{ij}+.5col_{ij}}(1-.8\tau_{ji})

   P(\text{claim } i \to j) = c\,ruled_{ij}\,[y_i<y_j]\,(.3+.7K_{i,her}) \qquad
   P(\text{settle}) = \sigma(s+2.5T_{ji}+1.5R_{ij}+traffic_j+K_{i,her})

tau_ij: barrier of i against cultural goods of j (a film quota). V: share of world trade in cultural goods, summing to
one. A party to the diversity convention keeps the floor that it has chosen. A claim's claimant is a former dependency,
its holder the former ruler; settlement is a signal of trust both ways in that year, an open claim a small grievance.
Off: no barriers, no trade, no claims.
Source: MODEL M15; gravity of cultural goods (Disdier et al. 2010), common language +44 % (Egger and Lassmann 2012).
Reads: states.gdp, income, capacity, barrier_floor; dyads.distance, language_overlap, colonial, ruled, trust, dose;
world.norms. Writes: dyads.barrier, trade, settled, open_claim; world.claims.
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
from coopsim.world.activities import HERITAGE, INDUSTRIES, NEGOTIATION
from coopsim.world.column import Floats
from coopsim.world.world import World

BARRIER_RETURN = 0.01  # a year, towards the usual barrier
LATEST_YEAR = 2**14


@dataclass(frozen=True, slots=True)
class NegotiationParams(Params):
    """Parameters of M15."""

    group: ClassVar[str] = "negotiation"

    usual_barrier: float = param(
        0.3, unit="1", bounds=(0, 1), plausible=(0, 0.8), symbol="tau0", evidence="assumed",
        meaning="usual barrier against foreign cultural goods", source="MODEL M15",
    )
    barrier_cut: float = param(
        0.10, unit="1/yr", bounds=(0, 1), plausible=(0, 0.3), symbol="n_tau", evidence="assumed",
        meaning="share of a barrier that a year of fully supported, trusting talks removes", source="MODEL M15",
    )
    claim_rate: float = param(
        0.02, unit="1/yr", bounds=(0, 1), plausible=(0, 0.2), symbol="claim_rate", evidence="assumed",
        meaning="rate at which a former dependency claims works from a richer former ruler", source="MODEL M15",
    )
    settlement: float = param(
        -3.0, unit="logit", bounds=(-12, 6), plausible=(-5, -1), symbol="s_claim", evidence="assumed",
        meaning="readiness to settle a claim without trust or support", source="MODEL M15",
    )


def trade_shares(world: World, shares: Floats | None = None) -> Floats:
    """Return V, shape (S, S): the gravity of cultural goods; sums to one, zero diagonal."""
    states, dyads = world.states, world.dyads
    # Distances and colonial ties change only where states enter, and these bring a GDP along.
    fixed = world.derived("trade", (states.gdp,), lambda: _fixed_pull(world))
    supply = (0.05 + states.capacity[:, INDUSTRIES]) ** 0.8
    shares = np.empty_like(dyads.trade) if shares is None else shares
    kernels.trade.trade(fixed, supply, dyads.language_overlap, dyads.barrier, shares)
    return shares


def _fixed_pull(world: World) -> Floats:
    """Return the part of the pull that neither languages, capacity nor barriers move, largest 1, shape (S, S)."""
    log_gdp, dyads = np.log(world.states.gdp), world.dyads
    far = np.log(np.maximum(dyads.distance, 200.0))
    pull = log_gdp[:, None] + 0.8 * log_gdp[None, :] - 0.9 * far + 0.5 * dyads.colonial
    return np.asarray(np.exp(pull - pull.max()))


def start(world: World, p: NegotiationParams, rng: Stream) -> Counters:
    """Raise the usual barriers and let goods flow over them."""
    world.dyads.barrier = np.full((world.size, world.size), p.usual_barrier)
    np.fill_diagonal(world.dyads.barrier, 0.0)
    world.dyads.trade = trade_shares(world)
    return {}


def negotiate(world: World, p: NegotiationParams, rng: Stream) -> Counters:
    """Lower barriers, settle and open claims, trade."""
    dyads = world.dyads
    protectors = world.norms.adopters("diversity")
    floor = np.zeros(world.size) if protectors is None else world.states.barrier_floor * protectors
    kernels.trade.talk(
        dyads.dose[NEGOTIATION], dyads.trust, floor, p.barrier_cut, p.usual_barrier, BARRIER_RETURN, dyads.barrier
    )
    trade_shares(world, dyads.trade)
    settled = _settle(world, p, rng)
    opened = _claim(world, p, rng)
    return {"claims settled": settled, "claims opened": opened,
            "claims open": kernels.trade.mark_open(world.claims.rows, dyads.open_claim)}


def _settle(world: World, p: NegotiationParams, rng: Stream) -> int:
    dyads, claims, traffic = world.dyads, world.claims.rows, world.norms.adopters("traffic")
    # A claim's luck is that of the pair and the year of opening, whatever other claims there are.
    pending, key = kernels.trade.number_claims(claims, world.size, LATEST_YEAR)
    done = kernels.trade.settle(
        claims, pending, rng.uniform_at("settle", key), world.year, p.settlement, dyads.trust, dyads.dose[NEGOTIATION],
        np.zeros(world.size, dtype=bool) if traffic is None else traffic, world.states.capacity[:, HERITAGE],
        dyads.settled,
    )
    codes = world.states.iso3
    for claimant, holder, opened, _ in claims[done].tolist():
        world.log("claim settled", f"{codes[claimant]}-{codes[holder]}",
                  f"{codes[holder]} returns works claimed by {codes[claimant]} in {opened}")
    return len(done)


def _claim(world: World, p: NegotiationParams, rng: Stream) -> int:
    states, codes = world.states, world.states.iso3
    i, j, key = world.derived("ruled", (world.dyads.ruled,), lambda: _former_rule(world))
    new = kernels.trade.claim(
        i, j, rng.uniform_at("claim", key), p.claim_rate, states.income, states.capacity[:, HERITAGE]
    )
    world.claims.open(i[new], j[new], world.year)
    for claimant, holder in zip(i[new].tolist(), j[new].tolist(), strict=True):
        world.log("claim", f"{codes[claimant]}-{codes[holder]}",
                  f"{codes[claimant]} claims works of art held by {codes[holder]}")
    return len(new)


def _former_rule(world: World) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return former dependencies, their rulers, and the numbers of these pairs, (n,) each."""
    i, j = np.nonzero(world.dyads.ruled)
    return i, j, i * world.size + j


NEGOTIATION_MECHANISM = Mechanism(
    "negotiation", "M15", "Trade barriers and repatriation claims", NegotiationParams,
    writes=("dyads.barrier", "dyads.trade", "dyads.settled", "dyads.open_claim"), start=start,
)
PROCESSES = (Process("negotiate", NEGOTIATION_MECHANISM, negotiate),)

"""International organisations, regional integration, conventions and declarations."""

from __future__ import annotations

import numpy as np

from coopsim.results import kernels, network
from coopsim.results.indicator import MONEY, Indicator, counted
from coopsim.results.moment import Moment
from coopsim.world.column import Floats

TOPICS = {
    "heritage": "protection of heritage",
    "traffic": "the fight against traffic",
    "diversity": "cultural diversity",
    "rights": "cultural rights",
}
COMMUNITIES = ("dyads.joint", "dyads.comembership")
MOBILITY = ("dyads.flows", "states.departures", "international.members")


def _absent(m: Moment) -> float:
    universal = m.world.international.universal
    if universal < 0:
        return 0.0
    return float(np.count_nonzero(m.world.reference.universal_members > m.world.international.members[universal]))


def _assistance(m: Moment) -> float:
    states = m.world.states
    return float(states.assistance_received @ states.dose_cost)


def _communities(m: Moment) -> tuple[float, int]:
    """Return the commonality built by pairs in one organisation, the universal one aside, and their number."""
    joint, number = kernels.pairs.upper_sum_where(m.world.dyads.joint, m.world.dyads.comembership)
    return joint, number


def _trust(m: Moment) -> Floats:
    return network.inside_outside(m.world.dyads.trust, m.regions, m.trust_given + m.trust_received)


def _density(m: Moment) -> Floats:
    return network.inside_outside(m.partners, m.regions, 2 * m.degree)


def _mobility(m: Moment) -> Floats:
    """Return the share of the people leaving members of each regional organisation who go to other members."""
    def share() -> Floats:
        inside = network.group_sums(m.people.together, m.regions)
        return np.asarray(kernels.ties.shares_inside(inside, m.world.states.departures, *m.regions[:2]))

    # Regional integration, which always moves, asks for it even if nobody moves.
    found: Floats = m.world.derived("mobility inside", (), share, MOBILITY)
    return found


def _norms(m: Moment) -> Floats:
    """Return the share of pairs of members that are both parties to a norm, mean over norms open for signature."""
    adopted = [norm.adopted for norm in m.world.norms.items if norm.agreement >= 0]
    if not adopted:
        return np.zeros_like(m.regions.counts)
    return np.asarray(kernels.bits.pairs_in_common(m.regions.bits, kernels.bits.bits_above(np.array(adopted), 0)))


def _integration(m: Moment) -> float:
    """Return RI, the mean over regional organisations of the mean of its four components."""
    parts = (m.once(_trust), m.once(_density), m.once(_mobility), m.once(_norms))
    return sum(network.mean(part) for part in parts) / len(parts)


def _adoption(topic: str, words: str) -> Indicator:
    def share(m: Moment) -> float:
        adopters = m.world.norms.adopters(topic)
        return 0.0 if adopters is None else network.ratio(np.count_nonzero(adopters), m.world.size)

    return Indicator(f"adoption_{topic}", f"states that adopted a norm on {words}", "1", share)


def _compliance(m: Moment) -> float:
    """Return the mean compliance of parties over all norms; 0 without parties."""
    return network.ratio(sum(norm.compliance for norm in m.norms), sum(norm.number for norm in m.norms))


ENTRIES = (
    Indicator("international_budget", "budgets of international organisations", MONEY,
              lambda m: network.total(m.world.international.budget), reads=("international.budget",)),
    Indicator("international_assistance", "assistance by international organisations", MONEY, _assistance,
              yearly=True, reads=("states.assistance_received", "states.dose_cost")),
    Indicator("members_absent", "former members absent from the universal organisation", "count", _absent,
              reads=("international.members",)),
    counted("exits", "states that leave the universal organisation"),
    counted("returns", "states that return to the universal organisation"),
    Indicator("comembership", "pairs in one organisation of states, the universal one aside", "1",
              lambda m: network.ratio(m.once(_communities)[1], m.pairs / 2), reads=COMMUNITIES),
    Indicator("joint_in_communities", "commonality built jointly, pairs within a community", "1",
              lambda m: network.ratio(*m.once(_communities)), reads=COMMUNITIES),
    Indicator("integration_trust", "trust inside regional organisations less outside", "1",
              lambda m: network.mean(m.once(_trust))),
    Indicator("integration_density", "density inside regional organisations less outside", "1",
              lambda m: network.mean(m.once(_density))),
    Indicator("integration_mobility", "people leaving members of regional organisations for other members", "1",
              lambda m: network.mean(m.once(_mobility)), yearly=True,
              reads=MOBILITY),
    Indicator("integration_norms", "members of regional organisations that are parties to the same norm", "1",
              lambda m: network.mean(m.once(_norms))),
    Indicator("regional_integration", "regional integration (RI): trust, density, mobility, norms", "1",
              _integration, yearly=True),
    *(_adoption(topic, words) for topic, words in TOPICS.items()),
    Indicator("compliance", "compliance of parties with their norms", "1", _compliance),
    Indicator("reservations", "parties to norms with a reservation", "count",
              lambda m: float(sum(norm.reserved for norm in m.norms))),
    counted("adoptions", "adoptions of norms"),
    counted("norm_withdrawals", "withdrawals from conventions", "withdrawals from conventions"),
)

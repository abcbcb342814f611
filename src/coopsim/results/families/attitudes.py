"""What states think of each other: trust, understanding, peace and its memory."""

from __future__ import annotations

import numpy as np

from coopsim.results import distribution, network
from coopsim.results.indicator import Indicator, pair_mean
from coopsim.results.moment import Moment

TAILS = {"trust_p10": 0.1, "trust_p90": 0.9}
PEACEFUL = 10.0  # incidents per 1,000 pairs at which the peace index reaches 0 (MODEL 5)
UNDERSTANDING, INCIDENTS = ("dyads.understanding",), ("dyads.incident",)


def _trust_powers(m: Moment) -> tuple[float, float, float, float]:
    """Return the sums of T, T^2, T^3 and T^4 over ordered pairs."""
    return (m.trust_total, *m.trust_shape[:3])


def _trust_sd(m: Moment) -> float:
    variance = network.ratio(m.trust_shape.square, m.pairs) - network.ratio(m.trust_total, m.pairs) ** 2
    return float(np.sqrt(max(variance, 0.0)))


def _trust_reciprocity(m: Moment) -> float:
    shape = m.trust_shape
    return network.mutual_correlation_of(m.trust_total, shape.square, 2 * network.total(shape.mutual), m.pairs)


def _trust_tails(m: Moment) -> list[float]:
    """Return the quantiles, looked for where they would be if they went on as from the last year but one."""
    last, before = ([m.bases.get(f"{name}{when}", np.nan) for name in TAILS] for when in ("", " before"))
    guesses = [2 * now - then for now, then in zip(last, before, strict=True)]
    found = distribution.pair_quantiles(m.world.dyads.trust, TAILS.values(), guesses)
    for name, now, new in zip(TAILS, last, found, strict=True):
        m.bases[name], m.bases[f"{name} before"] = new, now
    return found


def _understanding_index(m: Moment) -> float:
    people = m.world.states.population
    return network.ratio(m.known.between_people, m.population**2 - people @ people)


def _incidents(m: Moment) -> float:
    return np.count_nonzero(m.world.dyads.incident) / 2


def _incident_rate(m: Moment) -> float:
    return network.ratio(1000 * m.once(_incidents), m.pairs / 2)


ENTRIES = (
    Indicator("trust", "mean trust", "1", lambda m: network.ratio(m.trust_total, m.pairs)),
    Indicator("trust_sd", "standard deviation of trust", "1", _trust_sd),
    Indicator("trust_p10", "trust not exceeded by a tenth of the pairs", "1", lambda m: m.once(_trust_tails)[0]),
    Indicator("trust_p90", "trust not exceeded by nine tenths of the pairs", "1", lambda m: m.once(_trust_tails)[1]),
    Indicator("trust_bimodality", "bimodality coefficient of trust", "1",
              lambda m: distribution.bimodality(_trust_powers(m), m.pairs)),
    Indicator("trust_tied", "mean trust, agreement in force", "1",
              lambda m: network.ratio(m.trust_in_ties, m.tie_ends)),
    Indicator("trust_untied", "mean trust, no agreement", "1",
              lambda m: network.ratio(m.trust_total - m.trust_in_ties, m.pairs - m.tie_ends)),
    Indicator("trust_within_blocs", "mean trust within blocs", "1", lambda m: m.trust_in_blocs[0]),
    Indicator("trust_across_blocs", "mean trust across blocs", "1", lambda m: m.trust_in_blocs[1]),
    Indicator("trust_reciprocity", "correlation of trust both ways", "1", _trust_reciprocity),
    Indicator("friend_share", "pairs that trust each other (> 0.6)", "1",
              lambda m: network.ratio(m.trust_shape.friends, m.pairs)),
    Indicator("understanding", "mean understanding", "1",
              lambda m: network.ratio(network.total(m.known.of_others), m.pairs), reads=UNDERSTANDING),
    Indicator("understanding_index", "understanding between people (UI)", "1", _understanding_index,
              reads=UNDERSTANDING),
    Indicator("enrichment", "share of states one is familiar with (EI)", "1",
              lambda m: network.mean(m.familiar), reads=UNDERSTANDING),
    pair_mean("commonality", "mean commonality", "commonality"),
    pair_mean("discovered", "discovered share of commonality", "discovered"),
    pair_mean("joint", "commonality built jointly", "joint"),
    pair_mean("interest", "mean strategic interest", "interest"),
    Indicator("incidents", "conflict incidents", "1/yr", lambda m: m.once(_incidents), yearly=True, reads=INCIDENTS),
    Indicator("incidents_per_1000_pairs", "conflict incidents per 1,000 pairs", "1/yr", _incident_rate, yearly=True,
              reads=INCIDENTS),
    Indicator("peace", "peace index (PI)", "1", lambda m: 1 - min(1.0, _incident_rate(m) / PEACEFUL), yearly=True,
              reads=INCIDENTS),
    pair_mean("memory", "mean hostile memory", "memory"),
)

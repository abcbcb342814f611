"""Indicators: one number a year about the whole world (MODEL 5).

A new one is one entry of `ENTRIES`; its name is a column of `Results.indicators` and never changes again.
No indicator is ever NaN: the mean of an empty set is 0, a correlation without variance is 0. Those marked
`yearly` count what happened within a year and are 0 in the starting year, in which nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from coopsim.results import network
from coopsim.results.moment import Moment
from coopsim.world.activities import ACTIVITIES, FIELDS
from coopsim.world.world import World

Measure = Callable[[Moment], float]
MONEY = "million $/yr"
PEACEFUL = 10.0  # incidents per 1,000 pairs at which the peace index reaches 0 (MODEL 5)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A named number.

    Attributes
    ----------
    name : str
        Column of `Results.indicators`; fixed for ever.
    label, unit, source : str
        For axes and tables.
    measure : callable
        From the year as it stands to the number.
    yearly : bool
        Counts what happened within a year, so that the starting year has none.
    """

    name: str
    label: str
    unit: str
    measure: Measure
    yearly: bool = False
    source: str = "MODEL 5"


def _counted(name: str, label: str) -> Indicator:
    return Indicator(name, label, "1/yr", lambda m: m.count(name), yearly=True)


def _field(number: int) -> Indicator:
    name = FIELDS[number]
    return Indicator(
        f"capacity_{name}", f"mean capacity, {name}", "1",
        lambda m: network.mean(m.world.states.capacity[:, number]),
    )


def _dose(number: int) -> Indicator:
    name = ACTIVITIES[number]
    return Indicator(
        f"dose_{name}", f"dose of {name}, all pairs", "dose/yr",
        lambda m: float(m.world.dyads.dose[number].sum()), yearly=True,
    )


def _channel(name: str, label: str) -> Indicator:
    column = f"spending_{name}"
    return Indicator(column, label, MONEY, lambda m: float(getattr(m.world.dyads, column).sum()), yearly=True)


def _trust_sd(m: Moment) -> float:
    trust = m.world.dyads.trust
    variance = network.ratio(np.vdot(trust, trust), m.pairs) - network.ratio(m.trust_total, m.pairs) ** 2
    return float(np.sqrt(max(variance, 0.0)))


def _understanding_index(m: Moment) -> float:
    people = m.world.states.population
    return network.ratio(people @ m.world.dyads.understanding @ people, people.sum() ** 2 - people @ people)


def _gap(m: Moment) -> float:
    north = m.world.states.north
    if north.all() or not north.any():
        return 0.0
    northern, southern = m.north_south(m.capacity)
    return northern - southern


def _incidents(m: Moment) -> float:
    return np.count_nonzero(m.world.dyads.incident) / 2


def _peace(m: Moment) -> float:
    return 1 - min(1.0, network.ratio(1000 * _incidents(m), m.pairs / 2) / PEACEFUL)


TIES = (
    Indicator("density", "density of cultural agreements", "1", lambda m: m.over_pairs(m.ties)),
    Indicator("agreements", "cultural agreements in force", "count", lambda m: m.tie_ends / 2),
    _counted("signed", "agreements signed"),
    _counted("renewed", "agreements renewed"),
    _counted("lapsed", "agreements lapsed"),
    _counted("suspended", "agreements suspended"),
    Indicator("mean_degree", "mean number of partners", "count", lambda m: network.mean(m.degree)),
    Indicator("max_degree", "largest number of partners", "count", lambda m: float(m.degree.max(initial=0))),
    Indicator("degree_gini", "Gini coefficient of partners", "1", lambda m: network.gini(m.degree)),
    Indicator("degree_top_decile", "tie-ends held by the top tenth of states", "1",
              lambda m: network.top_share(m.degree)),
    Indicator("assortativity", "degree assortativity", "1", lambda m: network.assortativity(m.ties)),
    Indicator("transitivity", "transitivity of agreements", "1", lambda m: network.transitivity(m.ties)),
    Indicator("core_periphery", "core-periphery correlation", "1", lambda m: network.core_periphery(m.ties)),
    Indicator("modularity_region", "modularity by UN region", "1",
              lambda m: network.modularity(m.ties, m.region)),
    Indicator("modularity_bloc", "modularity by bloc of ideal points", "1",
              lambda m: network.modularity(m.ties, m.bloc)),
    Indicator("missions", "missions kept, mean per state", "count",
              lambda m: network.ratio(np.count_nonzero(m.world.dyads.missions), m.world.size)),
)
ATTITUDES = (
    Indicator("trust", "mean trust", "1", lambda m: network.ratio(m.trust_total, m.pairs)),
    Indicator("trust_sd", "standard deviation of trust", "1", _trust_sd),
    Indicator("trust_tied", "mean trust, agreement in force", "1",
              lambda m: network.ratio(m.trust_in_ties, m.tie_ends)),
    Indicator("trust_untied", "mean trust, no agreement", "1",
              lambda m: network.ratio(m.trust_total - m.trust_in_ties, m.pairs - m.tie_ends)),
    Indicator("trust_within_blocs", "mean trust within blocs", "1", lambda m: m.trust_in_blocs[0]),
    Indicator("trust_across_blocs", "mean trust across blocs", "1", lambda m: m.trust_in_blocs[1]),
    Indicator("trust_reciprocity", "correlation of trust both ways", "1",
              lambda m: network.mutual_correlation(m.world.dyads.trust)),
    Indicator("friend_share", "pairs that trust each other (> 0.6)", "1", Moment.friends),
    Indicator("integration_trust", "trust inside regional organisations less outside", "1",
              lambda m: network.mean(network.inside_outside(m.world.dyads.trust, m.regional))),
    Indicator("integration_density", "density inside regional organisations less outside", "1",
              lambda m: network.mean(network.inside_outside(m.ties, m.regional))),
    Indicator("understanding", "mean understanding", "1",
              lambda m: m.over_pairs(m.world.dyads.understanding)),
    Indicator("understanding_index", "understanding between people (UI)", "1", _understanding_index),
    Indicator("enrichment", "share of states one is familiar with (EI)", "1",
              lambda m: network.mean(m.familiar)),
    Indicator("commonality", "mean commonality", "1", lambda m: m.over_pairs(m.world.dyads.commonality)),
    Indicator("discovered", "discovered share of commonality", "1",
              lambda m: m.over_pairs(m.world.dyads.discovered)),
    Indicator("interest", "mean strategic interest", "1", lambda m: m.over_pairs(m.world.dyads.interest)),
    Indicator("incidents", "conflict incidents", "1/yr", _incidents, yearly=True),
    Indicator("peace", "peace index (PI)", "1", _peace, yearly=True),
    Indicator("memory", "mean hostile memory", "1", lambda m: m.over_pairs(m.world.dyads.memory)),
)
SECTORS = (
    Indicator("capacity", "mean capacity of cultural sectors", "1", lambda m: network.mean(m.capacity)),
    *map(_field, range(len(FIELDS))),
    Indicator("capacity_gini", "Gini coefficient of capacity", "1", lambda m: network.gini(m.capacity)),
    Indicator("capacity_gap", "capacity of the north less the south", "1", _gap),
    Indicator("institutions", "institutions founded with foreign help", "count",
              lambda m: float(m.world.states.institutions.sum())),
    Indicator("knowledge", "knowledge of people (KI)", "1",
              lambda m: m.people_mean(m.world.states.knowledge)),
    Indicator("access", "access of people to cultures (AI)", "1", lambda m: m.people_mean(m.access)),
)
MEANS = (
    Indicator("public_spending", "public budgets for cultural cooperation", MONEY,
              lambda m: float(m.world.states.budget.sum())),
    Indicator("dues", "dues to international organisations", MONEY,
              lambda m: float(m.world.states.dues.sum())),
    _channel("ministry", "spending of ministries abroad"),
    _channel("agency", "spending of arm's-length agencies abroad"),
    _channel("private", "spending of private organisations abroad"),
    *map(_dose, range(len(ACTIVITIES))),
    Indicator("reciprocity", "reciprocity of doses", "1", lambda m: network.reciprocity(m.dose), yearly=True),
)

ENTRIES: tuple[Indicator, ...] = (*TIES, *ATTITUDES, *SECTORS, *MEANS)
INDICATORS: dict[str, Indicator] = {found.name: found for found in ENTRIES}


def measure(world: World, counters: Mapping[str, float]) -> dict[str, float]:
    """Return every indicator of the year as it stands, by name."""
    return measure_moment(Moment(world, counters))


def measure_moment(moment: Moment) -> dict[str, float]:
    """Return every indicator, by name."""
    return {name: float(found.measure(moment)) for name, found in INDICATORS.items()}

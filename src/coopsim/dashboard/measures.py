"""What the dashboard shows of a run: headline numbers, series, what colours the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopsim.config import Config
from coopsim.dashboard.engine import SERIES, Run
from coopsim.dashboard.text import say

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StateMeasure:
    """A number that each state has every year.

    Attributes
    ----------
    name : str
        In the catalogue, ``measures.states.<name>``.
    columns : tuple of str
        Of the table of states; their mean is taken.
    mechanism : str
        What must be on for it to move; "" for nothing.
    percent : bool
    unit : str
        As in the table of states.
    """

    name: str
    columns: tuple[str, ...]
    mechanism: str = ""
    percent: bool = False
    unit: str = ""

    @property
    def label(self) -> str:
        """For people."""
        return say(f"measures.states.{self.name}")

    def of(self, run: Run) -> Floats:
        """Return it by year, shape (Y, S)."""
        return np.asarray(np.mean([run.of_states(column) for column in self.columns], axis=0))


STATES = {
    measure.name: measure
    for measure in (
        StateMeasure("partners", ("degree",)),
        StateMeasure("trusted", ("trust_received",), "trust"),
        StateMeasure("trusting", ("trust_given",), "trust"),
        StateMeasure("understood", ("understood",), "understanding"),
        StateMeasure("capacity", ("capacity_heritage", "capacity_industries", "capacity_rights"), "capacity"),
        StateMeasure("knowledge", ("knowledge",), "education"),
        StateMeasure("access", ("access",), "understanding", percent=True),
        StateMeasure("online", ("digital_access",), "digital", percent=True),
        StateMeasure("students", ("students_coming",), "mobility", unit="persons/yr"),
        StateMeasure("budget", ("budget",), "budgets", unit="million $/yr"),
        StateMeasure("received", ("received_from_abroad",), "channels", unit="million $/yr"),
        StateMeasure("missions", ("missions",), "embassies"),
        StateMeasure("institutions", ("institutions",), "capacity"),
    )
}


def state_measures(config: Config) -> list[StateMeasure]:
    """Return those that move in a configuration."""
    return [m for m in STATES.values() if not m.mechanism or config.mechanisms[m.mechanism]]


# What an indicator needs to be more than a constant; those not named here need nothing beyond the core.
NEEDS = {
    "understanding": ("understanding", "friend"), "conflict": ("incidents", "memory"),
    "embassies": ("missions",), "mobility": ("students", "artists", "brain_drain", "stay_share", "circulation_ratio",
                                            "mobile_students", "integration_mobility"),
    "capacity": ("capacity", "capacity_heritage", "capacity_industries", "capacity_rights", "capacity_gap",
                 "institutions"),
    "education": ("knowledge", "language_overlap", "taught"),
    "budgets": ("public_spending",), "channels": ("spending_ministry", "spending_agency"),
    "organisations": ("spending_private", "projects", "organisations_active", "joint"),
    "digital": ("digital_access",), "traits": ("practice_overlap",),
    "multilateral": ("international_budget", "members_absent", "international_assistance"),
    "conventions": ("adoption_heritage", "adoption_traffic", "adoption_diversity", "adoption_rights", "adoptions",
                    "compliance"),
    "negotiation": ("barrier", "claims_open", "claims_settled", "trade_south_share"),
    "spillover": ("other_treaties",),
}
_NEEDED = {name: mechanism for mechanism, names in NEEDS.items() for name in names}
_NEEDED |= {"access": "understanding", "access_south": "understanding", "enrichment": "understanding",
            "suspended": "conflict", "joint_in_communities": "organisations"}

FAMILIES = {
    "agreements": ("density", "agreements", "signed", "renewed", "lapsed", "suspended", "mean_degree", "max_degree",
                   "degree_gini", "transitivity", "assortativity", "modularity_region", "modularity_bloc",
                   "integration_density"),
    "attitudes": ("trust", "trust_tied", "trust_untied", "trust_p10", "trust_p90", "trust_within_blocs",
                  "trust_across_blocs", "integration_trust", "friend_share", "understanding", "enrichment", "interest",
                  "incidents", "memory"),
    "culture": ("commonality", "joint", "joint_in_communities", "practice_overlap", "language_overlap"),
    "people": ("students", "artists", "mobile_students", "brain_drain", "stay_share", "circulation_ratio",
               "integration_mobility", "knowledge", "access", "access_south", "digital_access", "taught"),
    "capacity": ("capacity", "capacity_heritage", "capacity_industries", "capacity_rights", "capacity_gap",
                 "institutions"),
    "money": ("public_spending", "spending_ministry", "spending_agency", "spending_private", "projects",
              "organisations_active", "missions"),
    "world": ("international_budget", "international_assistance", "members_absent", "adoption_heritage",
              "adoption_traffic", "adoption_diversity", "adoption_rights", "adoptions", "compliance", "barrier",
              "claims_open", "claims_settled", "trade_south_share", "other_treaties"),
}


def moves(indicator: str, config: Config) -> bool:
    """Return whether an indicator is more than a constant in a configuration."""
    needed = _NEEDED.get(indicator, "")
    return not needed or config.mechanisms[needed]


def label(indicator: str) -> str:
    """Return the name of an indicator for people, without unit."""
    from coopsim.results.indicators import INDICATORS

    text = INDICATORS[indicator].label
    return text[0].upper() + text[1:]


def percent(indicator: str) -> bool:
    """Return whether an indicator is a share, and shown in per cent."""
    from coopsim.results.indicators import SHARES

    return indicator in SHARES


def unit(indicator: str) -> str:
    """Return the unit of an indicator for an axis."""
    from coopsim.results.indicators import INDICATORS

    found = INDICATORS[indicator].unit
    if percent(indicator):
        return say("measures.percent")
    return {"1": say("measures.index"), "count": say("measures.number"), "1/yr": say("measures.per_year")}.get(
        found, found
    )


def short_unit(indicator: str) -> str:
    """Return the unit of an indicator beside a number; "" for an index."""
    from coopsim.results.indicators import INDICATORS

    found = INDICATORS[indicator].unit
    return "" if found in ("1", "count") else unit(indicator)


def options(config: Config) -> list[dict[str, Any]]:
    """Return the indicators that move, as options of a choice, by family."""
    return [
        {"value": name, "text": label(name), "group": say(f"measures.families.{family}")}
        for family, names in FAMILIES.items()
        for name in names
        if name in SERIES and moves(name, config)
    ]


def headlines(config: Config) -> tuple[str, ...]:
    """Return the indicators of the headline numbers."""
    rich = ("density", "trust_tied", "understanding", "capacity", "language_overlap", "students")
    core = ("density", "trust", "trust_tied", "friend_share", "max_degree", "degree_gini")
    found = [name for name in rich if moves(name, config)]
    return tuple(found) if len(found) > 4 else core


def scale(values: Floats, *, diverging: bool = False) -> tuple[float, float]:
    """Return the ends of a scale of colours that few extreme values do not spoil."""
    known = values[np.isfinite(values)]
    if not known.size:
        return 0.0, 1.0
    if diverging:
        reach = float(np.quantile(np.abs(known), 0.98)) or float(np.abs(known).max())
        return (-reach, reach) if reach > 0 else (-1.0, 1.0)
    low, high = (float(x) for x in np.quantile(known, (0.01, 0.99)))
    if (known == np.round(known)).all():
        low, high = float(round(low)), float(round(high))  # half a partner means nothing
    return (low, high) if high > low else (low - 0.5, high + 0.5)

"""Means: money by channel and activity, doses, organisations and their projects."""

from __future__ import annotations

import numpy as np

from coopsim.results import distribution, kernels, network
from coopsim.results.indicator import MONEY, Indicator, counted
from coopsim.results.moment import CHANNELS, SPENDING, Moment
from coopsim.world.activities import ACTIVITIES, KINDS

DOSES = ("dyads.dose",)


def _dose(number: int) -> Indicator:
    name = ACTIVITIES[number]
    return Indicator(
        f"dose_{name}", f"dose of {name}, all pairs", "dose/yr",
        lambda m: m.doses_in_all[number], yearly=True, reads=DOSES,
    )


def _value_by_activity(m: Moment) -> tuple[float, list[float]]:
    values = m.doses_received @ m.world.states.dose_cost
    return network.total(values), values.tolist()


def _share(number: int) -> Indicator:
    name = ACTIVITIES[number]
    return Indicator(
        f"share_{name}", f"share of {name} in programmes, doses valued at their cost", "1",
        lambda m: network.ratio(m.once(_value_by_activity)[1][number], m.once(_value_by_activity)[0]), yearly=True,
        reads=(*DOSES, "states.dose_cost"),
    )


def _channel(name: str, label: str) -> Indicator:
    number = CHANNELS.index(name)
    return Indicator(name, label, MONEY, lambda m: network.total(m.money.given[number]), yearly=True, reads=SPENDING)


def _actor_diversity(m: Moment) -> float:
    """Return Shannon's diversity of money by kind of actor; international organisations are one kind more."""
    organisations = m.world.organisations
    by_kind = kernels.values.sums_by(organisations.kind, organisations.funding, len(KINDS)).tolist()
    return distribution.shannon([*by_kind, network.total(m.world.international.budget)])


def _to_south(m: Moment) -> float:
    return network.share_of(m.money.received, m.south)


def _answered(m: Moment) -> float:
    return float(kernels.pairs.answered(m.doses.together))


def _multi_party(m: Moment) -> float:
    if "multi-party projects" in m.counters:
        return m.count("multi-party projects")
    return float(np.count_nonzero(m.world.projects.rows["extra"].max(axis=1) >= 0))


ENTRIES = (
    Indicator("public_spending", "public budgets for cultural cooperation", MONEY,
              lambda m: network.total(m.world.states.budget), reads=("states.budget",)),
    Indicator("dues", "dues to international organisations", MONEY,
              lambda m: network.total(m.world.states.dues), reads=("states.dues",)),
    counted("dues_unspent", "dues of states without an organisation to pay them to", "dues carried over", MONEY),
    _channel("spending_ministry", "spending of ministries abroad"),
    _channel("spending_agency", "spending of arm's-length agencies abroad"),
    _channel("spending_private", "spending of private organisations abroad"),
    Indicator("spending_south_share", "spending abroad that goes to the south", "1", _to_south, yearly=True,
              reads=SPENDING),
    Indicator("development", "orientation towards development", "1", lambda m: m.world.development),
    *map(_dose, range(len(ACTIVITIES))),
    *map(_share, range(len(ACTIVITIES))),
    Indicator("reciprocity", "reciprocity of doses", "1",
              lambda m: network.ratio(_answered(m), sum(m.doses_in_all)), yearly=True, reads=DOSES),
    Indicator("actor_diversity", "diversity of money by kind of actor", "nat", _actor_diversity, yearly=True,
              reads=("organisations.kind", "organisations.funding", "international.budget")),
    Indicator("organisations_active", "cultural organisations at work", "count",
              lambda m: float(np.count_nonzero(m.world.organisations.closed < 0)), reads=("organisations.closed",)),
    counted("organisations_founded", "organisations founded", "organisations founded"),
    counted("organisations_closed", "organisations closed", "organisations closed"),
    counted("organisations_merged", "organisations merged into another", "organisations merged"),
    Indicator("projects", "projects of organisations under way", "count", lambda m: float(len(m.world.projects))),
    Indicator("multi_party_projects", "projects under way with three states or more", "count", _multi_party),
)

"""Indicators: one number a year about the whole world (MODEL 5).

A new one is one entry of a family; its name is a column of `Results.indicators` and never changes again.
No indicator is ever NaN, and none is approximated: the mean of an empty set, a share of nothing, a ratio to nothing
and a correlation without variance are 0. Those marked `yearly` need what happens within a year: in the starting
year, in which nothing happens, they mean nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from coopsim.results.families import FAMILIES
from coopsim.results.indicator import Indicator
from coopsim.results.moment import Moment
from coopsim.world.world import World

ENTRIES: tuple[Indicator, ...] = tuple(found for family in FAMILIES for found in family)
INDICATORS: dict[str, Indicator] = {found.name: found for found in ENTRIES}

# Parts of a whole, which people read in per cent: where words and charts are made, not in tables.
SHARES = frozenset((
    "density", "degree_top_decile", "friend_share", "enrichment", "discovered", "language_overlap", "access",
    "access_south", "digital_access", "digital_access_south", "practice_overlap", "spending_south_share",
    "integration_norms", "comembership", "compliance", "trade_south_share", "trade_top_exporter",
    "artists_with_mission", "north_share_of_hosts", "top5_host_share", "stay_share",
    *(name for name in INDICATORS if name.startswith("adoption_")),
))

__all__ = ["ENTRIES", "INDICATORS", "SHARES", "Indicator", "measure", "measure_moment"]


def measure(world: World, counters: Mapping[str, float]) -> dict[str, float]:
    """Return every indicator of the year as it stands, by name."""
    return measure_moment(Moment(world, counters))


def measure_moment(moment: Moment) -> dict[str, float]:
    """Return every indicator, by name."""
    return {name: float(found.measure(moment)) for name, found in INDICATORS.items()}

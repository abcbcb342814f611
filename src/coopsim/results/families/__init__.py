"""The indicators by family: agreements, attitudes, people, cultural sectors, means, multilateral, negotiations."""

from coopsim.results.families import agreements, attitudes, culture, means, multilateral, negotiations, people
from coopsim.results.indicator import Indicator

FAMILIES: tuple[tuple[Indicator, ...], ...] = (
    agreements.ENTRIES,
    attitudes.ENTRIES,
    people.ENTRIES,
    culture.ENTRIES,
    means.ENTRIES,
    multilateral.ENTRIES,
    negotiations.ENTRIES,
)

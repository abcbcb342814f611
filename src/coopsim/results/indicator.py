"""What an indicator is, and the kinds of which there are many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coopsim.results.moment import Moment

Measure = Callable[[Moment], float]
MONEY = "million $/yr"


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
        Needs what happens within a year, so that it means nothing in the starting year.
    reads : tuple of str
        The columns that it is made of ("dyads.dose"), those left out that nobody writes: it is measured anew only
        while a mechanism at work writes one of them. Without any it is measured every year.
    """

    name: str
    label: str
    unit: str
    measure: Measure
    yearly: bool = False
    source: str = "MODEL 5"
    reads: tuple[str, ...] = ()


def counted(name: str, label: str, counter: str = "", unit: str = "1/yr") -> Indicator:
    """Return the indicator of what processes counted; the counter has the indicator's name if not given."""
    wanted = counter or name
    return Indicator(name, label, unit, lambda m: m.count(wanted), yearly=True)


def pair_mean(name: str, label: str, column: str) -> Indicator:
    """Return the indicator of the mean of a column of dyads over ordered pairs."""
    return Indicator(name, label, "1", lambda m: m.over_pairs(column), reads=(f"dyads.{column}",))

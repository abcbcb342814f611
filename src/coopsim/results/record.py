"""What a run is asked to record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from coopsim.errors import ConfigError
from coopsim.param import nearest, shown
from coopsim.results.indicators import INDICATORS

# Tables that are recorded year by year. The others are read off the ledger and the logs when asked for.
YEARLY = ("states", "organisations", "ties", "flows", "norms")


@dataclass(frozen=True, slots=True)
class Record:
    """Which indicators and which yearly tables a run records; all of them if not told otherwise.

    What is not chosen is not computed: a sweep that looks at a dozen indicators pays for a dozen. Whatever is chosen
    has the values it has when everything is recorded, and recording never changes the run itself.

    Attributes
    ----------
    indicators : "all" or iterable of str
        Names of indicators (docs/indicators.md), kept in the order of `INDICATORS`.
    tables : "all" or iterable of str
        Names among `YEARLY`. A table that is not chosen has its columns and no rows.

    Raises
    ------
    ConfigError
        If there is no indicator, or no yearly table, of a name.

    Examples
    --------
    >>> few = Record(indicators=["density", "trust"], tables=())
    >>> model = CoopModel("baseline", rng=42, record=few)
    >>> coopsim.run("baseline", record=few).indicators.columns.tolist()
    ['year', 'density', 'trust']
    """

    indicators: Iterable[str] | Literal["all"] = "all"
    tables: Iterable[str] | Literal["all"] = "all"

    def __post_init__(self) -> None:
        object.__setattr__(self, "indicators", _chosen("indicators", self.indicators, tuple(INDICATORS)))
        object.__setattr__(self, "tables", _chosen("tables", self.tables, YEARLY))


def _chosen(entry: str, wanted: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the wanted names in the order in which they are known."""
    if wanted == "all":
        return known
    if isinstance(wanted, str):
        raise ConfigError(f'record.{entry} = {shown(wanted)} must be "all" or a list of names')
    names = list(wanted)
    for name in names:
        if name not in known:
            kind = "indicator" if entry == "indicators" else "yearly table"
            raise ConfigError(f"record.{entry}: {shown(name)} is no {kind}{nearest(str(name), known)}")
    return tuple(name for name in known if name in names)

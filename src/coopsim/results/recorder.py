"""Called once a year: copies what the tables need and nothing more; the tables are made when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from coopsim.results.indicators import INDICATORS, measure_moment
from coopsim.results.moment import Moment
from coopsim.results.tables import (
    ORGANISATIONS,
    STATES,
    Arrays,
    Spec,
    agreements_table,
    claims_table,
    events_table,
    flows_of,
    norms_of,
    norms_table,
    organisation_heads,
    parties_table,
    ties_of,
    with_units,
    words,
)
from coopsim.world.world import World


class Recorder:
    """Collects the yearly record of one run.

    Attributes
    ----------
    latest : dict of str to float
        The indicators of the year last recorded.
    years : list of int
        The recorded years.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.start_year = world.year
        self.latest: dict[str, float] = {}
        self.years: list[int] = []
        self._bases: dict[str, float] = {}
        self._asked: set[int] | Literal["all"] = set()
        self._indicators: dict[str, list[float]] = {name: [] for name in INDICATORS}
        self._states: list[Arrays] = []
        self._organisations: list[Arrays] = []
        self._ties: dict[int, Arrays] = {}
        self._norms: list[tuple[Any, ...]] = []
        self._flows: dict[int, Arrays] = {}

    def keep_pairs(self, years: Iterable[int] | Literal["all"]) -> None:
        """Keep the tables of pairs and flows of these years too, beside the first and the last."""
        self._asked = "all" if years == "all" else {int(year) for year in years}

    def record(self, counters: Mapping[str, float]) -> None:
        """Record the year as it stands."""
        moment = Moment(self.world, counters, self._bases)
        year = self.world.year
        self.latest = measure_moment(moment)
        for name, value in self.latest.items():
            self._indicators[name].append(value)
        self.years.append(year)
        self._states.append(_copies(STATES, moment))
        self._organisations.append(_copies(ORGANISATIONS, moment))
        self._norms.extend(norms_of(self.world))
        asked = self._asked == "all" or year in self._asked
        if asked or year == self.start_year:
            self._ties[year] = ties_of(self.world)
        if (asked and year > self.start_year) or year == self.start_year + 1:
            self._flows[year] = flows_of(self.world)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table of the run so far, except the schedule, which the model keeps."""
        last = self.years[-1]
        ties, flows = dict(self._ties), dict(self._flows)
        if last not in ties:
            ties[last] = ties_of(self.world)
        if last not in flows:
            flows[last] = flows_of(self.world)
        tables = {
            "indicators": self._indicator_table(),
            "states": self._state_table(),
            "organisations": self._organisation_table(),
            "agreements": agreements_table(self.world, self.start_year),
            "parties": parties_table(self.world),
            "ties": self._pair_table(ties, {"a": "iso3_a", "b": "iso3_b"}),
            "flows": self._pair_table(flows, {"origin": "origin", "destination": "destination"}),
            "norms": norms_table(self._norms),
            "claims": claims_table(self.world),
            "events": events_table(self.world),
        }
        with_units(tables)
        return tables

    def _indicator_table(self) -> pd.DataFrame:
        years = np.array(self.years, dtype=np.int64)
        return pd.DataFrame({"year": years, **{n: np.array(v) for n, v in self._indicators.items()}})

    def _state_table(self) -> pd.DataFrame:
        states, size = self.world.states, self.world.size
        row = np.tile(np.arange(size), len(self.years))
        heads: dict[str, Any] = {
            "year": np.repeat(np.array(self.years, dtype=np.int64), size),
            "iso3": words(states.iso3, row),
            "name": words(states.name, row),
            "region": words(states.region, row),
            "north": states.north[row],
        }
        return pd.DataFrame({**heads, **_joined(self._states)})

    def _organisation_table(self) -> pd.DataFrame:
        counts = [len(arrays["capacity"]) for arrays in self._organisations]
        row = np.concatenate([np.arange(count) for count in counts])
        heads = organisation_heads(self.world, max(counts))
        columns = {name: values.take(row) for name, values in heads.items()}
        year = np.repeat(np.array(self.years, dtype=np.int64), counts)
        return pd.DataFrame({"year": year, **columns, **_joined(self._organisations)})

    def _pair_table(self, found: Mapping[int, Arrays], heads: Mapping[str, str]) -> pd.DataFrame:
        years = sorted(found)
        joined = _joined([found[year] for year in years])
        counts = [len(next(iter(found[year].values()))) for year in years]
        codes = {name: words(self.world.states.iso3, joined.pop(row)) for row, name in heads.items()}
        return pd.DataFrame({"year": np.repeat(np.array(years, dtype=np.int64), counts), **codes, **joined})


def _copies(specs: tuple[Spec, ...], moment: Moment) -> Arrays:
    return {spec.name: np.array(spec.values(moment)) for spec in specs}


def _joined(years: list[Arrays]) -> Arrays:
    return {name: np.concatenate([arrays[name] for arrays in years]) for name in years[0]}

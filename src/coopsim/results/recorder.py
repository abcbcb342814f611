"""Called once a year: keeps what was asked for and nothing more; the tables are made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy, deepcopy
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coopsim.results.indicators import INDICATORS
from coopsim.results.moment import Moment
from coopsim.results.moving import Moving
from coopsim.results.record import YEARLY, Record
from coopsim.results.tables import (
    ORGANISATIONS,
    STATES,
    Arrays,
    Spec,
    agreements_table,
    claims_table,
    compact,
    events_table,
    flows_columns,
    flows_of,
    norms_of,
    norms_table,
    organisation_heads,
    parties_table,
    ties_columns,
    ties_of,
    with_units,
    words,
)
from coopsim.world.column import Floats
from coopsim.world.world import World


class Recorder:
    """Collects the yearly record of one run.

    Parameters
    ----------
    world : World
    choice : Record
        What to record; everything if not given.

    Attributes
    ----------
    latest : dict of str to float
        The chosen indicators of the year last recorded.
    series : dict of str to list of float
        The chosen indicators, one value per recorded year.
    years : list of int
        The recorded years.
    """

    def __init__(self, world: World, choice: Record | None = None) -> None:
        self.world = world
        self.choice = Record() if choice is None else choice
        self.start_year = world.year
        self.latest: dict[str, float] = {}
        self.series: dict[str, list[float]] = {name: [] for name in self.choice.indicators}
        self.years: list[int] = []
        self._names = tuple(self.series)
        self._moving = {
            "indicators": Moving(world, [INDICATORS[name].reads for name in self._names]),
            "states": Moving(world, [spec.reads for spec in STATES]),
            "organisations": Moving(world, [spec.reads for spec in ORGANISATIONS]),
        }
        self._bases: dict[str, float] = {}
        self._asked: set[int] | Literal["all"] = set()
        self._keeps = dict.fromkeys(YEARLY, False) | dict.fromkeys(self.choice.tables, True)
        self._states: list[Floats] = []
        self._organisations: list[list[NDArray[Any]]] = []  # by year and column
        self._ties: dict[int, Arrays] = {}
        self._norms: list[tuple[Any, ...]] = []
        self._flows: dict[int, Arrays] = {}

    def keep_pairs(self, years: Iterable[int] | Literal["all"]) -> None:
        """Keep the tables of pairs and flows of these years too, beside the first and the last."""
        self._asked = "all" if years == "all" else {int(year) for year in years}

    def record(self, counters: Mapping[str, float]) -> None:
        """Record the year as it stands."""
        moment, keeps = Moment(self.world, counters, self._bases), self._keeps
        year = self.world.year
        moving = [self._names[place] for place in self._moving["indicators"].places()]
        self.latest = self.latest | {name: float(INDICATORS[name].measure(moment)) for name in moving}
        for values, value in zip(self.series.values(), self.latest.values(), strict=True):
            values.append(value)
        self.years.append(year)
        if keeps["states"]:
            self._states.append(self._block(moment))
        if keeps["organisations"]:
            kept = list(self._organisations[-1]) if self._organisations else [np.empty(0)] * len(ORGANISATIONS)
            for place in self._moving["organisations"].places():
                kept[place] = _kept(ORGANISATIONS[place], moment)
            self._organisations.append(kept)
        if keeps["norms"]:
            self._norms.extend(norms_of(moment))
        asked = self._asked == "all" or year in self._asked
        if keeps["ties"] and (asked or year == self.start_year):
            self._ties[year] = ties_of(self.world)
        if keeps["flows"] and ((asked and year > self.start_year) or year == self.start_year + 1):
            self._flows[year] = flows_of(self.world)

    def _block(self, moment: Moment) -> Floats:
        """Return the columns of the table of states as the rows of one block."""
        places, shape = self._moving["states"].places(), (len(STATES), moment.world.size)
        block = self._states[-1].copy() if len(places) < len(STATES) else np.empty(shape)
        for place in places:
            block[place] = STATES[place].values(moment)
        return block

    def of_states(self, column: str) -> Floats:
        """Return a recorded column of states, shape (Y, S); NaN where a state was not there yet."""
        place = [spec.name for spec in STATES].index(column)
        found = np.full((len(self._states), self.world.size), np.nan)
        for row, block in zip(found, self._states, strict=True):
            row[: block.shape[1]] = block[place]
        return found

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table of the run so far, except the schedule, which the model keeps."""
        return {name: make() for name, make in self.pending().items()}

    def pending(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Return what makes each table of the run so far: the record of this moment, whatever happens afterwards."""
        still = copy(self)
        still.world = _still(self.world)
        still.years, still.series = list(self.years), {name: list(values) for name, values in self.series.items()}
        still._states, still._organisations = list(self._states), list(self._organisations)
        still._norms = list(self._norms)
        still._ties = still._with_last("ties", self._ties, ties_of)
        still._flows = still._with_last("flows", self._flows, flows_of)
        makers: dict[str, Callable[[], pd.DataFrame]] = {
            "indicators": still._indicator_table,
            "states": still._state_table,
            "organisations": still._organisation_table,
            "agreements": partial(agreements_table, still.world, self.start_year),
            "parties": partial(parties_table, still.world),
            "ties": partial(
                still._pair_table, still._ties, ties_of, ties_columns, {"a": "iso3_a", "b": "iso3_b"}
            ),
            "flows": partial(
                still._pair_table, still._flows, flows_of, flows_columns,
                {"origin": "origin", "destination": "destination"},
            ),
            "norms": partial(norms_table, still._norms),
            "claims": partial(claims_table, still.world),
            "events": partial(events_table, still.world),
        }
        return {name: partial(_with_units, name, make) for name, make in makers.items()}

    def _with_last(
        self, name: str, kept: Mapping[int, Arrays], make: Callable[[World], Arrays]
    ) -> dict[int, Arrays]:
        """Return the years kept of a table of pairs, and the last one; none if it is not recorded."""
        last = self.years[-1]
        return dict(kept) if last in kept or not self._keeps[name] else {**kept, last: make(self.world)}

    def _indicator_table(self) -> pd.DataFrame:
        years = np.array(self.years, dtype=np.int64)
        return pd.DataFrame({"year": years, **{n: np.array(v) for n, v in self.series.items()}})

    def _state_table(self) -> pd.DataFrame:
        states = self.world.states
        counts = [block.shape[1] for block in self._states]  # a world of the past grows
        row = np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(count) for count in counts)])
        heads: dict[str, Any] = {
            "year": np.repeat(np.array(self.years[: len(counts)], dtype=np.int64), counts),
            "iso3": words(states.iso3, row),
            "name": words(states.name, row),
            "region": words(states.region, row),
            "north": states.north[row],
        }
        whole = np.concatenate([np.empty((len(STATES), 0)), *self._states], axis=1)
        columns = {
            spec.name: values.astype(spec.dtype, copy=False) for spec, values in zip(STATES, whole, strict=True)
        }
        return pd.DataFrame({**heads, **columns})

    def _organisation_table(self) -> pd.DataFrame:
        counts = [len(columns[0]) for columns in self._organisations]
        row = np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(count) for count in counts)])
        heads = organisation_heads(self.world, max(counts, default=0))
        table = {name: values.take(row) for name, values in heads.items()}
        for place, spec in enumerate(ORGANISATIONS):
            years = (columns[place] for columns in self._organisations)
            table[spec.name] = np.concatenate([np.zeros(0, dtype=spec.dtype), *years], dtype=spec.dtype)
        year = np.repeat(np.array(self.years[: len(counts)], dtype=np.int64), counts)
        return pd.DataFrame({"year": year, **table})

    def _pair_table(
        self,
        found: Mapping[int, Arrays],
        make: Callable[[World], Arrays],
        columns: Callable[[Arrays], Arrays],
        heads: Mapping[str, str],
    ) -> pd.DataFrame:
        """Return a table of pairs from what its years are made of; without any, its columns and no rows."""
        if not found:
            found = {self.start_year: {name: values[:0] for name, values in make(self.world).items()}}
        years = sorted(found)
        joined = _joined([columns(found[year]) for year in years])
        counts = [len(next(iter(found[year].values()))) for year in years]
        codes = {column: words(self.world.states.iso3, joined.pop(row)) for row, column in heads.items()}
        return pd.DataFrame({"year": np.repeat(np.array(years, dtype=np.int64), counts), **codes, **joined})


def _still(world: World) -> World:
    """Return the world with copies of what the tables read and later years change."""
    still = copy(world)
    still.agreements, still.claims = deepcopy(world.agreements), deepcopy(world.claims)
    still.organisations, still.events = deepcopy(world.organisations), list(world.events)
    return still


def _with_units(name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    table = make()
    with_units({name: table})
    return table


def _kept(spec: Spec, moment: Moment) -> NDArray[Any]:
    """Return a column of a yearly table for keeping: counts as narrow as they can be."""
    values = spec.values(moment)
    return compact(values) if spec.dtype is np.int64 else values.copy()


def _joined(years: list[Arrays]) -> Arrays:
    return {name: np.concatenate([arrays[name] for arrays in years]) for name in years[0]}

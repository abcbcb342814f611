"""The table of a sweep, as every analysis of many runs reads it: which columns vary, which point, which seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol

import numpy as np
import pandas as pd

from coopsim.analysis.words import counted, seeds_in_words
from coopsim.errors import ConfigError
from coopsim.param import nearest

POINT, REPLICATION, SEED, YEAR = "scenario_id", "replication_id", "seed", "year"
KEYS = (POINT, REPLICATION, SEED, YEAR)


class Sweep(Protocol):
    """What an analysis needs of the results of a sweep."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per run and year: scenario_id, replication_id, seed, what varies, year, indicators."""

    @property
    def design(self) -> pd.DataFrame:
        """One row per design point, by scenario_id: what varies."""


Source = Sweep | pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The runs of a sweep that an analysis looks at.

    Attributes
    ----------
    table : DataFrame
        One row per run and year.
    parameters : tuple of str
        The columns that vary by design.
    indicators : tuple of str
        The columns that were measured.
    points : DataFrame
        One row per design point, indexed by scenario_id in the order of the design: what varies.
    """

    table: pd.DataFrame
    parameters: tuple[str, ...]
    indicators: tuple[str, ...]
    points: pd.DataFrame

    def year(self, year: int | None = None) -> int:
        """Return a recorded year; the last one for None."""
        return recorded_year(self.table, year)

    def outcomes(self, indicator: str | Callable[[pd.DataFrame], Any], year: int | None = None) -> pd.DataFrame:
        """Return one row per run: scenario_id, replication_id, seed, what varies, value.

        Parameters
        ----------
        indicator : str or callable
            A column, or a function from the rows of the year to one number per row.
        year : int, optional
            The last recorded one if not given.
        """
        rows = self.table[self.table[YEAR] == self.year(year)]
        found = rows[[POINT, REPLICATION, SEED, *self.parameters]].copy()
        if callable(indicator):
            found["value"] = np.asarray(indicator(rows), dtype=np.float64)
        else:
            found["value"] = rows[self.known(indicator)].to_numpy(np.float64)
        return found.sort_values([POINT, REPLICATION], kind="stable").reset_index(drop=True)

    def known(self, indicator: str) -> str:
        """Return the indicator, or raise `ConfigError` naming the nearest that was recorded."""
        if indicator not in self.indicators:
            raise ConfigError(f"indicator '{indicator}' is not in this table{nearest(indicator, self.indicators)}")
        return indicator

    def varied(self, parameter: str) -> str:
        """Return the parameter, or raise `ConfigError` naming the nearest that varies."""
        if parameter not in self.parameters:
            raise ConfigError(f"'{parameter}' does not vary in this table{nearest(parameter, self.parameters)}")
        return parameter

    def stamp(self, interval: str = "") -> str:
        """Return the caption of a figure: version, points, replications, seeds and kind of interval."""
        runs = self.table.drop_duplicates([POINT, REPLICATION])
        sizes = runs.groupby(POINT).size()
        n = f"{sizes.min()}" if sizes.min() == sizes.max() else f"{sizes.min()}–{sizes.max()}"
        points = counted(len(sizes), "design point")
        parts = (f"coopsim {version('coopsim')}", f"{points} × {n} replications", seeds_in_words(list(runs[SEED])))
        return " · ".join(part for part in (*parts, interval) if part)


def runs_of(source: Source | Runs, parameters: Sequence[str] | None = None) -> Runs:
    """Return the runs of a sweep.

    Parameters
    ----------
    source : SweepResults or DataFrame
        A data frame has the columns scenario_id, replication_id, seed, what varies, year and indicators, in this
        order.
    parameters : sequence of str, optional
        What varies, if the order of the columns does not tell.

    Raises
    ------
    ConfigError
        If the table has no rows or lacks a column.
    """
    if isinstance(source, Runs):
        return source
    table = source if isinstance(source, pd.DataFrame) else source.table
    if parameters is None and not isinstance(source, pd.DataFrame):
        parameters = [str(name) for name in source.design.columns]
    missing = [name for name in KEYS if name not in table.columns]
    if missing:
        raise ConfigError(f"the table lacks the column {missing[0]}; a table of a sweep has {', '.join(KEYS)}")
    if table.empty:
        raise ConfigError("the table has no runs")
    columns = [str(name) for name in table.columns]
    if parameters is None:
        parameters = [name for name in columns[: columns.index(YEAR)] if name not in KEYS]
    absent = [name for name in parameters if name not in columns]
    if absent:
        raise ConfigError(f"the table has no column '{absent[0]}'{nearest(absent[0], columns)}")
    measured = tuple(name for name in columns if name not in (*KEYS, *parameters))
    rows = table.drop_duplicates(POINT).set_index(POINT) if isinstance(source, pd.DataFrame) else source.design
    return Runs(table, tuple(parameters), measured, rows[list(parameters)].sort_index())


def recorded_year(table: pd.DataFrame, year: int | None) -> int:
    """Return a recorded year, the last one for None, or raise `ConfigError`."""
    years = sorted({int(known) for known in table[YEAR]})
    if year is None:
        return years[-1]
    if int(year) not in years:
        raise ConfigError(f"year = {year} was not recorded; recorded: {_span(years)}")
    return int(year)


def coded(points: pd.DataFrame) -> pd.DataFrame:
    """Return what varies as numbers: words by the order in which they first appear, true and false as 1 and 0."""

    def numbers(column: pd.Series[Any]) -> Any:
        if pd.api.types.is_numeric_dtype(column):
            return column.astype(np.float64)
        try:
            return pd.to_numeric(column).astype(np.float64)
        except (TypeError, ValueError):
            return pd.Series(pd.factorize(column)[0], index=column.index, dtype=np.float64)

    return points.apply(numbers)


def _span(years: Sequence[int]) -> str:
    return f"{years[0]}–{years[-1]}" if len(years) > 2 else ", ".join(map(str, years))

"""Everything one run produced: tidy tables and a manifest, in memory and on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd

from coopsim.results import storage

TABLES = (
    "indicators", "states", "organisations", "agreements", "parties", "ties", "flows", "norms", "claims", "events",
    "schedule",
)
# Wall time differs from run to run.
NOT_REPRODUCED = {"schedule": ["seconds"]}


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Results:
    """The tables of one run; `attrs["units"]` of each says the units of its columns.

    A table is made when it is first looked at: a run of which only the indicators are read makes no other.

    Attributes
    ----------
    manifest : dict
        Versions, full configuration and its hash, seed, hashes of the data, times, command.
    indicators : DataFrame
        One row per year; columns are the names of `coopsim.results.indicators.INDICATORS`.
    states : DataFrame
        One row per year and state.
    organisations : DataFrame
        One row per year and organisation.
    agreements : DataFrame
        One row per agreement; `why_` columns are contributions to the log of the yearly hazard of signature.
    parties : DataFrame
        One row per agreement and party.
    ties : DataFrame
        One row per year and pair of states, for the first and last year and those asked for. "ab" is the
        attitude of iso3_a towards iso3_b.
    flows : DataFrame
        One row per year, origin and destination between which anything flowed; the first and last simulated
        year and those asked for.
    norms : DataFrame
        One row per year and convention or declaration open for signature.
    claims : DataFrame
        One row per claim for the return of works of art.
    events : DataFrame
        One row per event from outside or of note.
    schedule : DataFrame
        One row per year and process: what it counted and the seconds it took.

    Examples
    --------
    >>> results = coopsim.run("baseline", seed=42)
    >>> results.save("results/baseline")
    >>> results.indicators.set_index("year")["density"].plot()
    """

    manifest: dict[str, Any]
    indicators: pd.DataFrame
    states: pd.DataFrame
    organisations: pd.DataFrame
    agreements: pd.DataFrame
    parties: pd.DataFrame
    ties: pd.DataFrame
    flows: pd.DataFrame
    norms: pd.DataFrame
    claims: pd.DataFrame
    events: pd.DataFrame
    schedule: pd.DataFrame

    def __init__(self, manifest: dict[str, Any], **tables: pd.DataFrame | Callable[[], pd.DataFrame]) -> None:
        """Take the tables, or functions without arguments that make them."""
        if set(tables) != set(TABLES):
            raise TypeError(f"results need the tables {', '.join(TABLES)}, not {', '.join(tables)}")
        made = {name: table for name, table in tables.items() if isinstance(table, pd.DataFrame)}
        makers = {name: table for name, table in tables.items() if not isinstance(table, pd.DataFrame)}
        self.__dict__.update(manifest=manifest, _makers=makers, **made)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Make a table at its first use."""
        makers: dict[str, Callable[[], pd.DataFrame]] = self.__dict__.get("_makers", {})
        if name not in makers:
            raise AttributeError(f"'Results' object has no attribute '{name}'")
        table = self.__dict__[name] = makers[name]()
        makers.pop(name, None)
        return table

    def __getstate__(self) -> dict[str, Any]:
        """Make every table before the results are pickled or copied."""
        return {"manifest": self.manifest, "_makers": {}, **self.tables}

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name."""
        return {name: getattr(self, name) for name in TABLES}

    def __repr__(self) -> str:
        m = self.manifest
        return f"Results({m['scenario']}, {m['start_year']}-{m['last_year']}, seed {m['seed']})"

    def save(self, folder: str | Path, format: Literal["parquet", "csv"] = "parquet") -> Path:
        """Write the tables and `manifest.json` into a folder and return it.

        A folder of earlier results is replaced once the new ones are complete; other files in it stay.

        Raises
        ------
        ResultsError
            If the folder holds something else than coopsim results, or cannot be written.
        """
        return storage.save(Path(folder), self.manifest, self.tables, format)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read results back, equal to what was saved.

        Raises
        ------
        ResultsError
            If there is no such folder, it holds no coopsim results, or they are damaged or of another format.
        """
        manifest, tables = storage.load(Path(folder), TABLES)
        return cls(manifest, **tables)

    def same_as(self, other: Results) -> list[str]:
        """Return the names of the tables that are not bit for bit the same; empty for a repeated run.

        Wall times are not compared; the manifest's "config_hash" and "seed" are.
        """
        found = [key for key in ("config_hash", "seed") if self.manifest[key] != other.manifest[key]]
        for name, mine in self.tables.items():
            ignored = NOT_REPRODUCED.get(name, [])
            if not _identical(mine.drop(columns=ignored), other.tables[name].drop(columns=ignored)):
                found.append(name)
        return found


def _identical(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    return left.columns.equals(right.columns) and left.dtypes.equals(right.dtypes) and left.equals(right)

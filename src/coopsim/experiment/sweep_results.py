"""What a sweep leaves: the design, one tidy table, the runs that failed, and the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import pandas as pd
import pyarrow as pa

from coopsim.errors import ResultsError
from coopsim.experiment.rows import failure_frame, frame
from coopsim.experiment.store import DESIGN, Store

if TYPE_CHECKING:
    from coopsim.experiment.plan import Plan
    from coopsim.experiment.rows import Part


class Source(Protocol):
    """Where rows come from."""

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows in canonical order, piece by piece."""

    def failures(self) -> pd.DataFrame:
        """Return the runs that failed."""

    def finished(self) -> int:
        """Return the number of runs that are finished, failures included."""


class Memory:
    """Rows of a sweep that is not written to disk."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def add(self, part: Part) -> None:
        """Keep a part."""
        self.parts.append(part)

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows in canonical order, piece by piece."""
        for part in sorted(self.parts, key=lambda part: part.first):
            yield part.table

    def failures(self) -> pd.DataFrame:
        """Return the runs that failed."""
        return failure_frame([row for part in self.parts for row in part.failures])

    def finished(self) -> int:
        """Return the number of runs that are finished, failures included."""
        return sum(part.last - part.first for part in self.parts)


class SweepResults:
    """The results of a sweep, read when they are asked for.

    Attributes
    ----------
    manifest : dict
        The plan, the full configurations, versions, sessions, and whether the sweep is complete.
    design : DataFrame
        One row per point, indexed by `scenario_id`, one column per varied key.
    folder : Path, optional
        Where it is on disk.

    Examples
    --------
    >>> runs = coopsim.SweepResults.load("results/my-sweep")
    >>> runs.table.groupby("trust.gain")["density"].describe()
    """

    def __init__(self, manifest: dict[str, Any], design: pd.DataFrame, source: Source, folder: Path | None = None):
        self.manifest, self.design, self._source, self.folder = manifest, design, source, folder

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per run and kept year: scenario_id, replication_id, seed, varied keys, year, indicators.

        Rows are in the order of these ids, however the runs were distributed. `attrs["units"]` says the units of the
        indicators.
        """
        found = frame(self._source.tables(), self._schema())
        found.attrs["units"] = dict(self.manifest["units"])
        return found

    @cached_property
    def failures(self) -> pd.DataFrame:
        """One row per run that failed: scenario_id, replication_id, seed, config (JSON), error, traceback."""
        return self._source.failures()

    @property
    def complete(self) -> bool:
        """Whether every run is finished."""
        return bool(self.manifest["status"] == "complete")

    @property
    def finished(self) -> int:
        """Number of runs that are finished, failures included."""
        return self.manifest["runs"] if self.complete else self._source.finished()

    @property
    def plan(self) -> Plan:
        """The plan of the sweep, with the scenarios as they were."""
        from coopsim.experiment.records import plan_of

        return plan_of(self.manifest)

    @property
    def keys(self) -> list[str]:
        """The varied keys."""
        return list(self.design.columns)

    @property
    def indicators(self) -> list[str]:
        """The kept indicators."""
        return list(self.manifest["indicators"])

    def iter_batches(self, rows: int = 65_536) -> Iterator[pd.DataFrame]:
        """Yield `table` in pieces of so many rows, the last one shorter; memory does not grow with the sweep."""
        waiting: list[pa.Table] = []
        held = 0
        for table in self._source.tables():
            waiting.append(table)
            held += table.num_rows
            while held >= rows:
                joined = pa.concat_tables(waiting)
                yield joined.slice(0, rows).to_pandas()
                waiting, held = [joined.slice(rows)], held - rows
        if held:
            yield pa.concat_tables(waiting).to_pandas()

    def save(self, folder: str | Path) -> Path:
        """Write a sweep that is in memory into a new folder, as `sweep(plan, out=folder)` would have."""
        from coopsim.experiment.rows import Part

        store = Store(Path(folder))
        if store.folder.exists() and any(store.folder.iterdir()):
            raise ResultsError(f"the folder '{folder}' is not empty; a sweep needs a new or empty one")
        store.begin({**self.manifest, "status": "running"}, self.design)
        whole = pa.concat_tables([self._schema().empty_table(), *self._source.tables()])
        store.add(Part(0, self.manifest["runs"], whole, tuple(_records(self.failures))))
        store.finish(self._schema(), self.manifest)
        return store.folder

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read a sweep back; one that is not complete has the runs that are finished.

        Raises
        ------
        ResultsError
            If the folder holds no sweep, or cannot be read.
        """
        store = Store(Path(folder))
        manifest = store.manifest()
        try:
            design = pd.read_parquet(store.folder / DESIGN)
        except (OSError, ValueError) as error:
            raise ResultsError(f"'{store.folder / DESIGN}' cannot be read: {error}") from None
        return cls(manifest, design, store, store.folder)

    def _schema(self) -> pa.Schema:
        from coopsim.experiment.records import schema_of

        return schema_of(self.manifest)

    def __repr__(self) -> str:
        m = self.manifest
        state = "" if self.complete else ", not complete"
        return f"SweepResults({m['plan']['design']}, {m['points']:,} points x {m['plan']['replications']:,}{state})"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]

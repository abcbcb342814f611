"""A sweep on disk: a folder that is whole at every moment, whatever happens to the process that writes it.

Finished runs go into parts, one file for consecutive runs, named after their numbers: ``00000120-00000125.parquet``
holds runs 120 to 124, with those that failed in its metadata. A part is written under another name, forced to the
disk and then renamed, so a part that has its name is complete. What is finished can be read off the names of the
parts; nothing else keeps count. Small neighbours are merged from time to time; a part that lies within another is a
left-over of that and is ignored. At the end the parts become one table, and the manifest says so.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from coopsim.errors import ResultsError, SweepError
from coopsim.experiment.rows import Part, failure_frame

FORMAT, FORMAT_VERSION = "coopsim sweep", 1
MANIFEST, TABLE, FAILURES, DESIGN = "manifest.json", "table.parquet", "failures.parquet", "design.parquet"
PARTS = "parts"
TEMPORARY = ".writing"
FAILED = b"coopsim failures"
NAME = re.compile(r"(\d{8,})-(\d{8,})\.parquet")
MANY = 128  # small parts that are merged
LARGE = 8_000_000  # bytes of a part that is merged no more
PLAIN = {"compression": "none", "use_dictionary": False, "write_statistics": False}  # parts are small and short-lived
RETRIES = 100  # of a reader that finds the driver merging parts
GROUP = 1_000_000  # bytes of a group of rows in a table, whatever the parts were

Range = tuple[int, int]


class Store:
    """The folder of a sweep.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._small: list[Range] = []
        self._recent: dict[Range, Part] = {}  # small parts of this session, so that merging need not read them

    # Manifest

    def manifest(self) -> dict[str, Any]:
        """Return the manifest.

        Raises
        ------
        ResultsError
            If the folder holds no sweep.
        """
        path = self.folder / MANIFEST
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ResultsError(f"'{self.folder}' is no folder of a sweep: it has no {MANIFEST}") from None
        except (OSError, ValueError) as error:
            raise ResultsError(f"'{path}' cannot be read: {error}") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ResultsError(f"'{path}' was not written by a sweep of coopsim")
        if found.get("format_version") != FORMAT_VERSION:
            raise ResultsError(f"'{self.folder}' was written by coopsim {found.get('coopsim')} in format "
                               f"{found.get('format_version')}; this version reads format {FORMAT_VERSION}")
        return found

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest in one step."""
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        with self._guarded():
            self._replace(self.folder / MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))

    # While the sweep runs

    def begin(self, manifest: Mapping[str, Any], design: pd.DataFrame) -> None:
        """Make the folder of a new sweep."""
        with self._guarded():
            (self.folder / PARTS).mkdir(parents=True, exist_ok=True)
            self._replace(self.folder / DESIGN, lambda path: design.to_parquet(path))
            self.write_manifest(manifest)

    def clean(self) -> None:
        """Remove what an interrupted writer left: unfinished files, and parts that were merged into another."""
        with self._guarded():
            (self.folder / PARTS).mkdir(exist_ok=True)
            for path in [*self.folder.glob(f"*{TEMPORARY}"), *(self.folder / PARTS).glob(f"*{TEMPORARY}")]:
                path.unlink(missing_ok=True)
            kept = set(self.parts())
            for path, found in self._named():
                if found not in kept:
                    path.unlink(missing_ok=True)
        self._small = [found for found in self.parts() if self._path(found).stat().st_size < LARGE]

    def parts(self) -> list[Range]:
        """Return the first run of each part and the first after it, in order and without those inside others."""
        found: list[Range] = []
        for part in sorted((part for _, part in self._named()), key=lambda part: (part[0], -part[1])):
            if not found or part[1] > found[-1][1]:
                found.append(part)
        return found

    def _named(self) -> list[tuple[Path, Range]]:
        folder = self.folder / PARTS
        named = [(path, NAME.fullmatch(path.name)) for path in folder.iterdir()] if folder.is_dir() else []
        return [(path, (int(match[1]), int(match[2]))) for path, match in named if match]

    def missing(self, runs: int) -> list[Range]:
        """Return the runs that are not finished, as ranges."""
        found, at = [], 0
        for first, last in [*self.parts(), (runs, runs)]:
            if first > at:
                found.append((at, first))
            at = max(at, last)
        return found

    def add(self, part: Part) -> None:
        """Make a part durable.

        Raises
        ------
        SweepError
            If the disk refuses; the parts before are intact.
        """
        table = part.table.replace_schema_metadata({FAILED: json.dumps(part.failures).encode()})
        place = (part.first, part.last)
        with self._guarded():
            self._replace(self._path(place), lambda path: pq.write_table(table, path, **PLAIN))
        self._small.append(place)
        self._recent[place] = part
        if len(self._small) >= MANY:
            self._merge()

    def _merge(self) -> None:
        """Turn neighbours among the small parts into one; a disk without room for that is no reason to stop."""
        groups: list[list[Range]] = []
        for part in sorted(self._small):
            if groups and groups[-1][-1][1] == part[0]:
                groups[-1].append(part)
            else:
                groups.append([part])
        self._small = []
        for group in groups:
            whole = (group[0][0], group[-1][1])
            if len(group) > 1:
                try:
                    self._join(group, whole)
                except OSError:
                    self._small += group
                    continue
            if self._path(whole).stat().st_size < LARGE:
                self._small.append(whole)
        self._recent = {}
        pa.default_memory_pool().release_unused()

    def _join(self, group: Sequence[Range], whole: Range) -> None:
        schema = pq.read_schema(self._path(group[0])).remove_metadata()
        failures = json.dumps([row for part in group for row in self._failed(part)]).encode()
        described = schema.with_metadata({FAILED: failures})
        self._replace(self._path(whole), lambda path: _write(path, described, self._tables(group), **PLAIN))
        for part in group:
            self._path(part).unlink(missing_ok=True)

    # Reading

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows in canonical order, piece by piece."""
        for file in self._opened():
            with file:
                for k in range(file.num_row_groups):
                    yield file.read_row_group(k, use_threads=False).replace_schema_metadata(None)

    def _opened(self) -> list[pq.ParquetFile]:
        """Return all files, open: the driver may merge parts, or put them together, while another process reads."""
        for _ in range(RETRIES):
            whole = self.folder / TABLE
            paths = [whole] if whole.is_file() else [self._path(part) for part in self.parts()]
            with suppress(FileNotFoundError):
                return [pq.ParquetFile(path) for path in paths]
        raise self._restless()

    def _restless(self) -> ResultsError:
        return ResultsError(f"'{self.folder / PARTS}' changes too fast to be read")

    def _tables(self, parts: Sequence[Range]) -> Iterator[pa.Table]:
        """Yield the rows of some parts; only for the driver, while nobody else writes."""
        for part in parts:
            if part in self._recent:
                yield self._recent[part].table
                continue
            with pq.ParquetFile(self._path(part)) as file:
                for k in range(file.num_row_groups):
                    yield file.read_row_group(k, use_threads=False).replace_schema_metadata(None)

    def failures(self) -> pd.DataFrame:
        """Return the runs that failed."""
        whole = self.folder / FAILURES
        for _ in range(RETRIES):
            if whole.is_file():
                return pd.read_parquet(whole)
            with suppress(FileNotFoundError):
                return failure_frame([row for part in self.parts() for row in self._failed(part)])
        raise self._restless()

    def _failed(self, part: Range) -> list[dict[str, Any]]:
        if part in self._recent:
            return list(self._recent[part].failures)
        metadata = pq.read_schema(self._path(part)).metadata or {}
        return list(json.loads(metadata.get(FAILED, b"[]")))

    def finished(self) -> int:
        """Return the number of runs that are in parts."""
        return sum(last - first for first, last in self.parts())

    # The end

    def finish(self, schema: pa.Schema, manifest: Mapping[str, Any]) -> None:
        """Turn the parts into one table, whose bytes do not depend on how the runs came in."""
        with self._guarded():
            failures = failure_frame([row for part in self.parts() for row in self._failed(part)])
            self._replace(self.folder / FAILURES, lambda path: failures.to_parquet(path, index=False))
            self._replace(self.folder / TABLE, lambda path: _write(path, schema, self._tables(self.parts())))
            self.write_manifest(manifest)
            self.forget_parts()
        pa.default_memory_pool().release_unused()

    def forget_parts(self) -> None:
        """Remove the parts of a sweep whose table is complete; those that somebody reads just now may stay."""
        folder = self.folder / PARTS
        if folder.is_dir():
            with suppress(OSError):
                for path in folder.iterdir():
                    path.unlink(missing_ok=True)
                folder.rmdir()

    def _path(self, part: Range) -> Path:
        return self.folder / PARTS / f"{part[0]:08d}-{part[1]:08d}.parquet"

    def _guarded(self) -> _Guard:
        return _Guard(self.folder)

    def _replace(self, path: Path, write: Callable[[Path], object]) -> None:
        """Write a file aside, force it to the disk and give it its name."""
        aside = path.with_name(path.name + TEMPORARY)
        try:
            write(aside)
            with open(aside, "rb+") as file:
                os.fsync(file.fileno())
            os.replace(aside, path)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


class _Guard:
    """Turns what a disk refuses into one clear error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise SweepError(f"the sweep cannot be written to '{self.folder}': {reason}") from error


def _write(path: Path, schema: pa.Schema, tables: Iterator[pa.Table], **options: Any) -> None:
    """Write tables as one file in groups of equal size, without holding more than one group."""
    waiting: list[pa.Table] = []
    rows, most = 0, max(1, GROUP // (8 * len(schema)))
    with pq.ParquetWriter(path, schema, **options) as writer:
        for table in tables:
            waiting.append(table.replace_schema_metadata(schema.metadata))
            rows += table.num_rows
            while rows >= most:
                joined = pa.concat_tables(waiting)
                writer.write_table(joined.slice(0, most).combine_chunks())
                waiting, rows = [joined.slice(most)], rows - most
                del joined
                pa.default_memory_pool().release_unused()
        if rows:
            writer.write_table(pa.concat_tables(waiting).combine_chunks())


def _sync_folder(folder: Path) -> None:
    """Force a rename to the disk, where the system can."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives refuse it for folders; the file itself is safe
            os.fsync(number)
    finally:
        os.close(number)

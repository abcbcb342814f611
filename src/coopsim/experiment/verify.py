"""Run what a folder holds once more, from its manifest, and say whether it comes out the same, bit for bit."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from coopsim.config import Config, config_from
from coopsim.errors import ConfigError, ResultsError
from coopsim.experiment import store as stores
from coopsim.experiment.crews import crew_for
from coopsim.experiment.driver import Driver
from coopsim.experiment.progress import Counter, Watcher
from coopsim.experiment.records import plan_of
from coopsim.experiment.rows import Layout
from coopsim.experiment.store import Range, Store
from coopsim.results.manifest import PACKAGES, data_hashes, installed
from coopsim.results.record import YEARLY, Record
from coopsim.results.results import NOT_REPRODUCED, Results

if TYPE_CHECKING:
    from concurrent.futures import Executor

BATCH = 65_536  # rows that are compared at a time


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a repeated result is the same.

    Attributes
    ----------
    kind : {"run", "sweep"}
    runs : int
        How many runs were repeated.
    differences : tuple of str
        Tables, and columns in them, that are not the same; empty if everything is.
    notes : tuple of str
        What else is not as it was: versions, data.
    """

    kind: str
    runs: int
    differences: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether everything is the same, bit for bit."""
        return not self.differences


def verify(
    folder: str | Path, *, sample: int | None = None, workers: int | None = None, executor: Executor | None = None,
    progress: Watcher | None = None,
) -> Verdict:
    """Repeat the run or the sweep in a folder from its manifest and compare.

    Parameters
    ----------
    folder : str or Path
    sample : int, optional
        Of a sweep, repeat only so many runs, spread evenly.
    workers, executor
        As for `sweep`.
    progress : callable, optional
        Of a sweep, called with a `SweepProgress`.

    Raises
    ------
    ResultsError
        If the folder holds neither a run nor a sweep, or this version cannot read its configuration.
    """
    where = Path(folder)
    try:
        found = json.loads((where / stores.MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ResultsError(f"'{where}' holds neither a run nor a sweep: it has no readable {stores.MANIFEST}") from None
    try:
        if isinstance(found, dict) and found.get("format") == stores.FORMAT:
            return _verify_sweep(Store(where), sample, workers, executor, progress)
        return _verify_run(Results.load(where))
    except ConfigError as error:
        raise ResultsError(f"this version ({installed('coopsim')}) cannot repeat what coopsim {found.get('coopsim')} "
                           f"did: {error}") from None


def _notes(manifest: dict[str, Any], packages: dict[str, str]) -> list[str]:
    """Return what is not as it was when the result was made."""
    notes = []
    if manifest["coopsim"] != installed("coopsim"):
        notes.append(f"made with coopsim {manifest['coopsim']}, repeated with {installed('coopsim')}")
    notes += [f"made with {package} {packages[package]}, repeated with {installed(package)}"
              for package in PACKAGES if package in packages and packages[package] != installed(package)]
    bundled = data_hashes() if manifest["data"] else {}
    changed = sorted(name for name in {*manifest["data"], *bundled}
                     if manifest["data"].get(name) != bundled.get(name))
    return [*notes, f"bundled data changed: {', '.join(changed)}"] if changed else notes


def _verify_run(stored: Results) -> Verdict:
    from coopsim.experiment.run import results_of
    from coopsim.model import CoopModel

    manifest = stored.manifest
    config: Config = config_from(manifest["config"], where="manifest")
    tables = stored.tables
    # A table without rows may not have been asked for.
    kept = [name for name in YEARLY if len(tables[name])]
    indicators = [name for name in stored.indicators.columns if name != "year"]
    model = CoopModel(config, rng=manifest["seed"], record=Record(indicators=indicators, tables=kept))
    # Flows of the first year and ties of the start are kept unasked, so one table tells what was asked for.
    model.recorder.keep_pairs(set(stored.ties["year"] if "ties" in kept else stored.flows["year"]))
    model.run_for(manifest["last_year"] - config.start_year)
    repeated = results_of(model).tables
    differences = ["config_hash"] if config.hash != manifest["config_hash"] else []
    for name, table in tables.items():
        ignored = NOT_REPRODUCED.get(name, [])
        wrong = differing(table.drop(columns=ignored), repeated[name].drop(columns=ignored))
        differences += [f"{name}: {', '.join(wrong)}"] if wrong else []
    return Verdict("run", 1, tuple(differences), tuple(_notes(manifest, manifest["packages"])))


def differing(stored: pd.DataFrame, repeated: pd.DataFrame) -> list[str]:
    """Return the columns that are not bit for bit the same, or what else is not."""
    if len(stored) != len(repeated):
        return [f"{len(stored):,} rows, repeated {len(repeated):,}"]
    columns = dict.fromkeys([*stored.columns, *repeated.columns])
    return [str(name) for name in columns
            if name not in stored or name not in repeated or stored[name].dtype != repeated[name].dtype
            or not stored[name].equals(repeated[name])]


def _verify_sweep(
    stored: Store, sample: int | None, workers: int | None, executor: Any, progress: Watcher | None
) -> Verdict:
    manifest = stored.manifest()
    layout = Layout.of(plan_of(manifest))
    missing = [] if manifest["status"] == "complete" else stored.missing(layout.plan.runs)
    chosen = _chosen(missing, layout.plan.runs, sample)
    runs = sum(last - first for first, last in chosen)
    with tempfile.TemporaryDirectory() as folder:
        repeated = Store(Path(folder))
        repeated.begin(manifest, layout.design)
        crew = crew_for(executor, workers, runs)
        driver = Driver(layout, crew, repeated, Counter(runs, 0, 0, progress))
        try:
            driver.run(chosen)
        except BaseException:
            crew.stop(at_once=True)
            raise
        crew.stop()
        numbers = np.concatenate([np.arange(*span) for span in chosen] or [np.zeros(0, dtype=np.int64)])
        wrong = dict.fromkeys(_different_columns(
            _only(stored.tables(), numbers, layout.plan.replications), repeated.tables()
        ))
        lost = _different_failures(stored, repeated, numbers, layout.plan.replications)
    differences = ([f"table: {', '.join(wrong)}"] if wrong else []) + lost
    sessions = manifest["sessions"]
    packages = sessions[-1]["packages"] if sessions else {}
    return Verdict("sweep", runs, tuple(differences), tuple(_notes(manifest, packages)))


def _chosen(missing: Sequence[Range], runs: int, sample: int | None) -> list[Range]:
    """Return the finished runs as ranges; with a sample, so many of them, evenly spread."""
    found, at = [], 0
    for first, last in [*missing, (runs, runs)]:
        if first > at:
            found.append((at, first))
        at = last
    total = sum(last - first for first, last in found)
    if sample is None or sample >= total:
        return found
    numbers = np.concatenate([np.arange(*span) for span in found])
    picked = numbers[np.linspace(0, total - 1, sample).round().astype(np.int64)]
    return [(int(number), int(number) + 1) for number in dict.fromkeys(picked)]


def _only(tables: Iterator[pa.Table], numbers: np.ndarray, replications: int) -> Iterator[pa.Table]:
    """Yield the rows of some runs."""
    for table in tables:
        number = table["scenario_id"].to_numpy() * replications + table["replication_id"].to_numpy()
        yield table.filter(pa.array(np.isin(number, numbers)))


def _different_columns(stored: Iterator[pa.Table], repeated: Iterator[pa.Table]) -> Iterator[str]:
    """Yield the columns in which two streams of rows differ, holding no more than a batch of each."""
    left, right = _batches(stored), _batches(repeated)
    while True:
        one, other = next(left, None), next(right, None)
        if one is None and other is None:
            return
        if one is None or other is None or len(one) != len(other):
            yield "number of rows"
            return
        yield from differing(one, other)


def _batches(tables: Iterator[pa.Table]) -> Iterator[pd.DataFrame]:
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table.replace_schema_metadata(None))
        while sum(piece.num_rows for piece in waiting) >= BATCH:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, BATCH).to_pandas()
            waiting = [joined.slice(BATCH)]
    if waiting:
        yield pa.concat_tables(waiting).to_pandas()


def _different_failures(stored: Store, repeated: Store, numbers: np.ndarray, replications: int) -> list[str]:
    def of(store: Store) -> set[tuple[int, str]]:
        failed = store.failures()
        number = failed["scenario_id"] * replications + failed["replication_id"]
        return {(int(n), str(error)) for n, error in zip(number, failed["error"], strict=True) if n in known}

    known = {int(n) for n in numbers}
    before, after = of(stored), of(repeated)
    changed = sorted({number for number, _ in before ^ after})
    return [f"failures: runs {', '.join(map(str, changed[:5]))}{'…' if len(changed) > 5 else ''}"] if changed else []

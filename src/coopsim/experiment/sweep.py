"""Many runs, by any executor, in memory or on disk."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopsim.errors import ConfigError, ResultsError, SweepError
from coopsim.experiment.crews import Crew, crew_for, is_executor
from coopsim.experiment.driver import Driver
from coopsim.experiment.lock import LOCK, FolderLock
from coopsim.experiment.progress import Counter, Display, Watcher
from coopsim.experiment.records import manifest_of, now, refuse_changes, session
from coopsim.experiment.rows import Layout
from coopsim.experiment.store import MANIFEST, Store
from coopsim.experiment.sweep_results import Memory, SweepResults

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from coopsim.experiment.plan import Plan


class SweepInterrupted(KeyboardInterrupt):
    """Ctrl-C in a sweep.

    Attributes
    ----------
    results : SweepResults
        The runs that are finished.
    """

    def __init__(self, results: SweepResults) -> None:
        super().__init__("sweep interrupted; finished runs are in the attribute 'results'")
        self.results = results


def sweep(
    plan: Plan | str | Path,
    *,
    executor: Executor | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    resume: bool = False,
    progress: bool | Watcher = True,
    command: str | None = None,
) -> SweepResults:
    """Do the runs of a plan.

    Parameters
    ----------
    plan : Plan, str or Path
        A plan, or the path of a plan file.
    executor : concurrent.futures.Executor, optional
        Who does the runs: a `ProcessPoolExecutor`, Dask's ``client.get_executor()``, ``MPIPoolExecutor`` and so on.
        It is not shut down. Local processes if not given.
    out : str or Path, optional
        Folder for the results. Every finished run is on disk before the next is asked for, and the memory of this
        process does not grow with their number; without a folder the results are kept in memory.
    workers : int, optional
        Number of local processes; as many as there are processors if not given. With 1 the runs are done in this
        process. No result depends on it.
    resume : bool
        Go on with what the folder holds, if it holds the same sweep.
    progress : bool or callable
        Whether to show a bar (on a terminal or in a notebook) or a line now and then (in a log); or what to call
        with a `SweepProgress` after each chunk of runs and twice a second.
    command : str, optional
        What to write into the manifest as the command that started the sweep.

    Returns
    -------
    SweepResults

    Raises
    ------
    ConfigError
        If the plan is not valid, or a resumed sweep has another plan.
    ResultsError
        If the folder holds something else.
    SweepError
        If the disk refuses, another driver writes to the folder, or the workers cannot go on; finished runs are
        kept, and `resume` continues.
    SweepInterrupted
        After Ctrl-C.

    Examples
    --------
    >>> plan = coopsim.Plan(scenario="classroom", vary={"trust.gain": [0.02, 0.04]}, replications=10)
    >>> runs = coopsim.sweep(plan, out="results/gain")
    >>> runs.table.groupby("trust.gain")["density"].mean()
    """
    from threadpoolctl import threadpool_limits

    from coopsim.experiment.plan import Plan

    if not isinstance(plan, Plan):
        plan = Plan.from_file(plan)
    if executor is not None and not is_executor(executor):
        raise ConfigError(f"executor = {executor!r} is not allowed: must be an Executor of concurrent.futures")
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise ConfigError(f"workers = {workers!r} is not allowed: must be a whole number, 1 or more")
    for name, config in plan.configs.items():
        try:
            config.check_names(plan.seed)
        except ConfigError as error:
            raise ConfigError(f"{name}: {error}") from None
    layout = Layout.of(plan)
    with ExitStack() as stack:
        watcher: Watcher | None = None
        if progress is True:
            watcher = stack.enter_context(Display())
        elif callable(progress):
            watcher = progress
        # Threads of one process must not change each other's number of threads.
        stack.enter_context(threadpool_limits(1, user_api="blas"))
        if out is None:
            return _in_memory(layout, executor, workers, watcher, command)
        return _on_disk(layout, executor, workers, watcher, command, Store(Path(out)), resume=resume)


def _in_memory(
    layout: Layout, executor: Any, workers: int | None, watcher: Watcher | None, command: str | None
) -> SweepResults:
    memory, manifest = Memory(), manifest_of(layout)
    crew = crew_for(executor, workers, layout.plan.runs)
    manifest["sessions"].append(session(done=0, workers=crew.describes, command=command))
    counter = Counter(layout.plan.runs, 0, 0, watcher)
    results = SweepResults(manifest, layout.design, memory)
    try:
        _drive(Driver(layout, crew, memory, counter), crew, [(0, layout.plan.runs)])
    except KeyboardInterrupt:
        _close(manifest, counter, complete=False)
        raise SweepInterrupted(results) from None
    _close(manifest, counter, complete=True)
    return results


def _on_disk(
    layout: Layout, executor: Any, workers: int | None, watcher: Watcher | None, command: str | None, store: Store,
    *, resume: bool,
) -> SweepResults:
    _refuse_foreign(store.folder, resume=resume)
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SweepError(f"the sweep cannot be written to '{store.folder}': {error.strerror}") from error
    with FolderLock(store.folder):
        manifest = _opened(layout, store)
        missing = [] if manifest["status"] == "complete" else store.missing(layout.plan.runs)
        if manifest["status"] == "complete":
            store.forget_parts()
            return SweepResults.load(store.folder)
        left = sum(last - first for first, last in missing)
        done = layout.plan.runs - left
        crew = crew_for(executor, workers, left)
        manifest["sessions"].append(session(done=done, workers=crew.describes, command=command))
        manifest["failed"] = len(store.failures())
        counter = Counter(layout.plan.runs, done, manifest["failed"], watcher)
        store.write_manifest(manifest)
        try:
            _drive(Driver(layout, crew, store, counter), crew, missing)
        except KeyboardInterrupt:
            _close(manifest, counter, complete=False)
            with suppress(SweepError):  # the runs are kept, whether or not the disk takes this note
                store.write_manifest(manifest)
            raise SweepInterrupted(SweepResults.load(store.folder)) from None
        except SweepError as error:
            raise SweepError(f"{error}. {counter.done:,} of {counter.total:,} runs are finished and kept; resume when "
                             "that is mended") from error
        _close(manifest, counter, complete=True)
        store.finish(layout.schema, manifest)
    return SweepResults.load(store.folder)


def _drive(driver: Driver, crew: Crew, missing: list[tuple[int, int]]) -> None:
    """Run what is missing; whatever happens, leave no process of ours behind."""
    try:
        driver.run(missing)
    except BaseException:
        driver.cancel()
        crew.stop(at_once=True)
        raise
    crew.stop()


def _opened(layout: Layout, store: Store) -> dict[str, Any]:
    """Return the manifest of a new sweep, or of the stored one that is resumed."""
    if (store.folder / MANIFEST).is_file():
        manifest = store.manifest()
        refuse_changes(manifest, layout.plan)
        store.clean()
        return manifest
    manifest = manifest_of(layout)
    store.begin(manifest, layout.design)
    return manifest


def _refuse_foreign(folder: Path, *, resume: bool) -> None:
    """Raise `ResultsError` unless the folder is free, or holds a sweep that is to be resumed."""
    if folder.exists() and not folder.is_dir():
        raise ResultsError(f"'{folder}' is a file; a sweep needs a folder")
    try:
        held = [entry.name for entry in os.scandir(folder)] if folder.exists() else []
    except OSError as error:
        raise ResultsError(f"the folder '{folder}' cannot be read: {error.strerror}") from error
    if MANIFEST not in held:
        # A driver that was killed before its first run leaves these.
        if not {name for name in held if name != LOCK and not name.startswith(("parts", "design.", MANIFEST))}:
            return
        raise ResultsError(f"the folder '{folder}' holds other things than a sweep; choose another")
    manifest = Store(folder).manifest()
    if not resume:
        state = "a complete sweep" if manifest["status"] == "complete" else "a sweep that is not complete"
        raise ResultsError(f"the folder '{folder}' holds {state}; resume it, or choose another folder")


def _close(manifest: dict[str, Any], counter: Counter, *, complete: bool) -> None:
    manifest["sessions"][-1] |= {"finished": now(), "runs": counter.here}
    manifest["failed"] = counter.failed
    manifest["status"] = "complete" if complete else "running"

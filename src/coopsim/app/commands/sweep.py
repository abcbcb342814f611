"""`coopsim sweep`: many runs from a plan file, interrupted and resumed, on one machine or a cluster."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, print_json, print_line, say
from coopsim.errors import ConfigError, CoopsimError
from coopsim.param import nearest

if TYPE_CHECKING:
    import pandas as pd

    from coopsim.experiment import Plan, SweepResults
    from coopsim.experiment.progress import SweepProgress

LINE_SECONDS = 1.0  # between two lines of --json-lines
ADVICE_SECONDS = 30.0  # between two looks at how wide intervals are
ADVICE_SHARE = 0.02  # of the time, at most, that these looks may take


@click.command(epilog="""\b
Examples:
  coopsim sweep trust_gain --dry-run
  coopsim sweep trust_gain --out results/trust
  coopsim sweep trust_gain --out results/trust --resume
  coopsim sweep trust_gain --out results/trust --resume --narrow density=0.005
""")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
              help="Folder for the results.  [default: results/sweep-PLAN]")
@click.option("--workers", type=click.IntRange(min=1), metavar="N",
              help="Local processes; no result depends on it.  [default: all processors]")
@click.option("--scheduler", metavar="ADDRESS|local",
              help="Let Dask do the runs: the address of a scheduler, such as tcp://10.0.0.1:8786, or a local one.")
@click.option("--resume", is_flag=True, help="Go on with the sweep in the folder, if there is one.")
@click.option("--dry-run", is_flag=True, help="Only say how many runs, how long, how much disk.")
@click.option("--narrow", metavar="INDICATOR=WIDTH",
              help="Say every half minute, and at the end, how wide the 95 % interval of an indicator still is and how "
                   "many more runs a point needs for ± WIDTH.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the summary.")
@click.option("--json-lines", is_flag=True, help="Print one JSON object a second, for batch systems.")
@click.option("--quiet", is_flag=True, help="No progress, no summary.")
@debug_option
@click.pass_context
def sweep(
    ctx: click.Context, plan_file: Path, out: Path | None, workers: int | None, scheduler: str | None, resume: bool,
    dry_run: bool, narrow: str | None, as_json: bool, json_lines: bool, quiet: bool,
) -> None:
    """Do the runs of a plan, and gather them in one table.

    PLAN is a plan file, or the name of a bundled plan (trust_gain).

    Every finished run is on disk at once. A sweep that was interrupted, even by a crash of the machine, goes on with
    --resume and ends with the same table.
    """
    from coopsim import experiment
    from coopsim.app.compiling import compile_first
    from coopsim.app.simulate import command_line

    plan = experiment.Plan.from_file(plan_file)
    silent = quiet or as_json or json_lines
    if not quiet:
        for sentence in plan.advice():
            say(f"Note: {sentence}")
    compile_first(quiet=silent)
    if dry_run:
        _print_estimate(plan, workers, as_json=as_json or json_lines)
        return
    folder = out or Path("results") / f"sweep-{plan_file.stem}"
    wanted = _Narrow(folder, narrow, plan) if narrow is not None else None
    try:
        with _executor(scheduler, workers) as executor, ExitStack() as shown:
            watcher: Any = _Lines() if json_lines else not silent
            if wanted is not None and not quiet:
                watcher = wanted.beside(_Lines() if json_lines else shown.enter_context(_display(silent)))
            results = experiment.sweep(plan, executor=executor, out=folder, workers=workers, resume=resume,
                                       progress=watcher, command=command_line(ctx))
    except experiment.SweepInterrupted as stop:
        _say_interrupted(ctx, stop.results, resume=resume)
        ctx.exit(130)
    report = _report(results, folder)
    if wanted is not None:
        report["advice"] = wanted.table(results).to_dict("records")
    if json_lines:
        print_line({"event": "end", **report})
    elif as_json:
        print_json(report)
    elif not quiet:
        _print(report)
        if wanted is not None:
            say(wanted.words(results))
    if report["failed"]:
        say(f"Note: {report['failed']:,} of {report['runs']:,} runs failed, the first with {report['first_error']}; "
            f"configuration, seed and traceback of each are in {folder / 'failures.parquet'}")
    if report["failed"] == report["runs"]:
        ctx.exit(1)


class _Lines:
    """Progress as JSON, one line a second."""

    def __init__(self) -> None:
        self._printed = 0.0

    def __call__(self, state: SweepProgress) -> None:
        """Print a line if it is time."""
        if time.monotonic() - self._printed < LINE_SECONDS:
            return
        self._printed = time.monotonic()
        print_line({
            "event": "progress", "done": state.done, "total": state.total, "failed": state.failed,
            "seconds": round(state.seconds, 1), "runs_per_second": round(state.runs_per_second, 3),
            "seconds_left": None if state.seconds_left is None else round(state.seconds_left, 1),
        })


class _Narrow:
    """What `--narrow` asks for: how wide the interval of an indicator is, and what would make it narrower."""

    def __init__(self, folder: Path, asked: str, plan: Plan) -> None:
        from coopsim.results.indicators import INDICATORS

        self.folder = folder
        self.indicator, _, width = asked.partition("=")
        known = list(INDICATORS) if plan.indicators == "all" else list(plan.indicators)
        if self.indicator not in known:
            raise ConfigError(f"--narrow: the plan records no '{self.indicator}'{nearest(self.indicator, known)}")
        try:
            self.width = float(width)
        except ValueError:
            self.width = math.nan
        if not 0 < self.width < math.inf:
            raise ConfigError(f"--narrow {asked}: write INDICATOR=WIDTH with a width above 0, such as density=0.005")
        self._next = time.monotonic() + ADVICE_SECONDS

    def beside(self, watcher: Callable[[SweepProgress], None]) -> Callable[[SweepProgress], None]:
        """Return a watcher that also looks at the intervals now and then."""

        def watch(state: SweepProgress) -> None:
            watcher(state)
            began = time.monotonic()
            if began < self._next or not state.done:
                return
            from coopsim.experiment import SweepResults

            say(self.words(SweepResults.load(self.folder)))
            now = time.monotonic()
            self._next = now + max(ADVICE_SECONDS, (now - began) / ADVICE_SHARE)

        return watch

    def table(self, results: SweepResults) -> pd.DataFrame:
        """Return the advice for every point that has a finished run, the widest interval first."""
        import pandas as pd

        from coopsim.analysis.replications import advice

        if results.finished == len(results.failures):
            return pd.DataFrame({"more": [], "advice": []})
        return advice(results, self.indicator, self.width)

    def words(self, results: SweepResults) -> str:
        """Return it in one or two sentences."""
        found = self.table(results)
        if found.empty:
            return f"No finished run tells anything about {self.indicator} yet."
        wide = found["more"].fillna(1) > 0
        if not wide.any():
            return f"All {len(found):,} points: {self.indicator} is known to ± {self.width:g}."
        return (f"Of {len(found):,} points, {int(wide.sum()):,} do not know {self.indicator} to ± {self.width:g} yet. "
                f"The widest: {found['advice'].iloc[0]}")


def _display(silent: bool) -> AbstractContextManager[Callable[[SweepProgress], None]]:
    from coopsim.experiment.progress import Display

    return nullcontext(lambda _: None) if silent else Display()


@contextmanager
def _executor(scheduler: str | None, workers: int | None) -> Iterator[Any]:
    """Yield an executor of Dask, or nothing."""
    if scheduler is None:
        yield None
        return
    try:
        client_of: Any = import_module("distributed").Client
    except ImportError:
        raise CoopsimError("--scheduler needs Dask, which is not installed; install it with: "
                           "pip install 'coopsim[cluster]'") from None
    from coopsim.experiment.crews import processors

    # A worker that is slow to go, on a busy machine, is nothing to tell the user of.
    logging.getLogger("distributed.nanny").setLevel(logging.ERROR)
    local = {"n_workers": workers or processors(), "threads_per_worker": 1, "dashboard_address": None}
    try:
        client = client_of(**local) if scheduler == "local" else client_of(scheduler, timeout="20s")
    except (OSError, ValueError, TimeoutError) as error:
        raise CoopsimError(f"--scheduler {scheduler}: no scheduler answers: {error}") from None
    with client:
        yield client.get_executor()


def _print_estimate(plan: Plan, workers: int | None, *, as_json: bool) -> None:
    from dataclasses import asdict

    from coopsim.experiment.estimate import estimate
    from coopsim.experiment.progress import duration

    found = estimate(plan, workers)
    if as_json:
        print_json(asdict(found))
        return
    screen = console()
    screen.print(f"Runs:  {found.points:,} points x {found.replications:,} replications = {found.runs:,}")
    screen.print(f"Time:  about {duration(found.seconds)} with {found.workers} workers "
                 f"({1000 * found.seconds_per_run:.3g} ms a run, measured)")
    screen.print(f"Disk:  about {_size(found.bytes)}, for a moment at the end twice that")


def _size(count: float) -> str:
    units = ["TB", "GB", "MB", "kB", "bytes"]
    while count >= 1000 and len(units) > 1:
        count /= 1000
        units.pop()
    return f"{count:.3g} {units[-1]}"


def _report(results: SweepResults, folder: Path) -> dict[str, Any]:
    manifest = results.manifest
    failures = results.failures
    return {
        "folder": str(folder), "table": str(folder / "table.parquet"), "status": manifest["status"],
        "points": manifest["points"], "replications": manifest["plan"]["replications"], "runs": manifest["runs"],
        "failed": len(failures), "first_error": failures["error"].iloc[0] if len(failures) else None,
        "keys": manifest["keys"], "plan_hash": manifest["plan_hash"], "coopsim": manifest["coopsim"],
    }


def _print(report: dict[str, Any]) -> None:
    screen = console()
    screen.print(f"{report['runs'] - report['failed']:,} runs: {report['points']:,} points x "
                 f"{report['replications']:,} replications")
    screen.print(f"Table: {report['table']}", soft_wrap=True)


def _say_interrupted(ctx: click.Context, results: SweepResults, *, resume: bool) -> None:
    from coopsim.app.simulate import command_line

    command = command_line(ctx) + ("" if resume else " --resume")
    say(f"\nInterrupted: {results.finished:,} of {results.manifest['runs']:,} runs are finished and kept in "
        f"{results.folder}. To go on: {command}")

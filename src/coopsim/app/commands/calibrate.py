"""`coopsim calibrate`: parameters fitted to targets, from a plan file to estimates, fit and figures."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, print_json, say

LINE_SECONDS = 10.0  # between two lines of a log

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from coopsim.calibration import Calibration


@click.command(short_help="Fit parameters to facts or observed series.", epilog="""\b
Examples:
  coopsim calibrate classroom_trust --trials 12 --out results/fitted
""")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
              help="Folder for simulations, estimates and figures.  [default: results/calibration-PLAN]")
@click.option("--method", type=click.Choice(["optuna", "abc"]),
              help="Point estimates, or a posterior by ABC-SMC.  [default: the plan's]")
@click.option("--trials", type=click.IntRange(min=2), metavar="N", help="Trials of Optuna.  [default: the plan's]")
@click.option("--workers", type=click.IntRange(min=1), metavar="N",
              help="Local processes; no result depends on it.  [default: all processors]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the words.")
@debug_option
@click.pass_context
def calibrate(
    ctx: click.Context, plan_file: Path, out: Path | None, method: str | None, trials: int | None,
    workers: int | None, as_json: bool,
) -> None:
    """Fit parameters to stylised facts or observed series, and test the fit on targets that were held out.

    PLAN is a plan file with targets, or the name of a bundled one (classroom_trust). Every simulation is kept as it
    finishes: the same command goes on where it was stopped, and ends with the same result.
    """
    from coopsim.app.compiling import compile_first
    from coopsim.calibration import CalibrationPlan
    from coopsim.calibration import calibrate as fit
    from coopsim.experiment.crews import processors

    plan = CalibrationPlan.from_file(plan_file)
    changes = {key: value for key, value in (("method", method), ("trials", trials)) if value is not None}
    plan = replace(plan, **changes)  # type: ignore[arg-type]
    folder = out or Path("results") / f"calibration-{plan_file.stem}"
    number = workers or processors()
    compile_first(quiet=as_json)
    try:
        with _pool(number) as executor, _bar(quiet=as_json) as progress:
            found = fit(plan, out=folder, executor=executor, width=number, progress=progress)
    except KeyboardInterrupt:
        from coopsim.app.simulate import command_line

        say(f"\nInterrupted: every finished simulation is kept in {folder}. To go on: {command_line(ctx)}")
        ctx.exit(130)
    if as_json:
        print_json(_report(found, folder))
    else:
        _print(found, folder)


@contextmanager
def _pool(workers: int) -> Iterator[Executor | None]:
    """Yield a pool of fresh processes with one thread each, or nothing for one worker."""
    if workers == 1:
        yield None
        return
    import os
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from coopsim.experiment.crews import ONE_THREAD, settle_in

    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=settle_in)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    """Yield what to call after each step; on a terminal, a bar shows what is left and how near the model is."""
    if quiet:
        yield None
        return
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Fitting"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description},"),
               TimeRemainingColumn(), TextColumn("left"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, total, word: shown.update(task, completed=done, total=total, description=word)


def _lines() -> Callable[[int, int, str], None]:
    """Return a progress for logs: a line now and then, with the time that is left."""
    from coopsim.experiment.progress import duration

    begun: list[float] = []  # after the first step, which loads and compiles
    printed = 0.0

    def show(done: int, total: int, word: str) -> None:
        nonlocal printed
        now = time.monotonic()
        if len(begun) == 0:
            begun.extend([now, done])
            printed = now
        elif now - printed >= LINE_SECONDS and done > begun[1]:
            printed = now
            left = (now - begun[0]) / (done - begun[1]) * (total - done)
            say(f"{done} of {total}, {word}, about {duration(left)} left")

    return show


def _report(found: Calibration, folder: Path) -> dict[str, object]:
    return {
        "folder": str(folder), "method": found.method, "hash": found.hash, "estimates": found.best,
        "parameters": found.estimates.to_dict("records"), "fit": found.fit.to_dict("records"), "misfit": found.misfit,
        "sentences": list(found.sentences),
    }


def _print(found: Calibration, folder: Path) -> None:
    screen = console()
    for sentence in found.sentences:
        screen.print(f"• {sentence}")
    screen.print()
    figures = ", ".join(str(folder / f"{name}.png") for name in found.figures())
    screen.print(f"Tables: {folder / 'estimates.csv'}, {folder / 'fit.csv'}   Figures: {figures}", soft_wrap=True)

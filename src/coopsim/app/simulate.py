"""A run with a progress bar that Ctrl-C stops between two years."""

from __future__ import annotations

import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from coopsim.app.compiling import compile_first
from coopsim.app.options import ARGUMENTS
from coopsim.config import Config
from coopsim.experiment.run import results_of
from coopsim.model import CoopModel
from coopsim.results import Results

PATIENCE = 1.0  # seconds before a progress bar appears


def simulate(
    config: Config, *, seed: int, ties_years: Iterable[int] | Literal["all"], command: str, quiet: bool
) -> Results:
    """Simulate year by year; after Ctrl-C return what is finished."""
    started = datetime.now(UTC)
    compile_first(quiet=quiet)
    model = CoopModel(config, rng=seed)
    model.recorder.keep_pairs(ties_years)
    with interruptible() as stop, _bar(config, quiet=quiet) as advance, model.undisturbed():
        while model.year < config.start_year + config.years and not stop.is_set():
            model.step()
            advance()
    return results_of(model, started=started, command=command)


def command_line(ctx: click.Context) -> str:
    """Return the command as typed, for the manifest."""
    return shlex.join(["coopsim", *ctx.find_root().meta.get(ARGUMENTS, [])])


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Let the first Ctrl-C ask for an end, after this year or once all is saved; a second one ends at once."""
    stop = threading.Event()

    def ask(number: int, frame: Any) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _bar(config: Config, *, quiet: bool) -> Iterator[Any]:
    """Yield what to call after each year; the bar appears on a terminal when the run takes its time."""
    shown = not quiet and sys.stderr.isatty()
    began, years = time.monotonic(), config.years
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("years,"),
        TimeRemainingColumn(), TextColumn("left"), console=Console(stderr=True), transient=True,
    )
    task = progress.add_task(f"Simulating {config.start_year + 1}–{config.start_year + years}", total=years)

    def advance() -> None:
        progress.advance(task)
        if shown and not progress.live.is_started and time.monotonic() - began > PATIENCE:
            progress.start()

    try:
        yield advance
    finally:
        if progress.live.is_started:
            progress.stop()

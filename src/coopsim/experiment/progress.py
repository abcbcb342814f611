"""How far a sweep is: numbers for programs, a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

PATIENCE = 1.0  # seconds before anything is shown
LOG_SECONDS = 30.0  # between two lines in a log


@dataclass(frozen=True, slots=True)
class SweepProgress:
    """How far a sweep is.

    Attributes
    ----------
    done, total : int
        Runs finished, those of earlier sessions included, and all runs.
    failed : int
        How many of the finished ones failed.
    here : int
        Runs finished in this session.
    seconds : float
        Since this session started.
    runs_per_second : float
        In this session, without the time until the first results came; 0 before.
    """

    done: int
    total: int
    failed: int
    here: int
    seconds: float
    runs_per_second: float

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the seconds to the end; None before there are results."""
        return (self.total - self.done) / self.runs_per_second if self.runs_per_second else None

    def words(self) -> str:
        """Return it as one line for people."""
        left = self.seconds_left
        parts = [f"{self.done:,} of {self.total:,} runs", f"{self.runs_per_second:.3g} runs/s"]
        parts += [f"{duration(left)} left"] if left is not None and self.done < self.total else []
        return ", ".join([*parts, f"{self.failed:,} failed"] if self.failed else parts)


Watcher = Callable[[SweepProgress], None]


class Counter:
    """Adds up what the driver reports and tells a watcher."""

    def __init__(self, total: int, done: int, failed: int, watcher: Watcher | None) -> None:
        self.total, self.done, self.failed, self.watcher = total, done, failed, watcher
        self.here = 0
        self.began = time.monotonic()
        self._first: tuple[int, float] | None = None

    def __call__(self, runs: int, failed: int) -> None:
        """Count more runs."""
        self.done, self.here, self.failed = self.done + runs, self.here + runs, self.failed + failed
        if self._first is None and runs:
            self._first = runs, time.monotonic()
        if self.watcher is not None:
            self.watcher(self.state)

    @property
    def state(self) -> SweepProgress:
        """How far it is now."""
        at = time.monotonic()
        return SweepProgress(self.done, self.total, self.failed, self.here, at - self.began, self._rate(at))

    def _rate(self, at: float) -> float:
        """Return the runs per second after the first results, which had to wait for imports and compilers."""
        if self._first is None:
            return 0.0
        runs, since = self._first
        more, seconds = (self.here - runs, at - since) if self.here > runs else (self.here, at - self.began)
        return more / seconds if seconds > 0 else 0.0


class Display:
    """A bar on a terminal or in a notebook, a line every half minute in a log; always on stderr."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._logged = 0.0

    def __enter__(self) -> Display:
        """Show nothing yet: a short sweep needs no bar."""
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, state: SweepProgress) -> None:
        """Show how far it is."""
        if state.seconds < PATIENCE:
            return
        if not (sys.stderr.isatty() or _shows_widgets()):
            if state.seconds - self._logged > LOG_SECONDS:
                self._logged = state.seconds
                print(state.words(), file=sys.stderr, flush=True)
            return
        if self._bar is None:
            self._bar, self._task = _bar(state)
        left = state.seconds_left
        self._bar.update(self._task, completed=state.done, rate=f"{state.runs_per_second:.3g} runs/s",
                         left="" if left is None else f"{duration(left)} left",
                         failed=f"{state.failed:,} failed" if state.failed else "")


def _bar(state: SweepProgress) -> tuple[Any, Any]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    fields = [TextColumn(f"{{task.fields[{name}]}}") for name in ("rate", "left", "failed")]
    bar = Progress(TextColumn("Sweep"), BarColumn(), MofNCompleteColumn(), *fields, console=Console(stderr=True),
                   transient=True)
    task = bar.add_task("", total=state.total, completed=state.done, rate="", left="", failed="")
    bar.start()
    return bar, task


def _shows_widgets() -> bool:
    """Whether a bar can be drawn without a terminal: in a notebook that has what it is drawn with."""
    return in_notebook() and find_spec("ipywidgets") is not None


def in_notebook() -> bool:
    """Whether this is a Jupyter kernel, whose stderr is no terminal but shows a bar."""
    shell = sys.modules.get("IPython")
    found = shell.get_ipython() if shell is not None else None
    return type(found).__name__ == "ZMQInteractiveShell"


def duration(seconds: float) -> str:
    """Return a time for people: "45 s", "12 min", "3.5 h", "2.1 d"."""
    if seconds < 100:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} d"

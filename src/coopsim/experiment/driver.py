"""The loop of a sweep: a bounded number of chunks under way, each result safe before the next is asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Protocol

from coopsim.errors import SweepError
from coopsim.experiment.crews import Crew
from coopsim.experiment.rows import Layout, Part
from coopsim.experiment.work import Done, given_up, ready

CHUNK_SECONDS = 0.5  # of work per chunk: long against the overhead, short against what a crash loses
SHARE = 0.04  # seconds of work per chunk and worker: with many workers the driver must keep up with all of them
LARGEST_CHUNK = 500
TICK = 0.5  # seconds between two looks at the clock

Range = tuple[int, int]


class Sink(Protocol):
    """Where parts go."""

    def add(self, part: Part) -> None:
        """Keep a part."""


class Driver:
    """Runs everything that is missing.

    When a worker dies, everything that was under way is suspect: it is tried again one chunk at a time, so that the
    blame is clear; a chunk that kills its worker alone is halved until one run is left, which becomes a failure.

    Parameters
    ----------
    layout : Layout
    crew : Crew
    sink : Sink
    report : callable
        Told how many more runs are done and how many of them failed; now and then with zeros, for the clock.
    """

    def __init__(self, layout: Layout, crew: Crew, sink: Sink, report: Callable[[int, int], None]) -> None:
        self.layout, self.crew, self.sink, self.report = layout, crew, sink, report
        self.version = ready()
        self._todo: deque[Range] = deque()
        self._suspects: deque[Range] = deque()
        self._alone: Range | None = None
        self._deaths: dict[Range, int] = {}
        self._under_way: dict[Future[Done], Range] = {}
        self._seconds: float | None = None

    def run(self, missing: Iterable[Range]) -> None:
        """Run all that is missing.

        Raises
        ------
        SweepError
            If the disk refuses, or the executor is gone; what is finished is kept.
        """
        self._todo.extend(missing)
        while self._todo or self._suspects or self._under_way:
            self._fill()
            done, _ = wait(self._under_way, timeout=TICK, return_when=FIRST_COMPLETED)
            for future in done:
                self._collect(future, self._under_way.pop(future))
            if not done:
                self.report(0, 0)

    def cancel(self) -> None:
        """Take back what has not begun."""
        for future in self._under_way:
            future.cancel()

    def _fill(self) -> None:
        """Keep the workers busy; while there are suspects, with one of them at a time."""
        if self._suspects:
            if not self._under_way:
                self._alone = self._suspects.popleft()
                self.crew.revive()
                self._start(self._alone)
            return
        while self._todo and len(self._under_way) < self.crew.in_flight and not self._suspects:
            self._start(self._take())

    def _start(self, part: Range) -> None:
        self._under_way[self.crew.submit(self.layout.chunk(*part))] = part

    def _take(self) -> Range:
        size = self._size()
        first, last = self._todo.popleft()
        if last - first > size:
            self._todo.appendleft((first + size, last))
        return first, min(last, first + size)

    def _size(self) -> int:
        """Return the number of runs of the next chunk; single runs until one has been timed."""
        if self._seconds is None:
            return 1
        left = sum(last - first for first, last in self._todo)
        fair = -(-left // (2 * self.crew.width))  # smaller towards the end, so that no worker waits for another
        wanted = max(CHUNK_SECONDS, SHARE * self.crew.width)
        return max(1, min(int(wanted / max(self._seconds, 1e-6)), LARGEST_CHUNK, fair))

    def _collect(self, future: Future[Done], part: Range) -> None:
        alone, self._alone = self._alone == part, None if self._alone == part else self._alone
        error = CancelledError() if future.cancelled() else future.exception()
        if error is None:
            self._keep(future.result())
        elif not self.crew.is_death(error):
            raise SweepError(f"the workers cannot go on: {type(error).__name__}: {error}") from error
        else:
            self._suspects.extend(self._blamed(part) if alone else [part])

    def _keep(self, done: Done) -> None:
        if done.coopsim != self.version:
            raise SweepError(f"a worker runs coopsim {done.coopsim}, the driver {self.version}; install the same "
                             "version everywhere")
        self._seconds = done.seconds if self._seconds is None else 0.7 * self._seconds + 0.3 * done.seconds
        self.sink.add(self.layout.part(done))
        self.report(done.runs, len(done.failures))

    def _blamed(self, part: Range) -> list[Range]:
        """Return what to try next of a part that killed its worker while nothing else was under way."""
        first, last = part
        if last - first > 1:
            middle = (first + last) // 2
            return [(first, middle), (middle, last)]
        self._deaths[part] = self._deaths.get(part, 0) + 1
        if self._deaths[part] < self.crew.tries:
            return [part]
        self._keep(given_up(self.layout.chunk(first, last)))
        return []

"""Who does the runs: this process, local processes of our own, or any executor that is given."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing.connection import wait as wait_for
from typing import Any

from coopsim.errors import SweepError
from coopsim.experiment.work import Chunk, Done, ready, run_chunk

# One thread per worker: the workers together use every core already.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
              "VECLIB_MAXIMUM_THREADS")
KILLED = ("KilledWorker",)  # how Dask says that a task killed every worker it was tried on
UNKNOWN_WIDTH = 4


class Crew:
    """Any executor, used through `submit`; a worker that dies is told apart from an executor that is gone.

    Parameters
    ----------
    executor : Executor
        Of `concurrent.futures`, or with the same `submit`.
    """

    tries = 1  # times that a run may kill its worker while nothing else runs

    def __init__(self, executor: Any) -> None:
        self.executor = executor
        self.describes = type(executor).__name__

    @property
    def width(self) -> int:
        """Number of workers, as far as the executor tells; it may change while the sweep runs."""
        client = getattr(self.executor, "_client", None)
        if client is not None and hasattr(client, "nthreads"):
            return max(1, sum(client.nthreads().values()))
        for name in ("_max_workers", "num_workers"):
            number = getattr(self.executor, name, None)
            if isinstance(number, int) and number > 0:
                return number
        return UNKNOWN_WIDTH

    @property
    def in_flight(self) -> int:
        """How many chunks may wait or run: enough to keep workers busy, few enough to keep memory flat."""
        return 2 * self.width + 1

    def submit(self, chunk: Chunk) -> Future[Done]:
        """Send a chunk to a worker."""
        try:
            with good_start() if self._starts_processes else nullcontext():
                return self.executor.submit(run_chunk, chunk)
        except (BrokenExecutor, RuntimeError) as error:
            raise SweepError(f"the executor takes no more work: {error or type(error).__name__}; without executor= "
                             "the sweep starts processes of its own, and replaces those that die") from error

    @property
    def _starts_processes(self) -> bool:
        """Whether it may start fresh processes that need nothing of the user's script."""
        initializer = getattr(self.executor, "_initializer", None)
        return isinstance(self.executor, ProcessPoolExecutor) and getattr(initializer, "__module__", "") != "__main__"

    def is_death(self, error: BaseException) -> bool:
        """Whether an error of a future says that a worker died over it."""
        return isinstance(error, BrokenExecutor) or type(error).__name__ in KILLED

    def revive(self) -> None:
        """Go on after the death of a worker; an executor that is not ours has its own means."""

    def stop(self, *, at_once: bool = False) -> None:
        """End what is ours."""


class Here(Crew):
    """The process of the driver, one run after the other."""

    def __init__(self) -> None:
        super().__init__(None)
        self.describes = "this process"

    @property
    def width(self) -> int:
        """One."""
        return 1

    @property
    def in_flight(self) -> int:
        """One."""
        return 1

    def submit(self, chunk: Chunk) -> Future[Done]:
        """Do a chunk at once."""
        future: Future[Done] = Future()
        future.set_result(run_chunk(chunk))
        return future


class Processes(Crew):
    """Fresh local processes; they are replaced when one dies, and end when this process does."""

    tries = 2  # something else may have killed it

    def __init__(self, workers: int) -> None:
        self.workers = workers
        super().__init__(self._pool())
        self.describes = f"{workers} local processes"

    @property
    def width(self) -> int:
        """Number of processes."""
        return self.workers

    def _pool(self) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")  # the same on every system, and no threads are copied
        return ProcessPoolExecutor(self.workers, mp_context=spawn, initializer=settle_in)

    def submit(self, chunk: Chunk) -> Future[Done]:
        """Send a chunk to a process, which may be started for it."""
        with good_start():
            try:
                return self.executor.submit(run_chunk, chunk)
            except BrokenExecutor as error:  # it broke a moment ago; the loop hears of it like of any other death
                future: Future[Done] = Future()
                future.set_exception(error)
                return future

    def revive(self) -> None:
        """Replace processes of which one died, and see that they can start at all."""
        if not self.executor._broken:
            return
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self._pool()
        try:
            with good_start():
                sign = self.executor.submit(ready)
            sign.result()
        except BrokenExecutor:
            raise SweepError("worker processes die as soon as they start; try workers=1 to see why") from None

    def stop(self, *, at_once: bool = False) -> None:
        """End the processes; at once means in the middle of a run."""
        processes = list((self.executor._processes or {}).values()) if at_once else []
        self.executor.shutdown(wait=not at_once, cancel_futures=True)
        for process in processes:
            process.terminate()


def crew_for(executor: Any, workers: int | None, runs: int) -> Crew:
    """Return who does the runs: the executor if one is given, else local processes sized to the machine."""
    if executor is not None:
        return Crew(executor)
    number = min(workers or processors(), max(runs, 1))
    return Here() if number == 1 else Processes(number)


def processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def settle_in() -> None:
    """Begin life as a worker: leave Ctrl-C to the parent, and end when it ends, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: Any) -> None:
    wait_for([sentinel])
    os._exit(1)


@contextmanager
def good_start() -> Iterator[None]:
    """Let processes start with one thread each and without the user's script.

    A fresh process would run the script that started the sweep once more, to find functions in it; ours are all in
    this package. So scripts need no ``if __name__ == "__main__"``, on Windows and macOS neither.
    """
    main = sys.modules["__main__"]
    known: dict[str, Any] = main.__dict__
    hidden: dict[str, Any] = {name: known[name] for name in ("__file__", "__spec__") if name in known}
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    try:
        known.pop("__file__", None)
        known["__spec__"] = None
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
        yield
    finally:
        known.update(hidden)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def is_executor(found: Any) -> bool:
    """Whether something can be used as an executor."""
    return isinstance(found, Executor) or callable(getattr(found, "submit", None))

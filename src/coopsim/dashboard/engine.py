"""Runs for the dashboard: shared between sessions, stopped when nobody waits for them, never longer than allowed.

It knows nothing of Solara. A run is kept for whoever asks for the same configuration and seed again: in a class,
everybody. Replications run in background processes, so that they do not slow down whoever moves a slider.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coopsim.config import Config
from coopsim.dashboard import memory, turns
from coopsim.dashboard.guard import Watch
from coopsim.dashboard.kept import Kept, Stopped
from coopsim.dashboard.links import Diary, spells_of
from coopsim.results import Results
from coopsim.results.record import Record

if TYPE_CHECKING:
    from coopsim.model import CoopModel

MOST_MEMORY = 400.0  # megabytes of all runs that are kept
MEMORY = (4.5, 0.0009)  # megabytes of a run, and of each pair in it, as measured
MOST_SAMPLES = 4000
NICE = 10
Stop = Callable[[], bool]
# Years done, years wanted, and the indicators of the years so far, which go on growing.
Progress = Callable[[int, int, Mapping[str, Sequence[float]]], None]
Floats = NDArray[np.float64]

# What the dashboard shows year by year; other indicators are computed by whoever asks for all (Share).
SERIES = (
    "density", "agreements", "signed", "renewed", "lapsed", "suspended", "mean_degree", "max_degree", "degree_gini",
    "transitivity", "modularity_region", "modularity_bloc", "trust", "trust_tied", "trust_untied", "trust_p10",
    "trust_p90", "friend_share", "understanding", "commonality", "joint", "interest", "incidents", "memory", "missions",
    "students", "artists", "brain_drain", "capacity", "capacity_heritage", "capacity_industries", "capacity_rights",
    "capacity_gap", "institutions", "knowledge", "language_overlap", "access", "access_south", "digital_access",
    "practice_overlap", "public_spending", "spending_ministry", "spending_agency", "spending_private", "projects",
    "organisations_active", "international_budget", "members_absent", "adoption_heritage", "adoption_traffic",
    "adoption_diversity", "adoption_rights", "barrier", "claims_open", "other_treaties", "taught",
    "integration_density", "integration_trust", "integration_mobility", "joint_in_communities", "trade_south_share",
    "compliance", "assortativity", "stay_share", "circulation_ratio", "enrichment", "trust_within_blocs",
    "trust_across_blocs", "international_assistance", "mobile_students", "adoptions", "claims_settled",
)


class Run:
    """One run, with what charts ask of it; S states, Y recorded years. Nothing in it may be changed.

    Attributes
    ----------
    config : Config
    seed : int
    model : CoopModel
        As it stands after the last year.
    diary : Diary
        What the model itself forgets from year to year.
    """

    def __init__(self, model: CoopModel, diary: Diary) -> None:
        self.config, self.seed, self.model, self.diary = model.config, model.seed_number, model, diary

    @cached_property
    def results(self) -> Results:
        """Every table, made when first asked for; of indicators those in `SERIES`."""
        from coopsim.experiment.run import results_of

        return results_of(self.model, command="coopsim app")

    @cached_property
    def years(self) -> NDArray[np.int64]:
        """The recorded years, shape (Y,); the first is the starting world."""
        return np.array(self.model.recorder.years, dtype=np.int64)

    @cached_property
    def hash(self) -> str:
        """Fingerprint of the configuration."""
        return self.config.hash

    @cached_property
    def codes(self) -> list[str]:
        """Codes of the states, in the order of every array here."""
        return [str(code) for code in self.model.world.states.iso3]

    @cached_property
    def names(self) -> list[str]:
        """Names of the states."""
        return [str(name) for name in self.model.world.states.name]

    @property
    def size(self) -> int:
        """Number of states."""
        return self.model.world.size

    @property
    def real(self) -> bool:
        """Whether the states have real names."""
        return not self.config.world.synthetic

    def series(self, indicator: str) -> Floats:
        """Return an indicator by year, shape (Y,); NaN in the starting year if it needs what happens in a year."""
        return course(indicator, self.model.recorder.series[indicator])

    def of_states(self, column: str) -> Floats:
        """Return a column of the table of states, shape (Y, S)."""
        return self.model.recorder.of_states(column)

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Cultural agreements of two: id, a, b (rows of states), signed, ended (past the last year if in force)."""
        return spells_of(self.model)

    def tied(self, year: int) -> NDArray[np.bool_]:
        """Return who has a cultural agreement with whom at the end of a year, shape (S, S)."""
        a, b, signed, ended = self.edges
        live = (signed <= year) & (ended > year)
        found = np.zeros((self.size, self.size), dtype=bool)
        found[a[live], b[live]] = found[b[live], a[live]] = True
        return found

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """The spells as numbers alone: a, b, signed, ended in rows, shape (4, n)."""
        return np.array([self.spells[name].to_numpy() for name in ("a", "b", "signed", "ended")])

    @cached_property
    def trust(self) -> Floats:
        """Mutual trust in the last year, the mean of both sides, shape (P,), in the order of pairs."""
        a, b = self.model.world.pairs
        trust = self.model.world.dyads.trust
        return np.asarray((trust[a, b] + trust[b, a]) / 2, dtype=np.float64)

    @cached_property
    def least_trusting(self) -> NDArray[np.int64]:
        """The places of pairs, those with least trust first."""
        return np.argsort(self.trust, kind="stable")


def course(indicator: str, values: Sequence[float]) -> Floats:
    """Return an indicator's values from the starting year on; NaN there if it needs what happens in a year."""
    from coopsim.results.indicators import INDICATORS

    found = np.array(values, dtype=np.float64)
    found[:1] = np.nan if INDICATORS[indicator].yearly else found[:1]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What one replication leaves: indicators, shape (K, Y), and trust of each pair in the last year, shape (P,)."""

    series: NDArray[np.float32]
    trust: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Replications of a change and of the baseline with the same seeds.

    Attributes
    ----------
    done, wanted : int
        Pairs of runs.
    names : tuple of str
        Indicators, in the order of the arrays.
    mine, base : ndarray, shape (n, K, Y)
    trust_mine, trust_base : ndarray, shape (n, P)
        Mutual trust of each pair in the last year.
    """

    done: int = 0
    wanted: int = 0
    names: tuple[str, ...] = SERIES
    mine: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, len(SERIES), 0), np.float32))
    base: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, len(SERIES), 0), np.float32))
    trust_mine: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    trust_base: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def of(self, indicator: str) -> tuple[Floats, Floats]:
        """Return an indicator in my runs and in the baseline's, shape (n, Y) each."""
        k = self.names.index(indicator)
        return self.mine[:, k].astype(np.float64), self.base[:, k].astype(np.float64)


_runs = Kept(MOST_MEMORY)
_measured = Kept(MOST_SAMPLES)
# More runs at a time than cores only wait for each other.
_cores = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))
_compiling = threading.Lock()  # held while other processes compile what a run would compile a second time


def never() -> bool:
    """Never stop."""
    return False


def simulate(config: Config, seed: int, *, stop: Stop = never, progress: Progress | None = None) -> Run:
    """Return a run, from the cache if anybody asked for it before.

    Raises
    ------
    ConfigError
        If the world lacks something that the configuration names.
    Stopped
        If `stop` says so, between two years.
    StoppedError
        If it takes more time or room than a visitor gets.
    """
    return _runs.get((config.hash, seed), lambda: _simulate(config, seed, stop, progress), megabytes_of(config), stop)


def size_of(config: Config) -> int:
    """Return about how many states a configuration has."""
    return config.world.synthetic or (len(config.world.codes) if config.world.codes is not None else 195)


def megabytes_of(config: Config) -> float:
    """Return about how much memory a run takes."""
    return MEMORY[0] + MEMORY[1] * size_of(config) ** 2


def _simulate(config: Config, seed: int, stop: Stop, progress: Progress | None) -> Run:
    from coopsim.model import CoopModel

    _acquire(_compiling, stop)
    _compiling.release()
    _acquire(_cores, stop)
    try:
        watch = Watch()
        memory.note(megabytes_of(config))
        model = CoopModel(config, rng=seed, record=Record(indicators=SERIES))
        diary = Diary(model)
        with model.undisturbed():
            for done in range(config.years):
                if stop():
                    raise Stopped
                model.step()
                diary.note()
                watch(model)
                if progress is not None:
                    progress(done + 1, config.years, model.recorder.series)
        return Run(model, diary)
    finally:
        _cores.release()


def _acquire(turn: threading.Lock | threading.Semaphore, stop: Stop) -> None:
    while not turn.acquire(timeout=0.05):
        if stop():
            raise Stopped


def measure(config: Config, seed: int) -> Measured:
    """Return what one replication leaves; runs in a background process."""
    from coopsim.model import CoopModel

    memory.give_back()  # what those before have left
    memory.note(megabytes_of(config))
    model = CoopModel(config, rng=seed, record=Record(indicators=SERIES, tables=()))
    watch = Watch()
    with model.undisturbed():
        for _ in range(config.years):
            turns.give_way()
            model.step()
            watch(model)
    trust = model.world.dyads.trust
    a, b = model.world.pairs
    series = np.array([model.recorder.series[name] for name in SERIES], dtype=np.float32)
    return Measured(series, np.asarray((trust[a, b] + trust[b, a]) / 2, dtype=np.float32))


def sample(mine: Config, base: Config, seeds: list[int], *, stop: Stop = never) -> Iterator[Sample]:
    """Yield the replications as they are finished, more and more of them; nothing new after `stop`."""
    futures = {seed: (_ask(mine, seed), _ask(base, seed)) for seed in seeds}
    try:
        waiting = set(seeds)
        while waiting:
            if stop():
                raise Stopped
            open_futures = [f for seed in waiting for f in futures[seed] if not f.done()]
            if open_futures:
                wait(open_futures, timeout=0.1, return_when="FIRST_COMPLETED")
            finished = {seed for seed in waiting if all(future.done() for future in futures[seed])}
            if finished:
                waiting -= finished
                yield _sample([futures[seed] for seed in seeds if seed not in waiting], len(seeds))
    finally:
        for pair in futures.values():
            for future in pair:
                future.cancel()


def _sample(pairs: list[tuple[Future[Measured], Future[Measured]]], wanted: int) -> Sample:
    try:
        found = [(one.result(), other.result()) for one, other in pairs]
    except (CancelledError, BrokenProcessPool):
        raise Stopped from None
    # A world may lose no states from seed to seed, but a list of them keeps arrays of one length.
    return Sample(
        len(found), wanted, SERIES,
        np.stack([one.series for one, _ in found]), np.stack([other.series for _, other in found]),
        np.stack([one.trust for one, _ in found]), np.stack([other.trust for _, other in found]),
    )


def _ask(config: Config, seed: int) -> Future[Measured]:
    key = (config.hash, seed)
    known = _measured.find(key)
    if known is not None:
        future: Future[Measured] = Future()
        future.set_result(known)
        return future
    future = pool().submit(measure, config, seed)

    def keep(done: Future[Measured]) -> None:
        if not done.cancelled() and done.exception() is None:
            _measured.put(key, done.result(), (size_of(config) / 40) ** 2)

    future.add_done_callback(keep)
    return future


_pool: ProcessPoolExecutor | None = None
_pool_lock = threading.Lock()


def pool() -> ProcessPoolExecutor:
    """Return the background processes, started at the first call; they give way to whoever moves a slider."""
    global _pool
    with _pool_lock:
        if _pool is None:
            workers = int(os.environ.get("COOPSIM_APP_WORKERS", "1"))
            context = multiprocessing.get_context("spawn")
            _pool = ProcessPoolExecutor(
                max(1, workers), mp_context=context, initializer=_stay_behind, initargs=(turns.waiting(),)
            )
        return _pool


def _stay_behind(waiting: Any) -> None:
    import signal

    turns.follow(waiting)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's
    getattr(os, "nice", int)(NICE)  # Windows has none
    threading.Thread(target=_end_with_the_server, daemon=True).start()


def _end_with_the_server() -> None:
    """End when the server has ended, however it did: killed, it has no time to say so."""
    if server := multiprocessing.parent_process():
        server.join()
    os._exit(0)


def warm_up() -> None:
    """Compile, start the background process and run what visitors see first: the class's world, and the real one."""
    from coopsim.config import load_config
    from coopsim.experiment.compiling import are_compiled, compile_all

    with _compiling:
        if not are_compiled():
            compile_all()
    config = load_config("classroom")
    simulate(config, 1)
    pool().submit(measure, config, 1)
    simulate(load_config("baseline"), 1)
    memory.settle()


def close() -> None:
    """Stop the background processes."""
    global _pool
    with _pool_lock:
        if _pool is not None:
            _pool.shutdown(wait=False, cancel_futures=True)
            _pool = None

"""The first run on a machine: the inner loops are compiled in several processes, and lie on disk for all later ones.

Numba compiles a loop when it is first called, one after the other, which takes more than a minute. So several
processes each build the world of today and call what a year consists of, piece by piece, until every piece has been
called by one of them.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any

from coopsim.experiment.crews import good_start, processors, settle_in

if TYPE_CHECKING:
    from coopsim.model import CoopModel

LOOPS = ("coopsim.mechanisms.kernels", "coopsim.results.kernels", "coopsim.world.kernels")
MOST = 8  # processes; each has two seconds of imports of its own


def are_compiled() -> bool:
    """Return whether compiled loops of an earlier run lie on disk, of every module of loops."""
    for module in _modules():
        loops = [found for found in vars(module).values() if hasattr(found, "py_func")]
        own = next(found for found in loops if found.py_func.__module__ == module.__name__)
        name = module.__name__.rpartition(".")[2]
        if not any(Path(own.stats.cache_path).glob(f"{name}.*.nbc")):
            return False
    return True


def compile_all(progress: Callable[[int, int], None] | None = None, processes: int | None = None) -> None:
    """Compile every loop that a year of the world of today needs, and leave it on disk.

    Parameters
    ----------
    progress : callable, optional
        Called with the number of pieces that are done and to do.
    processes : int, optional
        As many as there are processors, up to eight, if not given.
    """
    pieces = [*_pieces()]
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes or min(processors(), MOST), mp_context=spawn, initializer=settle_in)
    try:
        with good_start():
            waiting = [pool.submit(_call, kind, name) for kind, name in pieces]
        for done, piece in enumerate(as_completed(waiting), 1):
            piece.result()
            if progress is not None:
                progress(done, len(pieces))
    except BrokenExecutor:
        pass  # whatever forbids processes or ends them: a run compiles what is missing by itself
    except BaseException:
        for process in (pool._processes or {}).values():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _modules() -> Iterator[ModuleType]:
    for name in LOOPS:
        package = import_module(name)
        for found in iter_modules(package.__path__):
            yield import_module(f"{name}.{found.name}")


def _pieces() -> Iterator[tuple[str, Any]]:
    """Yield what a run consists of, roughly with the longest pieces first."""
    from coopsim.mechanisms import MECHANISMS, YEAR
    from coopsim.results.families import FAMILIES
    from coopsim.results.record import YEARLY

    yield from (("indicators", tuple(indicator.name for indicator in family)) for family in FAMILIES)
    yield from (("start", name) for name, mechanism in MECHANISMS.items() if mechanism.start is not None)
    yield from (("process", process.name) for process in YEAR)
    yield from (("tables", (table,)) for table in YEARLY)


@cache
def _model() -> CoopModel:
    """Return a world in which little has been called yet."""
    from coopsim.config import load_config
    from coopsim.model import CoopModel
    from coopsim.results.record import Record

    config = load_config("baseline").with_values({"preset": "core"})
    return CoopModel(config, record=Record(indicators=(), tables=()))


def _call(kind: str, name: Any) -> None:
    """Let one piece of a run happen, whatever the world looks like by then."""
    from coopsim.mechanisms import MECHANISMS, YEAR
    from coopsim.results.record import Record
    from coopsim.results.recorder import Recorder

    model = _model()
    if kind in ("start", "process"):
        starts = {name: (mechanism, mechanism.start) for name, mechanism in MECHANISMS.items()}
        steps = {process.name: (process.mechanism, process.apply) for process in YEAR}
        mechanism, rule = starts[name] if kind == "start" else steps[name]
        assert rule is not None
        rule(model.world, model.rules.parameters[mechanism.name], model.streams(mechanism.name, model.year))
    else:
        choice: dict[str, Any] = {"indicators": (), "tables": (), kind: name}
        Recorder(model.world, Record(**choice)).record({"other treaties": 1.0})  # without any, spillover has no rates

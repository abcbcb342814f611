"""Memory given back: who drags a slider in a large world leaves dozens of runs behind.

A run is a circle of objects (the model knows its agents, they know the model), which Python collects late, because it
counts objects and not how large they are; and the C library keeps what was freed for itself.
"""

from __future__ import annotations

import ctypes
import gc
import threading
from collections.abc import Callable
from functools import cache

ENOUGH = 300.0  # megabytes of runs since the last time, from which it pays

_lock = threading.Lock()
_noted = 0.0


def note(megabytes: float) -> None:
    """Note that a run of this size was begun: it, or another that it takes the place of, will be let go."""
    global _noted
    with _lock:
        _noted += megabytes


def give_back() -> bool:
    """Collect what runs have left and give it back to the system, if it is much; return whether it was.

    Takes some hundredths of a second, in which nothing else happens: for when the answer is on its way.
    """
    global _noted
    with _lock:
        if _noted < ENOUGH:
            return False
        _noted = 0.0
    gc.collect()
    trim = _trim()
    if trim is not None:
        trim(0)
    return True


def settle() -> None:
    """Let later collections pass over what is there now and stays: modules, and what the first pages need."""
    gc.collect()
    gc.freeze()


@cache
def _trim() -> Callable[[int], int] | None:
    """Return what gives freed memory back, None where the C library has no such thing."""
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return found

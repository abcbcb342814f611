"""Whose turn it is: replications stand still while somebody waits for an answer.

A background process with little priority still takes room in the caches that the run under way needs. So the server
counts who waits, where its background processes see it, and they look before each year.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LONGEST = 0.5  # seconds before a year, so that replications come along however many people move sliders
GLANCE = 0.005  # seconds between two looks

_lock = threading.Lock()
_waiting: Any = None


def waiting() -> Any:
    """Return the number of people who wait for an answer, in memory that a background process can be given."""
    global _waiting
    with _lock:
        if _waiting is None:
            _waiting = multiprocessing.get_context("spawn").RawValue("i", 0)
        return _waiting


def follow(shared: Any) -> None:
    """Look at the server's number from now on; a background process calls it once."""
    global _waiting
    _waiting = shared


def seen() -> int:
    """Return how many people wait."""
    return int(waiting().value)


@contextmanager
def answering() -> Iterator[None]:
    """Count somebody as waiting."""
    shared = waiting()
    with _lock:
        shared.value += 1
    try:
        yield
    finally:
        with _lock:
            shared.value -= 1


def give_way() -> None:
    """Stand still while somebody waits, but not for long."""
    end = time.monotonic() + LONGEST
    while seen() and time.monotonic() < end:
        time.sleep(GLANCE)

"""What was computed is kept for whoever asks next, as far as there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any


class Stopped(Exception):  # noqa: N818  (not an error: somebody changed their mind)
    """Nobody waits for the run any more."""


class Kept:
    """A cache from which the least recently used goes first; what is being computed is waited for, not repeated."""

    def __init__(self, capacity: float) -> None:
        self.capacity, self.weight = capacity, 0.0
        self.items: OrderedDict[Any, tuple[Any, float]] = OrderedDict()
        self.under_way: dict[Any, threading.Event] = {}
        self.lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], Any], weight: float, stop: Callable[[], bool]) -> Any:
        """Return what is kept under a key, made if nobody has asked for it; raise `Stopped` if `stop` says so."""
        while True:
            with self.lock:
                if key in self.items:
                    self.items.move_to_end(key)
                    return self.items[key][0]
                ready = self.under_way.get(key)
                if ready is None:
                    self.under_way[key] = threading.Event()
                    break
            while not ready.wait(0.05):
                if stop():
                    raise Stopped
        try:
            made = make()
            self.put(key, made, weight)
            return made
        finally:
            with self.lock:
                self.under_way.pop(key).set()

    def find(self, key: Any) -> Any:
        """Return what is kept under a key, None if nothing is."""
        with self.lock:
            if key not in self.items:
                return None
            self.items.move_to_end(key)
            return self.items[key][0]

    def put(self, key: Any, made: Any, weight: float) -> None:
        """Keep something, and let go of what was used least recently if there is too much."""
        with self.lock:
            if key not in self.items:
                self.items[key] = (made, weight)
                self.weight += weight
            while self.weight > self.capacity and len(self.items) > 1:
                self.weight -= self.items.popitem(last=False)[1][1]

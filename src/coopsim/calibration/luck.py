"""The one place that touches NumPy's global generator: pyABC draws from it, and a search must be repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from numpy.random import get_state, seed, set_state


@contextmanager
def borrowed(number: int) -> Iterator[None]:
    """Seed NumPy's global generator for a while, and give it back as it was."""
    before = get_state()  # noqa: NPY002
    seed(number % 2**32)  # noqa: NPY002
    try:
        yield
    finally:
        set_state(before)  # noqa: NPY002

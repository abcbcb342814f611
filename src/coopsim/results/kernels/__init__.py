"""Compiled inner loops of indicators (Numba, one thread, cached on disk).

As `coopsim.mechanisms.kernels`: arrays and numbers in, no World, no fast-math. Sums over a matrix run along rows and
add up in columns, which compiles to vector code without changing the order of any sum. Its modules are loaded when
they are first used, so that asking for help or listing scenarios does not load the compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """Load a module of loops."""
    if name not in ("bits", "pairs", "ties", "values"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return import_module(f"{__name__}.{name}")

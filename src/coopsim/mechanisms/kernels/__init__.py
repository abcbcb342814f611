"""Compiled inner loops of the mechanisms (Numba, one thread, cached on disk).

Each function takes arrays and numbers, no World and no Params, and does the arithmetic of one equation that stands in
the docstring of the mechanism that calls it. No reduction is reordered and no fast-math is on: results do not depend
on threads or vector width. The modules are loaded when they are first used, so that asking for help or listing
scenarios does not load the compiler.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any


def __getattr__(name: str) -> Any:
    """Load a module of loops."""
    if not (Path(__file__).parent / f"{name}.py").is_file():
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return import_module(f"{__name__}.{name}")

"""Compiled inner loops of the world (Numba, one thread, cached on disk); they load when they are first used."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """Load a module of loops."""
    if name != "ledger":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return import_module(f"{__name__}.{name}")

"""Compiled inner loops of the mechanisms (Numba, one thread, cached on disk).

Each function takes arrays and numbers, no World and no Params, and does the arithmetic of one equation that stands in
the docstring of the mechanism that calls it. Mechanisms import from here inside their functions, so that asking for
help or listing scenarios does not load the compiler. No reduction is reordered and no fast-math is on: results do not
depend on threads or vector width.
"""

import os
from pathlib import Path


def are_compiled() -> bool:
    """Return whether compiled loops of an earlier run lie on disk, so that this one need not wait for them."""
    folders = [Path(__file__).parent / "__pycache__"]
    if os.environ.get("NUMBA_CACHE_DIR"):
        folders = [Path(os.environ["NUMBA_CACHE_DIR"])]
    return any(found for folder in folders if folder.is_dir() for found in folder.rglob("*.nbc"))

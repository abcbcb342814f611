"""Compile core.c into a temporary folder and drive it: the limit of one thread."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from functools import cache, partial
from pathlib import Path

import numpy as np

from coopsim.rng import Streams

from .start import SERIES, Series, Start, Years

FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-fopenmp-simd", "-std=gnu11", "-shared", "-fPIC")
# Mechanism and purpose of each random number, in the order of the keys in core.c.
PURPOSES = (("network", "own campaign"), ("network", "common wave"), ("bilateral", "sign"), ("renewal", "lapse"))
DOUBLES = ("discovery_rate", "popularity", "closure", "campaign_spread", "base_rate", "trust_weight",
           "beta_commonality", "beta_capacity", "lapse", "gain", "forgetting", "mean_commonality", "mean_capacity")


class _Rates(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_double) for name in DOUBLES),
        *((name, ctypes.c_int64) for name in ("term", "start_year", "years")),
    )


def compiler() -> str | None:
    """Return the C compiler, if there is one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@cache
def library() -> ctypes.CDLL:
    """Compile and load core.c, once per process."""
    found = compiler()
    if found is None:
        raise RuntimeError("no C compiler found: install one, such as gcc, to compare with C")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "core.so"
        subprocess.run([found, *FLAGS, str(Path(__file__).with_name("core.c")), "-o", str(target), "-lm"], check=True)
        loaded = ctypes.CDLL(str(target))
    loaded.core_new.restype = ctypes.c_void_p
    loaded.core_normal.restype, loaded.core_normal.argtypes = ctypes.c_double, [ctypes.c_double]
    return loaded


def keys(start: Start, seed: int) -> np.ndarray:
    """Return the keys of the random numbers that coopsim draws in the same places, shape (years, 4)."""
    streams = Streams(seed)
    return np.array(
        [[streams(mechanism, start.year + k).key(purpose) for mechanism, purpose in PURPOSES]
         for k in range(1, start.years + 1)],
        dtype=np.uint64,
    )


class _World:
    """The state of one run, freed with the object."""

    def __init__(self, start: Start):
        p = start.rates
        rates = _Rates(*(getattr(p, name) for name in DOUBLES), p.term, start.year, start.years)
        columns = [start.activism, start.capacity, start.interest(), start.commonality, start.discovered,
                   start.missions.astype(np.uint8), start.trust, start.baseline, start.signed]
        held = [np.ascontiguousarray(column) for column in columns]
        pointers = [ctypes.c_void_p(column.ctypes.data) for column in held]
        self.years = start.years
        self.pointer = ctypes.c_void_p(library().core_new(ctypes.byref(rates), ctypes.c_int64(start.size), *pointers))

    def run(self, function: str, keys: np.ndarray) -> Series:
        """Run all the years."""
        out = np.zeros((self.years, len(SERIES)))
        arguments = (ctypes.c_void_p(keys.ctypes.data), ctypes.c_void_p(out.ctypes.data))
        getattr(library(), function)(self.pointer, *arguments)
        return out

    def __del__(self) -> None:
        if hasattr(self, "pointer"):
            library().core_free(self.pointer)


def build(start: Start, seed: int, function: str = "core_years") -> Years:
    """Return a function that runs all the years, once."""
    return partial(_World(start).run, function, keys(start, seed))


def build_plain(start: Start, seed: int) -> Years:
    """Return a function that runs all the years by the literal translation, once."""
    return build(start, seed, "core_plain_years")

"""The only door for randomness.

Every random number is a hash of ``(seed, mechanism, year, purpose, index)``: nothing is drawn *in order*.
So one more draw here leaves every other draw alone, twin runs that differ in one parameter share all other
chances (common random numbers), and neither the process nor the order of evaluation can change a result.

The hash is the SplitMix64 generator (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195) run as a
counter: its state after ``index + 1`` steps is ``key + (index + 1) * golden``, which needs no predecessor.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]


def index_of(text: str) -> int:
    """Return an index below 2**48 for what is known by a name and not by a lasting number."""
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "little")


BLOCK = 8  # years whose keys are made at once: one year follows another, and hashing in turn takes half the time


@lru_cache(maxsize=1024)
def _keys_of_block(seed: int, mechanism: str, block: int, purposes: tuple[str, ...]) -> NDArray[np.uint64]:
    years = range(block * BLOCK, (block + 1) * BLOCK)
    texts = (f"{seed}|{mechanism}|{year}|{purpose}" for year in years for purpose in purposes)
    digests = b"".join(blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, dtype="<u8").reshape(BLOCK, -1)


class Stream(NamedTuple):
    """The random numbers of one mechanism in one year; each purpose and index has a number of its own."""

    seed: int
    mechanism: str
    year: int

    def key(self, purpose: str) -> np.uint64:
        """Return the 64-bit key of one purpose."""
        key: np.uint64 = self.keys(purpose)[0]
        return key

    def keys(self, *purposes: str) -> NDArray[np.uint64]:
        """Return the 64-bit keys of several purposes, shape (n,): to be read only."""
        block, year = divmod(self.year, BLOCK)
        return _keys_of_block(self.seed, self.mechanism, block, purposes)[year]

    def uniform(self, purpose: str, shape: int | tuple[int, ...]) -> Floats:
        """Return uniform numbers in (0, 1); element k of the flattened array has index k."""
        from coopsim.arithmetic import fill_uniform

        numbers = np.empty(shape)
        fill_uniform(self.key(purpose), numbers.reshape(-1))
        return numbers

    def uniforms(self, purposes: Sequence[str], size: int) -> dict[str, Floats]:
        """Return the uniform numbers of several purposes, shape (size,) each."""
        from coopsim.arithmetic import fill_uniform

        numbers = np.empty((len(purposes), size))
        for key, row in zip(self.keys(*purposes), numbers, strict=True):
            fill_uniform(key, row)
        return dict(zip(purposes, numbers, strict=True))

    def uniform_at(self, purpose: str, index: NDArray[np.integer]) -> Floats:
        """Return the uniform numbers of chosen indices only (the same as in the full array)."""
        from coopsim.arithmetic import fill_uniform_at

        places = np.ascontiguousarray(index, dtype=np.int64)
        numbers = np.empty(len(places))
        fill_uniform_at(self.key(purpose), places, numbers)
        return numbers

    def normal(self, purpose: str, shape: int | tuple[int, ...]) -> Floats:
        """Return standard normal numbers, by inversion."""
        return np.asarray(ndtri(self.uniform(purpose, shape)), dtype=np.float64)

    def poisson(self, purpose: str, mean: Floats) -> Floats:
        """Return Poisson numbers by inversion, one uniform number each: whole numbers as floats, shaped like `mean`.

        Above a mean of 8 the inverse is an expansion, whose error in the distribution function is below 0.02 %.
        """
        from coopsim.arithmetic import fill_poisson

        flat = np.ascontiguousarray(mean, dtype=np.float64).ravel()
        counts = np.empty(flat.size)
        fill_poisson(self.uniform(purpose, flat.size), flat, counts)
        return counts.reshape(np.shape(mean))

    def generator(self, purpose: str) -> np.random.Generator:
        """Return a sequential NumPy generator, for set-up where one number per index does not fit."""
        return np.random.Generator(np.random.PCG64(int(self.key(purpose))))


class Streams(NamedTuple):
    """All random streams of a run, from one seed."""

    seed: int

    def __call__(self, mechanism: str, year: int) -> Stream:
        """Return the stream of one mechanism in one year."""
        return Stream(self.seed, mechanism, year)

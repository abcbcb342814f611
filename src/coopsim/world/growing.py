"""A structured array that grows by appending: the storage of the ledger, claims and projects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Growing:
    """Rows of one dtype; appending doubles the space when it is full."""

    def __init__(self, dtype: np.dtype[np.void]) -> None:
        self._rows = np.zeros(64, dtype=dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> NDArray[np.void]:
        """The rows in use: a view, so that writing here writes there."""
        return self._rows[: self._count]

    def extend(self, number: int) -> NDArray[np.void]:
        """Append `number` zeroed rows and return the view on them."""
        needed = self._count + number
        if needed > len(self._rows):
            grown = np.zeros(max(needed, 2 * len(self._rows)), dtype=self._rows.dtype)
            grown[: self._count] = self._rows[: self._count]
            self._rows = grown
        self._rows[needed - number : needed] = np.zeros(1, dtype=self._rows.dtype)
        self._count = needed
        return self._rows[needed - number : needed]

    def shorten(self, number: int) -> None:
        """Drop all but the first `number` rows."""
        self._count = number

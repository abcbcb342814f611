"""A structured array that grows by appending: the storage of the ledger, claims and projects."""

from __future__ import annotations

from copy import copy
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


class Growing:
    """Rows of one dtype; appending doubles the space when it is full. Rows beyond those in use are zero."""

    def __init__(self, dtype: np.dtype[np.void], space: int = 4096) -> None:
        self._rows = np.zeros(space, dtype=dtype)  # memory that nobody has touched costs nothing
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> NDArray[np.void]:
        """The rows in use: a view, so that writing here writes there."""
        return self._rows[: self._count]

    def extend(self, number: int) -> NDArray[np.void]:
        """Append `number` rows and return the view on them; they are zero, like all that are not in use."""
        new = self.room(number)
        self._count += number
        return new

    def room(self, number: int) -> NDArray[np.void]:
        """Return a view on the `number` rows behind those in use, for who does not know yet how many to append."""
        needed = self._count + number
        if needed > len(self._rows):
            grown = np.zeros(max(needed, 2 * len(self._rows)), dtype=self._rows.dtype)
            _bytes(grown[: self._count])[:] = _bytes(self.rows)
            self._rows = grown
        return self._rows[self._count : needed]

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a copy without the room behind the rows."""
        still = copy(self)
        still._rows = _bytes(self.rows).copy().view(self._rows.dtype)
        return still

    def shorten(self, number: int) -> None:
        """Drop all but the first `number` rows."""
        _bytes(self._rows[number : self._count])[:] = 0
        self._count = number


def _bytes(rows: NDArray[np.void]) -> NDArray[np.uint8]:
    """Return rows as bytes: copying or clearing fields one by one takes twenty times as long."""
    return rows.view(np.uint8)

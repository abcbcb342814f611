"""Repatriation claims: a former dependency asks a former ruler for works of art."""

from __future__ import annotations

import numpy as np

from coopsim.world.agreements import NEVER
from coopsim.world.growing import Growing

CLAIM = np.dtype([("claimant", "i4"), ("holder", "i4"), ("opened", "i4"), ("settled", "i4")])


class Claims(Growing):
    """Every claim ever made; `settled` is -1 while it is open."""

    def __init__(self) -> None:
        super().__init__(CLAIM)

    def open(self, claimant: np.ndarray, holder: np.ndarray, year: int) -> None:
        """Append new claims."""
        new = self.extend(len(claimant))
        new["claimant"], new["holder"], new["opened"], new["settled"] = claimant, holder, year, NEVER

    @property
    def pending(self) -> np.ndarray:
        """Rows of open claims."""
        return np.flatnonzero(self.rows["settled"] == NEVER)

"""Loops over a row of numbers."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled


@compiled
def gini(ordered):
    """Return the Gini coefficient of values >= 0 in rising order; 0 if all are equal or nil."""
    total = weighted = 0.0
    for rank in range(len(ordered)):
        total += ordered[rank]
        weighted += (rank + 1) * ordered[rank]
    if total <= 0.0:
        return 0.0
    return max(0.0, 2.0 * weighted / (len(ordered) * total) - (len(ordered) + 1) / len(ordered))


@compiled
def sums_by(kind, amount, kinds):
    """Return the sum of the amounts of each kind, shape (kinds,)."""
    sums = np.zeros(kinds)
    for k in range(len(kind)):
        sums[kind[k]] += amount[k]
    return sums

"""Loops of norms: who of a state's peers has adopted one (M17)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, row_sum


@compiled
def peers(agreement, comembership, background, adopted, waiting, peer):
    """Fill the weighted share of others that adopted each norm (M17), where a state waits; (H, S) each."""
    norms, size = adopted.shape
    weight, following = np.empty(size), np.empty(size)
    for i in range(size):
        if not waiting[:, i].any():
            continue
        for j in range(size):
            weight[j] = comembership[i, j] + background + (1.0 if agreement[i, j] >= 0 else 0.0)
        weight[i] = 0.0
        total = row_sum(weight)
        for h in range(norms):
            if waiting[h, i] and total > 0.0:
                for j in range(size):
                    following[j] = weight[j] if adopted[h, j] else 0.0
                peer[h, i] = row_sum(following) / total

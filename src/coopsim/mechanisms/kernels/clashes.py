"""Loops over incidents (M13): few pairs have one, so that most are passed over eight at a time."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled


@compiled
def clashing(incident):
    """Return the pairs that clash, (n,) twice: each once, in the order of rows."""
    size = len(incident)
    cells = incident.reshape(-1)
    eight = cells[: len(cells) // 8 * 8].view(np.uint64)
    most = 8
    for word in range(len(eight)):
        most += 8 if eight[word] else 0
    one, other, number = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64), 0
    for word in range(len(eight) + 1):
        if word < len(eight) and not eight[word]:
            continue
        for cell in range(8 * word, min(8 * word + 8, len(cells))):
            i, j = cell // size, cell % size
            if cells[cell] and i < j:
                one[number], other[number] = i, j
                number += 1
    return one[:number], other[:number]

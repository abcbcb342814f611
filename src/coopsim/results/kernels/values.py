"""Loops over a row of numbers."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, inlined


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
def largest_share(amounts, number):
    """Return what the `number` largest hold of the sum; 0 if that is nil."""
    total, largest = 0.0, np.full(number, -np.inf)  # in rising order
    for amount in amounts:
        total += amount
        if amount > largest[0]:
            place = 1
            while place < number and largest[place] < amount:
                largest[place - 1] = largest[place]
                place += 1
            largest[place - 1] = amount
    return largest.sum() / total if total != 0.0 else 0.0


@compiled
def share_of(values, chosen):
    """Return the sum of values times 1.0 or 0.0, over the sum of values; 0 if that is nil."""
    total = part = 0.0
    for i in range(len(values)):
        total += values[i]
        part += values[i] * chosen[i]
    return part / total if total != 0.0 else 0.0


@compiled
def balance(from_south, from_north, north):
    """Return (north to south - south to north) / (both); 0 if nothing flows between them; `north` is 1.0 or 0.0."""
    down = up = 0.0
    for i in range(len(north)):
        down += from_north[i] * (1.0 - north[i])
        up += from_south[i] * north[i]
    return (down - up) / (down + up) if down + up != 0.0 else 0.0


@compiled
def parties(adopted, compliance, reserved):
    """Return how many states adopted a norm, the sum of their compliance, and how many made a reservation."""
    number, total, reservations = 0, 0.0, 0
    for i in range(len(adopted)):
        number += adopted[i]
        total += compliance[i] if adopted[i] else 0.0
        reservations += reserved[i]
    return number, total, reservations


@compiled
def sums_by(kind, amount, kinds):
    """Return the sum of the amounts of each kind, shape (kinds,)."""
    sums = np.zeros(kinds)
    for k in range(len(kind)):
        sums[kind[k]] += amount[k]
    return sums


@inlined
def cell_of(value, low, scale):
    """Return a step that rises with the value: rounding may merge cells but cannot mix up their order."""
    return np.int64((value - low) * scale)


@compiled
def count_cells(values, low, scale, cells):
    """Return how many values there are in each cell, shape (cells,)."""
    counts = np.zeros(cells, dtype=np.int64)
    for value in values:
        counts[cell_of(value, low, scale)] += 1
    return counts


@compiled
def in_cell(values, low, scale, cell):
    """Return the values in one cell, which are few."""
    place, count = np.empty(len(values) + 1, dtype=np.int64), 0
    for k in range(len(values)):
        place[count] = k
        count += np.int64(cell_of(values[k], low, scale) == cell)
    return values[place[:count]]

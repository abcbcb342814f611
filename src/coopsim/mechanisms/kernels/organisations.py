"""Loops over organisations (M8): they grow with their projects, fail, and merge into others."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled


@compiled
def grow(growth, purse, home_capacity, kind, first_kind, home, closed, projects, budget, capacity):
    """Multiply private budgets by the growth that belongs to the number of projects, within the same purse.

    No organisation below `first_kind` grows. Capacity is that of the sector at home.
    """
    total = 0.0
    for k in range(len(budget)):
        capacity[k] = home_capacity[home[k]]
        if closed[k] < 0 and kind[k] >= first_kind:
            budget[k] *= growth[projects[k]]
            total += budget[k]
    if total > 0.0 and purse > 0.0:
        for k in range(len(budget)):
            if closed[k] < 0 and kind[k] >= first_kind:
                budget[k] *= purse / total


@compiled
def fail(failure, turnover, year, kind, first_kind, closed, projects):
    """Close the private organisations whose number `failure` says so; return their rows."""
    failed, number = np.empty(len(kind), dtype=np.int64), 0
    for k in range(len(kind)):
        if closed[k] < 0 and kind[k] >= first_kind and failure[k] < turnover / (1.0 + projects[k]):
            closed[k] = year
            failed[number] = k
            number += 1
    return failed[:number].copy()


@compiled
def merge(merging, states, kind, home, closed, budget):
    """Give budgets to the largest organisation of the same kind at home; return these heirs, -1 where there is none."""
    heirs = np.full(len(merging), -1, dtype=np.int64)
    if not len(merging):
        return heirs
    largest = np.full((states, kind.max() + 1), -1, dtype=np.int64)
    for k in range(len(kind)):
        if closed[k] < 0:
            best = largest[home[k], kind[k]]
            if best < 0 or budget[k] > budget[best]:
                largest[home[k], kind[k]] = k
    for place in range(len(merging)):
        k = merging[place]
        heirs[place] = largest[home[k], kind[k]]
        if heirs[place] >= 0:
            budget[heirs[place]] += budget[k]
    return heirs


@compiled
def median_budget(budget, kind, first_kind, closed):
    """Return the median budget of private organisations at work, 0 if there are none."""
    working = np.flatnonzero((closed < 0) & (kind >= first_kind))
    return np.median(budget[working]) if len(working) else 0.0

"""Loops over organisations: what the public ones spend (M7); how others grow with their projects, fail, merge (M8)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled


@compiled
def book(kind, home, closed, spent, partners, funding, reached):
    """Book what each public channel spends, and on how many partners, (channels, S), on its first organisation at work.

    Kinds below the number of channels are those channels.
    """
    channels, states = spent.shape
    booked = np.zeros((channels, states), dtype=np.bool_)
    for k in range(len(kind)):
        if kind[k] < channels:
            funding[k] = 0.0
            if closed[k] < 0 and not booked[kind[k], home[k]]:
                booked[kind[k], home[k]] = True
                funding[k], reached[k] = spent[kind[k], home[k]], partners[kind[k], home[k]]


@compiled
def grow(pace, usual, purse, home_capacity, kind, first_kind, home, closed, projects, budget, capacity):
    """Multiply private budgets by a growth of up to the pace, by projects against the usual number, within one purse.

    No organisation below `first_kind` grows. Capacity is that of the sector at home.
    """
    growth = np.empty(projects.max() + 1 if len(projects) else 0)
    for number in range(len(growth)):
        growth[number] = np.exp(pace * np.tanh((number - usual) / max(usual, 1.0)))
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
def found(luck, first_homes, first_kinds, first_kind, kind, closed, budget):
    """Return home and kind of newcomers, those of organisations at the start by luck, and the median budget at work.

    Only private kinds, from `first_kind` on, count.
    """
    origin = np.flatnonzero(first_kinds >= first_kind)
    working = np.flatnonzero((closed < 0) & (kind >= first_kind))
    median = np.median(budget[working]) if len(working) else 0.0
    pick = origin[(luck[: len(luck) if len(origin) else 0] * len(origin)).astype(np.int64)]
    return first_homes[pick], first_kinds[pick], median

"""Loops of norms: who of a state's peers has adopted one, who joins, complies and withdraws (M17)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, row_sum


@compiled
def peers(agreement, comembership, background, may, adopted, resistant, waiting, peer):
    """Fill who waits for each norm, and where one does the weighted share of others that adopted it; (H, S) each."""
    norms, size = adopted.shape
    weight, following = np.empty(size), np.empty(size)
    for i in range(size):
        anyone = False
        for h in range(norms):
            waiting[h, i] = may[i] and not (adopted[h, i] or resistant[h, i])
            anyone = anyone or waiting[h, i]
        if not anyone:
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


@compiled
def join(waiting, own, peer, innovation, imitation, cascade, by_threshold, tolerance, luck, ceiling):
    """Return who of the waiting adopts, by chance or by a threshold of its own, and the terms of the hazard, (n, 3)."""
    rows, why = np.empty(len(waiting), dtype=np.int64), np.empty((len(waiting), 3))
    number = 0
    for i in np.flatnonzero(waiting):
        from_own, from_peers = innovation * own[i], imitation * peer[i]
        cascading = from_peers * cascade
        if by_threshold:
            joins = 0.2 * own[i] + peer[i] >= tolerance[i]
        else:
            joins = luck[i] < -np.expm1(-min(from_own + from_peers + cascading, ceiling))
        if joins:
            rows[number] = i
            why[number, 0], why[number, 1], why[number, 2] = from_own, from_peers, cascading
            number += 1
    return rows[:number].copy(), why[:number].copy()


@compiled
def comply(adopted, reserved, pace, compliance):
    """Let compliance move towards its target, which a reservation halves."""
    for i in range(len(adopted)):
        if adopted[i]:
            compliance[i] += pace * ((0.5 if reserved[i] else 1.0) - compliance[i])


@compiled
def withdraw(adopted, compliance, rate, luck, ceiling):
    """Return which adopters withdraw, the sooner the less they comply."""
    rows, number = np.empty(len(adopted), dtype=np.int64), 0
    for i in range(len(adopted)):
        # 1 - exp(-h) <= h <= rate: few are unlucky enough to need the exponential.
        if adopted[i] and luck[i] < rate and luck[i] < -np.expm1(-min(rate * (1.0 - compliance[i]), ceiling)):
            rows[number] = i
            number += 1
    return rows[:number].copy()

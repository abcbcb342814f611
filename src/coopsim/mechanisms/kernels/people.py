"""Loops of digital exchange (M21) and of meetings (M18)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, saturate


@compiled
def go_virtual(access, mobility, education, strength, virtual):
    """Fill virtual exchange (M21), shape (S, S)."""
    size = len(access)
    root = np.sqrt(access)
    exchange = (mobility + education).T.copy()
    for i in range(size):
        for j in range(size):
            virtual[i, j] = strength * root[i] * root[j] * saturate(exchange[i, j])
        virtual[i, i] = 0.0


@compiled
def meet(meeting, u, understanding, trade, events, education, event_orientation, art_share, weight, other):
    """Fill whom each meeting state meets (M18), and the weights that decide it, (n, S); -1 without anyone to meet."""
    size = len(understanding)
    for k in range(len(meeting)):
        i = meeting[k]
        imports = 0.0
        for j in range(size):
            imports += trade[j, i]
        scale = 1.0 / imports if imports > 0.0 else 0.0
        total = 0.0
        for j in range(size):
            w = understanding[i, j] * (0.2 + scale * trade[j, i])
            w += event_orientation * saturate(events[j, i]) + art_share * saturate(education[j, i])
            weight[k, j] = w if j != i else 0.0
            total += weight[k, j]
        other[k] = -1
        target = u[k] * total
        for j in range(size):
            target -= weight[k, j]
            if weight[k, j] > 0.0:
                other[k] = j
                if target <= 0.0:
                    break


@compiled
def refresh_practice(traits, changed, practice):
    """Recompute the share of equal traits (M18) in rows and columns of the states that changed."""
    size, features = traits.shape
    for i in range(size):
        if not changed[i]:
            continue
        for j in range(size):
            if i == j:
                continue
            equal = 0
            for k in range(features):
                if traits[i, k] == traits[j, k]:
                    equal += 1
            practice[i, j] = practice[j, i] = equal / features

"""Loops of digital exchange (M21) and of meetings (M18)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, row_sum, saturate


@compiled
def go_virtual(access, mobility, education, strength, virtual):
    """Fill virtual exchange (M21), shape (S, S)."""
    size = len(access)
    root, met = np.sqrt(access), np.empty(size)
    weight = strength * root
    for j in range(size):  # what j offers stands in rows: only what comes of it goes into a column
        offered, taught = mobility[j], education[j]
        for i in range(size):
            met[i] = weight[i] * root[j] * saturate(offered[i] + taught[i])
        met[j] = 0.0
        for i in range(size):
            virtual[i, j] = met[i]


@compiled
def meet(meeting, u, understanding, trade, events, education, event_orientation, art_share, weight, other):
    """Fill whom each meeting state meets (M18), and the weights that decide it, (n, S); -1 without anyone to meet.

    What others do in a meeting state stands in columns: they are read row by row, as they lie in memory.
    """
    size, number = len(understanding), len(meeting)
    bought, visited, taught = np.empty((size, number)), np.empty((size, number)), np.empty((size, number))
    scale = np.zeros(number)
    for j in range(size):
        for k in range(number):
            i = meeting[k]
            bought[j, k], visited[j, k], taught[j, k] = trade[j, i], events[j, i], education[j, i]
        imports = bought[j]
        for k in range(number):
            scale[k] += imports[k]
    for k in range(number):
        scale[k] = 1.0 / scale[k] if scale[k] > 0.0 else 0.0
    for j in range(size):
        familiar, seen, learnt = bought[j], visited[j], taught[j]
        for k in range(number):
            familiar[k] = 0.2 + scale[k] * familiar[k]
        for k in range(number):
            seen[k] = event_orientation * saturate(seen[k])
        for k in range(number):
            learnt[k] = seen[k] + art_share * saturate(learnt[k])
    for k in range(number):
        known, w = understanding[meeting[k]], weight[k]
        for j in range(size):
            w[j] = known[j] * bought[j, k] + taught[j, k]
        w[meeting[k]] = 0.0
        other[k] = -1
        target = u[k] * row_sum(w)
        for j in range(size):
            target -= w[j]
            if w[j] > 0.0:
                other[k] = j
                if target <= 0.0:
                    break


@compiled
def copy_practices(meeting, other, u_copies, u_which, before, traits):
    """Let states copy one practice in which they differ from whom they meet (M18), (S, F); return how many do."""
    features, copied = traits.shape[1], 0
    different = np.empty(features, dtype=np.int64)
    for k in range(len(meeting)):
        mine, theirs, number = before[meeting[k]], before[other[k]], 0
        for feature in range(features):
            different[number] = feature
            number += 1 if mine[feature] != theirs[feature] else 0
        if other[k] >= 0 and number > 0 and u_copies[k] < 1.0 - number / features:
            feature = different[np.int64(u_which[k] * number)]
            traits[meeting[k], feature] = theirs[feature]
            copied += 1
    return copied


@compiled
def refresh_practice(before, traits, practice):
    """Recompute the share of equal traits (M18) in rows and columns of the states whose traits, (S, F), changed."""
    size, features = traits.shape
    columns = traits.T.copy()  # so that the loop over states compiles to vector code
    equal = np.empty(size, dtype=np.int64)
    for i in range(size):
        changed = False
        for k in range(features):
            changed |= before[i, k] != traits[i, k]
        if not changed:
            continue
        equal[:] = 0
        for k in range(features):
            mine, column = traits[i, k], columns[k]
            for j in range(size):
                equal[j] += 1 if column[j] == mine else 0
        for j in range(size):
            practice[i, j] = equal[j] / features
        practice[i, i] = 0.0
        for j in range(size):
            practice[j, i] = practice[i, j]

"""Loops of digital exchange (M21) and of meetings (M18)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, row_sum, saturate


@compiled
def go_virtual(access, mobility, education, strength, virtual):
    """Fill virtual exchange (M21), shape (S, S)."""
    size = len(access)
    root, exchange = np.sqrt(access), np.empty(size)
    for i in range(size):
        for j in range(size):
            exchange[j] = mobility[j, i] + education[j, i]
        mine = strength * root[i]
        for j in range(size):
            virtual[i, j] = mine * root[j] * saturate(exchange[j])
        virtual[i, i] = 0.0


@compiled
def meet(meeting, u, understanding, trade, events, education, event_orientation, art_share, weight, other):
    """Fill whom each meeting state meets (M18), and the weights that decide it, (n, S); -1 without anyone to meet."""
    size = len(understanding)
    bought, visited, taught = np.empty(size), np.empty(size), np.empty(size)
    for k in range(len(meeting)):
        i = meeting[k]
        for j in range(size):
            bought[j], visited[j], taught[j] = trade[j, i], events[j, i], education[j, i]
        imports = row_sum(bought)
        scale = 1.0 / imports if imports > 0.0 else 0.0
        for j in range(size):
            visited[j] = event_orientation * saturate(visited[j])
        for j in range(size):
            taught[j] = visited[j] + art_share * saturate(taught[j])
        known, w = understanding[i], weight[k]
        for j in range(size):
            w[j] = known[j] * (0.2 + scale * bought[j]) + taught[j]
        w[i] = 0.0
        other[k] = -1
        target = u[k] * row_sum(w)
        for j in range(size):
            target -= w[j]
            if w[j] > 0.0:
                other[k] = j
                if target <= 0.0:
                    break


@compiled
def refresh_practice(traits, changed, practice):
    """Recompute the share of equal traits (M18) in rows and columns of the states that changed, by their numbers."""
    size, features = traits.shape
    columns = traits.T.copy()  # so that the loop over states compiles to vector code
    equal = np.empty(size, dtype=np.int64)
    for place in range(len(changed)):
        i = changed[place]
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

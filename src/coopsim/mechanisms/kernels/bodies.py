"""Loops of international organisations (M16), trade (M15) and schools (M11)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, exp, log, row_sum, saturate


@compiled
def communities(members, counts, weight, pace, decay, comembership, joint, builds):
    """Fill the weight of the strongest common community, and build commonality in it (M16), both (S, S).

    `weight` and `pace` are those of each organisation, (R,); nil for the universal one.
    """
    bodies, size = members.shape
    gain = np.zeros(size)
    for i in range(size):
        strongest = comembership[i]
        strongest[:] = 0.0
        gain[:] = 0.0
        for r in range(bodies):
            if not members[r, i] or weight[r] <= 0.0 or counts[r] < 2:
                continue
            inside = members[r]
            for j in range(size):
                strongest[j] = max(strongest[j], weight[r] if inside[j] else 0.0)
                gain[j] = max(gain[j], pace[r] if inside[j] else 0.0)
        strongest[i] = gain[i] = 0.0
        if builds:
            for j in range(size):
                joint[i, j] = (1.0 - decay) * (joint[i, j] + gain[j] * (1.0 - joint[i, j]))


@compiled
def trade(fixed, supply, overlap, barrier, trade_share):
    """Fill the shares of world trade in cultural goods (M15); `fixed` is the part of the log pull that never moves."""
    size = len(fixed)
    total = 0.0
    against = barrier.T.copy()
    for i in range(size):
        for j in range(size):
            open_share = 1.0 - 0.8 * against[i, j]
            trade_share[i, j] = exp(fixed[i, j] + supply[i] + 0.8 * overlap[i, j]) * open_share
        trade_share[i, i] = 0.0
        total += row_sum(trade_share[i])
    scale = 1.0 / total if total > 0.0 else 0.0
    for i in range(size):
        for j in range(size):
            trade_share[i, j] *= scale


@compiled
def talk(negotiation, trust, floor, cut, usual, pull_back, barrier, support):
    """Lower barriers by supported, trusting talks, down to a chosen floor (M15), (S, S)."""
    size = len(trust)
    offered, trusted = negotiation.T.copy(), trust.T.copy()
    for i in range(size):
        for j in range(size):
            support[i, j] = saturate(negotiation[i, j] + offered[i, j])
            old = barrier[i, j]
            new = old * (1.0 - cut * support[i, j] * np.sqrt(trust[i, j] * trusted[i, j])) + pull_back * (usual - old)
            kept = max(new, floor[i]) if old >= floor[i] else new
            barrier[i, j] = min(max(kept, 0.0), 1.0)
        barrier[i, i] = support[i, i] = 0.0


@compiled
def run_schools(dose, turnover, main_language, languages, rate, taught, schools_in, add):
    """Build schools (M11): fill `taught` (S, S), schools received (S,) and taught shares of languages (S, L)."""
    size = len(taught)
    schools_in[:] = 0.0
    learnt = np.zeros((languages, size))
    schools = np.empty(size)
    for j in range(size):  # j's schools in i
        row = taught[j]
        given = dose[j]
        for i in range(size):
            row[i] = (1.0 - turnover) * row[i] + turnover * given[i]
        for i in range(size):
            schools[i] = saturate(row[i])
        for i in range(size):
            schools_in[i] += schools[i]
        if main_language[j] >= 0:
            spoken = learnt[main_language[j]]
            for i in range(size):
                spoken[i] += log(1.0 - rate * schools[i])
    for i in range(size):
        for k in range(languages):
            add[i, k] = saturate(-learnt[k, i])

"""Loops of international organisations (M16), trade (M15) and schools (M11)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, exp, inlined, row_sum, saturate


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


@inlined
def _mirror(matrix):
    """Copy what stands above the diagonal to below it."""
    for i in range(len(matrix)):
        for j in range(i):
            matrix[i, j] = matrix[j, i]


@compiled
def trade(fixed, supply, overlap, barrier, trade_share):
    """Fill the shares of world trade in cultural goods (M15); `fixed` is the part of the pull that never moves."""
    size = len(fixed)
    total = 0.0
    against = barrier.T.copy()
    for i in range(size):  # languages are shared, so half of the exponentials do
        common, eased = overlap[i, i:], trade_share[i, i:]
        for j in range(len(common)):
            eased[j] = exp(0.8 * common[j])
    _mirror(trade_share)
    for i in range(size):
        row, pull, wall = trade_share[i], fixed[i], against[i]
        for j in range(size):
            row[j] *= supply[i] * pull[j] * (1.0 - 0.8 * wall[j])
        row[i] = 0.0
        total += row_sum(row)
    scale = 1.0 / total if total > 0.0 else 0.0
    for i in range(size):
        for j in range(size):
            trade_share[i, j] *= scale


@compiled
def talk(negotiation, trust, floor, cut, usual, pull_back, barrier):
    """Lower barriers by supported, trusting talks, down to a chosen floor (M15), (S, S)."""
    size = len(trust)
    offered, trusted = negotiation.T.copy(), trust.T.copy()
    cutting = offered  # what a talk takes away from both barriers of a pair
    for i in range(size):
        mine, theirs, given, taken = trust[i, i:], trusted[i, i:], negotiation[i, i:], offered[i, i:]
        for j in range(len(mine)):
            taken[j] = cut * saturate(given[j] + taken[j]) * np.sqrt(mine[j] * theirs[j])
    _mirror(cutting)
    for i in range(size):
        row, least, cuts = barrier[i], floor[i], cutting[i]
        for j in range(size):
            old = row[j]
            new = old * (1.0 - cuts[j]) + pull_back * (usual - old)
            kept = max(new, least) if old >= least else new
            row[j] = min(max(kept, 0.0), 1.0)
        row[i] = 0.0


@compiled
def run_schools(dose, turnover, main_language, rate, taught, schools_in, missed):
    """Build schools (M11): fill `taught` (S, S), schools received (S,) and return all of them.

    `missed` (L, S) becomes the share of those who lack a language that no school of the year reaches.
    """
    size = len(taught)
    schools_in[:] = 0.0
    missed[:] = 1.0
    built, schools = 0.0, np.empty(size)
    for j in range(size):  # j's schools in i
        row = taught[j]
        given = dose[j]
        for i in range(size):
            row[i] = (1.0 - turnover) * row[i] + turnover * given[i]
        built += row_sum(row)
        for i in range(size):
            schools[i] = saturate(row[i])
        for i in range(size):
            schools_in[i] += schools[i]
        if main_language[j] >= 0:
            spoken = missed[main_language[j]]
            for i in range(size):
                spoken[i] *= 1.0 - rate * schools[i]
    return built


@compiled
def learn(missed, start, attrition, languages):
    """Let languages be learnt and forgotten (M11), (S, L), from the shares that schools miss, (L, S)."""
    unreached = missed.T.copy()
    for i in range(len(languages)):
        row, first, missing = languages[i], start[i], unreached[i]
        for k in range(len(row)):
            known = row[k]
            skill = known + (1.0 - missing[k]) * (1.0 - known) - attrition * (known - first[k])
            row[k] = min(max(skill, 0.0), 1.0)

"""Loops over the cells of matrices (S, S) with a zero diagonal."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled


@compiled
def trust_sums(trust, friendly):
    """Return sums over ordered pairs: of T^2, T^3, T^4, of T times its mirror image, and of friends.

    Friends are above `friendly` both ways.
    """
    size = len(trust)
    mirror = trust.T.copy()
    square, third, fourth, mutual = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    friends = 0
    for i in range(size):
        row, back = trust[i], mirror[i]
        for j in range(size):
            power = row[j] * row[j]
            square[j] += power
            third[j] += power * row[j]
            fourth[j] += power * power
        for j in range(size):
            mutual[j] += row[j] * back[j]
        for j in range(size):
            friends += (row[j] > friendly) & (back[j] > friendly)
    return square.sum(), third.sum(), fourth.sum(), mutual.sum(), friends


@compiled
def near_values(matrix, low, high):
    """Return how many cells off the diagonal are below `low`, and those from `low` to `high`."""
    size = len(matrix)
    found = np.empty(size * size + 1)
    below, count = 0, 0
    for i in range(size):
        row = matrix[i]
        for j in range(size):
            below += row[j] < low
        below -= row[i] < low
        for j in range(size):
            found[count] = row[j]  # overwritten unless it counts: no branch to mispredict
            count += (row[j] >= low) & (row[j] <= high) & (j != i)
    return below, found[:count].copy()


@compiled
def received(flows, chosen):
    """Return the sums of the columns of flows (n, S, S): over rows not chosen, and chosen; shape (n, 2, S)."""
    number, size = flows.shape[0], flows.shape[1]
    sums = np.zeros((number, 2, size))
    for k in range(number):
        for i in range(size):
            row, side = flows[k, i], sums[k, 1 if chosen[i] else 0]
            for j in range(size):
                side[j] += row[j]
    return sums


@compiled
def received_and_answered(flows, chosen):
    """Return the same, and the sum over ordered pairs of the lesser of the n flows together and their answer."""
    number, size = flows.shape[0], flows.shape[1]
    sums, total = np.zeros((number, 2, size)), np.zeros((size, size))
    for i in range(size):
        for k in range(number):
            row, side, line = flows[k, i], sums[k, 1 if chosen[i] else 0], total[i]
            for j in range(size):
                side[j] += row[j]
            for j in range(size):
                line[j] += row[j]
    mirror = total.T.copy()
    lesser = np.zeros(size)
    for i in range(size):
        line, back = total[i], mirror[i]
        for j in range(size):
            lesser[j] += min(line[j], back[j])
    return sums, lesser.sum()


@compiled
def strengths(interest, trust):
    """Return mutual interest times mutual trust of each pair i < j, row by row: the fourth power of the mean."""
    size = len(trust)
    mirror = (interest * trust).T.copy()
    strength = np.empty(size * (size - 1) // 2)
    first = 0
    for i in range(size - 1):
        wanted, trusted, back, row = interest[i, i + 1 :], trust[i, i + 1 :], mirror[i, i + 1 :], strength[first:]
        for j in range(len(wanted)):
            row[j] = wanted[j] * trusted[j] * back[j]
        first += len(wanted)
    return strength


@compiled
def count_above(strength, start, item, edges):
    """Return how many pairs (as in `strengths`) are above each edge: of all, and of the tied; shape (edges, 2)."""
    size = len(start) - 1
    of_tied = np.empty(len(item) // 2)
    number = 0
    for i in range(size):
        first = i * (2 * size - i - 1) // 2 - i - 1
        for k in range(start[i], start[i + 1]):
            if item[k] > i:
                of_tied[number] = strength[first + item[k]]
                number += 1
    counts = np.zeros((len(edges), 2), dtype=np.int64)
    for e in range(len(edges)):
        edge, every, tied = edges[e], 0, 0
        for k in range(len(strength)):
            every += strength[k] > edge
        for k in range(number):
            tied += of_tied[k] > edge
        counts[e, 0], counts[e, 1] = every, tied
    return counts


@compiled
def sum_where(matrix, weight):
    """Return the sum of a matrix over the cells where another is above 0, and their number."""
    size = len(matrix)
    sums, number = np.zeros(size), 0
    for i in range(size):
        row, where = matrix[i], weight[i]
        for j in range(size):
            sums[j] += row[j] if where[j] > 0.0 else 0.0
        for j in range(size):
            number += where[j] > 0.0
    return sums.sum(), number

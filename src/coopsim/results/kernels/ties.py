"""Loops over a network given as lists: the partners of state i are `item[start[i]:start[i + 1]]`."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, count_bits


@compiled
def list_true(table):
    """Return, for each row of a truth table (R, S), the columns that are true: `start`, shape (R + 1,), and `item`."""
    rows, columns = table.shape
    start = np.zeros(rows + 1, dtype=np.int64)
    item = np.empty(rows * columns + 1, dtype=np.int64)
    count = 0
    for i in range(rows):
        for j in range(columns):
            item[count] = j  # overwritten unless it counts: no branch to mispredict
            count += table[i, j]
        start[i + 1] = count
    return start, item[:count].copy()


@compiled
def shared_partners(start, item):
    """Return the number of partners that the two ends of a tie share, summed over ties: by bit sets."""
    size = len(start) - 1
    words = (size + 63) // 64
    bits = np.zeros((size, words), dtype=np.uint64)
    for i in range(size):
        for k in range(start[i], start[i + 1]):
            bits[i, item[k] // 64] |= np.uint64(1) << np.uint64(item[k] % 64)
    shared = np.uint64(0)
    for i in range(size):
        for k in range(start[i], start[i + 1]):
            j = item[k]
            if j > i:
                for word in range(words):
                    shared += count_bits(bits[i, word] & bits[j, word])
    return np.int64(shared)


@compiled
def tie_sums(start, item, value):
    """Return, for each state, the sum of the values of its partners, shape (S,)."""
    sums = np.zeros(len(value))
    for i in range(len(value)):
        for k in range(start[i], start[i + 1]):
            sums[item[k]] += value[i]
    return sums


@compiled
def ties_within(start, item, group):
    """Return the number of ends of ties whose other end is in the same group."""
    within = 0
    for i in range(len(group)):
        for k in range(start[i], start[i + 1]):
            within += group[item[k]] == group[i]
    return within


@compiled
def centrality(start, item, vector, most, tolerance):
    """Return the leading eigenvector from a first guess of length one, by steps of ties + I."""
    size = len(vector)
    for _ in range(most):
        following = vector.copy()
        for i in range(size):
            for k in range(start[i], start[i + 1]):
                following[item[k]] += vector[i]
        length = 0.0
        for i in range(size):
            length += following[i] * following[i]
        length = np.sqrt(length)
        change = 0.0
        for i in range(size):
            following[i] /= length
            change += (following[i] - vector[i]) ** 2
        vector = following
        if change < tolerance:
            break
    return vector


@compiled
def innermost_core(start, item):
    """Return the largest k for which a k-core exists, and how many states are in it."""
    size = len(start) - 1
    left = np.empty(size, dtype=np.int64)
    for i in range(size):
        left[i] = start[i + 1] - start[i]
    out = np.zeros(size, dtype=np.bool_)
    waiting = np.empty(size, dtype=np.int64)
    remain, depth, inside = size, 0, 0
    while True:
        wanted, count = depth + 1, 0
        for i in range(size):
            if not out[i] and left[i] < wanted:
                out[i] = True
                waiting[count] = i
                count += 1
        while count:
            count -= 1
            remain -= 1
            i = waiting[count]
            for k in range(start[i], start[i + 1]):
                j = item[k]
                left[j] -= 1
                if not out[j] and left[j] < wanted:
                    out[j] = True
                    waiting[count] = j
                    count += 1
        if not remain:
            return depth, inside
        depth, inside = wanted, remain


@compiled
def sum_listed(matrix, start, item):
    """Return the sum of the listed cells of a (S, S) matrix."""
    total = 0.0
    for i in range(len(matrix)):
        row = 0.0
        for k in range(start[i], start[i + 1]):
            row += matrix[i, item[k]]
        total += row
    return total


@compiled
def sums_inside(matrix, start, item):
    """Return the sum of the cells of a (S, S) matrix within each listed group, shape (R,)."""
    sums = np.zeros(len(start) - 1)
    for r in range(len(sums)):
        for one in range(start[r], start[r + 1]):
            row = 0.0
            for other in range(start[r], start[r + 1]):
                row += matrix[item[one], item[other]]
            sums[r] += row
    return sums


@compiled
def practices_met(start, item, traits, weight, log):
    """Return Shannon's diversity of the practices that each state meets, mean over features, shape (S,) [nats].

    Those whom state i is familiar with are listed; `weight` is n ln n and `log` is ln n, from n = 0 on.
    """
    size, features = traits.shape
    variants = 1
    for i in range(size):
        for f in range(features):
            variants = max(variants, traits[i, f] + 1)
    diversity = np.zeros(size)
    times = np.zeros((features, variants), dtype=np.int64)
    for i in range(size):
        met = start[i + 1] - start[i]
        if not met:
            continue
        times[:] = 0
        for k in range(start[i], start[i + 1]):
            for f in range(features):
                times[f, traits[item[k], f]] += 1
        total = 0.0
        for f in range(features):
            of_feature = 0.0
            for variant in range(variants):
                of_feature += weight[times[f, variant]]
            total += of_feature
        diversity[i] = log[met] - total / (features * met)
    return diversity

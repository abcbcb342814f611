"""Loops over the cells of matrices (S, S) with a zero diagonal, each of which is read once."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, inlined, row_sum


@inlined
def _add_row(row, receives):
    """Add a row to the sums of the columns, and return its sum."""
    for j in range(len(row)):
        receives[j] += row[j]
    return row_sum(row)


@inlined
def _mirror(matrix, i, back):
    """Return what stands in row i to the right of the diagonal, and its mirror image in column i, copied to `back`."""
    row, column = matrix[i, i + 1 :], matrix[i + 1 :, i]
    for j in range(len(column)):
        back[j] = column[j]
    return row, back[: len(row)]


@compiled
def sent_and_received(matrix, chosen):
    """Return the sums of rows, shape (S,), and of columns: over rows not chosen, and chosen; shape (2, S)."""
    sent, received = np.empty(len(matrix)), np.zeros((2, len(matrix)))
    for i in range(len(matrix)):
        sent[i] = _add_row(matrix[i], received[1 if chosen[i] else 0])
    return sent, received


@compiled
def flows_together(flows, chosen):
    """Return the sums of columns of several matrices, shape (n, 2, S), as above, and their sum, shape (S, S)."""
    number, size = flows.shape[0], flows.shape[1]
    received, together = np.zeros((number, 2, size)), np.zeros((size, size))
    for i in range(size):
        line = together[i]
        for k in range(number):
            row, side = flows[k, i], received[k, 1 if chosen[i] else 0]
            for j in range(size):
                side[j] += row[j]
                line[j] += row[j]
    return received, together


@compiled
def answered(flow):
    """Return the sum over ordered pairs of the lesser of a flow and the flow back."""
    size = len(flow)
    lesser, back = np.zeros(size), np.empty(size)
    for i in range(size):
        row, mirror = _mirror(flow, i, back)
        for j in range(len(row)):
            lesser[j] += min(row[j], mirror[j])
    return 2.0 * lesser.sum()


@compiled
def upper_sum(matrix):
    """Return the sum of the cells above the diagonal."""
    total = 0.0
    for i in range(len(matrix)):
        total += row_sum(matrix[i, i + 1 :])
    return total


@compiled
def upper_sum_where(matrix, weight):
    """Return the sum of the cells above the diagonal where another matrix is above 0, and their number."""
    size = len(matrix)
    sums, number = np.zeros(size), 0
    for i in range(size):
        row, where = matrix[i, i + 1 :], weight[i, i + 1 :]
        for j in range(len(row)):
            sums[j] += row[j] if where[j] > 0.0 else 0.0
        for j in range(len(row)):
            number += where[j] > 0.0
    return sums.sum(), number


@compiled
def trust_shape(trust, friendly):
    """Return sums over ordered pairs: of T^2, T^3, T^4, of T times its mirror image, and of friends.

    Friends are above `friendly` both ways.
    """
    size = len(trust)
    square, third, fourth, mutual = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    back = np.empty(size)
    friends = 0
    for i in range(size):
        row = trust[i]
        for j in range(size):
            power = row[j] * row[j]
            square[j] += power
            third[j] += power * row[j]
            fourth[j] += power * power
        right, mirror = _mirror(trust, i, back)
        for j in range(len(right)):
            mutual[j] += right[j] * mirror[j]
        for j in range(len(right)):
            friends += (right[j] > friendly) & (mirror[j] > friendly)
    return square.sum(), third.sum(), fourth.sum(), 2.0 * mutual.sum(), 2 * friends


@compiled
def near_values(matrix, low, high):
    """Return, for each pair of levels, how many cells off the diagonal are below `low`, and those from it to `high`.

    The former has shape (n,); the latter, which should be few, stand in the rows of an array (n, most) up to their
    number, shape (n,).
    """
    size, levels = len(matrix), len(low)
    below, inside = np.zeros(levels, dtype=np.int64), np.zeros((levels, size), dtype=np.int64)
    for i in range(size):
        row = matrix[i]
        for n in range(levels):
            least, most, less, up_to = low[n], high[n], np.int32(0), np.int32(0)
            for j in range(size):
                less += np.int32(row[j] < least)
            for j in range(size):
                up_to += np.int32(row[j] <= most)
            below[n] += less - np.int64(row[i] < least)
            inside[n, i] = up_to - less
    found = np.empty((levels, inside.sum(axis=1).max()))
    number = np.zeros(levels, dtype=np.int64)
    for i in range(size):
        row = matrix[i]
        for n in range(levels):
            if inside[n, i]:
                least, most = low[n], high[n]
                for j in range(size):
                    if (row[j] >= least) & (row[j] <= most) & (j != i):  # one branch, seldom taken
                        found[n, number[n]] = row[j]
                        number[n] += 1
    return below, found, number


@inlined
def _strengths_right(interest, trust, i, strength):
    """Write mutual interest times mutual trust of state i with each state after it."""
    wanted, trusted = interest[i, i + 1 :], trust[i, i + 1 :]
    wanted_back, trusted_back = interest[i + 1 :, i], trust[i + 1 :, i]
    for j in range(len(wanted)):
        strength[j] = wanted_back[j] * trusted_back[j]
    for j in range(len(wanted)):
        strength[j] *= wanted[j] * trusted[j]


@compiled
def strengths(interest, trust):
    """Return mutual interest times mutual trust of each pair i < j, row by row: the fourth power of the mean."""
    size = len(trust)
    strength = np.empty(size * (size - 1) // 2)
    first = 0
    for i in range(size):
        _strengths_right(interest, trust, i, strength[first : first + size - 1 - i])
        first += size - 1 - i
    return strength


@compiled
def count_above(interest, trust, start, item, edges):
    """Return how many pairs have a strength (see `strengths`) above each edge: of all, and of the tied; (edges, 2)."""
    size = len(trust)
    strength, of_tied = np.empty(size), np.empty(size)
    counts = np.zeros((len(edges), 2), dtype=np.int64)
    for i in range(size):
        right = strength[: size - 1 - i]
        _strengths_right(interest, trust, i, right)
        number = 0
        for k in range(start[i], start[i + 1]):
            if item[k] > i:
                of_tied[number] = strength[item[k] - i - 1]
                number += 1
        for e in range(len(edges)):
            edge, every, tied = edges[e], 0, 0
            for j in range(len(right)):
                every += right[j] > edge
            for k in range(number):
                tied += of_tied[k] > edge
            counts[e, 0] += every
            counts[e, 1] += tied
    return counts


@compiled
def treaties_by_stratum(topic, first, last, form, bilateral, signed, year, a, b, interest, trust, agreement, edges):
    """Count the treaties of the year on some topics: by the edges that the strength of the pair is above, and by tie.

    Shape (edges + 1, 2); rows of the ledger come column by column.
    """
    counts = np.zeros((len(edges) + 1, 2), dtype=np.int64)
    for k in range(len(topic)):
        if signed[k] == year and form[k] == bilateral and first <= topic[k] <= last:
            i, j = a[k], b[k]
            strength = interest[i, j] * trust[i, j] * (interest[j, i] * trust[j, i])
            counts[np.sum(strength > edges), np.int64(agreement[i, j] >= 0)] += 1
    return counts

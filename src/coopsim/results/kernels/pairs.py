"""Loops over the cells of matrices (S, S) with a zero diagonal, each of which is read once."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, inlined, row_sum
from coopsim.results.kernels.bits import bits_above, listed


@inlined
def _add_row(row, receives):
    """Add a row to the sums of the columns, and return its sum."""
    for j in range(len(row)):
        receives[j] += row[j]
    return row_sum(row)


@inlined
def _place(i, j, size):
    """Return where the pair i < j stands among all pairs, row by row."""
    return i * (2 * size - i - 1) // 2 + j - i - 1


@inlined
def _mirror(matrix, i, back):
    """Return what stands in row i to the right of the diagonal, and its mirror image in column i, copied to `back`."""
    row, column = matrix[i, i + 1 :], matrix[i + 1 :, i]
    for j in range(len(column)):
        back[j] = column[j]
    return row, back[: len(row)]


@compiled
def sent(matrix):
    """Return the sums of rows, shape (S,)."""
    sums = np.empty(len(matrix))
    for i in range(len(matrix)):
        sums[i] = row_sum(matrix[i])
    return sums


@compiled
def received(matrix):
    """Return the sums of columns, shape (S,)."""
    size, sums = len(matrix), np.zeros(len(matrix))
    quarter = size // 4
    for i in range(quarter):  # from four places at a time: memory far away is waited for once, not four times
        one, two = matrix[i], matrix[quarter + i]
        three, four = matrix[2 * quarter + i], matrix[3 * quarter + i]
        for j in range(size):
            sums[j] += (one[j] + two[j]) + (three[j] + four[j])
    for i in range(4 * quarter, size):
        row = matrix[i]
        for j in range(size):
            sums[j] += row[j]
    return sums


@compiled
def total(matrix):
    """Return the sum of the cells."""
    return row_sum(received(matrix))


@compiled
def exchanged(one, two, three):
    """Return the sums of rows of each of three matrices, shape (3, S), and those of columns of all, shape (S,)."""
    size = len(one)
    given, taken = np.empty((3, size)), np.zeros(size)
    for i in range(size):
        first, second, third = one[i], two[i], three[i]
        for j in range(size):
            taken[j] += (first[j] + second[j]) + third[j]
        given[0, i], given[1, i], given[2, i] = row_sum(first), row_sum(second), row_sum(third)
    return given, taken


@compiled
def sent_and_received(matrix, chosen):
    """Return the sums of rows, shape (S,), and of columns: over rows not chosen, and chosen; shape (2, S)."""
    sent, received = np.empty(len(matrix)), np.zeros((2, len(matrix)))
    for i in range(len(matrix)):
        sent[i] = _add_row(matrix[i], received[1 if chosen[i] else 0])
    return sent, received


@compiled
def flows_together(flows, chosen):
    """Return the sums of columns of three, five, ... matrices, (n, 2, S), as above, and their sum, shape (S, S)."""
    number, size = flows.shape[0], flows.shape[1]
    received, together = np.zeros((number, 2, size)), np.empty((size, size))
    for i in range(size):
        line, side = together[i], 1 if chosen[i] else 0
        a, b, c = flows[0, i], flows[1, i], flows[2, i]
        of_a, of_b, of_c = received[0, side], received[1, side], received[2, side]
        for j in range(size):  # several at a time, so that the line is read and written less often
            of_a[j] += a[j]
            of_b[j] += b[j]
            of_c[j] += c[j]
            line[j] = (a[j] + b[j]) + c[j]
        for k in range(3, number, 2):
            a, b, of_a, of_b = flows[k, i], flows[k + 1, i], received[k, side], received[k + 1, side]
            for j in range(size):
                of_a[j] += a[j]
                of_b[j] += b[j]
                line[j] += a[j] + b[j]
    return received, together


@compiled
def known(understanding, level, people):
    """Return the sums of rows and of columns, shape (S,), where the matrix is above a level, as bits, and x' U x."""
    size = len(understanding)
    sent, received, between = np.empty(size), np.zeros(size), np.zeros(size)
    for i in range(size):
        row, weight = understanding[i], people[i]
        sent[i] = row_sum(row)
        for j in range(size):
            received[j] += row[j]
            between[j] += weight * row[j]
    return sent, received, bits_above(understanding, level), row_sum(between * people)


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
    """Return sums over ordered pairs: of T^2, T^3, T^4 and of friends; and T times its mirror image, as `strengths`.

    Friends are above `friendly` both ways.
    """
    size = len(trust)
    square, third, fourth = np.zeros(size), np.zeros(size), np.zeros(size)
    mutual, back = np.empty(size * (size - 1) // 2), np.empty(size)
    friends = first = 0
    for i in range(size):
        row = trust[i]
        for j in range(size):
            power = row[j] * row[j]
            square[j] += power
            third[j] += power * row[j]
            fourth[j] += power * power
        right, mirror = _mirror(trust, i, back)
        for j in range(len(right)):
            mutual[first + j] = right[j] * mirror[j]
        for j in range(len(right)):
            friends += (right[j] > friendly) & (mirror[j] > friendly)
        first += len(right)
    return square.sum(), third.sum(), fourth.sum(), 2 * friends, mutual


@compiled
def near_values(matrix, low, high):
    """Return how many cells off the diagonal are below `low`, and those from `low` to `high`, which are few."""
    size, words = len(matrix), (len(matrix) + 63) // 64
    below, near = 0, np.zeros((size, words), dtype=np.uint64)
    for i in range(size):
        row = matrix[i]
        below -= np.int64(row[i] < low)
        for word in range(words):
            part, less, most = row[64 * word : min(64 * word + 64, size)], 0, 0
            for k in range(len(part)):
                less += np.int64(part[k] < low)
                most += np.int64(part[k] <= high)
            below += less
            if most > less:  # in few places
                bits = np.uint64(0)
                for k in range(len(part)):
                    bits |= np.uint64((part[k] >= low) & (part[k] <= high)) << np.uint64(k)
                near[i, word] = bits
        near[i, i // 64] &= ~(np.uint64(1) << np.uint64(i % 64))
    start, item, _ = listed(near)
    found = np.empty(len(item))
    for i in range(size):
        for k in range(start[i], start[i + 1]):
            found[k] = matrix[i, item[k]]
    return below, found


@compiled
def strengths(pull):
    """Return, row by row, the product of both directions of each pair i < j."""
    size = len(pull)
    strength, back = np.empty(size * (size - 1) // 2), np.empty(size)
    first = 0
    for i in range(size):
        row, mirror = _mirror(pull, i, back)
        for j in range(len(row)):
            strength[first + j] = row[j] * mirror[j]
        first += len(row)
    return strength


@compiled
def count_above(interest, trust, start, item, edges):
    """Return how many pairs have a strength above each edge: of all, and of the tied; shape (edges, 2).

    The strength is mutual interest times mutual trust, each given as `strengths`.
    """
    size = len(start) - 1
    strength, of_tied = interest * trust, np.empty(len(item))
    counts = np.zeros((len(edges), 2), dtype=np.int64)
    number = 0
    for i in range(size):
        before = _place(i, 0, size)
        for k in range(start[i], start[i + 1]):
            if item[k] > i:
                of_tied[number] = strength[before + item[k]]
                number += 1
    for e in range(len(edges)):
        edge, every, tied = edges[e], np.int32(0), np.int32(0)
        for k in range(len(strength)):
            every += np.int32(strength[k] > edge)
        for k in range(number):
            tied += np.int32(of_tied[k] > edge)
        counts[e, 0], counts[e, 1] = every, tied
    return counts


@compiled
def treaties_by_stratum(rows, first, last, bilateral, year, interest, trust, agreement, edges):
    """Count the treaties of the year on some topics: by the edges that the strength of the pair is above, and by tie.

    Shape (edges + 1, 2); `rows` are those of the ledger, strength as above.
    """
    counts = np.zeros((len(edges) + 1, 2), dtype=np.int64)
    for k in range(len(rows)):
        row = rows[k]
        if row["signed"] == year and row["form"] == bilateral and first <= row["topic"] <= last:
            place = _place(row["a"], row["b"], len(agreement))
            stratum = 0
            for edge in edges:
                stratum += interest[place] * trust[place] > edge
            counts[stratum, np.int64(agreement[row["a"], row["b"]] >= 0)] += 1
    return counts

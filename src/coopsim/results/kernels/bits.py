"""Truth tables as bits: row i of a table (R, S) is a row of 64-bit words, in which bit k of word w is column 64 w + k.

A network or a membership is so short that counting what two rows have in common takes a few instructions.
"""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, count_bits

ONE = np.uint64(1)
NONE = np.uint64(0)


@compiled
def bits_above(matrix, level):
    """Return where a matrix (R, S) is above a level, shape (R, words)."""
    rows, columns = matrix.shape
    bits = np.zeros((rows, (columns + 63) // 64), dtype=np.uint64)
    for i in range(rows):
        row = matrix[i]
        for word in range(bits.shape[1]):
            part = row[64 * word : min(64 * word + 64, columns)]
            found = NONE
            for k in range(len(part)):
                found |= np.uint64(part[k] > level) << np.uint64(k)
            bits[i, word] = found
    return bits


@compiled
def counts(bits):
    """Return the number of set bits of each row, shape (R,)."""
    number = np.zeros(len(bits), dtype=np.int64)
    for i in range(len(bits)):
        for word in range(bits.shape[1]):
            number[i] += np.int64(count_bits(bits[i, word]))
    return number


@compiled
def listed(bits):
    """Return, for each row, the columns whose bit is set: `start`, shape (R + 1,), `item`, and their number."""
    number = counts(bits)
    start = np.zeros(len(bits) + 1, dtype=np.int64)
    for i in range(len(bits)):
        start[i + 1] = start[i] + number[i]
    # Short, so that the list stays near the processor; without sign, so that nobody asks if it counts from the end.
    item = np.empty(start[-1], dtype=np.uint16)
    place = 0
    for i in range(len(bits)):
        for word in range(bits.shape[1]):
            left = bits[i, word]
            while left:
                item[place] = np.uint64(64 * word) + count_bits((left & (~left + ONE)) - ONE)
                left &= left - ONE
                place += 1
    return start, item, number.astype(np.float64)


@compiled
def pairs_in_common(mine, other):
    """Return which share of the ordered pairs of set bits of each row, of which it has two, is set in another table.

    Shape (R,), the mean over the rows of the other table.
    """
    share, number = np.empty(len(mine)), counts(mine)
    for i in range(len(mine)):
        pairs = 0
        for j in range(len(other)):
            both = NONE
            for word in range(mine.shape[1]):
                both += count_bits(mine[i, word] & other[j, word])
            pairs += np.int64(both * both - both)
        share[i] = pairs / (number[i] * (number[i] - 1) * len(other))
    return share


@compiled
def shared_partners(bits, start, item):
    """Return the number of partners that the two ends of a tie share, summed over ties."""
    shared = NONE
    for i in range(len(bits)):
        first = start[i]
        while first < start[i + 1] and item[first] < i:  # each tie once
            first += 1
        for word in range(bits.shape[1]):
            mine = bits[i, word]
            for k in range(first, start[i + 1]):
                shared += count_bits(mine & bits[item[k], word])
    return np.int64(shared)


@compiled
def ties_inside(ties, members, start, item):
    """Return the number of ends of ties within each group, shape (R,); members as bits and as lists."""
    inside = np.zeros(len(members))
    for r in range(len(members)):
        ends = NONE
        for k in range(start[r], start[r + 1]):
            for word in range(members.shape[1]):
                ends += count_bits(members[r, word] & ties[item[k], word])
        inside[r] = np.float64(np.int64(ends))
    return inside


@compiled
def ties_within(ties, degree, group):
    """Return how many ends of ties have the other end in the same group, and the sum of squares of groups' ends."""
    words, size = ties.shape[1], len(group)
    members = np.zeros((group.max() + 1 if size else 0, words), dtype=np.uint64)
    ends, within, square = np.zeros(len(members)), NONE, 0.0
    for i in range(size):
        members[group[i], i // 64] |= ONE << np.uint64(i % 64)
        ends[group[i]] += degree[i]
    for i in range(size):
        mine = members[group[i]]
        for word in range(words):
            within += count_bits(ties[i, word] & mine[word])
    for number in ends:
        square += number * number
    return np.int64(within), square


@compiled
def practices_met(knows, traits, variants, weight, log):
    """Return Shannon's diversity of the practices that each state meets, mean over features, shape (S,) [nats].

    Those whom state i is familiar with are bits; `weight` is n ln n and `log` is ln n, from n = 0 on.
    """
    size, features = traits.shape
    words = knows.shape[1]
    practised = np.zeros((features, variants, words), dtype=np.uint64)
    for i in range(size):
        for f in range(features):
            practised[f, traits[i, f], i // 64] |= ONE << np.uint64(i % 64)
    diversity = np.zeros(size)
    met = counts(knows)
    for i in range(size):
        if not met[i]:
            continue
        total = 0.0
        for f in range(features):
            for variant in range(variants):
                times = NONE
                for word in range(words):
                    times += count_bits(knows[i, word] & practised[f, variant, word])
                total += weight[times]
        diversity[i] = log[met[i]] - total / (features * met[i])
    return diversity

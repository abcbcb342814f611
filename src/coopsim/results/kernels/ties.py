"""Loops over a network given as lists: the partners of state i are `item[start[i]:start[i + 1]]`."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, inlined


@inlined
def _sum_of(value, item, first, last):
    """Return the sum of the values of listed items, in four lanes: none waits for the one before."""
    a = b = c = d = 0.0
    whole = first + (last - first) // 4 * 4
    for k in range(first, whole, 4):
        a += value[item[k]]
        b += value[item[k + 1]]
        c += value[item[k + 2]]
        d += value[item[k + 3]]
    for k in range(whole, last):
        a += value[item[k]]
    return (a + b) + (c + d)


@compiled
def tie_sums(start, item, value):
    """Return, for each state, the sum of the values of its partners, shape (S,)."""
    sums = np.empty(len(value))
    for i in range(len(value)):
        sums[i] = _sum_of(value, item, start[i], start[i + 1])
    return sums


@compiled
def degree_moments(start, item, degree):
    """Return the sums of degree, its square and its cube, and over ends of ties that of the product of both degrees."""
    of_partners = tie_sums(start, item, degree)
    ends = square = cube = product = 0.0
    for i in range(len(degree)):
        ends += degree[i]
        square += degree[i] ** 2
        cube += degree[i] ** 3
        product += degree[i] * of_partners[i]
    return ends, square, cube, product


@compiled
def centrality(start, item, degree, most, tolerance):
    """Return the leading eigenvector, of length one, by steps of ties + I from the degrees; zeros without ties."""
    size = len(degree)
    length = np.sqrt((degree * degree).sum())
    vector = degree / max(length, 1.0)
    if length == 0.0:
        return vector
    for _ in range(most):
        following = vector + tie_sums(start, item, vector)
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
def products(start, item, value):
    """Return the sums of values, of their squares and fourth powers, and over ends of ties of the product of both."""
    of_partners = tie_sums(start, item, value)
    total = squares = fourths = together = 0.0
    for i in range(len(value)):
        square = value[i] * value[i]
        total += value[i]
        squares += square
        fourths += square * square
        together += value[i] * of_partners[i]
    return total, squares, fourths, together


@compiled
def innermost_core(start, item):
    """Return the largest k for which a k-core exists, and how many states are in it."""
    size = len(start) - 1
    left = np.empty(size, dtype=np.int64)
    for i in range(size):
        left[i] = start[i + 1] - start[i]
    waiting = np.empty(size + 1, dtype=np.int64)
    remain, depth, inside = size, 0, 0
    while True:
        count = 0  # of states with no more partners left than `depth`: those taken out earlier have fewer
        for i in range(size):
            waiting[count] = i
            count += left[i] == depth
        while count:
            count -= 1
            remain -= 1
            i = waiting[count]
            for k in range(start[i], start[i + 1]):
                j = item[k]
                left[j] -= 1
                waiting[count] = j
                count += left[j] == depth
        if not remain:
            return depth, inside
        depth, inside = depth + 1, remain


@compiled
def sum_listed(matrix, start, item):
    """Return the sum of the listed cells of a (S, S) matrix."""
    total = 0.0
    for i in range(len(matrix)):
        total += _sum_of(matrix[i], item, start[i], start[i + 1])
    return total


@compiled
def sums_inside(matrix, start, item):
    """Return the sum of the cells of a (S, S) matrix within each listed group, shape (R,)."""
    sums = np.zeros(len(start) - 1)
    for r in range(len(sums)):
        for one in range(start[r], start[r + 1]):
            sums[r] += _sum_of(matrix[item[one]], item, start[r], start[r + 1])
    return sums


@compiled
def shares_inside(within, value, start, item):
    """Return what a sum within each group is of the sum of its members' values, shape (R,); 0 of nothing."""
    share = np.zeros(len(within))
    for r in range(len(within)):
        total = _sum_of(value, item, start[r], start[r + 1])
        if total > 0.0:
            share[r] = within[r] / total
    return share


@compiled
def inside_less_outside(within, ends, start, item):
    """Return the mean over pairs within each group less that over pairs of a member and another, shape (R,).

    From the sums within groups, shape (R,), and the sums of the rows plus those of the columns, shape (S,).
    """
    difference = np.empty(len(within))
    for r in range(len(within)):
        size = start[r + 1] - start[r]
        across = _sum_of(ends, item, start[r], start[r + 1]) - 2.0 * within[r]
        difference[r] = within[r] / (size * (size - 1)) - across / (2 * size * (len(ends) - size))
    return difference

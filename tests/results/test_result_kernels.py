"""Compiled loops of indicators against the same said in NumPy."""

import numpy as np
import pytest

from coopsim.results.kernels import pairs, ties

DRAW = np.random.default_rng(4)
SIZE = 70  # more than one 64-bit word, more than two squares of 32


def attitudes():
    matrix = DRAW.random((SIZE, SIZE))
    np.fill_diagonal(matrix, 0)
    return matrix


@pytest.fixture(scope="module")
def tied():
    upper = np.triu(DRAW.random((SIZE, SIZE)) < 0.2, 1)
    return upper | upper.T


def test_lists_of_true_cells():
    table = DRAW.random((5, 9)) < 0.4
    table[2] = False
    start, item = ties.list_true(table)
    assert [item[start[i]:start[i + 1]].tolist() for i in range(5)] == [np.flatnonzero(row).tolist() for row in table]


def test_sums_over_ties(tied):
    lists, value, group = ties.list_true(tied), DRAW.random(SIZE), DRAW.integers(0, 3, SIZE)
    trust = attitudes()
    assert ties.tie_sums(*lists, value) == pytest.approx(tied @ value)
    assert ties.ties_within(*lists, group) == (tied & (group[:, None] == group)).sum()
    assert ties.sum_listed(trust, *lists) == pytest.approx(trust[tied].sum())
    assert ties.shared_partners(*lists) == np.triu((tied.astype(int) @ tied) * tied).sum()


def test_sums_of_trust():
    trust = attitudes()
    friends = (trust > 0.6) & (trust.T > 0.6)
    expected = [(trust**2).sum(), (trust**3).sum(), (trust**4).sum(), (trust * trust.T).sum(), friends.sum()]
    assert pairs.trust_sums(trust, 0.6) == pytest.approx(expected)


def test_what_is_received_and_answered():
    flows, north = np.stack([attitudes() for _ in range(3)]), DRAW.random(SIZE) < 0.3
    expected = np.stack([flows[:, ~north].sum(axis=1), flows[:, north].sum(axis=1)], axis=1)
    received, answered = pairs.received_and_answered(flows, north)
    total = flows.sum(axis=0)
    assert received == pytest.approx(expected)
    assert pairs.received(flows, north) == pytest.approx(expected)
    assert answered == pytest.approx(np.minimum(total, total.T).sum())


def test_strengths_above_edges(tied):
    interest, trust = attitudes(), attitudes()
    one = interest * trust
    a, b = np.triu_indices(SIZE, 1)
    strength = pairs.strengths(interest, trust)
    assert strength == pytest.approx((one * one.T)[a, b], rel=1e-15)
    edges = np.array([0.01, 0.1, 0.3])
    expected = [[(strength > edge).sum(), (tied[a, b] & (strength > edge)).sum()] for edge in edges]
    assert pairs.count_above(strength, *ties.list_true(tied), edges).tolist() == expected


def test_the_sum_where_another_matrix_is_positive():
    matrix, weight = attitudes(), np.maximum(attitudes() - 0.5, 0)
    assert pairs.sum_where(matrix, weight) == pytest.approx((matrix[weight > 0].sum(), (weight > 0).sum()))

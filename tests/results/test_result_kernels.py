"""Compiled loops of indicators against the same said in NumPy."""

import numpy as np
import pytest

from coopsim.results import network
from coopsim.results.kernels import bits, pairs, ties, values
from coopsim.world.agreements import AGREEMENT

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


@pytest.mark.parametrize("columns", [1, 63, 64, 65, 140])
def test_lists_and_bits_of_true_cells(columns):
    table = DRAW.random((5, columns)) < 0.4
    table[2] = False
    start, item, number, found = network.listed(table)
    assert [item[start[i]:start[i + 1]].tolist() for i in range(5)] == [np.flatnonzero(row).tolist() for row in table]
    assert network.listed(table - 0.5, 0.2).bits.tolist() == found.tolist()
    assert bits.counts(found).tolist() == network.count_rows(table).tolist() == table.sum(axis=1).tolist()
    assert number.tolist() == table.sum(axis=1).tolist()


def test_pairs_in_common():
    table, other = DRAW.random((5, SIZE)) < 0.4, DRAW.random((3, SIZE)) < 0.4
    shared, number = table.astype(int) @ other.T, table.sum(axis=1)
    share = (shared * (shared - 1)).mean(axis=1) / (number * (number - 1))
    assert bits.pairs_in_common(bits.bits_above(table, 0), bits.bits_above(other, 0)) == pytest.approx(share)


def test_sums_over_ties(tied):
    start, item, _, found = network.listed(tied)
    value, group = DRAW.random(SIZE), DRAW.integers(0, 3, SIZE)
    trust = attitudes()
    assert ties.tie_sums(start, item, value) == pytest.approx(tied @ value)
    ends = np.bincount(group, weights=tied.sum(axis=1))
    within = (tied & (group[:, None] == group)).sum()
    assert bits.ties_within(found, tied.sum(axis=1) * 1.0, group) == (within, ends @ ends)
    assert ties.sum_listed(trust, start, item) == pytest.approx(trust[tied].sum())
    assert bits.shared_partners(found, start, item) == np.triu((tied.astype(int) @ tied) * tied).sum()


def test_sums_within_groups(tied):
    members, trust = DRAW.random((4, SIZE)) < 0.3, attitudes()
    groups = network.listed(members)
    for matrix in (tied, trust):
        expected = [matrix[np.ix_(inside, inside)].sum() for inside in members]
        assert network.group_sums(matrix, members) == pytest.approx(expected)
    assert network.group_sums(network.listed(tied), groups).tolist() == network.group_sums(tied, groups).tolist()


def test_sums_of_trust():
    trust = attitudes()
    friends = (trust > 0.6) & (trust.T > 0.6)
    expected = [(trust**2).sum(), (trust**3).sum(), (trust**4).sum(), friends.sum()]
    *sums, mutual = pairs.trust_shape(trust, 0.6)
    assert sums == pytest.approx(expected)
    assert mutual.tolist() == pairs.strengths(trust).tolist()


def test_who_understands_whom():
    understanding, people = attitudes(), DRAW.random(SIZE)
    sent, received, familiar, between = pairs.known(understanding, 0.3, people)
    assert sent == pytest.approx(understanding.sum(axis=1))
    assert received == pytest.approx(understanding.sum(axis=0))
    assert familiar.tolist() == network.listed(understanding > 0.3).bits.tolist()
    assert between == pytest.approx(people @ understanding @ people)


@pytest.mark.parametrize("size", [0, 1, 2, 7, 64])
def test_sums_from_four_places_at_a_time(size):
    matrix = DRAW.random((size, size))
    assert pairs.sent(matrix) == pytest.approx(matrix.sum(axis=1))
    assert pairs.received(matrix) == pytest.approx(matrix.sum(axis=0))
    assert pairs.total(matrix) == pytest.approx(matrix.sum())


def test_what_is_sent_and_received_and_answered():
    five, north = np.stack([attitudes() for _ in range(5)]), DRAW.random(SIZE) < 0.3
    for flows in (five, five[:3].copy()):
        expected = np.stack([flows[:, ~north].sum(axis=1), flows[:, north].sum(axis=1)], axis=1)
        received, together = pairs.flows_together(flows, north)
        assert received == pytest.approx(expected)
        assert together == pytest.approx(flows.sum(axis=0))
    for k, matrix in enumerate(flows):
        sent, alone = pairs.sent_and_received(matrix, north)
        assert sent == pytest.approx(matrix.sum(axis=1))
        assert alone.tolist() == received[k].tolist()
    sent, alone = pairs.exchanged(*flows)
    assert sent == pytest.approx(flows.sum(axis=2))
    assert alone == pytest.approx(flows.sum(axis=(0, 1)))
    assert pairs.answered(together) == pytest.approx(np.minimum(together, together.T).sum())


def test_strengths_above_edges(tied):
    interest, trust = attitudes(), attitudes()
    a, b = np.triu_indices(SIZE, 1)
    assert pairs.strengths(trust).tolist() == (trust * trust.T)[a, b].tolist()
    mutual = pairs.strengths(interest), pairs.strengths(trust)
    strength = mutual[0] * mutual[1]
    edges = np.array([0.01, 0.1, 0.3])
    expected = [[(strength > edge).sum(), (tied[a, b] & (strength > edge)).sum()] for edge in edges]
    assert pairs.count_above(*mutual, *network.listed(tied)[:2], edges).tolist() == expected


def test_sums_above_the_diagonal_where_another_matrix_is_above_nil():
    matrix, weight = attitudes(), np.maximum(attitudes() - 0.5, 0)
    where = np.triu(weight > 0)
    assert pairs.upper_sum_where(matrix, weight) == pytest.approx((matrix[where].sum(), where.sum()))


def test_values_near_a_level_are_found_and_those_below_counted():
    matrix = attitudes().round(2)
    off = matrix[~np.eye(SIZE, dtype=bool)]
    for low, high in ((0.0, 0.1), (0.5, 0.5), (0.7, 0.75), (2.0, 3.0), (-1.0, 2.0), (np.nan, np.nan)):
        below, found = pairs.near_values(matrix, low, high)
        assert below == (off < low).sum()
        assert found.tolist() == off[(off >= low) & (off <= high)].tolist()


def test_treaties_by_stratum(tied):
    interest, trust, edges = attitudes(), attitudes(), np.array([0.01, 0.1, 0.3])
    agreement = np.where(tied, 5, -1).astype(np.int32)
    a, b = np.sort([DRAW.permutation(SIZE)[:2] for _ in range(300)], axis=1).T
    rows = np.zeros(300, dtype=AGREEMENT)
    rows["a"], rows["b"], rows["topic"] = a, b, DRAW.integers(0, 5, 300)
    rows["form"], rows["signed"] = DRAW.integers(0, 2, 300), DRAW.integers(2030, 2032, 300)
    counted = (rows["topic"] >= 1) & (rows["topic"] <= 3) & (rows["form"] == 0) & (rows["signed"] == 2031)
    mutual = pairs.strengths(interest), pairs.strengths(trust)
    strength = (interest * interest.T * (trust * trust.T))[a, b]
    expected = np.zeros((4, 2))
    np.add.at(expected, (np.searchsorted(edges, strength[counted]), tied[a, b][counted].astype(int)), 1)
    found = pairs.treaties_by_stratum(rows, 1, 3, 0, 2031, *mutual, agreement, edges)
    assert found.tolist() == expected.tolist()
    assert found.sum() == counted.sum() > 20


def test_shares_within_groups():
    table, value = DRAW.random((4, SIZE)) < 0.3, DRAW.random(SIZE)
    table[1] = False
    within = DRAW.random(4)
    found = ties.shares_inside(within, value, *network.listed(table)[:2])
    assert found == pytest.approx([within[r] / value[row].sum() if row.any() else 0 for r, row in enumerate(table)])


def test_parties_of_a_norm():
    adopted, compliance, reserved = DRAW.random(SIZE) < 0.5, DRAW.random(SIZE), DRAW.random(SIZE) < 0.2
    expected = (adopted.sum(), compliance[adopted].sum(), reserved.sum())
    assert values.parties(adopted, compliance, reserved) == pytest.approx(expected)


def test_shares_and_balances():
    amounts, others, north = DRAW.random(SIZE), DRAW.random(SIZE), DRAW.random(SIZE) < 0.3
    assert values.share_of(amounts, north * 1.0) == pytest.approx(amounts[north].sum() / amounts.sum())
    down, up = others[~north].sum(), amounts[north].sum()
    assert values.balance(amounts, others, north * 1.0) == pytest.approx((down - up) / (down + up))
    assert values.share_of(np.zeros(3), np.ones(3)) == values.balance(np.zeros(3), np.zeros(3), np.ones(3)) == 0


@pytest.mark.parametrize("number", [1, 5, 20])
def test_what_the_largest_hold(number):
    amounts = DRAW.integers(0, 9, 20).astype(float)  # some are alike
    assert values.largest_share(amounts, number) == pytest.approx(np.sort(amounts)[-number:].sum() / amounts.sum())
    assert values.largest_share(np.zeros(20), number) == 0


def test_sums_by_kind():
    kind, amount = DRAW.integers(0, 3, 50), DRAW.random(50)
    assert values.sums_by(kind, amount, 5) == pytest.approx(np.bincount(kind, weights=amount, minlength=5))

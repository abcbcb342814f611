"""Measures of networks against networkx, and against numbers worked out by hand."""

import networkx as nx
import numpy as np
import pytest

from coopsim.results import network


def random_ties(seed: int, size: int = 30, density: float = 0.3) -> np.ndarray:
    draw = np.random.default_rng(seed)
    upper = np.triu(draw.random((size, size)) < density * draw.random((size, 1)) * 2, 1)
    return (upper | upper.T).astype(float)


def graph(ties: np.ndarray) -> nx.Graph:
    return nx.from_numpy_array(ties)


EMPTY, COMPLETE = np.zeros((5, 5)), np.ones((5, 5)) - np.eye(5)
STAR = np.zeros((5, 5))
STAR[0, 1:] = STAR[1:, 0] = 1


@pytest.mark.parametrize("seed", range(6))
def test_transitivity_is_that_of_networkx(seed):
    ties = random_ties(seed)
    assert network.transitivity(ties) == pytest.approx(nx.transitivity(graph(ties)), abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_assortativity_is_that_of_networkx(seed):
    ties = random_ties(seed)
    expected = nx.degree_assortativity_coefficient(graph(ties))
    assert network.assortativity(ties) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("seed", range(6))
def test_modularity_is_that_of_networkx(seed):
    ties = random_ties(seed)
    groups = np.random.default_rng(seed).integers(0, 4, len(ties))
    partition = [set(np.flatnonzero(groups == k).tolist()) for k in range(4)]
    assert network.modularity(ties, groups) == pytest.approx(nx.community.modularity(graph(ties), partition))


@pytest.mark.parametrize("seed", range(6))
def test_eigenvector_centrality_is_that_of_networkx(seed):
    ties = random_ties(seed)
    component = sorted(max(nx.connected_components(graph(ties)), key=len))
    ties = ties[np.ix_(component, component)]
    expected = nx.eigenvector_centrality_numpy(graph(ties))
    assert network.leading_eigenvector(ties) == pytest.approx(list(expected.values()), abs=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_core_periphery_is_the_correlation_over_pairs(seed):
    ties = random_ties(seed)
    a, b = np.triu_indices(len(ties), 1)
    centre = network.leading_eigenvector(ties)
    expected = np.corrcoef(ties[a, b], centre[a] * centre[b])[0, 1]
    assert network.core_periphery(ties) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_reciprocity_of_whole_ties_is_that_of_networkx(seed):
    directed = (np.random.default_rng(seed).random((20, 20)) < 0.3).astype(float)
    np.fill_diagonal(directed, 0)
    expected = nx.overall_reciprocity(nx.from_numpy_array(directed, create_using=nx.DiGraph))
    assert network.reciprocity(directed) == pytest.approx(expected)


def test_reciprocity_weighs_flows():
    # 3 there and 1 back: of 4 in all, 2 x 1 are answered.
    assert network.reciprocity(np.array([[0.0, 3.0], [1.0, 0.0]])) == pytest.approx(0.5)


@pytest.mark.parametrize("values", [[1, 1, 1], [0, 0, 1], [1, 2, 3, 10], [5]])
def test_gini_is_half_the_relative_mean_difference(values):
    numbers = np.array(values, dtype=float)
    differences = np.abs(numbers[:, None] - numbers[None, :]).mean()
    assert network.gini(numbers) == pytest.approx(differences / (2 * numbers.mean()), abs=1e-12)


def test_top_share_rounds_the_number_of_states_up():
    assert network.top_share(np.array([4.0, 3.0, 2.0, 1.0])) == pytest.approx(0.4)
    assert network.top_share(np.arange(1.0, 12.0)) == pytest.approx((11 + 10) / 66)


def test_inside_outside_by_loops():
    matrix = np.random.default_rng(1).random((7, 7))
    np.fill_diagonal(matrix, 0)
    members = np.array([[1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 0]], dtype=bool)
    expected = []
    for inside in ([0, 1, 2], [4, 5]):
        outside = [j for j in range(7) if j not in inside]
        within = np.mean([matrix[i, j] for i in inside for j in inside if i != j])
        across = np.mean([[matrix[i, j], matrix[j, i]] for i in inside for j in outside])
        expected.append(within - across)
    ends = matrix.sum(axis=0) + matrix.sum(axis=1)
    assert network.inside_outside(matrix, members, ends) == pytest.approx(expected)


def test_group_sums_by_loops():
    matrix = np.random.default_rng(1).random((6, 6))
    members = np.array([[1, 0, 1, 0, 0, 0], [0] * 6, [1] * 6, [0, 0, 0, 0, 0, 1], [0] * 6], dtype=bool)
    expected = [matrix[np.ix_(row, row)].sum() for row in members]
    assert network.group_sums(matrix, members) == pytest.approx(expected)
    assert network.group_sums(matrix, members[:0]).shape == (0,)
    assert network.group_sums(matrix, members[1:2]).tolist() == [0]


@pytest.mark.parametrize("seed", range(20))
def test_the_innermost_core_is_that_of_networkx(seed):
    ties = random_ties(seed, size=5 + 3 * seed, density=0.05 * seed)
    depth = nx.core_number(graph(ties))
    most = max(depth.values())
    expected = (most, sum(k == most for k in depth.values())) if most else (0, 0)
    assert network.innermost_core(ties) == expected


def test_mutual_correlation_by_loops():
    matrix = np.random.default_rng(2).random((8, 8))
    np.fill_diagonal(matrix, 0)
    off = ~np.eye(8, dtype=bool)
    expected = np.corrcoef(matrix[off], matrix.T[off])[0, 1]
    assert network.mutual_correlation(matrix) == pytest.approx(expected)


@pytest.mark.parametrize("ties", [np.zeros((1, 1)), np.zeros((2, 2)), EMPTY, COMPLETE])
def test_without_a_value_a_measure_is_zero(ties):
    assert network.assortativity(ties) == 0
    assert network.core_periphery(ties) == 0
    assert network.innermost_core(ties) == ((4, 5) if ties is COMPLETE else (0, 0))
    assert network.gini(ties.sum(axis=1)) == pytest.approx(0)
    assert np.isfinite(network.top_share(ties.sum(axis=1)))
    assert network.transitivity(ties) == (1 if ties is COMPLETE else 0)
    assert network.modularity(ties, np.zeros(len(ties), dtype=np.int64)) == pytest.approx(0)


def test_a_star_does_not_swing_for_ever():
    centre = network.leading_eigenvector(STAR)
    assert centre == pytest.approx([np.sqrt(0.5)] + 4 * [np.sqrt(1 / 8)], abs=1e-5)
    assert network.core_periphery(STAR) > 0.9
    assert network.assortativity(STAR) == pytest.approx(-1)

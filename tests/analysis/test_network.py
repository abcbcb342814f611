"""Networks against their rewired copies."""

import networkx as nx
import numpy as np
import pytest

from coopsim.analysis.network import (
    Comparison,
    against_rewired,
    closure,
    communities,
    louvain_modularity,
    mixing,
    rewired,
    ties_in,
)
from coopsim.experiment import run
from coopsim.results import network
from coopsim.rng import Streams
from worlds import short_config


def symmetric(graph):
    return nx.to_numpy_array(graph)


CLIQUES = symmetric(nx.connected_caveman_graph(6, 6))
RANDOM = symmetric(nx.gnp_random_graph(60, 0.15, seed=2))


def stream(number=1):
    return Streams(1)("test", number)


@pytest.mark.parametrize("ties", [CLIQUES, RANDOM, np.zeros((4, 4)), np.ones((4, 4)) - np.eye(4)])
def test_rewiring_keeps_degrees_and_nothing_else(ties):
    found = rewired(ties, stream())
    assert (found == found.T).all()
    assert not found.diagonal().any()
    assert set(np.unique(found)) <= {0, 1}
    assert (found.sum(axis=1) == ties.sum(axis=1)).all()
    assert (found == rewired(ties, stream())).all()


def test_rewiring_forgets_where_ties_were():
    kept = (rewired(CLIQUES, stream()) * CLIQUES).sum() / CLIQUES.sum()
    assert kept < 0.35
    assert (rewired(CLIQUES, stream(1)) != rewired(CLIQUES, stream(2))).any()


def test_all_networks_of_these_degrees_are_equally_likely():
    # Two ties among four states, each with one: three networks.
    pairs = np.zeros((4, 4))
    pairs[0, 1] = pairs[1, 0] = pairs[2, 3] = pairs[3, 2] = 1
    first = [int(np.flatnonzero(rewired(pairs, stream(number))[0])[0]) for number in range(600)]
    assert np.bincount(first, minlength=4)[1:] == pytest.approx([200, 200, 200], abs=45)


def test_cliques_are_closed_and_random_networks_are_not():
    assert closure(CLIQUES).ratio > 3
    chance = closure(RANDOM)
    assert abs(chance.excess) < 3 * chance.sd
    assert chance.observed == network.transitivity(RANDOM)


def test_cliques_are_communities_and_random_networks_have_none():
    assert communities(CLIQUES).excess > 0.2
    assert abs(communities(RANDOM, networks=10).excess) < 0.05
    best = nx.community.modularity(nx.from_numpy_array(CLIQUES), [range(6 * k, 6 * k + 6) for k in range(6)])
    assert louvain_modularity(CLIQUES, stream()) == pytest.approx(best)
    assert louvain_modularity(np.zeros((3, 3)), stream()) == 0


def test_a_hub_is_disassortative_by_its_degree_alone():
    star = symmetric(nx.star_graph(8))
    assert mixing(star) == Comparison(-1.0, -1.0, 0.0)


def test_the_same_seed_gives_the_same_answer():
    def count(ties, _):
        return float(ties[0, 1])

    assert communities(RANDOM, networks=3, seed=4) == communities(RANDOM, networks=3, seed=4)
    assert closure(RANDOM, networks=3, seed=4) != closure(RANDOM, networks=3, seed=5)
    assert against_rewired(RANDOM, count, networks=0).expected == 0
    assert Comparison(1.0, 0.0, 0.0).ratio == 0


def test_the_ties_of_any_year_come_from_the_ledger():
    results = run(short_config(15, 12, {"bilateral.base_rate": 0.3, "renewal.lapse": 0.5}), seed=3)
    for row in results.indicators.to_dict("records"):
        ties = ties_in(results, row["year"])
        assert ties.sum() / 2 == row["agreements"]
        assert network.transitivity(ties) == row["transitivity"]

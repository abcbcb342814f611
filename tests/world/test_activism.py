"""Lasting activism: what the treaty record says of a state, and chance for the rest."""

from dataclasses import replace

import numpy as np
import pytest

from coopsim.rng import Stream
from coopsim.world.build import WorldSpec, build_world
from coopsim.world.initial import InitialParams, lasting_activism
from coopsim.world.tables import real_facts

BARE = InitialParams(density=0.0)


def activism(settings, spec=None, seed=1):
    return build_world(spec or WorldSpec(), settings, 2025, Stream(seed, "world", 2025)).states.activism


def test_formula():
    alpha = lasting_activism(np.array([1.0, 0.0]), np.array([0.6, 0.0]), 1.2, np.array([0.5, -1.0]))
    assert np.log(alpha) == pytest.approx([1.2 * (1.0 + 0.8 * 0.5) - 0.72, -1.2 - 0.72])


def test_draws_have_the_posterior_as_distribution():
    noise = np.random.default_rng(0).normal(size=200_000)
    drawn = np.log(lasting_activism(np.full(noise.size, 0.9), np.full(noise.size, 0.8), 1.2, noise))
    assert drawn.mean() == pytest.approx(1.2 * 0.9 - 0.72, abs=0.01)
    assert drawn.std() == pytest.approx(1.2 * 0.6, abs=0.01)


@pytest.mark.parametrize("kind", ["data", "lognormal", "ones"])
def test_no_spread_means_all_alike(kind):
    assert (activism(replace(BARE, activism=kind, activism_spread=0.0)) == 1).all()


def test_synthetic_states_have_no_record():
    spec = WorldSpec(synthetic=30)
    known, drawn = (activism(replace(BARE, activism=kind), spec) for kind in ("data", "lognormal"))
    assert known == pytest.approx(drawn)
    assert known.std() > 0


def test_the_record_moves_only_the_states_that_have_one():
    facts = real_facts()
    known, drawn = (activism(replace(BARE, activism=kind)) for kind in ("data", "lognormal"))
    recorded = facts.activism_reliability > 0
    assert known[~recorded] == pytest.approx(drawn[~recorded])
    assert (known[recorded] != drawn[recorded]).all()


def test_france_leads_honduras_in_every_world():
    facts = real_facts()
    france, honduras = (int(np.flatnonzero(facts.iso3 == code)[0]) for code in ("FRA", "HND"))
    for seed in range(20):
        alpha = activism(BARE, seed=seed)
        assert alpha[france] > alpha[honduras]


def test_subset_keeps_the_figures_with_their_states():
    facts = real_facts()
    rows = np.flatnonzero(np.isin(facts.iso3, ["DEU", "FRA", "HRV"]))
    some = facts.subset(rows)
    assert (some.activism_score == facts.activism_score[rows]).all()
    assert some.activism_reliability[list(some.iso3).index("HRV")] == 0

"""M19: cultural ties and trust favour treaties on other topics."""

import numpy as np
import pytest
import reference_full as slow
from scipy.stats import chisquare

from coopsim.mechanisms.spillover import TOPIC_SHARES, SpilloverParams, log_rates, spill_over
from worlds import run, short_config, stream, tie, tiny_world

DEFAULT = SpilloverParams()


def rates(world, p=DEFAULT):
    a, b = world.pairs
    return np.exp(log_rates(world, p, a, b).sum(axis=1))


def treaties(world, base_rate):
    """Number of new treaties of each pair."""
    before = world.dyads.other_treaties.sum(axis=0)
    spill_over(world, SpilloverParams(base_rate=base_rate), stream("spillover"))
    return (world.dyads.other_treaties.sum(axis=0) - before)[world.pairs]


def test_rates_worked_out_by_hand():
    world = tiny_world(3)
    tie(world, 0, 1)
    # Trust 1/2 and interest 1/2: .06 x e^0 x .7 = .042; with an agreement x e^.4 = .062657.
    assert rates(world) == pytest.approx([0.062657, 0.042, 0.042], abs=1e-6)


def test_new_treaties_enter_the_ledger_and_the_count_both_ways():
    world = tiny_world(6)
    counters = spill_over(world, SpilloverParams(base_rate=2), stream("spillover"))
    rows = world.agreements.rows
    rows = rows[rows["topic"] > 0]
    assert counters["other treaties"] == len(rows) > 10
    assert (rows["signed"] == world.year).all()
    count = np.zeros_like(world.dyads.other_treaties)
    np.add.at(count, (rows["topic"] - 1, rows["a"], rows["b"]), 1)
    assert np.array_equal(world.dyads.other_treaties, count + count.transpose(0, 2, 1))


def test_reasons_in_the_ledger_sum_to_the_log_rate():
    world = tiny_world(2)
    tie(world, 0, 1)
    spill_over(world, SpilloverParams(base_rate=2, trust=0), stream("spillover", seed=3))
    row = world.agreements.rows[-1]
    assert row["topic"] > 0
    assert row["why"].sum() == pytest.approx(np.log(2 * np.exp(0.4) * 0.7), abs=1e-9)


def test_topics_follow_their_shares():
    world = tiny_world(60, trust=1.0, interest=1.0)
    for year in range(3):
        spill_over(world, SpilloverParams(base_rate=1), stream(year=year))
    counts = world.dyads.other_treaties.sum(axis=(1, 2)) / 2
    assert chisquare(counts, counts.sum() * TOPIC_SHARES).pvalue > 1e-4


def test_no_base_rate_means_no_treaty():
    assert not treaties(tiny_world(8), base_rate=0).any()


def test_agreement_and_trust_push_when_their_weights_do():
    world = tiny_world(2, trust=0.8)
    tie(world, 0, 1)
    usual = rates(world)[0]
    assert rates(world, SpilloverParams(agreement=1))[0] > usual
    assert rates(world, SpilloverParams(trust=4))[0] > usual
    assert rates(world, SpilloverParams(agreement=0))[0] == pytest.approx(usual / np.exp(0.4))


@pytest.mark.parametrize("seed", range(10))
def test_rates_agree_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    w = slow.read(world)
    expected = np.array([slow.m19_rate(w, i, j, 0.06, 0.4, 2.0) for i, j in slow.pairs(w)])
    np.testing.assert_allclose(rates(world), expected, rtol=1e-12)
    # A pair has a treaty as soon as e^-rate falls below its luck: found just above that rate and not just below.
    luck = stream("spillover").uniform("treaties", len(expected))
    base = -np.log(luck) / (expected / 0.06)
    for k in np.flatnonzero(base < 1.9):
        found = [treaties(slow.random_world(seed), base[k] * side)[k] for side in (1 + slow.HAIR, 1 - slow.HAIR)]
        assert found == pytest.approx([1, 0], abs=1e-9)


def test_off_means_no_treaties_on_other_topics():
    world = run(short_config(8, 6, {"mechanisms.spillover": False, "spillover.base_rate": 2})).world
    assert not world.dyads.other_treaties.any()

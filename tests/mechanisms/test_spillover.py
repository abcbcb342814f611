"""M19: cultural ties and trust favour treaties on other topics."""

import numpy as np
import pytest
import reference_full as slow
from scipy.stats import chisquare

from coopsim.mechanisms.spillover import TOPIC_SHARES, SpilloverParams, spill_over
from worlds import run, short_config, stream, tie, tiny_world

DEFAULT = SpilloverParams()


def rates(world, p=DEFAULT):
    dial = slow.Dial()
    spill_over(world, p, dial)
    return dial.means["treaties"]


def test_rates_worked_out_by_hand():
    world = tiny_world(3)
    tie(world, 0, 1)
    # Trust 1/2 and interest 1/2: .06 x e^0 x .7 = .042; with an agreement x e^.4 = .062657.
    assert rates(world) == pytest.approx([0.062657, 0.042, 0.042], abs=1e-6)


def test_new_treaties_enter_the_ledger_and_the_count_both_ways():
    world = tiny_world(3)
    counters = spill_over(world, DEFAULT, slow.Dial({"treaties": [2, 0, 1], "topic": 0.4}))
    assert counters["other treaties"] == 3
    # Topic: .4 lies between .35 and .55, so science, the second.
    assert world.dyads.other_treaties[1].tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]
    assert world.dyads.other_treaties.sum() == 6
    rows = world.agreements.rows[-3:]
    assert set(rows["topic"].tolist()) == {2}
    assert (rows["signed"] == world.year).all()


def test_reasons_in_the_ledger_sum_to_the_log_rate():
    world = tiny_world(2)
    tie(world, 0, 1)
    spill_over(world, DEFAULT, slow.Dial({"treaties": [1]}))
    assert world.agreements.rows["why"][-1].sum() == pytest.approx(np.log(0.06 * np.exp(0.4) * 0.7), abs=1e-9)


def test_topics_follow_their_shares():
    world = tiny_world(60, trust=1.0, interest=1.0)
    for year in range(3):
        spill_over(world, SpilloverParams(base_rate=1), stream(year=year))
    counts = world.dyads.other_treaties.sum(axis=(1, 2)) / 2
    assert chisquare(counts, counts.sum() * TOPIC_SHARES).pvalue > 1e-4


def test_no_base_rate_means_no_treaty():
    assert not rates(tiny_world(3), SpilloverParams(base_rate=0)).any()


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
    expected = [slow.m19_rate(w, i, j, 0.06, 0.4, 2.0) for i, j in slow.pairs(w)]
    np.testing.assert_allclose(rates(world), expected, rtol=1e-12)


def test_off_means_no_treaties_on_other_topics():
    world = run(short_config(8, 6, {"mechanisms.spillover": False, "spillover.base_rate": 2})).world
    assert not world.dyads.other_treaties.any()

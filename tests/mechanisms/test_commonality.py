"""M0 Commonality and its discovery, by hand in three states."""

import numpy as np
import pytest

from coopsim.mechanisms.commonality import CommonalityParams, perceive, start
from worlds import matrix, tie, tiny_world


def params(**values):
    """Return parameters of their own, so that no test here moves with the defaults."""
    return CommonalityParams(**{"joint_weight": 0.3, "discovered_start": 0.5, "discovery_rate": 0.05, **values})


HISTORY = matrix([0, 0.4, 0], [0.4, 0, 0], [0, 0, 0])
PRACTICE = matrix([0, 0.2, 0], [0.2, 0, 0], [0, 0, 0])


def test_history_practice_and_what_was_built_jointly_make_commonality():
    world = tiny_world(history=HISTORY, practice=PRACTICE, joint=0.5)
    perceive(world, params(joint_weight=0.3), None)
    # base = .4/2 + .2/2 = .3;  C = 1 - (1 - .3)(1 - .3 * .5) = 1 - .7 * .85 = .405
    assert world.dyads.commonality[0, 1] == pytest.approx(0.405)
    # without a base: C = 1 - (1 - .15) = .15
    assert world.dyads.commonality[0, 2] == pytest.approx(0.15)
    assert world.dyads.commonality.diagonal().tolist() == [0, 0, 0]


def test_a_mission_and_an_agreement_uncover_what_is_shared():
    missions = np.array([[0, 1, 0], [0, 0, 0], [0, 0, 0]], dtype=bool)
    world = tiny_world(history=HISTORY, practice=PRACTICE, discovered=0.5, missions=missions)
    tie(world, 0, 2)
    perceive(world, params(discovery_rate=0.05), None)
    # one mission of two, no agreement: exposure = (1/2 + 0)/2 = .25;  nu = .5 + .05 * .25 * .5 = .50625
    assert world.dyads.discovered[0, 1] == world.dyads.discovered[1, 0] == pytest.approx(0.50625)
    # an agreement, no mission: exposure = (0 + 1)/2 = .5;  nu = .5 + .05 * .5 * .5 = .5125
    assert world.dyads.discovered[0, 2] == pytest.approx(0.5125)
    assert world.dyads.discovered[1, 2] == 0.5
    # perceived = nu C = .50625 * .3
    assert world.dyads.perceived[0, 1] == pytest.approx(0.151875)


def test_full_exposure_closes_the_gap_at_the_rate():
    world = tiny_world(2, discovered=0.5, missions=True, history=0.6)
    tie(world, 0, 1)
    for _ in range(10):
        perceive(world, params(discovery_rate=0.05), None)
    # exposure 1: 1 - nu shrinks by .95 a year
    assert world.dyads.discovered[0, 1] == pytest.approx(1 - 0.5 * 0.95**10)


def test_at_rate_nil_nothing_is_discovered():
    world = tiny_world(discovered=0.5, missions=True)
    tie(world, 0, 1)
    perceive(world, params(discovery_rate=0), None)
    assert (world.dyads.discovered == 0.5 * (1 - np.eye(3))).all()


def test_joint_commonality_never_lowers_commonality():
    low, high = tiny_world(history=HISTORY, joint=0.1), tiny_world(history=HISTORY, joint=0.9)
    for world in (low, high):
        perceive(world, params(), None)
    off = ~np.eye(3, dtype=bool)
    assert (high.dyads.commonality[off] > low.dyads.commonality[off]).all()


def test_at_the_start_partners_know_what_they_share_and_others_a_part():
    world = tiny_world(commonality=0.4)
    tie(world, 0, 1)
    start(world, params(discovered_start=0.25), None)
    assert world.dyads.discovered.tolist() == [[0, 1, 0.25], [1, 0, 0.25], [0.25, 0.25, 0]]
    assert world.dyads.perceived[0, 1] == pytest.approx(0.4)
    assert world.dyads.perceived[0, 2] == pytest.approx(0.1)

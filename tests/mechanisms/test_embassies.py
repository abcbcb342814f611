"""M5 Embassies, by hand in three states."""

import numpy as np
import pytest

from coopsim.mechanisms.embassies import EmbassyParams, represent
from worlds import tiny_world


def params(**values):
    """Return parameters of their own, so that no test here moves with the defaults."""
    return EmbassyParams(**{"reach_without": 0.1, "facilitation": 0.5, **values})


MISSIONS = np.array([[0, 1, 1], [0, 0, 0], [1, 0, 0]], dtype=bool)


def test_missions_carry_diplomacy_and_help_programmes():
    world = tiny_world(missions=MISSIONS)
    assert represent(world, params(reach_without=0.1, facilitation=0.5), None) == {"missions": 3}
    dyads = world.dyads
    # one mission of two: .1 + .9/2 = .55; two: 1; none: .1
    assert dyads.reach == pytest.approx(np.array([[0, 0.55, 1], [0.55, 0, 0.1], [1, 0.1, 0]]))
    # the row's own mission helps the row's programmes
    assert dyads.facilitation == pytest.approx(1 + 0.5 * MISSIONS)
    assert dyads.programme_reach[0, 1] == 1
    assert dyads.programme_reach[1, 0] == pytest.approx(0.2)
    assert dyads.programme_reach.diagonal().tolist() == [0, 0, 0]


def test_full_reach_without_missions_makes_them_needless_for_signing():
    world = tiny_world(missions=MISSIONS)
    represent(world, params(reach_without=1, facilitation=0), None)
    assert (world.dyads.reach == 1 - np.eye(3)).all()
    assert (world.dyads.facilitation == 1).all()


def test_no_reach_and_no_mission_is_no_reach_at_all():
    world = tiny_world(missions=MISSIONS)
    represent(world, params(reach_without=0), None)
    assert world.dyads.reach[1, 2] == 0


def test_a_further_mission_never_lowers_reach():
    before, after = tiny_world(missions=MISSIONS), tiny_world(missions=MISSIONS | MISSIONS.T)
    for world in (before, after):
        represent(world, params(), None)
    assert (after.dyads.reach >= before.dyads.reach).all()
    assert after.dyads.reach[0, 1] > before.dyads.reach[0, 1]

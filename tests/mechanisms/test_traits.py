"""M18: practices spread by imitation, and new ones appear."""

import numpy as np
import pytest
import reference_full as slow

from coopsim.mechanisms.traits import TraitParams, meeting_weights, spread
from coopsim.model import CoopModel
from coopsim.world.activities import EDUCATION, EVENTS
from worlds import matrix, run, short_config, stream, tiny_world

DEFAULT = TraitParams()


def two_cultures():
    """States 0 and 1 share half of eight practices; state 0 meets 1, and 2 meets nobody."""
    world = tiny_world(3, understanding=matrix((0, 1, 0), (0, 0, 0), (0, 0, 0)))
    world.states.traits[0] = [1, 1, 1, 1, 2, 2, 2, 2]
    world.states.traits[1] = [1, 1, 1, 1, 3, 3, 3, 3]
    return world


def test_whom_a_state_meets_worked_out_by_hand():
    world = tiny_world(3, understanding=0.5)
    world.dyads.trade[1, 0], world.dyads.trade[2, 0] = 0.3, 0.1
    world.dyads.dose[EVENTS, 2, 0] = np.log(2)
    world.dyads.dose[EDUCATION, 2, 0] = np.log(2)
    world.event_orientation = 0.4
    # 1: .5 x (.2 + .75) = .475; 2: .5 x (.2 + .25) + .4 x .5 + .3 x .5 = .225 + .2 + .15 = .575.
    assert meeting_weights(world)[0] == pytest.approx([0, 0.475, 0.575])


def test_a_state_copies_one_practice_in_which_they_differ():
    world = two_cultures()
    luck = {"meets": [0.1999, 0.9, 0.9], "whom": 0.5, "copies": 0.499, "which": 0.3}
    counters = spread(world, DEFAULT, slow.Dial(luck))
    # Of the four different practices .3 x 4 = 1.2 points to the second: practice 5.
    assert counters["practices copied"] == 1
    assert world.states.traits[0].tolist() == [1, 1, 1, 1, 2, 3, 2, 2]
    assert world.dyads.practice[0, 1] == 5 / 8


@pytest.mark.parametrize("missed", [{"meets": 0.2001}, {"copies": 0.501}])
def test_no_copy_without_a_meeting_or_without_enough_in_common(missed):
    world = two_cultures()
    before = world.states.traits.copy()
    luck = {"meets": 0.1, "whom": 0.5, "copies": 0.1, "which": 0.3} | missed
    assert spread(world, DEFAULT, slow.Dial(luck))["practices copied"] == 0
    assert np.array_equal(world.states.traits, before)


def test_cultures_with_nothing_in_common_never_copy_and_equal_ones_cannot():
    for row in ([4, 4, 4, 4, 4, 4, 4, 4], [1, 1, 1, 1, 2, 2, 2, 2]):
        world = two_cultures()
        world.states.traits[1] = row
        luck = {"meets": 1e-9, "whom": 0.5, "copies": 1e-9, "which": 0.5}
        assert spread(world, DEFAULT, slow.Dial(luck))["practices copied"] == 0


def test_practices_change_at_twice_the_rate_over_their_number():
    world = tiny_world(3)
    chance = 2 * 0.01 / 8
    invented = {"new practice": 0.99}  # the last of the variants
    for side, changed in ((1 + slow.HAIR, 0), (1 - slow.HAIR, 24)):
        luck = slow.Dial(invented | {"mutates": chance * side})
        assert spread(world, DEFAULT, luck)["practices invented"] == changed
    assert (world.states.traits == world.variants - 1).all()


@pytest.mark.parametrize("seed", range(10))
def test_meeting_weights_agree_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    np.testing.assert_allclose(meeting_weights(world), slow.m18_meeting(slow.read(world)), rtol=1e-12, atol=1e-15)


def test_imitation_alone_makes_practices_converge_and_innovation_alone_scatters_them():
    shared = {}
    for name, values in (("copy", {"copying": 5, "innovation": 0}), ("invent", {"copying": 0, "innovation": 0.5})):
        config = short_config(10, 30, {f"traits.{key}": value for key, value in values.items()})
        model = CoopModel(config, rng=1)
        first = model.world.dyads.practice.sum()
        model.run_for(30)
        shared[name] = model.world.dyads.practice.sum() - first
    assert shared["copy"] > 0 > shared["invent"]


def test_without_imitation_and_innovation_practices_stay():
    world = two_cultures()
    before = world.states.traits.copy()
    spread(world, TraitParams(copying=0, innovation=0), stream())
    assert np.array_equal(world.states.traits, before)


def test_off_means_that_practices_stay():
    config = short_config(8, 6, {"mechanisms.traits": False, "traits.innovation": 0.5})
    start, end = CoopModel(config, rng=1), run(config)
    assert np.array_equal(start.world.states.traits, end.world.states.traits)
    assert np.array_equal(start.world.dyads.practice, end.world.dyads.practice)

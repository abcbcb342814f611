"""M21: access spreads, events reach further, exchange goes on without travel."""

import numpy as np
import pytest
import reference_full as slow

from coopsim.mechanisms.digital import DigitalParams, connect
from coopsim.world.activities import EDUCATION, MOBILITY
from worlds import run, short_config, stream, tiny_world

DEFAULT = DigitalParams()


def test_access_reach_and_virtual_exchange_worked_out_by_hand():
    world = tiny_world(2, digital_access=np.array([0.5, 0.32]))
    world.dyads.dose[MOBILITY, 1, 0] = world.dyads.dose[EDUCATION, 1, 0] = np.log(2) / 2
    connect(world, DEFAULT, stream())
    # psi: .5 + .05 x .25 = .5125; reach 1/(1 - .3 x .0125) = 1.003764.
    assert world.states.digital_access[0] == pytest.approx(0.5125)
    assert world.states.event_reach[0] == pytest.approx(1.003764, abs=1e-6)
    # virt: .5 x .2 x sqrt(.5 x .32) x (1 - e^-ln 2) = .1 x .4 x .5 = .02, for 0 about 1.
    assert world.dyads.virtual[0, 1] == pytest.approx(0.02)
    assert world.dyads.virtual[1, 0] == 0


def test_access_grows_to_everybody_from_anybody_and_from_nobody_never():
    world = tiny_world(2, digital_access=np.array([0.01, 0.0]))
    for _ in range(400):
        connect(world, DEFAULT, stream())
    assert world.states.digital_access == pytest.approx([1, 0], abs=1e-6)


def test_no_spread_and_nothing_virtual_is_a_standstill():
    world = tiny_world(2, digital_access=0.4)
    world.dyads.dose[:] = 1
    connect(world, DigitalParams(spread=0, virtual=0), stream())
    assert (world.states.digital_access == 0.4).all()
    assert (world.states.event_reach == 1).all()
    assert not world.dyads.virtual.any()


@pytest.mark.parametrize("seed", range(10))
def test_the_array_code_agrees_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    virtual, access, reach = slow.m21_digital(slow.read(world), 0.05, 0.2)
    connect(world, DEFAULT, stream())
    np.testing.assert_allclose(world.dyads.virtual, virtual, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(world.states.digital_access, access, rtol=1e-12)
    np.testing.assert_allclose(world.states.event_reach, reach, rtol=1e-12)


def test_off_means_fixed_access_and_no_virtual_exchange():
    world = run(short_config(8, 6, {"mechanisms.digital": False})).world
    assert np.array_equal(world.states.digital_access, world.reference.digital_access)
    assert (world.states.event_reach == 1).all()
    assert not world.dyads.virtual.any()

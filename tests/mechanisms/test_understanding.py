"""M14: understanding of each other's way of life."""

import numpy as np
import pytest
import reference_full as slow

from coopsim.mechanisms.understanding import UnderstandingParams, understand
from worlds import matrix, run, short_config, stream, tiny_world

DEFAULT = UnderstandingParams()
OFF_DIAGONAL = ~np.eye(3, dtype=bool)


def test_understanding_by_programmes_worked_out_by_hand():
    world = tiny_world(3)
    world.dyads.understanding_dose[1, 0] = 0.4  # programmes of 1 in 0 teach 0 about 1
    understand(world, DEFAULT, stream())
    # .15 x (1 - e^-.4) = .15 x .329680 = .049452.
    assert world.dyads.understanding[0, 1] == pytest.approx(0.049452, abs=1e-6)
    assert not np.delete(world.dyads.understanding.ravel(), 1).any()


def test_understanding_by_imports_worked_out_by_hand():
    world = tiny_world(3, digital_access=np.array([0.5, 0, 0]))
    world.dyads.trade[:] = matrix((0, 0, 0), (0.3, 0, 0), (0.1, 0, 0))
    understand(world, DEFAULT, stream())
    # 1 sells 0 three quarters of its imports, and half of 0 is online:
    # cu = sat(.5 x .75 x .75) = sat(.28125) = .245160; .15 x .245160 = .036774.
    assert world.dyads.understanding[0, 1] == pytest.approx(0.036774, abs=1e-6)


def test_v4_understanding_comes_to_rest_between_contact_and_fading():
    world = tiny_world(3, understanding_baseline=0.1, contact=0.7, understanding=0.9)
    for _ in range(400):
        understand(world, DEFAULT, stream())
    cu = 1 - np.exp(-0.7)
    rest = (0.15 * cu + 0.05 * 0.1) / (0.15 * cu + 0.05)
    assert world.dyads.understanding[OFF_DIAGONAL] == pytest.approx(rest, rel=1e-9)


def test_without_contact_understanding_fades_to_its_baseline():
    world = tiny_world(2, understanding=0.5, understanding_baseline=0.1)
    understand(world, DEFAULT, stream())
    assert world.dyads.understanding[0, 1] == pytest.approx(0.5 - 0.05 * 0.4)


@pytest.mark.parametrize("column", ["contact", "host_contact", "virtual", "trade"])
def test_every_kind_of_contact_raises_understanding(column):
    world, more = tiny_world(2), tiny_world(2)
    getattr(more.dyads, column)[1, 0] = getattr(more.dyads, column)[0, 1] = 0.5
    for each in (world, more):
        understand(each, DEFAULT, stream())
    assert (more.dyads.understanding > world.dyads.understanding)[0, 1]


@pytest.mark.parametrize("seed", range(10))
def test_the_array_code_agrees_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    expected = slow.m14_understanding(slow.read(world), 0.15, 0.05)
    understand(world, DEFAULT, stream())
    np.testing.assert_allclose(world.dyads.understanding, expected, rtol=1e-12, atol=1e-15)


def test_off_means_that_understanding_is_fixed():
    config = short_config(8, 5, {"mechanisms.understanding": False})
    dyads = run(config).world.dyads
    assert np.array_equal(dyads.understanding, dyads.understanding_baseline)

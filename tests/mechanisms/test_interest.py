"""M1 Strategic interest, by hand in three states."""

import math

import numpy as np
import pytest

from coopsim.mechanisms.interest import InterestParams, perceive
from worlds import matrix, tiny_world


def params(**values):
    """Return parameters of their own, so that no test here moves with the defaults."""
    return InterestParams(**{"base": -0.8, "mass": 1.8, "distance": 0.6, "affinity": 0.8, "scale": 1.0, **values})


GDP = np.exp([1.0, 2.0, 3.0])  # ln Y = 1, 2, 3: mean 2, sd sqrt(2/3), z = -1.224745, 0, 1.224745


def logistic(x):
    return 1 / (1 + math.exp(-x))


def test_mass_attracts_and_politics_puts_off():
    world = tiny_world(gdp=GDP, ideal_point=[0.0, 1.0, -1.0])
    perceive(world, params(base=-0.8, mass=1.8, distance=0.6, affinity=0.8), None)
    interest = world.dyads.interest
    # all equally far: -.8 + 1.8 * 0 - .8 * |0 - 1| = -1.6
    assert interest[0, 1] == pytest.approx(logistic(-1.6))
    # -.8 + 1.8 * 1.2247449 - .8 * |0 + 1| = .6045408
    assert interest[0, 2] == pytest.approx(logistic(0.6045408))
    # the small one: -.8 - 1.8 * 1.2247449 - .8 * 2 = -4.6045408
    assert interest[2, 1] == pytest.approx(logistic(-0.8 - 1.6))
    assert interest[1, 0] == pytest.approx(logistic(-0.8 - 2.2045408 - 0.8))
    assert interest.diagonal().tolist() == [0, 0, 0]
    # pol = exp(-|difference|)
    assert world.dyads.affinity[1, 2] == pytest.approx(math.exp(-2))


def test_distance_puts_off_relative_to_the_mean_log_distance():
    e = math.e
    world = tiny_world(gdp=1.0, distance=1000 * matrix([0, 1, e], [1, 0, e**2], [e, e**2, 0]))
    perceive(world, params(base=0, distance=0.6), None)
    # ln d - ln 1000 = 0, 1, 2 on the three pairs, mean 1: the nearest pair gets +.6, the farthest -.6
    assert world.dyads.interest[0, 1] == pytest.approx(logistic(0.6))
    assert world.dyads.interest[0, 2] == pytest.approx(0.5)
    assert world.dyads.interest[1, 2] == pytest.approx(logistic(-0.6))


def test_what_interventions_add_is_on_the_logit_of_one_direction():
    world = tiny_world(gdp=1.0, interest_shift=matrix([0, 2, 0], [0, 0, 0], [0, 0, 0]))
    perceive(world, params(base=0), None)
    assert world.dyads.interest[0, 1] == pytest.approx(logistic(2))
    assert world.dyads.interest[1, 0] == pytest.approx(0.5)


def test_scale_nil_is_a_world_without_interests():
    world = tiny_world(gdp=GDP)
    perceive(world, params(scale=0), None)
    assert not world.dyads.interest.any()


def test_without_weights_everybody_is_equally_interesting():
    world = tiny_world(gdp=GDP, ideal_point=[0.0, 1.0, -1.0])
    perceive(world, params(base=-0.8, mass=0, distance=0, affinity=0), None)
    assert world.dyads.interest[~np.eye(3, dtype=bool)] == pytest.approx(logistic(-0.8))


def test_political_distance_never_raises_interest():
    weak, strong = (tiny_world(gdp=GDP, ideal_point=[0.0, 1.0, -1.0]) for _ in range(2))
    perceive(weak, params(affinity=0.2), None)
    perceive(strong, params(affinity=2.0), None)
    off = ~np.eye(3, dtype=bool)
    assert (strong.dyads.interest[off] < weak.dyads.interest[off]).all()

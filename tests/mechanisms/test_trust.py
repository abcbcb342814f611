"""M12 Trust, by hand in three states."""

import math

import numpy as np
import pytest

from coopsim.mechanisms.trust import TrustParams, revise, update
from worlds import matrix, tie, tiny_world


def params(**values):
    """Return parameters of their own, so that no test here moves with the defaults."""
    return TrustParams(**{"gain": 0.04, "loss": 0.25, "forgetting": 0.04, "memory_weight": 0.8, **values})


DEFAULT = params(gain=0.04, loss=0.25, forgetting=0.04, memory_weight=0.8)


def revised(**columns):
    world = tiny_world(**columns)
    revise(world, DEFAULT, None)
    return world.dyads.trust


def test_an_agreement_builds_trust_and_structure_pulls_it_back():
    world = tiny_world(trust=0.5, trust_baseline=0.3)
    tie(world, 0, 1)
    revise(world, DEFAULT, None)
    # s+ = 1 - e^-.5 = .3934693;  .5 + .04 * .3934693 * .5 + .04 (.3 - .5) = .4998694
    assert world.dyads.trust[0, 1] == pytest.approx(0.4998694, abs=1e-7)
    assert world.dyads.trust[1, 0] == world.dyads.trust[0, 1]
    # without: .5 - .008
    assert world.dyads.trust[0, 2] == pytest.approx(0.492)
    assert world.dyads.trust.diagonal().tolist() == [0, 0, 0]


def test_who_receives_programmes_trusts_who_gives_them():
    trust = revised(trust_dose=matrix([0, 2.0, 0], [0, 0, 0], [0, 0, 0]))
    # 0 gives in 1: 1's trust in 0 grows by .04 (1 - e^-2) .5; 0's trust in 1 stays
    assert trust[1, 0] == pytest.approx(0.5 + 0.04 * (1 - math.exp(-2)) * 0.5)
    assert trust[0, 1] == 0.5


@pytest.mark.parametrize(
    ("signal", "weight"), [("contact", 1.0), ("comembership", 0.3), ("settled", 1.0)]
)
def test_each_bond_counts_with_its_weight(signal, weight):
    assert revised(**{signal: 1.0})[0, 1] == pytest.approx(0.5 + 0.04 * (1 - math.exp(-weight)) * 0.5)


@pytest.mark.parametrize(("signal", "strength"), [("incident", 1.0), ("open_claim", 0.1)])
def test_hostility_destroys_fast(signal, strength):
    assert revised(**{signal: True})[0, 1] == pytest.approx(0.5 - 0.25 * strength * 0.5)


def test_the_worse_of_two_grievances_counts_not_their_sum():
    assert revised(incident=True, open_claim=True)[0, 1] == pytest.approx(0.5 - 0.25 * 0.5)


def test_members_of_the_universal_organisation_resent_who_leaves_it():
    world = tiny_world(exited=[False, False, True])
    universal = world.international.universal
    world.international.members[universal] = [True, False, False]
    revise(world, DEFAULT, None)
    assert world.dyads.trust[0, 2] == pytest.approx(0.5 - 0.25 * 0.1 * 0.5)
    assert world.dyads.trust[1, 2] == 0.5  # no member, no grievance
    assert world.dyads.trust[2, 0] == 0.5  # who leaves bears no grudge


def test_hostile_memory_lowers_what_structure_gives():
    # T0 (1 - .8 * 1) = .1;  .5 + .04 (.1 - .5) = .484
    assert revised(memory=1.0)[0, 1] == pytest.approx(0.484)


# MODEL 6.1, V3: r = .04, g = .04, l = .25, T0 = .4
@pytest.mark.parametrize(
    ("positive", "negative", "settles"),
    [(0, 0, 0.4000), (0.8, 0, 0.6667), (0.8, 0.1, 0.4948), (0, 1, 0.0552)],
)
@pytest.mark.parametrize("first", [0.0, 1.0])
def test_trust_settles_where_the_fixed_point_says(positive, negative, settles, first):
    trust = np.array(first)
    for _ in range(1000):  # the slowest gap shrinks by .96 a year: .96^1000 < 1e-17
        trust = update(trust, np.array(positive), np.array(negative), np.array(0.4), DEFAULT)
    assert trust == pytest.approx(settles, abs=5e-5)
    assert trust == pytest.approx((0.04 * positive + 0.04 * 0.4) / (0.04 * positive + 0.25 * negative + 0.04))


def test_half_lives_are_those_of_the_model():
    # MODEL M12: forgetting 17.0 years, strong cooperation (s+ = .8) 9.3, continuous conflict 2.0
    for positive, negative, years in ((0, 0, 17.0), (0.8, 0, 9.3), (0, 1, 2.0)):
        speed = 0.04 * positive + 0.25 * negative + 0.04
        signals = np.array(positive), np.array(negative), np.array(0.4)
        one, other = (update(np.array(t), *signals, DEFAULT) for t in (0.3, 0.7))
        assert (other - one) / 0.4 == pytest.approx(1 - speed)
        assert math.log(0.5) / math.log(1 - speed) == pytest.approx(years, abs=0.05)


def test_at_rates_nil_trust_stays():
    world = tiny_world(incident=True, trust_dose=1.0, memory=1.0, trust_baseline=0.1)
    tie(world, 0, 1)
    revise(world, params(gain=0, loss=0, forgetting=0), None)
    assert (world.dyads.trust == 0.5 * (1 - np.eye(3))).all()


def test_a_higher_gain_never_means_less_trust():
    levels = []
    for gain in (0.0, 0.02, 0.1, 1.0):
        world = tiny_world(trust_dose=0.3)
        revise(world, params(gain=gain), None)
        levels.append(world.dyads.trust[0, 1])
    assert levels == sorted(set(levels))


def test_trust_stays_a_share_at_the_extremes():
    for rate in (0.0, 1.0):
        for start in (0.0, 1.0):
            p = params(gain=rate, loss=rate, forgetting=rate)
            for signal in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
                found = update(np.array(start), *map(np.array, signal), np.array(1.0), p)
                assert 0 <= found <= 1

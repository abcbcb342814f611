"""M20: cultural cooperation is tied, step by step, to development goals."""

import pytest
import reference_full as slow

from coopsim.mechanisms.channels import public_mix
from coopsim.mechanisms.development import DevelopmentParams, orient
from coopsim.world.activities import ASSISTANCE, EDUCATION, EVENTS, MINISTRY
from worlds import run, short_config, stream, tiny_world

TURN = DevelopmentParams(early=0.2, late=0.8, middle=10, width=3)


def orientation(years, p):
    world = tiny_world(2)
    world.year = world.reference.year + years
    orient(world, p, stream())
    return world.development


def test_the_turn_worked_out_by_hand():
    # Half done after ten years; after thirteen 1/(1 + 1/e) = .731059 of it: .2 + .6 x .731059 = .638635.
    assert orientation(10, TURN) == pytest.approx(0.5)
    assert orientation(13, TURN) == pytest.approx(0.638635, abs=1e-6)


@pytest.mark.parametrize("years", [0, 1, 7, 30, 500])
def test_the_array_code_agrees_with_the_slow_reference(years):
    assert orientation(years, TURN) == pytest.approx(slow.m20_orientation(years, 0.2, 0.8, 10, 3), rel=1e-12)


def test_it_starts_early_and_ends_late():
    path = [orientation(years, TURN) for years in range(-60, 90, 10)]
    assert path == sorted(path)
    assert path[0] == pytest.approx(0.2, abs=1e-6)
    assert path[-1] == pytest.approx(0.8, abs=1e-6)


def test_the_same_early_and_late_means_no_turn():
    assert {orientation(years, DevelopmentParams(early=0.3, late=0.3)) for years in range(0, 60, 7)} == {0.3}


def test_it_moves_the_public_mix_from_events_to_assistance_and_education():
    # Ministry at delta = .4: events .35 - .4 x .25 = .25; assistance .15 + .4 x .175 = .22; education .15 + .4 x .075.
    mix = public_mix(MINISTRY, 0.4)
    assert mix[[EVENTS, ASSISTANCE, EDUCATION]] == pytest.approx([0.25, 0.22, 0.18])
    assert mix.sum() == pytest.approx(1)


def test_it_moves_money_to_the_needy():
    """Metamorphic: development orientation at the very start must matter (MODEL, modelling risk 6)."""
    shares = []
    for level in (0.0, 1.0):
        config = short_config(20, 3, {"development.early": level, "development.late": level})
        world = run(config).world
        spending = (world.dyads.spending_ministry + world.dyads.spending_agency).sum(axis=0)
        shares.append((spending * world.states.need).sum() / spending.sum())
    assert shares[1] > shares[0]


def test_off_means_no_orientation_and_equals_an_orientation_of_nil():
    off = run(short_config(10, 6, {"mechanisms.development": False}))
    nil = run(short_config(10, 6, {"development.early": 0, "development.late": 0}))
    assert off.world.development == nil.world.development == 0
    assert (off.world.agreements.rows == nil.world.agreements.rows).all()
    assert (off.world.dyads.trust == nil.world.dyads.trust).all()
    assert (off.world.states.capacity == nil.world.states.capacity).all()

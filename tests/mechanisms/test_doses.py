"""From money to doses: what a programme counts for, and what convinces."""

import numpy as np
import pytest

from coopsim.mechanisms.doses import clear, give
from coopsim.world.activities import (
    ACTIVITIES,
    EDUCATION,
    EVENTS,
    MOBILITY,
    TRUST_EFFECT,
    UNDERSTANDING_EFFECT,
)
from worlds import matrix, tiny_world

ONE_WAY = matrix((0, 2), (0, 0))


def given(activity, *, year=2026, credibility=1.0, **columns):
    world = tiny_world(2, year=year, **columns)
    give(world, activity, ONE_WAY, np.full((2, 2), credibility))
    return world


@pytest.mark.parametrize("activity", range(len(ACTIVITIES)))
def test_every_activity_counts_with_its_own_effect(activity):
    world = given(activity, year=2027)
    factor = 0.9 if activity == EVENTS else 1  # without biennials in odd years
    assert world.dyads.dose[activity, 0, 1] == pytest.approx(2 * factor)
    assert world.dyads.trust_dose[0, 1] == pytest.approx(2 * factor * TRUST_EFFECT[activity])
    assert world.dyads.understanding_dose[0, 1] == pytest.approx(2 * factor * UNDERSTANDING_EFFECT[activity])


def test_biennials_fall_into_even_years_and_over_two_years_nothing_is_lost():
    even, odd = given(EVENTS, year=2026), given(EVENTS, year=2027)
    assert even.dyads.dose[EVENTS, 0, 1] == pytest.approx(2 * 1.1)
    assert even.dyads.dose.sum() + odd.dyads.dose.sum() == pytest.approx(4)


@pytest.mark.parametrize(("activity", "helped"), [(MOBILITY, True), (EVENTS, True), (EDUCATION, False)])
def test_missions_facilitate_mobility_and_events(activity, helped):
    plain, with_mission = given(activity), given(activity, facilitation=1.5)
    factor = 1.5 if helped else 1
    assert with_mission.dyads.dose[activity, 0, 1] == pytest.approx(factor * plain.dyads.dose[activity, 0, 1])


def test_yearlong_celebrations_and_digital_reach_multiply_events_only():
    for activity, factor in ((EVENTS, 5 * 1.2 * 1.1), (EDUCATION, 1)):
        world = tiny_world(2)
        world.dyads.event_boost[0, 1] = 5
        world.states.event_reach[1] = 1.2
        give(world, activity, ONE_WAY, np.ones((2, 2)))
        assert world.dyads.dose[activity, 0, 1] == pytest.approx(2 * factor)


def test_innovative_events_teach_less_about_a_way_of_life():
    taught = []
    for orientation in (0.0, 0.46, 1.0):
        world = tiny_world(2)
        world.event_orientation = orientation
        give(world, EVENTS, ONE_WAY, np.ones((2, 2)))
        taught.append(world.dyads.understanding_dose[0, 1])
        assert world.dyads.trust_dose[0, 1] == pytest.approx(0.25 * 2.2)
    # At the usual orientation the table's effect, .50; at 0 and 1 times 1/.862 and .7/.862.
    assert taught == pytest.approx([1.1 / 0.862, 1.1, 1.1 * 0.7 / 0.862])


def test_credibility_changes_what_convinces_but_not_what_counts():
    world = given(EDUCATION, credibility=0.4)
    assert world.dyads.dose[EDUCATION, 0, 1] == 2
    assert world.dyads.trust_dose[0, 1] == pytest.approx(0.4 * 2 * 0.30)


def test_doses_add_up_and_are_cleared():
    world = given(EDUCATION)
    give(world, EDUCATION, ONE_WAY, np.ones((2, 2)))
    assert world.dyads.dose[EDUCATION, 0, 1] == 4
    clear(world)
    assert not world.dyads.dose.any()
    assert not world.dyads.trust_dose.any()
    assert not world.dyads.understanding_dose.any()

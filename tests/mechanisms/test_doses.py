"""From money to doses: what a programme counts for, and what convinces."""

import numpy as np
import pytest
from reference_full import found, project

from coopsim.mechanisms.channels import ChannelParams, allocate
from coopsim.mechanisms.organisations import OrganisationParams, run_projects
from coopsim.world.activities import (
    ACTIVITIES,
    EDUCATION,
    EVENTS,
    FOUNDATION,
    MIX,
    MOBILITY,
    NEGOTIATION,
    TRUST_EFFECT,
    UNDERSTANDING_EFFECT,
)
from worlds import matrix, stream, tiny_world

NO_NEW = OrganisationParams(projects=0)
PLAIN = ChannelParams(lead_share=0, credibility_discount=0)
ODD = 2027  # a year without biennials


def spent(activity, *, year=ODD, orientation=0.46, **columns):
    """State 0 spends two millions in state 1, where a dose costs one, on one activity."""
    world = tiny_world(2, year=year)
    world.event_orientation = orientation
    for name, value in columns.items():
        table = world.dyads if hasattr(world.dyads, name) else world.states
        getattr(table, name)[:] = value
    (owner,) = found(world, 0, FOUNDATION, [2.0])
    project(world, owner, 1, activity)
    run_projects(world, NO_NEW, stream())
    return world.dyads


@pytest.mark.parametrize("activity", range(len(ACTIVITIES)))
def test_every_activity_counts_with_its_own_effect(activity):
    dyads = spent(activity)
    factor = 0.9 if activity == EVENTS else 1
    assert dyads.dose[activity, 0, 1] == pytest.approx(2 * factor)
    assert dyads.dose.sum() == pytest.approx(2 * factor)
    assert dyads.trust_dose[0, 1] == pytest.approx(2 * factor * TRUST_EFFECT[activity])
    assert dyads.understanding_dose[0, 1] == pytest.approx(2 * factor * UNDERSTANDING_EFFECT[activity])


def test_biennials_fall_into_even_years_and_over_two_years_nothing_is_lost():
    even, odd = spent(EVENTS, year=2026), spent(EVENTS, year=2027)
    assert even.dose[EVENTS, 0, 1] == pytest.approx(2 * 1.1)
    assert even.dose.sum() + odd.dose.sum() == pytest.approx(4)


@pytest.mark.parametrize(("activity", "helped"), [(MOBILITY, True), (EVENTS, True), (EDUCATION, False)])
def test_missions_facilitate_mobility_and_events(activity, helped):
    plain, with_mission = spent(activity), spent(activity, facilitation=1.5)
    factor = 1.5 if helped else 1
    assert with_mission.dose[activity, 0, 1] == pytest.approx(factor * plain.dose[activity, 0, 1])


def test_yearlong_celebrations_and_digital_reach_multiply_events_only():
    for activity, factor in ((EVENTS, 5 * 1.2 * 0.9), (EDUCATION, 1)):
        dyads = spent(activity, event_boost=matrix((1, 5), (1, 1)), event_reach=np.array([1, 1.2]))
        assert dyads.dose[activity, 0, 1] == pytest.approx(2 * factor)


def test_innovative_events_teach_less_about_a_way_of_life():
    # At the usual orientation the table's effect, .50; at 0 and 1 times 1/.862 and .7/.862.
    for orientation, effect in ((0, 0.5 / 0.862), (0.46, 0.5), (1, 0.5 * 0.7 / 0.862)):
        dyads = spent(EVENTS, orientation=orientation)
        assert dyads.understanding_dose[0, 1] == pytest.approx(1.8 * effect)
        assert dyads.trust_dose[0, 1] == pytest.approx(1.8 * 0.25)


def test_private_programmes_lose_a_tenth_of_the_credibility_that_a_ministry_loses():
    dyads = spent(EDUCATION, distrust=matrix((0, 0.5), (0.5, 0)))
    assert dyads.dose[EDUCATION, 0, 1] == 2
    assert dyads.trust_dose[0, 1] == pytest.approx(0.95 * 2 * 0.30)


def test_public_doses_replace_last_year_s_and_private_ones_add_to_them():
    world = tiny_world(2, year=ODD, budget=2.0)
    for _ in range(2):
        allocate(world, PLAIN, stream())
        assert world.dyads.dose[EDUCATION, 0, 1] == pytest.approx(2 * MIX[0, EDUCATION])
        assert world.dyads.dose[NEGOTIATION, 0, 1] == pytest.approx(2 * MIX[0, NEGOTIATION])
    (owner,) = found(world, 0, FOUNDATION, [2.0])
    project(world, owner, 1, EDUCATION)
    run_projects(world, NO_NEW, stream())
    assert world.dyads.dose[EDUCATION, 0, 1] == pytest.approx(2 * MIX[0, EDUCATION] + 2)
    assert world.dyads.trust_dose[0, 1] == pytest.approx(
        2 * (TRUST_EFFECT * MIX[0] * [1, 0.9, 1, 1, 1]).sum() + 2 * 0.30)

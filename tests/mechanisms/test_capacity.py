"""M10 Capacity, by hand in three states."""

import math

import numpy as np
import pytest

from coopsim.mechanisms.capacity import CapacityParams, develop, field_weights, start
from coopsim.world.activities import ASSISTANCE
from worlds import stream, tiny_world


def params(**values):
    """Return parameters of their own, so that no test here moves with the defaults."""
    return CapacityParams(**{
        "assistance_effect": 0.04, "depreciation": 0.04, "institution_effect": 0.5, "founding": 0.2,
        "heritage_weight": 0.4, "industries_weight": 0.35, "rights_weight": 0.25, **values,
    })


NO_INSTITUTIONS = params(founding=0)


def assisted(dose, **columns):
    """Three states; state 1 gives state 0 a dose of assistance."""
    world = tiny_world(**columns)
    world.dyads.dose[ASSISTANCE, 1, 0] = dose
    return world


def test_investment_and_assistance_build_what_wears_out():
    world = assisted(3.0, investment=0.02)
    develop(world, NO_INSTITUTIONS, stream())
    # R = 1 - e^(-3/3); absorbs .25 + .75 * .5 = .625; weights 3 * (.4, .35, .25)
    response = 1 - math.exp(-1)
    for f, weight in enumerate((1.2, 1.05, 0.75)):
        s = 0.02 + 0.04 * response * 0.625 * weight
        assert world.states.capacity[0, f] == pytest.approx(0.5 + s * 0.5 - 0.04 * 0.5)
    # without assistance: .5 + .02 * .5 - .04 * .5 = .49
    assert world.states.capacity[1:] == pytest.approx(np.full((2, 3), 0.49))


def test_assistance_of_international_organisations_counts_like_that_of_states():
    by_state, by_body = assisted(1.5), assisted(0.0, assistance_received=[1.5, 0.0, 0.0])
    for world in (by_state, by_body):
        develop(world, NO_INSTITUTIONS, stream())
    assert (by_state.states.capacity == by_body.states.capacity).all()


def test_institutions_slow_wear():
    world = tiny_world(institutions=[1.0, 0.0, 0.0])
    develop(world, params(depreciation=0.04, institution_effect=0.5, founding=0), stream())
    # .04 (1 - .5 * 1/2) = .03
    assert world.states.capacity[0] == pytest.approx([0.5 - 0.03 * 0.5] * 3)
    assert world.states.capacity[1] == pytest.approx([0.5 - 0.04 * 0.5] * 3)


def test_compliance_with_norms_makes_investment_better():
    world = tiny_world(investment=0.02, compliance=[[1.0, 0, 0]] * 3)
    develop(world, NO_INSTITUTIONS, stream())
    # .02 * 1.15 = .023 in heritage
    assert world.states.capacity[0] == pytest.approx([0.5 + 0.023 * 0.5 - 0.02, 0.49, 0.49])


@pytest.mark.parametrize("capacity", [0.05, 0.9])
def test_capacity_settles_where_building_balances_wear(capacity):
    world = tiny_world(capacity=capacity, investment=0.02)
    for _ in range(600):
        develop(world, NO_INSTITUTIONS, stream())
    # K* = s/(s + d) = .02/.06; the gap shrinks by .94 a year: .94^600 < 1e-16
    assert world.states.capacity == pytest.approx(np.full((3, 3), 1 / 3), abs=1e-12)


def test_without_wear_and_investment_capacity_stays():
    world = assisted(3.0)
    develop(world, params(depreciation=0, assistance_effect=0, founding=0), stream())
    assert (world.states.capacity == 0.5).all()


def test_more_assistance_never_means_less_capacity():
    after = []
    for dose in (0.0, 0.5, 5.0, 500.0):
        world = assisted(dose)
        develop(world, NO_INSTITUTIONS, stream())
        after.append(world.states.capacity[0, 0])
    assert after == sorted(after)
    assert after[0] < after[-1]


def test_institutions_are_founded_at_the_stated_rate():
    world = tiny_world(400)
    world.dyads.dose[ASSISTANCE, 0, :] = 1e3  # R = 1
    p = params(founding=2.0)
    founded = sum(develop(world, p, stream(year=year))["institutions founded"] for year in range(25))
    # Poisson(.1 * 2 * 1) for 400 states over 25 years: mean 2000, sd 45; five of them
    assert founded == pytest.approx(2000, abs=225)
    assert founded == world.states.institutions.sum()


def test_without_assistance_no_institutions():
    world = tiny_world()
    for year in range(50):
        develop(world, params(founding=10), stream(year=year))
    assert not world.states.institutions.any()


def test_weights_of_the_fields_sum_to_one_whatever_is_given():
    assert field_weights(params()) == pytest.approx([0.40, 0.35, 0.25])
    given = params(heritage_weight=1, industries_weight=1, rights_weight=0)
    assert field_weights(given) == pytest.approx([0.5, 0.5, 0])
    none = params(heritage_weight=0, industries_weight=0, rights_weight=0)
    assert field_weights(none) == pytest.approx([1 / 3] * 3)


def test_own_investment_would_keep_the_capacity_of_a_rich_state():
    world = tiny_world(capacity=0.5, income=[1.0, 0.0, 0.5])
    start(world, params(), stream())
    # .04 * .5/.5 = .04; the poorest invest .30 less
    assert world.states.investment == pytest.approx(np.array([[0.04] * 3, [0.028] * 3, [0.034] * 3]))
    develop(world, NO_INSTITUTIONS, stream())
    assert world.states.capacity[0] == pytest.approx([0.5] * 3)
    assert (world.states.capacity[1] < 0.5).all()


def test_investment_does_not_follow_the_scenarios_own_depreciation():
    # An error that the prototype made: a policy of the first year would cancel itself.
    worlds = tiny_world(), tiny_world()
    for world, depreciation in zip(worlds, (0.04, 0.08), strict=True):
        start(world, params(depreciation=depreciation), stream())
    assert (worlds[0].states.investment == worlds[1].states.investment).all()


def test_programmes_on_a_topic_build_its_field_and_the_rest_follows_the_weights():
    # State 0 receives 2 units, 1 of them bound to heritage; by weights the free unit gives .4 to heritage:
    # shares (.4 + 1)/2, .35/2, .25/2 in place of .4, .35, .25.
    plain, bound = (assisted(0.0, assistance_received=2.0, capacity=0.5, investment=0.0) for _ in range(2))
    bound.states.assistance_fields[:, 0] = 1.0
    for world in (plain, bound):
        develop(world, params(founding=0, depreciation=0), stream("capacity"))
    gained = (bound.states.capacity[0] - 0.5) / (plain.states.capacity[0] - 0.5)
    assert gained == pytest.approx([0.7 / 0.4, 0.175 / 0.35, 0.125 / 0.25])



"""M7 Channels, by hand in three states."""

import numpy as np
import pytest

from coopsim.mechanisms.channels import ChannelParams, allocate, public_mix
from coopsim.world.activities import (
    AGENCY,
    ASSISTANCE,
    EDUCATION,
    EVENTS,
    MINISTRY,
    MOBILITY,
    TRUST_EFFECT,
    UNDERSTANDING_EFFECT,
)
from worlds import matrix, tie, tiny_world


def params(**values):
    """Return parameters of their own, so that no test here moves with the defaults."""
    return ChannelParams(**{
        "credibility_discount": 0.6, "interest_elasticity": 1.0, "agreement_preference": 2.0, "lead_share":
        0.2, **values,
    })


MODEL = params(lead_share=0)  # MODEL's equation


def two_channels(**columns):
    """State 0 spends 100, of which 40 through its agency; 0 and 1 have an agreement about education."""
    world = tiny_world(**{
        "budget": [100.0, 0.0, 0.0],
        "arms_length": [0.4, 0.0, 0.0],
        "autonomy": 0.8,
        "dose_cost": 10.0,
        "interest": matrix([0, 0.6, 0.2], [0, 0, 0.5], [0, 0.5, 0]),
        "perceived": matrix([0, 0.25, 0.01], [0.25, 0, 0], [0.01, 0, 0]),
        "affinity": matrix([0, 0.5, 1], [0.5, 0, 1], [1, 1, 0]),
        **columns,
    })
    tie(world, 0, 1, activity=EDUCATION)
    return world


def test_the_ministry_follows_interest_and_the_agency_commonality():
    world = two_channels()
    counted = allocate(world, params(interest_elasticity=1, agreement_preference=2), None)
    # ministry: .6 * 3 to .2, that is .9 to .1 of 60
    assert world.dyads.spending_ministry[0] == pytest.approx([0, 54, 6])
    # agency: sqrt(.25) * 3 to sqrt(.01), that is 1.5 to .1, of 40
    assert world.dyads.spending_agency[0] == pytest.approx([0, 37.5, 2.5])
    assert counted == pytest.approx({"ministry spending": 60, "agency spending": 40})


def test_doses_are_money_by_activity_over_the_cost_of_a_dose():
    world = two_channels()
    allocate(world, MODEL, None)
    # mobility: (.25 * 54 + .25 * 37.5)/10; assistance: (.15 * 54 + .15 * 37.5)/10; education: .15 and .35
    assert world.dyads.dose[MOBILITY, 0, 1] == pytest.approx(2.2875)
    assert world.dyads.dose[ASSISTANCE, 0, 1] == pytest.approx(1.3725)
    assert world.dyads.dose[EDUCATION, 0, 1] == pytest.approx((0.15 * 54 + 0.35 * 37.5) / 10)
    # in all 91.5 million at 10 a unit; events are a tenth more frequent in even years such as 2026
    assert world.dyads.dose[:, 0, 1].sum() == pytest.approx(9.15 + 0.1 * (0.35 * 54 + 0.25 * 37.5) / 10)
    assert not world.dyads.dose[:, 1:].any()


def test_a_mission_makes_more_of_mobility_and_events_only():
    plain, helped = two_channels(), two_channels(facilitation=1.5)
    for world in (plain, helped):
        allocate(world, MODEL, None)
    for activity in range(5):
        factor = 1.5 if activity in (MOBILITY, EVENTS) else 1
        assert helped.dyads.dose[activity] == pytest.approx(factor * plain.dyads.dose[activity])


def test_the_states_own_programmes_are_less_credible_than_the_agencys():
    world = two_channels()
    allocate(world, MODEL, None)
    # pol = .5: ministry 1 - .6 * .5 = .7, agency 1 - .6 * (1 - .8) * .5 = .94
    # effect of a unit of the ministry's mix on trust, with the even year's tenth more events:
    #   .25 * .5 + 1.1 * .35 * .25 + .15 * .4 + .15 * .3 + .1 * .2 = .34625
    # of the agency's: .25 * .5 + 1.1 * .25 * .25 + .15 * .4 + .35 * .3 = .35875
    assert world.dyads.trust_dose[0, 1] == pytest.approx(5.4 * 0.7 * 0.34625 + 3.75 * 0.94 * 0.35875)
    # with the same politics both are believed in full
    assert world.dyads.trust_dose[0, 2] == pytest.approx(0.6 * 0.34625 + 0.25 * 0.35875)


def test_biennials_make_events_more_frequent_in_even_years():
    even, odd = two_channels(year=2026), two_channels(year=2027)
    for world in (even, odd):
        allocate(world, MODEL, None)
    # a tenth of the events are biennials: doubled in even years, none in odd ones
    plain = (0.35 * 54 + 0.25 * 37.5) / 10
    assert even.dyads.dose[EVENTS, 0, 1] == pytest.approx(1.1 * plain)
    assert odd.dyads.dose[EVENTS, 0, 1] == pytest.approx(0.9 * plain)
    assert even.dyads.dose[MOBILITY].tolist() == odd.dyads.dose[MOBILITY].tolist()


def test_a_yearlong_celebration_and_digital_reach_multiply_events_only():
    plain, boosted = two_channels(), two_channels(event_boost=5.0, event_reach=1.2)
    for world in (plain, boosted):
        allocate(world, MODEL, None)
    for activity in range(5):
        factor = 6.0 if activity == EVENTS else 1
        assert boosted.dyads.dose[activity] == pytest.approx(factor * plain.dyads.dose[activity])


def test_events_that_exchange_ideas_teach_less_about_a_way_of_life():
    usual, ideas = two_channels(), two_channels()
    ideas.event_orientation = 1.0
    for world in (usual, ideas):
        allocate(world, params(credibility_discount=0), None)
    # (1 - .3)/(1 - .3 * .46) of the effect of events on understanding, none on trust
    lost = 0.5 * (1 - 0.7 / 0.862) * usual.dyads.dose[EVENTS]
    assert ideas.dyads.understanding_dose == pytest.approx(usual.dyads.understanding_dose - lost)
    assert (ideas.dyads.trust_dose == usual.dyads.trust_dose).all()


def test_a_policy_of_reciprocity_answers_what_was_received():
    world = tiny_world(budget=[100.0, 0, 0], interest=0.5, reciprocity=[1.0, 0, 0])
    world.dyads.spending_ministry[1, 0], world.dyads.spending_ministry[2, 0] = 30.0, 10.0
    allocate(world, MODEL, None)
    # all of it follows what 1 and 2 gave last year: three to one
    assert world.dyads.spending_ministry[0] == pytest.approx([0, 75, 25])


def test_without_anybody_in_common_the_ministry_spends_the_agencys_share():
    world = two_channels(perceived=0.0)
    allocate(world, MODEL, None)
    assert world.dyads.spending_agency.sum() == 0
    assert world.dyads.spending_ministry[0].sum() == pytest.approx(100)


def test_without_arms_length_there_is_one_channel():
    world = two_channels()
    allocate(world, params(arms_length=False), None)
    assert world.dyads.spending_agency.sum() == 0
    assert world.dyads.spending_ministry[0] == pytest.approx([0, 90, 10])


def test_without_discount_everything_is_believed():
    world = two_channels()
    allocate(world, params(credibility_discount=0), None)
    dyads = world.dyads
    assert dyads.trust_dose == pytest.approx(np.tensordot(TRUST_EFFECT, dyads.dose, 1))
    assert dyads.understanding_dose == pytest.approx(np.tensordot(UNDERSTANDING_EFFECT, dyads.dose, 1))


def test_a_fifth_of_the_money_follows_what_the_agreement_leads_with():
    world = two_channels()
    allocate(world, params(lead_share=0.2), None)
    # education: .8 * .15 + .2 = .32 of the ministry's money, .8 * .35 + .2 = .48 of the agency's
    assert world.dyads.dose[EDUCATION, 0, 1] == pytest.approx((0.32 * 54 + 0.48 * 37.5) / 10)
    assert world.dyads.dose[EVENTS, 0, 1] == pytest.approx(1.1 * 0.8 * (0.35 * 54 + 0.25 * 37.5) / 10)
    # where no agreement is in force, the mix is the channel's own
    assert world.dyads.dose[EDUCATION, 0, 2] == pytest.approx((0.15 * 6 + 0.35 * 2.5) / 10)


def test_need_counts_with_the_development_orientation():
    capacity = np.array([[0.5] * 3, [0.2] * 3, [0.8] * 3])
    world = tiny_world(budget=[100.0, 0, 0], capacity=capacity, knowledge=[0.5, 0.4, 0.6])
    allocate(world, MODEL, None)
    # need = 1 - (.2 + .4)/2 = .7 and 1 - (.8 + .6)/2 = .3, without weight at delta = 0
    assert world.states.need == pytest.approx([0.5, 0.7, 0.3])
    assert world.dyads.spending_ministry[0] == pytest.approx([0, 50, 50])
    world.development = 0.5
    world.dyads.spending_ministry[:] = 0
    allocate(world, MODEL, None)
    # need^(2 * .5): .7 to .3
    assert world.dyads.spending_ministry[0] == pytest.approx([0, 70, 30])


def test_development_moves_money_from_events_to_assistance_and_education():
    # ministry .25 .35 .15 .15 .10 + .5 * (0, -.5, .35, .15, 0)
    assert public_mix(MINISTRY, 1.0) == pytest.approx([0.25, 0.10, 0.325, 0.225, 0.10])
    # agency: events .25 - .25 = 0
    assert public_mix(AGENCY, 1.0) == pytest.approx([0.25, 0, 0.325, 0.425, 0])
    assert public_mix(MINISTRY, 0.0).sum() == pytest.approx(1)


def test_at_elasticity_nil_interest_does_not_matter():
    world = two_channels(perceived=0.0)
    allocate(world, params(interest_elasticity=0, agreement_preference=0), None)
    assert world.dyads.spending_ministry[0] == pytest.approx([0, 50, 50])


def test_nobody_spends_on_himself_or_without_money():
    world = two_channels(budget=0.0)
    allocate(world, params(), None)
    assert not world.dyads.dose.any()
    world = two_channels(budget=100.0)
    allocate(world, params(), None)
    assert not world.dyads.dose[:, range(3), range(3)].any()


def test_dues_are_not_spent_bilaterally_and_not_a_cent_is_lost():
    world = two_channels(budget=[100.0, 50.0, 20.0], dues=[15.0, 7.5, 3.0], perceived=0.3)
    allocate(world, params(), None)
    spent = (world.dyads.spending_ministry + world.dyads.spending_agency).sum(axis=1)
    assert spent == pytest.approx([85.0, 42.5, 17.0])


def test_more_interest_never_means_less_money():
    before = two_channels()
    after = two_channels(interest=matrix([0, 0.7, 0.2], [0, 0, 0.5], [0, 0.5, 0]))
    for world in (before, after):
        allocate(world, params(), None)
    assert after.dyads.spending_ministry[0, 1] > before.dyads.spending_ministry[0, 1]


def test_doses_are_of_this_year_not_summed_over_years():
    world = two_channels()
    allocate(world, MODEL, None)
    once = world.dyads.dose.copy()
    allocate(world, MODEL, None)
    assert (world.dyads.dose == once).all()


def test_public_money_is_booked_on_the_ministry():
    world = two_channels(arms_length=0.0)
    allocate(world, params(), None)
    ministries = np.flatnonzero(world.organisations.kind == MINISTRY)
    homes = world.organisations.home[ministries]
    assert world.organisations.funding[ministries[homes == 0]] == pytest.approx([100.0])
    assert world.organisations.partners[ministries[homes == 0]] == 2

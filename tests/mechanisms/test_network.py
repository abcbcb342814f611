"""M4 Network and activism, by hand in three states."""

import math

import numpy as np
import pytest

from coopsim.mechanisms.bilateral import BilateralParams, contributions
from coopsim.mechanisms.network import NetworkParams, campaign
from coopsim.world.agreements import TERMS
from worlds import stream, tie, tiny_world


def params(**values):
    """Return parameters of their own, so that no test here moves with the defaults."""
    return NetworkParams(**{"popularity": 0.45, "closure": 0.3, "campaign_spread": 0.45, **values})


def closure_of(world, a, b):
    """Return the pull of shared partners as the ledger would have it."""
    terms = contributions(world, BilateralParams(), np.array([a]), np.array([b]))
    return terms[0, TERMS.index("closure")]


def test_partners_pull():
    world = tiny_world()
    tie(world, 0, 1)
    campaign(world, params(popularity=0.45), stream())
    # degrees 1, 1, 0, mean 2/3
    mean = math.log(1 + 2 / 3)
    assert world.states.pull == pytest.approx([0.45 * (math.log(2) - mean), 0.45 * (math.log(2) - mean), -0.45 * mean])


def test_shared_partners_pull():
    world = tiny_world()
    tie(world, 0, 1), tie(world, 1, 2)
    campaign(world, params(closure=0.3), stream())
    assert world.states.partners.tolist() == [[0b010], [0b101], [0b010]]
    # 0 and 2 share one partner; the smaller degree is 1: .3 * 1/(1 + 1)
    assert closure_of(world, 0, 2) == closure_of(world, 2, 0) == pytest.approx(0.15)
    assert closure_of(world, 0, 1) == 0


@pytest.mark.parametrize("weight", [0.3, -0.3])
def test_of_two_states_the_one_with_fewer_partners_counts(weight):
    world = tiny_world(5)
    tie(world, 0, 1), tie(world, 1, 2), tie(world, 0, 3), tie(world, 0, 4)
    campaign(world, params(closure=weight), stream())
    # 0 has three partners, 2 has one, and they share it
    assert closure_of(world, 0, 2) == closure_of(world, 2, 0) == pytest.approx(weight / 2)


def test_a_campaign_is_half_of_the_last_one_and_this_years_shock():
    world, draws = tiny_world(campaign=[1.0, 0.0, -1.0], activism=[2.0, 1.0, 1.0]), stream("network")
    campaign(world, params(campaign_spread=0.45), draws)
    own, common = draws.normal("own campaign", 3), draws.normal("common wave", 1)[0]
    # zeta = .5 zeta + sqrt(.75) * .45 * (sqrt(.7) own + sqrt(.3) common)
    zeta = [
        0.5 * old + math.sqrt(0.75) * 0.45 * (math.sqrt(0.7) * shock + math.sqrt(0.3) * common)
        for old, shock in zip([1.0, 0.0, -1.0], own, strict=True)
    ]
    assert world.states.campaign == pytest.approx(zeta)
    assert world.states.activity[0] == pytest.approx(2 * math.exp(zeta[0] - 0.45**2 / 2))


def test_campaigns_have_the_stated_spread_and_mean_activity_one():
    world = tiny_world(30)
    p, campaigns, activity = params(campaign_spread=0.45), [], []
    for year in range(2000):
        campaign(world, p, stream(year=year))
        campaigns.append(world.states.campaign.copy())
        activity.append(world.states.activity.copy())
    late = np.array(campaigns[20:])
    # AR(1) with memory .5: 2,000 years hold 2000 (1 - .25)/(1 + .25) = 1,200 independent squares, so the
    # variance of one state is known to sqrt(2/1200) = 4 %; 30 states with correlation .3 bring it to about
    # 1.5 %; five of them
    assert late.var(axis=0).mean() == pytest.approx(0.45**2, rel=0.08)
    correlation = np.corrcoef(late.T)[np.triu_indices(30, 1)]
    assert correlation.mean() == pytest.approx(0.3, abs=0.06)  # the common wave
    lagged = np.corrcoef(late[:-1].ravel(), late[1:].ravel())[0, 1]
    assert lagged == pytest.approx(0.5, abs=0.05)
    # lognormal with mean one: sd .47, effective size as above
    assert np.mean(activity[20:]) == pytest.approx(1, abs=0.05)


def test_without_campaigns_activity_is_activism():
    world = tiny_world(activism=[0.5, 1.0, 4.0])
    campaign(world, params(campaign_spread=0), stream())
    assert world.states.activity.tolist() == [0.5, 1.0, 4.0]


def test_at_weight_nil_the_network_does_not_pull():
    world = tiny_world()
    tie(world, 0, 1), tie(world, 1, 2)
    campaign(world, params(popularity=0, closure=0), stream())
    assert not world.states.pull.any()
    assert not world.states.shared_pull.any()


def test_a_state_with_more_partners_pulls_more():
    world = tiny_world(4)
    tie(world, 0, 1), tie(world, 0, 2)
    campaign(world, params(), stream())
    pull = world.states.pull  # 0 has two partners, 1 and 2 have one, 3 has none
    assert pull[0] > pull[1] == pull[2] > pull[3]

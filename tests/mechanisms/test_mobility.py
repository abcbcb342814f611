"""M9: people leave, stay, return and circulate."""

import numpy as np
import pytest
import reference_full as slow
from scipy.stats import chi2, chisquare

from coopsim.mechanisms import mobility
from coopsim.mechanisms.mobility import CATEGORY_SHARE, MobilityParams, choices, departures, move, stay_share
from worlds import run, short_config, stream, tiny_world

DEFAULT = MobilityParams()


def test_departures_and_hosts_worked_out_by_hand():
    world = tiny_world(3)
    world.dyads.language_overlap[0, 1] = 0.5
    # O = 3.5e-4 x 1e6 x (.35 + .65 x .5) x (1.3 - .5) = 350 x .675 x .8 = 189.
    assert departures(world, DEFAULT) == pytest.approx([189] * 3)
    study, art = choices(world, DEFAULT)
    # The language adds 2 x .5 = 1 to the utility of host 1: e/(1 + e) = .73106.
    assert study[0] == pytest.approx([0, 0.73106, 0.26894], abs=1e-5)
    assert art[0] == pytest.approx([0, 0.73106, 0.26894], abs=1e-5)
    assert study[1] == pytest.approx([0.5, 0, 0.5])


def test_stayers_returnees_and_contact_worked_out_by_hand():
    world = tiny_world(2)
    world.dyads.diaspora[0, 1] = 1000
    world.dyads.stock[0, 1] = 100
    move(world, DEFAULT, stream("mobility"))
    students, scholars, artists = world.dyads.flows[:, 0, 1]
    people = students + scholars + artists
    assert people > 150  # of 189 x 1.2 expected
    # Between equally rich states 35 % stay and 65 % return; 30 of the diaspora of 1,000 circulate.
    assert world.states.stayers[0] == pytest.approx(0.35 * people)
    assert world.states.returnees[0] == pytest.approx(0.65 * people + 30)
    assert world.dyads.diaspora[0, 1] == pytest.approx(1000 + 0.35 * people - 30)
    assert world.dyads.stock[0, 1] == pytest.approx(75 + students)  # students only
    # A thousandth of a million people is one unit of contact.
    assert world.dyads.contact[0, 1] == pytest.approx(1 - np.exp(-(0.65 * people + 30) / 1000))
    assert world.dyads.host_contact[1, 0] == pytest.approx(1 - np.exp(-(75 + students) / 1000))


def test_with_equal_utilities_the_choice_is_uniform():
    study, art = choices(tiny_world(6), DEFAULT)
    for shares in (study, art):
        assert shares == pytest.approx((1 - np.eye(6)) / 5)


def test_v8_flows_are_poisson_around_departures_and_spread_evenly():
    world = tiny_world(5, population=0.05)
    expected = departures(world, DEFAULT)[0]  # 9.45 students a year
    years = 800
    totals, by_host = np.zeros((3, years)), np.zeros(5)
    for year in range(years):
        world.dyads.stock[:] = 0
        move(world, DEFAULT, stream("mobility", year=year))
        totals[:, year] = world.dyads.flows[:, 0].sum(axis=1)
        by_host += world.dyads.flows[:, 0].sum(axis=0)
    for category, share in enumerate(CATEGORY_SHARE):
        mean = share * expected
        assert totals[category].mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / years))
        # Index of dispersion: sum (x - mean)^2/mean is chi-square with one degree of freedom a year.
        dispersion = ((totals[category] - totals[category].mean()) ** 2).sum() / totals[category].mean()
        assert 1e-4 < chi2.sf(dispersion, years - 1) < 1 - 1e-4
    assert chisquare(by_host[1:]).pvalue > 1e-4


def test_v8_returnees_and_stayers_are_all_who_moved_and_circulated():
    world = run(short_config(12, 1)).world
    before = world.dyads.diaspora.copy()
    move(world, DEFAULT, stream("mobility"))
    moved = world.dyads.flows.sum(axis=(0, 2))
    circulated = DEFAULT.circulation * before.sum(axis=1)
    assert world.states.departures == pytest.approx(moved)
    assert world.states.returnees + world.states.stayers == pytest.approx(moved + circulated, rel=1e-12)
    assert world.dyads.diaspora.sum() == pytest.approx(
        before.sum() + world.states.stayers.sum() - circulated.sum(), rel=1e-12)


def test_nobody_stays_between_any_states_if_nobody_stays_between_equals():
    assert not stay_share(tiny_world(3, income=np.array([0, 0.5, 1])), MobilityParams(stay=0)).any()


def test_more_stay_in_richer_states_within_limits():
    shares = stay_share(tiny_world(3, income=np.array([0, 0.2, 1])), DEFAULT)
    assert shares[0, 2] > shares[0, 1] > 0.35 > shares[1, 0] > shares[2, 0]
    assert stay_share(tiny_world(2, income=np.array([0, 1])), MobilityParams(stay=0.9))[0, 1] == 0.80
    assert stay_share(tiny_world(2, income=np.array([0, 1])), DEFAULT)[1, 0] == 0.05


@pytest.mark.parametrize("pull", ["language_overlap", "stock", "comembership", "dose", "missions", "perceived"])
def test_every_pull_raises_the_share_of_its_host(pull):
    world = tiny_world(4)
    study, art = choices(world, DEFAULT)
    if pull == "dose":
        world.dyads.dose[0, 1, 0] = 1.0  # host 1 offers scholarships to people of 0
    else:
        getattr(world.dyads, pull)[0, 1] = 1
    more_study, more_art = choices(world, DEFAULT)
    assert more_art[0, 1] > art[0, 1]
    if pull in ("missions", "perceived"):  # they move artists only
        assert more_study[0, 1] == study[0, 1]
    else:
        assert more_study[0, 1] > study[0, 1]


@pytest.mark.parametrize("seed", range(10))
def test_the_array_code_agrees_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    w = slow.read(world)
    expected = slow.m9_expected(w, 3.5e-4, 2.0, 0.25)
    study, art = choices(world, DEFAULT)
    leaving = departures(world, DEFAULT)[:, None]
    # Utilities of size 10 to 100 are exponentiated: rounding in the sixteenth digit grows a hundredfold.
    for share, choice, value in zip(CATEGORY_SHARE, (study, study, art), expected, strict=True):
        np.testing.assert_allclose(share * leaving * choice, value, rtol=1e-11)
    move(world, DEFAULT, stream("mobility"))
    drawn = world.dyads.flows.tolist()
    after = slow.m9_after(w, drawn, 0.35, 0.03)
    found = (world.dyads.stock, world.dyads.diaspora, world.dyads.contact, world.dyads.host_contact)
    for array, value in zip(found, after, strict=True):
        np.testing.assert_allclose(array, value, rtol=1e-12, atol=1e-14)


def test_the_starting_stock_is_what_today_s_flows_keep_up():
    world = tiny_world(3, population=np.array([1.0, 5.0, 20.0]))
    mobility.start(world, DEFAULT, stream())
    study, _ = choices(world, DEFAULT)
    flows = departures(world, DEFAULT)[:, None] * study
    np.testing.assert_allclose(0.75 * world.dyads.stock + flows, world.dyads.stock, rtol=1e-3)


def test_off_means_that_nobody_moves():
    world = run(short_config(8, 4, {"mechanisms.mobility": False})).world
    for name in ("flows", "stock", "diaspora", "contact", "host_contact"):
        assert not getattr(world.dyads, name).any()
    assert not world.states.departures.any()

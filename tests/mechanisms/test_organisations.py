"""M8: organisations choose partners, spend what they have, live and die."""

import numpy as np
import pytest
import reference_full as slow
from reference_full import found, project
from scipy.stats import chisquare

from coopsim.mechanisms.kernels.projects import first_reaching
from coopsim.mechanisms.mechanism import row_shares
from coopsim.mechanisms.organisations import (
    COMPATIBLE,
    OrganisationParams,
    attraction,
    choose_states,
    live_and_die,
    run_projects,
)
from coopsim.world.activities import ASSISTANCE, ASSOCIATION, EVENTS, FOUNDATION, MIX, MOBILITY, NGO
from worlds import run, short_config, stream, tie, tiny_world

NO_NEW = OrganisationParams(projects=0)


def test_partner_states_are_chosen_by_the_weights_worked_out_by_hand():
    world = tiny_world(3, perceived=np.array([[0, 0.45, 0.2], [0.45, 0, 0], [0.2, 0, 0]]))
    world.dyads.stock[0, 2] = 3000
    tie(world, 0, 1)
    # To 1: (.05 + .45) e^.5 = .82436; to 2: (.05 + .2) sqrt(1 + 3) = .5. Share of 1: .82436/1.32436 = .62246.
    assert row_shares(attraction(world))[0] == pytest.approx([0, 0.62246, 0.37754], abs=1e-5)


def test_money_doses_and_joint_commonality_worked_out_by_hand():
    world = tiny_world(3, dose_cost=np.array([1.0, 1.0, 2.0]))
    world.dyads.distrust[0, 1] = 0.5
    (owner,) = found(world, 0, FOUNDATION, [6.0])
    project(world, owner, 1, ASSISTANCE)
    project(world, owner, 2, MOBILITY, extra=(1,))
    counters = run_projects(world, NO_NEW, stream())
    # Six millions over two projects: three in state 1, three in state 2, where a dose costs two.
    assert world.dyads.spending_private[0].tolist() == [0, 3, 3]
    assert world.dyads.dose[ASSISTANCE, 0].tolist() == [0, 3, 0]
    # The further state receives the whole dose, too.
    assert world.dyads.dose[MOBILITY, 0].tolist() == [0, 3, 1.5]
    # Trust in state 1: (.40 x 3 + .50 x 3) (1 - .1 x .5) = 2.7 x .95 = 2.565; in state 2: .5 x 1.5.
    assert world.dyads.trust_dose[0] == pytest.approx([0, 2.565, 0.75])
    # One project-year with all three: J = .01 for every pair.
    assert world.dyads.joint == pytest.approx(0.01 * (1 - np.eye(3)))
    assert counters["private spending"] == 6
    assert world.organisations.funding[owner] == 6
    assert world.organisations.partners[owner] == 2


def test_every_project_lasts_two_years_at_the_shortest_duration():
    world = tiny_world(2)
    found(world, 0, NGO, [1.0] * 50)
    run_projects(world, OrganisationParams(projects=2, duration=1), stream())
    rows = world.projects.rows
    assert len(rows) > 50
    assert (rows["end"] - rows["start"] == 1).all()
    world.year += 2
    run_projects(world, NO_NEW, stream(year=world.year))
    assert len(world.projects) == 0


def test_without_new_projects_nothing_is_spent():
    world = tiny_world(3)
    found(world, 0, NGO, [1.0] * 20)
    assert run_projects(world, NO_NEW, stream())["private spending"] == 0
    assert not world.dyads.spending_private.any()


@pytest.mark.parametrize("column", ["perceived", "stock", "tied"])
def test_commonality_compatriots_and_agreements_attract(column):
    world = tiny_world(3, perceived=0.2)
    before = row_shares(attraction(world))[0, 1]
    if column == "tied":
        tie(world, 0, 1)
    else:
        getattr(world.dyads, column)[0, 1] += 0.3
    assert row_shares(attraction(world))[0, 1] > before


def test_the_choice_is_that_of_gumbel_max():
    draw = np.random.default_rng(1)
    weight = draw.exponential(1, (1, 6))
    number = 40_000
    cumulative = np.cumsum(row_shares(weight), axis=1)
    ours = choose_states(cumulative, np.zeros(number, dtype=np.int64), stream().uniform("state", number))
    gumbel = np.argmax(np.log(weight) + draw.gumbel(size=(number, 6)), axis=1)
    expected = number * row_shares(weight)[0]
    for chosen in (ours, gumbel):
        assert chisquare(np.bincount(chosen, minlength=6), expected).pvalue > 1e-3


def test_a_home_state_never_chooses_another_row_of_the_table():
    weight = np.random.default_rng(2).exponential(1, (50, 50)) * (1 - np.eye(50))
    cumulative = np.cumsum(row_shares(weight), axis=1)
    cumulative /= cumulative[:, -1:]
    home = np.repeat(np.arange(50), 200)
    uniform = stream().uniform("u", len(home))
    expected = [int(np.searchsorted(cumulative[h], u)) for h, u in zip(home, uniform, strict=True)]
    assert choose_states(cumulative, home, uniform).tolist() == expected
    assert (choose_states(cumulative, home, uniform) != home).all()


def test_a_stretch_of_any_length_is_searched_as_numpy_searches_it():
    cumulative = np.cumsum(np.random.default_rng(3).integers(0, 3, 60).astype(float))
    for first in (0, 7):
        for last in range(first + 1, 61):
            for target in np.arange(-0.5, 70, 0.5):  # below all, between, exactly at some, above all
                expected = min(first + np.searchsorted(cumulative[first:last], target), last - 1)
                assert first_reaching(cumulative, first, last, target) == expected


@pytest.mark.parametrize(("prior", "shares"), [(False, (1 / 8, 2 / 8, 5 / 8)), (True, (3 / 10, 2 / 10, 5 / 10))])
def test_partners_are_drawn_by_budget_and_three_times_so_if_a_project_runs(prior, shares):
    world = tiny_world(2)
    owners = found(world, 0, NGO, [1.0] * 4000)
    hosts = found(world, 1, NGO, [1.0, 2.0, 5.0])
    found(world, 1, FOUNDATION, [100.0])  # does not fit an NGO
    if prior:
        for owner in owners:
            project(world, owner, 1, ASSISTANCE, partner=hosts[0])
    run_projects(world, OrganisationParams(projects=3, duration=3), stream())
    rows = world.projects.rows[world.projects.rows["start"] == world.year]
    rows = rows[np.isin(rows["organisation"], owners)]
    counts = np.array([(rows["partner"] == host).sum() for host in hosts])
    assert counts.sum() == len(rows)
    assert chisquare(counts, len(rows) * np.array(shares)).pvalue > 1e-3


def test_new_projects_are_those_that_the_rule_draws_from_the_same_numbers():
    world = slow.random_world(5)
    for home in range(world.size):
        for kind in COMPATIBLE:
            found(world, home, kind, np.random.default_rng(home).exponential(1, 3))
    world.organisations.closed[::5] = world.year - 1
    draws, p = stream(), OrganisationParams(projects=6, multilateral=0.3)
    run_projects(world, p, stream(year=world.year - 1))
    world.organisations.closed[3::7] = world.year - 1
    o, running = world.organisations, world.projects.rows.copy()
    running = running[(running["end"] >= world.year) & (o.closed[running["organisation"]] < 0)]
    run_projects(world, p, draws)
    new = iter(world.projects.rows[len(running):])
    number = draws.poisson("projects", np.full(len(o), 2.0))
    chosen = multi = known = 0
    for owner in np.flatnonzero((o.closed < 0) & (o.kind >= FOUNDATION)):
        weight = np.cumsum(attraction(world)[o.home[owner]])
        for turn in range(int(number[owner])):
            index = np.array([owner * 64 + turn])

            def u(purpose, index=index):
                return float(draws.uniform_at(purpose, index)[0])

            row, home, kind = next(new), o.home[owner], o.kind[owner]
            state = int(np.searchsorted(weight, u("state") * weight[-1]))
            there = [k for k in np.flatnonzero((o.home == state) & (o.closed < 0)) if o.kind[k] in COMPATIBLE[kind]]
            mine = running[(running["organisation"] == owner) & (running["state"] == state)]["partner"]
            prior = [k for k in mine if k in there][:1]
            shares = np.cumsum(o.budget[there + prior] * ([1] * len(there) + [2] * len(prior)))
            partner = (there + prior)[int(np.searchsorted(shares, u("partner") * shares[-1]))] if there else -1
            further = []
            if u("multi-party") < 0.3 * (3 if kind in (FOUNDATION, ASSOCIATION) else 1):
                for k in range(1 + int(u("number of parties") * 4)):
                    other = int(np.searchsorted(weight, u(f"extra {k}") * weight[-1]))
                    further.append(-1 if other in (state, home, *further) else other)
            activity = int((u("activity") > np.cumsum(MIX[kind])[:4]).sum())
            lasts = 1 + min(max(int(np.ceil(np.log1p(-u("duration")) / np.log1p(-1 / 3))), 1), 20)
            assert row["extra"].tolist() == further + [-1] * (4 - len(further))
            assert row.tolist()[:3] == (owner, partner, state)
            assert (row["activity"], row["start"], row["end"]) == (activity, world.year, world.year + lasts - 1)
            chosen, multi, known = chosen + (partner >= 0), multi + bool(further), known + bool(prior)
    assert next(new, None) is None
    assert chosen > 20
    assert multi > 20
    assert known > 5


def test_a_state_without_a_compatible_organisation_offers_no_partner():
    world = tiny_world(2)
    found(world, 0, NGO, [1.0] * 30)
    found(world, 1, FOUNDATION, [1.0])
    run_projects(world, OrganisationParams(projects=3), stream())
    rows = world.projects.rows
    assert (rows["partner"][world.organisations.kind[rows["organisation"]] == NGO] == -1).all()


def test_parties_of_a_project_are_different_states():
    world = tiny_world(8, perceived=0.3)
    found(world, 0, ASSOCIATION, [1.0] * 400)
    counters = run_projects(world, OrganisationParams(projects=3, multilateral=1), stream())
    for row in world.projects.rows:
        further = [int(k) for k in row["extra"] if k >= 0]
        assert len({0, int(row["state"]), *further}) == 2 + len(further)
    # Further states that were drawn twice drop out, so that a few projects stay bilateral.
    assert counters["multi-party projects"] > 0.8 * len(world.projects)


@pytest.mark.parametrize("seed", range(8))
def test_choice_and_spending_agree_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    draw = np.random.default_rng(seed)
    private = np.flatnonzero(world.organisations.kind >= FOUNDATION)
    if not len(private):
        pytest.skip("the draw founded no private organisation")
    projects = []
    for _ in range(25):
        owner = int(draw.choice(private))
        home = int(world.organisations.home[owner])
        states = [int(k) for k in draw.permutation(world.size) if k != home]
        further = tuple(states[1:1 + int(draw.integers(3))])
        projects.append((owner, int(draw.integers(5)), states[0], further))
        project(world, owner, states[0], projects[-1][1], extra=further)
    w = slow.read(world)
    for home in range(world.size):
        chances = slow.m8_choice(w, home)
        # Some twenty float operations each: 1e-12 leaves two digits of slack.
        assert row_shares(attraction(world))[home] == pytest.approx(
            [chances.get(j, 0.0) for j in range(world.size)], rel=1e-12)
    homes, budgets = world.organisations.home.tolist(), world.organisations.budget.tolist()
    spending, dose, trust_dose, understanding_dose = slow.m8_spending(w, homes, budgets, projects, 0.7)
    before = world.dyads.dose.copy(), world.dyads.trust_dose.copy(), world.dyads.understanding_dose.copy()
    run_projects(world, OrganisationParams(projects=0, budget_scale=0.7), stream())
    after = world.dyads.dose, world.dyads.trust_dose, world.dyads.understanding_dose
    # Sums of up to 25 amounts in another order: relative 1e-11.
    np.testing.assert_allclose(world.dyads.spending_private, spending, rtol=1e-11)
    for old, new, expected in zip(before, after, (dose, trust_dose, understanding_dose), strict=True):
        np.testing.assert_allclose(new - old, expected, rtol=1e-11, atol=1e-11)


def test_as_many_are_founded_as_fail_and_the_purse_stays_the_same():
    world = tiny_world(4)
    for home in range(4):
        found(world, home, NGO, [1.0 + home] * 40)
    world.remember_reference()
    closed = merged = 0
    for year in range(2026, 2046):
        world.year = year
        counters = live_and_die(world, OrganisationParams(turnover=0.2), stream(year=year))
        closed, merged = closed + counters["organisations closed"], merged + counters["organisations merged"]
        working = (world.organisations.closed < 0) & (world.organisations.kind >= FOUNDATION)
        assert working.sum() == 160
    assert merged > 20
    assert closed > 20
    live_and_die(world, OrganisationParams(turnover=0), stream())
    assert world.organisations.budget[working].sum() == pytest.approx(world.reference.private_budget)


def test_the_merging_are_taken_over_by_the_largest_of_their_kind_at_home():
    world = tiny_world(3)
    for home in (0, 1):
        found(world, home, NGO, [1.0, 4.0, 4.0, 2.0])
        found(world, home, ASSOCIATION, [9.0])
    (lonely,) = found(world, 2, NGO, [1.0])
    known = int(np.flatnonzero(world.organisations.budget == 9)[0])
    world.organisations.founded[known - 4] = 1990
    world.remember_reference()
    first = known - 4
    failing = np.ones(len(world.organisations))
    failing[[first, first + 3, lonely]] = 0
    dial = slow.Dial({"failure": failing, "merger": np.zeros(len(world.organisations))})
    counters = live_and_die(world, OrganisationParams(turnover=0.5, projects=0), dial)
    # The first of the two largest takes over both, one after the other; nobody takes over the last of its kind.
    assert counters == {"organisations closed": 1, "organisations merged": 2, "organisations founded": 3}
    assert world.organisations.budget[first:first + 3] == pytest.approx([1, 7, 4])
    # At work are now 7, 4, 9 and 1, 4, 4, 2, 9: newcomers begin with half of the median.
    assert world.organisations.budget[-3:] == pytest.approx([2, 2, 2])
    assert [event.what for event in world.events if event.kind == "merger"] == [
        f"organisation {first} becomes part of organisation {first + 1}"]
    assert f" of {world.year}, " in world.organisations.name[-1]


def test_whoever_follows_one_from_outside_the_rules_takes_over_its_lot():
    worlds = [tiny_world(3) for _ in range(2)]
    for world in worlds:
        found(world, 0, NGO, [1.0] * 3)
        world.remember_reference()
    known = len(worlds[0].organisations)
    worlds[1].organisations.append(name=["Fund"], kind=FOUNDATION, home=1, budget=1.0)
    fund = int(worlds[1].organisations.lot[-1])
    for world in worlds:
        live_and_die(world, OrganisationParams(turnover=0.5, projects=0), slow.Dial(other=0.4))
    alone, beside = (world.organisations for world in worlds)
    assert alone.lot[known:].tolist() == [known, known + 1, known + 2]
    assert beside.lot[known:].tolist() == [fund, known, known + 1, known + 2, fund]


def test_without_turnover_organisations_stay_what_they_are():
    world = tiny_world(3)
    rows = found(world, 0, NGO, [1.0, 2.0, 3.0])
    world.remember_reference()
    live_and_die(world, OrganisationParams(turnover=0), stream())
    assert world.organisations.budget[rows] == pytest.approx([1, 2, 3])
    assert (world.organisations.closed < 0).all()


def test_the_busy_grow_at_the_expense_of_the_idle():
    world = tiny_world(2)
    rows = found(world, 0, NGO, [1.0, 1.0])
    world.organisations.projects[rows] = [9, 1]
    world.remember_reference()
    live_and_die(world, OrganisationParams(turnover=0.1), slow.Dial())
    busy, idle = world.organisations.budget[rows]
    assert busy > 1 > idle
    assert busy + idle == pytest.approx(2)


def test_off_means_no_projects_no_private_money_and_no_births_or_deaths():
    world = run(short_config(8, 4, {"mechanisms.organisations": False})).world
    assert len(world.projects) == 0
    assert not world.dyads.spending_private.any()
    assert (world.organisations.closed < 0).all()
    assert (world.dyads.dose[EVENTS] > 0).any()  # the public channels go on

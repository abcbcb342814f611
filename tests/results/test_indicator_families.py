"""Each family of indicators by hand in worlds of a few states, and all of them alive in a run."""

import numpy as np
import pytest

from coopsim.model import CoopModel
from coopsim.results.indicators import INDICATORS, measure
from coopsim.results.moment import REGIONAL, Moment
from coopsim.results.recorder import Recorder
from coopsim.world.activities import ACTIVITIES, TOPICS
from coopsim.world.organisations import IO_KINDS
from worlds import matrix, short_config, tie, tiny_world

NORTH = np.array([True, False, False])


def test_the_innermost_core_by_hand():
    world = tiny_world(5)
    for a, b in ((0, 1), (1, 2), (0, 2), (2, 3), (3, 4)):
        tie(world, a, b)
    found = measure(world, {})
    assert (found["k_core"], found["k_core_size"]) == (2, 3)


def test_the_spread_of_trust_by_hand():
    world = tiny_world(3, trust=matrix([0, 0.1, 0.2], [0.3, 0, 0.4], [0.5, 0.6, 0]))
    found = measure(world, {})
    assert (found["trust_p10"], found["trust_p90"]) == (0.1, 0.6)
    values = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    z = (values - values.mean()) / values.std()
    assert found["trust_bimodality"] == pytest.approx(((z**3).mean() ** 2 + 1) / (z**4).mean())
    assert measure(tiny_world(3), {})["trust_bimodality"] == 0  # everybody trusts alike


def test_incidents_per_thousand_pairs():
    world = tiny_world(41)  # 820 pairs
    for a, b in ((0, 1), (2, 3)):
        world.dyads.incident[a, b] = world.dyads.incident[b, a] = True
    found = measure(world, {})
    assert found["incidents_per_1000_pairs"] == pytest.approx(2000 / 820)
    assert found["peace"] == pytest.approx(1 - 2000 / 820 / 10)


def test_people_by_hand():
    world = tiny_world(3, north=NORTH, population=np.array([1.0, 2.0, 3.0]))
    world.dyads.stock = matrix([0, 10, 0], [60, 0, 10], [20, 0, 0])
    world.states.departures = np.array([10.0, 30.0, 60.0])
    world.states.stayers = np.array([0.0, 10.0, 30.0])
    world.states.returnees = np.array([20.0, 10.0, 40.0])
    counters = {"students": 90, "scholars": 7, "artists": 5, "artists with a mission": 4}
    found = measure(world, counters)
    assert (found["students"], found["scholars"], found["artists"]) == (90, 7, 5)
    assert found["artists_with_mission"] == pytest.approx(0.8)
    assert found["mobile_students"] == 100
    assert found["north_share_of_hosts"] == pytest.approx(0.8)
    assert found["top5_host_share"] == 1
    assert found["host_concentration"] == pytest.approx(0.64 + 0.01 + 0.01)
    assert found["stay_share"] == pytest.approx(0.4)
    assert found["brain_drain"] == pytest.approx(1000 * 40 / 6e6)
    assert found["circulation_ratio"] == pytest.approx(0.7)


def test_talent_is_one_hundred_when_people_first_move():
    world, bases = tiny_world(3), {}
    talent = INDICATORS["talent_index"].measure
    assert talent(Moment(world, {}, bases)) == 0
    assert talent(Moment(world, {"scholars": 15, "artists": 5}, bases)) == 100
    assert talent(Moment(world, {"scholars": 25, "artists": 5}, bases)) == pytest.approx(150)
    world.states.capacity[:, 1] = 0.25  # from one half
    assert talent(Moment(world, {"scholars": 15, "artists": 5}, bases)) == pytest.approx(50)


def test_practices_met_by_hand():
    world = tiny_world(4)
    world.states.traits[:] = 0
    world.states.traits[1, 0] = 1
    world.dyads.understanding[0, [1, 2]] = 0.5  # 0 meets two forms of the first practice, one of the others
    world.dyads.understanding[3, [0, 2]] = 0.5  # 3 meets one form of each
    features = world.states.traits.shape[1]
    assert measure(world, {})["traits_diversity"] == pytest.approx(np.log(2) / features / 4)


def test_cultural_life_by_hand():
    world = tiny_world(3, north=NORTH, population=np.array([1.0, 1.0, 2.0]), income=np.array([1.0, 0.5, 0.0]),
                       digital_access=np.array([0.9, 0.6, 0.3]), knowledge=0.5, capacity=0.5)
    world.dyads.taught[0, 1], world.dyads.practice[:] = 2.0, 0.25 * (1 - np.eye(3))
    found = measure(world, {"practices copied": 3})
    assert found["digital_access"] == pytest.approx((0.9 + 0.6 + 0.6) / 4)
    assert found["digital_access_south"] == pytest.approx((0.6 + 0.6) / 3)
    assert found["access_south"] == pytest.approx((0.5 + 0.5 + 0.4) / 4)
    income = (np.sqrt(0.5) + np.sqrt(0.25)) / 4
    assert found["life_index"] == pytest.approx((0.5 * found["access"] * 0.5 * income) ** 0.25)
    assert (found["taught"], found["practice_overlap"], found["practices_copied"]) == (2, 0.25, 3)
    assert found["language_overlap"] == 0


def test_means_by_hand():
    world = tiny_world(3, north=NORTH, dose_cost=np.array([1.0, 2.0, 4.0]))
    world.dyads.spending_agency = matrix([0, 3, 1], [4, 0, 0], [0, 0, 0])
    for number, row in enumerate(((0, 1, 1), (0, 2, 0), (0, 0, 1), (0, 1, 0), (0, 0, 0))):
        world.dyads.dose[number, 0] = row
    found = measure(world, {"dues carried over": 2.5})
    assert found["spending_south_share"] == pytest.approx(0.5)
    assert [found[f"share_{name}"] for name in ACTIVITIES] == pytest.approx([6 / 16, 4 / 16, 4 / 16, 2 / 16, 0])
    assert found["dues_unspent"] == 2.5


def test_actors_by_hand():
    world = tiny_world(3)
    organisations = world.organisations
    organisations.kind[:], organisations.funding[:] = 0, 0.0
    organisations.kind[1], organisations.funding[[0, 1]] = 5, 2.0
    world.international.budget[:] = 0.0
    organisations.closed[:] = -1
    organisations.closed[2] = 2025
    found = measure(world, {"organisations founded": 2, "organisations closed": 1, "organisations merged": 3})
    assert found["actor_diversity"] == pytest.approx(np.log(2))
    assert found["organisations_active"] == len(organisations) - 1
    assert [found[f"organisations_{word}"] for word in ("founded", "closed", "merged")] == [2, 1, 3]
    world.international.budget[0] = 2.0
    assert measure(world, {})["actor_diversity"] == pytest.approx(np.log(3))


def test_projects_by_hand():
    world = tiny_world(4)
    new = world.projects.extend(3)
    new["extra"] = -1
    new["extra"][1, 2] = 3
    found = measure(world, {})
    assert (found["projects"], found["multi_party_projects"]) == (3, 1)
    assert measure(world, {"multi-party projects": 1})["multi_party_projects"] == 1


def region_of(world, *members):
    """Let the first international organisation be regional, with these members."""
    world.international.kind[:] = IO_KINDS.index("regional")
    world.international.members[0, list(members)] = True


def test_regional_integration_by_hand():
    world = tiny_world(4, trust=0.2)
    region_of(world, 0, 1)
    world.dyads.trust[0, 1] = world.dyads.trust[1, 0] = 0.6
    tie(world, 0, 1)
    tie(world, 0, 2)
    world.dyads.flows[0, 0, [1, 2]] = 3, 1  # half of the four who leave members
    world.dyads.flows[2, 1, 3] = 2
    world.states.departures = world.dyads.flows.sum(axis=(0, 2))
    norm = world.propose_norm(name="n", kind="convention", topic="heritage", innovation=0, imitation=0,
                              resistance=0, entry_into_force=1)
    world.open_norm(norm)
    norm.adopted[[0, 1, 2]] = True
    found = measure(world, {})
    assert found["integration_trust"] == pytest.approx(0.4)
    assert found["integration_density"] == pytest.approx(1 - 1 / 4)
    assert found["integration_mobility"] == pytest.approx(3 / 6)
    assert found["integration_norms"] == 1
    assert found["regional_integration"] == pytest.approx((0.4 + 0.75 + 0.5 + 1) / 4)
    norm.adopted[0] = False
    assert measure(world, {})["integration_norms"] == 0


def test_norms_by_hand():
    world = tiny_world(4)
    for name, topic in (("first", "heritage"), ("second", "heritage"), ("third", "rights")):
        world.open_norm(world.propose_norm(name=name, kind="convention", topic=topic, innovation=0, imitation=0,
                                           resistance=0, entry_into_force=1))
    first, second, rights = world.norms.items
    first.adopted[[0, 1]], second.adopted[[1, 2]], rights.adopted[:] = True, True, True
    first.compliance[[0, 1]], rights.compliance[:], rights.reserved[3] = 0.4, 0.1, True
    found = measure(world, {"adoptions": 8, "withdrawals from conventions": 1})
    assert (found["adoption_heritage"], found["adoption_rights"], found["adoption_traffic"]) == (0.75, 1, 0)
    assert found["compliance"] == pytest.approx((0.8 + 0.4) / 8)
    assert (found["reservations"], found["adoptions"], found["norm_withdrawals"]) == (1, 8, 1)


def test_international_organisations_by_hand():
    world = tiny_world(3, dose_cost=np.array([1.0, 2.0, 4.0]), assistance_received=np.array([1.0, 0.0, 2.0]))
    universal = world.international.universal
    world.international.members[universal, :2] = True
    world.international.budget[:] = 1.5
    world.reference.universal_members[:] = True
    world.dyads.joint = matrix([0, 0.4, 0.1], [0.4, 0, 0], [0.1, 0, 0])
    world.dyads.comembership = matrix([0, 0.5, 0], [0.5, 0, 0], [0, 0, 0])
    found = measure(world, {"exits": 1, "returns": 2})
    assert (found["members_absent"], found["exits"], found["returns"]) == (1, 1, 2)
    assert found["international_budget"] == pytest.approx(1.5 * len(world.international))
    assert found["international_assistance"] == pytest.approx(9)
    assert found["joint"] == pytest.approx(1 / 6)
    assert found["joint_in_communities"] == pytest.approx(0.4)


def test_trade_and_claims_by_hand():
    world = tiny_world(3, north=NORTH, dose_cost=np.array([1.0, 1.0, 2.0]))
    world.dyads.trade = matrix([0, 0.3, 0.2], [0.1, 0, 0.4], [0, 0, 0])
    world.dyads.barrier = matrix([0, 0.3, 0.3], [0, 0, 0], [0, 0, 0])
    world.dyads.flows[1] = matrix([0, 1, 0], [2, 0, 9], [1, 9, 0])
    world.dyads.dose[2] = matrix([0, 1, 1], [1, 0, 0], [0, 5, 0])
    world.claims.open(np.array([0, 1]), np.array([2, 2]), 2025)
    world.claims.rows["settled"][1] = 2026
    found = measure(world, {"claims opened": 2, "claims settled": 1})
    assert found["trade_south_share"] == pytest.approx(0.5)
    assert found["trade_top_exporter"] == pytest.approx(0.5)
    assert found["barrier"] == pytest.approx(0.1)
    assert (found["claims_open"], found["claims_opened"], found["claims_settled"]) == (1, 2, 1)
    assert found["balance_trade"] == pytest.approx((0.5 - 0.1) / 0.6)
    assert found["balance_people"] == pytest.approx((1 - 3) / 4)
    assert found["balance_assistance"] == pytest.approx((3 - 1) / 4)


def treaty(world, a, b, *, topic="trade", year=None):
    world.agreements.sign_bilateral(np.array([a]), np.array([b]), year=year or world.year, initiator=np.array([-1]),
                                    activity=np.array([-1]), topic=TOPICS.index(topic))


def test_spillover_by_hand():
    # Strength decides all: strong pairs are tied and make treaties; among equals a tie does nothing.
    world = tiny_world(5, trust=0.2, interest=1.0)
    strong = [(0, 1), (0, 2), (1, 2), (0, 3)]
    for a, b in strong:
        world.dyads.trust[a, b] = world.dyads.trust[b, a] = 0.8
    for a, b in (*strong[:3], (3, 4)):
        tie(world, a, b)
    for a, b in (*strong, *strong):
        treaty(world, a, b)
    treaty(world, 3, 4, topic="security")
    for a, b in ((0, 4), (1, 3), (1, 4), (2, 3), (2, 4)):
        treaty(world, a, b, topic="science")
    treaty(world, 0, 1, year=world.year - 1)  # another year's, and an agreement on culture, do not count
    found = measure(world, {"other treaties": 14})
    assert found["other_treaties"] == 14
    assert found["spillover_crude"] == pytest.approx((7 / 4) / (7 / 6))
    assert found["spillover_stratified"] == pytest.approx(1)
    assert measure(world, {})["spillover_stratified"] == 0


def test_treaties_of_the_year_are_found_in_a_long_ledger():
    world = tiny_world(3)
    for _ in range(600):
        treaty(world, 0, 1, year=world.year - 1)
    for _ in range(1100):
        treaty(world, 0, 1)
    tie(world, 0, 1)
    treaty(world, 1, 2)
    found = measure(world, {"other treaties": 1101})
    assert found["spillover_crude"] == pytest.approx(1100 / (1 / 2))


@pytest.fixture(scope="module")
def model():
    values = {"conflict.incident_rate": 0.05, "multilateral.exit_rate": 0.05, "multilateral.return_rate": 0.3,
              "conventions.withdrawal": 0.1, "negotiation.claim_rate": 0.5, "spillover.base_rate": 0.5,
              "development.late": 0.8, "bilateral.base_rate": 0.3, "conflict.memory_decay": 0.02}
    found = CoopModel(short_config(25, 12, values), rng=3)
    found.run_for(12)
    return found


# Only interventions open missions, shift interests or change members of regional organisations; as many organisations
# are founded as fail.
STILL = {"missions", "interest", "comembership", "organisations_active"}


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_is_finite_and_moves(model, name):
    series = model.recorder.tables()["indicators"][name].to_numpy()
    assert np.isfinite(series).all()
    moving = series[1:] if INDICATORS[name].yearly else series
    assert (np.ptp(moving) > 0) != (name in STILL)


def test_who_leaves_a_region_shares_less():
    world = CoopModel(short_config(25, 2), rng=3).world.international
    body = next(k for k in np.flatnonzero(world.members[:, 0]) if world.kind[k] == REGIONAL)
    change = {"year": 2027, "kind": "withdraw", "who": "S01", "from": str(world.id[body])}
    found = CoopModel(short_config(25, 2).with_interventions(change), rng=3)
    found.run_for(2)
    first, second, third = found.recorder.series["comembership"]
    assert first == second > third


def test_hints_of_last_year_change_nothing(model):
    # Guesses and quintiles are kept from year to year; only what is scaled to a first year may depend on them.
    fresh = Recorder(model.world)
    fresh.record(model.counters)
    differs = {name for name in INDICATORS if fresh.latest[name] != model.recorder.latest[name]}
    incidents = {"incidents", "incidents_per_1000_pairs", "peace"}  # forgotten when the year closes
    assert differs <= {"talent_index", "spillover_stratified"} | incidents

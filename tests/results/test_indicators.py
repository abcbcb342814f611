"""Indicators: by hand in a world of three states, never NaN, and fast."""

from time import thread_time

import numpy as np
import pytest

from coopsim.config import Config
from coopsim.model import CoopModel
from coopsim.results.indicators import ENTRIES, INDICATORS, SHARES, measure
from coopsim.world.build import WorldSpec
from worlds import matrix, run, short_config, tie, tiny_world


def test_names_are_unique_words():
    assert len(INDICATORS) == len(ENTRIES)
    assert all(name.isidentifier() and name == name.lower() for name in INDICATORS)
    assert all(found.label and found.unit and found.source for found in ENTRIES)


def test_shares_are_parts_of_a_whole():
    indicators = run(short_config(20, 5)).recorder.tables()["indicators"]
    assert set(INDICATORS) >= SHARES
    assert {INDICATORS[name].unit for name in SHARES} == {"1"}
    values = indicators[sorted(SHARES)].to_numpy()
    assert ((values >= 0) & (values <= 1)).all()


def test_ties_and_trust_by_hand():
    world = tiny_world(3, trust=matrix([0, 0.8, 0.2], [0.7, 0, 0.4], [0.1, 0.5, 0]))
    tie(world, 0, 1)
    found = measure(world, {"signed": 1, "renewed": 2})
    assert found["density"] == pytest.approx(1 / 3)
    assert (found["agreements"], found["signed"], found["renewed"], found["lapsed"]) == (1, 1, 2, 0)
    assert (found["mean_degree"], found["max_degree"]) == (pytest.approx(2 / 3), 1)
    assert found["degree_gini"] == pytest.approx(1 / 3)
    assert found["degree_top_decile"] == pytest.approx(1 / 2)
    assert found["trust"] == pytest.approx(2.7 / 6)
    assert found["trust_sd"] == pytest.approx(np.std([0.8, 0.2, 0.7, 0.4, 0.1, 0.5]))
    assert found["trust_tied"] == pytest.approx(0.75)
    assert found["trust_untied"] == pytest.approx(1.2 / 4)
    assert found["friend_share"] == pytest.approx(1 / 3)


def test_blocs_by_hand():
    world = tiny_world(4, ideal_point=np.array([-1.0, -0.5, 0.5, 1.0]), trust=0.2)
    world.dyads.trust[0, 1] = world.dyads.trust[1, 0] = 0.6
    tie(world, 0, 1)
    found = measure(world, {})
    assert found["trust_within_blocs"] == pytest.approx((0.6 + 0.2) / 2)
    assert found["trust_across_blocs"] == pytest.approx(0.2)
    assert found["modularity_bloc"] == pytest.approx(0.0)


def test_language_communities_by_hand():
    world = tiny_world(4, main_language=np.array([2, 2, 0, 0]))
    tie(world, 0, 1)
    tie(world, 2, 3)
    assert measure(world, {})["modularity_language"] == pytest.approx(0.5)
    world.states.main_language = np.array([2, 0, 2, 0])
    assert measure(world, {})["modularity_language"] == pytest.approx(-0.5)


def test_pairs_in_one_organisation_and_people_both_ways_by_hand():
    world = tiny_world(4)
    assert measure(world, {})["comembership"] == 0
    world.dyads.comembership[:3, :3] = 0.7
    np.fill_diagonal(world.dyads.comembership, 0)
    assert measure(world, {})["comembership"] == pytest.approx(3 / 6)
    world.dyads.flows[0, 0, 1], world.dyads.flows[2, 1, 0], world.dyads.flows[1, 2, 3] = 30, 10, 40
    assert measure(world, {})["reciprocity_people"] == pytest.approx(2 * 10 / 80)


def test_people_weigh_understanding_and_knowledge():
    world = tiny_world(3, population=np.array([1.0, 2.0, 3.0]), knowledge=np.array([0.2, 0.4, 0.6]))
    world.dyads.understanding[1, 2] = 0.6
    found = measure(world, {})
    assert found["understanding"] == pytest.approx(0.1)
    assert found["understanding_index"] == pytest.approx(2 * 3 * 0.6 / (36 - 14))
    assert found["knowledge"] == pytest.approx((0.2 + 0.8 + 1.8) / 6)
    assert found["enrichment"] == pytest.approx(1 / 6)
    familiar = np.array([0, 0.5, 0])
    access = (0.5 + np.array([0.2, 0.4, 0.6]) + 0 + familiar) / 4
    assert found["access"] == pytest.approx(access @ [1, 2, 3] / 6)


def test_capacity_north_and_south():
    capacity = np.array([[0.9, 0.6, 0.3], [0.3, 0.3, 0.3], [0.1, 0.2, 0.3]])
    world = tiny_world(3, capacity=capacity, north=np.array([True, False, False]))
    found = measure(world, {})
    assert found["capacity_gap"] == pytest.approx(0.6 - 0.25)
    assert found["capacity_heritage"] == pytest.approx(1.3 / 3)
    world.states.north[:] = False
    assert measure(world, {})["capacity_gap"] == 0


def test_money_incidents_and_doses():
    world = tiny_world(3, spending_ministry=matrix([0, 2, 0], [1, 0, 0], [0, 0, 0]))
    world.dyads.dose[2] = matrix([0, 3, 0], [1, 0, 0], [0, 0, 0])
    world.dyads.incident[0, 1] = world.dyads.incident[1, 0] = True
    found = measure(world, {})
    assert found["spending_ministry"] == 3
    assert found["dose_assistance"] == 4
    assert found["reciprocity"] == pytest.approx(0.5)
    assert found["incidents"] == 1
    assert found["peace"] == 0  # 333 per 1,000 pairs
    world.dyads.incident[:] = False
    assert measure(world, {})["peace"] == 1


@pytest.mark.parametrize("states", [1, 2, 3, 12])
def test_no_indicator_is_ever_nan(states):
    table = run(short_config(states, 4)).recorder.tables()["indicators"]
    assert np.isfinite(table.to_numpy(dtype=float)).all()


def test_a_year_is_recorded_in_a_blink():
    model = CoopModel(Config(world=WorldSpec(synthetic=195)), rng=1)
    model.run_for(2)
    times = []
    for _ in range(30):
        began = thread_time()  # a busy machine makes everything wait; count only our own work
        model.recorder.record(model.counters)
        times.append(thread_time() - began)
    assert min(times) < 0.008  # 2.5 ms on one core of the reference machine

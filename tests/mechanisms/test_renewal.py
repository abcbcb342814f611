"""M3 The life of agreements, by hand in three states."""

import numpy as np
import pytest

from coopsim.mechanisms.renewal import RenewalParams, review, start, suspend
from coopsim.world.activities import CULTURE, IN_FORCE, LAPSED, MULTILATERAL, SUSPENDED, TOPICS
from worlds import run, short_config, stream, tie, tiny_world


def due(world, *ids):
    world.due.append(np.array(ids, dtype=np.int64))


def reasons(world):
    return world.agreements.rows["end_reason"].tolist()


def test_an_agreement_lapses_when_its_number_is_below_the_chance():
    seen = set()
    for year in range(2026, 2096):
        world, draws = tiny_world(trust=0.25, year=year), stream("renewal", year=year)
        due(world, tie(world, 1, 2))
        counted = review(world, RenewalParams(lapse=0.6), draws)
        # q = .6 (1 - sqrt(.25 * .25))^2 = .6 * .75^2 = .3375; pair (1, 2) of three states has index 1 * 3 + 2
        lapses = bool(draws.uniform_at("lapse", np.array([5]))[0] < 0.3375)
        assert reasons(world) == [LAPSED if lapses else IN_FORCE]
        assert counted == {"renewed": not lapses, "lapsed": lapses}
        assert world.dyads.tied[1, 2] != lapses
        world.check()
        seen.add(lapses)
    assert seen == {True, False}


def test_full_trust_renews_and_none_lapses_for_certain():
    trusting, hostile = tiny_world(trust=1.0), tiny_world(trust=0.0)
    for world in (trusting, hostile):
        due(world, tie(world, 0, 1))
        review(world, RenewalParams(lapse=1), stream())
    assert reasons(trusting) == [IN_FORCE]
    assert trusting.agreements.rows["renewals"].tolist() == [1]
    assert reasons(hostile) == [LAPSED]
    assert hostile.agreements.rows["ended"].tolist() == [hostile.year]


def test_distrust_of_one_side_is_enough_to_lapse():
    world = tiny_world(trust=1.0)
    world.dyads.trust[0, 1] = 0
    due(world, tie(world, 0, 1))
    review(world, RenewalParams(lapse=1), stream())
    assert reasons(world) == [LAPSED]


def test_at_lapse_nil_everything_is_renewed():
    world = tiny_world(trust=0.0)
    due(world, tie(world, 0, 1), tie(world, 0, 2))
    assert review(world, RenewalParams(lapse=0), stream()) == {"renewed": 2, "lapsed": 0}


def test_more_trust_never_means_more_lapses():
    for year in range(30):
        lapsed = []
        for trust in (0.2, 0.7):
            world = tiny_world(8, trust=trust)
            due(world, *(tie(world, int(a), int(b)) for a, b in zip(*world.pairs, strict=True)))
            review(world, RenewalParams(lapse=0.9), stream(year=year))
            lapsed.append(~world.dyads.tied)
        assert not (lapsed[1] & ~lapsed[0]).any()


def test_only_what_falls_due_is_reviewed():
    world = tiny_world(trust=0.0)
    first, _ = tie(world, 0, 1), tie(world, 0, 2)
    due(world, first)
    review(world, RenewalParams(lapse=1), stream())
    assert reasons(world) == [LAPSED, IN_FORCE]
    assert world.due == []


def test_what_has_ended_before_it_falls_due_is_left_alone():
    world = tiny_world(trust=0.0)
    gone = tie(world, 0, 1, signed=2020)
    world.terminate(np.array([gone]), SUSPENDED)
    due(world, gone)
    assert review(world, RenewalParams(lapse=1), stream()) == {"renewed": 0, "lapsed": 0}
    assert reasons(world) == [SUSPENDED]


@pytest.mark.parametrize(
    ("signed", "falls_due"), [(2025, 2030), (2021, 2026), (2020, 2030), (2018, 2028), (1987, 2027)]
)
def test_at_the_start_agreements_fall_due_at_the_next_multiple_of_the_term(signed, falls_due):
    # 2018 + 5 = 2023 has passed, 2018 + 10 = 2028 is next; in the starting year itself nothing is reviewed
    world = tiny_world(year=2025)
    agreement = tie(world, 0, 1, signed=signed)
    start(world, RenewalParams(term=5), stream())
    entered = {year: np.concatenate(ids).tolist() for year, ids in world.calendar.items()}
    assert entered == {falls_due: [agreement]}


def test_founding_treaties_and_treaties_on_other_topics_do_not_fall_due():
    world = tiny_world(year=2025)
    treaty = world.agreements.open(form=MULTILATERAL, topic=CULTURE, activity=-1, year=1945)
    world.agreements.enact(treaty, 1945)
    world.agreements.sign_bilateral(
        np.array([0]), np.array([1]), year=2020, initiator=np.array([0]), activity=np.array([-1]),
        topic=TOPICS.index("trade"),
    )
    start(world, RenewalParams(), stream())
    assert world.calendar == {}


def test_founding_treaties_outlast_a_long_run():
    model = run(short_config(8, 12, {"renewal.lapse": 1.0}))
    bodies = model.world.agreements.rows[model.world.international.treaty]
    assert len(bodies) > 2
    assert (bodies["ended"] == -1).all()
    assert (bodies["renewals"] == 0).all()


def test_renewed_and_new_agreements_fall_due_a_term_later():
    world = tiny_world(trust=1.0, year=2026)
    old, new = tie(world, 0, 1, signed=2021), tie(world, 0, 2, signed=2026)
    due(world, old)
    review(world, RenewalParams(term=4), stream())
    assert sorted(np.concatenate(world.calendar[2030]).tolist()) == [old, new]


def test_an_incident_suspends_for_certain_and_other_pairs_go_on():
    world = tiny_world()
    tie(world, 0, 1), tie(world, 0, 2)
    world.dyads.incident[0, 1] = world.dyads.incident[1, 0] = True
    world.dyads.incident[1, 2] = world.dyads.incident[2, 1] = True  # without an agreement: nothing to suspend
    assert suspend(world, RenewalParams(suspension=1), stream()) == {"suspended": 1}
    assert reasons(world) == [SUSPENDED, IN_FORCE]
    assert world.dyads.tied.sum() == 2
    world.check()


def test_at_suspension_nil_agreements_survive_incidents():
    world = tiny_world(incident=True)
    tie(world, 0, 1)
    assert suspend(world, RenewalParams(suspension=0), stream()) == {"suspended": 0}
    assert reasons(world) == [IN_FORCE]


def test_half_of_the_incidents_suspend():
    world = tiny_world(60, incident=True)
    for a, b in zip(*world.pairs, strict=True):
        tie(world, int(a), int(b))
    # 1,770 agreements, each suspended with .5: standard error sqrt(.25/1770) = .012; five of them
    share = suspend(world, RenewalParams(suspension=0.5), stream())["suspended"] / 1770
    assert share == pytest.approx(0.5, abs=0.06)

"""A scheme pays for one activity of one pair, both ways, while it lasts; talks pay for negotiations."""

import numpy as np
import pytest

from coopsim.errors import ConfigError
from coopsim.interventions import KINDS
from coopsim.model import CoopModel
from coopsim.world.activities import ACTIVITIES, EDUCATION, EVENTS, NEGOTIATION
from worlds import assert_same_world, short_config

S1, S2 = 0, 1  # rows of S01 and S02
BOTH = ([S1, S2], [S2, S1])
QUIET = {"organisations.projects": 0, "mechanisms.digital": False}  # no other project
SCHEME = {"year": 2027, "kind": "scheme", "who": "S01", "with": "S02", "activity": "education", "amount": 4.0,
          "years": 2}


def model_with(*changes, values=QUIET, states=10):
    made = tuple(KINDS[change["kind"]].from_mapping(change, "test") for change in changes)
    return CoopModel(short_config(states, 8, values, interventions=made), rng=1)


def path(model, measure, years=5):
    found = []
    for _ in range(years):
        model.run_for(1)
        found.append(measure(model.world))
    return found


def test_half_of_the_money_is_spent_from_either_side_while_it_lasts():
    spent = path(model_with(SCHEME), lambda w: w.dyads.spending_private.copy())
    for year, money in enumerate(spent):
        expected = np.zeros_like(money)
        expected[BOTH] = 2.0 if year in (1, 2) else 0.0
        assert money == pytest.approx(expected, abs=1e-12)


def test_nothing_else_happens_before_its_year():
    model, twin = model_with(SCHEME), model_with()
    model.run_for(1)
    twin.run_for(1)
    assert_same_world(model.world, twin.world)


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_only_the_activity_named_gains_and_by_what_a_dose_costs(activity):
    model, twin = model_with({**SCHEME, "activity": activity, "year": 2026}), model_with()
    model.run_for(1)
    twin.run_for(1)
    gained = model.world.dyads.dose - twin.world.dyads.dose
    k = ACTIVITIES.index(activity)
    others = np.delete(gained, k, axis=0)
    assert np.abs(others).max() == 0
    units = 2.0 / model.world.states.dose_cost[S2]
    if activity in ("mobility", "events"):
        units *= model.world.dyads.facilitation[S1, S2]
    if k == EVENTS:
        units *= 1.1 if model.year % 2 == 0 else 0.9  # the biennial rhythm
    assert gained[k, S1, S2] == pytest.approx(units, rel=1e-9)
    assert np.count_nonzero(gained[k]) == 2


def test_education_leaves_more_language_and_the_twin_does_not_get_it():
    model, twin = (model_with(*changes) for changes in ([{**SCHEME, "amount": 400.0}], []))
    more = [a - b for a, b in zip(*(path(each, lambda w: w.dyads.taught[S1, S2]) for each in (model, twin)),
                                  strict=True)]
    assert more[0] == 0
    assert more[2] > more[1] > 0


def test_talks_support_negotiations_and_bring_a_barrier_down():
    quota = {"year": 2026, "kind": "quota", "who": "S01", "against": "S02", "barrier": 0.9}
    talks = {"year": 2026, "kind": "talks", "who": "S01", "with": "S02", "amount": 500.0}
    with_talks, without = model_with(quota, talks), model_with(quota)
    levels = [path(model, lambda w: w.dyads.barrier[S1, S2], 8) for model in (with_talks, without)]
    assert all(one < other for one, other in zip(*levels, strict=True))
    assert with_talks.world.dyads.dose[NEGOTIATION, S1, S2] > without.world.dyads.dose[NEGOTIATION, S1, S2]
    assert with_talks.world.dyads.dose[EDUCATION, S1, S2] == pytest.approx(
        without.world.dyads.dose[EDUCATION, S1, S2], rel=0.1)


def test_groups_pay_for_every_pair_once_and_never_for_themselves():
    model = model_with({**SCHEME, "who": ["S01", "S02"], "with": ["S02", "S03"]})
    money = path(model, lambda w: w.dyads.spending_private.copy(), 2)[1]
    expected = np.zeros_like(money)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        expected[i, j] = expected[j, i] = 2.0
    assert money == pytest.approx(expected, abs=1e-12)


def test_two_schemes_of_one_year_are_paid_and_ended_each_by_itself():
    other = {**SCHEME, "with": "S03", "amount": 10.0, "years": 4}
    money = path(model_with(SCHEME, other), lambda w: w.dyads.spending_private[S1, [1, 2]].copy())
    assert np.array(money) == pytest.approx(np.array([[0, 0], [2, 5], [2, 5], [0, 5], [0, 5]]), abs=1e-12)


def test_offices_are_public_and_private_budgets_do_not_scale_them():
    model = model_with(SCHEME, values=QUIET | {"organisations.budget_scale": 3})
    assert path(model, lambda w: w.dyads.spending_private[S1, S2], 2)[1] == pytest.approx(2.0)
    office = model.world.organisations.name == "Office for education of 2027"
    assert office.sum() == 2
    assert not model.world.organisations.private[office].any()
    model.run_for(2)
    assert set(model.world.organisations.closed[:len(office)][office]) == {2029}
    model.world.check()


def test_without_years_it_stays_and_without_organisations_nothing_is_run():
    ever = {key: value for key, value in SCHEME.items() if key != "years"}
    assert path(model_with(ever), lambda w: w.dyads.spending_private[S1, S2])[1:] == pytest.approx([2.0] * 4)
    off = model_with(ever, values={"mechanisms.organisations": False})
    assert path(off, lambda w: w.dyads.spending_private.sum()) == [0.0] * 5


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"activity": "sport"}, "activity = \"sport\" is not allowed: must be one of mobility, events"),
        ({"amount": 0}, "amount = 0 changes nothing"),
        ({"amount": -1}, "amount = -1 is not allowed"),
        ({"kind": "talks"}, "unknown entry 'activity'"),
    ],
)
def test_what_makes_no_sense_is_refused(entries, said):
    changed = {**SCHEME, **entries}
    with pytest.raises(ConfigError, match=said):
        KINDS[changed["kind"]].from_mapping(changed, "test")

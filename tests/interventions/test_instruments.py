"""Every kind of instrument does what it says, when it says, ends when it says, and is recorded."""

import numpy as np
import pytest

from coopsim.interventions import KINDS
from coopsim.interventions.instruments import (
    Claim,
    Grant,
    NewConvention,
    NewOrganisation,
    Quota,
    Reciprocity,
    SetRelation,
    Yearlong,
)
from coopsim.model import CoopModel
from coopsim.world.activities import AGENCY, EVENTS, FOUNDATION, SUSPENDED
from worlds import assert_same_world, short_config

INSTRUMENTS = (Grant, NewConvention, NewOrganisation, Claim, Quota, Yearlong, SetRelation, Reciprocity)
S1, S2 = 0, 1  # rows of S01 and S02


def model_with(*changes, states=10, years=10, values=None):
    """A model of a small world with interventions given as mappings."""
    made = tuple(KINDS[change["kind"]].from_mapping(change, "test") for change in changes)
    return CoopModel(short_config(states, years, values or {}, interventions=made), rng=1)


def path(model, measure, years):
    """What a measure is at the end of each year."""
    found = []
    for _ in range(years):
        model.run_for(1)
        found.append(measure(model.world))
    return found


def logged(model, kind):
    """Years in which a kind of intervention begins, and ends."""
    begins, ends = [], []
    for event in model.world.events:
        if event.kind == "intervention" and f"{kind}:" in event.what:
            (ends if event.what.startswith("ends") else begins).append(event.year)
    return begins, ends


EXAMPLES = {
    "grant": {"to": "WORLD", "amount": 10.0, "years": 3},
    "convention": {"name": "pact", "topic": "heritage", "negotiation": 3},
    "new_organisation": {"who": "S01", "name": "Institute", "share": 0.4},
    "claim": {"who": "S01", "from": "S02"},
    "quota": {"who": "S01", "against": "S02", "barrier": 0.9},
    "yearlong": {"who": "S01", "with": "S02", "years": 3},
    "set_relation": {"who": "S01", "with": "S02", "trust": 0.1},
    "reciprocity": {"who": "S01", "degree": 0.5},
}


@pytest.mark.parametrize("kind", [kind.kind for kind in INSTRUMENTS])
def test_nothing_happens_before_its_year_and_something_then(kind):
    model = model_with({"year": 2028, "kind": kind, **EXAMPLES[kind]})
    plain = model_with()
    for each in (model, plain):
        each.run_for(2)
    assert_same_world(model.world, plain.world)
    model.run_for(4)
    begins, ends = logged(model, kind)
    lasting = {"yearlong": [2028, 2029, 2030]}.get(kind, [2028])
    assert begins == lasting
    assert ends == ([2031] if kind in ("grant", "convention") else [])
    model.world.check()


def test_a_grant_is_money_of_the_organisation_while_it_lasts():
    model = model_with({"year": 2027, "kind": "grant", "to": "WORLD", "amount": 40.0, "years": 2})
    twin = model_with()
    extra = [with_grant - without for with_grant, without in zip(
        path(model, lambda w: w.international.budget[0], 4), path(twin, lambda w: w.international.budget[0], 4),
        strict=True)]
    assert extra[0] == 0
    # Assistance changes capacities and thereby dues a little, so only nearly forty.
    assert extra[1:3] == pytest.approx([40, 40], rel=1e-2)
    assert abs(extra[3]) < 0.5
    assert model.world.international.grant[0] == 0


def test_a_grant_without_years_stays():
    model = model_with({"year": 2027, "kind": "grant", "to": "WORLD", "amount": 40.0})
    assert path(model, lambda w: w.international.grant[0], 5) == [0, 40, 40, 40, 40]


def test_a_convention_opens_after_its_negotiation_and_pioneers_sign_first():
    change = {"year": 2027, "kind": "convention", "name": "pact", "topic": "heritage", "negotiation": 2,
              "innovation": 0, "imitation": 0, "entry_into_force": 2, "pioneers": ["S01", "S02"]}
    model = model_with(change, values={"conventions.withdrawal": 0})

    def parties(world):
        return [int(norm.adopted.sum()) for norm in world.norms.items if norm.name == "pact"]

    assert path(model, parties, 4) == [[], [0], [0], [2]]
    norm = model.world.norms.named("pact")
    row = model.world.agreements.rows[norm.agreement]
    assert (row["proposed"], row["signed"], row["in_force"]) == (2027, 2029, 2029)
    assert [event.year for event in model.world.events if event.kind == "conference" and event.who == "pact"] == [2029]


def test_two_conventions_of_one_name_are_opened_one_after_the_other():
    pact = {"kind": "convention", "name": "pact", "topic": "heritage", "negotiation": 2, "innovation": 10}
    model = model_with({"year": 2027, **pact}, {"year": 2028, **pact, "topic": "diversity"})
    model.run_for(6)
    world = model.world
    both = [norm for norm in world.norms.items if norm.name == "pact"]
    assert [norm.topic for norm in both] == ["heritage", "diversity"]
    assert [int(world.agreements.rows["signed"][norm.agreement]) for norm in both] == [2029, 2030]
    assert all(norm.adopted.any() for norm in both)


def test_a_convention_without_negotiation_opens_at_once():
    change = {"year": 2027, "kind": "convention", "name": "pact", "topic": "diversity", "innovation": 10}
    model = model_with(change)
    adopted = path(model, lambda w: [norm.share for norm in w.norms.items if norm.name == "pact"], 2)
    assert adopted[0] == []
    assert adopted[1][0] > 0.5


def test_a_declaration_binds_all_members_at_once():
    model = model_with({"year": 2027, "kind": "convention", "name": "creed", "topic": "rights", "form": "declaration"})
    model.run_for(2)
    world = model.world
    assert np.array_equal(world.norms.named("creed").adopted, world.international.members[0])


def test_a_new_agency_spends_its_share_with_its_autonomy():
    model = model_with({"year": 2027, "kind": "new_organisation", "who": "S01", "name": "Institute", "share": 0.4,
                        "autonomy": 0.9})
    model.run_for(2)
    states, dyads = model.world.states, model.world.dyads
    spent = dyads.spending_agency[S1].sum(), dyads.spending_ministry[S1].sum()
    assert spent[0] == pytest.approx(0.4 * sum(spent))
    assert states.autonomy[S1] == 0.9
    assert "Institute" in model.world.organisations.name
    assert "Organisation(Institute)" in map(repr, model.organisation_list)


def test_a_share_at_arm_s_length_founds_an_agency_where_there_is_none():
    model = model_with({"year": 2027, "kind": "set_channel", "who": "all", "share": 0.4})
    agencies = path(model, lambda w: np.bincount(w.organisations.home[w.organisations.kind == AGENCY], minlength=10), 3)
    assert agencies[0].min() == 0
    assert (agencies[1] == np.maximum(agencies[0], 1)).all()
    organisations, dyads = model.world.organisations, model.world.dyads
    booked = organisations.funding[organisations.kind == AGENCY].sum()
    assert booked == pytest.approx(dyads.spending_agency.sum(), rel=1e-9)


def test_a_new_foundation_brings_money_of_its_own():
    change = {"year": 2027, "kind": "new_organisation", "who": "S01", "name": "Big", "form": "foundation",
              "budget": 500.0}
    model, twin = model_with(change), model_with()

    def purse(world):
        working = (world.organisations.closed < 0) & (world.organisations.kind >= FOUNDATION)
        return world.organisations.budget[working].sum()

    extra = np.array(path(model, purse, 8)) - path(twin, purse, 8)
    assert extra[0] == 0
    # Those that fail take their budget with them until the purse is filled again at the end of the next year.
    assert extra[1:] == pytest.approx(np.full(7, 500.0), rel=0.05)


def test_a_claim_is_open_until_it_is_settled():
    model = model_with({"year": 2027, "kind": "claim", "who": "S01", "from": ["S01", "S02"]},
                       values={"negotiation.claim_rate": 0, "negotiation.settlement": -12})
    is_open = path(model, lambda w: bool(w.dyads.open_claim[S1, S2] and w.dyads.open_claim[S2, S1]), 4)
    assert is_open == [False, True, True, True]
    assert len(model.world.claims) == 1  # not against oneself
    model = model_with({"year": 2027, "kind": "claim", "who": "S01", "from": "S02"},
                       values={"negotiation.claim_rate": 0, "negotiation.settlement": 6})
    model.run_for(3)
    assert model.world.claims.rows["settled"].tolist() == [2027]


def test_a_quota_sets_the_barrier_and_the_floor_of_a_party():
    model = model_with({"year": 2027, "kind": "quota", "who": "S01", "against": "all", "barrier": 0.9, "floor": 0.2},
                       values={"negotiation.barrier_cut": 0})
    barriers = path(model, lambda w: w.dyads.barrier[S1, S2], 3)
    assert barriers[0] == pytest.approx(0.3)
    # It returns by a hundredth of the gap each year: .9 + .01 x (.3 - .9) = .894.
    assert barriers[1] == pytest.approx(0.894)
    assert barriers[2] < barriers[1]
    assert model.world.states.barrier_floor[S1] == 0.2
    assert model.world.dyads.barrier[S1, S1] == 0


def test_a_year_of_culture_multiplies_events_both_ways_and_only_then():
    change = {"year": 2027, "kind": "yearlong", "who": "S01", "with": "S02", "factor": 5.0, "years": 2}
    off = {"mechanisms.organisations": False, "mechanisms.digital": False}
    model, twin = model_with(change, values=off), model_with(values=off)
    ratios = []
    for with_year, without in zip(
        path(model, lambda w: w.dyads.dose[EVENTS].copy(), 4), path(twin, lambda w: w.dyads.dose[EVENTS].copy(), 4),
        strict=True,
    ):
        ratios.append((with_year[S1, S2] / without[S1, S2], with_year[S2, S1] / without[S2, S1]))
    assert ratios[0] == (1, 1)
    # What the celebration changes (trust, knowledge) moves the public doses by less than a tenth.
    assert np.array(ratios[1:3]) == pytest.approx(np.full((2, 2), 5.0), rel=0.1)
    assert np.array(ratios[3]) == pytest.approx(np.ones(2), rel=0.1)


def test_set_relation_sets_both_ways_and_ends_agreements():
    model = model_with({"year": 2027, "kind": "set_relation", "who": "S01", "with": "all", "trust": 0.0,
                        "memory": 1.0, "understanding": 0.0, "end_agreements": True},
                       values={"initial.density": 0.9, "bilateral.base_rate": 0, "conflict.incident_rate": 0})
    model.run_for(1)
    held = int(model.world.dyads.tied[S1].sum())
    assert held > 3
    model.run_for(1)
    dyads, rows = model.world.dyads, model.world.agreements.rows
    assert not dyads.tied[S1].any()
    ended = (rows["ended"] == 2027) & (rows["end_reason"] == SUSPENDED) & ((rows["a"] == S1) | (rows["b"] == S1))
    assert ended.sum() == held
    assert np.delete(dyads.trust[S1], S1).max() < 0.1
    assert np.delete(dyads.memory[:, S1], S1).min() > 0.9
    assert dyads.trust[S1, S1] == dyads.memory[S1, S1] == 0
    model.world.check()


def test_reciprocity_gives_to_those_who_give():
    def answer(degree):
        model = model_with({"year": 2027, "kind": "reciprocity", "who": "S01", "degree": degree}, states=12)
        model.run_for(3)
        spending = model.world.dyads.spending_ministry
        others = np.delete(np.arange(12), S1)
        return np.corrcoef(spending[S1, others], (spending[:, S1])[others])[0, 1]

    assert answer(1.0) > answer(0.0)


@pytest.mark.parametrize("degree", [0.0, 0.5, 1.0])
def test_a_world_of_perfect_reciprocity_still_spends_its_budgets(degree):
    """Without agencies nobody has given anything before the first year, and somebody must begin."""
    model = model_with({"year": 2026, "kind": "reciprocity", "who": "all", "degree": degree},
                       {"year": 2026, "kind": "set_channel", "who": "all", "share": 0.0})
    spent = path(model, lambda w: w.dyads.spending_ministry.sum() / (w.states.budget - w.states.dues).sum(), 4)
    assert spent == pytest.approx([1, 1, 1, 1], rel=1e-9)

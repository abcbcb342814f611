"""Whatever a scenario allows, a run is valid: bounds, symmetry, dates, money, no warning (V10)."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coopsim.interventions import KINDS
from coopsim.model import CoopModel
from coopsim.world.activities import ACTIVITIES, AGENCY, BILATERAL, CULTURE, LAPSED
from worlds import assert_same_world, random_config, run

QUICK = settings(deadline=None, max_examples=40, derandomize=True, print_blob=True)
seeds = st.integers(0, 2**32 - 1)


def entries_of(kind, size, draw):
    """Return random allowed entries of a kind of intervention in a synthetic world."""
    def who():
        return str(draw.choice(["all", "north", f"S{draw.integers(1, size + 1):02d}"]))

    body = "WORLD"
    years = int(draw.integers(1, 3))
    return {
        "set_parameter": {"parameter": "trust.gain", "value": float(draw.uniform(0, 1))},
        "budget": {"factor": float(draw.uniform(0, 5)), "who": who(), "years": years},
        "open_missions": {"who": who()},
        "close_missions": {"who": who(), "share": float(draw.uniform(0, 1))},
        "incident": {"who": who(), "with": who(), "years": years},
        "shift_ideal_point": {"who": who(), "by": float(draw.uniform(0.1, 10))},
        "withdraw": {"who": who(), "from": body},
        "join": {"who": who(), "to": body},
        "shift_interest": {"who": who(), "in": who(), "by": float(draw.uniform(-20, 20))},
        "set_channel": {"who": who(), "share": float(draw.uniform(0, 1))},
        "set_activism": {"who": who(), "factor": float(draw.uniform(0.01, 1000)), "years": years},
        "grant": {"to": body, "amount": float(draw.uniform(0, 1e4)), "years": years},
        "convention": {"name": "X", "topic": "rights", "negotiation": years, "pioneers": who()},
        "new_organisation": {"who": who(), "name": "Y", "budget": 3.0},
        "claim": {"who": who(), "from": who()},
        "quota": {"who": who(), "against": who(), "barrier": float(draw.uniform(0, 1))},
        "yearlong": {"who": who(), "with": who(), "factor": float(draw.uniform(0, 100)), "years": years},
        "set_relation": {"who": who(), "with": who(), "trust": float(draw.uniform(0, 1)), "end_agreements": True},
        "scheme": {"who": who(), "with": who(), "activity": str(draw.choice(ACTIVITIES)),
                   "amount": float(draw.uniform(0.1, 1e5)), "years": years},
        "talks": {"who": who(), "with": who(), "amount": float(draw.uniform(0.1, 1e5)), "years": years},
        "reciprocity": {"who": who(), "degree": float(draw.uniform(0, 1))},
    }[kind]


def random_scenario(seed, *, extremes=False, years=4):
    """Return a random config with up to four random interventions."""
    draw = np.random.default_rng([seed, 1])
    config = random_config(seed, years=years, extremes=extremes)
    size = config.world.synthetic
    chosen = draw.choice(sorted(KINDS), size=int(draw.integers(0, 5)), replace=False)
    # A world of one state has no international organisation.
    without_bodies = {"withdraw", "join", "grant"}
    changes = tuple(
        KINDS[kind].from_mapping(
            {"year": int(draw.integers(2026, 2026 + years)), **entries_of(str(kind), size, draw)}, "test"
        )
        for kind in chosen
        if size > 1 or kind not in without_bodies
    )
    return type(config)(
        world=config.world, years=years, parameters=config.parameters, mechanisms=config.mechanisms,
        interventions=changes,
    )


def assert_no_overlap(world):
    """No pair has two cultural agreements in force in the same year, and nothing ends before it begins."""
    rows = world.agreements.rows
    rows = rows[(rows["form"] == BILATERAL) & (rows["topic"] == CULTURE)]
    assert (rows["a"] < rows["b"]).all()
    assert (rows["signed"] <= world.year).all()
    order = np.lexsort((rows["signed"], rows["b"], rows["a"]))
    earlier, later = rows[order][:-1], rows[order][1:]
    same_pair = (earlier["a"] == later["a"]) & (earlier["b"] == later["b"])
    assert (earlier["ended"][same_pair] >= earlier["signed"][same_pair]).all()
    # a pair whose agreement lapsed cannot sign in the same year; one whose agreement was ended from outside, half a
    # year before, can
    lapsed = same_pair & (earlier["end_reason"] == LAPSED)
    assert (earlier["ended"][same_pair] <= later["signed"][same_pair]).all()
    assert (earlier["ended"][lapsed] < later["signed"][lapsed]).all()


def assert_money(world):
    """Nobody spends more than there is; what a budget has is spent to the last cent in a world of several."""
    states, dyads = world.states, world.dyads
    assert (states.budget >= 0).all()
    assert (states.dues >= 0).all()
    assert (states.dues <= states.budget).all()
    spent = (dyads.spending_ministry + dyads.spending_agency).sum(axis=1)
    assert (spent <= (states.budget - states.dues) * (1 + 1e-9)).all()


def assert_valid(model, before):
    world = model.world
    world.check()
    assert_no_overlap(world)
    rows = world.agreements.rows
    # append-only: what was written stays, but for the end and the count of renewals
    for name in ("form", "a", "b", "topic", "signed", "initiator", "activity", "why"):
        assert np.array_equal(rows[name][: len(before)], before[name])
    had_ended = before["ended"] >= 0
    assert np.array_equal(rows["ended"][: len(before)][had_ended], before["ended"][had_ended])
    for matrix in (world.dyads.trust, world.dyads.interest, world.dyads.understanding, world.dyads.perceived,
                   world.dyads.commonality, world.dyads.missions, world.dyads.incident, world.dyads.barrier):
        assert not matrix.diagonal().any()


@QUICK
@given(scenario=seeds, seed=st.integers(0, 1000))
def test_a_random_scenario_runs_and_stays_valid(scenario, seed):
    model = CoopModel(random_scenario(scenario), rng=seed)
    for _ in range(4):
        before = model.world.agreements.rows.copy()
        model.run_for(1)
        assert_valid(model, before)
        if model.rules.switches["channels"]:
            assert_money(model.world)


@QUICK
@given(scenario=seeds)
def test_a_random_scenario_at_the_bounds_stays_valid(scenario):
    model = CoopModel(random_scenario(scenario, extremes=True), rng=1)
    for _ in range(4):
        before = model.world.agreements.rows.copy()
        model.run_for(1)
        assert_valid(model, before)


@settings(QUICK, max_examples=15)
@given(scenario=seeds)
def test_a_random_scenario_is_reproducible(scenario):
    config = random_scenario(scenario)
    assert_same_world(run(config, seed=3).world, run(config, seed=3).world)


@settings(QUICK, max_examples=15)
@given(scenario=seeds)
def test_public_money_is_spent_to_the_last_cent(scenario):
    # V9: sum of spending = sum of budgets - dues, to 1e-9 of them
    config = random_config(scenario, states=7).with_values({"mechanisms.channels": True, "mechanisms.budgets": True})
    model = run(config)
    states, dyads = model.world.states, model.world.dyads
    spent = dyads.spending_ministry + dyads.spending_agency
    available = states.budget - states.dues
    np.testing.assert_allclose(spent.sum(axis=1), available, rtol=1e-9, atol=1e-12)


@settings(QUICK, max_examples=15)
@given(scenario=seeds)
def test_private_money_is_spent_to_the_last_cent(scenario):
    config = random_config(scenario, states=7).with_values(
        {"mechanisms.organisations": True, "organisations.turnover": 0.0}
    )
    model = run(config)
    organisations = model.world.organisations
    scale = model.rules.parameters["organisations"].budget_scale
    active = (organisations.kind > AGENCY) & (organisations.projects > 0)
    total = scale * organisations.budget[active].sum()
    np.testing.assert_allclose(model.world.dyads.spending_private.sum(), total, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(organisations.funding[active], scale * organisations.budget[active], rtol=1e-9)

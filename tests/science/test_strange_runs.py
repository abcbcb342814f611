"""Worlds at the edge: tiny, huge, without organisations, with one mechanism, with none, for centuries."""

import math

import numpy as np
import pytest

from coopsim.mechanisms import MECHANISMS
from coopsim.model import CoopModel
from coopsim.world.founding import no_organisations
from coopsim.world.projects import Projects
from worlds import changed, short_config, snapshot

ALL_OFF = {f"mechanisms.{name}": False for name in MECHANISMS}


def sound(model):
    """Fail unless the world keeps its invariants and every indicator is a finite number."""
    model.world.check()
    strange = {name: value for name, value in model.recorder.latest.items() if not math.isfinite(value)}
    assert not strange


def live(model, years, every=1):
    for _ in range(0, years, every):
        model.run_for(every)
        sound(model)
    return model


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_world_of_few_states_lives_on(size):
    live(CoopModel(short_config(size, 12), rng=2), 12)


def test_a_state_alone_has_nobody_to_deal_with():
    model = live(CoopModel(short_config(1, 12), rng=1), 12)
    dyads = model.world.dyads
    for name in ("trust", "flows", "dose", "trade", "other_treaties", "memory", "understanding"):
        assert not getattr(dyads, name).any()
    assert len(model.world.projects) == 0
    assert not dyads.tied.any()


@pytest.mark.parametrize("size", [1, 2, 9])
def test_a_world_without_organisations_lives_on(size):
    model = CoopModel(short_config(size, 8), rng=1)
    model.world.organisations, model.world.projects = no_organisations(), Projects()
    model.world.remember_reference()
    live(model, 8)
    assert not model.world.dyads.spending_private.any()
    # The public budgets are spent all the same.
    assert size == 1 or model.world.dyads.spending_ministry.any()


def test_a_world_without_international_organisations_lives_on():
    model = CoopModel(short_config(9, 8), rng=1)
    model.world.international.members[:] = False
    model.world.reference.universal_members[:] = False
    live(model, 8)
    assert not model.world.dyads.comembership.any()


def test_with_all_mechanisms_off_nothing_changes_but_what_off_parameters_say():
    model = CoopModel(short_config(9, 6, ALL_OFF), rng=1)
    before = snapshot(model.world)
    live(model, 6)
    still_on = {name for m in MECHANISMS.values() if m.off is not None for name in m.writes}
    assert changed(before, snapshot(model.world)) <= still_on
    assert not model.world.dyads.dose.any()


@pytest.mark.parametrize("name", MECHANISMS)
def test_each_mechanism_lives_alone(name):
    model = live(CoopModel(short_config(9, 8, ALL_OFF | {f"mechanisms.{name}": True}), rng=1), 8)
    ran = {entry["mechanism"] for entry in model.schedule_record}
    assert ran == {name} | {m.name for m in MECHANISMS.values() if m.off is not None}


@pytest.mark.parametrize("seed", range(2))
def test_a_century_leaves_a_world_in_bounds(seed):
    live(CoopModel(short_config(8, 100), rng=seed), 100, every=10)


def test_organisations_survive_the_wildest_turnover():
    values = {"organisations.turnover": 0.5, "organisations.projects": 20, "organisations.duration": 1}
    model = live(CoopModel(short_config(8, 15, values), rng=1), 15)
    budget = model.world.organisations.budget
    assert np.isfinite(budget).all()
    assert budget.max() <= model.world.reference.private_budget * 1.01


@pytest.mark.science
@pytest.mark.parametrize("size", [2, 12, 40])
def test_five_centuries_leave_a_world_in_bounds(size):
    live(CoopModel(short_config(size, 500), rng=1), 500, every=25)


@pytest.mark.science
def test_a_thousand_states_live_five_years():
    live(CoopModel(short_config(1000, 5), rng=1), 5)

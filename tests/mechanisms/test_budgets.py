"""M6 Budgets and doses, by hand in three states."""

import numpy as np
import pytest

from coopsim.mechanisms.budgets import BudgetParams, allot
from worlds import tiny_world


def params(**values):
    """Return parameters of their own, so that no test here moves with the defaults."""
    return BudgetParams(**{"effort": 0.0001, "dose_cost": 3.0, "size_exponent": 0.5, "dues_share": 0.15, **values})


def test_a_budget_follows_wealth_capacity_and_austerity():
    world = tiny_world(gdp=[1e6, 1e6, 2e6], austerity=[1.0, 0.5, 1.0], population=[1.0, 4.0, 9.0])
    counted = allot(world, params(effort=1e-4, dose_cost=3, size_exponent=0.5, dues_share=0.15), None)
    # K = .5: 1e-4 (.25 + .75 * .5) = 6.25e-5 of GDP
    assert world.states.budget == pytest.approx([62.5, 31.25, 125.0])
    assert world.states.dues == pytest.approx([9.375, 4.6875, 18.75])
    # kappa sqrt(P) = 3, 6, 9
    assert world.states.dose_cost == pytest.approx([3.0, 6.0, 9.0])
    assert counted == pytest.approx({"budget": 218.75, "dues": 32.8125})


@pytest.mark.parametrize(("capacity", "share"), [(0.0, 0.25), (1.0, 1.0)])
def test_a_quarter_of_the_effort_needs_no_capacity(capacity, share):
    world = tiny_world(gdp=1e6, capacity=capacity)
    allot(world, params(effort=1e-4), None)
    assert world.states.budget == pytest.approx([100 * share] * 3)


def test_without_effort_there_is_no_money():
    world = tiny_world(gdp=1e6)
    allot(world, params(effort=0), None)
    assert not world.states.budget.any()
    assert not world.states.dues.any()


def test_at_exponent_nil_a_dose_costs_the_same_everywhere():
    world = tiny_world(population=[1.0, 100.0, 1000.0])
    allot(world, params(dose_cost=3, size_exponent=0), None)
    assert (world.states.dose_cost == 3).all()


def test_twice_the_effort_and_the_cost_of_a_dose_buys_the_same_doses():
    single, double = tiny_world(gdp=[1e5, 1e6, 1e7]), tiny_world(gdp=[1e5, 1e6, 1e7])
    allot(single, params(effort=1e-4, dose_cost=3), None)
    allot(double, params(effort=2e-4, dose_cost=6), None)
    doses = [world.states.budget / world.states.dose_cost for world in (single, double)]
    assert np.allclose(*doses, rtol=1e-14, atol=0)


def test_a_richer_state_never_has_the_smaller_budget():
    world = tiny_world(gdp=[1e5, 1e6, 1e7])
    allot(world, params(), None)
    assert (np.diff(world.states.budget) > 0).all()

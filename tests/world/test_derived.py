"""What is derived is made anew when, and only when, what it was made of may have changed."""

import numpy as np
import pytest

from coopsim.world.derived import Derived


class Made:
    """Counts how often something was made."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return np.full(2, self.times)


def at_work(*written):
    """Return a memory within a model's year in which these columns are written."""
    derived = Derived()
    derived.written = frozenset(written)
    return derived


def test_without_a_model_inputs_are_compared_every_time():
    derived, made, column = Derived(), Made(), np.zeros(3)
    assert derived("x", (column, 0.5), made) is derived("x", (column.copy(), 0.5), made)
    column[1] = 1
    assert derived("x", (column, 0.5), made).tolist() == [2, 2]
    derived("x", (column, 0.6), made)
    assert made.times == 3


def test_in_a_year_they_are_compared_only_after_something_else_may_have_written():
    derived, made, column = at_work(), Made(), np.zeros(3)
    first = derived("x", (column,), made)
    column[1] = 1  # as no mechanism may
    assert derived("x", (column,), made) is first
    derived.disturbed += 1
    assert derived("x", (column,), made) is not first
    derived.disturbed += 1
    assert derived("x", (column,), made).tolist() == [2, 2]


def test_another_array_with_the_same_numbers_is_the_same_input():
    derived, made = at_work(), Made()
    for _ in range(3):
        derived("x", (np.zeros(3),), made)
    assert made.times == 1


@pytest.mark.parametrize("moves", [True, False])
def test_what_depends_on_a_column_that_a_mechanism_writes_is_made_anew_while_it_is_at_work(moves):
    derived, made, column = at_work(*["dyads.joint"] if moves else []), Made(), np.zeros(3)
    for _ in range(3):
        derived("x", (column,), made, ("dyads.practice", "dyads.joint"))
    assert made.times == (3 if moves else 1)


def test_when_the_mechanism_comes_to_rest_nothing_old_is_kept():
    derived, made, column = at_work("dyads.joint"), Made(), np.zeros(3)
    derived("x", (column,), made, ("dyads.joint",))
    derived.written = frozenset()
    for _ in range(3):
        derived("x", (column,), made, ("dyads.joint",))
    assert made.times == 2


def test_nobody_knows_what_rests_outside_of_a_year():
    derived = at_work("dyads.joint")
    assert derived.at_rest("dyads.trust")
    assert not derived.at_rest("dyads.trust", "dyads.joint")
    derived.written = None
    assert not derived.at_rest("dyads.trust")


def test_what_is_derived_knows_by_identity_whether_its_input_was_made_anew():
    derived, base, made, column = at_work(), Made(), Made(), np.zeros(3)
    for by in (0, 0, 1):
        column += by
        derived.disturbed += 1
        derived("y", (derived("x", (column,), base),), made)
    assert base.times == made.times == 2


def test_a_process_rests_on_columns_that_nobody_at_work_writes():
    derived = at_work("dyads.trust")
    derived.rest_on("dyads.incident", "states.gdp")
    assert derived.rests
    derived.rest_on("dyads.incident", "dyads.trust")
    assert not derived.rests


def test_nobody_is_at_work_outside_of_a_year():
    derived = at_work("dyads.trust")
    assert derived.at_work("dyads.trust")
    assert not derived.at_work("dyads.incident")
    derived.written = None
    assert not derived.at_work("dyads.trust")
    derived.rest_on("dyads.incident")
    assert not derived.rests

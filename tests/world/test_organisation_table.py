"""The table of organisations grows without moving, and copies of it do not share what they append."""

from copy import copy, deepcopy

import numpy as np

from coopsim.world.founding import no_organisations
from coopsim.world.organisations import OUTSIDE


def lots(table, *rows):
    return [int(table.lot[row]) for row in rows]


def names(table):
    return table.name.tolist()


def table_of(*new):
    table = no_organisations()
    table.append(name=list(new), kind=3, home=0, budget=np.arange(len(new)))
    return table


def test_appended_rows_hold_what_was_given_and_zeros_elsewhere():
    table = table_of("a", "b")
    table.budget *= 10
    table.append(name=np.array(["c"]), home=[7], founded=2030)
    assert names(table) == ["a", "b", "c"]
    assert table.kind.tolist() == [3, 3, 0]
    assert table.home.tolist() == [0, 0, 7]
    assert table.closed.tolist() == [-1, -1, -1]
    assert table.budget.tolist() == [0, 10, 0]
    assert table.founded.tolist() == [0, 0, 2030]
    assert {len(values) for _, _, values in table.items()} == {3}


def test_the_lot_of_a_newcomer_from_outside_does_not_depend_on_who_else_came():
    table, other = table_of(), table_of()
    table.append(name=["rule"], lot=[0])
    other.append(name=["office", "rule", "fund", "fund"], home=[0, 0, 1, 2], lot=[0, 1, 2, 3])
    assert (table.next_lot, other.next_lot) == (1, 4)
    table.append(name=["fund", "fund", "fund"], home=[3, 4, 4])
    other.append(name=["office"], home=3)
    other.append(name=["fund"], home=4)
    other.append(name=["fund"], home=4)
    other.append(name=["fund"], home=3)
    assert lots(table, 1, 2, 3) == lots(other, -1, -3, -2)
    assert len(set(table.lot)) == 4
    assert (table.lot[1:] >= OUTSIDE).all()
    assert (table.next_lot, other.next_lot) == (1, 4)


def test_small_additions_use_the_room_that_is_left():
    table = table_of(*("x" * 80))
    columns = {name: values.base for name, _, values in table.items()}
    for _ in range(10):
        table.append(name=["y"])
    assert all(values.base is columns[name] for name, _, values in table.items())
    table.append(name=["z"])
    assert not any(values.base is columns[name] for name, _, values in table.items())
    assert names(table) == ["x"] * 80 + ["y"] * 10 + ["z"]


def test_a_column_that_was_replaced_keeps_its_new_values():
    table = table_of("a", "b", "c")
    table.budget = np.array([5.0, 6.0, 7.0])
    table.append(name=["d"], budget=8)
    assert table.budget.tolist() == [5, 6, 7, 8]


def test_copies_append_for_themselves():
    for duplicate in (copy, deepcopy):
        table = table_of(*("x" * 80))
        twin = duplicate(table)
        table.append(name=["mine"])
        twin.append(name=["its"])
        table.append(name=["more"])
        assert names(table)[-2:] == ["mine", "more"]
        assert names(twin)[-1] == "its"


def test_a_deep_copy_has_columns_of_its_own():
    table = table_of("a", "b")
    twin = deepcopy(table)
    twin.budget[:] = 9
    assert table.budget.tolist() == [0, 1]

"""The storage of the ledger, of claims and of projects."""

from copy import deepcopy

import numpy as np

from coopsim.world.growing import Growing

DTYPE = np.dtype([("state", "i4"), ("amount", "f8")])


def test_a_deep_copy_grows_for_itself():
    rows = Growing(DTYPE, space=2)
    rows.extend(2)["amount"] = 1.5, 2.5
    same = deepcopy(rows)
    same.rows["amount"][0] = 7
    same.extend(3)["state"] = 4
    rows.extend(1)["amount"] = 9
    assert rows.rows["amount"].tolist() == [1.5, 2.5, 9]
    assert same.rows.tolist() == [(0, 7.0), (0, 2.5), *[(4, 0.0)] * 3]
    assert len(deepcopy(Growing(DTYPE))) == 0


def test_the_room_is_not_in_use_until_it_is_appended():
    rows = Growing(DTYPE, space=2)
    rows.extend(1)["state"] = 7
    room = rows.room(5)
    assert (len(room), len(rows)) == (5, 1)
    room["state"][:2] = [8, 9]
    rows.extend(2)
    assert rows.rows["state"].tolist() == [7, 8, 9]

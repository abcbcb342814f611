"""Columns of organisations, and the international organisations with their membership."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coopsim.rng import index_of
from coopsim.world.activities import AGENCY
from coopsim.world.column import Bools, Floats, Integers, Table, column, share

SPARE = 8  # an eighth more rows than needed are kept when columns move
OUTSIDE = 2**40  # lots from here on belong to organisations that come from outside the rules
IO_KINDS = ("universal", "regional", "language", "religion")
UNIVERSAL = IO_KINDS.index("universal")


@dataclass(slots=True)
class Organisations(Table):
    """One row per cultural organisation with a home state, O rows."""

    name: NDArray[np.object_] = column("name; the largest real institutes carry their own")
    kind: Integers = column("index into activities.KINDS", low=0)
    home: Integers = column("row of the home state", low=0)
    founded: Integers = column("year of foundation, 0 if unknown")
    closed: Integers = column("year of closure, -1 while it works")
    budget: Floats = column("own yearly budget for work abroad", unit="million $/yr", low=0)
    funding: Floats = column("money spent abroad this year", unit="million $/yr", low=0)
    autonomy: Floats = share("independence from the government")
    capacity: Floats = share("capacity of the cultural sector at home that it draws on")
    partners: Integers = column("states it works with this year", unit="count", low=0)
    projects: Integers = column("projects under way", unit="count", low=0)
    lot: Integers = column("number under which its chances are looked up, whatever its row", low=0)
    # By column: the array on whose first rows it is a view, and how many of them are taken.
    _rooms: dict[str, tuple[NDArray[Any], int]] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def private(self) -> Bools:
        """Whether each is none of the two public channels, shape (O,)."""
        return self.kind > AGENCY

    @property
    def next_lot(self) -> int:
        """The first lot that the rules have not given yet; whoever came from outside does not count."""
        return int(np.count_nonzero(self.lot < OUTSIDE))

    def append(self, *, name: Sequence[str] | NDArray[np.str_ | np.object_], **values: Any) -> None:
        """Append organisations at work; columns not given are zero, and whoever has no lot comes from outside."""
        names = list(map(str, name))
        values = {"name": names, "closed": -1} | values
        if "lot" not in values:
            values["lot"] = self._lots_from_outside(names, values.get("home", 0))
        old = len(self)
        for column_name in self.columns():
            longer = self._lengthened(column_name, old + len(name))
            longer[old:] = values.get(column_name, 0)
            setattr(self, column_name, longer)

    def _lots_from_outside(self, names: list[str], home: Any) -> list[int]:
        """Return lots by name and home, so that they do not depend on who else came."""
        taken, lots = set(self.lot.tolist()), []
        for name, state in zip(names, np.broadcast_to(home, len(names)).tolist(), strict=True):
            lot = OUTSIDE + index_of(f"{name}|{state}")
            while lot in taken:
                lot += 1
            taken.add(lot)
            lots.append(lot)
        return lots

    def _lengthened(self, column_name: str, size: int) -> NDArray[Any]:
        """Return a column with more rows, in the room that an earlier call left behind it if that suffices."""
        values: NDArray[Any] = getattr(self, column_name)
        room, used = self._rooms.get(column_name, (values, 0))
        if values.base is not room or used != len(values) or size > len(room):
            room = np.zeros(size + size // SPARE, dtype=values.dtype)
            room[: len(values)] = values
        self._rooms[column_name] = room, size
        return room[:size]

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a copy without the room behind the columns."""
        columns: dict[str, Any] = {name: values.copy() for name, _, values in self.items()}
        return type(self)(**columns)


@dataclass(slots=True)
class InternationalOrganisations(Table):
    """One row per international organisation, R rows; `members` is (R, S)."""

    id: NDArray[np.str_] = column("short identifier, such as UNESCO")
    name: NDArray[np.str_] = column("name")
    kind: Integers = column("index into IO_KINDS", low=0)
    founded: Integers = column("year of foundation")
    grant: Floats = column("yearly budget beside the members' dues", unit="million $/yr", low=0)
    budget: Floats = column("budget this year", unit="million $/yr", low=0)
    fields: Floats = share("share of programmes by field of capacity; shape (R, 3); the rest builds all")
    treaty: Integers = column("id of the founding treaty in the ledger", low=0)
    members: Bools = column("state is a member; shape (R, S)")

    def __len__(self) -> int:
        return len(self.kind)

    def row(self, identifier: str) -> int:
        """Return the row of an organisation; `KeyError` if there is none of that name."""
        found = np.flatnonzero(self.id == identifier)
        if not found.size:
            raise KeyError(identifier)
        return int(found[0])

    @property
    def universal(self) -> int:
        """Row of the universal organisation, -1 if the world has none."""
        kinds = self.kind.tolist()
        return kinds.index(UNIVERSAL) if UNIVERSAL in kinds else -1

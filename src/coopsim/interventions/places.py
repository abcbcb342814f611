"""The names that an intervention may use for states and organisations, and what they mean in a world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coopsim.errors import ConfigError
from coopsim.param import nearest, shown
from coopsim.world.facts import Facts
from coopsim.world.world import World

EVERYBODY = ("all", "north", "south")


@dataclass(frozen=True, slots=True)
class Places:
    """S states and R international organisations by name."""

    iso3: NDArray[np.str_]
    name: NDArray[np.str_]
    region: NDArray[np.str_]
    subregion: NDArray[np.str_]
    north: NDArray[np.bool_]
    organisations: NDArray[np.str_]
    members: NDArray[np.bool_]  # (R, S)

    @classmethod
    def of(cls, world: World) -> Self:
        """Return the names of a world."""
        states, international = world.states, world.international
        return cls(states.iso3, states.name, states.region, states.subregion, states.north,
                   international.id, international.members)

    @classmethod
    def of_facts(cls, facts: Facts) -> Self:
        """Return the names of the world that would be built from facts."""
        return cls(facts.iso3, facts.name, facts.region, facts.subregion, facts.north,
                   facts.io_id, facts.members)

    def rows(self, who: str | tuple[str, ...]) -> NDArray[np.int64]:
        """Return the rows meant by codes, regions, subregions, organisations, "north", "south" or "all".

        Raises
        ------
        ConfigError
            If a name means nothing in this world.
        """
        chosen = np.zeros(len(self.iso3), dtype=bool)
        for name in (who,) if isinstance(who, str) else who:
            chosen |= self._meant(name)
        return np.flatnonzero(chosen)

    def organisation(self, identifier: str) -> int:
        """Return the row of an international organisation.

        Raises
        ------
        ConfigError
            If this world has none of that name.
        """
        found = np.flatnonzero(self.organisations == identifier)
        if not found.size:
            known = [str(name) for name in self.organisations]
            raise ConfigError(f"{shown(identifier)} is no international organisation of this world"
                              f"{nearest(identifier, known)}")
        return int(found[0])

    def _meant(self, name: str) -> NDArray[np.bool_]:
        if name == "all":
            return np.ones(len(self.iso3), dtype=bool)
        if name in ("north", "south"):
            return np.asarray(self.north == (name == "north"))
        for column in (self.iso3, self.region, self.subregion):
            if name in column:
                return np.asarray(column == name)
        if name in self.organisations:
            return np.asarray(self.members[self.organisation(name)])
        hint = self._hint(name)
        raise ConfigError(f"{shown(name)} is no state, region or organisation of this world{hint}")

    def _hint(self, name: str) -> str:
        by_name = {str(full).casefold(): str(code) for code, full in zip(self.iso3, self.name, strict=True)}
        if name.casefold() in by_name:
            return f"; did you mean '{by_name[name.casefold()]}'?"
        known = {str(k) for k in (*self.iso3, *self.region, *self.subregion, *self.organisations, *EVERYBODY)}
        hint = nearest(name, sorted(known))
        some = f"; known: codes such as {self.iso3[0]}, regions such as {self.region[0]}, all, north, south"
        return hint if "did you mean" in hint else some

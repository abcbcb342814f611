"""Facts about states, before any rule: what the builder turns into a world.

`Facts` has the same shape whether it was read from the bundled tables (`tables.py`), drawn at random
(`synthetic.py`) or supplied by a user.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coopsim.world.column import Bools, Floats, Integers


@dataclass(slots=True)
class Institute:
    """A real organisation that appears in the world by name."""

    name: str
    home: int
    kind: int
    founded: int
    autonomy: float


@dataclass(slots=True)
class Facts:
    """S states, L languages, G religions, R international organisations."""

    iso3: NDArray[np.str_]
    name: NDArray[np.str_]
    region: NDArray[np.str_]
    subregion: NDArray[np.str_]
    north: Bools
    latitude: Floats
    longitude: Floats
    population: Floats  # million
    gdp: Floats  # million international $
    literacy: Floats
    school_life: Floats  # years
    internet: Floats
    heritage_sites: Floats
    ideal_point: Floats
    arms_length: Floats
    autonomy: Floats
    activism_score: Floats  # standard score of log activism; 0 where nothing is known
    activism_reliability: Floats  # its correlation with the true score, 0 to .95
    language_codes: tuple[str, ...]
    languages: Floats  # (S, L) share able to use
    official: Bools  # (S, L)
    religion_names: tuple[str, ...]
    religions: Floats  # (S, G) shares
    contiguous: Bools  # (S, S)
    ruled: Bools  # (S, S): row was ruled by column
    memory: Floats  # (S, S): hostile memory, symmetric
    io_id: NDArray[np.str_]
    io_name: NDArray[np.str_]
    io_kind: Integers
    io_founded: Integers
    io_fields: Floats  # (R, 3): share of programmes that build each field of capacity; the rest builds all
    members: Bools  # (R, S)
    institutes: list[Institute] = field(default_factory=list)

    def with_bodies(self, order: NDArray[np.integer]) -> Facts:
        """Return the facts with the international organisations in another order."""
        names = ("io_id", "io_name", "io_kind", "io_founded", "io_fields", "members")
        return replace(self, **{name: getattr(self, name)[order] for name in names})

    def subset(self, rows: NDArray[np.int64]) -> Facts:
        """Return the facts of some states only, in the order of `rows`."""
        new_row = {int(old): new for new, old in enumerate(rows)}
        members = self.members[:, rows]
        alive = members.sum(axis=1) >= 2  # an organisation of one is none
        per_state = {
            name: getattr(self, name)[rows]
            for name in (
                "iso3", "name", "region", "subregion", "north", "latitude", "longitude", "population", "gdp",
                "literacy", "school_life", "internet", "heritage_sites", "ideal_point", "arms_length", "autonomy",
                "activism_score", "activism_reliability", "languages", "official", "religions",
            )
        }
        return Facts(
            **per_state,
            language_codes=self.language_codes,
            religion_names=self.religion_names,
            contiguous=self.contiguous[np.ix_(rows, rows)],
            ruled=self.ruled[np.ix_(rows, rows)],
            memory=self.memory[np.ix_(rows, rows)],
            io_id=self.io_id[alive],
            io_name=self.io_name[alive],
            io_kind=self.io_kind[alive],
            io_founded=self.io_founded[alive],
            io_fields=self.io_fields[alive],
            members=members[alive],
            institutes=[
                Institute(known.name, new_row[known.home], known.kind, known.founded, known.autonomy)
                for known in self.institutes
                if known.home in new_row
            ],
        )

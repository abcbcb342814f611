"""Who signed a cultural agreement with whom and when: one form for simulated ledgers and for published indices.

Every measure of the network of the past reads this form, so that model and data are measured by the same code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopsim.rng import Stream
from coopsim.validation.samples import Run
from coopsim.world import initial
from coopsim.world.activities import BILATERAL, CULTURE
from coopsim.world.build import WorldSpec, facts_for
from coopsim.world.chronology import HEIRS, Chronology, chronology, read_file
from coopsim.world.column import Bools, Floats, Integers

SINCE = 1945


@dataclass(frozen=True, slots=True)
class Treaties:
    """Signatures among S states.

    Attributes
    ----------
    codes : (S,) of str
    entered : (S,) year of entry into the world
    a, b, year : (n,) rows of the two states, a < b, and the year of each signature, in order of years
    dated : Chronology
        Size and politics by year, in the order of `codes`.
    relations : mapping of str to (S, S)
        distance [km], contiguous, language, colonial, religion
    """

    codes: NDArray[np.str_]
    entered: Integers
    a: Integers
    b: Integers
    year: Integers
    dated: Chronology
    relations: dict[str, Floats]
    known: dict[str, Any] = field(default_factory=dict)

    def once[T](self, name: str, make: Any) -> T:  # type: ignore[type-var]
        """Return what `make` gives, computed at the first call only."""
        if name not in self.known:
            self.known[name] = make()
        found: T = self.known[name]
        return found

    def present(self, year: int) -> Integers:
        """Return the rows of the states that exist in a year."""
        return np.flatnonzero(self.entered <= year).astype(np.int64)

    @property
    def first(self) -> Integers:
        """Year of the first signature of each pair, shape (S, S); a late year where there is none."""
        return self.once("first", self._first)

    def _first(self) -> Integers:
        found = np.full((len(self.codes), len(self.codes)), 9999, dtype=np.int64)
        np.minimum.at(found, (self.a, self.b), self.year)
        return np.minimum(found, found.T)

    def ties(self, last: int, since: int = SINCE) -> Floats:
        """Return which of the states of a year have signed by then, since a year: 0.0 and 1.0, shape (n, n)."""
        rows = self.present(last)
        return self.once(f"ties {since} {last}", lambda: self._ties(last, since))[np.ix_(rows, rows)]

    def _ties(self, last: int, since: int) -> Floats:
        chosen = (self.year <= last) & (self.year >= since)
        found = np.zeros((len(self.codes), len(self.codes)))
        found[self.a[chosen], self.b[chosen]] = found[self.b[chosen], self.a[chosen]] = 1.0
        return found

    def new_pairs(self, since: int, last: int) -> Integers:
        """Return how many pairs signed for the first time in each year, shape (years,)."""
        first = self.first[np.triu_indices(len(self.codes), 1)]
        return np.array([(first == year).sum() for year in range(since, last + 1)], dtype=np.int64)


def of_run(run: Run) -> Treaties:
    """Return the signatures of a simulated world of the past."""
    timeline = run.world.timeline
    assert timeline is not None
    rows, place = run.world.agreements.rows, timeline.present
    chosen = rows[(rows["form"] == BILATERAL) & (rows["topic"] == CULTURE)]
    chosen = chosen[np.argsort(chosen["signed"], kind="stable")]
    a, b = np.sort(np.stack([place[chosen["a"]], place[chosen["b"]]]), axis=0)
    dyads = timeline.atlas.dyads
    return Treaties(timeline.atlas.states.iso3, timeline.dated.entered, a, b, chosen["signed"].astype(np.int64),
                    timeline.dated, _relations(dyads.distance, dyads.contiguous, dyads.common_language, dyads.colonial,
                                               dyads.religion))


def of_data(folder: str | Path, first_year: int = 1946) -> Treaties | None:
    """Return the cultural agreements of a folder of published tables; None if it has none."""
    table = read_file(folder, "bilateral_cultural_agreements")
    if table is None:
        return None
    facts = facts_for(WorldSpec(history=True), Stream(0, "data", 0))
    place = {str(code): k for k, code in enumerate(facts.iso3)}
    chosen = table[(table["year"] >= SINCE) & ((table["topic"] == "culture") | (table["general_cultural"] == 1))]
    sides = [chosen[name].replace(HEIRS).map(place) for name in ("iso3_a", "iso3_b")]
    known = sides[0].notna() & sides[1].notna() & (sides[0] != sides[1])
    pair = np.sort(np.stack([side[known].astype(np.int64) for side in sides]), axis=0)
    year = chosen.loc[known, "year"].to_numpy(dtype=np.int64)
    order = np.argsort(year, kind="stable")
    official = facts.official.astype(np.float64)
    return Treaties(
        facts.iso3, chronology(facts, first_year, str(folder)).entered, pair[0][order], pair[1][order], year[order],
        chronology(facts, first_year, str(folder)),
        _relations(initial.great_circle(facts.latitude, facts.longitude), facts.contiguous, official @ official.T > 0,
                   facts.ruled | facts.ruled.T, facts.religions @ facts.religions.T),
    )


def _relations(
    distance: Floats, contiguous: Bools, language: Bools, colonial: Bools, religion: Floats
) -> dict[str, Floats]:
    return {"distance": np.maximum(distance, 1.0), "contiguous": contiguous.astype(np.float64),
            "language": language.astype(np.float64), "colonial": colonial.astype(np.float64), "religion": religion}

"""What is dated: when states enter the world, their size and politics by year, agreements signed before a start.

The bundled tables give the years of entry (independence, corrected by `data/history/entries.csv`) and camps of the
Cold War (`data/history/camps.csv`); population and GDP are then those of today. How active states are is, in worlds
from before 1960, what their agreements up to 1959 show (`data/history/activism_1959.csv`). A folder of a user's own
files, in the layout of docs/validation.md, replaces what it has: `state_year.csv`, `un_ideal_points.csv`,
`bilateral_cultural_agreements.csv`, `igo_membership.csv`, `activism.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coopsim.errors import DataError
from coopsim.world.column import Floats, Integers
from coopsim.world.facts import Facts
from coopsim.world.tables import DATA, read_table

OTHERWISE = -0.4  # ideal point of a state in no camp during the Cold War
CAMPS_END = 1991  # from then on the bundled ideal points count
ONLINE_FROM = 1995
# Runs from before this year are judged on it and after: their activism must not have seen it.
JUDGED_FROM = 1960
LAST_YEAR = 2025  # of what is dated; later years are like it
# Union states and those that carry on their seat, in the codes of the published agreements.
HEIRS = {"CSK": "CZE", "YUG": "SRB"}
FILES: dict[str, tuple[str, ...]] = {
    "state_year": ("iso3", "year", "gdp_per_capita_ppp", "population"),
    "un_ideal_points": ("iso3", "year", "ideal_point"),
    "bilateral_cultural_agreements": ("year", "iso3_a", "iso3_b", "topic", "general_cultural"),
    "igo_membership": ("org", "iso3", "year_joined"),
    "activism": ("iso3", "score", "reliability"),
}


@dataclass(frozen=True, slots=True)
class Chronology:
    """Dated facts about S states, in the order of the facts it was made for.

    Attributes
    ----------
    entered : (S,) year in which each state enters the world
    joined : (R, S) year in which it may join each international organisation: foundation, accession or entry
    years : (Y,) years of the two tables below
    population : (Y, S) million
    gdp : (Y, S) million international $
    ideal_point : (Y, S)
    ties : (n, 3) rows of two states and the year of their last cultural agreement, known from a user's file
    """

    entered: Integers
    joined: Integers
    years: Integers
    population: Floats
    gdp: Floats
    ideal_point: Floats
    ties: Integers | None = None

    def row(self, year: int) -> int:
        """Return the place of a year in the tables, the nearest if it is outside."""
        return int(np.clip(year - self.years[0], 0, len(self.years) - 1))


def read_file(folder: str | Path, name: str) -> pd.DataFrame | None:
    """Read one of a user's files; None if the folder has none of that name.

    Raises
    ------
    DataError
        If the folder does not exist, or a column is missing or not numeric.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"{folder}: there is no such folder of data")
    path = folder / f"{name}.csv"
    if not path.is_file():
        return None
    needed = FILES[name]
    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    missing = [column for column in needed if column not in table.columns]
    if missing:
        raise DataError(f"{path}: has no column '{missing[0]}'; needed are {', '.join(needed)}")
    for column in needed:
        if column not in ("org", "iso3", "iso3_a", "iso3_b", "topic"):
            numbers = pd.to_numeric(table[column], errors="coerce")
            wrong = numbers.isna() & table[column].notna()
            if wrong.any():
                row = int(np.flatnonzero(wrong)[0])
                raise DataError(f"{path}: row {row + 2}: {column} = {table[column].iloc[row]!r} is no number")
            table[column] = numbers
    return table


@cache
def entry_years() -> dict[str, int]:
    """Return the year in which each state of the bundled tables enters the world."""
    states, corrected = read_table("states"), pd.read_csv(DATA / "history" / "entries.csv")
    found = dict(zip(states["iso3"], states["independence_year"].astype(int), strict=True))
    return found | dict(zip(corrected["iso3"], corrected["entered"].astype(int), strict=True))


def chronology(facts: Facts, first: int, folder: str = "") -> Chronology:
    """Return the dated facts about the states of `facts` from a year on."""
    codes = [str(code) for code in facts.iso3]
    known = entry_years()
    entered = np.array([known.get(code, first) for code in codes], dtype=np.int64)
    years = np.arange(first, max(first, LAST_YEAR) + 1)
    population = np.tile(facts.population, (len(years), 1))
    gdp = np.tile(facts.gdp, (len(years), 1))
    ideal = _camps(codes, years, facts.ideal_point)
    ties = None
    if folder:
        population, gdp = _sizes(folder, codes, years, population, gdp)
        ideal = _ideal_points(folder, codes, years, ideal)
        ties = signed_before(folder, codes, first)
    return Chronology(entered, _joined(facts, entered, folder), years, population, gdp, ideal, ties)


def facts_of_year(facts: Facts, dated: Chronology, year: int, folder: str = "") -> Facts:
    """Return the facts as they were in a year: size and politics, no hostile memories of later, nobody online."""
    now = dated.row(year)
    score, reliability = facts.activism_score, facts.activism_reliability
    table = read_file(folder, "activism") if folder else None
    if table is None and year < JUDGED_FROM:
        table = pd.read_csv(DATA / "history" / "activism_1959.csv")
    if table is not None:
        by_code = table.set_index("iso3").reindex(facts.iso3)
        score = by_code["score"].fillna(0.0).to_numpy(dtype=np.float64)
        reliability = by_code["reliability"].fillna(0.0).to_numpy(dtype=np.float64)
    online = facts.internet if year >= 2010 else np.full(len(facts.iso3), 0.001 if year >= ONLINE_FROM - 5 else 0.0)
    return replace(
        facts, population=dated.population[now], gdp=dated.gdp[now], ideal_point=dated.ideal_point[now],
        activism_score=score, activism_reliability=reliability, internet=online,
        memory=facts.memory if year >= 2010 else np.zeros_like(facts.memory),
    )


def _camps(codes: list[str], years: Integers, today: Floats) -> Floats:
    """Return positions by camp during the Cold War, shape (Y, S), and the bundled ones after it."""
    table = pd.read_csv(DATA / "history" / "camps.csv")
    found = np.where(years[:, None] <= CAMPS_END, OTHERWISE, today[None, :])
    place = {code: k for k, code in enumerate(codes)}
    columns = table[["iso3", "since", "until", "ideal_point"]]
    for code, since, until, point in columns.itertuples(index=False, name=None):
        if code in place:
            found[(years >= since) & (years <= until), place[code]] = point
    return found


def _joined(facts: Facts, entered: Integers, folder: str) -> Integers:
    """Return the first year of each possible membership, shape (R, S): never before foundation or entry."""
    table = read_table("memberships")
    dated = table.dropna(subset=["joined"])
    known = dict(zip(zip(dated["organisation"], dated["iso3"], strict=True), dated["joined"].astype(int), strict=True))
    theirs = read_file(folder, "igo_membership") if folder else None
    if theirs is not None:
        spells = theirs.dropna(subset=["year_joined"]).sort_values("year_joined", ascending=False)
        pairs = zip(spells["org"], spells["iso3"], strict=True)
        known |= dict(zip(pairs, spells["year_joined"].astype(int), strict=True))  # of several spells the first
    founded = np.asarray(facts.io_founded)[:, None]
    years = np.maximum(founded, entered[None, :])
    for r, body in enumerate(facts.io_id):
        for s, code in enumerate(facts.iso3):
            years[r, s] = max(years[r, s], known.get((str(body), str(code)), 0))
    return years


def _by_year(table: pd.DataFrame, column: str, codes: list[str], years: Integers) -> Floats:
    """Return a column as a table of years and states, shape (Y, S): interpolated within, held outside, else NaN."""
    wide = table.pivot_table(index="year", columns="iso3", values=column, aggfunc="mean").reindex(columns=codes)
    index = wide.index.union(pd.Index(years))
    filled = wide.reindex(index).interpolate(method="index", limit_direction="both")
    return filled.loc[years].to_numpy(dtype=np.float64)


def _sizes(
    folder: str, codes: list[str], years: Integers, population: Floats, gdp: Floats
) -> tuple[Floats, Floats]:
    """Return population and GDP by year from the user's file, where it has them."""
    table = read_file(folder, "state_year")
    if table is None:
        return population, gdp
    people = _by_year(table, "population", codes, years) / 1e6
    income = _by_year(table, "gdp_per_capita_ppp", codes, years)
    people = np.where(people > 0, people, population)
    return people, np.where(income > 0, income * people, gdp * people / population)


def _ideal_points(folder: str, codes: list[str], years: Integers, camps: Floats) -> Floats:
    """Return ideal points by year from the user's file; states it lacks keep their camp."""
    table = read_file(folder, "un_ideal_points")
    if table is None:
        return camps
    found = _by_year(table, "ideal_point", codes, years)
    return np.where(np.isnan(found), camps, found)


def signed_before(folder: str, codes: list[str], year: int, since: int = 1945) -> Integers | None:
    """Return pairs with a cultural agreement signed before a year and the last year of signature, shape (n, 3)."""
    table = read_file(folder, "bilateral_cultural_agreements")
    if table is None:
        return None
    pairs = cultural(table, since, year)
    place = {code: k for k, code in enumerate(codes)}
    rows = [(place[a], place[b], last) for a, b, last in pairs if a in place and b in place]
    found = np.array(rows, dtype=np.int64).reshape(-1, 3)
    found[:, :2] = np.sort(found[:, :2], axis=1)
    return found


def cultural(table: pd.DataFrame, since: int, until: int) -> list[tuple[str, str, int]]:
    """Return pairs with a cultural agreement signed in [since, until], and the last year of signature."""
    chosen = table[(table["year"] >= since) & (table["year"] <= until)
                   & ((table["topic"] == "culture") | (table["general_cultural"] == 1))]
    sides: NDArray[np.object_] = np.sort(
        chosen[["iso3_a", "iso3_b"]].replace(HEIRS).astype(str).to_numpy(dtype=object), axis=1
    )
    last: dict[tuple[str, str], int] = {}
    for a, b, year in zip(sides[:, 0], sides[:, 1], chosen["year"], strict=True):
        if a != b:
            last[a, b] = max(int(year), last.get((a, b), 0))
    return [(a, b, last[a, b]) for a, b in sorted(last)]

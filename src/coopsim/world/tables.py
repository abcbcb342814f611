"""The bundled tables of real states, read once (see data/SOURCES.md for origin, licence and imputation)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coopsim.errors import DataError
from coopsim.world.activities import FIELD_OF_TOPIC, FIELDS, KINDS
from coopsim.world.facts import Facts, Institute
from coopsim.world.organisations import IO_KINDS

DATA = Path(str(files("coopsim.world"))) / "data"
NAMES = (
    "states", "ideal_points", "languages", "religions", "borders", "colonial_ties",
    "international_organisations", "memberships", "institutes", "activism", "hostile_memories",
)
PAST = ("history/entries", "history/camps", "history/activism_1959")  # by hand, for worlds of the past


def data_files() -> list[Path]:
    """Return the bundled tables that a world is built from."""
    return [DATA / f"{name}.csv" for name in (*NAMES, *PAST)]


def read_table(name: str) -> pd.DataFrame:
    """Read one bundled table; "NA" is Namibia, not a missing value.

    Raises
    ------
    DataError
        If the table is missing from the installation.
    """
    path = DATA / f"{name}.csv"
    if not path.is_file():
        raise DataError(f"the bundled table {path.name} is missing; rebuild it with 'coopsim world build'")
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


@cache
def real_facts() -> Facts:
    """Return the facts about all 195 states, ordered by ISO code. Do not write into the arrays."""
    states = read_table("states").sort_values("iso3", ignore_index=True)
    codes = states["iso3"].to_numpy(dtype=str)
    row = {code: index for index, code in enumerate(codes)}
    size = len(codes)
    ideal = read_table("ideal_points").set_index("iso3")["ideal_point"].reindex(codes)
    activism = read_table("activism").set_index("iso3").reindex(codes)

    languages = read_table("languages")
    language_codes = tuple(sorted(languages["language"].unique()))
    religions = read_table("religions")
    religion_names = tuple(sorted(religions["religion"].unique()))
    skills = _matrix(languages, "language", "share", row, language_codes)
    official = _matrix(languages, "language", "official", row, language_codes) > 0

    organisations = read_table("international_organisations").sort_values("id", ignore_index=True)
    memberships = read_table("memberships")
    members = np.zeros((len(organisations), size), dtype=bool)
    io_row = {name: index for index, name in enumerate(organisations["id"])}
    members[memberships["organisation"].map(io_row), memberships["iso3"].map(row)] = True

    def numbers(column: str) -> NDArray[np.float64]:
        return states[column].to_numpy(dtype=np.float64)

    return Facts(
        iso3=codes,
        name=states["name"].to_numpy(dtype=str),
        region=states["region"].to_numpy(dtype=str),
        subregion=states["subregion"].to_numpy(dtype=str),
        north=states["north"].to_numpy(dtype=bool),
        latitude=numbers("latitude"),
        longitude=numbers("longitude"),
        population=numbers("population") / 1e6,
        gdp=numbers("gdp_ppp") / 1e6,
        literacy=numbers("literacy"),
        school_life=numbers("school_life"),
        internet=numbers("internet"),
        heritage_sites=numbers("world_heritage_sites"),
        ideal_point=ideal.to_numpy(dtype=np.float64),
        arms_length=numbers("arms_length_share"),
        autonomy=numbers("agency_autonomy"),
        activism_score=activism["score"].to_numpy(dtype=np.float64),
        activism_reliability=activism["reliability"].to_numpy(dtype=np.float64),
        language_codes=language_codes,
        languages=np.clip(skills, 0, 1),
        official=official,
        religion_names=religion_names,
        religions=_matrix(religions, "religion", "share", row, religion_names),
        contiguous=_relation(read_table("borders"), "iso3_a", "iso3_b", row, symmetric=True),
        ruled=_relation(read_table("colonial_ties"), "iso3", "ruler", row, symmetric=False),
        memory=_memories(row),
        io_id=organisations["id"].to_numpy(dtype=str),
        io_name=organisations["name"].to_numpy(dtype=str),
        io_kind=organisations["kind"].map(IO_KINDS.index).to_numpy(dtype=np.int64),
        io_founded=organisations["founded"].to_numpy(dtype=np.int64),
        io_fields=_fields(organisations["topics"]),
        members=members,
        institutes=_institutes(row),
    )


def _matrix(
    table: pd.DataFrame, key: str, value: str, row: dict[str, int], keys: tuple[str, ...]
) -> NDArray[np.float64]:
    matrix = np.zeros((len(row), len(keys)))
    place = {name: index for index, name in enumerate(keys)}
    matrix[table["iso3"].map(row), table[key].map(place)] = table[value]
    return matrix


def _relation(
    table: pd.DataFrame, first: str, second: str, row: dict[str, int], *, symmetric: bool
) -> NDArray[np.bool_]:
    matrix = np.zeros((len(row), len(row)), dtype=bool)
    matrix[table[first].map(row), table[second].map(row)] = True
    return matrix | matrix.T if symmetric else matrix


def _fields(topics: pd.Series[str]) -> NDArray[np.float64]:
    shares = np.zeros((len(topics), len(FIELDS)))
    for organisation, named in enumerate(topics):
        listed = str(named).split(";")
        for topic in listed:
            if topic in FIELD_OF_TOPIC:
                shares[organisation, FIELD_OF_TOPIC[topic]] += 1 / len(listed)
    return shares


def _memories(row: dict[str, int]) -> NDArray[np.float64]:
    table = read_table("hostile_memories")
    memory = np.zeros((len(row), len(row)))
    a, b = table["iso3_a"].map(row), table["iso3_b"].map(row)
    memory[a, b] = memory[b, a] = table["memory"]
    return memory


def _institutes(row: dict[str, int]) -> list[Institute]:
    table = read_table("institutes")
    columns = zip(table["name"], table["iso3"], table["kind"], table["founded"], table["autonomy"], strict=True)
    return [
        Institute(str(name), row[home], KINDS.index(kind), int(founded), float(autonomy))
        for name, home, kind, founded, autonomy in columns
    ]

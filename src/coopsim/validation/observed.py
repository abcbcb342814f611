"""What a folder of published tables shows of the facts about today: conventions, students abroad, institutes.

The network of the past is measured by the same code as the runs (`treaties.of_data`); here are the other tables. The
layout of each file stands in docs/validation.md.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from coopsim.errors import DataError
from coopsim.validation.statistics import poisson
from coopsim.world.tables import real_facts

Found = Callable[[Path], float | None]
COMPLETE = "complete"  # how the column `coverage` begins where the list of parties is whole


def read(folder: Path, name: str, columns: tuple[str, ...]) -> pd.DataFrame | None:
    """Read a table; None if the folder has none of that name.

    Raises
    ------
    DataError
        If a column is missing.
    """
    path = folder / f"{name}.csv"
    if not path.is_file():
        return None
    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise DataError(f"{path}: has no column '{missing[0]}'; needed are {', '.join(columns)}")
    return table


def parties(folder: Path, convention: str, adopted: int, years: int) -> float | None:
    """Return the share of today's states that were party some years after adoption; None without a whole list."""
    table = read(folder, "conventions", ("convention", "iso3", "year", "coverage"))
    if table is None:
        return None
    rows = table[(table["convention"] == convention) & table["coverage"].astype(str).str.startswith(COMPLETE)]
    codes = set(real_facts().iso3.tolist())
    joined = rows[rows["iso3"].isin(codes)].groupby("iso3")["year"].min()
    return float((joined <= adopted + years).sum() / len(codes)) if len(joined) else None


def hosted(folder: Path) -> pd.Series | None:
    """Return the students hosted by each state in the last year with at least a hundred states; None without data."""
    table = read(folder, "inbound_students_uis", ("iso3", "year", "inbound_students"))
    if table is None:
        return None
    rows = table[table["iso3"].isin(real_facts().iso3.tolist())].dropna(subset=["inbound_students"])
    counts = rows.groupby("year")["iso3"].nunique()
    full = counts[counts >= min(100, counts.max())]
    return rows[rows["year"] == full.index.max()].set_index("iso3")["inbound_students"] if len(full) else None


def students(folder: Path) -> float | None:
    """Return the students abroad, million."""
    found = hosted(folder)
    return None if found is None else float(found.sum() / 1e6)


def students_in_the_north(folder: Path) -> float | None:
    """Return the share of students abroad who are in the north."""
    found = hosted(folder)
    if found is None:
        return None
    facts = real_facts()
    north = found.index.isin(facts.iso3[facts.north].tolist())
    return float(found[north].sum() / found.sum())


def students_in_five(folder: Path) -> float | None:
    """Return the share of students abroad in the five largest hosts."""
    found = hosted(folder)
    return None if found is None else float(np.sort(found)[-5:].sum() / found.sum())


def institutes_and_hosts(folder: Path) -> float | None:
    """Return the elasticity of the number of Confucius Institutes in a state to its GDP, states without them included.

    The GDP is that of the bundled tables.
    """
    table = read(folder, "confucius_institutes", ("iso3", "name"))
    if table is None or not len(table):
        return None
    facts = real_facts()
    number = table.groupby("iso3")["name"].nunique().reindex(facts.iso3.tolist(), fill_value=0).to_numpy(np.float64)
    host = (facts.iso3 != "CHN") & np.isfinite(facts.gdp)
    return float(poisson(number[host], np.log(facts.gdp[host])[:, None])[0]) if number[host].any() else None


def _world_heritage(years: int) -> Found:
    return lambda folder: parties(folder, "WHC_1972", 1972, years)


# Fact -> what the folder shows of it.
OBSERVED: dict[str, Found] = {
    "15a": _world_heritage(10), "15b": _world_heritage(15), "15c": _world_heritage(20), "15d": _world_heritage(30),
    "15e": _world_heritage(50), "20": students, "21a": students_in_the_north, "21b": students_in_five,
    "25b": institutes_and_hosts,
}

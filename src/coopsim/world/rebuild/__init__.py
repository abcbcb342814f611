"""Rebuild the bundled tables from registry packages and the hand-written facts.

Nothing at run time needs this: the tables ship with the package. It is here so that anyone can see, change
and repeat how every figure came about; `SOURCES.md` beside the tables tells the same story in prose.
"""

from __future__ import annotations

import csv
from pathlib import Path

from coopsim.world.rebuild import culture, organisations, states, ties
from coopsim.world.rebuild.sources import DATA, Sources, Table, load_sources

__all__ = ["DATA", "Sources", "Table", "build_tables", "make_tables", "write_table"]


def make_tables(sources: Sources) -> dict[str, Table]:
    """Compute every bundled table.

    Parameters
    ----------
    sources : Sources
        The opened registry packages.

    Returns
    -------
    dict of str to list of dict
        Rows by file name, sorted by their keys.
    """
    state_table = states.states(sources)
    organisation_table = organisations.organisations()
    return {
        "states.csv": state_table,
        "ideal_points.csv": states.ideal_points(state_table),
        "languages.csv": culture.languages(sources),
        "religions.csv": culture.religions(sources, state_table),
        "borders.csv": ties.borders(sources),
        "colonial_ties.csv": ties.colonial_ties(sources),
        "international_organisations.csv": organisation_table,
        "memberships.csv": organisations.memberships(sources),
        "institutes.csv": organisations.institutes(),
        "activism.csv": states.activism(),
        "hostile_memories.csv": states.hostile_memories(),
    }


def write_table(table: Table, path: Path) -> Path:
    """Write rows as CSV: UTF-8, line feeds, values already text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    return path


def build_tables(out: Path, *, cldr: Path | None = None) -> list[Path]:
    """Write the bundled tables anew.

    Parameters
    ----------
    out : Path
        Folder to write into; made if absent.
    cldr : Path, optional
        An unpacked ``cldr-core`` 48.2.0. Without it the package is fetched with ``npm pack``.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DataError
        When a package of the ``world`` extra, or ``npm`` where it is needed, is missing.
    """
    tables = make_tables(load_sources(cldr))
    out.mkdir(parents=True, exist_ok=True)
    return [write_table(table, out / name) for name, table in tables.items()]

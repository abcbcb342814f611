"""International organisations, their members, and the largest cultural institutes."""

from __future__ import annotations

import re

from coopsim.world.rebuild.sources import Record, Sources, Table, hand, text


def organisations() -> Table:
    """List the international organisations of the hand-written table."""
    return [
        {key: value for key, value in row.items() if key != "factbook"}
        for row in sorted(hand("international_organisations"), key=lambda row: row["id"])
    ]


def memberships(sources: Sources) -> Table:
    """List full members: the factbook's lists with the hand-written additions and removals."""
    lists = {iso3: full_memberships(entry) for iso3, entry in sources.factbook.items()}
    members = {
        (row["id"], iso3)
        for row in hand("international_organisations")
        for iso3, codes in lists.items()
        if row["factbook"] in codes
    }
    for row in hand("memberships"):
        key = (row["organisation"], row["iso3"])
        if row["member"] == "1":
            members.add(key)
        else:
            members.discard(key)
    joined = {(row["organisation"], row["iso3"]): row["year"] for row in hand("joined")}
    return [
        {"organisation": organisation, "iso3": iso3, "joined": joined.get((organisation, iso3), "")}
        for organisation, iso3 in sorted(members)
    ]


def full_memberships(entry: Record) -> set[str]:
    """Read the codes that stand without a qualifier in an entry: observers and the suspended carry one.

    Examples
    --------
    >>> sorted(full_memberships({"Government": {
    ...     "International organization participation": {"text": "AU, OAS (observer), UN"}}}))
    ['AU', 'UN']
    """
    phrase = text(entry, "Government", "International organization participation")
    return {code.strip() for code in re.split(r"[,;]", phrase) if code.strip() and "(" not in code}


def institutes() -> Table:
    """List the largest cultural organisations by name, all hand-written."""
    return sorted(hand("institutes"), key=lambda row: row["id"])

"""Land borders and colonial ties."""

from __future__ import annotations

import re

from coopsim.world.rebuild.sources import Record, Sources, Table, hand, text

# What the factbook calls a ruler, and the state that carries it on.
_RULERS = {
    r"UK|British|Great Britain": "GBR",
    r"France|French": "FRA",
    r"Spain|Spanish": "ESP",
    r"Portugal": "PRT",
    r"the Netherlands": "NLD",
    r"Belgi(?:um|an)": "BEL",
    r"Ottoman Empire": "TUR",
    r"Soviet Union|Soviet Russia|Russia": "RUS",
    r"US|American": "USA",
    r"Japan": "JPN",
    r"Denmark": "DNK",
    r"Italy|Italian": "ITA",
    r"Australia": "AUS",
    r"New Zealand": "NZL",
    r"China": "CHN",
}


def borders(sources: Sources) -> Table:
    """List the pairs of states that share a land border, one row per unordered pair.

    countryinfo's lists, taken both ways, then the hand-written additions and removals.
    """
    pairs = {
        (min(iso3, other), max(iso3, other))
        for iso3, country in sources.countries.items()
        for other in country.get("borders") or []
        if other in sources.countries
    }
    for row in hand("borders"):
        pair = (row["iso3_a"], row["iso3_b"])
        if row["border"] == "1":
            pairs.add(pair)
        else:
            pairs.discard(pair)
    return [{"iso3_a": a, "iso3_b": b} for a, b in sorted(pairs)]


def rulers_of(entry: Record) -> list[tuple[str, str]]:
    """Read rulers and years in an Independence entry: every "year (from ruler)"."""
    phrase = text(entry, "Government", "Independence").split("notable earlier")[0]
    found = []
    for year, note in re.findall(r"(\d{4})\s*\(([^()]*)", phrase):
        if not re.search(r"\bfrom\b|\bwithin\b|\bunder\b", note) or "recognized" in note:
            continue
        for pattern, iso3 in _RULERS.items():
            if re.search(rf"\b(?:{pattern})\b", note):
                found.append((iso3, year))
    return found


def former_rulers(sources: Sources) -> dict[str, str]:
    """Find the first ruler named for each state that names one."""
    named = {iso3: rulers_of(entry) for iso3, entry in sources.factbook.items()}
    return {
        iso3: rulers[0][0]
        for iso3, rulers in named.items()
        if rulers and rulers[0][0] != iso3
    }


def colonial_ties(sources: Sources) -> Table:
    """List the directed ties of dependencies to rulers: the factbook's, then those it leaves out."""
    ties: dict[tuple[str, str], dict[str, str]] = {}

    def add(iso3: str, ruler: str, year: str, source: str) -> None:
        row = {"iso3": iso3, "ruler": ruler, "independence_year": year, "source": source}
        if iso3 != ruler:
            ties.setdefault((iso3, ruler), row)

    no_colony = {
        row["iso3"] for row in hand("corrections") if row["column"] == "former_ruler" and not row["value"]
    }
    for iso3, entry in sources.factbook.items():
        for ruler, year in rulers_of(entry) if iso3 not in no_colony else []:
            add(iso3, ruler, year, "factbook")
    for row in hand("colonial_ties"):
        add(row["iso3"], row["ruler"], row["independence_year"], "hand")
    return [ties[key] for key in sorted(ties)]

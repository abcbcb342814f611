"""Languages and religions."""

from __future__ import annotations

import re
from statistics import fmean

from coopsim.world.rebuild.sources import Sources, Table, hand, text

RELIGIONS = ("buddhist", "christian", "folk_other", "hindu", "jewish", "muslim", "none")
_OFFICIAL = {"official", "de_facto_official"}
_MERGED = {"nb": "no", "nn": "no", "zgh": "tzm", "tl": "fil"}

# Read from the top: the first family whose words occur in a label takes it; None is left out.
_FAMILIES: tuple[tuple[str, str | None], ...] = (
    (r"^(?:other|agnostics?)(?: or |/| and )(?:none|unaffiliated|other)|none|no religion|atheis|agnostic"
     r"|non-?believer|nothing in particular|^unaffiliated", "none"),
    (r"unspecified|not stated|refused|no answer|no response|unknown|undeclared|don't know|not applicable"
     r"|objected", None),
    (r"^non-christian", "folk_other"),
    (r"jewish|judaism", "jewish"),
    (r"muslim|islam", "muslim"),
    (r"hindu", "hindu"),
    (r"buddhis", "buddhist"),
    (r"christian|catholic|protestant|orthodox|evangelic|apostolic|anglican|lutheran|methodist|baptist|adventist"
     r"|pentecostal|presbyterian|calvinist|reformed|church|jehovah|salvation|salutiste|kimbanguist|assembl"
     r"|congregation|iglesia|moravian|zion|brethren|nazarene|awakening|old believer|universal kingdom|^mana$"
     r"|latter", "christian"),
)


def languages(sources: Sources) -> Table:
    """List the languages official in some state, and the share of each state's people able to use them."""
    corrections = {(row["iso3"], row["language"]): row for row in hand("official_languages")}
    names = {row["language"]: row["name"] for row in hand("languages")}
    spoken: dict[tuple[str, str], tuple[float | None, bool]] = {}
    for iso3, territory in sources.territories.items():
        for code, entry in territory.get("languagePopulation", {}).items():
            base = code.split("_")[0]
            key = (iso3, _MERGED.get(base, base))
            share = float(entry["_populationPercent"]) / 100 if "_populationPercent" in entry else None
            before, official = spoken.get(key, (None, False))
            best = max((x for x in (share, before) if x is not None), default=None)
            spoken[key] = best, official or entry.get("_officialStatus") in _OFFICIAL
    for key, row in corrections.items():
        share = float(row["share"]) if row["share"] else spoken.get(key, (None, False))[0]
        spoken[key] = share, row["official"] == "1"
    kept = {language for (_, language), (_, official) in spoken.items() if official}
    several = {
        iso3: sum(official for (state, _), (_, official) in spoken.items() if state == iso3) > 1
        for iso3 in sources.territories
    }
    return [
        {
            "iso3": iso3,
            "language": language,
            "name": names[language],
            "share": f"{min(1.0, (0.6 if several[iso3] else 0.9) if share is None else share):.4f}",
            "official": str(int(official)),
            "imputed": str(int(share is None)),
        }
        for (iso3, language), (share, official) in sorted(spoken.items())
        if language in kept
    ]


def religions(sources: Sources, state_table: Table) -> Table:
    """Share each state's people out among seven families of religion; the shares sum to one."""
    by_hand: dict[str, dict[str, float]] = {}
    for row in hand("religions"):
        by_hand.setdefault(row["iso3"], {})[row["religion"]] = float(row["share"])
    shares = {
        iso3: religion_shares(text(entry, "People and Society", "Religions"))
        for iso3, entry in sources.factbook.items()
        if iso3 not in by_hand
    }
    table: Table = []
    for state in state_table:
        iso3 = state["iso3"]
        found = by_hand.get(iso3) or shares[iso3]
        if not found:
            peers = [
                shares[row["iso3"]]
                for row in state_table
                if row["subregion"] == state["subregion"] and shares.get(row["iso3"])
            ]
            found = {name: fmean(peer.get(name, 0.0) for peer in peers) for name in RELIGIONS}
        imputed = str(int(not shares.get(iso3)))
        table += [
            {"iso3": iso3, "religion": name, "share": share, "imputed": imputed}
            for name, share in _rounded(found).items()
        ]
    return table


def religion_shares(entry: str) -> dict[str, float]:
    """Parse a factbook sentence into shares of the families; empty when it gives too few figures.

    Who gave no answer is left out and the rest rescaled; what no figure covers goes to ``folk_other``.

    Examples
    --------
    >>> religion_shares("Muslim 60%, Roman Catholic 30%, none 10% (2020 est.)")
    {'muslim': 0.6, 'christian': 0.3, 'none': 0.1}
    """
    plain = entry.replace("/1%", ".1%")
    while (shorter := re.sub(r"[(\[][^()\[\]]*[)\]]", " ", plain)) != plain:
        plain = shorter
    plain = re.split(r"less than 1|[(\[]", plain)[0]
    plain = re.sub(r",\s*(?=[\d.]+\s*%)", " ", plain)
    found: dict[str, float] = {}
    listed = silent = 0.0
    figure = r"(<?)\s*(\d*\.?\d+)(?:\s*-\s*(\d*\.?\d+))?\s*(?:%|(?=,|$))"
    for label, below, low, high in re.findall(rf"([^\d%<,;]+?)\s*{figure}", plain):
        value = (float(low) + float(high or low)) / 200 * (0.5 if below else 1.0)
        family = _family(label.strip(" .,;)").lower())
        listed += value
        if family is None:
            silent += value
        else:
            found[family] = found.get(family, 0.0) + value
    if listed < 0.6:
        return {}
    if listed < 0.995:
        found["folk_other"] = found.get("folk_other", 0.0) + 1 - listed
    total = sum(found.values())
    return {name: round(value / total, 6) for name, value in found.items()}


def _family(label: str) -> str | None:
    if label.startswith("believer"):
        return "folk_other"
    return next((family for words, family in _FAMILIES if re.search(words, label)), "folk_other")


def _rounded(found: dict[str, float]) -> dict[str, str]:
    """Four decimals that sum to exactly one: the largest share takes the remainder."""
    total = sum(found.values())
    parts = {name: round(10_000 * found.get(name, 0.0) / total) for name in RELIGIONS}
    largest = max(parts, key=lambda name: parts[name])
    parts[largest] += 10_000 - sum(parts.values())
    return {name: f"{part / 10_000:.4f}" for name, part in parts.items()}

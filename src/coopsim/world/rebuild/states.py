"""States and their ideal points."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from statistics import fmean, median

from coopsim.world.rebuild.sources import Record, Sources, Table, hand, number, percent, text
from coopsim.world.rebuild.ties import former_rulers

_NORTH_BEYOND_EUROPE = {"USA", "CAN", "AUS", "NZL", "JPN", "KOR", "ISR"}
_UNKNOWN_LITERACY = 0.99  # CLDR's default where it has no figure
_GDP = "Real GDP (purchasing power parity)"
_SCHOOL_LIFE = "School life expectancy (primary to tertiary education)"
_SOURCE = "UN General Assembly roll calls, first principal component (unvotes, MIT)"


def states(sources: Sources) -> Table:
    """Describe each state in one row; imputed figures are named in the column ``imputed``."""
    corrections = {(row["iso3"], row["column"]): row["value"] for row in hand("corrections")}
    assumed = {(row["iso3"], row["column"]) for row in hand("corrections") if row["imputed"] == "1"}
    channels = {row["iso3"]: row for row in hand("channels")}
    with_agency = {row["iso3"] for row in hand("institutes") if row["kind"] == "agency"}
    rulers = former_rulers(sources)
    values: dict[str, dict[str, float | None]] = {}
    rows: dict[str, dict[str, str]] = {}
    for spine in hand("states"):
        iso3 = spine["iso3"]
        country, entry, territory = (
            sources.countries[iso3], sources.factbook[iso3], sources.territories[iso3],
        )
        figures = _figures(entry, territory)
        for column in figures:
            if (iso3, column) in corrections:
                figures[column] = float(corrections[iso3, column])
        if iso3 == "PSE":  # the West Bank's entry; Gaza's people are counted by CLDR
            figures["population"] = float(territory["_population"])
        values[iso3] = figures
        region = str(country["region"])
        subregion = str(country.get("intermediateregion") or country["subregion"])
        latitude, longitude = capital(entry) or country["capital_latlng"]
        channel = channels.get(iso3)
        fallback = ("0.3", "0.5") if iso3 in with_agency else ("0", "0")
        share, autonomy = (
            (channel["arms_length_share"], channel["agency_autonomy"]) if channel else fallback
        )
        rows[iso3] = {
            "iso3": iso3,
            "iso2": spine["iso2"],
            "name": spine["name"],
            "un_member": spine["un_member"],
            "region": region,
            "subregion": corrections.get((iso3, "subregion"), subregion),
            "north": str(int(region == "Europe" or iso3 in _NORTH_BEYOND_EUROPE)),
            "latitude": f"{latitude:.3f}",
            "longitude": f"{longitude:.3f}",
            "independence_year": corrections.get((iso3, "independence_year")) or independence_year(entry),
            "former_ruler": corrections.get((iso3, "former_ruler"), rulers.get(iso3, "")),
            "arms_length_share": share,
            "agency_autonomy": autonomy,
        }
    return [_finish(rows[iso3], values, rows, assumed) for iso3 in sorted(rows)]


def income_index(gdp: float, population: float) -> float:
    """Place income between 800 and 80 000 dollars a head on a logarithmic scale, clipped to [0, 1]."""
    return min(1.0, max(0.0, (math.log(gdp / population) - math.log(800)) / math.log(100)))


def independence_year(entry: Record) -> str:
    """Find the first year named under Independence, before any "notable earlier date"."""
    phrase = text(entry, "Government", "Independence").split("notable earlier")[0]
    found = re.search(r"(?<!\d)(\d{3,4})(?!\d)", phrase)
    return str(int(found[1])) if found else ""


def capital(entry: Record) -> tuple[float, float] | None:
    """Read latitude and longitude of the capital in degrees, as in "12 30 S, 18 30 E"."""
    phrase = text(entry, "Government", "Capital", "geographic coordinates")
    found = re.search(r"(\d+) (\d+) ([NS]), (\d+) (\d+) ([EW])", phrase)
    if not found:
        return None
    latitude, longitude = int(found[1]) + int(found[2]) / 60, int(found[4]) + int(found[5]) / 60
    return (latitude if found[3] == "N" else -latitude, longitude if found[6] == "E" else -longitude)


def ideal_points(state_table: Table) -> Table:
    """Give each state one political ideal point; the mean of the subregion where it does not vote."""
    known = {row["iso3"]: row for row in hand("ideal_points")}
    table = []
    for state in state_table:
        iso3 = state["iso3"]
        if iso3 in known:
            point, year, imputed = float(known[iso3]["ideal_point"]), known[iso3]["year"], "0"
        else:
            peers = [
                float(known[row["iso3"]]["ideal_point"])
                for row in state_table
                if row["subregion"] == state["subregion"] and row["iso3"] in known
            ]
            point, year, imputed = fmean(peers), max(row["year"] for row in known.values()), "1"
        source = _SOURCE if imputed == "0" else "mean of the subregion"
        row = {"iso3": iso3, "ideal_point": f"{point:.4f}", "year": year, "source": source}
        table.append({**row, "imputed": imputed})
    return table


def activism() -> Table:
    """List how active each state is in cultural diplomacy, as `experiments/estimate_activism.py` has it."""
    return sorted(hand("activism"), key=lambda row: row["iso3"])


def _figures(entry: Record, territory: Record) -> dict[str, float | None]:
    society = "People and Society"
    economy = entry["Economy"].get(_GDP) or {}
    gdp = [number(text(economy, key)) for key in economy if key.startswith(_GDP)]
    literacy = percent(text(entry, society, "Literacy", "total population"))
    cldr_literacy = float(territory["_literacyPercent"]) / 100
    if literacy is None and cldr_literacy != _UNKNOWN_LITERACY:
        literacy = cldr_literacy
    return {
        "population": number(text(entry, society, "Population", "total")) or float(territory["_population"]),
        "gdp_ppp": next((value for value in gdp if value), None) or float(territory["_gdp"]),
        "literacy": literacy,
        "school_life": number(text(entry, society, _SCHOOL_LIFE, "total")),
        "internet": percent(text(entry, "Communications", "Internet users", "percent of population")),
        "world_heritage_sites": number(
            text(entry, "Government", "National heritage", "total World Heritage Sites")
        ) or 0.0,
    }


def _finish(
    row: dict[str, str],
    values: dict[str, dict[str, float | None]],
    rows: dict[str, dict[str, str]],
    assumed: set[tuple[str, str]],
) -> dict[str, str]:
    """Impute what is missing and put the columns in order."""
    iso3 = row["iso3"]
    figures = values[iso3]
    gdp, population = figures["gdp_ppp"], figures["population"]
    income = income_index(gdp or 0.0, population or 0.0)
    formulas: dict[str, Callable[[], float]] = {
        "literacy": lambda: min(0.995, max(0.0, 0.60 + 0.45 * income)),
        "school_life": lambda: 8 + 9 * income,
        "internet": lambda: _peer_median("internet", row, values, rows),
    }
    imputed = [column for column in figures if figures[column] is None or (iso3, column) in assumed]
    filled = {
        column: formulas[column]() if value is None else value for column, value in figures.items()
    }
    return {
        **{key: row[key] for key in list(row)[:9]},
        "population": f"{filled['population']:.0f}",
        "gdp_ppp": f"{filled['gdp_ppp']:.0f}",
        "literacy": f"{filled['literacy']:.4f}",
        "school_life": f"{filled['school_life']:.2f}",
        "internet": f"{filled['internet']:.4f}",
        "world_heritage_sites": f"{filled['world_heritage_sites']:.0f}",
        **{key: row[key] for key in list(row)[9:]},
        "imputed": ";".join(sorted(imputed)),
    }


def _peer_median(
    column: str,
    row: dict[str, str],
    values: dict[str, dict[str, float | None]],
    rows: dict[str, dict[str, str]],
) -> float:
    """Median of the subregion, or of the region where no state of the subregion has a figure."""
    for area in ("subregion", "region"):
        peers = [
            value
            for iso3, figures in values.items()
            if rows[iso3][area] == row[area] and (value := figures[column]) is not None
        ]
        if peers:
            return median(peers)
    raise AssertionError(f"no state has {column}")


def hostile_memories() -> Table:
    """List pairs of states with a hostile memory, as written by hand."""
    return sorted(hand("hostile_memories"), key=lambda row: (row["iso3_a"], row["iso3_b"]))

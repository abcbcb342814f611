"""The list of facts, the verdicts, the measures of the past and the report."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from coopsim.app.cli import main
from coopsim.errors import ConfigError, DataError
from coopsim.validation import FACTS, UNMEASURED, past, samples, today
from coopsim.validation.catalogue import fact_of, later_facts, measure_named
from coopsim.validation.document import facts_page
from coopsim.validation.fact import distance, judge, score
from coopsim.validation.observed import OBSERVED, institutes_and_hosts, parties, students, students_in_five
from coopsim.validation.page import write_page
from coopsim.validation.strip import interval, strip
from coopsim.validation.treaties import Treaties, of_data, of_run
from coopsim.validation.validate import Validation, validate
from coopsim.world.chronology import Chronology
from coopsim.world.tables import real_facts

PUBLISHED = Path(__file__).parents[3] / "shared" / "data"
A_FACT = FACTS[0]


def test_keys_are_unique_and_every_fact_has_a_source_and_a_range():
    keys = [fact.key for fact in FACTS] + [fact.key for fact in UNMEASURED]
    assert len(set(keys)) == len(keys)
    for fact in FACTS:
        assert fact.low < fact.high
        assert len(fact.source) > 3
        assert fact.use in ("fit", "check", "verify")
        assert fact.weight in (1, 2, 3)


def test_every_number_of_the_list_is_there():
    numbers = {re.match(r"\d+", fact.key)[0] for fact in (*FACTS, *UNMEASURED) if fact.key[0].isdigit()}
    assert numbers == {str(number) for number in range(1, 37)}


def test_what_the_sixties_show_is_kept_for_checking():
    late = [fact for fact in FACTS if fact.key.endswith("-1969") or "1960" in fact.title]
    assert len(late) > 10
    assert {fact.use for fact in late} == {"check"}


def test_wrong_tables_are_named():
    with pytest.raises(DataError, match=r"no measure .past\.nothing."):
        measure_named("past.nothing")
    with pytest.raises(DataError, match="fact X has no entry 'source'"):
        fact_of({"key": "X", "title": "x", "target": [0, 1], "sample": "past"})
    with pytest.raises(DataError, match="no sample 'future'"):
        fact_of({"key": "X", "title": "x", "target": [0, 1], "sample": "future"})


def test_a_fact_holds_if_the_interval_overlaps():
    fact = replace(A_FACT, low=1.0, high=2.0)
    inside, outside, across = (judge(fact, values) for values in ([1.5] * 5, [3.0] * 5, [0.5, 0.9, 1.1]))
    assert (inside.verdict, outside.verdict, across.verdict) == ("holds", "fails", "holds")
    assert (inside.distance, outside.distance) == (0, 1)
    assert judge(fact, [np.nan, np.nan]).verdict == "no value"
    assert judge(fact, [np.nan, 1.2]).values == (1.2,)
    assert distance(replace(fact, high=np.inf), 0.5) == 0.5
    assert score([inside, outside]) == (fact.weight, 2 * fact.weight)


def history(a, b, year, entered=None, size=5):
    """Treaties among states 1,000 km apart that exist from 1900 on."""
    years = np.arange(1940, 1970)
    flat = np.ones((len(years), size))
    dated = Chronology(np.full(size, 1900), np.zeros((0, size), dtype=np.int64), years, flat, flat, 0 * flat)
    relations = {"distance": np.full((size, size), 1000.0),
                 **{name: np.zeros((size, size)) for name in ("contiguous", "language", "colonial", "religion")}}
    entered = np.full(size, 1900) if entered is None else np.array(entered)
    return Treaties(np.array([f"S{k}" for k in range(size)]), entered, np.array(a), np.array(b), np.array(year), dated,
                    relations)


def test_measures_of_a_network_known_by_hand():
    # A triangle by 1950, a further agreement in 1955, a fourth state in 1960, a fifth that enters in 1965.
    t = history([0, 0, 1, 0, 2], [1, 2, 2, 1, 3], [1946, 1948, 1950, 1955, 1960], [1900, 1900, 1900, 1900, 1965])
    assert past.pairs(t, 1959) == 3
    assert past.pairs(t, 1969) == 4
    assert past.isolates(t, 1959) == pytest.approx(1 / 4)
    assert past.isolates(t, 1969) == pytest.approx(1 / 5)
    assert past.most_partners(t, 1969) == 3
    assert past.transitivity(t, 1959) == 1
    assert past.component(t, 1959) == 0.75
    assert t.new_pairs(1946, 1950).tolist() == [1, 0, 1, 0, 1]
    assert past.new_ties(t, 1951, 1969) == 1  # 1955 is not the first of its pair
    assert past.take_off(t) == pytest.approx(1 / 3)


def test_an_odds_ratio_of_neighbours():
    t = history([0, 0], [1, 2], [1950, 1951], size=10)
    t.relations["contiguous"][0, 1] = t.relations["contiguous"][1, 0] = 1
    t.relations["contiguous"][3, 4] = t.relations["contiguous"][4, 3] = 1
    assert past.odds_ratio(t, "contiguous", 1950, 1959) == pytest.approx((1.5 / 1.5) / (1.5 / 42.5))


def test_the_first_agreement_of_newcomers():
    t = history([0, 0], [3, 4], [1952, 1960], [1900, 1900, 1900, 1950, 1957])
    assert past.years_to_first(t) == pytest.approx(2.5)


def test_the_logit_sees_only_pairs_at_risk():
    t = history([0], [1], [1951])
    happened, known = past.at_risk(t, 1950, 1954, thinned=1)
    assert happened.sum() == 1
    assert len(happened) == 10 + 10 + 3 * 9  # after 1951 the pair has signed
    assert known.shape[1] == len(past.TERMS)  # one period: nothing to tell apart
    assert past.at_risk(t, 1950, 1954, thinned=4)[0].sum() == 1  # thinning spares signatures


@pytest.fixture(scope="module")
def quick():
    """A validation of a few facts of the past on two replications."""
    return validate(2, only=["4d-1969", "7-1969", "1d"])


def test_a_run_of_the_past_is_measured(quick):
    assert [judgement.fact.key for judgement in quick.judgements] == ["4d-1969", "7-1969", "1d"]
    gini = quick.judgements[0]
    assert len(gini.values) == 2
    assert gini.values[0] != gini.values[1]
    assert 0.3 < gini.median < 0.8
    assert quick.seeds == (1, 2)


def test_the_same_seeds_give_the_same_values(quick):
    again = validate(2, only=["4d-1969"])
    assert again.judgements[0].values == quick.judgements[0].values


def test_each_replication_runs_once(monkeypatch):
    calls = []
    run, words = samples.SAMPLES["memories"]
    monkeypatch.setitem(samples.SAMPLES, "memories", (lambda seed, data: calls.append(seed) or run(seed, data), words))
    found = validate(2, seed=5, only=["32"])
    assert calls == [5, 6]
    assert found.judgements[0].holds


def test_an_interruption_keeps_what_is_finished(monkeypatch):
    def stops(seed, data):
        if seed == 3:
            raise KeyboardInterrupt
        return np.array([1.0, 0.9])

    monkeypatch.setitem(samples.SAMPLES, "memories", (stops, "stops"))
    found = validate(5, only=["32"])
    assert found.seeds == (1, 2)
    assert len(found.judgements[0].values) == 2
    with pytest.raises(KeyboardInterrupt):
        validate(5, seed=3, only=["32"])


def test_an_unknown_fact_is_refused():
    with pytest.raises(ConfigError, match=r"there is no fact .4d-1968..*4d-1969"):
        validate(1, only=["4d-1968"])


def test_the_page_shows_every_fact_and_escapes(tmp_path, quick):
    evil = replace(quick.judgements[0], fact=replace(quick.judgements[0].fact, title="<script>alert(1)</script>"))
    found = Validation((evil, *quick.judgements[1:]), UNMEASURED, (1, 2), "")
    text = write_page(found, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert text.count("<svg") == 3
    assert "http://" not in text.replace("http://www.w3.org", "")
    for fact in UNMEASURED:
        assert fact.key in text


def test_a_strip_without_values_or_with_an_open_range_is_drawn():
    open_range = replace(A_FACT, low=0.0, high=np.inf, observed=())
    assert strip(judge(open_range, [1.0, 2.0])).startswith("<svg")
    assert "no value" in strip(judge(A_FACT, []))
    assert interval(0.0, np.inf) == "0 or more"


def test_the_command_prints_and_writes(tmp_path):
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["validate", "--replications", "1", "--fact", "32", "--out", str(out), "--json"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["measured"] == 1
    assert found["facts"][0]["verdict"] == "holds"
    assert (out / "validation.html").is_file()
    assert json.loads((out / "validation.json").read_text(encoding="utf-8"))["facts"][0]["key"] == "32"
    table = CliRunner().invoke(main, ["validate", "--replications", "1", "--fact", "32", "--out", str(out)])
    assert "1 of 1 facts hold" in table.stdout
    wrong = CliRunner().invoke(main, ["validate", "--fact", "nothing", "--out", str(out)])
    assert wrong.exit_code == 2


def test_the_page_of_facts_names_every_fact():
    page = facts_page()
    for fact in (*FACTS, *UNMEASURED):
        assert f"| {fact.key} |" in page


def test_published_tables_give_what_is_written_down():
    if not PUBLISHED.is_dir():
        pytest.skip("the published tables are not beside the repository")
    t = of_data(PUBLISHED)
    assert past.pairs(t, 1959) == 287
    assert past.gini(t, 1959) == pytest.approx(0.56, abs=0.01)
    assert past.assortativity(t, 1969) == pytest.approx(-0.33, abs=0.03)
    assert past.excess_transitivity(t, 1959) == pytest.approx(1.33, abs=0.08)
    assert past.take_off(t) == pytest.approx(2.86, abs=0.01)


def test_a_folder_without_agreements_gives_none(tmp_path):
    assert of_data(tmp_path) is None


def test_simulated_treaties_are_in_the_order_of_the_atlas():
    run = samples.simulate(samples.load_config("historic_1946").with_horizon(14), 1, ("signed",))
    t = of_run(run)
    assert (t.a < t.b).all()
    assert (np.diff(t.year) >= 0).all()
    entered = np.maximum(t.entered[t.a], t.entered[t.b])
    assert (t.year >= entered).all()


def test_other_published_tables_are_read(tmp_path):
    assert {OBSERVED[key](tmp_path) for key in OBSERVED} == {None}
    (tmp_path / "conventions.csv").write_text(
        "convention,iso3,year,coverage\nWHC_1972,FRA,1975,complete_to_2024\nWHC_1972,DEU,1976,complete_to_2024\n"
        "WHC_1972,CSK,1976,complete_to_2024\nDIVERSITY_2005,FRA,2006,PARTIAL_A\n", encoding="utf-8")
    assert parties(tmp_path, "WHC_1972", 1972, 3) == pytest.approx(1 / 195)
    assert parties(tmp_path, "WHC_1972", 1972, 4) == pytest.approx(2 / 195)  # Czechoslovakia is no state of today
    assert parties(tmp_path, "DIVERSITY_2005", 2005, 5) is None  # a part of a list tells no share
    (tmp_path / "inbound_students_uis.csv").write_text(
        "iso3,year,inbound_students\nFRA,2019,100000\nUSA,2019,900000\nUIS: World,2019,5000000\n", encoding="utf-8")
    assert students(tmp_path) == 1.0
    assert students_in_five(tmp_path) == 1.0
    gdp = pd.Series(real_facts().gdp, index=real_facts().iso3)
    large, small = gdp.index[gdp > gdp.median()], gdp.index[gdp <= gdp.median()]
    rows = [f"{code},{k}" for code in large for k in range(3)] + [f"{code},1" for code in small]
    (tmp_path / "confucius_institutes.csv").write_text("iso3,name\n" + "\n".join(rows), encoding="utf-8")
    assert 0 < institutes_and_hosts(tmp_path) < 1  # three times as many in states whose GDP is far more than thrice
    (tmp_path / "conventions.csv").write_text("convention,iso3\nWHC_1972,FRA\n", encoding="utf-8")
    with pytest.raises(DataError, match="has no column 'year'"):
        parties(tmp_path, "WHC_1972", 1972, 3)


def test_teaching_that_follows_size_has_the_elasticity_it_was_given():
    states = SimpleNamespace(
        iso3=np.array(["BEL", "CHN", "DEU", "FRA"]), gdp=np.array([2.0, 1.0, 16.0, 4.0]),
        dose_cost=np.array([1.0, 1.0, 2.0, 1.0]),
    )
    taught = np.zeros((4, 4))
    taught[1] = states.gdp**0.5 / states.dose_cost
    taught[0] = 7.0  # of others, which does not count
    world = SimpleNamespace(states=states, size=4, dyads=SimpleNamespace(taught=taught))
    assert today.teaching_and_hosts(SimpleNamespace(world=world)) == pytest.approx(0.5, abs=1e-5)


def test_a_folder_adds_what_it_shows():
    if not PUBLISHED.is_dir():
        pytest.skip("the published tables are not beside the repository")
    found = validate(1, data=str(PUBLISHED), only=["4d-1969", "15b", "25b"], seed=4)
    gini, heritage, institutes = (judgement.fact for judgement in found.judgements)
    assert gini.observed[-1] == pytest.approx(0.592, abs=0.01)
    assert heritage.observed[-1] == pytest.approx(0.50, abs=0.03)
    assert institutes.observed[-1] == pytest.approx(institutes.observed[0], abs=0.005)


def test_a_table_that_goes_on_is_checked_to_its_end(tmp_path):
    lines = ["year,iso3_a,iso3_b,topic,general_cultural"]
    lines += [f"{1946 + k},FRA,{code},culture,0" for k, code in enumerate(("DEU", "ITA", "POL", "BEL"))]
    path = tmp_path / "bilateral_cultural_agreements.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert samples.last_signature(str(tmp_path)) == 1949
    late = tmp_path / "late"
    late.mkdir()
    (late / path.name).write_text("\n".join([*lines, "1979,FRA,NLD,culture,0"]), encoding="utf-8")
    assert samples.last_signature(str(late)) == 1979
    found = {fact.key: fact for fact in later_facts(of_data(late), 1979)}
    assert found["1b-1979"].observed == (5.0,)
    assert (found["1b-1979"].low, found["1b-1979"].high) == (4.25, 5.75)
    assert "end of 1979" in found["4d-1979"].title
    assert {fact.use for fact in found.values()} == {"check"}
    assert of_run(samples.past(1, str(late))).year.max() > 1973  # the runs go as far as the table

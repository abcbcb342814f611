"""Twins: a change of nothing changes nothing, and what is listed as changed is what the two ledgers differ in."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp

import coopsim as cs
from coopsim.analysis.compare import comparison_of, seeds_of
from coopsim.analysis.compare_figure import difference_figure, surest
from coopsim.analysis.twins import agreement_changes, run_twins
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS
from coopsim.results.indicators import INDICATORS
from worlds import short_config

LATER = {"year": 2028, "kind": "set_activism", "who": "S01", "factor": 50.0}


@pytest.fixture(scope="module")
def config():
    return short_config(12, 8, {"bilateral.base_rate": 0.15})


@pytest.fixture(scope="module")
def eager(config):
    return config.with_values({"bilateral.base_rate": 0.4})


@pytest.fixture(scope="module")
def found(config, eager):
    return cs.compare(config, eager, replications=4)


def test_a_change_of_nothing_gives_no_differences_and_an_empty_list(config):
    found = cs.compare(config, replace(config, name="the same", title="in other words"), replications=2)
    assert found.agreements.empty
    assert found.settings == ()
    assert not found.differences[["difference", "low", "high", "sd_difference"]].to_numpy().any()
    assert found.differences["policy_share"].isna().all()
    assert not found.states.drop(columns=["iso3", "name"]).to_numpy().any()
    assert "no difference at all" in found.sentences[1]


def test_nothing_differs_before_a_dated_change(config):
    changed = replace(config, interventions=(KINDS["set_activism"].from_mapping(LATER, "test"),))
    found = cs.compare(config, changed, replications=3)
    early = found.differences["year"] < LATER["year"]
    assert not found.differences.loc[early, ["difference", "sd_difference"]].to_numpy().any()
    assert found.differences.loc[~early, "difference"].any()
    signed = found.agreements[["signed_a", "signed_b"]].min(axis=1)
    first_change = signed.where(found.agreements["change"].isin(["caused", "prevented", "moved"]))
    assert (first_change.dropna() >= LATER["year"]).all()
    assert "in 2028, set activism: who \"S01\", factor 50.0" in found.settings[0]


def test_one_row_per_year_and_indicator(found, config):
    assert len(found.differences) == (config.years + 1) * len(INDICATORS)
    assert list(found.differences.columns) == [
        "year", "indicator", "a", "b", "difference", "low", "high", "sd_difference", "sd_level", "policy_share",
    ]
    assert np.allclose(found.differences["b"] - found.differences["a"], found.differences["difference"], atol=1e-9)
    assert found.differences["policy_share"].dropna().between(0, 1).all()


def test_mean_interval_and_shares_follow_from_the_runs(found, config, eager):
    pairs = [(cs.run(config, seed=s), cs.run(eager, seed=s)) for s in found.seeds]
    d = np.array([b.indicators["density"].iloc[-1] - a.indicators["density"].iloc[-1] for a, b in pairs])
    row = found.differences[(found.differences["indicator"] == "density")].iloc[-1]
    interval = ttest_1samp(d, 0).confidence_interval(0.95)
    assert row["difference"] == pytest.approx(d.mean())
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    policy = d.mean() ** 2 - d.var(ddof=1) / len(d)
    assert row["policy_share"] == pytest.approx(policy / (policy + d.var(ddof=1)))
    level = np.std([a.indicators["density"].iloc[-1] for a, _ in pairs], ddof=1)
    assert row["sd_level"] == pytest.approx(level)


def culture(results):
    ledger = results.agreements
    return ledger[(ledger["form"] == "bilateral") & (ledger["topic"] == "culture")]


def test_the_changes_turn_one_ledger_into_the_other(config, eager):
    a, b = cs.run(config, seed=4), cs.run(eager, seed=4)
    changes = agreement_changes(a, b, 4)
    counts = changes["change"].value_counts()
    assert len(culture(a)) + counts.get("caused", 0) - counts.get("prevented", 0) == len(culture(b))
    keys = ["parties", "signed", "ended", "end_reason", "renewals"]
    changed_a, changed_b = (set(changes[f"id_{x}"].dropna().astype(int)) for x in "ab")
    same_a, same_b = (
        culture(r)[~culture(r)["id"].isin(ids)][keys].fillna(-1).sort_values(keys).to_numpy().tolist()
        for r, ids in ((a, changed_a), (b, changed_b))
    )
    assert same_a == same_b
    moved = changes[changes["change"] == "moved"]
    assert (moved["signed_a"] != moved["signed_b"]).all()


def ledger_of(rows):
    """A ledger of (parties, signed, ended, renewals) with everything else filled in."""
    table = pd.DataFrame(rows, columns=["parties", "signed", "ended", "renewals"])
    table["ended"] = table["ended"].astype("Int64")
    reason = np.where(table["ended"].isna(), "", "lapsed")
    return table.assign(id=range(len(table)), form="bilateral", topic="culture", end_reason=reason, initial=False)


def test_agreements_are_matched_by_pair_and_order(config):
    some = cs.run(config, seed=1, years=1)
    a = replace(some, agreements=ledger_of([
        ("AAA-BBB", 2030, None, 2), ("AAA-CCC", 2030, 2035, 1), ("AAA-CCC", 2037, None, 0), ("BBB-CCC", 2031, None, 0),
        ("AAA-DDD", 2031, None, 1), ("BBB-DDD", 2030, 2035, 0),
    ]))
    b = replace(some, agreements=ledger_of([
        ("AAA-BBB", 2028, None, 2), ("AAA-CCC", 2030, None, 2), ("CCC-DDD", 2033, None, 0), ("BBB-DDD", 2030, 2040, 1),
        ("AAA-DDD", 2031, None, 2),
    ]))
    found = agreement_changes(a, b, 7).set_index(["iso3_a", "iso3_b", "order"])
    assert found["change"].to_dict() == {
        ("AAA", "BBB", 1): "moved", ("AAA", "CCC", 1): "ended otherwise", ("AAA", "CCC", 2): "prevented",
        ("BBB", "CCC", 1): "prevented", ("CCC", "DDD", 1): "caused", ("BBB", "DDD", 1): "ended otherwise",
        ("AAA", "DDD", 1): "renewed otherwise",
    }
    assert found.index[found["tied_anyway"]].to_list() == [("AAA", "CCC", 2)]
    moved = found.loc[("AAA", "BBB", 1)]
    assert (moved["signed_a"], moved["signed_b"], moved["seed"]) == (2030, 2028, 7)


def test_an_executor_changes_nothing(found, config, eager):
    with ThreadPoolExecutor(3) as executor:
        other = cs.compare(config, eager, replications=4, executor=executor)
    for name, table in found.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name], check_exact=True)
    assert found.sentences == other.sentences


def test_the_order_in_which_twins_finish_changes_nothing(found, config, eager):
    twins = [run_twins(config, eager, seed) for seed in (1, 3, 2, 4)]
    assert comparison_of(config, eager, twins).sentences == found.sentences


def test_stored_runs_compare_like_fresh_ones(config, eager):
    stored = cs.compare(cs.run(config, seed=1), cs.run(eager, seed=1))
    fresh = cs.compare(config, eager, replications=1)
    for name, table in stored.tables.items():
        pd.testing.assert_frame_equal(table, fresh.tables[name])
    assert stored.settings == fresh.settings == ("bilateral.base_rate is 0.4 instead of 0.15",)
    assert stored.differences["low"].isna().all()
    assert "cannot tell how much of it is luck" in str(stored)


def test_different_luck_is_named(config):
    found = cs.compare(cs.run(config, seed=1), cs.run(config, seed=2))
    assert "different seeds (1 and 2)" in found.settings[0]


def test_the_sentences_tell_the_numbers(found):
    caused = (found.agreements["change"] == "caused").sum() / len(found.seeds)
    assert f"caused {caused:.1f}" in found.sentences[1]
    assert "4 pairs of twins" in found.sentences[1]
    row = found.differences[found.differences["indicator"] == "density"].iloc[-1]
    density = next(s for s in found.sentences if s.startswith("Density"))
    b, a = (float(text) / 100 for text in re.search(r"([\d.]+) % instead of ([\d.]+) %", density).groups())
    assert (b, a) == pytest.approx((row["b"], row["a"]), rel=5e-3)  # three figures
    points = float(re.search(r"([+-][\d.]+) points", density)[1])
    assert points / 100 == pytest.approx(row["difference"], rel=0.05)  # two figures
    assert "policy" in density


def test_who_gained_most_comes_first(found):
    assert found.states["partners"].is_monotonic_decreasing
    rows = found.agreements[found.agreements["change"] == "caused"]
    first = found.states.iloc[0]
    mine = ((rows["iso3_a"] == first["iso3"]) | (rows["iso3_b"] == first["iso3"])).sum()
    assert first["caused"] == pytest.approx(mine / len(found.seeds))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"horizon.years": 7}, "last 8 and 7 years"),
        ({"horizon.start_year": 2000}, "start in different years"),
        ({"world.synthetic": {"states": 13}}, r"the same states \(12 and 13\).*S13"),
        ({"world.synthetic": {"states": 19}}, r": S13, S14, S15, S16, S17 and 2 more are in one only;"),
    ],
)
def test_only_twins_are_compared(config, values, message):
    with pytest.raises(ConfigError, match=message):
        cs.compare(config, config.with_values(values), replications=1)
    if "horizon.years" in values:
        assert cs.compare(config, config.with_values(values), replications=1, years=3).agreements.empty


def test_a_run_is_not_compared_with_a_scenario(config):
    results = cs.run(config, years=1)
    with pytest.raises(ConfigError, match="one of each"):
        cs.compare(results, config)
    with pytest.raises(ConfigError, match="end in different years"):
        cs.compare(results, cs.run(config, years=2))


@pytest.mark.parametrize(("replications", "seeds"), [(0, None), (2, []), (2, [3, 3])])
def test_seeds_must_be_different_and_some(replications, seeds):
    with pytest.raises(ConfigError):
        seeds_of(replications, 1, seeds)


def test_progress_and_chosen_seeds(config):
    seen = []
    found = cs.compare(config, config, seeds=[9, 4], years=1, progress=lambda done, todo: seen.append((done, todo)))
    assert seen == [(1, 2), (2, 2)]
    assert found.seeds == (4, 9)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_it_is_saved_as_tables_and_words(found, tmp_path, kind):
    folder = found.save(tmp_path / "a" / "b", format=kind)
    assert {path.name for path in folder.iterdir()} == {
        "comparison.json", *(f"{name}.{kind}" for name in ("differences", "agreements", "states"))
    }
    read = pd.read_parquet if kind == "parquet" else pd.read_csv
    assert len(read(folder / f"differences.{kind}")) == len(found.differences)


def test_the_figure_shows_the_surest_differences(found):
    figure = difference_figure(found)
    titles = [axes.get_title(loc="left").casefold() for axes in figure.axes]
    assert titles == [INDICATORS[name].label.casefold() for name in surest(found.differences)[:6]]
    assert len(difference_figure(found, ["trust"]).axes) == 6

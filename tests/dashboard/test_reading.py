"""What the pages show is what the tables of the run say."""

import numpy as np
import pandas as pd
import pytest

from coopsim.config import load_config
from coopsim.dashboard import engine
from coopsim.dashboard.reading import contrast, ledger, profile
from coopsim.dashboard.reading.profile import Where
from coopsim.errors import ConfigError


@pytest.fixture(scope="module")
def run():
    config = load_config("classroom").with_values(
        {"preset": "full", "world.synthetic": {"states": 24}, "horizon.years": 12, "conflict.incident_rate": 0.3}
    )
    return engine.simulate(config, 3)


@pytest.fixture
def where(run):
    return Where(run, run.codes[int(run.of_states("degree")[-1].argmax())], 2034)


def test_the_standing_of_a_state_is_its_rank_in_the_table_of_states(where):
    table = profile.standing(where).set_index("measure")
    states = where.run.results.states
    states = states[states["year"] == 2034].set_index("iso3")
    for name, row in table.iterrows():
        values = states[name]
        assert row["value"] == values[where.code]
        assert row["rank"] == values.rank(ascending=False, method="min")[where.code]
        assert 0 <= row["below"] <= 1
    assert "degree" in table.index
    assert table.loc["degree", "of"] == 24


def test_what_is_equal_for_all_is_not_compared():
    run = engine.simulate(load_config("classroom").with_horizon(3), 1)
    assert "spent_abroad" not in set(profile.standing(Where(run, "S01", 2028))["measure"])


def test_partners_are_as_many_as_the_degree_and_hold_an_agreement(where):
    table = profile.partners(where)
    degree = where.run.of_states("degree")[2034 - 2025, where.row]
    assert len(table) == table["code"].nunique() == degree
    tied = where.run.tied(2034)[where.row]
    assert set(table["code"]) == {where.run.codes[k] for k in np.flatnonzero(tied)}


def test_trust_is_given_and_received_the_right_way_round(where):
    table = profile.partners(where)
    trust = where.run.model.world.dyads.trust
    for code, given, received in zip(table["code"], table["trust_given"], table["trust_received"], strict=True):
        other = where.run.codes.index(code)
        assert given == pytest.approx(trust[where.row, other])
        assert received == pytest.approx(trust[other, where.row])


def test_spans_are_the_agreements_of_the_ledger(where):
    table = profile.spans(where)
    rows = where.run.results.agreements.set_index("id").loc[table["id"]]
    assert (rows["signed"].to_numpy() == table["from"].to_numpy()).all()
    assert all(where.code in parties.split("-") for parties in rows["parties"])
    live = table["to"] > 2037
    assert (rows["ended"].isna().to_numpy() == live.to_numpy()).all()
    assert (table.loc[live, "how"] == "in force").all()


@pytest.mark.parametrize("what", ["people", "money"])
def test_flows_sum_to_those_of_the_table(where, what):
    table = profile.flows(where, what, 2037, most=100)
    flows = where.run.results.flows
    flows = flows[flows["year"] == 2037]
    columns = ["students", "scholars", "artists"] if what == "people" else ["spending"]
    out = flows.loc[flows["origin"] == where.code, columns].to_numpy().sum()
    back = flows.loc[flows["destination"] == where.code, columns].to_numpy().sum()
    assert table["out"].sum() == pytest.approx(out)
    assert table["back"].sum() == pytest.approx(back)
    assert len(profile.flows(where, what, 2037, most=3)) == 3


def test_channels_sum_to_what_the_state_spends_abroad(where):
    spent = profile.channels(where).set_index("year").loc[2037, ["ministry", "agency", "private"]].sum()
    states = where.run.results.states
    row = states[(states["year"] == 2037) & (states["iso3"] == where.code)]
    assert spent == pytest.approx(float(row["spent_abroad"].iloc[0]))


def test_a_summary_names_state_year_and_rank(where):
    text = profile.summary(where)
    assert where.run.names[where.row] in text
    assert "in 2034" in text
    assert "1st of 24" in profile.summary(where._replace(year=2037))


def test_the_agreement_of_a_pair_and_year_is_found_from_either_side(run):
    new = run.results.agreements
    row = new[(new["form"] == "bilateral") & (new["topic"] == "culture") & ~new["initial"]].iloc[0]
    a, b = row["parties"].split("-")
    for one, other in ((a, b), (b, a)):
        where = Where(run, one, 2037)
        assert profile.bound(where, other, int(row["signed"])) == row["id"]
        assert profile.bound(where, other, int(row["signed"]) - 1) is None
        assert profile.latest(where, other) >= row["signed"]


@pytest.mark.parametrize("form", ["culture", "treaties", "many"])
def test_the_ledger_says_what_the_table_says(run, form):
    table = ledger.ledger(run, form)
    rows = run.results.agreements.set_index("id").loc[table["id"]]
    assert len(table) > 0
    assert (table["signed"].to_numpy() == rows["signed"].to_numpy()).all()
    assert table["signed"].is_monotonic_decreasing
    assert table["ended"].isna().to_numpy().tolist() == rows["ended"].isna().tolist()
    scored = rows["why_total"].to_numpy() != 0
    chance = 1 - np.exp(-np.exp(rows["why_total"].to_numpy()[scored]))
    assert table["chance"].to_numpy()[scored] == pytest.approx(chance)
    assert np.isnan(table["chance"].to_numpy()[~scored]).all()
    two = (rows["form"] == "bilateral").to_numpy()
    assert all(" – " in text for text in table["parties"][two])


def test_every_agreement_is_in_one_ledger(run):
    ids = pd.concat([ledger.ledger(run, form)["id"] for form in ("culture", "treaties", "many")])
    assert sorted(ids) == list(range(len(run.results.agreements)))


def test_a_reason_is_the_strongest_push(run):
    table, rows = ledger.ledger(run), run.results.agreements.set_index("id")
    for agreement, reason in zip(table["id"], table["reason"], strict=True):
        row = rows.loc[agreement]
        if row["initial"]:
            assert reason == "drawn for the starting world"
        elif reason == "their diplomacies were unusually active":
            why = [c for c in row.index if c.startswith("why_") and c not in ("why_total", "why_baseline", "why_limit")]
            assert row["why_initiative"] == max(row[why])


def test_the_course_of_a_convention_is_read_off_its_curve(run):
    table = ledger.conventions(run)
    assert len(table) >= 3
    for row in table.to_dict("records"):
        curve = ledger.adoption(run, row["norm"])
        reached = run.years[curve >= 0.5]
        assert (reached[0] if len(reached) else None) == (None if np.isnan(row["t50"]) else row["t50"])
        assert curve[-1] == pytest.approx(row["share"])
        text = ledger.course_in_words(row)
        assert row["norm"] in text
        assert ("never" in text) == np.isnan(row["t50"])


def test_every_dispute_is_told_with_its_end(run):
    table = ledger.disputes(run)
    events = run.results.events
    incidents = int((events["kind"] == "dispute").sum())
    assert incidents > 0
    assert len(table) == incidents + len(run.results.claims)
    suspended = run.results.agreements
    suspended = suspended[(suspended["end_reason"] == "suspended") & (suspended["topic"] == "culture")]
    told = table["how"].str.startswith("the agreement was suspended")
    assert told.sum() == len(suspended) > 0
    again = table["how"].str.contains("signed again in")
    assert (table.loc[again, "ended"] > table.loc[again, "year"]).all()
    assert f"{len(table):,} disputes" in ledger.ends_in_words(table)


def test_without_conflict_there_is_no_dispute():
    run = engine.simulate(load_config("classroom").with_horizon(3), 1)
    assert ledger.disputes(run).empty
    assert "left out" in ledger.ends_in_words(ledger.disputes(run))
    assert ledger.conventions(run).empty


class Here:
    """An executor that runs at once."""

    def submit(self, call, *arguments):
        from concurrent.futures import Future

        future = Future()
        future.set_result(call(*arguments))
        return future


def arms(*values):
    base = load_config("classroom").with_values({"world.synthetic": {"states": 12}, "horizon.years": 5})
    return contrast.together([base, *(base.with_values(changed) for changed in values)], 1)


def test_twins_share_their_luck_and_each_arm_is_compared_with_the_first():
    configs = arms({}, {"trust.gain": 0.2})
    found = list(contrast.contrasts(("alone", "same", "more"), configs, [1, 2, 3], Here(), lambda: False))
    assert found[-1].done == found[-1].wanted == 3
    same, more = found[-1].comparisons
    assert not same.differences["difference"].any()
    assert contrast.difference(more, "trust_tied")["difference"].iloc[-1] > 0
    assert "trust_tied" in contrast.moved(found[-1], 3)
    table = contrast.outcomes(found[-1], ["trust_tied"])
    assert list(table["arm"]) == ["same", "more"]
    assert table["difference"].iloc[0] == 0
    assert table["low"].iloc[1] > 0
    assert (same.name_a, same.name_b) == ("alone", "same")


def test_counts_within_a_year_mean_nothing_in_the_starting_year():
    found = list(contrast.contrasts(("a", "b"), arms({"trust.gain": 0.2}), [1, 2], Here(), lambda: False))
    assert np.isnan(contrast.difference(found[-1].comparisons[0], "signed")["a"].iloc[0])


def test_nothing_comes_once_nobody_waits():
    assert list(contrast.contrasts(("a", "b"), arms({}), [1, 2], Here(), lambda: True)) == []


def test_arms_of_different_length_are_compared_over_the_shorter():
    assert {config.years for config in arms({"horizon.years": 3})} == {3}


def test_arms_of_different_worlds_are_refused():
    with pytest.raises(ConfigError, match="do not have the same states"):
        arms({"world.synthetic": {"states": 13}})

"""Tables of a run: what they hold, and that they agree with the world and with each other."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coopsim
from coopsim.config import config_from
from coopsim.errors import ConfigError
from coopsim.experiment import list_scenarios, run
from coopsim.model import CoopModel
from coopsim.results import TABLES
from coopsim.results.recorder import Recorder
from coopsim.results.tables import agreements_table, compact, parties_table
from coopsim.world.activities import CONVENTION, EVENT_KINDS, EVENTS, LAPSED
from coopsim.world.agreements import TERMS
from worlds import short_config, tie, tiny_world

SOURCE = Path(coopsim.__file__).parent
CONFIG = short_config(15, 6, {"bilateral.base_rate": 0.3})


@pytest.fixture(scope="module")
def results():
    return run(CONFIG, seed=3)


def test_every_table_of_the_interface_is_there(results):
    assert tuple(results.tables) == TABLES
    wanted = {
        "indicators": ["year", "density", "trust"],
        "states": ["year", "iso3", "capacity_heritage", "trust_given", "trust_received", "openness", "budget",
                   "degree", "knowledge", "access", "understanding", "understood", "students_leaving",
                   "students_coming", "students_hosted", "stayers", "institutions", "compliance_rights",
                   "spent_abroad", "assistance_received"],
        "organisations": ["year", "id", "kind", "home", "capacity", "partners", "projects", "funding"],
        "agreements": ["id", "form", "activity", "topic", "parties", "initiator", "proposed", "signed", "in_force",
                       "ended", "end_reason", "renewals", "initial", *(f"why_{t}" for t in TERMS), "why_total"],
        "parties": ["agreement", "party", "joined", "left", "reservation"],
        "ties": ["year", "iso3_a", "iso3_b", "trust", "trust_ab", "trust_ba", "understanding", "commonality",
                 "interest", "agreements", "agreements_events", "trade", "trade_ab", "barrier_ba", "joint", "memory"],
        "flows": ["year", "origin", "destination", "spending", "spending_agency", "dose_assistance", "students",
                  "scholars", "artists", "projects", "dose_events"],
        "norms": ["year", "norm", "kind", "topic", "adopters", "share", "compliance", "reservations", "in_force"],
        "claims": ["id", "claimant", "holder", "opened", "settled", "outcome"],
        "events": ["year", "kind", "who", "what"],
        "schedule": ["year", "process", "mechanism", "seconds", "counters"],
    }
    for name, columns in wanted.items():
        assert set(columns) <= set(results.tables[name].columns), name


def test_every_kind_of_event_that_the_code_logs_is_explained_and_no_other():
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py")))
    logged = set(re.findall(r'\bself\.log\("([\w ]+)"|\bworld\.log\("([\w ]+)"|_happen\("([\w ]+)"', text))
    assert {kind for found in logged for kind in found if kind} == set(EVENT_KINDS)


def test_years_and_rows(results):
    assert results.indicators["year"].tolist() == list(range(2025, 2032))
    assert len(results.states) == 7 * 15
    assert results.ties["year"].unique().tolist() == [2025, 2031]
    assert len(results.ties) == 2 * 15 * 14 // 2
    assert results.flows["year"].unique().tolist() == [2026, 2031]
    assert repr(results) == "Results(default, 2025-2031, seed 3)"


def test_no_number_is_missing(results):
    for name, table in results.tables.items():
        numbers = table.select_dtypes("float64")
        assert np.isfinite(numbers.to_numpy()).all(), name


def test_tables_agree_with_each_other(results):
    last = results.indicators.iloc[-1]
    states = results.states[results.states["year"] == 2031]
    assert states["degree"].mean() == last["mean_degree"]
    assert states["budget"].sum() == pytest.approx(last["public_spending"])
    ties = results.ties[results.ties["year"] == 2031]
    assert ties["agreements"].sum() == last["agreements"]
    by_activity = ties.filter(like="agreements_").sum(axis=1)
    assert (by_activity == ties["agreements"]).all()
    ledger = results.agreements
    culture = ledger[(ledger["topic"] == "culture") & (ledger["form"] == "bilateral")]
    assert culture["ended"].isna().sum() == last["agreements"]
    new = culture[~culture["initial"]]
    assert len(new) == results.indicators["signed"].sum() > 0
    assert (new["signed"] > 2025).all()


def test_new_tables_agree_with_the_indicators(results):
    last, states = results.indicators.iloc[-1], results.states[results.states["year"] == 2031]
    assert states["students_leaving"].sum() == states["students_coming"].sum() == last["students"]
    assert states["students_hosted"].sum() == pytest.approx(last["mobile_students"])
    assert states["exports"].max() == pytest.approx(last["trade_top_exporter"])
    flows = results.flows[results.flows["year"] == 2031]
    assert flows["artists"].sum() == last["artists"]
    assert flows["dose_mobility"].sum() == pytest.approx(last["dose_mobility"])
    assert flows["projects"].sum() >= last["projects"]  # one in several states counts in each
    channels = flows[["spending_ministry", "spending_agency", "spending_private"]].sum(axis=1)
    assert flows["spending"].to_numpy() == pytest.approx(channels.to_numpy())
    norms = results.norms[results.norms["year"] == 2031].set_index("topic")
    assert norms.loc["diversity", "share"] == last["adoption_diversity"]
    assert norms["reservations"].sum() == last["reservations"]
    weighted = (norms["compliance"] * norms["adopters"]).sum() / norms["adopters"].sum()
    assert weighted == pytest.approx(last["compliance"])
    assert len(results.norms) == 7 * 4
    ties = results.ties[results.ties["year"] == 2031]
    assert ties["trade"].sum() == pytest.approx(1)
    assert ties["barrier"].mean() == pytest.approx(last["barrier"])
    assert ties["memory"].mean() == pytest.approx(last["memory"])


def test_claims_are_open_or_settled():
    config = short_config(15, 6, {"negotiation.claim_rate": 1.0, "negotiation.settlement": -2.0})
    found = run(config, seed=3)
    claims, series = found.claims, found.indicators
    assert len(claims) == series["claims_opened"].sum() > 0
    settled = claims["outcome"] == "settled"
    assert settled.sum() == series["claims_settled"].sum() > 0
    assert (claims["settled"].isna() == ~settled).all()
    assert (claims.loc[settled, "settled"] >= claims.loc[settled, "opened"]).all()
    assert (~settled).sum() == series["claims_open"].iloc[-1]
    assert claims["settled"].dtype == "Int64"


def test_the_score_is_the_sum_of_its_terms(results):
    why = results.agreements[[f"why_{term}" for term in TERMS]]
    assert why.sum(axis=1).to_numpy() == pytest.approx(results.agreements["why_total"].to_numpy())
    assert (results.agreements.loc[results.agreements["initial"], "why_total"] == 0).all()


def test_flows_have_only_rows_in_which_something_flows(results):
    amounts = results.flows.drop(columns=["year", "origin", "destination"])
    assert (amounts.sum(axis=1) > 0).all()


def test_pairs_are_kept_for_the_years_asked_for():
    asked = run(CONFIG, seed=3, ties_years=[2028, 2030])
    assert asked.ties["year"].unique().tolist() == [2025, 2028, 2030, 2031]
    every = run(CONFIG, seed=3, years=3, ties_years="all")
    assert every.ties["year"].unique().tolist() == [2025, 2026, 2027, 2028]
    assert every.flows["year"].unique().tolist() == [2026, 2027, 2028]


@pytest.mark.parametrize("years", [[2024], [2028, 2032], "last"])
def test_pairs_of_a_year_outside_the_run_are_refused(years):
    with pytest.raises(ConfigError, match=r"^ties_years = .* is not allowed: must be "):
        run(CONFIG, seed=3, ties_years=years)


def test_recording_more_changes_nothing_else(results):
    assert run(CONFIG, seed=3, ties_years="all").same_as(results) == ["ties", "flows"]


def test_the_schedule_keeps_counters_as_json(results):
    signing = results.schedule[results.schedule["process"] == "sign agreements"]
    counted = [json.loads(text)["signed"] for text in signing["counters"]]
    assert counted == results.indicators["signed"].tolist()[1:]
    assert (results.schedule["seconds"] >= 0).all()


def test_missing_years_are_missing_and_the_starting_stock_is_marked():
    world = tiny_world(3, year=2026)
    ended, live = tie(world, 0, 1, signed=2020), tie(world, 1, 2, signed=2026, activity=EVENTS)
    world.terminate(np.array([ended]), LAPSED)
    table = agreements_table(world, 2025).loc[[ended, live]]
    first = world.states.iso3
    assert table["parties"].tolist() == [f"{first[0]}-{first[1]}", f"{first[1]}-{first[2]}"]
    assert table["initial"].tolist() == [True, False]
    assert table["ended"].dtype == "Int64"
    assert table["ended"].isna().tolist() == [False, True]
    assert table["end_reason"].tolist() == ["lapsed", ""]
    assert table.loc[live, "activity"] == "events"
    parties = parties_table(world)
    assert parties["agreement"].is_monotonic_increasing
    parties = parties[parties["agreement"].isin([ended, live])]
    assert parties["agreement"].tolist() == [ended, ended, live, live]
    assert parties["left"].tolist()[:2] == [2026, 2026]
    assert parties["left"].isna().tolist() == [False, False, True, True]


def test_parties_of_an_agreement_of_many():
    world = tiny_world(4)
    tie(world, 0, 3)
    opened = world.agreements.open(form=CONVENTION, topic=6, activity=-1, year=2026)
    world.agreements.join(opened, [2, 0], 2027)
    world.agreements.leave(opened, [0], 2030)
    table, parties = agreements_table(world, 2025), parties_table(world)
    code = world.states.iso3
    assert table.loc[opened, "parties"] == f"{code[0]}-{code[2]}"
    assert table.loc[opened, "activity"] == ""
    assert pd.isna(table.loc[opened, "in_force"])
    joined = parties[parties["agreement"] == opened]
    assert joined["party"].tolist() == [code[2], code[0]]
    assert joined["left"].isna().tolist() == [True, False]


def test_organisations_may_be_founded_during_a_run():
    world = CoopModel(short_config(3, 2), rng=1).world
    recorder = Recorder(world)
    recorder.record({})
    number = len(world.organisations)
    for name, _, values in list(world.organisations.items()):
        setattr(world.organisations, name, np.append(values, values[-1:]))
    world.year += 1
    recorder.record({})
    table = recorder.tables()["organisations"]
    assert table.groupby("year").size().tolist() == [number, number + 1]
    assert table["home"].isin(world.states.iso3).all()


def test_recorded_years_do_not_change_afterwards():
    model = CoopModel(CONFIG, rng=3)
    before = model.recorder.tables()
    model.run_for(2)
    after = model.recorder.tables()
    for name in ("states", "organisations", "ties"):
        early = after[name][after[name]["year"] == 2025].reset_index(drop=True)
        pd.testing.assert_frame_equal(early, before[name])


def test_units_stand_beside_the_columns(results):
    assert results.states.attrs["units"]["budget"] == "million $/yr"
    assert results.ties.attrs["units"]["trust_ab"] == "1"
    assert set(results.indicators.attrs["units"]) == set(results.indicators.columns) - {"year"}
    assert results.schedule.attrs["units"] == {"seconds": "s"}


def test_progress_years_and_seed():
    seen = []
    run(CONFIG, years=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    with pytest.raises(ConfigError, match=r"years = 0 is not allowed"):
        run(CONFIG, years=0)
    with pytest.raises(ConfigError, match="rng = -1"):
        run(CONFIG, seed=-1)


def test_a_shorter_run_drops_later_interventions():
    change = {"year": 2030, "kind": "set_parameter", "parameter": "trust.gain", "value": 0.1}
    config = config_from(
        {"world": {"synthetic": {"states": 5}}, "horizon": {"years": 6}, "interventions": [change]}
    )
    assert run(config, years=3).manifest["config"]["interventions"] == []
    events = run(config).events
    assert events.loc[events["kind"] == "intervention", "year"].tolist() == [2030]


def test_scenarios_are_listed():
    table = list_scenarios()
    assert table.columns.tolist() == ["name", "title", "question", "file"]
    assert "baseline" in table["name"].tolist()


def test_counts_are_kept_in_the_narrowest_type_that_holds_them():
    for largest, kind in ((0, np.uint8), (255, np.uint8), (256, np.uint16), (70_000, np.uint32), (2**40, np.uint64)):
        numbers = np.array([0.0, 1.0, largest])
        assert compact(numbers).dtype == kind
        assert compact(numbers).tolist() == numbers.tolist()
    assert compact(np.zeros(0)).tolist() == []

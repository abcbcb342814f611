"""Why not: the contributions add up, and the change that is said to bring a signature brings it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coopsim as cs
from coopsim.analysis.accession import accession_table, explain_accession
from coopsim.analysis.again import run_to
from coopsim.errors import ConfigError, ResultsError
from coopsim.interventions import KINDS
from coopsim.mechanisms import bilateral
from coopsim.mechanisms.conventions import FIELD_OF
from coopsim.model import CoopModel
from coopsim.rng import Streams
from worlds import short_config, signed_in

STATES, YEARS = 12, 6
# Worlds in which each lever has a chance: without it hardly a single change brings a signature.
WORLDS = {
    "eager": {"bilateral.base_rate": 0.5},
    "empty": {"bilateral.base_rate": 1.0, "initial.density": 0.02},
    "trusting": {"bilateral.base_rate": 1.0, "bilateral.trust_weight": 0.8, "initial.density": 0.02},
    "both must": {"bilateral.base_rate": 1.0, "bilateral.beta_trust": 4.0, "bilateral.form": "product"},
    "bare": {"bilateral.base_rate": 1.0, "mechanisms.commonality": False, "mechanisms.network": False},
    "curious": {"bilateral.base_rate": 1.0, "mechanisms.embassies": False, "mechanisms.interest": False,
                "commonality.discovery_rate": 0.9, "bilateral.beta_commonality": 8.0},
}
worlds = st.sampled_from(sorted(WORLDS))
pairs = st.lists(st.integers(1, STATES), min_size=2, max_size=2, unique=True).map(
    lambda rows: tuple(f"S{row:02d}" for row in sorted(rows))
)
years = st.integers(2026, 2025 + YEARS)


def config_of(world):
    return short_config(STATES, YEARS, WORLDS[world])


def signs(config, seed, pair, year, *changes):
    """Whether a pair signs in a year of a run with additional interventions."""
    model = CoopModel(replace(config, interventions=(*config.interventions, *changes)), rng=seed)
    model.run_for(year - config.start_year)
    rows = tuple(model.world.row(code) for code in pair)
    return rows in signed_in(model.world, year)


def weakened(change, share):
    """The same intervention, less of it; None if it has no degrees."""
    if change.kind == "set_activism":
        return replace(change, factor=1 + share * (change.factor - 1))
    if change.kind == "shift_interest":
        return replace(change, by=share * change.by)
    return replace(change, trust=share * change.trust) if change.kind == "set_relation" else None


def middle_of_trust(config, seed, pair, year):
    """The mean of the two directions of trust before anybody signs in a year."""
    found = []

    def look(model):
        a, b = (model.world.row(code) for code in pair)
        found.append((model.world.dyads.trust[a, b] + model.world.dyads.trust[b, a]) / 2)

    run_to(config, seed, year, {"sign agreements": look})
    return found[0] + 1e-9


@settings(max_examples=36, deadline=None, derandomize=True)
@given(worlds, st.integers(0, 200), pairs, years)
def test_every_lever_that_is_said_to_be_enough_brings_the_signature(world, seed, pair, year):
    config = config_of(world)
    found = cs.why_not(config, pair, year, seed=seed)
    for lever in found.levers:
        if lever.verdict == "enough":
            assert lever.intervention.year == year
            assert signs(config, seed, pair, year, lever.intervention), lever


@settings(max_examples=15, deadline=None, derandomize=True)
@given(worlds, st.integers(0, 200), pairs, years)
def test_a_little_less_would_not_have_been_enough(world, seed, pair, year):
    config = config_of(world)
    for lever in cs.why_not(config, pair, year, seed=seed).levers:
        less = weakened(lever.intervention, 0.999) if lever.verdict == "enough" else None
        # Trust is never set below the middle of the two directions, where less may still do.
        if less is None or (lever.name == "trust" and lever.needed <= middle_of_trust(config, seed, pair, year)):
            continue
        assert not signs(config, seed, pair, year, less), lever


@settings(max_examples=15, deadline=None, derandomize=True)
@given(worlds, st.integers(0, 200), pairs, years)
def test_the_status_is_what_happened_and_the_terms_add_up(world, seed, pair, year):
    config = config_of(world)
    found = cs.why_not(config, pair, year, seed=seed)
    assert (found.status == "signed") == signs(config, seed, pair, year)
    assert found.table["contribution"].sum() == pytest.approx(np.log(found.hazard), abs=1e-9)
    assert found.chance == pytest.approx(1 - np.exp(-min(found.hazard, 20)))
    assert (found.status in ("signed", "in force")) or found.luck >= found.chance
    assert all(sentence.endswith(".") for sentence in found.sentences)
    assert (found.answer is None) == (not any(lever.verdict == "enough" for lever in found.levers))
    if found.answer:
        sizes = [lever.size for lever in found.levers if lever.verdict == "enough"]
        assert found.answer.size == min(sizes)
        assert found.answer.phrase in " ".join(found.sentences)


@pytest.fixture(scope="module")
def results():
    return cs.run(config_of("eager"), seed=3)


def test_a_year_with_a_signature_gives_its_explanation(results):
    ledger = results.agreements
    row = ledger[~ledger["initial"] & (ledger["topic"] == "culture") & (ledger["form"] == "bilateral")].iloc[0]
    found = cs.why_not(results, row["parties"], int(row["signed"]))
    expected = cs.explain(results, int(row["id"]))
    assert found.status == "signed"
    assert found.explanation.table.equals(expected.table)
    assert found.explanation.sentences == expected.sentences[:-1]
    assert found.luck < found.chance


def test_an_agreement_in_force_leaves_nothing_to_sign(results):
    ledger = results.agreements
    held = ledger[ledger["initial"] & (ledger["form"] == "bilateral") & ledger["ended"].isna()].iloc[0]
    found = cs.why_not(results, held["parties"], 2027)
    assert (found.status, found.levers, found.answer) == ("in force", (), None)
    assert f"The one of {held['signed']} was in force" in found.sentences[1]


def test_it_works_from_a_scenario_and_from_results_alike(results):
    config = config_of("eager")
    first, second = (cs.why_not(x, "S11-S05", 2028, seed=3) for x in (results, config))
    assert first.pair == ("S05", "S11")
    assert first.sentences == second.sentences
    assert first.lever_table.equals(second.lever_table)


def test_interventions_of_the_scenario_come_first():
    config = config_of("eager")
    pair, year, seed = ("S01", "S02"), 2028, 1
    entries = {"year": year, "kind": "set_relation", "who": "S01", "with": "S02", "trust": 0.01}
    hostile = replace(config, interventions=(KINDS["set_relation"].from_mapping(entries, "test"),))
    found = cs.why_not(hostile, pair, year, seed=seed)
    for lever in found.levers:
        if lever.verdict == "enough":
            assert signs(hostile, seed, pair, year, lever.intervention)


def test_without_the_mechanism_nobody_signs():
    found = cs.why_not(short_config(4, 2, {"mechanisms.bilateral": False}), "S01-S02", 2026)
    assert (found.status, found.hazard) == ("off", 0.0)
    assert "'bilateral' is off" in found.sentences[1]


def test_a_chance_of_nil_is_told():
    found = cs.why_not(short_config(4, 2, {"bilateral.base_rate": 0.0, "initial.density": 0.0}), "S01-S02", 2026)
    assert (found.status, found.chance, found.answer) == ("not signed", 0.0, None)
    assert "their chance was nil" in found.sentences[1]


@pytest.mark.parametrize(
    ("pair", "year", "message"),
    [
        ("S01-S01", 2027, "must be two different codes"),
        ("S01", 2027, "must be two different codes"),
        ("S01-S99", 2027, "this world has no state 'S99'"),
        ("S01-S02", 2025, r"must be a simulated year in \[2026, 2031\]"),
        ("S01-S02", 2032, r"must be a simulated year in \[2026, 2031\]"),
    ],
)
def test_impossible_questions_are_refused(results, pair, year, message):
    with pytest.raises(ConfigError, match=message):
        cs.why_not(results, pair, year)


def test_a_run_that_comes_out_differently_is_not_explained(results):
    ledger = results.agreements.copy()
    row = ledger[~ledger["initial"] & (ledger["topic"] == "culture") & (ledger["form"] == "bilateral")].iloc[0]
    ledger.loc[row["id"], "signed"] = row["signed"] + 1
    with pytest.raises(ResultsError, match="come out differently"):
        cs.why_not(replace(results, agreements=ledger), row["parties"], int(row["signed"]))


def test_settings_of_another_version_are_not_explained(results):
    manifest = {**results.manifest, "config_hash": "0" * 16}
    with pytest.raises(ResultsError, match="made by coopsim"):
        cs.why_not(replace(results, manifest=manifest), "S01-S02", 2027)


class Scores:
    """Works out by hand, before every process that decides, what the scores of a year are."""

    def __init__(self):
        self.treaties, self.accessions = {}, {}

    def before_spillover(self, model):
        world, p = model.world, model.rules.parameters["spillover"]
        a, b = world.pairs
        dyads = world.dyads
        trust = np.sqrt(dyads.trust[a, b] * dyads.trust[b, a])
        interest = np.sqrt(dyads.interest[a, b] * dyads.interest[b, a])
        rate = np.log(p.base_rate) + p.trust * (trust - 0.5) + np.log(0.2 + interest) + p.agreement * dyads.tied[a, b]
        self.treaties |= {(model.year, int(i), int(j)): r for i, j, r in zip(a, b, rate, strict=True)}

    def before_conventions(self, model):
        world, p = model.world, model.rules.parameters["conventions"]
        for norm in world.norms.items:
            for i in range(world.size):
                weight = [world.dyads.tied[i, j] + world.dyads.comembership[i, j] + 0.5 for j in range(world.size)]
                weight[i] = 0.0
                peer = np.dot(weight, norm.adopted) / sum(weight)
                hazard = p.innovation * norm.innovation * 2 * world.states.capacity[i, FIELD_OF[norm.topic]]
                boost = p.cascade if norm.share >= p.tipping else 1.0
                hazard += p.imitation * norm.imitation * peer * boost
                self.accessions[model.year, norm.agreement, i] = hazard if norm.kind == "convention" else 0.0


def test_every_score_of_a_whole_run_is_the_sum_of_its_contributions():
    config = short_config(14, 10, {"bilateral.base_rate": 0.2})
    model, scores = CoopModel(config, rng=1), Scores()
    hazards = {}

    def before_signing(model):
        a, b = model.world.pairs
        found = bilateral.hazards(model.world, model.rules.parameters["bilateral"], a, b)
        hazards.update({(model.year, int(i), int(j)): h for i, j, h in zip(a, b, found, strict=True)})

    model.watchers = {"sign agreements": before_signing, "spill over": scores.before_spillover,
                      "adopt conventions": scores.before_conventions}
    model.run_for(10)
    kinds = {"culture": 0, "treaties": 0, "accessions": 0}
    for row in model.world.agreements.rows:
        key, total = (int(row["signed"]), int(row["a"]), int(row["b"])), row["why"].sum()
        if row["a"] < 0 or row["signed"] <= config.start_year:
            assert total == 0
        elif row["topic"] == 0:
            assert total == pytest.approx(np.log(hazards[key]), abs=1e-9)
            kinds["culture"] += 1
        else:
            assert total == pytest.approx(scores.treaties[key], abs=1e-9)
            kinds["treaties"] += 1
    for row in model.world.agreements.accessions:
        key = (int(row["joined"]), int(row["agreement"]), int(row["state"]))
        if key in scores.accessions:
            assert row["why"].sum() == pytest.approx(scores.accessions[key], abs=1e-9)
            kinds["accessions"] += 1
    assert all(kinds.values()), kinds


def test_explain_takes_every_id_of_a_run(results):
    for row in results.agreements.to_dict("records"):
        found = cs.explain(results, row["id"])
        assert found.table["contribution"].sum() == pytest.approx(row["why_total"], abs=1e-9)


def test_treaties_on_other_topics_are_told_in_their_own_terms(results):
    ledger = results.agreements
    row = ledger[(ledger["topic"] != "culture") & (ledger["form"] == "bilateral")].iloc[0]
    found = cs.explain(results, int(row["id"]))
    assert "at least one such treaty" in " ".join(found.sentences)
    assert found.table.set_index("term")["meaning"]["baseline"] == "rate of treaties at medium trust, before interest"


def accessions_of(results, kind):
    ledger = results.agreements
    rows = ledger[ledger["form"] == "convention"]
    chosen = rows[rows["topic"] == kind]["id"]
    return results.parties[results.parties["agreement"].isin(chosen)]


def test_an_accession_is_explained_by_what_the_ledger_of_the_run_holds(results):
    joined = accessions_of(results, "diversity").iloc[0]
    agreement, state, year = int(joined["agreement"]), joined["party"], int(joined["joined"])
    found = explain_accession(results, agreement, state.lower())
    model = run_to(config_of("eager"), 3, year)
    table = accession_table(model.world)
    row = table[(table["agreement"] == agreement) & (table["party"] == state)].iloc[0]
    assert found.hazard == pytest.approx(row["hazard"], abs=1e-12)
    assert found.table["share"].sum() == pytest.approx(1)
    index = np.array([model.world.row(state)])
    name = next(n.name for n in model.world.norms.items if n.agreement == agreement)
    assert found.luck == Streams(3)("conventions", year).uniform_at(f"adopt {name}", index)[0]
    assert found.luck < 1 - np.exp(-found.hazard)
    assert f"in {year}" in found.sentences[0]
    assert "yearly hazard of joining" in str(found)


def test_a_declaration_is_adopted_without_a_score(results):
    joined = accessions_of(results, "rights").iloc[0]
    found = explain_accession(results, int(joined["agreement"]), joined["party"])
    assert found.table.empty
    assert "declaration" in found.sentences[1]


def test_a_state_that_never_joined_is_told_why(results):
    joined = accessions_of(results, "heritage")
    ledger = results.agreements
    agreement = int(ledger.loc[ledger["topic"] == "heritage", "id"].iloc[0])
    absent = sorted(set(results.states["iso3"]) - set(joined["party"]))
    found = explain_accession(results, agreement, absent[0])
    assert found.year is None
    assert "did not join" in found.sentences[0]


def test_personal_thresholds_have_no_hazard():
    config = short_config(40, 4, {"conventions.mode": "threshold"})
    stored = cs.run(config, seed=1)
    joined = accessions_of(stored, "diversity")
    found = explain_accession(stored, int(joined["agreement"].iloc[0]), joined["party"].iloc[0])
    assert found.table.empty
    assert "threshold" in found.sentences[1]


@pytest.mark.parametrize(("agreement", "state", "message"),
                         [(10**6, "S01", "is no convention"), (None, "S99", "no state 'S99'")])
def test_accessions_that_cannot_be_are_refused(results, agreement, state, message):
    ledger = results.agreements
    known = int(ledger.loc[ledger["form"] == "convention", "id"].iloc[0])
    with pytest.raises(ConfigError, match=message):
        explain_accession(results, known if agreement is None else agreement, state)

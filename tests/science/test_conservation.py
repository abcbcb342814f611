"""What must not get lost: money, people, agreements, parties."""

import numpy as np
import pytest

from coopsim.interventions import KINDS
from coopsim.model import CoopModel
from coopsim.world.activities import (
    AGENCY,
    BILATERAL,
    CONVENTION,
    CULTURE,
    END_REASONS,
    FOUNDATION,
    MINISTRY,
    MULTILATERAL,
    OTHER_TOPICS,
)
from coopsim.world.agreements import NEVER
from worlds import short_config

YEARS = 15
BUSY = {
    "bilateral.base_rate": 0.3, "renewal.lapse": 0.9, "initial.density": 0.3, "conflict.incident_rate": 0.5,
    "multilateral.exit_rate": 0.02, "conventions.withdrawal": 0.2, "negotiation.claim_rate": 0.2,
    "negotiation.settlement": -1, "organisations.turnover": 0.2,
}
CHANGES = (
    {"year": 2027, "kind": "set_channel", "who": "all", "share": 0.4},
    {"year": 2028, "kind": "budget", "factor": 0.5, "years": 3},
    {"year": 2029, "kind": "grant", "to": "WORLD", "amount": 12.0, "years": 2},
    {"year": 2030, "kind": "reciprocity", "who": "S02", "degree": 1.0},
    {"year": 2031, "kind": "withdraw", "who": "S01", "from": "WORLD"},
    {"year": 2032, "kind": "new_organisation", "who": "S03", "name": "New", "form": "foundation", "budget": 30.0},
)


class Witness:
    """A busy run with what each year looked like, taken before organisations live and die."""

    def __init__(self, **kwargs):
        changes = tuple(KINDS[change["kind"]].from_mapping(change, "test") for change in CHANGES)
        self.model = CoopModel(short_config(16, YEARS, BUSY, interventions=changes), rng=4, **kwargs)
        self.years = []
        self.model.watchers["organisations live and die"] = self.look
        self.diaspora = self.model.world.dyads.diaspora.copy()
        for _ in range(YEARS):
            self.model.run_for(1)
            self.years[-1]["counters"] = dict(self.model.counters)
            self.years[-1]["tied"] = self.model.world.dyads.tied.copy()

    def look(self, model):
        world = model.world
        s, d, o, io = world.states, world.dyads, world.organisations, world.international
        running = np.bincount(world.projects.rows["organisation"], minlength=len(o))
        private = (o.kind >= FOUNDATION) & (o.closed < 0)
        self.years.append({
            "year": world.year, "budget": s.budget.copy(), "dues": s.dues.copy(),
            "public": (d.spending_ministry + d.spending_agency).sum(axis=1), "ministry": d.spending_ministry.sum(),
            "agency": d.spending_agency.sum(), "private": d.spending_private.sum(),
            "private budgets": o.budget[private & (running > 0)].sum(),
            "funding": [o.funding[o.kind == kind].sum() for kind in (MINISTRY, AGENCY)] + [o.funding[private].sum()],
            "bodies": io.budget.sum() - io.grant.sum(), "flows": d.flows.copy(), "departures": s.departures.copy(),
            "stayers": s.stayers.copy(), "returnees": s.returnees.copy(), "diaspora": d.diaspora.copy(),
        })


@pytest.fixture(scope="module")
def witness():
    return Witness()


def test_every_state_spends_its_public_budget_less_its_dues(witness):
    for year in witness.years:
        np.testing.assert_allclose(year["public"], year["budget"] - year["dues"], rtol=1e-9)


def test_dues_arrive_at_organisations_or_are_carried_over(witness):
    carried = 0.0
    for year in witness.years:
        kept = year["counters"]["dues carried over"]
        assert year["bodies"] + kept == pytest.approx(year["dues"].sum(), rel=1e-9)
        carried += kept
    assert carried > 0  # states without a regional or language organisation, and those that left


def test_private_organisations_spend_the_budgets_of_those_with_projects(witness):
    for year in witness.years:
        assert year["private"] == pytest.approx(year["private budgets"], rel=1e-9)
        assert year["private"] == pytest.approx(year["counters"]["private spending"], rel=1e-9)


def test_what_organisations_report_is_what_was_spent_through_them(witness):
    for year in witness.years:
        assert year["funding"] == pytest.approx([year["ministry"], year["agency"], year["private"]], rel=1e-9)


def test_people_who_leave_arrive_and_stay_or_return(witness):
    before = witness.diaspora
    circulation = witness.model.config.parameters["mobility"].circulation
    for year in witness.years:
        moved = year["flows"].sum(axis=0)
        assert moved.sum() > 0
        np.testing.assert_allclose(year["departures"], moved.sum(axis=1), rtol=1e-12)
        circulated = circulation * before.sum(axis=1)
        np.testing.assert_allclose(year["returnees"] + year["stayers"], moved.sum(axis=1) + circulated, rtol=1e-9)
        np.testing.assert_allclose(
            year["diaspora"].sum(axis=1), before.sum(axis=1) + year["stayers"] - circulated, rtol=1e-9)
        before = year["diaspora"]


def test_every_agreement_that_ends_has_a_reason_and_ends_after_it_was_signed(witness):
    rows = witness.model.world.agreements.rows
    ended = rows["ended"] != NEVER
    reasons = {END_REASONS[code] for code in rows["end_reason"][ended]}
    assert {"lapsed", "suspended"} <= reasons
    assert "" not in reasons
    assert (rows["end_reason"][~ended] == 0).all()
    assert (rows["ended"][ended] >= rows["signed"][ended]).all()
    assert (rows["form"][ended] == BILATERAL).all()  # nothing ends the treaties of bodies and conventions


def test_the_ledger_replayed_from_nothing_gives_the_ties_of_every_year(witness):
    rows = witness.model.world.agreements.rows
    rows = rows[(rows["form"] == BILATERAL) & (rows["topic"] == CULTURE)]
    assert len(rows) > 60
    assert (rows["ended"] != NEVER).sum() > 20
    for year in witness.years:
        live = rows[(rows["signed"] <= year["year"]) & ((rows["ended"] == NEVER) | (rows["ended"] > year["year"]))]
        tied = np.zeros_like(year["tied"])
        tied[live["a"], live["b"]] = tied[live["b"], live["a"]] = True
        assert np.array_equal(tied, year["tied"])
        pairs = live["a"].astype(int) * 1000 + live["b"]
        assert len(np.unique(pairs)) == len(pairs)  # never two at once


def test_the_counts_of_the_year_are_those_of_the_ledger(witness):
    world = witness.model.world
    rows, claims, joined = world.agreements.rows, world.claims.rows, world.agreements.accessions
    culture = (rows["form"] == BILATERAL) & (rows["topic"] == CULTURE)
    norms = np.flatnonzero(rows["form"] == CONVENTION)
    to_norms = joined[np.isin(joined["agreement"], norms)]
    for year in witness.years:
        now, count = year["year"], year["counters"]
        assert count["signed"] == (culture & (rows["signed"] == now)).sum()
        assert count["lapsed"] == (culture & (rows["ended"] == now) & (rows["end_reason"] == 1)).sum()
        assert count["other treaties"] == ((rows["form"] == BILATERAL) & ~culture & (rows["signed"] == now)).sum()
        assert count["claims opened"] == (claims["opened"] == now).sum()
        assert count["claims settled"] == (claims["settled"] == now).sum()
        assert count["adoptions"] == (to_norms["joined"] == now).sum()
        assert count["withdrawals from conventions"] == (to_norms["left"] == now).sum()
    assert sum(year["counters"]["claims settled"] for year in witness.years) > 0
    assert sum(year["counters"]["withdrawals from conventions"] for year in witness.years) > 0


def test_the_ledger_replayed_gives_the_treaties_on_other_topics(witness):
    world = witness.model.world
    rows = world.agreements.rows
    rows = rows[(rows["form"] == BILATERAL) & (rows["topic"] != CULTURE)]
    count = np.zeros((len(OTHER_TOPICS), world.size, world.size))
    np.add.at(count, (rows["topic"] - 1, rows["a"], rows["b"]), 1)
    assert np.array_equal(count + count.transpose(0, 2, 1), per_pair(world))


def per_pair(world):
    """Treaties on other topics, shape (5, S, S), whichever half of the matrix they are kept in."""
    kept = world.dyads.other_treaties
    return kept if np.array_equal(kept, kept.transpose(0, 2, 1)) else kept + kept.transpose(0, 2, 1)


def test_parties_in_the_ledger_are_those_who_adopted_and_members(witness):
    world = witness.model.world
    rows, joined = world.agreements.rows, world.agreements.accessions
    for norm in world.norms.items:
        assert parties(joined, norm.agreement) == np.flatnonzero(norm.adopted).tolist()
    for body, treaty in enumerate(world.international.treaty):
        assert rows["form"][treaty] == MULTILATERAL
        assert parties(joined, treaty) == np.flatnonzero(world.international.members[body]).tolist()
    left = joined["left"] != NEVER
    assert (joined["left"][left] >= joined["joined"][left]).all()


def parties(joined, agreement):
    """Rows of states that are parties now, each once."""
    mine = joined[(joined["agreement"] == agreement) & (joined["left"] == NEVER)]
    return sorted(mine["state"].tolist())


def test_projects_are_of_organisations_at_work_in_other_states(witness):
    world = witness.model.world
    rows, o = world.projects.rows, world.organisations
    rows = rows[o.closed[rows["organisation"]] < 0]
    home = o.home[rows["organisation"]]
    assert (rows["state"] != home).all()
    known = rows["partner"] >= 0
    assert np.array_equal(o.home[rows["partner"][known]], rows["state"][known])
    assert (rows["end"] >= world.year).all()

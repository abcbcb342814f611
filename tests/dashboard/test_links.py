"""Every form of ties, year by year, is what the tables of the run say."""

from types import SimpleNamespace

import numpy as np
import pytest

from coopsim.config import load_config
from coopsim.world.activities import ACTIVITIES

pytest.importorskip("solara", reason="solara is not installed: pip install 'coopsim[app]'")
from coopsim.dashboard import engine, geography, links, webs
from coopsim.dashboard.links import FORMS, Links
from coopsim.dashboard.text import say

YEAR = 2034


@pytest.fixture(scope="module")
def run():
    config = load_config("classroom").with_values(
        {"preset": "full", "world.synthetic": {"states": 24}, "horizon.years": 12}
    )
    return engine.simulate(config, 3)


def pairs_in(tied, run):
    """Pairs of codes that are tied."""
    return {(run.codes[a], run.codes[b]) for a, b in zip(*np.nonzero(np.triu(tied)), strict=True)}


def in_order(run, a, b):
    return (a, b) if run.codes.index(a) < run.codes.index(b) else (b, a)


def test_models_have_the_forms_of_their_mechanisms():
    base = load_config("classroom")
    assert links.forms(base) == ("agreements",)
    assert links.forms(base.with_values({"preset": "standard"})) == ("agreements", "projects")
    assert links.forms(base.with_values({"preset": "full"})) == FORMS
    for form in FORMS:
        assert all(say(f"ties.{kind}") for kind in links.kinds(form))
        assert say(f"ties.form_{form}")
        assert say(f"ties.what_{form}")


def test_agreements_and_treaties_are_those_of_the_table_of_pairs(run):
    ties = run.results.ties
    last = ties[ties["year"] == ties["year"].max()]
    for form, column in (("agreements", "agreements"), ("treaties", "treaties")):
        wanted = {(row["iso3_a"], row["iso3_b"]) for _, row in last[last[column] > 0].iterrows()}
        assert wanted
        assert pairs_in(Links(run, form).tied(int(run.years[-1])), run) == wanted


def test_projects_are_those_of_the_table_of_flows(run):
    flows = run.results.flows
    for year in sorted(flows["year"].unique()):  # the first year and the last
        found = flows[(flows["year"] == year) & (flows["projects"] > 0)]
        wanted = {in_order(run, a, b) for a, b in zip(found["origin"], found["destination"], strict=True) if a != b}
        assert wanted
        assert pairs_in(Links(run, "projects").tied(int(year)), run) == wanted


def test_the_kind_of_a_project_is_the_activity_of_most_projects_under_way(run):
    spells, world = Links(run, "projects").spells, run.model.world
    live = spells[spells["ended"] > run.years[-1]]
    counts = {}
    for row in world.projects.rows:
        home = int(world.organisations.home[row["organisation"]])
        for partner in {int(row["state"]), *map(int, row["extra"])} - {-1, home}:
            key = (min(home, partner), max(home, partner))
            counts.setdefault(key, np.zeros(len(ACTIVITIES)))[row["activity"]] += 1
    assert len(live) == len(counts)
    for row in live.itertuples():
        assert counts[row.a, row.b][row.activity] == counts[row.a, row.b].max()


def test_common_conventions_are_counted_from_the_table_of_parties(run):
    agreements, parties = run.results.agreements, run.results.parties
    conventions = set(agreements[agreements["form"] == "convention"]["id"])
    live = parties[parties["agreement"].isin(conventions) & (parties["joined"] <= YEAR)
                   & (parties["left"].isna() | (parties["left"] > YEAR))]
    of_state = live.groupby("party")["agreement"].agg(set)
    spells = Links(run, "conventions").spells
    spells = spells[(spells["signed"] <= YEAR) & (spells["ended"] > YEAR)]
    found = {(run.codes[row.a], run.codes[row.b]): row.activity + 1 for row in spells.itertuples()}
    wanted = {
        (a, b): min(len(of_state[a] & of_state[b]), len(links.LEVELS))
        for k, a in enumerate(run.codes) for b in run.codes[k + 1 :]
        if a in of_state and b in of_state and of_state[a] & of_state[b]
    }
    assert found == wanted != {}


def test_common_organisations_leave_out_the_one_of_all(run):
    bodies = run.model.world.international
    members = np.delete(bodies.members, bodies.universal, axis=0).astype(int)
    together = (members.T @ members > 0) & ~np.eye(run.size, dtype=bool)
    tied = Links(run, "organisations").tied(int(run.years[-1]))
    assert (tied == together).all()
    assert 0 < tied.sum() < run.size * (run.size - 1)


def test_stretches_of_years_are_cut_where_the_kind_changes():
    run = SimpleNamespace(years=np.arange(2025, 2030), model=SimpleNamespace(world=SimpleNamespace(
        pairs=(np.array([0, 0, 1]), np.array([1, 2, 2])))))
    levels = np.array([[0, -1, 2], [0, -1, 2], [1, -1, -1], [1, -1, 2], [-1, -1, 2]], dtype=np.int8)
    rows = [tuple(map(int, row)) for row in links.spells_of_levels(levels, run).itertuples(index=False)]
    assert rows == [(0, 1, 2025, 2027, 0), (0, 1, 2027, 2029, 1), (1, 2, 2025, 2027, 2), (1, 2, 2028, 2030, 2)]


def test_the_shape_of_the_network_of_agreements_is_that_of_the_indicators(run):
    ties, land = Links(run, "agreements"), geography.of(run.config, run.seed)
    for measure in webs.MEASURES:
        assert webs.shape(ties, land, measure) == pytest.approx(run.series(measure))


def test_all_that_ties_a_pair_is_told(run):
    agreements = Links(run, "agreements").spells
    row = agreements[(agreements["signed"] <= YEAR) & (agreements["ended"] > YEAR)].iloc[0]
    pair = f"{run.codes[row['a']]}-{run.codes[row['b']]}"
    told = webs.told(run, pair, YEAR)
    assert told.title == f"{run.names[row['a']]} – {run.names[row['b']]}"
    assert any("cultural agreement" in text for text in told.sentences)
    assert any("party to" in text for text in told.sentences)
    assert webs.told(run, pair, 1800).sentences == (say("ties.pair_none", year=1800),)


def test_a_sentence_about_settings_says_what_their_sliders_say():
    from coopsim.dashboard.parameters import explained

    said = explained("The change: trust.gain is 0.08 instead of 0.04; commonality.joint_weight is 1 instead of 0.")
    assert said == ("The change: Working together builds trust (trust.gain) is 0.08 instead of 0.04; "
                    "commonality.joint_weight is 1 instead of 0.")

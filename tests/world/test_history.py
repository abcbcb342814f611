"""Worlds that grow: states and organisations enter in their year, and nothing of them exists before."""

import numpy as np
import pytest

from coopsim.config import Config
from coopsim.errors import ConfigError, DataError
from coopsim.model import CoopModel
from coopsim.rng import Stream
from coopsim.world.activities import BILATERAL, CULTURE
from coopsim.world.build import WorldSpec, facts_for
from coopsim.world.chronology import chronology, entry_years, facts_of_year, read_file

FEW = ("BEL", "DEU", "EGY", "FRA", "GBR", "GHA", "IND", "ITA", "NGA", "NLD", "POL", "RUS", "SEN", "SVN", "USA")


def past(start=1946, years=20, **world):
    spec = WorldSpec(codes=FEW, history=True, **world)
    return Config(start_year=start, years=years, world=spec).with_values({"initial.density": 0.0})


@pytest.fixture(scope="module")
def grown():
    """A run from 1946 to 1966, with the states of every year."""
    model = CoopModel(past(), rng=1)
    seen = {1946: list(model.world.states.iso3)}
    while model.running:
        model.step()
        model.world.check()
        seen[model.year] = list(model.world.states.iso3)
    return model, seen


def test_states_enter_in_their_year_and_stay(grown):
    _, seen = grown
    years = entry_years()
    for year, codes in seen.items():
        assert sorted(codes) == [code for code in sorted(FEW) if years[code] <= year]
    assert "SVN" not in seen[1966]
    assert {"IND", "DEU", "GHA", "NGA", "SEN"} <= set(seen[1966])


def test_rows_never_change(grown):
    _, seen = grown
    for year in range(1947, 1967):
        assert seen[year][: len(seen[year - 1])] == seen[year - 1]


def test_nobody_signs_before_the_entry(grown):
    model, _ = grown
    rows, codes, years = model.world.agreements.rows, model.world.states.iso3, entry_years()
    bilateral = rows[rows["form"] == BILATERAL]
    assert len(bilateral) > 0
    for side in ("a", "b"):
        entered = np.array([years[str(code)] for code in codes[bilateral[side]]])
        assert (bilateral["signed"] >= entered).all()


def test_the_newcomers_do_sign(grown):
    model, _ = grown
    rows = model.world.agreements.rows
    newcomers = np.flatnonzero(np.isin(model.world.states.iso3, ["IND", "DEU", "GHA", "NGA", "SEN"]))
    signed = rows[(rows["form"] == BILATERAL) & (rows["topic"] == CULTURE)]
    assert np.isin(signed["a"], newcomers).any() or np.isin(signed["b"], newcomers).any()


def test_organisations_are_founded_in_their_year(grown):
    model, _ = grown
    international = model.world.international
    assert (international.founded <= 1966).all()
    assert "EU" in international.id
    assert len(model.international_list) == len(international)
    in_1946 = CoopModel(past(), rng=1).world.international
    assert (in_1946.founded <= 1946).all()
    assert 0 < len(in_1946) < len(international)


def test_members_join_when_they_did(grown):
    model, _ = grown
    world = model.world
    unesco = world.international.universal
    joined = {str(world.states.iso3[row["state"]]): int(row["joined"]) for row in world.agreements.accessions
              if row["agreement"] == world.international.treaty[unesco]}
    assert joined["NGA"] >= 1960
    assert joined["RUS"] == 1954
    assert joined["FRA"] == -1  # a member at the start; the year of accession is not kept


def test_agents_follow(grown):
    model, seen = grown
    assert [str(agent.iso3) for agent in model.state_list] == seen[1966]
    assert model.states["GHA"].row == seen[1966].index("GHA")
    assert model.states["GHA"].organisations()


def test_tables_have_a_row_for_each_state_of_the_year(grown):
    model, seen = grown
    table = model.recorder.tables()["states"]
    for year, group in table.groupby("year"):
        assert group["iso3"].tolist() == seen[year]
    entries = model.recorder.tables()["events"]
    assert set(entries.loc[entries["kind"] == "entry", "who"]) == set(seen[1966]) - set(seen[1946])


def test_a_newcomer_starts_with_the_trust_that_structure_gives():
    model = CoopModel(past(), rng=3)
    while model.year < 1956:
        model.step()
    timeline, world = model.world.timeline, model.world
    timeline.turn(world, 1957)
    row = world.row("GHA")
    assert np.array_equal(world.dyads.trust[row], world.dyads.trust_baseline[row])
    assert not world.dyads.tied[row].any()
    assert world.dyads.flows[:, row].sum() == 0


def test_the_same_seed_gives_the_same_history():
    first, second = (CoopModel(past(years=14), rng=5) for _ in range(2))
    for model in (first, second):
        model.run_for(14)
    assert np.array_equal(first.world.agreements.rows, second.world.agreements.rows)


def test_without_history_nothing_enters():
    model = CoopModel(Config(world=WorldSpec(codes=FEW), years=1), rng=1)
    assert model.world.timeline is None
    assert model.world.size == len(FEW)


@pytest.fixture
def folder(tmp_path):
    """A folder of sample files of ours in the layout of docs/validation.md."""
    (tmp_path / "state_year.csv").write_text(
        "iso3,year,gdp_per_capita_ppp,population\nFRA,1946,5000,40000000\nFRA,1956,7000,44000000\n"
        "IND,1946,600,340000000\n", encoding="utf-8")
    (tmp_path / "un_ideal_points.csv").write_text(
        "iso3,year,ideal_point\nFRA,1946,2.0\nFRA,1956,1.0\n", encoding="utf-8")
    (tmp_path / "bilateral_cultural_agreements.csv").write_text(
        "year,iso3_a,iso3_b,topic,general_cultural\n1947,FRA,POL,culture,0\n1952,FRA,POL,culture,0\n"
        "1950,BEL,FRA,science,0\n1951,FRA,YUG,culture,1\n1971,FRA,IND,culture,0\n", encoding="utf-8")
    (tmp_path / "igo_membership.csv").write_text(
        "org,iso3,year_joined\nUNESCO,POL,1950\nUNESCO,IND,1930\n", encoding="utf-8")
    (tmp_path / "activism.csv").write_text("iso3,score,reliability\nFRA,2.0,0.9\n", encoding="utf-8")
    return tmp_path


def test_a_users_files_give_size_and_politics_by_year(folder):
    facts = facts_for(WorldSpec(codes=FEW, history=True), Stream(1, "world", 1946))
    dated = chronology(facts, 1946, str(folder))
    france, india, poland = (list(facts.iso3).index(code) for code in ("FRA", "IND", "POL"))
    assert dated.population[dated.row(1946), france] == 40
    assert dated.population[dated.row(1951), france] == pytest.approx(42)  # halfway
    assert dated.gdp[dated.row(1956), france] == pytest.approx(44 * 7000)
    assert dated.population[dated.row(2000), india] == 340  # held
    assert dated.population[dated.row(1950), poland] == facts.population[poland]  # the bundled table
    assert dated.ideal_point[dated.row(1951), france] == pytest.approx(1.5)
    assert dated.ideal_point[dated.row(1951), poland] < -2  # its camp
    unesco = list(facts.io_id).index("UNESCO")
    assert dated.joined[unesco, poland] == 1950
    assert dated.joined[unesco, india] == 1947  # not before it exists
    now = facts_of_year(facts, dated, 1946, str(folder))
    assert now.activism_score[france] == 2
    assert now.activism_score[poland] == 0  # the user's table replaces the bundled one


def test_known_agreements_are_in_force_at_the_start(folder):
    model = CoopModel(past(start=1970, years=1, data=str(folder)), rng=1)
    world = model.world
    tied = {tuple(sorted((str(world.states.iso3[a]), str(world.states.iso3[b]))))
            for a, b in zip(*np.nonzero(world.dyads.tied), strict=True)}
    assert tied == {("FRA", "POL")}  # science is another topic, Yugoslavia is not among the few, 1971 is later
    row = world.agreements.rows[world.dyads.agreement[world.row("FRA"), world.row("POL")]]
    assert row["signed"] == 1952


def test_wrong_files_are_named(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        read_file(tmp_path / "nowhere", "state_year")
    assert read_file(tmp_path, "state_year") is None
    (tmp_path / "state_year.csv").write_text("iso3,year\nFRA,1946\n", encoding="utf-8")
    with pytest.raises(DataError, match="gdp_per_capita_ppp"):
        read_file(tmp_path, "state_year")
    (tmp_path / "un_ideal_points.csv").write_text("iso3,year,ideal_point\nFRA,1946,left\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 2: ideal_point = 'left'"):
        read_file(tmp_path, "un_ideal_points")


@pytest.mark.parametrize(("world", "words"), [
    ({"world.history": 1}, "must be true or false"),
    ({"world.data": "somewhere"}, "needs history"),
    ({"world.synthetic": {"states": 5}, "world.history": True}, "no history"),
])
def test_nonsense_is_refused(world, words):
    with pytest.raises(ConfigError, match=words):
        Config().with_values(world)


def test_the_history_is_part_of_the_fingerprint():
    assert Config(world=WorldSpec(history=True)).hash != Config().hash
    plain = Config().to_mapping()["world"]
    assert plain == {"states": "all"}


def test_runs_judged_on_the_sixties_have_not_seen_them():
    facts = facts_for(WorldSpec(codes=FEW, history=True), Stream(1, "world", 1946))
    nigeria = list(facts.iso3).index("NGA")
    assert facts_of_year(facts, chronology(facts, 1946), 1946).activism_reliability[nigeria] == 0
    later = facts_of_year(facts, chronology(facts, 1970), 1970)
    assert later.activism_reliability[nigeria] == facts.activism_reliability[nigeria] > 0

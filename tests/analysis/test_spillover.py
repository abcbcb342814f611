"""Treaties on other topics: the crude ratio of rates, and that among comparable pairs."""

from dataclasses import replace

import pytest

from coopsim.analysis.spillover import exposure, spillover
from coopsim.errors import ResultsError
from coopsim.experiment import run
from worlds import short_config


def simulated(effect):
    values = {"bilateral.base_rate": 0.3, "spillover.base_rate": 0.3, "spillover.agreement": effect}
    return run(short_config(40, 10, values), seed=2, ties_years="all")


@pytest.fixture(scope="module")
def results():
    return simulated(0.0)


def test_exposure_counts_every_pair_and_treaty_once(results):
    table = exposure(results)
    assert table.columns.tolist() == ["year", "stratum", "tied", "pairs", "treaties"]
    assert table.groupby("year")["pairs"].sum().tolist() == [40 * 39 // 2] * 10
    assert table.groupby("year")["treaties"].sum().tolist() == results.indicators["other_treaties"].tolist()[1:]
    each = table.groupby(["year", "stratum"])["pairs"].sum()
    assert each.between(155, 157).all()
    tied = table[table["tied"]].groupby("year")["pairs"].sum()
    assert tied.tolist() == results.indicators["agreements"].tolist()[1:]


def test_stratifying_takes_away_what_the_agreement_does_not_do(results):
    found = spillover(results)
    assert found.crude > 1.25  # trust and interest bring both
    assert found.stratified < 1 + 0.6 * (found.crude - 1)
    assert found.stratified == pytest.approx(1, abs=0.25)
    assert found.years == tuple(range(2026, 2036))
    assert (found.treaties, found.pair_years) == (results.indicators["other_treaties"].sum(), 10 * 780)


def test_a_direct_effect_remains():
    assert spillover(simulated(0.8)).stratified == pytest.approx(2.2, abs=0.4)


def test_one_stratum_is_the_crude_ratio(results):
    found = spillover(replace(results, ties=results.ties[results.ties["year"] == 2030]), strata=1)
    assert found.stratified == pytest.approx(found.crude)
    row = results.indicators.set_index("year").loc[2030]
    assert found.crude == pytest.approx(row["spillover_crude"])


def test_without_pairs_there_is_nothing_to_say(results):
    with pytest.raises(ResultsError, match='ties_years="all"'):
        spillover(replace(results, ties=results.ties[results.ties["year"] == 2025]))

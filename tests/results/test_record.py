"""Recording only what is asked for: the same values, nothing else computed, and Mesa's tools still work."""

import mesa
import numpy as np
import pandas as pd
import pytest

from coopsim.errors import ConfigError
from coopsim.experiment import run
from coopsim.model import CoopModel
from coopsim.results import INDICATORS, TABLES, Record, recorder
from coopsim.results.indicator import Indicator
from coopsim.results.record import YEARLY
from worlds import short_config

CONFIG = short_config(12, 5, {"bilateral.base_rate": 0.3})
FEW = ("density", "trust_p10", "k_core", "spillover_stratified", "talent_index")


@pytest.fixture(scope="module")
def everything():
    return run(CONFIG, seed=3)


def test_what_is_chosen_has_the_values_it_has_among_all(everything):
    few = run(CONFIG, seed=3, record=Record(indicators=FEW, tables=["states", "flows"]))
    assert set(few.indicators.columns) == {"year", *FEW}
    pd.testing.assert_frame_equal(few.indicators, everything.indicators[few.indicators.columns])
    same = set(TABLES) - set(few.same_as(everything))
    assert same == {"states", "flows", "agreements", "parties", "claims", "events", "schedule"}


@pytest.mark.parametrize("name", YEARLY)
def test_a_table_that_is_not_chosen_has_its_columns_and_no_rows(everything, name):
    found = run(CONFIG, seed=3, record=Record(indicators=(), tables=set(YEARLY) - {name}))
    assert found.same_as(everything) == ["indicators", name]
    assert len(found.tables[name]) == 0
    assert found.tables[name].dtypes.equals(everything.tables[name].dtypes)


def test_results_of_a_choice_are_stored_and_read_back(tmp_path):
    few = run(CONFIG, seed=3, record=Record(indicators=FEW, tables=()))
    few.save(tmp_path / "few")
    assert type(few).load(tmp_path / "few").same_as(few) == []


def test_what_is_not_chosen_is_not_computed(monkeypatch):
    def refuse(moment):
        raise AssertionError("computed")

    dear = {name: Indicator(name, name, "1", refuse) for name in INDICATORS if name not in FEW}
    monkeypatch.setattr(recorder, "INDICATORS", {**INDICATORS, **dear})
    CoopModel(CONFIG, rng=1, record=Record(indicators=FEW)).run_for(2)
    with pytest.raises(AssertionError, match="computed"):
        CoopModel(CONFIG, rng=1)


def test_the_data_collector_has_the_chosen_indicators(everything):
    model = CoopModel(CONFIG, rng=3, record=Record(indicators=FEW, tables=()))
    model.run_for(5)
    frame = model.datacollector.get_model_vars_dataframe()
    assert set(frame.columns) == {"year", *FEW}
    pd.testing.assert_frame_equal(frame, everything.indicators[frame.columns])


@pytest.mark.parametrize("record", [None, Record(indicators=["density"], tables=())], ids=["all", "density"])
def test_batch_runs_of_mesa_see_what_is_recorded(record):
    rows = mesa.batch_run(CoopModel, {"config": CONFIG, "record": record}, rng=[1, 2], max_steps=3,
                          data_collection_period=1, display_progress=False)
    assert [row["year"] for row in rows] == [2025, 2026, 2027, 2028] * 2
    one = CoopModel(CONFIG, rng=2)
    one.run_for(3)
    assert [row["density"] for row in rows[4:]] == one.recorder.series["density"]
    assert ("trust" in rows[0]) == (record is None)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"indicators": ["densty"]}, r'record.indicators: "densty" is no indicator; did you mean \'density\'\?'),
        ({"indicators": "density"}, r'record.indicators = "density" must be "all" or a list of names'),
        ({"tables": ["agreements"]}, r'record.tables: "agreements" is no yearly table'),
        ({"indicators": [3]}, r"record.indicators: 3 is no indicator"),
    ],
)
def test_unknown_names_are_refused(choice, words):
    with pytest.raises(ConfigError, match=words):
        Record(**choice)


def test_names_keep_the_order_of_the_registry():
    assert Record(indicators=("trust", "density", "trust"), tables={"norms", "states"}) == Record(
        indicators=["density", "trust"], tables=["states", "norms"]
    )
    assert Record().indicators == tuple(INDICATORS)
    assert np.isin(Record().tables, TABLES).all()

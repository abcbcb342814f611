"""The screen of a run."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from coopsim.analysis.summary import (
    HEADLINES,
    busiest_pairs,
    headlines,
    most_active_states,
    sparkline,
    summary,
)
from coopsim.experiment import run
from coopsim.results import INDICATORS
from worlds import short_config


@pytest.fixture(scope="module")
def results():
    return run(short_config(12, 6, {"bilateral.base_rate": 0.3}), seed=1)


def printed(renderable):
    console = Console(width=120)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_sparklines():
    assert sparkline(np.arange(8)) == "▁▂▃▄▅▆▇█"
    assert sparkline(np.ones(3)) == "▁▁▁"
    assert sparkline(np.array([])) == ""
    assert len(sparkline(np.arange(100))) == 24


def test_headlines_start_and_end(results):
    table = headlines(results).set_index("indicator")
    series = results.indicators
    assert table.loc["density", ["start", "end"]].tolist() == [series["density"].iloc[0], series["density"].iloc[-1]]
    # Nothing is signed in the starting year, so the row begins with the first simulated one.
    assert table.loc["signed", "start"] == series["signed"].iloc[1]
    assert set(HEADLINES) <= set(INDICATORS)


def test_busy_pairs_are_tied_and_spend_both_ways(results):
    table = busiest_pairs(results, 5)
    rank = np.sqrt(table["spending_ab"] * table["spending_ba"])
    assert rank.is_monotonic_decreasing
    assert len(table) == 5
    assert table["since"].notna().all()
    flows = results.flows.set_index(["year", "origin", "destination"])["spending"]
    first = table.iloc[0]
    assert first["spending_ab"] == flows[2031, first["iso3_a"], first["iso3_b"]]


def test_without_money_trust_decides():
    poor = run(short_config(12, 3, {"mechanisms.budgets": False, "mechanisms.organisations": False}), seed=1)
    assert busiest_pairs(poor, 5)["trust"].is_monotonic_decreasing


def test_active_states_sign_and_initiate(results):
    table = most_active_states(results, 12).set_index("iso3")
    ledger = results.agreements
    new = ledger[~ledger["initial"] & (ledger["topic"] == "culture") & (ledger["form"] == "bilateral")]
    assert table["signed"].sum() == 2 * len(new)
    assert table["initiated"].sum() == len(new)
    top = table.index[0]
    assert table.loc[top, "signed"] == new["parties"].str.contains(top).sum()


def test_the_summary_prints(results):
    text = printed(summary(results, 3))
    assert "Busiest pairs" in text
    assert "density of cultural agreements" in text
    assert "nan" not in text


@pytest.mark.parametrize("states", [1, 2])
def test_tiny_worlds_have_a_summary(states):
    tiny = run(short_config(states, 2), seed=1)
    assert len(busiest_pairs(tiny)) <= 1
    assert "Main indicators" in printed(summary(tiny))


def test_results_without_agreements(results):
    empty = replace(results, agreements=results.agreements.iloc[:0], ties=results.ties.assign(agreements=0))
    assert busiest_pairs(empty).empty
    assert most_active_states(empty)["signed"].sum() == 0
    assert isinstance(headlines(empty), pd.DataFrame)

"""Explanations: sentences that follow from the numbers, and numbers that add up."""

from dataclasses import replace

import numpy as np
import pytest

import coopsim
from coopsim.analysis.explain import TERMS as MEANINGS
from coopsim.analysis.explain import explain
from coopsim.errors import ConfigError
from coopsim.experiment import run
from coopsim.world.agreements import TERMS
from worlds import short_config


@pytest.fixture(scope="module")
def results():
    return run(short_config(12, 6, {"bilateral.base_rate": 0.2}), seed=1)


def with_row(results, **values):
    """Return results whose first new agreement has other values; unnamed terms are 0."""
    ledger = results.agreements.copy()
    row = scored(results)
    ledger.loc[row, [f"why_{term}" for term in TERMS]] = 0.0
    for name, value in values.items():
        ledger.loc[row, name] = value
    return replace(results, agreements=ledger), row


def scored(results):
    ledger = results.agreements
    return int(ledger.loc[~ledger["initial"] & (ledger["topic"] == "culture") & (ledger["form"] == "bilateral"),
                          "id"].iloc[0])


def test_every_term_of_the_ledger_has_words():
    assert set(TERMS) == set(MEANINGS)


def test_contributions_add_up_for_every_agreement(results):
    for row in results.agreements.to_dict("records"):
        found = explain(results, row["id"])
        assert found.table["contribution"].sum() == pytest.approx(row["why_total"])
        assert found.table["factor"].to_numpy() == pytest.approx(np.exp(found.table["contribution"]))
        assert all(sentence.endswith(".") for sentence in found.sentences)
        assert "nan" not in str(found).lower().replace("finance", "")


def test_the_words_follow_the_numbers(results):
    changed, row = with_row(
        results, why_baseline=np.log(0.01), why_trust=np.log(2), why_closure=np.log(4), why_interest=np.log(8),
        why_capacity=np.log(1.5), why_reach=np.log(0.5), why_popularity=np.log(0.9),
    )
    found = explain(changed, row)
    pushes = found.sentences[1]
    assert pushes == (
        "What spoke for it most: they mattered to each other beyond culture (×8), they shared many partners "
        "(×4) and they trusted each other more than most (×2)."
    )
    assert found.sentences[2] == "What spoke against it most: they did not keep missions on both sides (×0.5)."
    assert found.hazard == pytest.approx(0.01 * 8 * 4 * 2 * 1.5 * 0.5 * 0.9)
    assert "35 %" in found.sentences[3]
    assert "luck" not in found.sentences[3]
    assert found.table["term"].iloc[0] == "baseline"
    assert "total" in str(found)


def test_an_unlikely_agreement_is_called_luck(results):
    changed, row = with_row(results, why_baseline=np.log(0.01))
    found = explain(changed, row)
    assert len(found.sentences) == 3  # opening, chance, fate: nothing pushed and nothing braked
    assert found.sentences[1].endswith("so luck had a large part in it.")


def test_states_are_named_and_the_initiator_told(results):
    row = scored(results)
    line = results.agreements.loc[row]
    names = results.states.drop_duplicates("iso3").set_index("iso3")["name"]
    opening = explain(results, row).sentences[0]
    assert opening.startswith(f"In {line['signed']} ")
    assert all(names[code] in opening for code in line["parties"].split("-"))
    assert f"{names[line['initiator']]} took the initiative" in opening


def test_the_starting_stock_is_explained_honestly(results):
    ledger = results.agreements
    first = int(ledger.loc[ledger["initial"] & (ledger["form"] == "bilateral"), "id"].iloc[0])
    found = explain(results, first)
    assert "computed no score for it" in found.sentences[1]
    assert found.table.empty
    assert found.hazard == 0
    assert "took the initiative" not in found.sentences[0]


def test_a_convention_has_no_single_score(results):
    changed, row = with_row(results, form="convention", topic="heritage", parties="S01-S02-S05", ended=None)
    found = explain(changed, row)
    assert found.sentences[0].endswith("a convention on heritage was opened; 3 states have joined it.")
    assert "join a convention one by one" in found.sentences[1]


@pytest.mark.parametrize(
    ("values", "fate"),
    [
        ({"renewals": 0}, "It was still in force in 2031."),
        ({"renewals": 1}, "It was renewed once and was still in force in 2031."),
        ({"renewals": 2, "ended": 2030, "end_reason": "lapsed"}, "It was renewed 2 times and lapsed in 2030."),
        ({"renewals": 0, "ended": 2030, "end_reason": "suspended"}, "It was suspended after an incident in 2030."),
    ],
)
def test_its_fate(results, values, fate):
    neutral = {"why_baseline": -3.0, "ended": None, "end_reason": ""}
    changed, row = with_row(results, **(neutral | values))
    assert explain(changed, row).sentences[-1] == fate


def test_an_unknown_agreement_is_an_error(results):
    last = len(results.agreements) - 1
    with pytest.raises(ConfigError, match=f"there is no agreement 99999; ids run from 0 to {last}"):
        coopsim.explain(results, 99999)

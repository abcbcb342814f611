"""The profile of one state: where it stands among its peers, its partners, its agreements, what flows in and out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from coopsim.analysis.words import capital, counted, ordinal, the
from coopsim.dashboard.engine import Run
from coopsim.dashboard.text import say
from coopsim.world.activities import ACTIVITIES

PEOPLE = ("students", "scholars", "artists")
CHANNELS = ("ministry", "agency", "private")
FIELDS = ("heritage", "industries", "rights")
# Columns of the table of states in which a state is compared with its peers.
COMPARED = (
    "degree", "trust_received", "trust_given", "understood", "understanding", "capacity_heritage",
    "capacity_industries", "capacity_rights", "knowledge", "access", "missions", "students_coming", "spent_abroad",
    "received_from_abroad",
)


class Where(NamedTuple):
    """A run, a state and a year; `row` is the row of the state in every array of the run."""

    run: Run
    code: str
    year: int

    @property
    def row(self) -> int:
        """Row of the state."""
        return self.run.codes.index(self.code)

    @property
    def name(self) -> str:
        """Name of the state, as it stands in a sentence."""
        return the(self.run.names[self.row])


def states_in(where: Where) -> pd.DataFrame:
    """Return the table of states of the year."""
    table = where.run.results.states
    return table[table["year"] == where.year].set_index("iso3")


def standing(where: Where) -> pd.DataFrame:
    """Return where the state stands among all: measure, label, unit, value, median, rank, of, below (share of others).

    Only what differs between states is compared; in a model without money nobody ranks in spending.
    """
    table, rows = states_in(where), []
    units = where.run.results.states.attrs.get("units", {})
    for name in COMPARED:
        values = table[name].to_numpy(np.float64)
        if np.ptp(values) == 0:
            continue
        value = float(values[where.row])
        rows.append({
            "measure": name, "label": say(f"state.measure.{name}"), "unit": unit_word(units.get(name, "1")),
            "value": value, "median": float(np.median(values)), "rank": int((values > value).sum()) + 1,
            "of": len(values), "below": float((values < value).sum() / max(len(values) - 1, 1)),
        })
    columns = ["measure", "label", "unit", "value", "median", "rank", "of", "below"]
    return pd.DataFrame(rows, columns=columns)


def unit_word(unit: str) -> str:
    """Return a unit as it stands beside a number: nothing for pure numbers and counts."""
    return "" if unit in ("1", "count") else unit.replace("million $", say("common.million"))


def partners(where: Where) -> pd.DataFrame:
    """Return the partners of the year.

    Returns
    -------
    DataFrame
        code, partner, activity, since, years, renewals, id; and what the table of ties says about the pair in the last
        year: trust_given, trust_received, interest_given, commonality.
    """
    spells = where.run.spells
    mine = spells[((spells["a"] == where.row) | (spells["b"] == where.row))
                  & (spells["signed"] <= where.year) & (spells["ended"] > where.year)]
    other = np.where(mine["a"] == where.row, mine["b"], mine["a"])
    found = pd.DataFrame({
        "code": [where.run.codes[k] for k in other], "partner": [where.run.names[k] for k in other],
        "activity": [say(f"common.activity.{ACTIVITIES[k]}") for k in mine["activity"]],
        "since": mine["signed"].to_numpy(), "years": where.year - mine["signed"].to_numpy(),
        "renewals": mine["renewals"].to_numpy(), "id": mine["id"].to_numpy(),
    })
    ties = _ties(where).reindex(found["code"])
    for name in ("trust_given", "trust_received", "interest_given", "commonality"):
        found[name] = ties[name].to_numpy(np.float64)
    return found.sort_values(["since", "partner"], kind="stable").reset_index(drop=True)


def _ties(where: Where) -> pd.DataFrame:
    """Return what the state and each other think of each other in the last year, by code of the other."""
    table = where.run.results.ties
    last = table[table["year"] == int(where.run.years[-1])]
    first = last["iso3_a"] == where.code
    last = last[first | (last["iso3_b"] == where.code)]
    first = last["iso3_a"] == where.code
    return pd.DataFrame({
        "code": last["iso3_b"].where(first, last["iso3_a"]),
        "trust_given": last["trust_ab"].where(first, last["trust_ba"]),
        "trust_received": last["trust_ba"].where(first, last["trust_ab"]),
        "interest_given": last["interest_ab"].where(first, last["interest_ba"]),
        "commonality": last["commonality"],
    }).set_index("code")


def spans(where: Where) -> pd.DataFrame:
    """Return every cultural agreement of the state, the oldest first.

    Returns
    -------
    DataFrame
        partner, activity, from, to (years; one after the last if in force), how (it ended), id.
    """
    spells = where.run.spells
    mine = spells[(spells["a"] == where.row) | (spells["b"] == where.row)]
    other = np.where(mine["a"] == where.row, mine["b"], mine["a"])
    reasons = where.run.results.agreements["end_reason"].to_numpy()[mine["id"]]  # the id is the row
    found = pd.DataFrame({
        "partner": [where.run.names[k] for k in other], "activity": [ACTIVITIES[k] for k in mine["activity"]],
        "from": mine["signed"].to_numpy(), "to": mine["ended"].to_numpy(),
        "how": [say(f"common.ended.{reason or 'not'}") for reason in reasons], "id": mine["id"].to_numpy(),
    })
    return found.sort_values(["from", "partner"], kind="stable").reset_index(drop=True)


def flows(where: Where, what: str, year: int, most: int = 8) -> pd.DataFrame:
    """Return the states between which and this one most flows in a year of the table of flows: partner, out, back.

    Parameters
    ----------
    where : Where
    what : {"people", "money"}
    year : int
        One for which the run keeps flows: the first or the last simulated one.
    most : int
    """
    table = where.run.results.flows
    table = table[table["year"] == year]
    columns = list(PEOPLE) if what == "people" else ["spending"]
    amount = table[columns].sum(axis=1)
    out = amount[table["origin"] == where.code].groupby(table["destination"]).sum()
    back = amount[table["destination"] == where.code].groupby(table["origin"]).sum()
    both = pd.DataFrame({"out": out, "back": back}).fillna(0.0)
    both = both.loc[both.sum(axis=1).sort_values(ascending=False, kind="stable").index[:most]]
    names = dict(zip(where.run.codes, where.run.names, strict=True))
    both.insert(0, "partner", [names[str(code)] for code in both.index])
    return both.reset_index(drop=True)


def channels(where: Where) -> pd.DataFrame:
    """Return what each channel of the state spends abroad, in the years for which the run keeps flows."""
    table = where.run.results.flows
    mine = table[table["origin"] == where.code]
    columns = {f"spending_{name}": name for name in CHANNELS}
    return mine.groupby("year")[list(columns)].sum().rename(columns=columns).reset_index()


def summary(where: Where) -> str:
    """Say in a sentence or two where the state stands in the year."""
    table = states_in(where)
    row, degree = table.loc[[where.code]].to_dict("records")[0], table["degree"]
    rank = int((degree > row["degree"]).sum()) + 1
    trust = table["trust_received"]
    return say(
        "state.summary", name=capital(where.name), region=str(row["region"]), year=where.year,
        partners=counted(int(row["degree"]), say("state.one_partner"), say("state.partners_word")),
        rank=ordinal(rank), of=len(table), trust=f"{row['trust_received']:.2f}",
        trust_rank=ordinal(int((trust > row["trust_received"]).sum()) + 1),
    )


def bound(where: Where, other: str, year: int) -> int | None:
    """Return the id of the agreement that two states signed in a year, None if they signed none."""
    ledger = where.run.results.agreements
    pair = {f"{where.code}-{other}", f"{other}-{where.code}"}
    rows = ledger[ledger["parties"].isin(list(pair)) & (ledger["signed"] == year) & (ledger["topic"] == "culture")
                  & (ledger["form"] == "bilateral")]
    return int(rows["id"].iloc[-1]) if len(rows) else None


def latest(where: Where, other: str) -> int | None:
    """Return the year in which two states last signed a cultural agreement, None if they never did in the run."""
    spells, rows = where.run.spells, {where.row, where.run.codes.index(other)}
    new = spells["signed"] > int(where.run.years[0])
    both = spells[spells["a"].isin(list(rows)) & spells["b"].isin(list(rows)) & new]
    return int(both["signed"].max()) if len(both) else None

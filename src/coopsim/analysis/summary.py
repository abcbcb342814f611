"""What happened in a run, on one screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from rich.console import Group
from rich.table import Table
from rich.text import Text

from coopsim.analysis.names import state_names
from coopsim.results.indicators import INDICATORS
from coopsim.results.results import Results

HEADLINES = (
    "density", "signed", "lapsed", "trust", "trust_tied", "trust_untied", "friend_share",
    "understanding_index", "capacity", "capacity_gap", "knowledge", "access", "mobile_students", "public_spending",
    "spending_private", "projects", "other_treaties", "incidents",
)
BLOCKS = "▁▂▃▄▅▆▇█"
SPARK_WIDTH = 24


def sparkline(values: pd.Series[Any] | np.ndarray, width: int = SPARK_WIDTH) -> str:
    """Return a series as block characters from its least to its greatest value; flat if constant."""
    numbers = np.asarray(values, dtype=np.float64)
    if not numbers.size:
        return ""
    binned = np.array([part.mean() for part in np.array_split(numbers, min(width, numbers.size))])
    low, span = binned.min(), np.ptp(binned)
    if span <= 1e-12 * max(1.0, abs(float(low))):
        return BLOCKS[0] * len(binned)
    level = ((binned - low) / span * (len(BLOCKS) - 1)).round().astype(int)
    return "".join(BLOCKS[k] for k in level)


def headlines(results: Results) -> pd.DataFrame:
    """Return the main indicators: indicator, label, unit, start, end, sparkline.

    Those that count what happened within a year start with the first simulated year.
    """
    rows = []
    for name in HEADLINES:
        if name not in results.indicators or name not in INDICATORS:
            continue
        found, series = INDICATORS[name], results.indicators[name]
        if found.yearly and len(series) > 1:
            series = series.iloc[1:]
        if not series.any():
            continue  # a mechanism that is off
        start, end = float(series.iloc[0]), float(series.iloc[-1])
        rows.append((name, found.label, found.unit, start, end, sparkline(series)))
    return pd.DataFrame(rows, columns=["indicator", "label", "unit", "start", "end", "sparkline"])


def busiest_pairs(results: Results, n: int = 10) -> pd.DataFrame:
    """Return the pairs that do most together in the last year.

    Busy are two states with a cultural agreement in force that spend much money on programmes in each other,
    and both of them: the rank is the geometric mean of the two sides' spending, so that a donor and a
    recipient do not count as a busy pair. Without any spending the rank is trust.

    Returns
    -------
    DataFrame
        iso3_a, iso3_b, state_a, state_b, since (year of signature), spending_ab and spending_ba (million $ of
        a in b and of b in a), trust, understanding; busiest first.
    """
    last = int(results.manifest["last_year"])
    ties = results.ties[(results.ties["year"] == last) & (results.ties["agreements"] > 0)]
    flows = results.flows[results.flows["year"] == last].set_index(["origin", "destination"])["spending"]
    pairs = ties[["iso3_a", "iso3_b", "trust", "understanding"]].copy()
    for way, direction in (("ab", ["iso3_a", "iso3_b"]), ("ba", ["iso3_b", "iso3_a"])):
        wanted = pd.MultiIndex.from_frame(pairs[direction])
        pairs[f"spending_{way}"] = flows.reindex(wanted).fillna(0.0).to_numpy()
    pairs["rank"] = np.sqrt(pairs["spending_ab"] * pairs["spending_ba"])
    best = pairs.sort_values(["rank", "trust"], ascending=False, kind="stable").head(n)
    names, ledger = state_names(results), results.agreements
    live = ledger[(ledger["topic"] == "culture") & (ledger["form"] == "bilateral") & ledger["ended"].isna()]
    since = live.set_index("parties")["signed"]
    return pd.DataFrame(
        {
            "iso3_a": best["iso3_a"],
            "iso3_b": best["iso3_b"],
            "state_a": best["iso3_a"].map(names),
            "state_b": best["iso3_b"].map(names),
            "since": since.reindex(best["iso3_a"] + "-" + best["iso3_b"]).to_numpy(),
            **{name: best[name] for name in ("spending_ab", "spending_ba", "trust", "understanding")},
        }
    ).reset_index(drop=True)


def most_active_states(results: Results, n: int = 10) -> pd.DataFrame:
    """Return the states that signed most cultural agreements during the run.

    Returns
    -------
    DataFrame
        iso3, name, signed, initiated (on its own initiative), partners, missions, spent_abroad (million $),
        the last three in the last year; most active first.
    """
    ledger = results.agreements
    new = ledger[~ledger["initial"] & (ledger["form"] == "bilateral") & (ledger["topic"] == "culture")]
    signed = new["parties"].str.split("-").explode().value_counts()
    initiated = new["initiator"].value_counts()
    last = results.states[results.states["year"] == int(results.manifest["last_year"])]
    table = pd.DataFrame(
        {
            "iso3": last["iso3"],
            "name": last["name"],
            "signed": last["iso3"].map(signed).fillna(0).astype("int64"),
            "initiated": last["iso3"].map(initiated).fillna(0).astype("int64"),
            "partners": last["degree"],
            "missions": last["missions"],
            "spent_abroad": last["spent_abroad"],
        }
    )
    order = table.sort_values(["signed", "initiated"], ascending=False, kind="stable")
    return order.head(n).reset_index(drop=True)


def summary(results: Results, n: int = 10) -> Group:
    """Return a screen for `rich`: headlines with sparklines, the busiest pairs, the most active states."""
    m = results.manifest
    title = Text(m["title"] or m["scenario"], style="bold")
    states = results.states["iso3"].nunique()
    organisations = int(results.indicators["organisations_active"].iloc[-1])
    facts = (
        f"scenario {m['scenario']}, {m['start_year']}–{m['last_year']}, seed {m['seed']}: {states} states, "
        f"{organisations:,} organisations at work, {len(results.agreements):,} agreements"
    )
    return Group(
        title, Text(facts, style="dim"), Text(),
        _headline_table(results), Text(), _pair_table(results, n), Text(), _state_table(results, n),
    )


def _plain_table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None, header_style="dim")


def _headline_table(results: Results) -> Table:
    table = _plain_table("Main indicators")
    for name in ("indicator", "start", "end", "unit", "course"):
        table.add_column(name, justify="right" if name in ("start", "end") else "left", no_wrap=True)
    for row in headlines(results).to_dict("records"):
        unit = "" if row["unit"] == "1" else row["unit"]
        table.add_row(row["label"], _number(row["start"]), _number(row["end"]), unit, row["sparkline"])
    return table


def _pair_table(results: Results, n: int) -> Table:
    table = _plain_table("Busiest pairs in the last year")
    for name in ("pair", "agreement since", "million $ there", "and back", "trust"):
        table.add_column(name, justify="left" if name == "pair" else "right", no_wrap=True)
    for row in busiest_pairs(results, n).to_dict("records"):
        table.add_row(
            f"{row['state_a']} – {row['state_b']}", str(row["since"]), _number(row["spending_ab"]),
            _number(row["spending_ba"]), f"{row['trust']:.2f}",
        )
    return table


def _state_table(results: Results, n: int) -> Table:
    table = _plain_table("Most active states during the run")
    for name in ("state", "signed", "on own initiative", "partners", "missions", "million $ abroad"):
        table.add_column(name, justify="left" if name == "state" else "right", no_wrap=True)
    for row in most_active_states(results, n).to_dict("records"):
        table.add_row(
            row["name"], *(str(row[key]) for key in ("signed", "initiated", "partners", "missions")),
            _number(row["spent_abroad"]),
        )
    return table


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 10:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}"

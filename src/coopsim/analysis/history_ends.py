"""How the chronicle of a state opens and closes."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from coopsim.analysis.chronicle import Sentence, sources
from coopsim.analysis.history_facts import Facts
from coopsim.analysis.history_words import moved
from coopsim.analysis.words import capital, counted, listed, number, ordinal, times
from coopsim.world.activities import FIELDS

SECTORS = {"heritage": "heritage", "industries": "cultural industries", "rights": "cultural rights"}


def state_opening(facts: Facts, code: str, year: int) -> tuple[Sentence, ...]:
    """Say where a state stands at the start."""
    row, values, ranks = facts.state(code, year)
    place = sources("states", [row])
    name, states = capital(facts.name(code)), len(facts.names)
    partners = int(values["degree"])
    said = [
        f"In {year}, {facts.name(code)} has cultural agreements with {number(partners)} of the {states - 1} other "
        f"states, {_place(int(ranks['degree']), states)}.",
        f"Its cultural sector ranks {_sectors(values, ranks)}.",
    ]
    if values["missions"] or values["budget"]:
        said.append(
            f"It keeps {counted(int(values['missions']), 'mission')} abroad, budgets {_money(values['budget'])} a year "
            f"for cultural cooperation, and other states trust it {values['trust_received']:.2f} on average "
            f"({ordinal(int(ranks['trust_received']))})."
        )
    found = [Sentence(year, year, text, place) for text in said]
    return (*found, *_oldest(facts, code, year), *_bodies(facts, code, name, year))


def _sectors(values: pd.Series[float], ranks: pd.Series[float]) -> str:
    parts = [
        f"{ordinal(int(ranks[f'capacity_{f}']))} in {SECTORS[f]} ({values[f'capacity_{f}']:.2f})" for f in FIELDS
    ]
    return listed(parts)


def _place(rank: int, states: int) -> str:
    if rank == 1:
        return "more than any other state"
    return f"rank {rank} of {states}"


def _money(million: float) -> str:
    if million >= 1000:
        return f"{million / 1000:,.1f} billion dollars"
    return f"{million:,.0f} million dollars" if million >= 1 else f"{1e6 * float(f'{million:.2g}'):,.0f} dollars"


def _in_force(facts: Facts, code: str, year: int) -> pd.DataFrame:
    mine = facts.of(code)
    mine = mine[(mine["topic"] == "culture") & (mine["signed"] <= year)]
    return mine[mine["ended"].isna() | (mine["ended"] > year)]


def _oldest(facts: Facts, code: str, year: int) -> tuple[Sentence, ...]:
    held = _in_force(facts, code, year).sort_values(["signed", "id"])
    if len(held) < 2:
        return ()
    old, new = held.iloc[0], held.iloc[-1]
    text = (
        f"The oldest of its agreements, with {facts.name(str(old['other']))}, dates from {old['signed']}; the "
        f"youngest, with {facts.name(str(new['other']))}, from {new['signed']}."
    )
    return (Sentence(year, year, text, sources("agreements", [old["id"], new["id"]])),)


def _bodies(facts: Facts, code: str, name: str, year: int) -> tuple[Sentence, ...]:
    results = facts.results
    treaties = set(results.agreements.loc[results.agreements["form"] == "multilateral", "id"])
    parties = results.parties
    mine = parties[(parties["party"] == code) & parties["agreement"].isin(treaties) & (parties["joined"] <= year)]
    mine = mine[mine["left"].isna() | (mine["left"] > year)]
    titles = [facts.titles[int(row)] for row in mine["agreement"] if int(row) in facts.titles]
    if not titles:
        return ()
    text = f"It belongs to {listed([f'the {title}' for title in titles])}."
    return (Sentence(year, year, text, sources("parties", mine.index)),)


def state_closing(facts: Facts, code: str, before: int, year: int) -> tuple[Sentence, ...]:
    """Say how things changed for a state."""
    row_a, old, _ = facts.state(code, before)
    row_b, new, ranks = facts.state(code, year)
    place = sources("states", [row_a, row_b])
    name, states = capital(facts.name(code)), len(facts.names)
    change = int(new["degree"]) - int(old["degree"])
    more = "as many as at the start" if not change else (
        f"{number(abs(change))} {'more' if change > 0 else 'fewer'} than at the start")
    partners = (
        f"In {year}, after {counted(year - before, 'year')}, {facts.name(code)} has cultural agreements with "
        f"{counted(int(new['degree']), 'state') if new['degree'] else 'no state'}, {more}: "
        f"{_place(int(ranks['degree']), states)}."
    )
    capacity = [f"capacity_{f}" for f in FIELDS]
    changes = (
        f"Its mean capacity {moved(float(old[capacity].mean()), float(new[capacity].mean()))}, the trust it enjoys "
        f"{moved(old['trust_received'], new['trust_received'])}, and how well others understand it "
        f"{moved(old['understood'], new['understood'])}."
    )
    said = [Sentence(year, year, partners, place)]
    said += [*_balance(facts, code, before, year), Sentence(year, year, changes, place)]
    return (*said, *_faithful(facts, code, year), *_quarrels(facts, code, name, before, year))


def _balance(facts: Facts, code: str, before: int, year: int) -> tuple[Sentence, ...]:
    mine = facts.of(code)
    inside = mine["signed"].gt(before) & mine["signed"].le(year) & ~mine["initial"]
    new = mine[inside & (mine["topic"] == "culture")]
    ended = mine["ended"].fillna(0)
    gone = mine[(mine["topic"] == "culture") & (ended > before) & (ended <= year)]
    other = mine[inside & (mine["topic"] != "culture")]
    if not (len(new) or len(gone) or len(other)):
        return ()
    reasons = gone["end_reason"].value_counts()
    ends = listed([_fate(str(reason), int(count)) for reason, count in reasons.items()])
    own = int((new["initiator"] == code).sum())
    initiative = f" ({number(own)} on its own initiative)" if own else ""
    text = f"It signed {counted(len(new), 'cultural agreement')}{initiative}; {ends or 'none ended'}."
    if len(other):
        topics = other["topic"].value_counts()
        text += f" It also concluded {counted(len(other), 'treaty', 'treaties')} on other topics, most often "
        text += f"{topics.index[0]}."
    rows = [*new["id"], *gone["id"], *other["id"]]
    return (Sentence(year, year, text, sources("agreements", rows)),)


def _fate(reason: str, count: int) -> str:
    was = "was" if count == 1 else "were"
    return f"{number(count)} {reason or 'ended'}" if reason in ("lapsed", "") else f"{number(count)} {was} {reason}"


def _faithful(facts: Facts, code: str, year: int) -> tuple[Sentence, ...]:
    held = _in_force(facts, code, year)
    if held.empty or not held["renewals"].max():
        return ()
    best = held.sort_values(["signed", "id"]).iloc[0]
    partner = facts.name(str(best["other"]))
    text = f"Its most faithful partner is {partner}: their agreement of {best['signed']} still stands"
    renewed = int(best["renewals"])
    text += f", renewed {times(renewed)} since {facts.start}." if renewed and year == facts.end else "."
    return (Sentence(year, year, text, sources("agreements", [best["id"]])),)


def _quarrels(facts: Facts, code: str, name: str, before: int, year: int) -> tuple[Sentence, ...]:
    events = facts.events(code)
    rows = events[(events["kind"] == "dispute") & (events["year"] > before) & (events["year"] <= year)]
    if len(rows) < 2:
        return ()
    others = Counter(next(c for c in who.split("-") if c != code) for who in rows["who"])
    other, count = others.most_common(1)[0]
    with_whom = f", {times(count)} with {facts.name(other)}" if count > 1 else ", each with another state"
    text = f"It went through {counted(len(rows), 'incident')}{with_whom}."
    return (Sentence(year, year, text, sources("events", rows.index)),)

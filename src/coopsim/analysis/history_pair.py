"""The chronicle of two states with each other."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from coopsim.analysis.chronicle import Chronicle, Sentence, Source, merged_dull, sources
from coopsim.analysis.history_facts import Facts
from coopsim.analysis.history_words import LEADS, graded, moved, pick, reason_of, share_below
from coopsim.analysis.words import capital, counted, listed, number, ordinal, times

ENDED = {"lapsed": "they let their agreement of {since} lapse", "suspended": "the agreement of {since} was suspended"}

MOVES = {
    "joined": ("joined", "as {} had before"), "returned": ("returned to", "in which {} had stayed"),
    "left": ("left", "in which {} stayed"),
}
MERGED = {"renewed": ("renewal of their agreement", "renewals of their agreement")}


def pair_chronicle(facts: Facts, codes: tuple[str, str], first: int, last: int) -> Chronicle:
    """Tell the history of two states with each other over some years."""
    book = _Pair(facts, codes)
    start = max(first - 1, facts.start)
    said = [
        Sentence(year, year, capital(x.text), x.sources, x.dull)
        for year in range(first, last + 1) for x in book.year(year)
    ]
    counts = {year: {"renewed": len(rows)} for year, rows in book.renewed.items()}
    title = f"{capital(facts.name(codes[0]))} and {facts.name(codes[1])}, {first}–{last}"
    years = merged_dull(said, MERGED, counts)
    return Chronicle(title, tuple(book.opening(start)), years, tuple(book.closing(start, last)))


class _Pair:
    """The rows of two states that concern both."""

    def __init__(self, facts: Facts, codes: tuple[str, str]) -> None:
        self.facts, self.codes = facts, codes
        self.both = f"{facts.name(codes[0])} and {facts.name(codes[1])}"
        mine = facts.of(*codes)
        self.culture = mine[mine["topic"] == "culture"].sort_values("signed")
        self.treaties = mine[(mine["topic"] != "culture") & ~mine["initial"]]
        self.renewed = facts.renewals(self.culture)
        self.events = facts.events(*codes)
        self.changes = facts.interventions(*codes)
        parties = facts.results.parties
        ledger = facts.results.agreements
        conventions = set(ledger.loc[ledger["form"] == "convention", "id"])
        self.joined = {
            code: parties[(parties["party"] == code) & parties["agreement"].isin(conventions)] for code in codes
        }

    def opening(self, year: int) -> Iterator[Sentence]:
        """Yield where the two stand at the start."""
        held = self._in_force(year)
        if len(held):
            row = held.iloc[-1]
            text = f"In {year}, {self.both} have a cultural agreement in force, signed in {row['signed']}."
            yield Sentence(year, year, text, sources("agreements", [row["id"]]))
        tie = self._tie(year)
        if not len(held):
            yield Sentence(year, year, f"In {year}, {self.both} have no cultural agreement.", self._presence(year))
        if tie:
            yield from self._attitudes(year, *tie)

    def _attitudes(self, year: int, position: int, row: pd.Series[float]) -> Iterator[Sentence]:
        table = self.facts.results.ties
        table = table[table["year"] == year]
        first, second = self.facts.name(self.codes[0]), self.facts.name(self.codes[1])
        there, back = ("ab", "ba") if self._in_order(position) else ("ba", "ab")
        place = (Source("ties", position),)
        yield Sentence(year, year, (
            f"They {graded('trust each other', row['trust'])}, {share_below(table['trust'], row['trust'])} "
            f"({row[f'trust_{there}']:.2f} on the side of {first}, {row[f'trust_{back}']:.2f} on that of {second})."
        ), place)
        knows, known = float(row[f"understanding_{there}"]), float(row[f"understanding_{back}"])
        yield Sentence(year, year, (
            f"{capital(first)} {graded(f'understands the way of life of {second}', knows)} ({knows:.2f}), {second} "
            f"{graded(f'understands that of {first}', known)} ({known:.2f}). On a scale from 0 to 1, they have "
            f"{row['commonality']:.2f} in common in history and practice."
        ), place)

    def _presence(self, year: int) -> tuple[Source, ...]:
        """Return the rows that show the two in a year, when nothing between them does."""
        tie = self._tie(year)
        states = [self.facts.state(code, year)[0] for code in self.codes]
        return (Source("ties", tie[0]),) if tie else sources("states", states)

    def _in_order(self, position: int) -> bool:
        return str(self.facts.results.ties.loc[position, "iso3_a"]) == self.codes[0]

    def _tie(self, year: int) -> tuple[int, pd.Series[float]] | None:
        ties = self.facts.results.ties
        found = ties[(ties["year"] == year) & ties["iso3_a"].isin(self.codes) & ties["iso3_b"].isin(self.codes)]
        return None if found.empty else (int(str(found.index[0])), found.select_dtypes("number").iloc[0])

    def _in_force(self, year: int) -> pd.DataFrame:
        held = self.culture[self.culture["signed"] <= year]
        return held[held["ended"].isna() | (held["ended"] > year)]

    def year(self, year: int) -> Iterator[Sentence]:
        """Yield what happened between the two in a year."""
        for row, event in self.changes[self.changes["year"] == year].iterrows():
            what = str(event["what"])
            verb = "ended" if what.startswith("ends: ") else "came"
            text = f"a change from outside {verb}: {what.removeprefix('ends: ').replace('_', ' ')}."
            yield Sentence(year, year, text, sources("events", [row]))
        yield from self._disputes(year)
        yield from self._agreements(year)
        yield from self._claims(year)
        yield from self._norms(year)
        yield from self._treaties(year)

    def _disputes(self, year: int) -> Iterator[Sentence]:
        disputes = self.events[self.events["kind"] == "dispute"]
        rows = disputes[disputes["year"] == year]
        if len(rows):
            before = int((disputes["year"] < year).sum())
            text = "an incident set them against each other." if not before else pick(
                year, f"they clashed again, for the {ordinal(before + 1)} time.", "there was another incident.")
            yield Sentence(year, year, text, sources("events", rows.index))

    def _agreements(self, year: int) -> Iterator[Sentence]:
        for _, row in self.culture[self.culture["ended"].eq(year).fillna(False)].iterrows():
            text = ENDED.get(str(row["end_reason"]), "their agreement of {since} ended").format(since=row["signed"])
            lasted = year - int(row["signed"])
            yield Sentence(year, year, f"{text}, after {counted(lasted, 'year')}.", sources("agreements", [row["id"]]))
        new = self.culture[(self.culture["signed"] == year) & ~self.culture["initial"]]
        for _, row in new.iterrows():
            yield Sentence(year, year, self._signed(year, row), sources("agreements", [row["id"]]))
        for agreement in self.renewed.get(year, []):
            found = self.culture[self.culture["id"] == agreement].iloc[0]
            signed, initial = int(found["signed"]), bool(found["initial"])
            count = sum(agreement in ids for earlier, ids in self.renewed.items() if earlier <= year)
            which = f" for the {ordinal(count)} time" if not initial and count > 1 else ""
            text = pick(year, f"they renewed the agreement of {signed}{which}.",
                        f"the agreement of {signed} was renewed{which}.")
            yield Sentence(year, year, text, sources("agreements", [agreement]), dull=True)

    def _signed(self, year: int, row: pd.Series[float]) -> str:
        before = self.culture[self.culture["signed"] < year]
        lead = f", {LEADS[str(row['activity'])]}" if str(row["activity"]) in LEADS else ""
        anew = "a new cultural agreement" if len(before) else "their first cultural agreement of this account"
        initiator = self.facts.names.get(str(row["initiator"]), "")
        initiative = f" {capital(initiator)} took the initiative." if initiator else ""
        reason = reason_of(row)
        why = f" What spoke for it most: {reason}." if reason else ""
        return f"they signed {anew}{lead}.{initiative}{why}"

    def _claims(self, year: int) -> Iterator[Sentence]:
        rows = self.events[(self.events["year"] == year) & self.events["kind"].isin(["claim", "claim settled"])]
        for row, event in rows.iterrows():
            claimant, holder = (self.facts.name(code) for code in str(event["who"]).split("-"))
            text = f"{claimant} claimed works of art held by {holder}." if event["kind"] == "claim" else (
                f"{holder} returned works of art to {claimant}.")
            yield Sentence(year, year, text, sources("events", [row]))

    def _norms(self, year: int) -> Iterator[Sentence]:
        """Tell when the second of the two joins a convention, and when one leaves it to the other."""
        first, second = (self.joined[code] for code in self.codes)
        for code, partner, mine, other in ((*self.codes, first, second), (*self.codes[::-1], second, first)):
            for column in ("joined", "left"):
                for position, row in mine[mine[column].eq(year).fillna(False)].iterrows():
                    theirs = other[(other["agreement"] == row["agreement"]) & (other["joined"] < year)]
                    theirs = theirs[theirs["left"].isna() | (theirs["left"] > year)]
                    back = ((mine["agreement"] == row["agreement"]) & (mine["joined"] < year)).any()
                    verb, ending = MOVES["returned" if column == "joined" and back else column]
                    title = self.facts.titles.get(int(row["agreement"]), "convention")
                    if len(theirs):
                        text = f"{self.facts.name(code)} {verb} the {title}, {ending.format(self.facts.name(partner))}."
                        yield Sentence(year, year, text, sources("parties", [position, theirs.index[-1]]))
        same = first[first["joined"] == year].merge(second[second["joined"] == year], on="agreement")
        for agreement in same["agreement"]:
            rows = [x[x["agreement"] == agreement].index[-1] for x in (first, second)]
            title = self.facts.titles.get(int(agreement), "convention")
            yield Sentence(year, year, f"both joined the {title}.", sources("parties", rows))

    def _treaties(self, year: int) -> Iterator[Sentence]:
        rows = self.treaties[self.treaties["signed"] == year]
        if rows.empty:
            return
        topics = [f"{topic}" for topic in dict.fromkeys(rows["topic"])]
        many = "a treaty" if len(rows) == 1 else f"{number(len(rows))} treaties"
        before = int((self.treaties["signed"] < year).sum())
        text = f"{pick(year, 'they concluded', 'they signed', 'there followed')} {many} on {listed(topics)}"
        text += ", the first on another topic than culture." if not before and len(rows) == 1 else "."
        yield Sentence(year, year, text, sources("agreements", rows["id"]))

    def closing(self, before: int, year: int) -> Iterator[Sentence]:
        """Yield how things changed between the two."""
        held = self._in_force(year)
        inside = self.culture[(self.culture["signed"] > before) & (self.culture["signed"] <= year)]
        renewed = [row for when, ids in self.renewed.items() if before < when <= year for row in ids]
        treaties = self.treaties[(self.treaties["signed"] > before) & (self.treaties["signed"] <= year)]
        disputes = self.events[(self.events["kind"] == "dispute") & (self.events["year"] > before)]
        disputes = disputes[disputes["year"] <= year]
        state = f"have a cultural agreement, that of {held.iloc[-1]['signed']}" if len(held) else (
            "have no cultural agreement")
        did = [
            f"signed {times(len(inside))}" if len(inside) else "", f"renewed {times(len(renewed))}" if renewed else "",
            f"concluded {counted(len(treaties), 'treaty', 'treaties')} on other topics" if len(treaties) else "",
            f"clashed {times(len(disputes))}" if len(disputes) else "",
        ]
        account = listed([part for part in did if part])
        rows = (*sources("agreements", [*held["id"], *inside["id"], *dict.fromkeys(renewed), *treaties["id"]]),
                *sources("events", disputes.index))
        rows = rows or self._presence(year)
        text = f"In {year}, {self.both} {state}"
        yield Sentence(year, year, f"{text}; since {before} they {account}." if account else f"{text}.", rows)
        old, tie = self._tie(before), self._tie(year)
        if tie and old:
            yield Sentence(year, year, (
                f"Their trust {moved(old[1]['trust'], tie[1]['trust'])}, their understanding of each other "
                f"{moved(old[1]['understanding'], tie[1]['understanding'])}, and what they have in common "
                f"{moved(old[1]['commonality'], tie[1]['commonality'])}."
            ), (Source("ties", old[0]), Source("ties", tie[0])))

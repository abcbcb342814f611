"""The chronicle of one state."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from coopsim.analysis.chronicle import Chronicle, Sentence, merged_dull, sources
from coopsim.analysis.history_facts import Facts
from coopsim.analysis.history_words import BODY, CLAIMS, again, ended_words, pick, signed_words
from coopsim.analysis.words import capital, counted, listed, number, some

MOST_NAMES = 4
MERGED = {
    "renewed": ("agreement renewed", "agreements renewed"),
    "treaties": ("treaty on other topics", "treaties on other topics"),
    "merged": ("merger of its cultural organisations", "mergers of its cultural organisations"),
}


def state_chronicle(facts: Facts, code: str, first: int, last: int) -> Chronicle:
    """Tell the history of one state over some years."""
    from coopsim.analysis.history_ends import state_closing, state_opening

    book = _Book(facts, code, first, last)
    said = [sentence for year in range(first, last + 1) for sentence in book.year(year)]
    return Chronicle(
        f"{capital(facts.name(code))}, {first}–{last}" if first < last else f"{capital(facts.name(code))}, {first}",
        state_opening(facts, code, max(first - 1, facts.start)),
        merged_dull(said, MERGED, book.counts),
        state_closing(facts, code, max(first - 1, facts.start), last),
    )


class _Book:
    """One state's rows, sorted by year."""

    def __init__(self, facts: Facts, code: str, first: int, last: int) -> None:
        self.facts, self.code = facts, code
        mine = facts.of(code)
        self.culture = mine[mine["topic"] == "culture"]
        self.treaties = mine[(mine["topic"] != "culture") & ~mine["initial"]]
        self.renewed = facts.renewals(self.culture)
        self.events = facts.events(code)
        self.changes = facts.interventions(code)
        parties = facts.results.parties
        conventions = [row for row, form in zip(facts.results.agreements["id"], facts.results.agreements["form"],
                                                strict=True) if form == "convention"]
        self.accessions = parties[(parties["party"] == code) & parties["agreement"].isin(conventions)]
        states = facts.results.states
        self.degree = states[states["iso3"] == code].set_index("year")["degree"]
        self.most = states.groupby("year")["degree"].max()
        self.row_of = dict(zip(states.loc[states["iso3"] == code, "year"], states.index[states["iso3"] == code],
                               strict=True))
        leaders = states.loc[states.groupby("year")["degree"].idxmax()]
        self.first = {int(y): (str(c), int(k)) for y, c, k in zip(leaders["year"], leaders["iso3"], leaders.index,
                                                                  strict=True)}
        self.counts: dict[int, dict[str, int]] = {}

    def names(self, codes: pd.Series[str]) -> list[str]:
        """Return names as they stand in sentences."""
        return [self.facts.name(code) for code in codes]

    def year(self, year: int) -> Iterator[Sentence]:
        """Yield what happened in a year, the dull last."""
        said = False
        for tell in (self._changes, self._signed, self._ended, self._disputes, self._claims, self._norms, self._bodies,
                     self._milestones, self._routine):
            for sentence in tell(year):
                text = sentence.text
                # A year opens with the name, and goes on with "it".
                if not said:
                    text = _with_name(text, capital(self.facts.name(self.code)))
                said = True
                yield Sentence(year, year, capital(text), sentence.sources, sentence.dull)

    def _of(self, table: pd.DataFrame, column: str, year: int) -> pd.DataFrame:
        return table[table[column] == year]

    def _changes(self, year: int) -> Iterator[Sentence]:
        for row, event in self._of(self.changes, "year", year).iterrows():
            what = str(event["what"])
            begins = "ended" if what.startswith("ends: ") else "came"
            text = f"a change from outside {begins}: {what.removeprefix('ends: ').replace('_', ' ')}"
            yield _said(year, text + ".", "events", [row])

    def _signed(self, year: int) -> Iterator[Sentence]:
        new = self._of(self.culture[~self.culture["initial"]], "signed", year)
        if new.empty:
            return
        before = self.culture[self.culture["ended"].notna() & (self.culture["ended"] <= year)]
        before = before.sort_values("ended").drop_duplicates("other", keep="last").set_index("other")
        fresh, back = new[~new["other"].isin(before.index)], new[new["other"].isin(before.index)]
        if len(fresh) == 1:
            row = fresh.iloc[0]
            text = signed_words(year, self.facts.name(str(row["other"])), row, self.code)
            yield _said(year, text, "agreements", fresh["id"])
        elif len(fresh):
            verb = pick(year, "it signed", "it concluded", "it entered into")
            text = f"{verb} cultural agreements with {some(self.names(fresh['other']), MOST_NAMES)}{self._own(fresh)}."
            yield _said(year, text, "agreements", fresh["id"])
        if len(back):
            old = before.loc[back["other"]]
            yield _said(year, again(year, self.names(back["other"]), old), "agreements", [*back["id"], *old["id"]])

    def _own(self, new: pd.DataFrame) -> str:
        """Say how many of several agreements were its own initiative."""
        own = int((new["initiator"] == self.code).sum())
        if own in (0, len(new)):
            both = "both" if len(new) == 2 else "all"
            return f", {both} on {'its own' if own else 'the other side\'s'} initiative"
        return f", {number(own)} of them on its own initiative"

    def _ended(self, year: int) -> Iterator[Sentence]:
        gone = self._of(self.culture, "ended", year)
        for reason in dict.fromkeys(gone["end_reason"]):
            rows = gone[gone["end_reason"] == reason].sort_values("signed")
            text = ended_words(year, str(reason), self.names(rows["other"]), int(rows["signed"].iloc[0]))
            disputes = self._with(self._dispute_rows(year), rows["other"]) if reason == "suspended" else []
            yield Sentence(
                year, year, text, (*sources("agreements", rows["id"]), *sources("events", disputes))
            )

    def _dispute_rows(self, year: int) -> pd.DataFrame:
        rows = self._of(self.events[self.events["kind"] == "dispute"], "year", year)
        return rows.assign(other=[next(c for c in who.split("-") if c != self.code) for who in rows["who"]])

    def _with(self, events: pd.DataFrame, others: pd.Series[str]) -> list[object]:
        return list(events.index[events["other"].isin(list(others))])

    def _disputes(self, year: int) -> Iterator[Sentence]:
        """Tell of incidents that cost no agreement."""
        gone = self._of(self.culture, "ended", year)
        rows = self._dispute_rows(year)
        rows = rows[~rows["other"].isin(list(gone.loc[gone["end_reason"] == "suspended", "other"]))]
        if len(rows):
            names = some(self.names(rows["other"]), MOST_NAMES)
            incidents = "there was an incident with" if len(rows) == 1 else "there were incidents with"
            verb = pick(year, incidents, "it clashed with", "relations soured with")
            yield _said(year, f"{verb} {names}.", "events", rows.index)

    def _claims(self, year: int) -> Iterator[Sentence]:
        rows = self._of(self.events[self.events["kind"].isin(["claim", "claim settled"])], "year", year)
        for (kind, mine), words in CLAIMS.items():
            chosen = rows[(rows["kind"] == kind) & (rows["who"].str.split("-").str[0].eq(self.code) == mine)]
            if len(chosen):
                place = 1 if mine else 0
                names = some(self.names(chosen["who"].str.split("-").str[place]), MOST_NAMES)
                yield _said(year, words.format(names=names), "events", chosen.index)

    def _norms(self, year: int) -> Iterator[Sentence]:
        for column, verb in (("joined", "it joined"), ("left", "it withdrew from")):
            rows = self._of(self.accessions, column, year)
            if rows.empty:
                continue
            titles = []
            for _, row in rows.iterrows():
                back = (self.accessions["agreement"] == row["agreement"]) & (self.accessions["joined"] < year)
                again = "once more " if column == "joined" and back.any() else ""
                reserved = ", with a reservation" if column == "joined" and row["reservation"] else ""
                titles.append(f"{again}the {self.facts.titles.get(int(row['agreement']), 'convention')}{reserved}")
            yield _said(year, f"{verb} {listed(titles)}.", "parties", rows.index)

    def _bodies(self, year: int) -> Iterator[Sentence]:
        rows = self.events[(self.events["year"] == year) & self.events["kind"].isin(list(BODY))]
        for row, event in rows.iterrows():
            what = str(event["what"])
            if "convention" not in what and "declaration" not in what:
                body = what.split(" ", 1)[1]
                earlier = self.events[(self.events["year"] < year) & (self.events["what"] == f"leaves {body}")]
                text = BODY[str(event["kind"])](body)
                text = text.replace("joined", "returned to") if len(earlier) else text
                yield _said(year, text, "events", [row])

    def _milestones(self, year: int) -> Iterator[Sentence]:
        now, before = int(self.degree[year]), int(self.degree[year - 1])
        step = 25 if now >= 50 else 10
        row = [self.row_of[year]]
        if now == self.most[year] and now > 0 and before < self.most[year - 1]:
            yield _said(year, f"no state now had more partners than it ({now}).", "states", row)
        elif before == self.most[year - 1] and now < self.most[year]:
            leader = self.first[year]
            text = f"{self.facts.name(leader[0])} overtook it in partners ({self.most[year]} against {now})."
            yield _said(year, text, "states", [*row, leader[1]])
        highest = int(self.degree[self.degree.index < year].max())
        if now // step > highest // step and now >= 10:
            yield _said(year, f"for the first time it had {now // step * step} partners or more.", "states", row)

    def _routine(self, year: int) -> Iterator[Sentence]:
        """Tell what every year brings: renewals, treaties on other topics, mergers."""
        renewed, rows = self.renewed.get(year, []), self._of(self.treaties, "signed", year)
        merged = self._of(self.events[self.events["kind"] == "merger"], "year", year)
        self.counts[year] = {"renewed": len(renewed), "treaties": len(rows), "merged": len(merged)}
        said = [f"renewed {counted(len(renewed), 'agreement')}"] if renewed else []
        if len(rows):
            said.append(f"{pick(year, 'concluded', 'signed')} {self._treaties(rows)}")
        if len(merged):
            said.append(f"saw {counted(len(merged), *MERGED['merged'])}")
        if said:
            found = (*sources("agreements", [*renewed, *rows["id"]]), *sources("events", merged.index))
            yield Sentence(year, year, f"it {listed(said)}.", found, dull=True)

    def _treaties(self, rows: pd.DataFrame) -> str:
        if len(rows) <= 2:
            each = [f"on {t} with {self.facts.name(o)}" for t, o in zip(rows["topic"], rows["other"], strict=True)]
            return f"{'a treaty' if len(each) == 1 else 'treaties'} {listed(each)}"
        topics = rows["topic"].value_counts()
        most = f", {number(int(topics.iloc[0]))} of them on {topics.index[0]}" if topics.iloc[0] > 1 else ""
        return f"{counted(len(rows), 'treaty', 'treaties')} on other topics{most}"


def _said(year: int, text: str, table: str, rows: object, *, dull: bool = False) -> Sentence:
    return Sentence(year, year, text, sources(table, rows), dull)  # type: ignore[arg-type]


def _with_name(text: str, name: str) -> str:
    """Put the name where the first sentence of a year says "it"."""
    for pronoun, noun in (("it ", f"{name} "), ("its ", f"{name}'s " if not name.endswith("s") else f"{name}' ")):
        if text.startswith(pronoun):
            return noun + text[len(pronoun):]
    return text

"""What a chronicle draws on: agreements with their partner, renewals by year, events that concern somebody."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from coopsim.analysis.again import config_of
from coopsim.analysis.names import agreement_names, names_in_sentences
from coopsim.config import Config
from coopsim.errors import ResultsError
from coopsim.interventions import Places
from coopsim.interventions.kinds import SetParameter
from coopsim.results.results import Results
from coopsim.rng import Streams
from coopsim.world.build import facts_for


@dataclass(slots=True)
class Facts:
    """A run, prepared for telling.

    Attributes
    ----------
    results : Results
    names : dict of str to str
        Names of states as they stand in a sentence, by code.
    titles : dict of int to str
        Names of conventions and founding treaties, by id of the agreement.
    ledger : DataFrame
        Bilateral agreements with columns a and b, the codes of the parties.
    terms : dict of int to int
        Years between two renewals, by the year in which the next one is fixed.
    """

    results: Results
    names: dict[str, str] = field(init=False)
    titles: dict[int, str] = field(init=False)
    ledger: pd.DataFrame = field(init=False)
    terms: dict[int, int] = field(init=False)
    config: Config | None = field(init=False)

    def __post_init__(self) -> None:
        self.names = names_in_sentences(self.results)
        self.titles = agreement_names(self.results)
        ledger = self.results.agreements
        ledger = ledger[ledger["form"] == "bilateral"]
        sides = ledger["parties"].str.split("-", expand=True).reindex(columns=[0, 1])
        self.ledger = ledger.assign(a=sides[0], b=sides[1])
        try:
            self.config = config_of(self.results)
        except ResultsError:
            self.config = None
        self.terms = self._terms()

    @property
    def start(self) -> int:
        """Year of the starting world."""
        return int(self.results.manifest["start_year"])

    @property
    def end(self) -> int:
        """Last simulated year."""
        return int(self.results.manifest["last_year"])

    def name(self, code: str) -> str:
        """Return the name of a state as it stands in a sentence."""
        return self.names.get(code, code)

    def of(self, *codes: str) -> pd.DataFrame:
        """Return the bilateral agreements to which all the states are parties; one state: column `other`."""
        chosen = self.ledger
        for code in codes:
            chosen = chosen[(chosen["a"] == code) | (chosen["b"] == code)]
        if len(codes) == 1:
            chosen = chosen.assign(other=chosen["a"].where(chosen["b"] == codes[0], chosen["b"]))
        return chosen

    def _terms(self) -> dict[int, int]:
        years = range(self.start, self.end + 1)
        if self.config is None:
            return {}
        term = int(getattr(self.config.parameters["renewal"], "term"))  # noqa: B009 (the group is typed as Params)
        changes = {
            x.year: int(x.value) for x in self.config.interventions
            if isinstance(x, SetParameter) and x.parameter == "renewal.term"
        }
        found = {}
        for year in years:
            term = changes.get(year, term)
            found[year] = term
        return found

    def renewals(self, agreements: pd.DataFrame) -> dict[int, list[int]]:
        """Return the ids of agreements by the year in which they were renewed.

        The ledger counts renewals; their years follow from the signature and the term.
        """
        found: dict[int, list[int]] = {}
        if not self.terms:
            return found
        for row in agreements.itertuples():
            count, signed = int(str(row.renewals)), int(str(row.signed))
            first = self.terms[self.start] if row.initial else self.terms[signed]
            due = self.start + first - (self.start - signed) % first if row.initial else signed + first
            for _ in range(count):
                found.setdefault(due, []).append(int(str(row.id)))
                due += self.terms.get(due, first)
        return found

    def events(self, *codes: str) -> pd.DataFrame:
        """Return the events whose `who` names all the states, with the position of their row as index."""
        events = self.results.events
        named = events["who"].str.split(r"[-\s]", regex=True)
        mine = np.array([all(code in who for code in codes) for who in named], dtype=bool)
        return events[mine & (events["kind"] != "intervention")]

    def interventions(self, *codes: str) -> pd.DataFrame:
        """Return the events of interventions that concern all the states."""
        events = self.results.events[self.results.events["kind"] == "intervention"]
        if self.config is None or events.empty:
            return events[[all(code in who for code in codes) for who in events["who"]]] if len(events) else events
        facts = facts_for(
            self.config.world, Streams(int(self.results.manifest["seed"]))("world", self.config.start_year)
        )
        places = Places.of_facts(facts)
        rows = {int(np.flatnonzero(facts.iso3 == code)[0]) for code in codes}
        mine = set()
        for change in self.config.interventions:
            named = [getattr(change, f.name) for f in fields(change) if str(f.type).startswith("Who")]
            touched = {int(row) for who in named if who is not None for row in places.rows(who)}
            if rows <= touched:
                mine.add(f"{change.kind}: {change.describe()}")
        return events[[what.removeprefix("ends: ") in mine for what in events["what"]]]

    def state(self, code: str, year: int) -> tuple[int, pd.Series[float], pd.Series[float]]:
        """Return row position, values and ranks (1 is the highest) of a state in a year."""
        table = self.results.states
        table = table[table["year"] == year]
        numbers = table.select_dtypes("number").drop(columns="year")
        ranks = numbers.rank(ascending=False, method="min")
        row = table.index[table["iso3"] == code][0]
        return int(row), numbers.loc[row], ranks.loc[row]

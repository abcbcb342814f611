"""A chronicle: dated sentences, each with the rows of the tables that it rests on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Source:
    """A row of a table of `Results`: the id for agreements, the position of the row for other tables."""

    table: str
    row: int

    def __str__(self) -> str:
        return f"{self.table}:{self.row}"


def sources(table: str, rows: Iterable[object]) -> tuple[Source, ...]:
    """Return the sources of several rows."""
    return tuple(Source(table, int(str(row))) for row in rows)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a chronicle.

    Attributes
    ----------
    first, last : int
        The years it tells of.
    text : str
    sources : tuple of Source
        What it rests on; never empty.
    dull : bool
        Of a kind that years of nothing else may be merged over, such as renewals.
    """

    first: int
    last: int
    text: str
    sources: tuple[Source, ...]
    dull: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Chronicle:
    """The history of a state or of a pair, as a run had it.

    Attributes
    ----------
    title : str
    opening : tuple of Sentence
        The position at the start.
    years : tuple of Sentence
        What happened, in order.
    closing : tuple of Sentence
        How things changed.
    """

    title: str
    opening: tuple[Sentence, ...]
    years: tuple[Sentence, ...]
    closing: tuple[Sentence, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in order."""
        return (*self.opening, *self.years, *self.closing)

    @property
    def table(self) -> pd.DataFrame:
        """One row per sentence: section, first, last, text, sources ("agreements:12 events:5")."""
        parts = (("opening", self.opening), ("years", self.years), ("closing", self.closing))
        rows = [
            (section, x.first, x.last, x.text, " ".join(map(str, x.sources))) for section, said in parts for x in said
        ]
        return pd.DataFrame(rows, columns=["section", "first", "last", "text", "sources"])

    def paragraphs(self, *, sources: bool = False) -> list[tuple[str, str]]:
        """Return heading and text of each paragraph: the opening, one per year or run of years, the closing.

        With `sources`, each sentence is followed by the rows it rests on.
        """

        def joined(said: Sequence[Sentence]) -> str:
            return " ".join(f"{x.text} [{' '.join(map(str, x.sources))}]" if sources else x.text for x in said)

        found = [("", joined(self.opening))] if self.opening else []
        spans: dict[tuple[int, int], list[Sentence]] = {}
        for sentence in self.years:
            spans.setdefault((sentence.first, sentence.last), []).append(sentence)
        found += [(_span(*span), joined(said)) for span, said in spans.items()]
        return [*found, ("", joined(self.closing))] if self.closing else found

    def __str__(self) -> str:
        lines = [self.title, "=" * len(self.title)]
        for heading, text in self.paragraphs():
            body = f"{heading}  {text}" if heading else text
            indent = " " * (len(heading) + 2 if heading else 0)
            lines += ["", textwrap.fill(body, WIDTH, subsequent_indent=indent, break_on_hyphens=False)]
        return "\n".join(lines)


def merged_dull(
    sentences: Sequence[Sentence], merge: dict[str, tuple[str, str]], counts: dict[int, dict[str, int]]
) -> tuple[Sentence, ...]:
    """Return the sentences with runs of dull years told in one sentence.

    Parameters
    ----------
    sentences : sequence of Sentence
        In order of years.
    merge : dict
        What is counted in dull years -> its words for one and for many.
    counts : dict
        Year -> what is counted -> how often.
    """
    by_year: dict[int, list[Sentence]] = {}
    for sentence in sentences:
        by_year.setdefault(sentence.first, []).append(sentence)
    found: list[Sentence] = []
    run: list[int] = []
    for year in [*sorted(by_year), None]:
        if year is not None and all(sentence.dull for sentence in by_year[year]):
            run.append(year)
            continue
        found += _one_run(run, by_year, merge, counts)
        run = []
        found += by_year[year] if year is not None else []
    return tuple(found)


def _one_run(
    run: list[int], by_year: dict[int, list[Sentence]], merge: dict[str, tuple[str, str]],
    counts: dict[int, dict[str, int]],
) -> list[Sentence]:
    from coopsim.analysis.words import counted, listed

    if len(run) < 2:
        return [sentence for year in run for sentence in by_year[year]]
    total = {name: sum(counts[year].get(name, 0) for year in run) for name in merge}
    said = listed([counted(total[name], *words) for name, words in merge.items() if total[name]])
    rows = tuple(source for year in run for sentence in by_year[year] for source in sentence.sources)
    return [Sentence(run[0], run[-1], f"Quiet years: {said}.", rows)]


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"

"""`coopsim history`: a readable chronicle of a state or of a pair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, heading, print_json

if TYPE_CHECKING:
    from coopsim.analysis.chronicle import Chronicle

WIDEST = 100  # columns that a reader follows with ease


@click.command(short_help="Tell the history of a state or of a pair.", epilog="""\b
Examples:
  coopsim run baseline --years 20
  coopsim history results/baseline-seed1 --state FRA
  coopsim history results/baseline-seed1 --pair FRA-DEU --from 2030 --to 2040
""")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--state", metavar="FRA", help="A state by its ISO 3166-1 alpha-3 code.")
@click.option("--pair", metavar="FRA-DEU", help="Two states instead.")
@click.option("--from", "first", type=int, metavar="YEAR", help="First year to tell.  [default: the first simulated]")
@click.option("--to", "last", type=int, metavar="YEAR", help="Last year to tell.  [default: the last simulated]")
@click.option("--sources", is_flag=True, help="Print behind each sentence the rows of the tables that it rests on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@debug_option
def history(
    folder: Path, state: str | None, pair: str | None, first: int | None, last: int | None, sources: bool,
    as_json: bool,
) -> None:
    """Tell the history of a state, or of two states with each other.

    DIR is the folder of a run. Each sentence rests on rows of its tables; --json and --sources name them.
    """
    if (state is None) == (pair is None):
        raise click.UsageError("Give either --state or --pair.")
    from coopsim.analysis.history import history as history_of
    from coopsim.results import Results

    book = history_of(Results.load(folder), state, pair, first=first, last=last)
    if as_json:
        print_json(_plain(book))
    else:
        _print(book, sources=sources)


def _plain(book: Chronicle) -> dict[str, Any]:
    rows = book.table.to_dict("records")
    return {"title": book.title, "sentences": [{**row, "sources": str(row["sources"]).split()} for row in rows]}


def _print(book: Chronicle, *, sources: bool) -> None:
    from textwrap import fill

    screen = console()
    width = min(screen.width, WIDEST)
    screen.print(heading(book.title))
    for year, text in book.paragraphs(sources=sources):
        screen.print()
        if year:
            screen.print(heading(year))
        indent = "  " if year else ""
        wrapped = fill(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
        screen.print(wrapped, soft_wrap=True)

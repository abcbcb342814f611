"""Output: data on stdout, messages on stderr, JSON as one object."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 120  # columns of output that no terminal shows


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line: rich calls this while it handles a `BrokenPipeError`."""
        raise


def console() -> Console:
    """Return the console of standard output; text is printed as it is, without markup."""
    width = None if sys.stdout.isatty() else WIDE
    return _Console(width=width, markup=False, highlight=False, emoji=False)


def say(message: str) -> None:
    """Print a message for people, to stderr."""
    click.echo(message, err=True)


def print_json(found: dict[str, Any]) -> None:
    """Print one JSON object, and nothing else."""
    click.echo(json.dumps(_plain(found), indent=2, ensure_ascii=False, allow_nan=False))


def print_line(found: dict[str, Any]) -> None:
    """Print a JSON object on one line, at once."""
    click.echo(json.dumps(_plain(found), ensure_ascii=False, allow_nan=False))
    sys.stdout.flush()


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it: no NumPy, no NaN, no infinity."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def make_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()
) -> Table:
    """Return a plain table; `right` names the columns of numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    return table


def heading(text: str) -> Text:
    """Return a heading."""
    return Text(text, style="bold")

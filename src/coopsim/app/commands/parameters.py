"""`coopsim parameters`: every parameter with its evidence."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, heading, print_json


@click.command(epilog="""\b
Examples:
  coopsim parameters --group trust
  coopsim parameters --json
""")
@click.option("--group", metavar="G", help="Only this group: the name of a mechanism, or initial.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@debug_option
def parameters(group: str | None, as_json: bool) -> None:
    """Show every parameter, its range and its source.

    Any of them can be set: coopsim run --set trust.gain=0.06, or in a scenario file under [parameters.trust].
    """
    from coopsim.config import parameter_table
    from coopsim.config.vocabulary import group_titles

    found = parameter_table(group)
    if as_json:
        print_json({"parameters": found})
        return
    titles = group_titles()
    screen = console()
    for name, rows in groupby(found, key=lambda row: row["group"]):
        screen.print(heading(f"[{name}]  {titles[name]}"))
        for row in rows:
            _print(screen, row)
    screen.print(f"{len(found)} parameters")


def _print(screen: Any, row: dict[str, Any]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    symbol = f" ({row['symbol']})" if row["symbol"] else ""
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    default = row["default"] if isinstance(row["default"], str) else f"{row['default']:g}"
    first = Text.assemble((row["name"], "bold cyan"), symbol, f" = {default}{unit}")
    screen.print(Padding(first, (0, 0, 0, 2), expand=False))
    screen.print(Padding(Text(row["meaning"]), (0, 0, 0, 6), expand=False))
    behind = f"{_range(row)}; {row['evidence']}: {row['source']}"
    screen.print(Padding(Text(behind, style="dim"), (0, 0, 0, 6), expand=False))
    screen.print()


def _range(row: dict[str, Any]) -> str:
    if row["choices"]:
        return "one of " + ", ".join(row["choices"])
    bounds = f"bounds {_interval(row['bounds'])}" if row["bounds"] else row["allowed"]
    return f"{bounds}, plausible {_interval(row['plausible'])}" if row["plausible"] else bounds


def _interval(ends: list[float]) -> str:
    return f"[{ends[0]:g}, {ends[1]:g}]"

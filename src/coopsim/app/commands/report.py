"""`coopsim report`: one HTML file about a run or a sweep."""

from __future__ import annotations

from pathlib import Path

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import print_json


@click.command(short_help="Write one HTML page about a stored run or sweep.", epilog="""\b
Examples:
  coopsim run baseline --years 20
  coopsim report results/baseline-seed1
  coopsim report results/baseline-seed1 --out baseline.html
  coopsim sweep trust_gain --out results/trust
  coopsim report results/trust
""")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", metavar="FILE.html", type=click.Path(path_type=Path),
              help="The file to write.  [default: report.html in DIR]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@debug_option
def report(folder: Path, out: Path | None, as_json: bool) -> None:
    """Write one self-contained HTML page about a stored run or sweep.

    DIR is the folder of a run or sweep. The page holds the question, what differs from the defaults, figures,
    tables, a methods paragraph, how to run it again, provenance and limits. It needs no network and no other file.
    """
    from coopsim.report import write_report

    written = write_report(folder, out)
    if as_json:
        print_json({"report": str(written), "bytes": written.stat().st_size})
    else:
        click.echo(f"Report: {written}")

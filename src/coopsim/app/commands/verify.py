"""`coopsim verify`: run a stored result again and say whether it is the same."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, print_json, say


@click.command(short_help="Run a stored result again and compare bit for bit.", epilog="""\b
Examples:
  coopsim run classroom --years 5 --out results/my-run
  coopsim verify results/my-run
""")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--sample", type=click.IntRange(min=1), metavar="N",
              help="Of a sweep, repeat only N runs, spread evenly.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N",
              help="Local processes for a sweep.  [default: all processors]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--quiet", is_flag=True, help="Print nothing: the exit code is the answer.")
@debug_option
@click.pass_context
def verify(
    ctx: click.Context, folder: Path, sample: int | None, workers: int | None, as_json: bool, quiet: bool
) -> None:
    """Run a stored result again from its manifest, and compare bit for bit.

    DIR is a folder of `coopsim run` or `coopsim sweep`. Exit code 0: the same; 1: not the same.
    """
    from coopsim.experiment.progress import Display
    from coopsim.experiment.verify import verify as verified

    with ExitStack() as stack:
        watcher = None if quiet or as_json else stack.enter_context(Display())
        found = verified(folder, sample=sample, workers=workers, progress=watcher)
    if as_json:
        print_json({"same": found.same, "kind": found.kind, "runs": found.runs,
                    "differences": list(found.differences), "notes": list(found.notes)})
    elif not quiet:
        for note in found.notes:
            say(f"Note: {note}")
        what = "the run" if found.kind == "run" else f"{found.runs:,} runs"
        if found.same:
            console().print(f"Same: {what} repeated, every table is the same, bit for bit.")
        else:
            console().print(f"Different: {what} repeated; not the same are")
            for difference in found.differences:
                console().print(f"  {difference}", soft_wrap=True)
    if not found.same:
        ctx.exit(1)

"""`coopsim validate`: the stylised facts, what the model gives, and whether the two agree."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option, try_folder
from coopsim.app.terminal import console, make_table, print_json, say
from coopsim.errors import ResultsError

if TYPE_CHECKING:
    from coopsim.validation import Validation
    from coopsim.validation.validate import Progress


@click.command(short_help="Hold the model against what was observed.", epilog="""\b
Examples:
  coopsim validate --replications 3
  coopsim validate --replications 2 --fact 4d-1969 --fact 7-1969 --json
  coopsim validate --data my-tables --out results/validation
""")
@click.option("--replications", type=click.IntRange(min=1), default=30, show_default=True, metavar="N",
              help="Number of replications; three take about a minute.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, metavar="S",
              help="Seed of the first replication; the next ones follow it.")
@click.option("--data", metavar="DIR", type=click.Path(file_okay=False, exists=True, path_type=Path),
              help="Folder of published tables in the layout of docs/validation.md.")
@click.option("--fact", "facts", multiple=True, metavar="KEY",
              help="Measure this fact only. May be repeated.  [default: all]")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
              help="Folder for validation.html and validation.json.  [default: results/validation-nN-seedS]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
@debug_option
@click.pass_context
def validate(
    ctx: click.Context, replications: int, seed: int, data: Path | None, facts: tuple[str, ...], out: Path | None,
    as_json: bool,
) -> None:
    """Measure every stylised fact on replications and compare it with what was observed.

    A fact that the model fails is shown as failing, and one that cannot be measured is listed with the reason. The
    page validation.html has a figure for each.
    """
    from coopsim.app.compiling import compile_first
    from coopsim.validation import validate as measure
    from coopsim.validation.page import write_page

    folder = out or Path("results") / f"validation-n{replications}-seed{seed}"
    if folder.is_file():
        raise ResultsError(f"--out {folder}: is a file; a validation needs a folder")
    try_folder(folder)
    compile_first(quiet=as_json)
    with _progress() as progress:
        found = measure(replications, seed=seed, data=str(data or ""), only=facts, progress=progress)
    page = write_page(found, folder / "validation.html")
    report = _report(found, page)
    (folder / "validation.json").write_text(json.dumps(_finite(report), indent=2, ensure_ascii=False), encoding="utf-8")
    if as_json:
        print_json(report)
    else:
        _print(found, page)
    if len(found.seeds) < replications:
        say(f"Interrupted: {len(found.seeds)} of {replications} replications are finished and counted. "
            "The same command starts afresh.")
        ctx.exit(130)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Yield what to call before each run; on a terminal, a bar shows what is left."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), TextColumn("left"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Validating", total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what)


def _report(found: Validation, page: Path) -> dict[str, Any]:
    weight, all_weight = found.score
    return {
        "holding": found.holding, "measured": len(found.judgements), "weight_holding": weight, "weight": all_weight,
        "seeds": list(found.seeds), "data": found.data, "page": str(page),
        "facts": [
            {"key": j.fact.key, "title": j.fact.title, "source": j.fact.source, "strength": j.fact.strength,
             "use": j.fact.use, "sample": j.fact.sample, "unit": j.fact.unit, "target": [j.fact.low, j.fact.high],
             "observed": list(j.fact.observed), "median": j.median, "low": j.low, "high": j.high,
             "verdict": j.verdict, "distance": j.distance, "values": list(j.values)}
            for j in found.judgements
        ],
        "unmeasured": [{"key": u.key, "title": u.title, "source": u.source, "reason": u.reason}
                       for u in found.unmeasured],
    }


def _finite(value: Any) -> Any:
    """Return a value for JSON, which knows neither NaN nor infinity."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and value - value != 0 else value


def _print(found: Validation, page: Path) -> None:
    from coopsim.validation.strip import interval, number

    screen = console()
    rows = [
        (j.fact.key, j.fact.title, interval(j.fact.low, j.fact.high, j.fact.unit), number(j.median),
         f"{number(j.low)} to {number(j.high)}", j.verdict, number(j.distance), j.fact.strength, j.fact.use,
         j.fact.source)
        for j in found.judgements
    ]
    columns = ("fact", "what", "target", "model", "80 % interval", "verdict", "distance", "strength", "use", "source")
    screen.print(make_table(columns, rows, right=("model", "distance")))
    if found.unmeasured:
        screen.print()
        screen.print(make_table(("not measured", "what", "why not"),
                                [(u.key, u.title, u.reason) for u in found.unmeasured]))
    weight, all_weight = found.score
    screen.print()
    screen.print(f"{found.holding} of {len(found.judgements)} facts hold ({weight} of {all_weight} by weight: "
                 f"strong 3, medium 2, weak 1); {len(found.seeds)} replications.")
    screen.print(f"Page with a figure per fact: {page}", soft_wrap=True)

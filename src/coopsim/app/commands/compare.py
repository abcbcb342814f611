"""`coopsim compare`: two scenarios as twins with the same luck, and what the change between them caused."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option, try_folder, with_settings
from coopsim.app.terminal import console, print_json, say
from coopsim.errors import ConfigError, ResultsError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from coopsim.analysis.compare import Comparison
    from coopsim.analysis.twins import Twin
    from coopsim.config import Config

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@click.command(short_help="Run two scenarios as twins that share all their luck.", epilog="""\b
Examples:
  coopsim compare baseline baseline --set-b trust.gain=0.06 --years 10 --replications 4
  coopsim compare baseline my-scenario.toml --replications 8 --out results/my-comparison
""")
@click.argument("scenario_a")
@click.argument("scenario_b")
@click.option("--replications", type=click.IntRange(min=1), default=20, show_default=True, metavar="N",
              help="Number of pairs of twins.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, metavar="S",
              help="Seed of the first pair; the next ones follow it.")
@click.option("--years", type=int, metavar="N",
              help="Simulate N years instead of the scenarios' number; if they differ, the shorter counts.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE",
              help="Change a setting of both. May be repeated.")
@click.option("--set-b", "settings_b", multiple=True, metavar="KEY=VALUE",
              help="Change a setting of the second scenario only. May be repeated.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N",
              help="Processes that run twins at the same time; no result depends on it.  [default: all processors]")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
              help="Folder for tables and figure.  [default: results/compare-A-B-seedS]")
@click.option("--format", "file_format", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True,
              help="File format of the tables.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the summary.")
@debug_option
@click.pass_context
def compare(
    ctx: click.Context, scenario_a: str, scenario_b: str, replications: int, seed: int, years: int | None,
    settings: tuple[str, ...], settings_b: tuple[str, ...], workers: int | None, out: Path | None, file_format: str,
    as_json: bool,
) -> None:
    """Run two scenarios as twins that share all their luck, and say what the change caused.

    SCENARIO_A and SCENARIO_B are bundled scenarios or scenario files; B is the one with the change.
    """
    from coopsim.analysis.compare import check_twins, comparison_of, seeds_of, with_years
    from coopsim.app.compiling import compile_first
    from coopsim.config import load_config

    a, b = (with_years(with_settings(load_config(name), settings), years) for name in (scenario_a, scenario_b))
    b = with_years(_set_b(b, settings_b), years)
    if a.years != b.years and a.start_year == b.start_year:
        shorter = min(a.years, b.years)
        say(f"Note: the scenarios last {a.years} and {b.years} years; both are compared over {shorter}.")
        a, b = with_years(a, shorter), with_years(b, shorter)
    seeds = seeds_of(replications, seed)
    check_twins(a, b, seed)
    folder = out or _default_folder(a, b, seed)
    _refuse_other(folder)
    try_folder(folder)
    compile_first(quiet=as_json)
    twins = _gather(a, b, seeds, workers)
    if not twins:
        say("Interrupted before the first pair of twins was finished; nothing is kept.")
        ctx.exit(130)
    found = comparison_of(a, b, twins)
    figure = _save(found, folder, file_format)
    if as_json:
        print_json(_report(found, folder, figure))
    else:
        _print(found, folder, figure)
    if len(twins) < len(seeds):
        say(f"Interrupted: {len(twins)} of {len(seeds)} pairs of twins are finished and saved in {folder}. The same "
            "command starts afresh.")
        ctx.exit(130)


def _set_b(config: Config, settings: tuple[str, ...]) -> Config:
    try:
        changed: Config = with_settings(config, settings)
    except ConfigError as error:
        raise ConfigError(str(error).replace("--set", "--set-b", 1)) from None
    return changed


def _default_folder(a: Config, b: Config, seed: int) -> Path:
    """Return a folder named after both, with the fingerprint of what was compared."""
    import hashlib

    names = "-".join(re.sub(r"[^\w.-]+", "-", config.name).strip("-.") or "scenario" for config in (a, b))
    fingerprint = hashlib.sha256(f"{a.hash} {b.hash}".encode()).hexdigest()[:6]
    return Path("results") / f"compare-{names}-{fingerprint}-seed{seed}"


def _refuse_other(folder: Path) -> None:
    """Raise `ResultsError` unless the folder is free or holds an earlier comparison."""
    if folder.is_file():
        raise ResultsError(f"--out {folder}: is a file; a comparison needs a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "comparison.json").is_file():
        raise ResultsError(f"the folder {folder} holds other things than a comparison; choose another with --out")


def _gather(a: Config, b: Config, seeds: tuple[int, ...], workers: int | None) -> list[Twin]:
    """Run the twins; after Ctrl-C return those that are finished."""
    from coopsim.analysis.twins import all_twins

    number = min(workers or os.cpu_count() or 1, len(seeds))
    twins: list[Twin] = []
    try:
        with _pool(number) as executor, _bar(len(seeds)) as advance:
            for twin in all_twins(a, b, seeds, executor):
                twins.append(twin)
                advance()
    except KeyboardInterrupt:
        pass
    return twins


@contextmanager
def _pool(workers: int) -> Iterator[Executor | None]:
    """Yield a pool of fresh processes with one thread each, or nothing for one worker."""
    if workers == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from coopsim.experiment.crews import settle_in

    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=settle_in) as executor:
        yield executor


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    """Yield what to call after each pair of twins; on a terminal, a bar shows what is left."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Running twins"), BarColumn(), MofNCompleteColumn(), TextColumn("pairs,"),
               TimeRemainingColumn(), TextColumn("left"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


def _save(found: Comparison, folder: Path, file_format: str) -> Path:
    from coopsim.analysis.compare_figure import difference_figure
    from coopsim.analysis.figures import save_figure

    found.save(folder, format="csv" if file_format == "csv" else "parquet")
    return save_figure(difference_figure(found), folder / "differences")[0]


def _report(found: Comparison, folder: Path, figure: Path) -> dict[str, Any]:
    last = found.differences[found.differences["year"] == found.differences["year"].max()]
    return {
        "a": found.name_a, "b": found.name_b, "seeds": list(found.seeds), "settings": list(found.settings),
        "folder": str(folder), "figure": str(figure), "sentences": list(found.sentences),
        "last_year": last.to_dict("records"),
        "agreements": found.agreements["change"].value_counts().to_dict(),
    }


def _print(found: Comparison, folder: Path, figure: Path) -> None:
    screen = console()
    for sentence in found.sentences:
        screen.print(f"• {sentence}")
    screen.print()
    screen.print(f"Tables: {folder}{'/' if folder.name else ''}   Figure: {figure}", soft_wrap=True)

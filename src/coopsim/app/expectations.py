"""`coopsim scenarios check --expectations`: the runs with a progress bar, and the table of what was found."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.terminal import console, heading, make_table, print_json, say
from coopsim.errors import ConfigError, ResultsError

if TYPE_CHECKING:
    import pandas as pd

    from coopsim.experiment.expectations import Plan, Progress

SIGNS = {"holds": "holds", "fails": "FAILS", "undecided": "undecided"}
FORMAT = "coopsim expectations"


def check_expectations(
    ctx: click.Context, names: tuple[str, ...], *, replications: int | None, seed: int, years: int | None,
    workers: int | None, out: Path | None, as_json: bool,
) -> None:
    """Run scenarios against what they are compared with and print what was expected, what was found, and verdicts."""
    from coopsim.app.commands.compare import _pool
    from coopsim.app.compiling import compile_first
    from coopsim.config import load_scenario, scenario_files
    from coopsim.experiment.expectations import judge, plan_of, values_of
    from coopsim.experiment.kept import KeptRuns

    scenarios = [load_scenario(name) for name in names or scenario_files()]
    tested = [scenario for scenario in scenarios if scenario.checks]
    if not tested:
        raise ConfigError(f"{', '.join(names)}: no [[checks]], so there is no expectation that a machine could test")
    if out is not None and out.is_file():
        raise ResultsError(f"--out {out}: is a file; the table needs a folder")
    for scenario in tested:
        for arm in scenario.arms:
            arm.config.check_names(seed)
    plan = plan_of(tested, replications=replications, years=years)
    jobs = plan.jobs(seed)
    compile_first(quiet=as_json)
    with _pool(min(workers or os.cpu_count() or 1, len(jobs))) as executor, _bar(len(jobs)) as advance:
        kept = None if out is None else KeptRuns(out)
        found = values_of(plan, seed=seed, executor=executor, progress=advance, kept=kept)
    table = judge(plan, found)
    if out is not None:
        save(table, plan, out, seed=seed, runs=len(found))
    if as_json:
        print_json({"runs": len(found), "seed": seed, "scenarios": report(table, plan)})
    else:
        _print(table, plan, runs=len(found))
    if len(found) < len(jobs):
        again = "The same command goes on from there." if out else "With --out DIR the same command would go on."
        say(f"Interrupted: {len(found)} of {len(jobs)} runs are finished; only seeds that are complete count. {again}")
        ctx.exit(130)


def report(table: pd.DataFrame, plan: Plan) -> list[dict[str, Any]]:
    """Return one entry per scenario: its verdict and its checks."""
    from coopsim.experiment.expectations import verdict_of_scenario

    found = []
    for scenario in plan.scenarios:
        rows = table[table["scenario"] == scenario.name].drop(columns="scenario")
        found.append({
            "scenario": scenario.name, "title": scenario.title, "question": scenario.question,
            "expectation": scenario.expectation, "replications": int(rows["seeds"].max()),
            "verdict": verdict_of_scenario(rows["verdict"]), "checks": rows.to_dict("records"),
        })
    return found


def save(table: pd.DataFrame, plan: Plan, folder: Path, *, seed: int, runs: int) -> None:
    """Write the table as CSV, and everything as `expectations.json`, from which docs/scenarios.md is made."""
    import coopsim
    from coopsim.app.terminal import _plain

    whole = {"format": FORMAT, "coopsim": coopsim.__version__, "seed": seed, "runs": runs,
             "scenarios": report(table, plan)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        table.to_csv(folder / "expectations.csv", index=False)
        text = json.dumps(_plain(whole), indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "expectations.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ResultsError(f"the folder {folder} cannot be written: {error.strerror or error}") from None


def _print(table: pd.DataFrame, plan: Plan, *, runs: int) -> None:
    screen = console()
    for scenario in plan.scenarios:
        rows = table[table["scenario"] == scenario.name]
        screen.print(heading(f"{scenario.name}: {_verdict(rows)}"))
        screen.print(f"{scenario.question}\n")
        screen.print(make_table(
            ("expected", "range", "found", "95 % interval", "verdict"),
            [(row["claim"], row["expected"], number(row["found"], row["unit"]), interval(row["low"], row["high"]),
              SIGNS[row["verdict"]]) for row in rows.to_dict("records")],
        ))
        screen.print()
    counts = table["verdict"].value_counts()
    said = ", ".join(f"{counts.get(word, 0)} {said}" for word, said in (("holds", "hold"), ("fails", "fail"),
                                                                         ("undecided", "undecided")))
    screen.print(f"{len(table)} expectations of {len(plan.scenarios)} scenarios over {runs} runs: {said}.")
    screen.print("An expectation is undecided when its interval reaches over an end of the range: --replications N "
                 "takes more.")


def _verdict(rows: pd.DataFrame) -> str:
    from coopsim.experiment.expectations import verdict_of_scenario

    return verdict_of_scenario(rows["verdict"])


def number(value: float, unit: str) -> str:
    """Return an estimate with three significant digits, and a sign where it is an effect."""
    if value != value:
        return "no value"
    plain = f"{value:.3g}" if unit in ("level", "ratio") else f"{value:+.3g}"
    return f"{plain} %" if unit == "percent" else plain


def interval(low: float, high: float) -> str:
    """Return the ends of an interval with three significant digits."""
    return "" if low != low else f"{low:.3g} to {high:.3g}"


@contextmanager
def _bar(total: int) -> Iterator[Progress | None]:
    """Yield what to call after each run; on a terminal a bar shows what is left."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Running scenarios"), BarColumn(), MofNCompleteColumn(), TextColumn("runs,"),
               TimeRemainingColumn(), TextColumn("left"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done, _: bar.update(task, completed=done)


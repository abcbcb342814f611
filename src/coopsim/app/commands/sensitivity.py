"""`coopsim sensitivity`: what drives the results, by Morris or Sobol, from a plan file to figures and words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, print_json, say
from coopsim.errors import ConfigError, ResultsError

if TYPE_CHECKING:
    from coopsim.analysis.sensitivity import Sensitivity
    from coopsim.experiment import Plan, SweepResults

DESIGNS = {"morris": "morris", "sobol": "saltelli"}
FEW = 6  # indicators; of more, the main ones are analysed unless others are asked for


@click.command(short_help="Find out which parameters drive the indicators.", epilog="""\b
Examples:
  coopsim sensitivity trust_gain --method morris --samples 4 --replications 2 --out results/morris
  coopsim sensitivity trust_gain --method sobol --samples 8 --replications 2 --out results/sobol
""")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--method", type=click.Choice(list(DESIGNS)), required=True,
              help="Morris's screening of many parameters, or Sobol's shares of the variance.")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
              help="Folder for runs, indices and figures.  [default: results/METHOD-PLAN]")
@click.option("--samples", type=click.IntRange(min=4), metavar="N",
              help="Trajectories of Morris, or base samples of Sobol (a power of two).  [default: the plan's, if its "
                   "design is the method's; else 20 or 256]")
@click.option("--replications", type=click.IntRange(min=1), metavar="N",
              help="Seeds for each point.  [default: the plan's]")
@click.option("--indicator", "indicators", multiple=True, metavar="NAME",
              help="Analyse this indicator; may be repeated.  [default: those of the plan if they are few, else the "
                   "main ones]")
@click.option("--workers", type=click.IntRange(min=1), metavar="N",
              help="Local processes; no result depends on it.  [default: all processors]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the words.")
@debug_option
@click.pass_context
def sensitivity(
    ctx: click.Context, plan_file: Path, method: str, out: Path | None, samples: int | None, replications: int | None,
    indicators: tuple[str, ...], workers: int | None, as_json: bool,
) -> None:
    """Find out which parameters drive the indicators, with intervals.

    PLAN is a plan file, or the name of a bundled plan (trust_gain); what it varies, over which ranges, and what it
    records counts, its design does not. Runs are kept as they finish: the same command goes on where it was stopped.
    """
    from coopsim.analysis.extras import extra
    from coopsim.app.compiling import compile_first
    from coopsim.app.simulate import command_line
    from coopsim.experiment import Plan, SweepInterrupted, sweep

    extra("SALib", "Sensitivity analysis")
    plan = _designed(Plan.from_file(plan_file), DESIGNS[method], samples, replications)
    folder = out or Path("results") / f"{method}-{plan_file.stem}"
    chosen = _chosen(plan, indicators)
    if not as_json:
        say(f"{plan.points:,} points x {plan.replications:,} replications = {plan.runs:,} runs of {plan.scenario_name}")
    compile_first(quiet=as_json)
    try:
        runs = sweep(plan, out=folder / "runs", workers=workers, resume=True, progress=not as_json,
                     command=command_line(ctx))
    except SweepInterrupted as stop:
        say(f"\nInterrupted: {stop.results.finished:,} of {plan.runs:,} runs are finished and kept in "
            f"{folder / 'runs'}. To go on: {command_line(ctx)}")
        ctx.exit(130)
    found = _analysed(runs, method, chosen)
    figures = _save(found, folder)
    if as_json:
        print_json(_report(found, runs, folder, figures))
    else:
        _print(found, folder, figures)


def _designed(plan: Plan, design: str, samples: int | None, replications: int | None) -> Plan:
    """Return the plan with the design of the method; a number of samples for another design means nothing here."""
    own = plan.samples if plan.design == design else None
    return replace(plan, design=design, samples=samples or own, replications=replications or plan.replications)


def _chosen(plan: Plan, asked: tuple[str, ...]) -> list[str]:
    from coopsim.analysis.summary import HEADLINES
    from coopsim.param import nearest
    from coopsim.results.indicators import INDICATORS

    recorded = list(INDICATORS) if plan.indicators == "all" else list(plan.indicators)
    for name in asked:
        if name not in recorded:
            raise ConfigError(f"--indicator {name}: the plan does not record it{nearest(name, recorded)}")
    if asked:
        return list(dict.fromkeys(asked))
    if len(recorded) <= FEW:
        return recorded
    return [name for name in HEADLINES if name in recorded][:FEW] or recorded[:FEW]


def _analysed(runs: SweepResults, method: str, indicators: list[str]) -> list[Sensitivity]:
    from coopsim.analysis import sensitivity as analysis
    from coopsim.analysis.sweep_table import runs_of

    if runs.table.empty:
        first = runs.failures["error"].iloc[0] if len(runs.failures) else "no reason known"
        raise ResultsError(f"no run finished, so there is nothing to analyse; the first failed with {first}")
    found = runs_of(runs)
    return [getattr(analysis, method)(found, name) for name in indicators]


def _save(found: list[Sensitivity], folder: Path) -> list[Path]:
    """Write indices as Parquet and CSV, words, and a figure per indicator; return the figures."""
    import pandas as pd

    from coopsim.analysis.figures import save_figure

    tables = {"indices": [one.table.assign(indicator=one.indicator, year=one.year, floor=one.floor) for one in found],
              "pairs": [one.second.assign(indicator=one.indicator) for one in found if len(one.second)]}
    try:
        for name, parts in tables.items():
            if parts:
                table = pd.concat(parts, ignore_index=True)
                table.to_parquet(folder / f"{name}.parquet", index=False)
                table.to_csv(folder / f"{name}.csv", index=False)
        words = "\n\n".join(f"{one.indicator}, {one.year}\n{one}\n({one.stamp})" for one in found)
        (folder / "words.txt").write_text(f"{words}\n", encoding="utf-8")
        return [save_figure(one.figure(), folder / one.indicator)[0] for one in found]
    except OSError as error:
        raise ResultsError(f"the folder '{folder}' cannot be written: {error.strerror or error}") from None


def _report(found: list[Sensitivity], runs: SweepResults, folder: Path, figures: list[Path]) -> dict[str, Any]:
    return {
        "folder": str(folder), "runs": runs.manifest["runs"], "failed": len(runs.failures),
        "coopsim": runs.manifest["coopsim"],
        "indicators": {
            one.indicator: {
                "method": one.method, "year": one.year, "samples": one.samples, "lost": one.lost, "luck": one.luck,
                "floor": one.floor, "indices": one.table.to_dict("records"), "pairs": one.second.to_dict("records"),
                "sentences": list(one.sentences), "figure": str(figure),
            } for one, figure in zip(found, figures, strict=True)
        },
    }


def _print(found: list[Sensitivity], folder: Path, figures: list[Path]) -> None:
    screen = console()
    for one in found:
        screen.print(f"{one.indicator}, {one.year}")
        for sentence in one.sentences:
            screen.print(f"• {sentence}")
        screen.print()
    screen.print(f"Indices: {folder / 'indices.csv'}   Figures: {', '.join(map(str, figures))}", soft_wrap=True)

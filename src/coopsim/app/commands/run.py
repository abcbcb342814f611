"""`coopsim run`: one scenario, one seed, results on disk and a summary on the screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option, parse_years, try_folder, with_settings
from coopsim.app.terminal import console, print_json, say
from coopsim.errors import ConfigError

if TYPE_CHECKING:
    from coopsim.config import Config
    from coopsim.results import Results


@click.command(epilog="""\b
Examples:
  coopsim run baseline
  coopsim run baseline --years 20 --seed 7 --set trust.gain=0.06
  coopsim run classroom --arm no_network
  coopsim run baseline --years 5 --set 'world.states=["FRA", "DEU", "POL"]'
""")
@click.argument("scenario", default="baseline")
@click.option("--arm", metavar="NAME", help="Simulate this arm of the scenario instead of its first.")
@click.option("--years", type=int, metavar="N", help="Simulate N years instead of the scenario's number.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, metavar="S",
              help="Same scenario, same seed: the same results.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE",
              help="Change a setting, such as trust.gain=0.06; see 'coopsim parameters'. May be repeated.")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
              help="Folder for the results.  [default: results/SCENARIO-seedS]")
@click.option("--format", "file_format", type=click.Choice(["parquet", "csv"]), default="parquet",
              show_default=True, help="File format of the tables.")
@click.option("--ties", default="last", show_default=True, metavar="last|all|none|YEAR,...",
              help="Years whose tables of pairs are kept, beside the first and the last.")
@click.option("--profile", is_flag=True, help="Show the schedule of the year: processes, counts, seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the summary.")
@click.option("--quiet", is_flag=True, help="Print no summary.")
@debug_option
@click.pass_context
def run(
    ctx: click.Context, scenario: str, arm: str | None, years: int | None, seed: int, settings: tuple[str, ...],
    out: Path | None, file_format: str, ties: str, profile: bool, as_json: bool, quiet: bool,
) -> None:
    """Run a scenario, save its results and show a summary.

    SCENARIO is a bundled scenario (see 'coopsim scenarios list') or a scenario file.
    """
    from coopsim.app.simulate import command_line, interruptible, simulate
    from coopsim.config import load_config

    config = _shortened(with_settings(load_config(scenario, arm), settings), years)
    _check_names(config, scenario, seed)
    kept = [] if ties == "none" else parse_years(ties, config.start_year, config.start_year + config.years)
    folder = out or default_folder(config, seed, changed=bool(settings))
    refuse_other_run(folder, config, seed)
    try_folder(folder)
    results = simulate(config, seed=seed, ties_years=kept, command=command_line(ctx), quiet=quiet or as_json)
    saved = replace(results, ties=results.ties[:0], flows=results.flows[:0]) if ties == "none" else results
    with interruptible() as stop:
        saved.save(folder, format="csv" if file_format == "csv" else "parquet")
    if stop.is_set():
        _say_interrupted(results, config, folder)
        ctx.exit(130)
    figure = _save_figure(results, folder)
    if as_json:
        print_json(_report(results, folder, figure, profile=profile))
    elif not quiet:
        _print_summary(results, folder, figure)
    if profile and not as_json:
        _print_profile(results)
    if results.manifest["last_year"] < config.start_year + config.years:
        _say_interrupted(results, config, folder)
        ctx.exit(130)


def default_folder(config: Config, seed: int, *, changed: bool) -> Path:
    """Return where results go by default: results/NAME-seedS.

    A run with settings changed on the command line, or one that finds another run there, gets a folder of its
    own, named after its settings.
    """
    import re

    name = re.sub(r"[^\w.-]+", "-", config.name).strip("-.") or "scenario"
    plain = Path("results") / f"{name}-seed{seed}"
    own = Path("results") / f"{name}-{config.hash[:6]}-seed{seed}"
    held = _held(plain)
    if changed or held in (None, (config.hash, seed)):
        return own if changed else plain
    say(f"Note: {plain} holds a run with other settings and stays as it is.")
    return own


def refuse_other_run(folder: Path, config: Config, seed: int) -> None:
    """Raise `ResultsError` unless the folder is free, or holds an earlier run of the same settings and seed."""
    from coopsim.errors import ResultsError

    if folder.exists() and not folder.is_dir():
        raise ResultsError(f"'{folder}' is a file; results need a folder")
    held = _held(folder)
    if held == ():
        raise ResultsError(f"the folder '{folder}' holds other things than coopsim results; choose another with "
                           "--out")
    if held not in (None, (config.hash, seed)):
        raise ResultsError(f"the folder '{folder}' holds a run with other settings or another seed; choose "
                           "another with --out, or delete it")


def _held(folder: Path) -> tuple[Any, ...] | None:
    """Return hash and seed of the run in a folder: None if the folder is free, () if it holds something else."""
    import json

    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return manifest["config_hash"], manifest["seed"]
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _shortened(config: Config, years: int | None) -> Config:
    """Return the config with another horizon; later interventions are left out, and that is said."""
    if years is None:
        return config
    shortened = config.with_horizon(years, "--years")
    left_out = len(config.interventions) - len(shortened.interventions)
    if left_out:
        say(f"Note: {left_out} of {len(config.interventions)} interventions come after "
            f"{config.start_year + years} and are left out.")
    return shortened


def _check_names(config: Config, scenario: str, seed: int) -> None:
    try:
        config.check_names(seed)
    except ConfigError as error:
        raise ConfigError(f"{scenario}: {error}") from None


def _save_figure(results: Results, folder: Path) -> Path:
    from coopsim.analysis.figures import main_series, save_figure

    return save_figure(main_series(results), folder / "main_series")[0]


def _report(results: Results, folder: Path, figure: Path, *, profile: bool) -> dict[str, Any]:
    manifest = results.manifest
    first, last = results.indicators.iloc[0].to_dict(), results.indicators.iloc[-1].to_dict()
    keys = ("scenario", "title", "seed", "start_year", "last_year", "config_hash", "coopsim", "seconds")
    report = {
        **{key: manifest[key] for key in keys},
        "folder": str(folder),
        "figure": str(figure),
        "indicators": {name: {"start": first[name], "end": last[name]} for name in first if name != "year"},
    }
    return report | ({"schedule": profile_rows(results)} if profile else {})


def profile_rows(results: Results) -> list[dict[str, Any]]:
    """Return the processes in the order of the year, with counts and seconds summed over the run."""
    import json

    total: dict[str, dict[str, Any]] = {}
    for row in results.schedule.to_dict("records"):
        found = total.setdefault(row["process"], {
            "process": row["process"], "mechanism": row["mechanism"], "counters": {}, "seconds": 0.0,
        })
        found["seconds"] += row["seconds"]
        for name, count in json.loads(row["counters"]).items():
            found["counters"][name] = found["counters"].get(name, 0) + count
    return list(total.values())


def _print_summary(results: Results, folder: Path, figure: Path) -> None:
    from coopsim.analysis.summary import summary

    screen = console()
    screen.print(summary(results))
    screen.print()
    screen.print(f"Results: {folder}{'/' if folder.name else ''}   Figure: {figure}", soft_wrap=True)


def _print_profile(results: Results) -> None:
    from coopsim.app.terminal import make_table

    found = profile_rows(results)
    rows: list[tuple[object, ...]] = [
        (number, row["process"], row["mechanism"], f"{row['seconds']:.3f}",
         ", ".join(f"{name} {count:,.6g}" for name, count in row["counters"].items()))
        for number, row in enumerate(found, 1)
    ]
    rows.append(("", "all processes", "", f"{sum(row['seconds'] for row in found):.3f}", ""))
    columns = ("", "process", "mechanism", "seconds", "counts over the run")
    console().print(make_table(columns, rows, right=("", "seconds")))


def _say_interrupted(results: Results, config: Config, folder: Path) -> None:
    done = results.manifest["last_year"] - config.start_year
    again = " To continue, run the same command again: it starts afresh, and these years come out the same."
    say(f"Interrupted: {done} of {config.years} years are finished and saved in {folder}."
        f"{again if done < config.years else ''}")

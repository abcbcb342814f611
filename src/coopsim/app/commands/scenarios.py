"""`coopsim scenarios`: list, show, check, and what a scenario file may say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, heading, make_table, print_json, say
from coopsim.errors import CoopsimError

if TYPE_CHECKING:
    from coopsim.config import Config, Scenario, Setting

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")


@click.group(invoke_without_command=True, epilog="""\b
Examples:
  coopsim scenarios list
  coopsim scenarios show baseline
""")
@click.pass_context
@debug_option
def scenarios(ctx: click.Context) -> None:
    """List, show and check scenarios; say what a file may contain."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=False)


@scenarios.command("list", epilog="""\b
Example:
  coopsim scenarios list
""")
@json_option
@debug_option
def list_(as_json: bool) -> None:
    """List the bundled scenarios."""
    from coopsim.config import headings
    from coopsim.config.files import theory_headings

    found, theories = headings(), theory_headings()
    if as_json:
        print_json({"scenarios": found, "theories": theories})
        return
    found += theories
    rows = [(row["name"], row["level"], row["title"], row["question"]) for row in found]
    console().print(make_table(("name", "level", "title", "question"), rows))


@scenarios.command(epilog="""\b
Example:
  coopsim scenarios show baseline
""")
@click.argument("name")
@json_option
@debug_option
def show(name: str, as_json: bool) -> None:
    """Show what a scenario asks, and what it changes.

    NAME is a bundled scenario or a scenario file.
    """
    from coopsim.config import load_config, load_scenario, settings
    from coopsim.config.files import split_arm
    from coopsim.config.load import WORDS

    config, changes, scenario = load_config(name), settings(name), load_scenario(split_arm(name)[0])
    words = {key: getattr(config, key) for key in WORDS}
    if as_json:
        print_json({**words, **_lesson(scenario), **_differences(config, changes)})
        return
    screen = console()
    screen.print(heading(config.title or config.name))
    for key in ("level", "question", "background", "changes"):
        if said := getattr(scenario, key):
            screen.print(f"\n{key.capitalize()}: {said}")
    _print_options(screen, scenario)
    for key, said in (("Notice", scenario.notice), ("Plots", ", ".join(scenario.plots)),
                      ("Expectation", scenario.expectation), ("What could flip it", scenario.mind_changer)):
        if said:
            screen.print(f"\n{key}: {said}")
    screen.print()
    _print_settings(screen, config, changes)


@scenarios.command(short_help="Check scenario files, or test what they expect.", epilog="""\b
Examples:
  coopsim scenarios check my-scenario.toml
  coopsim scenarios check baseline
  coopsim scenarios check --expectations classroom --replications 4
""")
@click.argument("files", metavar="[FILE...]", nargs=-1)
@click.option("--expectations", is_flag=True,
              help="Run the scenarios, all bundled ones if none is named, and say which expectations hold.")
@click.option("--replications", type=click.IntRange(min=2), metavar="N",
              help="With --expectations: number of seeds.  [default: as the scenario says, or 20]")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, metavar="S",
              help="With --expectations: the first seed.")
@click.option("--years", type=click.IntRange(min=1), metavar="N",
              help="With --expectations: a shorter run, for a quick look; what is asked of later years is read in the "
                   "last.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N",
              help="With --expectations: processes; no result depends on it.  [default: all processors]")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
              help="With --expectations: folder for the table as CSV and JSON, and for finished runs, which are not "
                   "repeated then.")
@json_option
@debug_option
@click.pass_context
def check(
    ctx: click.Context, files: tuple[str, ...], expectations: bool, replications: int | None, seed: int,
    years: int | None, workers: int | None, out: Path | None, as_json: bool,
) -> None:
    """Check scenario files; with --expectations, run them and test what they expect.

    Without --expectations nothing is run: prints what each file changes and where each value comes from, and checks
    that the states, regions and organisations it names exist in its world. The exit code is 2 if any file is wrong.

    With --expectations every arm runs on the same seeds as what it is compared with. An expectation holds, or fails,
    if the whole 95 % interval of what was found lies inside, or outside, the expected range; otherwise it is undecided.
    """
    if expectations:
        from coopsim.app.expectations import check_expectations

        check_expectations(ctx, files, replications=replications, seed=seed, years=years, workers=workers, out=out,
                           as_json=as_json)
        return
    if not files:
        raise click.UsageError("Name at least one scenario file, or give --expectations.")
    found, wrong = {}, 0
    for file in files:
        try:
            config, changes = _checked(file)
        except CoopsimError as error:
            wrong += 1
            found[file] = {"valid": False, "error": str(error)}
            if not as_json:
                say(f"Error: {error}")
        else:
            found[file] = {"valid": True, **_differences(config, changes)}
            if not as_json:
                screen = console()
                screen.print(heading(f"{file}: valid"))
                _print_settings(screen, config, changes)
    if as_json:
        print_json({"files": found})
    if wrong:
        ctx.exit(2)


@scenarios.command("schema", short_help="Say what a scenario file may contain.", epilog="""\b
Examples:
  coopsim scenarios schema
  coopsim scenarios schema --json
""")
@json_option
@debug_option
def schema_(as_json: bool) -> None:
    """Say what a scenario file may contain: keys, parameters, kinds of intervention, arms and checks."""
    from coopsim.app.schema import print_schema
    from coopsim.config import schema
    from coopsim.experiment import measures, selections

    among = {word: meaning for word, (meaning, _) in (selections.PAIRS | selections.STATES).items()}
    found = {**schema(), "measure": dict(measures.ENTRIES), "among": among}
    if as_json:
        print_json(found)
    else:
        print_schema(console(), found)


def _checked(file: str) -> tuple[Config, list[Setting]]:
    from coopsim.config import load_config, settings
    from coopsim.errors import ConfigError

    config = load_config(file)
    try:
        config.check_names()
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from None
    return config, settings(file)


def _lesson(scenario: Scenario) -> dict[str, Any]:
    keys = ("level", "changes", "predict", "plots", "mind_changer", "sources", "replications")
    checks = [
        {"claim": check.claim, "contrast": check.contrast, "expected": check.expected, "measure": check.measure}
        for check in scenario.checks
    ]
    arms = [{"name": arm.name, "title": arm.title} for arm in scenario.arms if arm.name]
    return {**{key: getattr(scenario, key) for key in keys}, "arms": arms, "checks": checks}


def _print_options(screen: Any, scenario: Scenario) -> None:
    """Print the box "predict before you run", and the arms."""
    if scenario.predict:
        screen.print("\nPredict before you run:")
        for letter, option in zip("abc", scenario.predict, strict=True):
            screen.print(f"  {letter}  {option}")
    if scenario.arms[0].name:
        screen.print("\nArms, the first is what a run simulates:")
        for arm in scenario.arms:
            screen.print(f"  {arm.name}  {arm.title}")


def _differences(config: Config, changes: list[Setting]) -> dict[str, Any]:
    interventions = [change.to_mapping() for change in config.interventions]
    return {"differences": [change._asdict() for change in changes], "interventions": interventions}


def _print_settings(screen: Any, config: Config, changes: list[Setting]) -> None:
    from coopsim.param import shown

    if changes:
        rows = [
            (key, shown(value), "none" if default is None else shown(default), origin)
            for key, value, default, origin in changes
        ]
        screen.print(make_table(("setting", "value", "default", "origin"), rows))
    else:
        screen.print("No setting differs from the defaults.")
    if config.interventions:
        screen.print()
        lines = [(change.year, change.kind, _who(change), change.describe()) for change in config.interventions]
        screen.print(make_table(("year", "intervention", "who", "what"), lines))


def _who(change: Any) -> str:
    who = getattr(change, "who", "")
    return who if isinstance(who, str) else ", ".join(who)

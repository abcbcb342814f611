"""`coopsim scenarios`: list, show, check, and what a scenario file may say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, heading, make_table, print_json, say
from coopsim.errors import CoopsimError

if TYPE_CHECKING:
    from coopsim.config import Config, Setting

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

    found = headings()
    if as_json:
        print_json({"scenarios": found})
        return
    rows = [(row["name"], row["title"], row["question"]) for row in found]
    console().print(make_table(("name", "title", "question"), rows))


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
    from coopsim.config import load_config, settings
    from coopsim.config.load import WORDS

    config, changes = load_config(name), settings(name)
    words = {key: getattr(config, key) for key in WORDS}
    if as_json:
        print_json({**words, **_differences(config, changes)})
        return
    screen = console()
    screen.print(heading(config.title or config.name))
    for key in ("question", "background", "notice", "expectation"):
        if words[key]:
            screen.print(f"\n{key.capitalize()}: {' '.join(words[key].split())}")
    screen.print()
    _print_settings(screen, config, changes)


@scenarios.command(epilog="""\b
Examples:
  coopsim scenarios check my-scenario.toml
  coopsim scenarios check baseline
""")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@json_option
@debug_option
@click.pass_context
def check(ctx: click.Context, files: tuple[str, ...], as_json: bool) -> None:
    """Check scenario files without running them.

    Also checks that the states, regions and organisations they name exist in their world. Prints what each file
    changes and where each value comes from. The exit code is 2 if any file is wrong.
    """
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


@scenarios.command("schema", epilog="""\b
Examples:
  coopsim scenarios schema
  coopsim scenarios schema --json
""")
@json_option
@debug_option
def schema_(as_json: bool) -> None:
    """Say what a scenario file may contain: keys, parameters, kinds of intervention."""
    from coopsim.app.schema import print_schema
    from coopsim.config import schema

    if as_json:
        print_json(schema())
    else:
        print_schema(console(), schema())


def _checked(file: str) -> tuple[Config, list[Setting]]:
    from coopsim.config import load_config, settings
    from coopsim.errors import ConfigError

    config = load_config(file)
    try:
        config.check_names()
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from None
    return config, settings(file)


def _differences(config: Config, changes: list[Setting]) -> dict[str, Any]:
    interventions = [change.to_mapping() for change in config.interventions]
    return {"differences": [change._asdict() for change in changes], "interventions": interventions}


def _print_settings(screen: Any, config: Config, changes: list[Setting]) -> None:
    from coopsim.param import shown

    if changes:
        rows = [(key, shown(value), shown(default), origin) for key, value, default, origin in changes]
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

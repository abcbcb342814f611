"""The schema of scenario files on a screen."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.padding import Padding

from coopsim.app.terminal import heading, make_table
from coopsim.param import shown


def print_schema(screen: Console, schema: dict[str, Any]) -> None:
    """Print every key, group of parameters and kind of intervention."""
    _section(screen, "A scenario file is TOML with these keys; all of them may be left out")
    _rows(screen, ("key", "meaning"), schema["keys"].items())
    _section(screen, "[horizon]")
    _rows(screen, ("key", "default", "allowed", "meaning"), [
        (key, spec["default"], spec["allowed"], spec["meaning"]) for key, spec in schema["horizon"].items()
    ])
    _section(screen, "[world]")
    _rows(screen, ("key", "default", "allowed", "meaning"), list(_world(schema["world"])))
    _section(screen, "preset, and [mechanisms]: NAME = true or false")
    _rows(screen, ("mechanism", "what it is", "in presets"), [
        (name, title, ", ".join(p for p, names in schema["presets"].items() if name in names))
        for name, title in schema["mechanisms"].items()
    ])
    _section(screen, "[parameters.GROUP]  (details: coopsim parameters --group GROUP)")
    _rows(screen, ("group", "parameters (symbols)"), [
        (group, ", ".join(_named(row) for row in schema["parameters"] if row["group"] == group))
        for group in schema["groups"]
    ])
    _section(screen, "[[arms]]")
    _rows(screen, ("entry", "meaning"), schema["arms"].items())
    _section(screen, "[[checks]]")
    _rows(screen, ("entry", "meaning"), schema["checks"].items())
    _section(screen, "measure = { ... } of a check")
    _rows(screen, ("entry", "meaning"), schema["measure"].items())
    _section(screen, "among: what states or pairs were in the starting world")
    _rows(screen, ("word", "meaning"), schema["among"].items())
    _section(screen, "[[interventions]]  with year, kind and the entries of the kind")
    _print_kinds(screen, schema["interventions"])


def _print_kinds(screen: Console, kinds: dict[str, Any]) -> None:
    for kind, found in kinds.items():
        screen.print(Padding(heading(f'kind = "{kind}"'), (0, 0, 0, 2), expand=False))
        screen.print(Padding(found["meaning"], (0, 0, 0, 4), expand=False))
        rows = [
            (key, "required" if entry["required"] else _default(entry["default"]), entry["allowed"],
             entry["meaning"])
            for key, entry in found["entries"].items()
            if key != "year"
        ]
        screen.print(Padding(make_table(("entry", "default", "allowed", "meaning"), rows), (0, 0, 0, 4), expand=False))
        screen.print()
    screen.print(Padding('who, in, with: a code such as "FRA", a region, a subregion, an organisation, "north", '
                         '"south", "all", or a list of them', (0, 0, 0, 2), expand=False))


def _section(screen: Console, title: str) -> None:
    screen.print()
    screen.print(heading(title))


def _rows(screen: Console, columns: tuple[str, ...], rows: Any) -> None:
    screen.print(Padding(make_table(columns, rows), (0, 0, 0, 2), expand=False))


def _world(world: dict[str, Any]) -> Any:
    yield "states", shown(world["states"]["default"]), "all, or a list of codes", world["states"]["meaning"]
    yield "organisations", world["organisations"]["default"], _whole(world["organisations"]), \
        world["organisations"]["meaning"]
    yield "history", shown(world["history"]["default"]), "true or false", world["history"]["meaning"]
    yield "data", "none", "path of a folder", world["data"]["meaning"]
    yield "synthetic", "", "a table", world["synthetic"]["meaning"]
    for key, entry in world["synthetic"]["entries"].items():
        yield f"  {key}", entry["default"], _whole(entry), entry["meaning"]


def _whole(entry: dict[str, Any]) -> str:
    low, high = entry["bounds"]
    return f"a whole number in [{low}, {high}]"


def _named(row: dict[str, Any]) -> str:
    name = row["name"].partition(".")[2]
    return f"{name} ({row['symbol']})" if row["symbol"] else name


def _default(value: Any) -> str:
    return "none" if value is None else shown(value)

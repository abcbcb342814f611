"""Where the settings of a scenario come from: its file, its preset, or the defaults."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from coopsim.config.config import Config, resolve_parameter
from coopsim.config.files import find_scenario, split_arm
from coopsim.config.load import load_config


class Setting(NamedTuple):
    """One setting that a file makes, or that differs from the default."""

    key: str
    value: Any
    default: Any
    origin: str


def settings(name: str | Path) -> list[Setting]:
    """Return what a scenario sets, with the default and the origin of each value.

    Parameters
    ----------
    name : str or Path
        A bundled scenario, or a scenario file.

    Raises
    ------
    ConfigError
        If the scenario is not valid.
    """
    config, base = load_config(name), Config()
    file, arm = split_arm(name)
    tables = tomllib.loads(find_scenario(file).read_text(encoding="utf-8-sig"))
    given = [*_given(tables), *_given_by_arm(tables, arm)]
    keys = dict.fromkeys([*given, *config.differences()])
    found = [Setting("preset", config.preset, base.preset, "file")] if "preset" in tables else []
    for key in keys:
        value, default = config.value(key), base.value(key)
        preset = f"preset {config.preset}"
        origin = preset if key not in given else "file" if value != default else "file, same as default"
        found.append(Setting(key, value, default, origin))
    return found


def _given(tables: dict[str, Any]) -> list[str]:
    """Return the dotted keys that a valid scenario file sets."""
    of = ("horizon", "world", "mechanisms")
    plain = [f"{table}.{key}" for table in of for key in tables.get(table, {})]
    parameters = [
        ".".join(resolve_parameter(f"{group}.{key}")[:2])
        for group, values in tables.get("parameters", {}).items()
        for key in values
    ]
    return [*plain, *parameters]


def _given_by_arm(tables: dict[str, Any], arm: str | None) -> list[str]:
    """Return the dotted keys that an arm of a valid scenario file sets; those of the first if none is named."""
    arms = tables.get("arms", [])
    values: dict[str, Any] = next((table.get("values", {}) for table in arms if arm in (None, table["name"])), {})
    dotted = ("horizon.", "world.", "mechanisms.")
    return [key if key.startswith(dotted) else ".".join(resolve_parameter(key)[:2]) for key in values
            if key != "preset"]

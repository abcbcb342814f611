"""From a scenario file to a `Config`, or one precise error."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from coopsim.config.config import GROUPS, HORIZON, Config, preset, resolve_parameter, world_spec
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS, Intervention
from coopsim.mechanisms import MECHANISMS
from coopsim.param import nearest

WORDS = ("name", "title", "question", "background", "notice", "expectation")
TABLES = ("horizon", "world", "parameters", "mechanisms", "interventions")
LARGEST_FILE = 1_000_000  # bytes: a scenario is a page of text


def scenario_folder() -> Path:
    """Return the folder of bundled scenarios: inside an installed package, or beside the source."""
    inside = Path(str(files("coopsim"))) / "scenarios"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "scenarios"


def scenario_files() -> dict[str, Path]:
    """Return the bundled scenarios by name."""
    return {path.stem: path for path in sorted(scenario_folder().glob("*.toml"))}


def find_scenario(name: str | Path) -> Path:
    """Return the file of a bundled scenario name or of a path.

    Raises
    ------
    ConfigError
        If there is neither such a file nor such a scenario.
    """
    path = Path(name)
    if path.suffix == ".toml":
        if path.is_file():
            return path
        raise ConfigError(f"there is no scenario file '{name}'")
    bundled = scenario_files()
    if str(name) not in bundled:
        raise ConfigError(f"there is no scenario '{name}'{nearest(str(name), list(bundled))}")
    return bundled[str(name)]


def load_config(name: str | Path) -> Config:
    """Read a bundled scenario by name, or a scenario file by path.

    Raises
    ------
    ConfigError
        If the file is missing, no valid TOML, or says something that is not allowed; the message names the file,
        the key, the value, what is allowed and the nearest valid key.
    """
    path = find_scenario(name)
    if path.stat().st_size > LARGEST_FILE:
        raise ConfigError(f"{path.name}: a scenario file has at most {LARGEST_FILE:,} bytes")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name}: is not UTF-8 text ({error.reason} at byte {error.start})") from None
    return parse_config(text, where=path.name, default_name=path.stem)


def parse_config(text: str, *, where: str = "scenario", default_name: str = "scenario") -> Config:
    """Read a scenario from TOML text; `where` names it in error messages."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: is no valid TOML: {error}") from None
    return config_from(tables, where=where, default_name=default_name)


def config_from(tables: Mapping[str, Any], *, where: str = "scenario", default_name: str = "scenario") -> Config:
    """Build a `Config` from the tables of a scenario file."""
    known = (*WORDS, "preset", *TABLES)
    for key in tables:
        if key not in known:
            raise ConfigError(f"{where}: unknown key '{key}'{nearest(key, known)}")
    words = {key: _word(tables, key, where) for key in WORDS if key in tables}
    chosen = tables.get("preset", "full")
    try:
        switches = {name: name in preset(chosen) for name in MECHANISMS}
        horizon = _horizon(_table(tables, "horizon", where))
        config = Config(
            **{"name": default_name, **words},
            **horizon,
            world=world_spec(_table(tables, "world", where), ""),
            preset=chosen,
            parameters=_parameters(_table(tables, "parameters", where)),
            mechanisms=switches | _switches(_table(tables, "mechanisms", where)),
            interventions=_interventions(tables.get("interventions", [])),
        )
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    return config


def _word(tables: Mapping[str, Any], key: str, where: str) -> str:
    if not isinstance(tables[key], str):
        raise ConfigError(f"{where}: {key} = {tables[key]!r} must be text")
    return str(tables[key]).strip()


def _table(tables: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    table = tables.get(key, {})
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where}: [{key}] must be a table, not {table!r}")
    return table


def _horizon(table: Mapping[str, Any]) -> dict[str, Any]:
    for key in table:
        if key not in HORIZON:
            raise ConfigError(f"unknown key 'horizon.{key}'{nearest(key, list(HORIZON))}")
    return {key: HORIZON[key].check(f"horizon.{key}", value) for key, value in table.items()}


def _parameters(table: Mapping[str, Any]) -> dict[str, Any]:
    groups = {name: kind() for name, kind in GROUPS.items()}
    for group, values in table.items():
        if group not in GROUPS:
            raise ConfigError(f"unknown group of parameters 'parameters.{group}'{nearest(group, list(GROUPS))}")
        if not isinstance(values, Mapping):
            raise ConfigError(f"[parameters.{group}] must be a table, not {values!r}")
        named = {resolve_parameter(f"{group}.{key}")[1]: value for key, value in values.items()}
        groups[group] = GROUPS[group].from_mapping(named)
    return groups


def _switches(table: Mapping[str, Any]) -> dict[str, bool]:
    for name, on in table.items():
        if name not in MECHANISMS:
            raise ConfigError(f"unknown mechanism 'mechanisms.{name}'{nearest(name, list(MECHANISMS))}")
        if not isinstance(on, bool):
            raise ConfigError(f"mechanisms.{name} = {on!r} must be true or false")
    return dict(table)


def _interventions(entries: Any) -> tuple[Intervention, ...]:
    if not isinstance(entries, list):
        raise ConfigError("interventions must be a list of tables, each headed [[interventions]]")
    found = []
    for number, values in enumerate(entries):
        where = f"interventions[{number}]"
        if not isinstance(values, Mapping):
            raise ConfigError(f"{where} must be a table, not {values!r}")
        kind = values.get("kind")
        if kind not in KINDS:
            hint = nearest(kind, list(KINDS)) if isinstance(kind, str) else f"; known: {', '.join(sorted(KINDS))}"
            raise ConfigError(f"{where}.kind = {kind!r} is not known{hint}")
        found.append(KINDS[kind].from_mapping(values, where))
    return tuple(found)

"""From a scenario file to a `Config`, or one precise error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coopsim.config.arms import Arm, arms_of, chosen
from coopsim.config.config import GROUPS, HORIZON, Config, preset, resolve_parameter, switch
from coopsim.config.files import find_scenario, split_arm
from coopsim.config.world import world_spec
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS, Intervention
from coopsim.mechanisms import MECHANISMS
from coopsim.param import nearest, shown

# The keys of a scenario file and their meaning.
WORDS = {
    "name": "short name, also of the folder of results; the file's name if not given",
    "title": "one line for people",
    "question": "what the scenario asks",
    "background": "what a reader should know first",
    "notice": "what to look at while it runs",
    "expectation": "what should happen: falsifiable, with indicator and direction",
}
# Keys for teaching and testing, which `coopsim.config.scenario` reads; they do not change results.
LESSON = {
    "level": "for whom: first class, seminar or research",
    "changes": "in plain words: what the scenario changes",
    "predict": "three options for 'predict before you run'",
    "plots": "two indicators to look at",
    "mind_changer": "which setting could flip the result",
    "sources": "list of where the idea or the values come from",
    "replications": "number of seeds on which to check the expectation; 20 if not given",
}
TABLES = {
    "horizon": "when the run starts and how long it lasts",
    "world": "which states there are",
    "parameters": "values that differ from the defaults, one table for each group: [parameters.trust]",
    "mechanisms": "true or false for each mechanism: exceptions from the preset",
    "interventions": "list of dated changes from outside, each headed [[interventions]]",
    "groups": 'names for lists of states, for interventions and checks: west = ["FRA", "USA"]',
    "arms": "variants of the scenario, each headed [[arms]]; the first is what a run simulates",
    "checks": "the expectation for a machine, each part headed [[checks]]",
}
# Entries of interventions and measures that name states.
STATES_STAND_HERE = ("who", "with", "in", "from", "against", "to", "pioneers")
LARGEST_FILE = 1_000_000  # bytes: a scenario is a page of text


def load_config(name: str | Path, arm: str | None = None) -> Config:
    """Read a bundled scenario by name, or a scenario file by path.

    Parameters
    ----------
    name : str or Path
        "film_quota_dispute", "film_quota_dispute:talks" for one of its arms, or a path ending in .toml.
    arm : str, optional
        The arm, instead; the first if neither is given.

    Raises
    ------
    ConfigError
        If the file is missing, no valid TOML, or says something that is not allowed; the message names the
        file, the key, the value, what is allowed and the nearest valid key.
    """
    file, in_name = split_arm(name)
    _, where, _, arms = read_scenario(file)
    try:
        return chosen(arms, arm or in_name).config
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None


def read_scenario(name: str | Path) -> tuple[Path, str, dict[str, Any], tuple[Arm, ...]]:
    """Return the path of a scenario, its name for messages, its tables as they stand in the file, and its arms."""
    path = find_scenario(name)
    where = str(name) if Path(name).suffix == ".toml" else path.name
    tables = _tables(_text(path, where), where)
    return path, where, tables, _arms(tables, where, path.stem)


def _text(path: Path, where: str) -> str:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise _too_large(where, size, LARGEST_FILE)
    try:
        return decoded(path.read_bytes(), where)
    except OSError as error:
        raise ConfigError(f"{where}: cannot be read: {error.strerror}") from None


def decoded(data: bytes, where: str, largest: int = LARGEST_FILE) -> str:
    """Return the text of a scenario file.

    Raises
    ------
    ConfigError
        If it has more than `largest` bytes, or is not UTF-8.
    """
    if len(data) > largest:
        raise _too_large(where, len(data), largest)
    try:
        text = data.decode("utf-8-sig")  # Windows editors write a byte order mark
    except UnicodeDecodeError as error:
        place = f"{error.reason} at byte {error.start}"
        raise ConfigError(f"{where}: is not UTF-8 text ({place}); save it as UTF-8") from None
    return text.replace("\r\n", "\n")


def _too_large(where: str, size: int, largest: int) -> ConfigError:
    return ConfigError(f"{where}: is too large: {size:,} bytes, of {largest:,} allowed")


def parse_config(text: str, *, where: str = "scenario", default_name: str = "scenario") -> Config:
    """Read a scenario from TOML text; `where` names it in error messages."""
    return config_from(_tables(text, where), where=where, default_name=default_name)


def _tables(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: is not valid TOML: {error}{_line(text, str(error))}") from None
    except ValueError:  # Python refuses such integers
        raise ConfigError(f"{where}: is not valid TOML: a number has thousands of digits") from None
    except RecursionError:
        raise ConfigError(f"{where}: is not valid TOML: brackets are nested too deeply") from None


def config_from(
    tables: Mapping[str, Any], *, where: str = "scenario", default_name: str = "scenario"
) -> Config:
    """Build a `Config` from the tables of a scenario file: its first arm, if it has several."""
    return _arms(tables, where, default_name)[0].config


def _arms(tables: Mapping[str, Any], where: str, default_name: str) -> tuple[Arm, ...]:
    known = (*WORDS, *LESSON, "preset", *TABLES)
    for key in tables:
        if key not in known:
            raise ConfigError(f"{where}: unknown key '{key}'{_belongs(key) or nearest(key, known)}")
    words: dict[str, Any] = {key: _word(tables, key, where) for key in WORDS if key in tables}
    for key in ("level", "changes", "mind_changer"):
        if key in tables:
            _word(tables, key, where)
    chosen_preset = tables.get("preset", "full")
    try:
        groups = groups_of(tables)
        switches = {name: name in preset(chosen_preset) for name in MECHANISMS}
        horizon = _horizon(_table(tables, "horizon"))
        common = Config(
            **{"name": default_name, **words},
            **horizon,
            world=world_spec(_table(tables, "world")),
            preset=chosen_preset,
            parameters=_parameters(_table(tables, "parameters")),
            mechanisms=switches | _switches(_table(tables, "mechanisms")),
            interventions=_interventions(ungrouped(tables.get("interventions", []), groups)),
        )
        return arms_of(common, ungrouped(tables.get("arms", []), groups))
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None


def _belongs(key: str) -> str:
    """Return a hint for a key that exists, but inside a table."""
    if key in HORIZON:
        return f"; did you mean 'horizon.{key}'?"
    return f"; did you mean [parameters.{key}] or mechanisms.{key}?" if key in GROUPS else ""


def _word(tables: Mapping[str, Any], key: str, where: str) -> str:
    if not isinstance(tables[key], str):
        raise ConfigError(f"{where}: {key} = {shown(tables[key])} is not allowed: must be text in quotes")
    return str(tables[key]).strip()


def _line(text: str, message: str) -> str:
    """Return the line that a message of `tomllib` points to, to be read beside the message."""
    found = re.search(r"at line (\d+)", message)
    return f": {text.splitlines()[int(found[1]) - 1].strip()}" if found else ""


def _table(tables: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = tables.get(key, {})
    if not isinstance(table, Mapping):
        raise ConfigError(f"{key} = {shown(table)} is not allowed: must be a table, headed [{key}]")
    return table


def _horizon(table: Mapping[str, Any]) -> dict[str, Any]:
    known = [f"horizon.{key}" for key in HORIZON]
    for key in table:
        if key not in HORIZON:
            raise ConfigError(f"unknown key 'horizon.{key}'{nearest(f'horizon.{key}', known)}")
    return {key: HORIZON[key].check(f"horizon.{key}", value) for key, value in table.items()}


def _parameters(table: Mapping[str, Any]) -> dict[str, Any]:
    groups = {name: kind() for name, kind in GROUPS.items()}
    for group, values in table.items():
        if group not in GROUPS:
            hint = nearest(group, list(GROUPS))
            raise ConfigError(f"unknown group of parameters 'parameters.{group}'{hint}")
        if not isinstance(values, Mapping):
            raise ConfigError(f"parameters.{group} = {shown(values)} is not allowed: must be a table, headed "
                              f"[parameters.{group}]")
        groups[group] = GROUPS[group].from_mapping(_by_name(group, values))
    return groups


def _by_name(group: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with symbols replaced by names."""
    named: dict[str, Any] = {}
    for key, value in values.items():
        name = resolve_parameter(f"{group}.{key}")[1]
        if name in named:
            raise ConfigError(f"{group}.{name} is given twice: by its name and by its symbol")
        named[name] = value
    return named


def _switches(table: Mapping[str, Any]) -> dict[str, bool]:
    return {name: switch(name, on) for name, on in table.items()}


def _interventions(entries: Any) -> tuple[Intervention, ...]:
    if not isinstance(entries, list):
        raise ConfigError(f"interventions = {shown(entries)} is not allowed: must be a list of tables, each "
                          "headed [[interventions]]")
    found = []
    for number, values in enumerate(entries, 1):
        where = f"intervention {number}"
        if not isinstance(values, Mapping):
            raise ConfigError(f"{where} = {shown(values)} is not allowed: must be a table, headed "
                              "[[interventions]]")
        kind = values.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            hint = nearest(kind if isinstance(kind, str) else "", list(KINDS))
            said = f"kind = {shown(kind)} is not known" if "kind" in values else "needs a 'kind'"
            raise ConfigError(f"{where}: {said}{hint}")
        found.append(KINDS[kind].from_mapping(values, where))
    return tuple(found)


def groups_of(tables: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the groups of states that a scenario file names."""
    groups = _table(tables, "groups")
    for name, codes in groups.items():
        if not (isinstance(codes, list) and codes and all(isinstance(code, str) for code in codes)):
            raise ConfigError(f"groups.{name} = {shown(codes)} is not allowed: must be a list of names of states")
    return dict(groups)


def ungrouped(found: Any, groups: Mapping[str, list[str]]) -> Any:
    """Return a table or list with the names of groups, wherever they stand for states, replaced by their members."""
    if isinstance(found, Mapping):
        return {key: _members(value, groups) if key in STATES_STAND_HERE else ungrouped(value, groups)
                for key, value in found.items()}
    return [ungrouped(item, groups) for item in found] if isinstance(found, list) else found


def _members(names: Any, groups: Mapping[str, list[str]]) -> Any:
    if isinstance(names, str):
        return list(groups[names]) if names in groups else names
    if not isinstance(names, list) or not any(isinstance(name, str) and name in groups for name in names):
        return names
    return [code for name in names for code in groups.get(name, [name])]

"""Arms of a scenario: variants in one file, which share everything that the file says at its top level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from coopsim.config.config import Config
from coopsim.errors import ConfigError
from coopsim.param import nearest, shown

BASELINE = "baseline"  # the name by which checks mean the world of today; no arm may take it
ENTRIES = {
    "name": "one word: coopsim run SCENARIO --arm NAME",
    "title": "one line for people",
    "values": 'settings by dotted key: values = { "channels.phi" = 0.3, "mechanisms.network" = false }',
    "interventions": "further interventions, each headed [[arms.interventions]]",
}


@dataclass(frozen=True, slots=True)
class Arm:
    """One variant of a scenario.

    Attributes
    ----------
    name, title : str
    config : Config
        All that the file says for every arm, and what this one adds.
    """

    name: str
    title: str
    config: Config


def arms_of(common: Config, entries: Any) -> tuple[Arm, ...]:
    """Return the arms of a scenario; one without a name for a file that lists none.

    The first arm is what a run of the scenario simulates; it keeps the scenario's name, the others are called
    "scenario:arm".

    Raises
    ------
    ConfigError
        If an arm has no name, a name twice, an unknown entry, or a value that is not allowed.
    """
    if not isinstance(entries, list):
        raise ConfigError(f"arms = {shown(entries)} is not allowed: must be a list of tables, each headed [[arms]]")
    if not entries:
        return (Arm("", "", common),)
    arms: list[Arm] = []
    for number, table in enumerate(entries, 1):
        if not isinstance(table, Mapping):
            raise ConfigError(f"arm {number} = {shown(table)} is not allowed: must be a table, headed [[arms]]")
        name = _name(table, number, [arm.name for arm in arms])
        try:
            arms.append(_arm(common, name, table, first=number == 1))
        except ConfigError as error:
            raise ConfigError(f"arm '{name}': {error}") from None
    return tuple(arms)


def chosen(arms: tuple[Arm, ...], name: str | None) -> Arm:
    """Return the arm of a name, the first if none is given.

    Raises
    ------
    ConfigError
        If there is none of that name.
    """
    if not name:
        return arms[0]
    for arm in arms:
        if arm.name == name:
            return arm
    known = [arm.name for arm in arms if arm.name]
    raise ConfigError(f"there is no arm '{name}'" + (nearest(name, known) if known else "; the scenario has no arms"))


def _name(table: Mapping[str, Any], number: int, taken: list[str]) -> str:
    name = table.get("name")
    if not isinstance(name, str) or not name.replace("_", "").isalnum():
        raise ConfigError(f"arm {number}: name = {shown(name)} is not allowed: must be one word of letters, digits "
                          'and "_"')
    if name == BASELINE or name in taken:
        raise ConfigError(f"arm {number}: the name '{name}' is taken"
                          f"{' by the world of today' if name == BASELINE else ''}")
    return name


def _arm(common: Config, name: str, table: Mapping[str, Any], *, first: bool) -> Arm:
    for key in table:
        if key not in ENTRIES:
            raise ConfigError(f"unknown entry '{key}'{nearest(key, list(ENTRIES))}")
    title, values, changes = table.get("title", ""), table.get("values", {}), table.get("interventions", [])
    if not isinstance(title, str):
        raise ConfigError(f"title = {shown(title)} is not allowed: must be text in quotes")
    if not isinstance(values, Mapping):
        raise ConfigError(f"values = {shown(values)} is not allowed: must be a table of settings by dotted key")
    if not isinstance(changes, list) or not all(isinstance(change, Mapping) for change in changes):
        raise ConfigError(f"interventions = {shown(changes)} is not allowed: must be a list of tables")
    config = common.with_values(values).with_interventions(*changes)
    return Arm(name, title.strip(), config if first else replace(config, name=f"{common.name}:{name}"))

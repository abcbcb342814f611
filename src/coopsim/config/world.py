"""The `[world]` table of a scenario: which states there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from coopsim.errors import ConfigError
from coopsim.param import nearest, shown
from coopsim.world.build import WorldSpec

MAX_STATES, MAX_ORGANISATIONS, MAX_LANGUAGES = 5000, 2_000_000, 500
KEYS = ("states", "synthetic", "organisations", "history", "data")
ABSENT = {"organisations": 0, "history": False}  # what an entry means that a world of real states does without
# Entries of a synthetic world: lowest, highest, default, meaning.
SYNTHETIC = {
    "states": (1, MAX_STATES, 40, "number of states"),
    "organisations": (0, MAX_ORGANISATIONS, 0, "about how many organisations; 0: as many as sizes suggest"),
    "languages": (1, MAX_LANGUAGES, 6, "number of languages"),
}


def world_mapping(spec: WorldSpec) -> dict[str, Any]:
    """Return a `WorldSpec` as in a scenario file."""
    if spec.synthetic:
        counts = {"states": spec.synthetic, "organisations": spec.organisations, "languages": spec.languages}
        return {"synthetic": counts}
    table: dict[str, Any] = {"states": "all" if spec.codes is None else list(spec.codes)}
    table |= {"organisations": spec.organisations} if spec.organisations else {}
    table |= {"history": True} if spec.history else {}
    return table | ({"data": spec.data} if spec.data else {})


def world_spec(table: Mapping[str, Any]) -> WorldSpec:
    """Read the `[world]` table of a scenario.

    Raises
    ------
    ConfigError
        If an entry is unknown, of the wrong type or out of range.
    """
    known = [f"world.{key}" for key in KEYS]
    for key in table:
        if key not in KEYS:
            raise ConfigError(f"unknown key 'world.{key}'{nearest(f'world.{key}', known)}")
    organisations = _count(table, "organisations", "world")
    dated = _dated(table)
    if "synthetic" in table:
        return _synthetic(table)
    states = table.get("states", "all")
    if states == "all":
        return WorldSpec(organisations=organisations, **dated)
    if not (isinstance(states, list | tuple) and states and all(isinstance(code, str) for code in states)):
        raise ConfigError(f'world.states = {shown(states)} is not allowed: must be "all" or a list of '
                          'ISO 3166-1 alpha-3 codes, such as ["FRA", "DEU"]')
    twice = [code for code, count in Counter(states).items() if count > 1]
    if twice:
        raise ConfigError(f"world.states names '{twice[0]}' twice")
    return WorldSpec(codes=tuple(sorted(states)), organisations=organisations, **dated)


def _dated(table: Mapping[str, Any]) -> dict[str, Any]:
    """Read the entries that make a world of the past."""
    history, data = table.get("history", False), table.get("data", "")
    if not isinstance(history, bool):
        raise ConfigError(f"world.history = {shown(history)} is not allowed: must be true or false")
    if not isinstance(data, str):
        raise ConfigError(f"world.data = {shown(data)} is not allowed: must be the path of a folder")
    if data and not history:
        raise ConfigError("world.data: a folder of dated tables needs history = true")
    if history and "synthetic" in table:
        raise ConfigError("world.history: a synthetic world has no history; leave out 'synthetic'")
    return {"history": history, "data": data}


def changed_world(spec: WorldSpec, name: str, value: Any) -> WorldSpec:
    """Return a world with one key changed; naming states replaces a synthetic world, and vice versa."""
    table = world_mapping(spec)
    table.pop({"states": "synthetic", "synthetic": "states"}.get(name, ""), None)
    if name == "organisations" and "synthetic" in table:
        return world_spec({"synthetic": {**table["synthetic"], name: value}})
    return world_spec({**table, name: value})


def _synthetic(table: Mapping[str, Any]) -> WorldSpec:
    synthetic = table["synthetic"]
    if not isinstance(synthetic, Mapping):
        raise ConfigError(f"world.synthetic = {shown(synthetic)} is not allowed: must be a table such as "
                          "{states = 40}")
    for key in synthetic:
        if key not in SYNTHETIC:
            raise ConfigError(f"unknown key 'world.synthetic.{key}'{nearest(key, tuple(SYNTHETIC))}")
    if "states" in table:
        raise ConfigError("world: give either 'states' (real ones) or 'synthetic', not both")
    if "organisations" in table:
        raise ConfigError("world: a synthetic world has its 'organisations' inside: "
                          "synthetic = {states = 40, organisations = 900}")
    return WorldSpec(
        synthetic=_count(synthetic, "states", "world.synthetic"),
        organisations=_count(synthetic, "organisations", "world.synthetic"),
        languages=_count(synthetic, "languages", "world.synthetic"),
    )


def _count(table: Mapping[str, Any], key: str, where: str) -> int:
    low, high, default, meaning = SYNTHETIC[key]
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigError(f"{where}.{key} = {shown(value)} is not allowed: must be a whole number in "
                          f"[{low}, {high}] ({meaning})")
    return value

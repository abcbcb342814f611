"""What a dotted key of a sweep stands for, and how its value is put into a configuration.

Beside all keys of `Config.with_values` a sweep knows "scenario", the entries of dated interventions
("interventions.0.year", counted from 0 in the order of the scenario) and the sizes of an invented world
("world.synthetic.states").
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from coopsim.config import HORIZON, Config, resolve_parameter
from coopsim.config.config import preset, switch
from coopsim.config.world import SYNTHETIC, world_mapping
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS, Intervention
from coopsim.interventions.kinds import SetParameter
from coopsim.mechanisms import PRESETS
from coopsim.param import Spec, nearest, shown

Kind = Literal["number", "integer", "boolean", "word"]
SCENARIO, PRESET = "scenario", "preset"
DATED, INVENTED = "interventions.", "world.synthetic."


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a key may take.

    Attributes
    ----------
    key : str
        The full name; a symbol of MODEL.md is resolved.
    kind : {"number", "integer", "boolean", "word"}
    low, high : float
        Declared bounds of numbers; infinite if there are none.
    plausible : (float, float), optional
        The range that a parameter's declaration calls plausible.
    choices : tuple
        Everything a boolean or a word may be, as far as it is declared.
    base : object
        The value in the scenario itself.
    """

    key: str
    kind: Kind
    low: float = -math.inf
    high: float = math.inf
    plausible: tuple[float, float] | None = None
    choices: tuple[Any, ...] = ()
    base: Any = None


def domain_of(key: str, config: Config) -> Domain:
    """Return what a key stands for in a scenario.

    Raises
    ------
    ConfigError
        If there is no such key, or nothing that a sweep can vary; the message names the nearest.
    """
    group, _, name = key.partition(".")
    if key.startswith(DATED):
        return _entry_domain(key, config)
    if key.startswith(INVENTED) or key == "world.organisations":
        return _world_domain(key, config)
    if key == PRESET:
        return Domain(key, "word", choices=tuple(PRESETS), base=config.preset)
    if group == "mechanisms":
        switch(name, True)
        return Domain(key, "boolean", choices=(False, True), base=config.mechanisms[name])
    if group == "horizon":
        if name not in HORIZON:
            raise ConfigError(f"unknown key '{key}'{nearest(key, [f'horizon.{known}' for known in HORIZON])}")
        return _declared(key, HORIZON[name], getattr(config, name))
    if group in ("world", "interventions"):
        raise ConfigError(f"'{key}' cannot be varied; vary world.organisations, world.synthetic.states, an entry such "
                          "as interventions.0.year, or the scenario")
    found, field, spec = resolve_parameter(key)
    return _declared(f"{found}.{field}", spec, getattr(config.parameters[found], field))


def full_key(key: str, config: Config) -> str:
    """Return the full name of a key that `configured` takes; a symbol of MODEL.md is resolved."""
    return key if key in (PRESET, "world.states", "world.synthetic") else domain_of(key, config).key


def _declared(key: str, spec: Spec, base: Any) -> Domain:
    if spec.choices:
        return Domain(key, "word", choices=spec.choices, base=base)
    if isinstance(spec.default, bool):
        return Domain(key, "boolean", choices=(False, True), base=base)
    kind: Kind = "integer" if isinstance(spec.default, int) else "number"
    return Domain(key, kind, *spec.bounds, plausible=spec.plausible, base=base)


def _world_domain(key: str, config: Config) -> Domain:
    name = key.rpartition(".")[2]
    if name not in SYNTHETIC:
        raise ConfigError(f"unknown key '{key}'{nearest(key, [f'{INVENTED}{known}' for known in SYNTHETIC])}")
    if key.startswith(INVENTED) and not config.world.synthetic:
        raise ConfigError(f"'{key}' cannot be varied: the states of this scenario are real ones")
    low, high, default, _ = SYNTHETIC[name]
    table = world_mapping(config.world)
    return Domain(key, "integer", low, high, base=table.get("synthetic", table).get(name, default))


def _entry_domain(key: str, config: Config) -> Domain:
    number, entry = _place(key, config)
    change = config.interventions[number]
    declared, kind = type(change).entries()[entry][0], type(change).types()[entry].removesuffix(" | None")
    base = change.to_mapping().get(entry)
    if entry == "year":
        return Domain(key, "integer", config.start_year + 1, config.start_year + config.years, base=base)
    if isinstance(change, SetParameter) and entry == "value":
        return replace(domain_of(change.parameter, config), key=key, base=base)
    if kind in ("int", "float"):
        return Domain(key, "integer" if kind == "int" else "number", declared.low, declared.high, base=base)
    if kind == "bool":
        return Domain(key, "boolean", choices=(False, True), base=base)
    return Domain(key, "word", choices=declared.choices, base=base)


def _place(key: str, config: Config) -> tuple[int, str]:
    """Return number and entry of an intervention's key."""
    _, number, entry = [*key.split(".", 2), "", ""][:3]
    count = len(config.interventions)
    if not number.isdecimal() or int(number) >= count:
        until = config.start_year + config.years  # a shorter run has fewer
        known = f"up to {until} it has {f'{count}, counted from 0' if count else 'none'}"
        raise ConfigError(f"'{key}': there is no such intervention in scenario '{config.name}'; {known}")
    change = config.interventions[int(number)]
    entries = list(type(change).entries())
    if entry not in entries:
        raise ConfigError(f"'{key}': unknown entry of '{change.kind}'{nearest(entry, entries)}")
    return int(number), entry


def configured(config: Config, values: Mapping[str, Any]) -> Config:
    """Return a scenario with other values for dotted keys, those of interventions and invented worlds included.

    A shorter horizon drops the interventions that would come after its end, except those whose year is given.

    Raises
    ------
    ConfigError
        If a key is unknown or a value is not allowed.
    """
    dated = {key: value for key, value in values.items() if key.startswith(DATED)}
    invented = {key.removeprefix(INVENTED): value for key, value in values.items() if key.startswith(INVENTED)}
    plain = {key: value for key, value in values.items() if key not in dated and not key.startswith(INVENTED)}
    if invented:
        counts = world_mapping(config.world).get("synthetic", {})
        plain["world.synthetic"] = {**counts, **invented}
    if PRESET in plain:
        preset(plain[PRESET])
    horizon = {name: plain.pop(f"horizon.{name}") for name in HORIZON if f"horizon.{name}" in plain}
    changed = _timed(config, dated, horizon) if dated or horizon else config
    return changed.with_values(plain) if plain else changed


def _timed(config: Config, dated: Mapping[str, Any], horizon: Mapping[str, Any]) -> Config:
    """Return the scenario with other interventions and another horizon, changed together."""
    span: dict[str, Any] = {name: int(HORIZON[name].check(f"horizon.{name}", v)) for name, v in horizon.items()}
    last = span.get("start_year", config.start_year) + span.get("years", config.years)
    entries: dict[int, dict[str, Any]] = {}
    for key, value in dated.items():
        number, entry = _place(key, config)
        entries.setdefault(number, {})[entry] = value
    changes: list[Intervention] = []
    for number, change in enumerate(config.interventions):
        given = entries.get(number, {})
        found = _changed(change, number, given) if given else change
        if found.year <= last or "year" in given:
            changes.append(found)
    return replace(config, interventions=tuple(changes), **span)


def _changed(change: Intervention, number: int, given: Mapping[str, Any]) -> Intervention:
    return KINDS[change.kind].from_mapping({**change.to_mapping(), **given}, f"intervention {number + 1}")


def checked(domain: Domain, value: Any, config: Config) -> Any:
    """Return a value in the type of its key, or raise `ConfigError`."""
    if domain.kind == "word" and not isinstance(value, str):
        raise ConfigError(f"{domain.key} = {shown(value)} is not allowed: must be a word")
    if domain.kind == "integer" and hasattr(value, "item"):
        value = value.item()
    if domain.kind == "integer" and isinstance(value, float) and value == int(value):
        value = int(value)
    configured(config, {domain.key: value})
    types = {"number": float, "integer": int, "boolean": bool, "word": str}
    return types[domain.kind](value)

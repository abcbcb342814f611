"""A resolved configuration as the scenario file that gives it, and what in it differs from the defaults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coopsim.config import HORIZON, Config, resolve_parameter
from coopsim.errors import ConfigError
from coopsim.interventions import worth_telling
from coopsim.mechanisms import MECHANISMS
from coopsim.param import shown

WORDS = ("title", "question")


def scenario_text(config: Config) -> str:
    """Return a scenario file (TOML) that gives the same run as `config`; only what differs from the defaults."""
    tables: dict[str, dict[str, Any]] = {}
    for key, value in config.differences().items():
        group, _, name = key.partition(".")
        table = group if group in ("horizon", "world") else f"parameters.{group}"
        if value is not None and group != "mechanisms":
            tables.setdefault(table, {})[name] = value
    if switches := _switches(config):
        tables["mechanisms"] = switches
    lines = [f"{key} = {_literal(value)}" for key in ("name", *WORDS) if (value := getattr(config, key))]
    lines.append(f"preset = {_literal(config.preset)}")
    for table, values in tables.items():
        lines += ["", f"[{table}]", *(f"{key} = {_literal(value)}" for key, value in values.items())]
    for change in config.interventions:
        entries = {key: value for key, value in change.to_mapping().items() if value is not None}
        lines += ["", "[[interventions]]", *(f"{key} = {_literal(value)}" for key, value in entries.items())]
    return "\n".join(lines) + "\n"


def _switches(config: Config) -> dict[str, bool]:
    """Return the switches that are not those of the preset."""
    usual = Config().with_values({"preset": config.preset}).mechanisms
    return {name: on for name, on in config.mechanisms.items() if on != usual[name]}


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{json.dumps(str(key))} = {_literal(item)}' for key, item in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_literal(item) for item in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def setting_row(key: str, value: object) -> tuple[object, ...]:
    """Return setting, value, default, unit, evidence, and meaning with source."""
    return (key, shown(value), *described(key))


def described(key: str) -> tuple[str, str, str, str]:
    """Return default, unit, evidence, and meaning with source of a dotted key; unknown keys have none."""
    group, _, name = key.partition(".")
    if group == "mechanisms" and name in MECHANISMS:
        return ("true", "", "", f"switch of {MECHANISMS[name].code} {MECHANISMS[name].title}")
    if group == "world":
        default = Config().value(key)
        return ("" if default is None else shown(default), "", "", "which states there are")
    if group == "horizon" and name in HORIZON:
        spec = HORIZON[name]
    else:
        try:
            spec = resolve_parameter(key)[2]
        except ConfigError:
            return ("", "", "", "")
    unit = "" if spec.unit == "1" else spec.unit
    return (shown(spec.default), unit, spec.evidence, f"{spec.meaning} ({spec.source})")


def change_words(change: Mapping[str, Any]) -> str:
    """Return what an intervention does, as its file says it."""
    return ", ".join(f"{key} = {shown(value)}" for key, value in worth_telling(change).items())

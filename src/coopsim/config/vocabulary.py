"""What a scenario file may say, as plain tables generated from the declarations."""

from __future__ import annotations

import math
from typing import Any

from coopsim.config import arms, scenario
from coopsim.config.config import GROUPS, HORIZON
from coopsim.config.load import LESSON, TABLES, WORDS
from coopsim.config.world import SYNTHETIC
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS, Intervention
from coopsim.mechanisms import MECHANISMS, PRESETS
from coopsim.param import Spec, nearest

TITLES = {"initial": "The starting world"}


def parameter_table(group: str | None = None) -> list[dict[str, Any]]:
    """Return every parameter, or those of one group: name, group, symbol, default, unit, bounds and so on.

    Raises
    ------
    ConfigError
        If there is no such group.
    """
    if group is not None and group not in GROUPS:
        raise ConfigError(f"there is no group of parameters '{group}'{nearest(group, list(GROUPS))}")
    return [
        {"name": f"{found}.{name}", "group": found, **_declared(spec)}
        for found, kind in GROUPS.items()
        for name, spec in kind.specs().items()
        if group in (None, found)
    ]


def group_titles() -> dict[str, str]:
    """Return what each group of parameters is about."""
    return TITLES | {name: f"{found.code} {found.title}" for name, found in MECHANISMS.items()}


def schema() -> dict[str, Any]:
    """Return all that a scenario file may say: keys, parameters, kinds of intervention."""
    return {
        "keys": {**WORDS, **LESSON, "preset": "which mechanisms are on: " + ", ".join(PRESETS), **TABLES},
        "presets": {name: list(mechanisms) for name, mechanisms in PRESETS.items()},
        "horizon": {key: _declared(spec) for key, spec in HORIZON.items()},
        "world": {
            "states": {"meaning": '"all", or a list of ISO 3166-1 alpha-3 codes', "default": "all"},
            "organisations": _counted("organisations"),
            "history": {"meaning": "whether states and organisations enter in the years in which they did",
                        "default": False},
            "data": {"meaning": "with history: a folder of dated tables of your own (docs/validation.md)",
                     "default": ""},
            "synthetic": {
                "meaning": "invented states instead of real ones: synthetic = {states = 40}",
                "entries": {key: _counted(key) for key in SYNTHETIC},
            },
        },
        "mechanisms": {name: f"{found.code} {found.title}" for name, found in MECHANISMS.items()},
        "groups": group_titles(),
        "parameters": parameter_table(),
        "interventions": {kind: _kind(found) for kind, found in KINDS.items()},
        "arms": dict(arms.ENTRIES),
        "checks": dict(scenario.CHECK),
    }


def _declared(spec: Spec) -> dict[str, Any]:
    bounded = all(math.isfinite(bound) for bound in spec.bounds)
    return {
        "symbol": spec.symbol,
        "default": spec.default,
        "unit": spec.unit,
        "bounds": list(spec.bounds) if bounded else None,
        "plausible": list(spec.plausible) if spec.plausible else None,
        "choices": list(spec.choices) or None,
        "allowed": spec.allowed,
        "evidence": spec.evidence,
        "source": spec.source,
        "meaning": spec.meaning,
    }


def _counted(key: str) -> dict[str, Any]:
    low, high, default, meaning = SYNTHETIC[key]
    return {"meaning": meaning, "default": default, "bounds": [low, high]}


def _kind(kind: type[Intervention]) -> dict[str, Any]:
    types = kind.types()
    entries = {
        key: {
            "meaning": declared.meaning,
            "required": default is ...,
            "default": None if default is ... else default,
            "allowed": declared.allowed(types[key]),
        }
        for key, (declared, default) in kind.entries().items()
    }
    return {"meaning": (kind.__doc__ or "").strip(), "entries": entries}

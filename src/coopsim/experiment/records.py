"""The manifest of a sweep: all that is needed to repeat it, and to see that a resumed one is the same."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from coopsim.config import config_from
from coopsim.errors import ConfigError
from coopsim.experiment.rows import Layout
from coopsim.experiment.store import FORMAT, FORMAT_VERSION
from coopsim.param import shown
from coopsim.results.manifest import PACKAGES, data_hashes, installed

if TYPE_CHECKING:
    from coopsim.experiment.plan import Plan

ARROW = {"int64": pa.int64(), "double": pa.float64(), "bool": pa.bool_(), "string": pa.string()}
MISSING = "nothing"


def manifest_of(layout: Layout) -> dict[str, Any]:
    """Return the manifest of a sweep that begins."""
    from coopsim.results.indicators import INDICATORS

    plan = layout.plan
    real = any(not config.world.synthetic for config in plan.configs.values())
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "status": "running",
        "coopsim": installed("coopsim"),
        "plan": plan.to_mapping(),
        "plan_hash": plan.hash,
        "points": len(layout.design),
        "runs": plan.runs,
        "failed": 0,
        "keys": list(layout.design.columns),
        "indicators": list(layout.indicators),
        "columns": {field.name: str(field.type) for field in layout.schema},
        "units": {name: INDICATORS[name].unit for name in layout.indicators},
        "configs": {name: config.to_mapping() for name, config in plan.configs.items()},
        "data": data_hashes() if real else {},
        "sessions": [],
    }


def session(*, done: int, workers: str, command: str | None) -> dict[str, Any]:
    """Return what is noted of one session of a sweep; "done" is how many runs were finished before."""
    return {
        "started": now(),
        "finished": None,
        "runs_before": done,
        "workers": workers,
        "python": platform.python_version(),
        "packages": {package: installed(package) for package in PACKAGES},
        "command": shlex.join(sys.argv) if command is None else command,
    }


def now() -> str:
    """Return the time as it stands in a manifest."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def schema_of(manifest: Mapping[str, Any]) -> pa.Schema:
    """Return the columns of the table of a sweep."""
    return pa.schema([(name, ARROW[kind]) for name, kind in manifest["columns"].items()])


def plan_of(manifest: Mapping[str, Any]) -> Plan:
    """Return the plan of a manifest, with the scenarios as they were when the sweep began."""
    from coopsim.experiment.plan import Plan
    from coopsim.experiment.plan_files import arguments

    configs = {name: config_from(tables, where=name) for name, tables in manifest["configs"].items()}
    return Plan(**arguments(manifest["plan"], "manifest"), configs=configs)


def refuse_changes(manifest: Mapping[str, Any], plan: Plan) -> None:
    """Raise `ConfigError` if a stored sweep is not the one that is to be resumed; the message names what differs."""
    if manifest["coopsim"] != installed("coopsim"):
        raise ConfigError(f"the sweep was begun with coopsim {manifest['coopsim']}, this is "
                          f"{installed('coopsim')}; resume with that version, or start anew in another folder")
    before = {"plan": manifest["plan"], "scenario": manifest["configs"]}
    after = {"plan": plan.to_mapping(), "scenario": {n: c.to_mapping() for n, c in plan.configs.items()}}
    changes = differences(before, after)
    if changes:
        more = f" and {len(changes) - 3} more differences" if len(changes) > 3 else ""
        raise ConfigError(f"the plan is not that of the sweep in this folder: {'; '.join(changes[:3])}{more}; resume "
                          "with the same plan, or start anew in another folder")
    if manifest["data"] and manifest["data"] != data_hashes():
        raise ConfigError("the bundled data changed since the sweep was begun; start anew in another folder")


def differences(before: Any, after: Any, where: str = "") -> list[str]:
    """Return where two nested tables differ, in words."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        keys = dict.fromkeys([*before, *after])
        return [
            found for key in keys
            for found in differences(before.get(key, MISSING), after.get(key, MISSING), f"{where}{key}.")
        ]
    plain = [list(value) if isinstance(value, tuple) else value for value in (before, after)]
    if plain[0] == plain[1]:
        return []
    return [f"{where.removesuffix('.')} was {shown(before)}, is now {shown(after)}"]

"""Plan files in TOML, and points in CSV."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopsim.config.files import scenario_folder, split_arm
from coopsim.errors import ConfigError
from coopsim.param import nearest, shown

if TYPE_CHECKING:
    import pandas as pd

# The keys of a plan file and their meaning.
KEYS = {
    "scenario": "bundled scenario, or scenario file",
    "design": "how points are chosen",
    "samples": "number of points, levels or trajectories",
    "replications": "number of seeds for each point",
    "seed": "seed of the design and of the first replication",
    "years": "years to simulate, instead of the scenario's",
    "common_random_numbers": "whether points share their seeds",
    "second_order": "whether a Saltelli design allows indices of pairs",
    "set": "table of values that hold in every run",
    "vary": "table of what varies, or the path of a CSV file of points",
    "record": "table: indicators and years to keep",
}
RECORD = {"indicators": "indicators", "years": "record_years"}


def plan_files() -> dict[str, Path]:
    """Return the bundled plans by name."""
    return {path.stem: path for path in sorted((scenario_folder() / "plans").glob("*.toml"))}


def find_plan(name: Path) -> Path:
    """Return a plan file, or that of a bundled plan; `ConfigError` if there is neither."""
    bundled = plan_files()
    if name.is_file():
        return name
    if str(name) in bundled:
        return bundled[str(name)]
    hint = "" if name.suffix else nearest(str(name), list(bundled))
    raise ConfigError(f"there is no plan file '{name}'{hint}")


def read_plan(path: Path) -> dict[str, Any]:
    """Return a plan file as the arguments of `Plan`.

    Files that it names are looked for beside it, then from the current folder.
    """
    where = str(path)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{where}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{where}: is not UTF-8 text; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where}: is not valid TOML: {error}") from None
    return arguments(tables, where, path.parent)


def arguments(tables: Mapping[str, Any], where: str, folder: Path | None = None) -> dict[str, Any]:
    """Return the tables of a plan file as the arguments of `Plan`; unknown keys are errors."""
    for key in tables:
        if key not in KEYS:
            raise ConfigError(f"{where}: unknown key '{key}'{nearest(key, tuple(KEYS))}")
    found = {key: value for key, value in tables.items() if key != "record"}
    record = tables.get("record", {})
    for key in ("set", "record"):
        if not isinstance(tables.get(key, {}), Mapping):
            raise ConfigError(f"{where}: {key} = {shown(tables[key])} is not allowed: must be a table, headed [{key}]")
    for key in record:
        if key not in RECORD:
            raise ConfigError(f"{where}: unknown key 'record.{key}'{nearest(key, tuple(RECORD))}")
    found |= {RECORD[key]: value for key, value in record.items()}
    found["set"] = _dotted(found.get("set", {}))
    vary = found.get("vary", {})
    found["vary"] = _dotted(vary) if isinstance(vary, Mapping) else _beside(vary, folder)
    if "scenario" in found:
        found["scenario"] = _beside(found["scenario"], folder)
    if isinstance(found["vary"], dict) and isinstance(found["vary"].get("scenario"), list):
        found["vary"]["scenario"] = [_beside(name, folder) for name in found["vary"]["scenario"]]
    return found


def _dotted(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested tables as dotted keys: TOML reads an unquoted ``trust.gain = …`` as a table in a table."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping) and not {"low", "high", "states"} & value.keys():
            found |= _dotted(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def _beside(name: Any, folder: Path | None) -> Any:
    """Return a file's path from the plan's folder if it lies there."""
    if isinstance(name, str) and folder is not None and Path(name).suffix and (folder / split_arm(name)[0]).is_file():
        return str(folder / name)
    return name


def read_points(path: Path) -> pd.DataFrame:
    """Return the points of a CSV file; its first line names the keys."""
    import pandas as pd

    try:
        return pd.read_csv(path)
    except FileNotFoundError:
        raise ConfigError(f"there is no file of points '{path}'") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"the points in '{path}' cannot be read: {error}") from None


def to_toml(tables: Mapping[str, Any]) -> str:
    """Return the tables of a plan as TOML."""
    plain = [f"{key} = {_literal(value)}" for key, value in tables.items() if not isinstance(value, Mapping)]
    lines = list(plain)
    for key, table in tables.items():
        if isinstance(table, Mapping) and table:
            lines += ["", f"[{key}]", *(f"{json.dumps(name)} = {_literal(value)}" for name, value in table.items())]
    return "\n".join(lines) + "\n"


def _literal(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_literal(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)

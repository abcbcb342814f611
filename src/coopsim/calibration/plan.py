"""A calibration from a file: a sweep plan's scenario, seed, `set` and `vary`, and beside them the targets."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from coopsim.calibration.targets import FACTS, read_targets
from coopsim.config.files import scenario_folder
from coopsim.errors import ConfigError
from coopsim.experiment import Plan
from coopsim.experiment.plan_files import arguments
from coopsim.param import nearest, shown

Method = Literal["optuna", "abc"]
METHODS = ("optuna", "abc")
TARGETS = ("file", "scale", "hold_out")


@dataclass(frozen=True, kw_only=True)
class CalibrationPlan:
    """What a calibration does.

    Parameters
    ----------
    plan : Plan
        Scenario, what to fit (`vary`, each with its range), what is set, seed, and replications per trial. Its design
        does not matter.
    targets : DataFrame
        Of `read_targets`.
    method : {"optuna", "abc"}
        Point estimates, or a posterior.
    trials : int
        Of Optuna.
    population, generations : int
        Of ABC-SMC.
    check_runs : int
        Runs with new seeds that test the result.
    """

    plan: Plan
    targets: pd.DataFrame
    method: Method = "optuna"
    trials: int = 100
    population: int = 100
    generations: int = 5
    check_runs: int = 20

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ConfigError(f"method = {shown(self.method)} is not known{nearest(str(self.method), METHODS)}")
        for name, least in (("trials", 2), ("population", 10), ("generations", 1), ("check_runs", 2)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ConfigError(f"{name} = {shown(value)} is not allowed: must be a whole number, {least} or more")

    @classmethod
    def from_file(cls, path: str | Path) -> CalibrationPlan:
        """Read a file, or a bundled plan, with the tables `calibration`, `targets` and those of a sweep plan.

        Raises
        ------
        ConfigError
            If the file is missing, no valid TOML, or says something that is not allowed.
        """
        file = find_calibration(Path(path))
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path}: is not valid TOML: {error}") from None
        own = _table(tables.pop("calibration", {}), "calibration", OPTIONS, str(path))
        targets = tables.pop("targets", None)
        if targets is None:
            raise ConfigError(f"{path}: there are no targets; add [targets] with file = \"observed.csv\" or "
                              f"\"{FACTS}\"")
        if isinstance(targets, str):
            targets = {"file": targets}
        found = _table(targets, "targets", TARGETS, str(path))
        if "file" not in found:
            raise ConfigError(f"{path}: targets.file is missing")
        beside = file.parent / str(found["file"])
        table = read_targets(beside if beside.is_file() else found["file"], scale=found.get("scale"),
                             hold_out=found.get("hold_out", ()))
        tables.setdefault("design", "latin_hypercube")
        return cls(plan=Plan(**arguments(tables, str(path), file.parent)), targets=table, **own)

    @property
    def hash(self) -> str:
        """Fingerprint of everything that decides the result."""
        told = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in
                ("plan", "targets")}
        text = json.dumps([self.plan.hash, told, self.targets.to_dict("records")], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def find_calibration(name: Path) -> Path:
    """Return a plan file, or that of a bundled calibration; `ConfigError` if there is neither."""
    bundled = {path.stem: path for path in sorted((scenario_folder() / "calibrations").glob("*.toml"))}
    if name.is_file():
        return name
    if str(name) in bundled:
        return bundled[str(name)]
    hint = "" if name.suffix else nearest(str(name), list(bundled))
    raise ConfigError(f"there is no plan file '{name}'{hint}")


OPTIONS = tuple(field.name for field in fields(CalibrationPlan) if field.name not in ("plan", "targets"))


def _table(given: Any, name: str, known: tuple[str, ...], where: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise ConfigError(f"{where}: {name} = {shown(given)} is not allowed: must be a table, headed [{name}]")
    for key in given:
        if key not in known:
            raise ConfigError(f"{where}: unknown key '{name}.{key}'{nearest(key, known)}")
    return dict(given)

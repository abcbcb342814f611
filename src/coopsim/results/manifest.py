"""What a reader must know to repeat a run: versions, configuration, seed, data and their hashes."""

from __future__ import annotations

import hashlib
import platform
import shlex
import sys
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from coopsim.config import Config
from coopsim.world.chronology import FILES
from coopsim.world.tables import data_files

FORMAT = "coopsim results"
FORMAT_VERSION = 2
PACKAGES = ("mesa", "numpy", "numba", "pandas", "scipy", "pyarrow")


@cache
def installed(package: str) -> str:
    """Return the version of an installed package, "" if there is none; looked up once in a process."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@cache
def data_hashes() -> dict[str, str]:
    """Return the SHA-256 of each bundled table."""
    return {path.name: sha256(path) for path in data_files()}


def user_hashes(folder: str) -> dict[str, str]:
    """Return the SHA-256 of each dated table in a user's folder that worlds of the past read; nothing without one."""
    paths = (Path(folder) / f"{name}.csv" for name in FILES) if folder else ()
    return {path.name: sha256(path) for path in paths if path.is_file()}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_manifest(
    config: Config, *, seed: int, last_year: int, started: datetime, finished: datetime, command: str | None
) -> dict[str, Any]:
    """Return the manifest of a run; everything in it can be written as JSON.

    Parameters
    ----------
    config : Config
        As it was at the start, every parameter included.
    seed : int
    last_year : int
        Last simulated year; less than the config's if the run was cut short.
    started, finished : datetime
    command : str, optional
        What started the run; the command line of this process if not given.
    """
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "coopsim": installed("coopsim"),
        "python": platform.python_version(),
        "packages": {package: installed(package) for package in PACKAGES},
        "scenario": config.name,
        "title": config.title,
        "seed": seed,
        "start_year": config.start_year,
        "last_year": last_year,
        "config_hash": config.hash,
        "config": config.to_mapping(),
        "data": {} if config.world.synthetic else data_hashes(),
        "user_data": user_hashes(config.world.data),
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "seconds": round((finished - started).total_seconds(), 3),
        "command": shlex.join(sys.argv) if command is None else command,
    }

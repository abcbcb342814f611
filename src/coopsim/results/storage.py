"""Results on disk: one file per table, and `manifest.json`, which comes last and vouches for the others."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd

from coopsim.errors import ResultsError
from coopsim.results.manifest import FORMAT, FORMAT_VERSION

MANIFEST = "manifest.json"
PARTIAL = ".saving"
FORMATS = ("parquet", "csv")

Tables = Mapping[str, pd.DataFrame]


def save(folder: Path, manifest: Mapping[str, Any], tables: Tables, file_format: str) -> Path:
    """Write a run: into a folder aside first, then into place, so that a full disk spoils nothing."""
    if file_format not in FORMATS:
        raise ResultsError(f"format = {file_format!r} must be one of {', '.join(FORMATS)}")
    _refuse_foreign(folder)
    aside = folder / PARTIAL
    try:
        aside.mkdir(parents=True, exist_ok=True)
        described = {**manifest, "file_format": file_format, "tables": _description(tables)}
        for name, table in tables.items():
            _write(table, aside / f"{name}.{file_format}")
        text = json.dumps(described, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
        (aside / MANIFEST).write_text(text, encoding="utf-8")
        _move_into_place(aside, folder, list(tables))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ResultsError(f"results cannot be written to '{folder}': {reason}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ResultsError(f"'{folder}' is a file; results need a folder")
    try:
        holds = [entry.name for entry in folder.iterdir() if entry.name != PARTIAL] if folder.exists() else []
    except OSError as error:
        raise ResultsError(f"the folder '{folder}' cannot be read: {error.strerror}") from error
    if holds and not _is_results(folder):
        raise ResultsError(
            f"'{folder}' holds other things than coopsim results ({', '.join(sorted(holds)[:3])}...); "
            "name a new or empty folder"
        )


def _is_results(folder: Path) -> bool:
    try:
        return bool(_read_manifest(folder).get("format") == FORMAT)
    except ResultsError:
        return False


def _move_into_place(aside: Path, folder: Path, names: Sequence[str]) -> None:
    new = sorted(aside.iterdir(), key=lambda path: path.name == MANIFEST)
    for path in new:
        path.replace(folder / path.name)
    # Tables of earlier results in the other format would contradict the new ones.
    for stale in {f"{name}.{suffix}" for name in names for suffix in FORMATS} - {path.name for path in new}:
        (folder / stale).unlink(missing_ok=True)


def _description(tables: Tables) -> dict[str, Any]:
    return {
        name: {
            "rows": len(table),
            "columns": {column: str(dtype) for column, dtype in table.dtypes.items()},
            "units": table.attrs.get("units", {}),
        }
        for name, table in tables.items()
    }


def _write(table: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        # Numbers hardly repeat: a dictionary of them costs as much time as all the rest and saves nothing.
        texts = [name for name, dtype in table.dtypes.items() if not pd.api.types.is_numeric_dtype(dtype)]
        table.to_parquet(path, index=False, use_dictionary=texts)
    else:
        table.to_csv(path, index=False)


def load(folder: Path, names: Sequence[str]) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Read manifest and tables; `ResultsError` says what is wrong with the folder."""
    if not folder.is_dir():
        raise ResultsError(f"there is no results folder '{folder}'")
    manifest = _read_manifest(folder)
    if manifest.get("format") != FORMAT:
        raise ResultsError(f"'{folder / MANIFEST}' was not written by coopsim")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise ResultsError(
            f"'{folder}' was written by coopsim {manifest.get('coopsim')} in format "
            f"{manifest.get('format_version')}; this version reads format {FORMAT_VERSION}"
        )
    described, file_format = manifest.pop("tables", {}), manifest.pop("file_format", "")
    missing = [name for name in names if name not in described]
    if missing or file_format not in FORMATS:
        undescribed = ", ".join(missing) or "its files"
        raise ResultsError(f"'{folder / MANIFEST}' is damaged: it does not describe {undescribed}")
    return manifest, {name: _read(folder / f"{name}.{file_format}", described[name]) for name in names}


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise ResultsError(f"'{folder}' is no folder of coopsim results: it has no {MANIFEST}")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultsError(f"'{path}' cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}


def _read(path: Path, described: Mapping[str, Any]) -> pd.DataFrame:
    if not path.is_file():
        raise ResultsError(f"'{path}' is missing; the results are incomplete")
    try:
        table = pd.read_parquet(path) if path.suffix == ".parquet" else _read_csv(path, described["columns"])
    except (OSError, ValueError, KeyError) as error:
        raise ResultsError(f"'{path}' cannot be read: {error}") from error
    if len(table) != described["rows"] or list(table.columns) != list(described["columns"]):
        raise ResultsError(f"'{path}' does not fit its {MANIFEST}; it comes from another run or was changed")
    table.attrs["units"] = described["units"]
    return table


def _read_csv(path: Path, dtypes: Mapping[str, str]) -> pd.DataFrame:
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    return pd.DataFrame({name: _typed(text[name], dtype) for name, dtype in dtypes.items()})


def _typed(text: pd.Series[str], dtype: str) -> pd.Series[Any]:
    if dtype == "bool":
        return text == "True"
    if dtype == "Int64":
        return pd.to_numeric(text.where(text != ""), errors="raise").astype("Int64")
    return cast("pd.Series[Any]", cast(Any, text).astype(dtype))

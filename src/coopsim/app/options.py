"""What commands share: `--debug`, `--set`, `--ties`, the folder of `--out`, and words for their help."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Literal

import click

from coopsim.errors import ConfigError, ResultsError

DEBUG, ARGUMENTS = "coopsim.debug", "coopsim.arguments"
WORD = re.compile(r"[A-Za-z][\w-]*")
LITERALS = 'a number such as 0.5, true, false, "text", ["FRA", "DEU"] or {states = 40}'


def debug_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--debug`, which may stand before or after the name of a command."""

    def remember(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value:
            ctx.meta[DEBUG] = True

    return click.option("--debug", is_flag=True, expose_value=False, callback=remember,
                        help="Show the traceback of an error.")(command)


def debugging(ctx: click.Context) -> bool:
    """Return whether the user asked for tracebacks."""
    return bool(ctx.meta.get(DEBUG))


def try_folder(folder: Path) -> None:
    """Try to write into a folder, and leave nothing: what cannot be saved must not take minutes to compute.

    Raises
    ------
    ResultsError
        If it cannot be made or written.
    """
    absent = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ResultsError(f"--out {folder}: the folder cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):  # somebody else may want it by now
            for path in absent:
                path.rmdir()


def parse_settings(settings: tuple[str, ...]) -> dict[str, Any]:
    """Return dotted keys and values of `--set KEY=VALUE`; the last of a key given twice counts.

    Raises
    ------
    ConfigError
        If there is no "=", or the value is no TOML literal. A bare word counts as text, because shells eat quotes.
    """
    found: dict[str, Any] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key.strip() or not text.strip():
            raise ConfigError(f"--set {setting}: must be KEY=VALUE, such as --set trust.gain=0.06")
        found[key.strip()] = _literal(text.strip(), setting)
    return found


def _literal(text: str, setting: str) -> Any:
    try:
        tables = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        tables = {}
    if tables.keys() == {"value"}:
        return tables["value"]
    if WORD.fullmatch(text):
        return text
    raise ConfigError(f"--set {setting}: '{text}' is no value; write {LITERALS}")


def with_settings(config: Any, settings: tuple[str, ...]) -> Any:
    """Return a config changed by `--set` options; errors name the option."""
    values = parse_settings(settings)
    for key, value in values.items():
        try:
            config.with_values({key: value})
        except ConfigError as error:
            raise ConfigError(f"--set: {error}") from None
    return config.with_values(values)


def parse_years(text: str, start_year: int, last_year: int) -> list[int] | Literal["all"]:
    """Return the years of `--ties`: none beside the first and the last, all, or those listed.

    Raises
    ------
    ConfigError
        If a year is no number, or outside the run.
    """
    if text == "last":
        return []
    if text == "all":
        return "all"
    try:
        years = [int(year) for year in text.split(",")]
    except ValueError:
        raise ConfigError(f"--ties {text}: must be last, all, none or years such as 2030,2050") from None
    for year in years:
        if not start_year <= year <= last_year:
            raise ConfigError(f"--ties {text}: {year} is not allowed: must be in [{start_year}, {last_year}]")
    return years

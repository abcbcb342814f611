"""Every word that the dashboard shows, from one catalogue.

The catalogue is a folder of TOML files, one folder per language: ``catalogue/en/state.toml`` holds the texts whose key
begins with "state.". To translate, copy ``en`` to the code of another language and translate the values; what is
missing there falls back to English. The language of a server is set by the environment variable COOPSIM_LANGUAGE.

Texts are plain: no markup, so nothing in them or put into them is ever read as HTML.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

ENGLISH = "en"
VARIABLE = "COOPSIM_LANGUAGE"


def say(key: str, **values: object) -> str:
    """Return the text behind a key, with its {placeholders} filled in.

    Parameters
    ----------
    key : str
        Such as "state.partners.title".
    **values
        What the placeholders of the text stand for.

    Raises
    ------
    KeyError
        If the catalogue has no such key, or the text needs a value that is not given: a mistake of ours.

    Examples
    --------
    >>> say("common.year_is", year=2031)
    'Year: 2031'
    """
    own = catalogue(language())
    text = own.get(key) or catalogue(ENGLISH)[key]
    return text.format_map(values) if values else text


def language() -> str:
    """Return the code of the language of this server, English unless another is asked for and there."""
    asked = os.environ.get(VARIABLE, ENGLISH)
    return asked if asked in languages() else ENGLISH


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages there are."""
    return tuple(sorted(folder.name for folder in _root().iterdir() if folder.is_dir()))


@cache
def catalogue(code: str) -> Mapping[str, str]:
    """Return every text of a language by its key."""
    found: dict[str, str] = {}
    for file in sorted(_root().joinpath(code).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            tables = tomllib.loads(file.read_text(encoding="utf-8"))
            found |= _flat(tables, file.name.removesuffix(".toml"))
    return found


def _root() -> Traversable:
    return files("coopsim").joinpath("dashboard", "catalogue")


def _flat(table: Mapping[str, Any], prefix: str) -> dict[str, str]:
    return dict(_entries(table, prefix))


def _entries(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _entries(value, f"{prefix}.{key}")
        elif isinstance(value, str):
            yield f"{prefix}.{key}", value.strip()
        else:
            raise TypeError(f"catalogue: {prefix}.{key} must be text, not {type(value).__name__}")

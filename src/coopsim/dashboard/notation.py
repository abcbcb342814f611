"""How values and interventions stand in an address: as text, and back."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from coopsim.errors import ConfigError
from coopsim.interventions import KINDS, Intervention
from coopsim.param import nearest, shown

WORD = re.compile(r"[A-Za-z][\w-]*")


def flat(key: str, value: Any) -> Iterable[tuple[str, str]]:
    """Yield a setting, or one for each entry of a table."""
    if isinstance(value, Table):
        for name, item in value:
            yield f"{key}.{name}", written(item)
    else:
        yield key, written(value)


class Table(tuple[tuple[str, Any], ...]):
    """A table that can be hashed."""


def frozen(value: Any) -> Any:
    """Return a value that can be hashed."""
    if isinstance(value, Mapping):
        return Table(sorted((str(key), frozen(item)) for key, item in value.items()))
    if isinstance(value, list | tuple) and not isinstance(value, Table):
        return tuple(frozen(item) for item in value)
    return value


def thawed(value: Any) -> Any:
    """Return a value as a scenario takes it."""
    if isinstance(value, Table):
        return {key: thawed(item) for key, item in value}
    return [thawed(item) for item in value] if isinstance(value, tuple) else value


def written(value: Any) -> str:
    """Return a value as TOML, a word without its quotes, a list of words by commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value if WORD.fullmatch(value) and value not in ("true", "false", "inf", "nan") else _text(value)
    if isinstance(value, list | tuple):
        items = [written(item) for item in value]
        plain = all(isinstance(item, str) and text == item for item, text in zip(value, items, strict=True))
        # A list of one needs its comma to stay a list.
        return ",".join(items) + ("," if len(items) == 1 else "") if plain and items else (
            f"[{', '.join(_text(item) if isinstance(item, str) else written(item) for item in value)}]")
    return repr(value) if isinstance(value, float) else str(value)


def _text(value: str) -> str:
    """Return text as a TOML string without the signs that separate entries."""
    quoted = json.dumps(value, ensure_ascii=False)
    return quoted.replace("\x7f", "\\u007f").replace("~", "\\u007e")


def literal(key: str, text: str) -> Any:
    """Return what `written` wrote; `key` names it in errors."""
    words = text.removesuffix(",").split(",")
    if "," in text and all(WORD.fullmatch(word) for word in words):
        return words
    try:
        tables = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        tables = {}
    if tables.keys() == {"value"}:
        return tables["value"]
    if WORD.fullmatch(text):
        return text
    raise ConfigError(f"{key}: {shown(text)} is no value; write a number such as 0.5, true, false, a word, or words "
                      "by commas")


def written_change(change: Intervention) -> str:
    """Return an intervention as `read_change` reads it."""
    entries = change.to_mapping()
    rest = [f"{key}:{written(value)}" for key, value in entries.items() if key not in ("year", "kind")]
    return "~".join([str(entries["year"]), str(entries["kind"]), *rest])


def read_change(text: str) -> Intervention:
    """Return the intervention that an entry ``change=`` describes: "2030~withdraw~who:USA~from:UNESCO".

    Raises
    ------
    ConfigError
        If there is no such kind, or an entry is not allowed.
    """
    year, _, rest = text.partition("~")
    kind, *entries = rest.split("~")
    if kind not in KINDS:
        raise ConfigError(f"change: kind = {shown(kind)} is not known{nearest(kind, list(KINDS))}")
    values: dict[str, Any] = {"year": literal("change: year", year)}
    for entry in entries:
        key, colon, value = entry.partition(":")
        if not colon:
            raise ConfigError(f"change: {shown(entry)} must be KEY:VALUE, such as who:FRA")
        values[key] = literal(f"change: {key}", value)
    return KINDS[kind].from_mapping(values, "change")

"""What all our widgets share: where their code is, and how arrays travel."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import anywidget
import numpy as np
import traitlets

from coopsim.dashboard.server import OURS
from coopsim.dashboard.text import language, say

# A module that a widget brings along has no address of its own to import from; so it asks for the page's. It imports
# when it draws, not when it is read, because anywidget has little patience with what it reads (`server.HEAD`).
LOADER = """
const root = window.location.origin + (window.solara?.rootPath ?? "");
export default {{
  async render(view) {{
    const found = await import(`${{root}}{ours}/{name}.js`);
    return found.default.render(view);
  }},
}};
"""


class Widget(anywidget.AnyWidget):
    """A widget whose code is a file in `static`; subclasses set `module`."""

    def __init_subclass__(cls, module: str = "", **kwargs: Any) -> None:
        if module:
            cls._esm = LOADER.format(ours=OURS, name=module)
        super().__init_subclass__(**kwargs)


def synced(kind: Any, *args: Any, **kwargs: Any) -> Any:
    """Return a trait that browser and server keep in common."""
    return kind(*args, **kwargs).tag(sync=True)


def bytes_() -> Any:
    """Return a trait for an array."""
    return synced(traitlets.Bytes, b"")


def floats(values: Any) -> bytes:
    """Return an array as the browser reads it: float32, row by row."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def shorts(values: Any) -> bytes:
    """Return an array of whole numbers between -32768 and 32767 as the browser reads it."""
    return np.ascontiguousarray(values, dtype="<i2").tobytes()


def packed(value: Any) -> str:
    """Return lists and mappings as one text: what is made for an answer looks at every item of every list, twice."""
    return json.dumps(value, separators=(",", ":"))


def words_of(prefix: str, *keys: str) -> dict[str, str]:
    """Return the words that a widget itself shows, from the catalogue."""
    return _words_of(language(), prefix, keys)


@cache
def _words_of(_: str, prefix: str, keys: tuple[str, ...]) -> dict[str, str]:
    # One mapping for all answers: that it is the same one is seen at once.
    return {key: say(f"{prefix}.{key}") for key in keys}


CHART_WORDS = ("table", "csv", "figure", "year", "low", "high")

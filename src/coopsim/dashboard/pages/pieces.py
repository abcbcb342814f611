"""Pieces that pages are made of. Whatever text goes into them stays text: nothing here reads markup."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import solara

from coopsim.config import Config
from coopsim.dashboard import exports

v = solara.v


def element(tag: str, *children: Any, class_: str = "", **attributes: str) -> Any:
    """Return an HTML element; an underscore inside the name of an attribute stands for a hyphen."""
    given = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return v.Html(tag=tag, children=list(children), class_=class_, attributes=given)


def heading(text: str, level: int = 2, class_: str = "") -> Any:
    """Return a heading."""
    return element(f"h{level}", text, class_=class_)


def paragraph(text: str, class_: str = "") -> Any:
    """Return a paragraph."""
    return element("p", text, class_=class_)


def bullets(texts: Iterable[str], class_: str = "coop-bullets", *, ordered: bool = False) -> Any:
    """Return a list."""
    return element("ol" if ordered else "ul", *(element("li", text) for text in texts), class_=class_)


def note(text: str) -> Any:
    """Return a remark that screen readers say when it appears."""
    return element("div", text, class_="coop-note", role="status")


def failure(text: str) -> Any:
    """Return what went wrong, and how to mend it."""
    return element("div", text, class_="coop-note coop-error", role="alert")


def caveat(config: Config) -> Any:
    """Return what a reader must know about a world with real names; nothing for an invented one."""
    if config.world.synthetic:
        return element("div", class_="coop-hidden")
    return element("div", exports.caveat(config), class_="coop-caveat", role="note")


def panel(*children: Any, label: str = "", class_: str = "") -> Any:
    """Return a box with content."""
    attributes = {"aria_label": label, "role": "region"} if label else {}
    return element("div", *children, class_=f"coop-panel {class_}".strip(), **attributes)


def details(summary: str, *children: Any, open_: bool = False) -> Any:
    """Return content that opens with a click on its summary."""
    attributes = {"open": "open"} if open_ else {}
    return element("details", element("summary", summary), *children, class_="coop-details", **attributes)


def working(text: str, done: float | None = None) -> Any:
    """Return that something is under way, with how far it is if that is known."""
    bar = {"value": f"{done:.3f}", "max": "1"} if done is not None else {}
    return element(
        "div", element("progress", class_="", aria_label=text, **bar), text, class_="coop-busy", role="status",
    )


def definition(rows: Iterable[tuple[str, str]]) -> Any:
    """Return names and what they stand for, as a list of definitions."""
    found = [part for name, value in rows for part in (element("dt", name), element("dd", value))]
    return element("dl", *found, class_="coop-facts")


def table(columns: Iterable[str], rows: Iterable[Iterable[str]], label: str) -> Any:
    """Return a small table of text; the first column names the rows."""
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in columns)))
    body = element("tbody", *(
        element("tr", *(element("td", cell) if k else element("th", cell, scope="row") for k, cell in enumerate(row)))
        for row in rows
    ))
    grid = element("table", head, body, class_="coop-table")
    return element("div", grid, class_="coop-table-scroll", tabindex="0", role="region", aria_label=label)


__all__ = [
    "bullets", "caveat", "definition", "details", "element", "failure", "heading", "note", "panel", "paragraph",
    "table", "working",
]

"""The scenarios as cards, those for a first class first."""

from __future__ import annotations

from functools import cache
from typing import Any

from coopsim.config import headings
from coopsim.config.scenario import load_scenario
from coopsim.errors import CoopsimError

FIRST = ("classroom", "baseline")
LEVELS = ("first class", "seminar", "research")


@cache
def _cards() -> tuple[tuple[str, str, str], ...]:
    found = []
    for place, row in enumerate(headings()):
        try:
            level = load_scenario(row["name"]).level
        except CoopsimError:
            continue  # a broken file is told where it is asked for
        first = FIRST.index(row["name"]) if row["name"] in FIRST else len(FIRST)
        order = LEVELS.index(level) if level in LEVELS else len(LEVELS)
        found.append(((first, order, place), (row["name"], row["title"] or row["name"], row["question"])))
    return tuple(card for _, card in sorted(found))


@cache
def plots(name: str) -> tuple[str, ...]:
    """Return the indicators that a bundled scenario wants looked at."""
    try:
        return load_scenario(name).plots
    except CoopsimError:
        return ()


def cards() -> list[dict[str, Any]]:
    """Return the bundled scenarios as options of a choice."""
    return [{"value": name, "text": title, "title": question} for name, title, question in _cards()]

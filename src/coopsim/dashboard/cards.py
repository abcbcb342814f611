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
    """Return the indicators that a bundled scenario, or one of its arms, wants looked at."""
    try:
        return load_scenario(file_of(name)).plots
    except CoopsimError:
        return ()


def file_of(name: str) -> str:
    """Return the scenario that "scenario" or "scenario:arm" names."""
    return name.partition(":")[0]


@cache
def arms(name: str) -> tuple[tuple[str, str], ...]:
    """Return name and title of each arm of a bundled scenario, none if it has no arms.

    The first arm is the scenario itself, so it goes by the scenario's name: the address has one word for each view.
    """
    scenario = file_of(name)
    try:
        found = load_scenario(scenario).arms
    except CoopsimError:
        return ()
    return tuple(
        (scenario if number == 0 else f"{scenario}:{arm.name}", arm.title or arm.name.replace("_", " "))
        for number, arm in enumerate(found) if arm.name
    )


@cache
def title_of(name: str) -> str:
    """Return what a scenario, or one of its arms, is called for people."""
    titles = {row["name"]: row["title"] for row in headings()}
    scenario = file_of(name)
    title = titles.get(scenario) or scenario
    return f"{title}: {dict(arms(name)).get(name, name)}" if name != scenario else title


def cards() -> list[dict[str, Any]]:
    """Return the bundled scenarios as options of a choice."""
    return [{"value": name, "text": title, "title": question} for name, title, question in _cards()]

"""Guided lessons: aim, question, predict before you see, try, notice, discuss, and an answer for the instructor.

A lesson is a TOML file, ``en/<name>.toml``, loaded by the link ``/lessons?lesson=<name>``. Whatever it lets students
try is an address, so that a lesson can do nothing that a link cannot. What its answer claims stands in ``[[checks]]``,
which `coopsim.dashboard.lessons.claims` tests by running the model; the numbers found stand beside them. To measure
them again: ``uv run python -m coopsim.dashboard.lessons``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from coopsim.dashboard.address import Address, read
from coopsim.dashboard.text import ENGLISH, language
from coopsim.errors import ConfigError
from coopsim.param import nearest

OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try: what to do, on which page, and the address that does it."""

    text: str
    button: str
    address: Address


@dataclass(frozen=True, slots=True)
class Claim:
    """One part of the answer that a machine can test.

    Attributes
    ----------
    claim : str
    before, after : Address
        What is compared, on the same seeds; the same twice for a level.
    measure : mapping
        As `coopsim.experiment.measures.Measure` reads it.
    unit : str
        "difference", "percent" (of before) or "level" (of after).
    low, high : float
        Where the estimate should lie.
    found : str
        What was found when the lesson was written, with its interval and n.
    """

    claim: str
    before: Address
    after: Address
    measure: Mapping[str, Any]
    unit: str
    low: float
    high: float
    found: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """One guided lesson.

    Attributes
    ----------
    name : str
        In its link.
    title, level, aim, question, background : str
    minutes : int
    start : Address
        Where it begins: the scenario it is tied to.
    indicators : tuple of str
        What to look at, two or three.
    predict : str
    options : tuple of str
        Three predictions.
    right : int
        The option that the model agrees with, from 0.
    steps : tuple of Step
    notice, discuss : tuple of str
    answer, caution : str
        For the instructor: what the model shows, and what it does not.
    claims : tuple of Claim
    """

    name: str
    title: str
    level: str
    aim: str
    question: str
    background: str
    minutes: int
    start: Address
    indicators: tuple[str, ...]
    predict: str
    options: tuple[str, ...]
    right: int
    steps: tuple[Step, ...]
    notice: tuple[str, ...]
    discuss: tuple[str, ...]
    answer: str
    caution: str
    claims: tuple[Claim, ...]

    @property
    def link(self) -> str:
        """The link that loads it: "/lessons?lesson=who-becomes-the-hub"."""
        return Address("lessons").looking_at(lesson=self.name).link


def lessons() -> tuple[Lesson, ...]:
    """Return every lesson, easy ones first, in the language of the server where they are translated."""
    return _lessons(language())


def lesson(name: str) -> Lesson:
    """Return a lesson by name.

    Raises
    ------
    ConfigError
        If there is none, naming the nearest.
    """
    known = {found.name: found for found in lessons()}
    if name not in known:
        raise ConfigError(f"there is no lesson '{name}'{nearest(name, list(known))}")
    return known[name]


@cache
def _lessons(code: str) -> tuple[Lesson, ...]:
    texts: dict[str, str] = {}
    for folder in dict.fromkeys((ENGLISH, code)):
        root = files("coopsim.dashboard.lessons").joinpath(folder)
        if root.is_dir():
            found = (file for file in root.iterdir() if file.name.endswith(".toml"))
            texts |= {file.name.removesuffix(".toml"): file.read_text(encoding="utf-8") for file in found}
    read_ = ((tomllib.loads(text), name) for name, text in texts.items())
    ordered = sorted(read_, key=lambda pair: (int(pair[0]["order"]), pair[1]))
    return tuple(lesson_of(tables, name) for tables, name in ordered)


def lesson_of(tables: Mapping[str, Any], name: str) -> Lesson:
    """Return the lesson that the tables of a file describe.

    Raises
    ------
    ConfigError
        If an address in it is wrong, or it has not three options.
    """
    start = _address(tables["start"], name)
    predict = tables["predict"]
    if len(predict["options"]) != OPTIONS or not 0 < predict["right"] <= OPTIONS:
        raise ConfigError(f"lesson {name}: 'predict' must have {OPTIONS} options, and 'right' the number of one")
    return Lesson(
        name=name,
        **{key: _text(tables[key]) for key in ("title", "level", "aim", "question", "background", "answer", "caution")},
        minutes=int(tables["minutes"]), start=start, indicators=tuple(tables["indicators"]),
        predict=_text(predict["ask"]), options=tuple(map(_text, predict["options"])), right=int(predict["right"]) - 1,
        steps=tuple(Step(_text(step["text"]), _text(step["button"]), _address(step["link"], name))
                    for step in tables["try"]),
        notice=tuple(map(_text, tables["notice"])), discuss=tuple(map(_text, tables["discuss"])),
        claims=tuple(_claim(table, start, name) for table in tables["checks"]),
    )


def _text(value: str) -> str:
    """Return text without the line breaks of its file."""
    return " ".join(value.split())


def _address(link: str, name: str) -> Address:
    """Return the address of a link such as "compare?trust.gain=0"."""
    page, _, query = link.removeprefix("/").partition("?")
    found = read(query, page)
    if found.problems:
        raise ConfigError(f"lesson {name}: {' '.join(found.problems)}")
    return found.address


def _claim(table: Mapping[str, Any], start: Address, name: str) -> Claim:
    after = _address(table["after"], name) if "after" in table else start
    low, high = table.get("between", [table.get("above", float("-inf")), table.get("below", float("inf"))])
    return Claim(
        claim=_text(table["claim"]), before=_address(table["before"], name) if "before" in table else start,
        after=after, measure=table["measure"], unit=table.get("unit", "difference"), low=float(low), high=float(high),
        found=_text(table.get("found", "")),
    )


__all__ = ["Claim", "Lesson", "Step", "lesson", "lesson_of", "lessons"]

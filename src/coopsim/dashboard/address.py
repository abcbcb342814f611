"""The address of a view: everything that is needed to see it again, in words that a person can read and change.

An address such as ``/state?scenario=classroom&seed=7&trust.gain=0.08&state=S03`` names the page in its path and the
rest in its query: the scenario, the settings that differ from it by their dotted keys, interventions added to it, seed
and year, and what the page looks at. What stands at its default is left out.

========================  ==========================================================================
``scenario=``             a bundled scenario, or one of its arms: ``austerity:deep``
``seed=``                 seed of the run
``year=``                 the year shown; the last one if not given
``preset=``               which mechanisms are on
``trust.gain=0.08``       a setting by its dotted key, as after ``--set`` on the command line
``world.states=FRA,DEU``  a list, by commas
``change=``               an intervention: ``2030~withdraw~who:USA~from:UNESCO``
``arm=``                  a further scenario to compare with: its own query, encoded
``state=`` and others     what the page looks at (`FOCUS`)
========================  ==========================================================================

Reading never fails: what is wrong is left out, and every mistake is told as on the command line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Self
from urllib.parse import parse_qsl, quote

from coopsim.config import HORIZON, Config, load_config, scenario_files
from coopsim.config.world import SYNTHETIC
from coopsim.dashboard.guard import check_size
from coopsim.dashboard.notation import flat, frozen, literal, read_change, thawed, written_change
from coopsim.errors import ConfigError
from coopsim.interventions import Intervention
from coopsim.mechanisms import PRESETS
from coopsim.param import nearest, shown

DEFAULT_SCENARIO, DEFAULT_SEED, DEFAULT_PAGE = "classroom", 1, ""
LONGEST_QUERY = 16_000  # characters; browsers and servers take no more for certain
MOST_ARMS = 4
YEARS = "horizon.years"
HIGHEST_SEED = 2**32 - 1
CODE = re.compile(r"[A-Za-z0-9]{1,8}")
# What a page may look at, and what that may look like: never a path, never markup.
FOCUS: dict[str, tuple[re.Pattern[str], str]] = {
    "state": (CODE, "the code of a state, such as FRA"),
    "pair": (re.compile(r"[A-Za-z0-9]{1,8}-[A-Za-z0-9]{1,8}"), "two codes of states, such as FRA-DEU"),
    "agreement": (re.compile(r"\d{1,7}"), "the id of an agreement"),
    "lesson": (re.compile(r"[a-z][a-z0-9-]{0,60}"), "the name of a lesson"),
    "indicator": (re.compile(r"[a-z][a-z0-9_]{0,60}"), "the name of an indicator"),
    "form": (re.compile("agreements|treaties|projects|organisations|conventions"),
             "a form of ties: agreements, treaties, projects, organisations, conventions"),
    "layout": (re.compile("map|web"), "map or web"),
    "show": (re.compile(r"[a-z][a-z0-9_]{0,60}"), "the name of a view"),
    "view": (re.compile(r"presenter"), "presenter, or nothing"),
    "replications": (re.compile(r"\d{1,3}"), "a number of replications"),
}
KEYS = ("scenario", "seed", "year", "preset", "change", "arm", *FOCUS)


@dataclass(frozen=True, slots=True)
class Address:
    """What a view shows.

    Attributes
    ----------
    page : str
        Name of the page, "" for the front page.
    scenario : str
        Name of a bundled scenario.
    values : tuple of (str, value)
        Settings that differ from the scenario, by dotted key, in the order of their keys; "preset" is one of them.
    changes : tuple of Intervention
        Added to those of the scenario.
    seed : int
    year : int, optional
        The year shown; the last if not given.
    focus : tuple of (str, str)
        What the page looks at, by the keys of `FOCUS`.
    arms : tuple of Address
        Further scenarios to compare with.
    """

    page: str = DEFAULT_PAGE
    scenario: str = DEFAULT_SCENARIO
    values: tuple[tuple[str, Any], ...] = ()
    changes: tuple[Intervention, ...] = ()
    seed: int = DEFAULT_SEED
    year: int | None = None
    focus: tuple[tuple[str, str], ...] = ()
    arms: tuple[Address, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(sorted((key, frozen(value)) for key, value in self.values)))
        object.__setattr__(self, "focus", tuple(sorted(self.focus)))

    def config(self) -> Config:
        """Return the scenario with the changes of the address.

        Raises
        ------
        ConfigError
            If something in it is not allowed, or asks for more than the server gives.
        """
        values = {key: thawed(value) for key, value in self.values}
        years = values.pop(YEARS, None)
        found = scenario(self.scenario).with_values(values)
        if years is None:
            return check_size(found.with_interventions(*self.changes))
        # A shorter run leaves out what comes after its end, as --years does; a longer one makes room for changes.
        longer = found.with_values({YEARS: years}) if years > found.years else found
        return check_size(longer.with_interventions(*self.changes).with_horizon(years, YEARS))

    def looks_at(self, key: str, default: str = "") -> str:
        """Return what the page looks at."""
        return dict(self.focus).get(key, default)

    def looking_at(self, **focus: str) -> Self:
        """Return the address with another focus; an empty word removes one."""
        kept = dict(self.focus) | focus
        return replace(self, focus=tuple((key, value) for key, value in kept.items() if value))

    @property
    def query(self) -> str:
        """What stands behind the question mark; "" for the defaults."""
        return "&".join(f"{_quoted(key)}={_quoted(text)}" for key, text in self._entries())

    @property
    def link(self) -> str:
        """The address without the server: "/state?seed=7&state=S03"."""
        query = self.query
        return f"/{self.page}{'?' if query else ''}{query}"

    def _entries(self) -> Iterable[tuple[str, str]]:
        if self.scenario != DEFAULT_SCENARIO:
            yield "scenario", self.scenario
        if self.seed != DEFAULT_SEED:
            yield "seed", str(self.seed)
        if self.year is not None:
            yield "year", str(self.year)
        for key, value in self.values:
            yield from flat(key, value)
        for change in self.changes:
            yield "change", written_change(change)
        yield from self.focus
        for arm in self.arms:
            yield "arm", replace(arm, page="").query


@dataclass(frozen=True, slots=True)
class Reading:
    """What an address says, and what was wrong with it.

    Attributes
    ----------
    address : Address
        Valid: everything wrong is left out.
    problems : tuple of str
        One precise sentence each, as on the command line.
    """

    address: Address
    problems: tuple[str, ...] = ()


def of_config(config: Config, *, page: str = DEFAULT_PAGE, seed: int = DEFAULT_SEED) -> Address:
    """Return an address that says all that a configuration says except its words, such as one that was uploaded.

    It builds on the baseline, which differs from the defaults in nothing but its words.
    """
    values = {key: value for key, value in config.differences().items() if not key.startswith("mechanisms.")}
    counts = values.get("world.synthetic", {})
    if counts:  # what stands at its default is left out
        values["world.synthetic"] = {
            key: count for key, count in counts.items() if key == "states" or count != SYNTHETIC[key][2]
        }
    if config.preset != "full":
        values["preset"] = config.preset
    values |= {
        f"mechanisms.{name}": on for name, on in config.mechanisms.items() if on != (name in PRESETS[config.preset])
    }
    return Address(page, "baseline", tuple(values.items()), config.interventions, seed)


def read(search: str, page: str = DEFAULT_PAGE) -> Reading:
    """Return what a query says; wrong entries are left out and told.

    Parameters
    ----------
    search : str
        With or without its question mark.
    page : str
        The page of the address.
    """
    search = search.removeprefix("?")
    if len(search) > LONGEST_QUERY:
        told = f"link: is too long: {len(search):,} characters, of {LONGEST_QUERY:,} allowed"
        return Reading(Address(page), (told,))
    return _Reader(page).read(parse_qsl(search, keep_blank_values=True, errors="replace"))


class _Reader:
    """Reads the entries of a query one by one, keeping what is right."""

    def __init__(self, page: str, *, arm: bool = False) -> None:
        self.address = Address(page)
        self.problems: list[str] = []
        self.arm = arm
        self.values: dict[str, Any] = {}

    def read(self, entries: list[tuple[str, str]]) -> Reading:
        order = {"scenario": 0, "preset": 1, "change": 3}
        year: str | None = None
        for key, text in sorted(entries, key=lambda entry: order.get(entry[0], 2)):
            try:
                if key == "year":
                    year = text
                else:
                    self._entry(key, text.strip())
            except ConfigError as error:
                self.problems.append(f"link: {error}")
        self._settle()
        if year is not None:
            self._year(year)
        return Reading(self.address, tuple(self.problems))

    def _entry(self, key: str, text: str) -> None:
        if key == "scenario":
            self.address = replace(self.address, scenario=_known(text))
        elif key == "seed":
            self.address = replace(self.address, seed=_seed(text))
        elif key == "change":
            self._change(text)
        elif key == "arm" and not self.arm:
            self._arm(text)
        elif key in FOCUS:
            pattern, meaning = FOCUS[key]
            if not pattern.fullmatch(text):
                raise ConfigError(f"{key} = {shown(text)} is not allowed: must be {meaning}")
            self.address = self.address.looking_at(**{key: text})
        elif key == "preset" or "." in key:
            self._value(key, literal(key, text))
        else:
            raise ConfigError(f"unknown key {shown(key)}{nearest(key, list(KEYS))}")

    def _value(self, key: str, value: Any) -> None:
        """Keep a setting if the scenario takes it."""
        if key.count(".") == 2 and key.startswith("world."):  # world.synthetic.states=40
            _, table, name = key.split(".")
            key, value = f"world.{table}", {**self.values.get(f"world.{table}", {}), name: value}
        if key == YEARS:
            HORIZON["years"].check(key, value)
        replace(self.address, values=((key, value),)).config()
        self.values[key] = value

    def _change(self, text: str) -> None:
        change = read_change(text)
        self._with(changes=(*self.address.changes, change))

    def _with(self, **changed: Any) -> None:
        """Keep a change of the address if the whole is still a scenario."""
        replace(self.address, **({"values": tuple(self.values.items())} | changed)).config()
        self.address = replace(self.address, **changed)

    def _arm(self, text: str) -> None:
        if len(self.address.arms) == MOST_ARMS:
            raise ConfigError(f"arm: more than {MOST_ARMS} scenarios to compare with; the others are left out")
        found = _Reader("", arm=True).read(parse_qsl(text, keep_blank_values=True, errors="replace"))
        self.problems += [problem.replace("link: ", "link: arm: ", 1) for problem in found.problems]
        self.address = replace(self.address, arms=(*self.address.arms, found.address))

    def _settle(self) -> None:
        """Take the settings together; if they do not go together, go back to the scenario."""
        try:
            self._with(values=tuple(self.values.items()))
        except ConfigError as error:
            self.problems.append(f"link: {error}")
            self.address = replace(self.address, values=(), changes=())

    def _year(self, text: str) -> None:
        config = self.address.config()
        first, last = config.start_year, config.start_year + config.years
        if not (text.isdecimal() and len(text) < 6 and first <= int(text) <= last):
            self.problems.append(f"link: year = {shown(text)} is not allowed: must be a year in [{first}, {last}]")
        else:
            self.address = replace(self.address, year=int(text))


def _known(name: str) -> str:
    """Return the name of a bundled scenario, perhaps with an arm; never a path."""
    bundled, file = scenario_files(), name.partition(":")[0]
    if file not in bundled:
        raise ConfigError(f"there is no scenario {shown(file)}{nearest(file, list(bundled))}")
    scenario(name)
    return name


@lru_cache(maxsize=64)
def scenario(name: str) -> Config:
    """Return a bundled scenario, perhaps with an arm; reading its file anew at each move of a slider would be felt."""
    return load_config(name)


def _seed(text: str) -> int:
    if not (text.isdecimal() and len(text) < 12 and int(text) <= HIGHEST_SEED):
        raise ConfigError(f"seed = {shown(text)} is not allowed: must be a whole number in [0, {HIGHEST_SEED}]")
    return int(text)


def _quoted(text: str) -> str:
    return quote(text, safe=".,:~[]-_")


__all__ = ["FOCUS", "Address", "Reading", "of_config", "read", "read_change"]

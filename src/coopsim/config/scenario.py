"""A scenario as it is taught and tested: what it asks, its arms, and checks that could fail."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopsim.config.arms import BASELINE, Arm
from coopsim.config.config import Config
from coopsim.config.load import groups_of, read_scenario, ungrouped
from coopsim.errors import ConfigError
from coopsim.param import nearest, shown

LEVELS = ("first class", "seminar", "research")
OPTIONS, PLOTS = 3, 2  # of "predict before you run"; of what to look at
UNITS = ("difference", "percent", "ratio", "level")
REPLICATIONS, MOST = 20, 10_000
CHECK = {
    "claim": "the expectation in words",
    "measure": "what is measured: a table, see docs/scenario-files.md",
    "than": "another measure: the effect on the first less the effect on this one",
    "arm": "the arm it is about; the first if not given",
    "against": 'the arm it is compared with on the same seeds, or "baseline"; a level if not given',
    "weights": "instead of arm and against: a sum over arms, such as { long = 1, short = -1 }",
    "unit": "difference or percent, or with `than` ratio of the two effects, where arms are compared; else level",
    "above": "the expected lowest value", "below": "the expected highest value",
    "between": "both: between = [-26, -14]",
    "replications": "number of seeds of this check; those of the scenario if not given",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation that a machine can test.

    Attributes
    ----------
    claim : str
    measure : mapping
        As in the file; `coopsim.experiment.measures` reads it.
    than : mapping or None
        Another measure; what is estimated is the effect on the first less the effect on this one.
    weights : mapping of str to float
        What is estimated: the sum of the measure over arms with these weights. {"a": 1, "b": -1} is a difference.
    unit : str
        "difference", "percent" (of the arm compared with), "ratio" (of the effect on the measure to that on `than`)
        or "level".
    low, high : float
        Where the estimate should lie; infinite if open.
    replications : int
        Number of seeds on which it is tested unless told otherwise.
    """

    claim: str
    measure: Mapping[str, Any]
    than: Mapping[str, Any] | None
    weights: Mapping[str, float]
    unit: str
    low: float
    high: float
    replications: int = REPLICATIONS

    @property
    def expected(self) -> str:
        """The expected range in words."""
        sign = " %" if self.unit == "percent" else ""
        if math.isinf(self.high):
            return f"> {self.low:g}{sign}"
        return f"< {self.high:g}{sign}" if math.isinf(self.low) else f"{self.low:g} to {self.high:g}{sign}"

    @property
    def contrast(self) -> str:
        """The arms compared, in words."""
        if self.unit == "level":
            return next(iter(self.weights)) or "the scenario"
        names = {arm or "the scenario": weight for arm, weight in self.weights.items()}
        if sorted(names.values()) == [-1, 1]:
            one, other = sorted(names, key=lambda arm: -names[arm])
            return f"{one} − {other}"
        return " ".join(f"{'+' if weight > 0 else '−'} {abs(weight):g} {arm}" for arm, weight in names.items())


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario file says to people and to `coopsim scenarios check --expectations`.

    Attributes
    ----------
    name, title, level, question, background, changes, notice, expectation, mind_changer : str
        `changes` says in plain words what the scenario changes; `mind_changer` names the setting that could flip the
        result.
    predict : tuple of str
        Options for "predict before you run".
    plots : tuple of str
        Indicators to look at.
    sources : tuple of str
    arms : tuple of Arm
    checks : tuple of Check
    replications : int
        Number of seeds of checks that say nothing else.
    file : Path
    """

    name: str
    title: str
    level: str
    question: str
    background: str
    changes: str
    notice: str
    expectation: str
    mind_changer: str
    predict: tuple[str, ...]
    plots: tuple[str, ...]
    sources: tuple[str, ...]
    arms: tuple[Arm, ...]
    checks: tuple[Check, ...]
    replications: int
    file: Path

    @property
    def config(self) -> Config:
        """What a run of the scenario simulates: its first arm."""
        return self.arms[0].config


def load_scenario(name: str | Path) -> Scenario:
    """Read a bundled scenario by name, or a scenario file by path, with all that it says to people.

    Raises
    ------
    ConfigError
        If the file is missing or says something that is not allowed.

    Examples
    --------
    >>> coopsim.load_scenario("baseline").question
    'Who signs with whom, and what would you call the core?'
    """
    path, where, tables, arms = read_scenario(name)
    try:
        words = {key: " ".join(str(tables.get(key, "")).split()) for key in ("level", "changes", "mind_changer")}
        lists = {key: _texts(tables, key) for key in ("predict", "plots", "sources")}
        _check_lesson(words["level"], lists)
        entries = tables.get("checks", [])
        if not isinstance(entries, list):
            raise ConfigError(f"checks = {shown(entries)} is not allowed: must be a list of tables, headed [[checks]]")
        entries = [_with_states(table, groups_of(tables)) for table in entries]
        replications = _replications(tables, REPLICATIONS)
        checks = tuple(_check(table, number, arms, replications) for number, table in enumerate(entries, 1))
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    config = arms[0].config
    words |= {key: " ".join(getattr(config, key).split())
              for key in ("title", "question", "background", "notice", "expectation")}
    fields: dict[str, Any] = {**words, **lists}
    return Scenario(name=config.name, **fields, arms=arms, checks=checks, replications=replications, file=path)


def _texts(tables: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = tables.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
        raise ConfigError(f"{key} = {shown(values)} is not allowed: must be a list of texts in quotes")
    return tuple(" ".join(value.split()) for value in values)


def _check_lesson(level: str, lists: Mapping[str, tuple[str, ...]]) -> None:
    if level and level not in LEVELS:
        raise ConfigError(f"level = {shown(level)} is not allowed: must be one of {', '.join(LEVELS)}")
    for key, number in (("predict", OPTIONS), ("plots", PLOTS)):
        if lists[key] and len(lists[key]) != number:
            raise ConfigError(f"{key} has {len(lists[key])} entries: must have {number}")


def _replications(table: Mapping[str, Any], otherwise: int, where: str = "") -> int:
    given = table.get("replications", otherwise)
    if isinstance(given, bool) or not isinstance(given, int) or not 2 <= given <= MOST:
        raise ConfigError(f"{where}replications = {shown(given)} is not allowed: must be a whole number in [2, {MOST}]")
    return given


def _check(table: Any, number: int, arms: tuple[Arm, ...], replications: int) -> Check:
    where = f"check {number}"
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where} = {shown(table)} is not allowed: must be a table, headed [[checks]]")
    for key in table:
        if key not in CHECK:
            raise ConfigError(f"{where}: unknown entry '{key}'{nearest(key, list(CHECK))}")
    claim, measure, than = table.get("claim"), table.get("measure"), table.get("than")
    if not isinstance(claim, str) or not claim.strip():
        raise ConfigError(f"{where}: needs a 'claim': the expectation in words")
    if not (isinstance(measure, Mapping) and isinstance(than, Mapping | None)):
        raise ConfigError(f'{where}: needs a \'measure\', such as {{ indicator = "density" }}')
    weights = _weights(table, arms, where)
    unit = table.get("unit", "level" if len(weights) == 1 else "difference")
    if unit not in UNITS or (unit == "level") != (len(weights) == 1):
        raise ConfigError(f"{where}: unit = {shown(unit)} is not allowed: must be difference, percent or ratio where "
                          "arms are compared, else level")
    if unit == "ratio" and than is None:
        raise ConfigError(f"{where}: a ratio of effects needs 'than': the measure to compare with")
    if unit == "percent" and sorted(weights.values()) != [-1, 1]:
        raise ConfigError(f"{where}: a percentage needs 'arm' and 'against', not 'weights'")
    low, high = _range(table, where)
    return Check(" ".join(claim.split()), dict(measure), None if than is None else dict(than), weights, unit, low, high,
                 _replications(table, replications, f"{where}: "))


def _weights(table: Mapping[str, Any], arms: tuple[Arm, ...], where: str) -> dict[str, float]:
    known = [*(arm.name for arm in arms), BASELINE]
    given = table.get("weights")
    if given is None:
        arm, against = table.get("arm", known[0]), table.get("against")
        given = {arm: 1.0} if against is None else {arm: 1.0, against: -1.0}
        if len(given) == 1 and against is not None:
            raise ConfigError(f"{where}: compares '{arm}' with itself")
    elif "arm" in table or "against" in table:
        raise ConfigError(f"{where}: give either 'weights', or 'arm' and 'against'")
    if not isinstance(given, Mapping) or not given:
        raise ConfigError(f"{where}: weights = {shown(given)} is not allowed: must be a table of arms and numbers")
    for arm, weight in given.items():
        if arm not in known:
            raise ConfigError(f"{where}: there is no arm '{arm}'{nearest(str(arm), [name for name in known if name])}")
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise ConfigError(f"{where}: the weight of '{arm}' must be a number")
    return {arm: float(weight) for arm, weight in given.items()}


def _range(table: Mapping[str, Any], where: str) -> tuple[float, float]:
    """Return the ends of the expected range; an expectation that nothing could fail is none."""
    between = table.get("between", [-math.inf, math.inf])
    if not isinstance(between, list) or len(between) != 2 or (
        "between" in table and {"above", "below"} & set(table)
    ):
        raise ConfigError(f"{where}: give 'above', 'below', both, or between = [low, high]")
    ends = table.get("above", between[0]), table.get("below", between[1])
    if not all(isinstance(end, int | float) and not isinstance(end, bool) and not math.isnan(end) for end in ends):
        raise ConfigError(f"{where}: above, below and between must be numbers")
    low, high = float(ends[0]), float(ends[1])
    if math.isinf(low) and math.isinf(high):
        raise ConfigError(f"{where}: nothing could fail: give 'above', 'below' or 'between'")
    if low >= high:
        raise ConfigError(f"{where}: the expected range from {low:g} to {high:g} is empty")
    return low, high


def _with_states(table: Any, groups: Mapping[str, list[str]]) -> Any:
    """Return a check with groups replaced in its measures; its own `against` names an arm, not states."""
    if not isinstance(table, Mapping):
        return table
    return {key: ungrouped(value, groups) if key in ("measure", "than") else value for key, value in table.items()}

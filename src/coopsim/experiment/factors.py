"""A factor of a design: one key and the values it runs through."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coopsim.errors import ConfigError
from coopsim.experiment.domains import Domain, Kind
from coopsim.param import nearest, shown

Floats = NDArray[np.float64]
Scale = Literal["linear", "log"]
RANGE = ("low", "high", "levels", "scale")
WAYS = 'a list of values, {low = …, high = …}, "bounds", "plausible" or true'


@dataclass(frozen=True, slots=True)
class Factor:
    """One varied key: either a range of numbers or a list of values.

    Attributes
    ----------
    key : str
    kind : {"number", "integer", "boolean", "word"}
    values : tuple
        The values of a list, in their order; empty for a range.
    low, high : float
        Ends of a range, both included.
    levels : int
        Number of levels of a range in a grid; 0 if the plan decides.
    scale : {"linear", "log"}
        How a range is divided.
    base : object
        The value in the scenario itself.
    """

    key: str
    kind: Kind
    values: tuple[Any, ...] = ()
    low: float = math.nan
    high: float = math.nan
    levels: int = 0
    scale: Scale = "linear"
    base: Any = None

    @property
    def given(self) -> Any:
        """The factor as a plan file says it."""
        if self.values:
            return list(self.values)
        ends = {"low": self._typed(self.low), "high": self._typed(self.high)}
        levels = {"levels": self.levels} if self.levels else {}
        return ends | levels | ({"scale": self.scale} if self.scale != "linear" else {})

    @property
    def dtype(self) -> str:
        """The type of the factor's column."""
        return {"number": "float64", "integer": "int64", "boolean": "bool", "word": "str"}[self.kind]

    def spread(self, levels: int) -> tuple[Any, ...]:
        """Return every value of a list, or evenly spaced values of a range, both ends included."""
        if self.values:
            return self.values
        places = np.linspace(0, 1, self.levels or levels)
        if self.kind == "integer":
            return tuple(dict.fromkeys(round(float(value)) for value in self._between(places)))
        return tuple(float(value) for value in self._between(places))

    def at(self, units: Floats) -> list[Any]:
        """Return the values at places in [0, 1]: equal lengths for the values of a list and for whole numbers."""
        if self.values:
            return [self.values[k] for k in _cells(units, len(self.values))]
        if self.kind == "integer" and self.scale == "linear":
            return [int(self.low) + int(k) for k in _cells(units, int(self.high - self.low) + 1)]
        return [self._typed(value) for value in self._between(units)]

    def _between(self, units: Floats) -> Floats:
        if self.scale == "log":
            found = np.exp(np.log(self.low) + units * (np.log(self.high) - np.log(self.low)))
        else:
            found = self.low + units * (self.high - self.low)
        return np.clip(found, self.low, self.high)

    def _typed(self, value: float) -> float | int:
        return round(float(value)) if self.kind == "integer" else float(value)


def _cells(units: Floats, count: int) -> NDArray[np.int64]:
    return np.minimum((units * count).astype(np.int64), count - 1)


def factor_of(domain: Domain, given: Any) -> Factor:
    """Return the factor that a plan describes; its values are not checked yet.

    Parameters
    ----------
    domain : Domain
    given : object
        A list of values; a pair (low, high), or a mapping with these and perhaps "levels" and "scale"; "bounds" or
        True for all that is declared; "plausible" for the range that the parameter's declaration calls plausible.

    Raises
    ------
    ConfigError
        If it is none of these, or a range of something that is no number.
    """
    key = domain.key
    if given is True or given in ("bounds", "plausible"):
        return _whole(domain, plausible=isinstance(given, str) and given == "plausible")
    if isinstance(given, tuple) and len(given) == 2 and domain.kind in ("number", "integer"):
        given = {"low": given[0], "high": given[1]}
    if isinstance(given, Mapping):
        return _range(domain, given)
    if not isinstance(given, Sequence) or isinstance(given, str) or not len(given):
        raise ConfigError(f"{key} = {shown(given)} is not allowed: must be {WAYS}")
    for value in given:
        if not isinstance(value, bool | int | float | str | np.generic):
            raise ConfigError(f"{key}: {shown(value)} is not allowed: must be a number, a word, true or false")
    return Factor(key, domain.kind, tuple(given), base=domain.base)


def _whole(domain: Domain, *, plausible: bool) -> Factor:
    if domain.choices:
        return Factor(domain.key, domain.kind, domain.choices, base=domain.base)
    low, high = domain.plausible if plausible and domain.plausible else (domain.low, domain.high)
    if domain.kind == "word" or not (math.isfinite(low) and math.isfinite(high)):
        raise ConfigError(f"{domain.key} has no declared bounds; give a list of values"
                          f"{'' if domain.kind == 'word' else ' or {low = …, high = …}'}")
    return Factor(domain.key, domain.kind, low=float(low), high=float(high), base=domain.base)


def _range(domain: Domain, given: Mapping[str, Any]) -> Factor:
    key = domain.key
    if domain.kind not in ("number", "integer"):
        allowed = f" of {', '.join(shown(choice) for choice in domain.choices)}" if domain.choices else ""
        raise ConfigError(f"{key} is no number and has no range; give a list{allowed}")
    for name in given:
        if name not in RANGE:
            raise ConfigError(f"{key}: unknown entry '{name}' of a range{nearest(name, RANGE)}")
    low, high = (_number(key, name, given.get(name, getattr(domain, name))) for name in ("low", "high"))
    if domain.kind == "integer" and (low != int(low) or high != int(high)):
        raise ConfigError(f"{key}: low and high must be whole numbers")
    if not low < high:
        raise ConfigError(f"{key}: low = {low:g} must be less than high = {high:g}")
    levels, scale = given.get("levels", 0), given.get("scale", "linear")
    if isinstance(levels, bool) or not isinstance(levels, int) or (levels < 2 and "levels" in given):
        raise ConfigError(f"{key}: levels = {shown(levels)} is not allowed: must be a whole number, 2 or more")
    if scale not in ("linear", "log"):
        raise ConfigError(f"{key}: scale = {shown(scale)} is not allowed: must be linear or log")
    if scale == "log" and low <= 0:
        raise ConfigError(f"{key}: low = {low:g} must be above 0 on a logarithmic scale")
    return Factor(key, domain.kind, low=low, high=high, levels=levels, scale=scale, base=domain.base)


def _number(key: str, name: str, value: Any) -> float:
    good = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not good or not math.isfinite(value):
        raise ConfigError(f"{key}: {name} = {shown(value)} is not allowed: must be a number")
    return float(value)

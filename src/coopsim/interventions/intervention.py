"""What an intervention is: a dated, typed change from outside, validated before the run starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self, cast

import numpy as np
from numpy.typing import NDArray

from coopsim.errors import ConfigError
from coopsim.param import Params, nearest
from coopsim.world.world import World

Who = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """The declaration of one entry of an intervention."""

    meaning: str
    low: float = -np.inf
    high: float = np.inf


def entry(meaning: str, *, default: Any = ..., low: float = -np.inf, high: float = np.inf) -> Any:
    """Declare an entry; without a default it must be given."""
    metadata = {"entry": Field(meaning, low, high)}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)


@dataclass(slots=True)
class Rules:
    """The parameters and switches in force; interventions may change the parameters while a run goes on."""

    parameters: dict[str, Params]
    switches: dict[str, bool]


def states_named(world: World, who: Who) -> NDArray[np.int64]:
    """Return the rows meant by a code, a region, a subregion, an organisation's id, "north", "south" or "all".

    Raises
    ------
    ConfigError
        If a name means nothing in this world.
    """
    states, chosen = world.states, np.zeros(world.size, dtype=bool)
    for name in (who,) if isinstance(who, str) else who:
        if name == "all":
            chosen[:] = True
        elif name in ("north", "south"):
            chosen |= states.north == (name == "north")
        elif name in states.iso3:
            chosen |= states.iso3 == name
        elif name in states.region or name in states.subregion:
            chosen |= (states.region == name) | (states.subregion == name)
        elif name in world.international.id:
            chosen |= world.international.members[world.international.row(name)]
        else:
            known = [*states.iso3, *states.region, *states.subregion, *world.international.id, "all", "north",
                     "south"]
            hint = nearest(name, [str(k) for k in known])
            raise ConfigError(f"'{name}' is no state, region or organisation of this world"
                              f"{hint if 'did you mean' in hint else ''}")
    return np.flatnonzero(chosen)


@dataclass(frozen=True, slots=True)
class Intervention:
    """Base of all kinds; a kind says what it changes in `apply` and, if it can end, how it ends in `undo`."""

    kind: ClassVar[str] = ""
    repeats: ClassVar[bool] = False  # applied every year it lasts, not only the first
    year: int = entry("calendar year in which it takes effect, before the year's processes", low=-10_000, high=10_000)

    @property
    def lasts(self) -> int:
        """Number of years after which it ends, 0 if it does not."""
        return int(getattr(self, "years", 0))

    def apply(self, world: World, rules: Rules) -> None:
        """Change the world or the rules."""
        raise NotImplementedError

    def undo(self, world: World, rules: Rules) -> None:
        """End the change, for kinds that last a number of years."""

    def describe(self) -> str:
        """Return the entries in words, for the log of events."""
        entries = self.to_mapping()
        return ", ".join(f"{key} {value}" for key, value in entries.items() if key not in ("year", "kind", "who"))

    def to_mapping(self) -> dict[str, Any]:
        """Return the entries as in a scenario file."""
        values: dict[str, Any] = {"year": self.year, "kind": self.kind}
        for declared in fields(self):
            value = getattr(self, declared.name)
            if declared.name != "year" and value is not None:
                values[declared.name.rstrip("_")] = list(value) if isinstance(value, tuple) else value
        return values

    @classmethod
    def entries(cls) -> dict[str, tuple[Field, Any]]:
        """Return the declared entries and their defaults (`...` if required), by name in the file."""
        return {
            declared.name.rstrip("_"): (
                cast(Field, declared.metadata["entry"]),
                ... if declared.default is declared.default_factory else declared.default,
            )
            for declared in fields(cls)
        }

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], where: str) -> Self:
        """Build from a table of a scenario file, checking every entry."""
        declared = {f.name.rstrip("_"): f for f in fields(cls)}
        arguments: dict[str, Any] = {}
        for key, value in values.items():
            if key == "kind":
                continue
            if key not in declared:
                raise ConfigError(f"{where}: unknown entry '{key}' of kind '{cls.kind}'{nearest(key, list(declared))}")
            arguments[declared[key].name] = _checked(f"{where}.{key}", declared[key].type, value,
                                                     declared[key].metadata["entry"])
        for key, (meaning, default) in cls.entries().items():
            if default is ... and key not in values:
                raise ConfigError(f"{where}: kind '{cls.kind}' needs '{key}' ({meaning.meaning})")
        return cls(**arguments)


def _checked(where: str, kind: object, value: Any, declared: Field) -> Any:
    kind = str(kind).removesuffix(" | None")
    if kind == "Who":
        if isinstance(value, str):
            return value
        if isinstance(value, list | tuple) and value and all(isinstance(name, str) for name in value):
            return tuple(value)
        raise ConfigError(f"{where} = {value!r} must be a name or a list of names ({declared.meaning})")
    if kind == "str":
        if not isinstance(value, str):
            raise ConfigError(f"{where} = {value!r} must be a word ({declared.meaning})")
        return value
    if kind in ("int", "float"):
        whole = kind == "int"
        good = isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)
        if not good or not declared.low <= value <= declared.high or (whole and value != int(value)):
            raise ConfigError(f"{where} = {value!r} must be {'a whole' if whole else 'a'} number in "
                              f"[{declared.low:g}, {declared.high:g}] ({declared.meaning})")
        return int(value) if whole else float(value)
    return value  # the value of a parameter: its own declaration checks it

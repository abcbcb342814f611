"""What an intervention is: a dated, typed change from outside, validated before the run starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self, cast

import numpy as np
from numpy.typing import NDArray

from coopsim.errors import ConfigError
from coopsim.interventions.places import Places
from coopsim.param import Params, nearest, shown
from coopsim.world.world import World

Who = str | tuple[str, ...]
OrganisationId = str  # an entry of this type names an international organisation
WORDS = {"Who": "a name or a list of names", "OrganisationId": "the id of an organisation", "str": "a word",
         "bool": "true or false"}


@dataclass(frozen=True, slots=True)
class Field:
    """The declaration of one entry of an intervention."""

    meaning: str
    low: float = -np.inf
    high: float = np.inf
    choices: tuple[str, ...] = ()

    def allowed(self, kind: str) -> str:
        """Return what an entry of a type may be, in words."""
        kind = kind.removesuffix(" | None")
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if kind not in ("int", "float"):
            return WORDS.get(kind, "a value")
        return f"{'a whole number' if kind == 'int' else 'a number'} in [{self.low:.10g}, {self.high:.10g}]"


def entry(
    meaning: str, *, default: Any = ..., low: float = -np.inf, high: float = np.inf, choices: tuple[str, ...] = ()
) -> Any:
    """Declare an entry; without a default it must be given."""
    metadata = {"entry": Field(meaning, low, high, choices)}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)


@dataclass(slots=True)
class Rules:
    """The parameters and switches in force; interventions may change the parameters while a run goes on."""

    parameters: dict[str, Params]
    switches: dict[str, bool]


def states_named(world: World, who: Who) -> NDArray[np.int64]:
    """Return the rows meant by codes, regions, subregions, organisations, "north", "south" or "all".

    Raises
    ------
    ConfigError
        If a name means nothing in this world.
    """
    return Places.of(world).rows(who)


def worth_telling(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of an intervention without year and kind, and without `years = 0`: it stays, as most do."""
    silent = (("year", entries["year"]), ("kind", entries["kind"]), ("years", 0))
    return {key: value for key, value in entries.items() if (key, value) not in silent}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


@dataclass(frozen=True, slots=True)
class Intervention:
    """Base of all kinds; a kind says what it changes in `apply` and, if it can end, how it ends in `undo`."""

    kind: ClassVar[str] = ""
    repeats: ClassVar[bool] = False  # applied every year it lasts, not only the first
    year: int = entry(
        "calendar year in which it takes effect, before the year's processes", low=-10_000, high=10_000
    )

    def __post_init__(self) -> None:
        for declared in fields(self):
            value = getattr(self, declared.name)
            if value is not None or declared.default is not None:
                key, meaning = declared.name.rstrip("_"), declared.metadata["entry"]
                object.__setattr__(self, declared.name, _checked(key, declared.type, value, meaning))
        self.check_together()

    def check_together(self) -> None:
        """Raise `ConfigError` if entries that are fine alone make no sense together."""

    def check_names(self, places: Places) -> None:
        """Raise `ConfigError` if an entry names a state or organisation that the world does not have."""
        for declared in fields(self):
            kind, value = str(declared.type).removesuffix(" | None"), getattr(self, declared.name)
            try:
                if kind == "Who" and value is not None:
                    places.rows(value)
                elif kind == "OrganisationId":
                    places.organisation(value)
            except ConfigError as error:
                raise ConfigError(f"{declared.name.rstrip('_')}: {error}") from None

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
        told = worth_telling(self.to_mapping())
        return ", ".join(f"{key} {_word(value)}" for key, value in told.items() if key != "who")

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
    def types(cls) -> dict[str, str]:
        """Return the declared types of the entries, by name in the file."""
        return {declared.name.rstrip("_"): str(declared.type) for declared in fields(cls)}

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], where: str) -> Self:
        """Build from a table of a scenario file, checking every entry."""
        declared = {f.name.rstrip("_"): f for f in fields(cls)}
        for key in values:
            if key not in declared and key != "kind":
                hint = nearest(key, list(declared))
                raise ConfigError(f"{where} ({cls.kind}): unknown entry '{key}'{hint}")
        for key, (meaning, default) in cls.entries().items():
            if default is ... and key not in values:
                raise ConfigError(f"{where} ({cls.kind}): needs '{key}' ({meaning.meaning})")
        try:
            return cls(**{declared[key].name: value for key, value in values.items() if key != "kind"})
        except ConfigError as error:
            raise ConfigError(f"{where} ({cls.kind}): {error}") from None


def _checked(key: str, kind: object, value: Any, declared: Field) -> Any:
    """Return the value of an entry in its declared type, or raise `ConfigError`."""
    allowed = declared.allowed(str(kind))
    refusal = f"{key} = {shown(value)} is not allowed: must be {allowed} ({declared.meaning})"
    kind = str(kind).removesuffix(" | None")
    if kind == "Who":
        names = (value,) if isinstance(value, str) else value
        good = isinstance(names, list | tuple) and len(names) > 0
        if not (good and all(isinstance(name, str) and name for name in names)):
            raise ConfigError(refusal)
        return value if isinstance(value, str) else tuple(value)
    if kind in ("str", "OrganisationId") and not (isinstance(value, str) and value):
        raise ConfigError(refusal)
    if kind == "bool" and not isinstance(value, bool):
        raise ConfigError(refusal)
    if (declared.choices and value not in declared.choices) or (kind == "bool" and not isinstance(value, bool)):
        raise ConfigError(refusal)
    if kind in ("int", "float"):
        # NumPy scalars come from sweeps; they are numbers too.
        good = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        good = good and declared.low <= value <= declared.high and abs(value) < np.inf
        if not good or (kind == "int" and value != int(value)):
            raise ConfigError(refusal)
        return int(value) if kind == "int" else float(value)
    return value  # the value of a parameter: its own declaration checks it

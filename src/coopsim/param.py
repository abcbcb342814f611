"""Parameters, declared once.

A mechanism declares its parameters as fields of a frozen dataclass::

    @dataclass(frozen=True, slots=True)
    class TrustParams(Params):
        gain: float = param(0.04, unit="1/yr", bounds=(0, 1), plausible=(0.01, 0.1), symbol="g",
                            meaning="share of the gap to full trust closed by a year of strong cooperation",
                            evidence="assumed", source="MODEL M12")

Validation, the command line, documentation, sliders and sensitivity ranges all read this one line.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from difflib import get_close_matches
from typing import Any, ClassVar, Literal, Self, cast

from coopsim.errors import ConfigError

Evidence = Literal["measured", "theory", "assumed"]
Value = float | int | bool | str


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything that is known about one parameter."""

    default: Value
    unit: str
    meaning: str
    evidence: Evidence
    source: str
    symbol: str = ""
    bounds: tuple[float, float] = (-math.inf, math.inf)
    plausible: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """The allowed values, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if isinstance(self.default, bool):
            return "true or false"
        low, high = (f"{bound:g}" for bound in self.bounds)
        kind = "a whole number" if isinstance(self.default, int) else "a number"
        unit = f", unit {self.unit}" if self.unit not in ("", "1") else ""
        return f"{kind} in [{low}, {high}]{unit}"

    def check(self, key: str, value: object) -> Value:
        """Return `value` in the declared type, or raise `ConfigError` naming key, value and bounds."""
        refusal = ConfigError(
            f"{key} = {shown(value)} is not allowed: must be {self.allowed} ({self.meaning})"
        )
        if self.choices:
            if value not in self.choices:
                raise refusal
            return value
        if isinstance(self.default, bool) or isinstance(value, bool):
            if not (isinstance(self.default, bool) and isinstance(value, bool)):
                raise refusal
            return value
        # NumPy scalars come from sweeps; they are numbers too.
        try:
            number = float(cast(float, value)) if not isinstance(value, str | bytes) else math.nan
        except (TypeError, ValueError, OverflowError):
            raise refusal from None
        low, high = self.bounds
        if not (math.isfinite(number) and low <= number <= high):
            raise refusal
        if isinstance(self.default, int):
            if number != int(number):
                raise refusal
            return int(number)
        return number + 0.0  # no negative zero


def param(
    default: Any,
    *,
    unit: str,
    meaning: str,
    evidence: Evidence,
    source: str,
    symbol: str = "",
    bounds: tuple[float, float] = (-math.inf, math.inf),
    plausible: tuple[float, float] | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare one parameter as a dataclass field.

    Parameters
    ----------
    default : float, int, bool or str
        The type of the default is the type of the parameter.
    unit : str
        Unit; "1" for a pure number.
    meaning : str
        One line for the reader of a slider or a table.
    evidence : {"measured", "theory", "assumed"}
        What stands behind the default.
    source : str
        Where the default comes from.
    symbol : str
        The symbol of MODEL.md.
    bounds : (float, float)
        Values for which the equations hold; outside is an error.
    plausible : (float, float), optional
        Prior range for sensitivity analysis and sliders; `bounds` if not given.
    choices : tuple of str
        Allowed words of a categorical parameter.
    """
    spec = Spec(default, unit, meaning, evidence, source, symbol, bounds, plausible, choices)
    return field(default=default, metadata={"spec": spec})


def spec_of(declared: Field[Any]) -> Spec:
    """Return the `Spec` behind a field of a `Params` class."""
    return cast(Spec, declared.metadata["spec"])


def nearest(word: str, known: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    """Return a hint such as "; did you mean 'gain'?" or the list of what is known."""
    names = sorted(known)
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.55)
    return f"; did you mean '{folded[close[0]]}'?" if close else f"; known: {', '.join(names)}"


def shown(value: object, longest: int = 60) -> str:
    """Return a value as a scenario file writes it, cut to a readable length."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, list | tuple):
        text = f"[{', '.join(shown(item, longest) for item in value[:longest])}]"
    elif isinstance(value, Mapping):
        text = f"{{{', '.join(f'{key} = {shown(item, longest)}' for key, item in value.items())}}}"
    else:
        text = _number(value)
    return text if len(text) <= longest else f"{text[: longest - 2]} …"


def _number(value: object) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to write out integers of thousands of digits
        return "a number of thousands of digits"


@dataclass(frozen=True, slots=True)
class Params:
    """Base of every group of parameters: checked when it is made, immutable afterwards."""

    group: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for declared in fields(self):
            value = spec_of(declared).check(f"{self.group}.{declared.name}", getattr(self, declared.name))
            object.__setattr__(self, declared.name, value)

    @classmethod
    def specs(cls) -> dict[str, Spec]:
        """Return the declarations of the group, by name."""
        given = (declared for declared in fields(cls) if declared.default is not MISSING)
        return {declared.name: spec_of(declared) for declared in given}

    @classmethod
    def from_mapping(cls, values: Mapping[str, object], where: str = "") -> Self:
        """Build the group from a table of a scenario file; unknown names are errors with a suggestion."""
        known = cls.specs()
        for name in values:
            if name not in known:
                hint = nearest(name, list(known))
                raise ConfigError(f"{where}unknown parameter '{cls.group}.{name}'{hint}")
        try:
            return cls(**cast(dict[str, Any], dict(values)))
        except ConfigError as error:
            raise ConfigError(f"{where}{error}") from None

"""What a user may say: a validated, immutable description of one run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from coopsim.errors import ConfigError
from coopsim.interventions import KINDS, Intervention
from coopsim.interventions.kinds import SetParameter
from coopsim.mechanisms import MECHANISMS, PRESETS
from coopsim.param import Params, Spec, nearest
from coopsim.world.build import WorldSpec
from coopsim.world.initial import InitialParams

MAX_YEARS, MAX_STATES, MAX_ORGANISATIONS, MAX_LANGUAGES = 1000, 5000, 2_000_000, 500

# Every group of parameters, by the name it has in scenario files.
GROUPS: dict[str, type[Params]] = {
    "initial": InitialParams,
    **{name: mechanism.params for name, mechanism in MECHANISMS.items()},
}
HORIZON: dict[str, Spec] = {
    "start_year": Spec(2025, "year", "the year before the first simulated one: the starting world", "measured",
                       "the data describe about 2025", bounds=(0, 9000)),
    "years": Spec(50, "yr", "number of simulated years", "assumed", "MODEL 3.2", bounds=(1, MAX_YEARS)),
}


@dataclass(frozen=True, slots=True)
class Config:
    """One scenario, resolved and checked; make variants with `with_values`.

    Attributes
    ----------
    name, title, question, background, notice, expectation : str
        For people; they do not change results.
    start_year, years : int
        The starting world is that of `start_year`; the first simulated year follows it.
    world : WorldSpec
    preset : str
        Which mechanisms are on unless `mechanisms` says otherwise.
    parameters : mapping of str to Params
        One group per mechanism, and "initial" for the starting world.
    mechanisms : mapping of str to bool
    interventions : tuple of Intervention
    """

    name: str = "default"
    title: str = ""
    question: str = ""
    background: str = ""
    notice: str = ""
    expectation: str = ""
    start_year: int = int(HORIZON["start_year"].default)
    years: int = int(HORIZON["years"].default)
    world: WorldSpec = field(default_factory=WorldSpec)
    preset: str = "full"
    parameters: Mapping[str, Params] = field(default_factory=lambda: {g: kind() for g, kind in GROUPS.items()})
    mechanisms: Mapping[str, bool] = field(
        default_factory=lambda: {name: name in PRESETS["full"] for name in MECHANISMS}
    )
    interventions: tuple[Intervention, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", _Frozen(self.parameters))
        object.__setattr__(self, "mechanisms", _Frozen(self.mechanisms))
        last = self.start_year + self.years
        for number, change in enumerate(self.interventions):
            if not self.start_year < change.year <= last:
                raise ConfigError(
                    f"interventions[{number}].year = {change.year} is outside the simulated years "
                    f"[{self.start_year + 1}, {last}]"
                )
            if isinstance(change, SetParameter):
                group, name, spec = resolve_parameter(change.parameter)
                checked = spec.check(f"interventions[{number}]: {group}.{name}", change.value)
                object.__setattr__(change, "parameter", f"{group}.{name}")
                object.__setattr__(change, "value", checked)

    def value(self, key: str) -> Any:
        """Return the value behind a dotted key, such as "trust.gain", "horizon.years" or "mechanisms.trust"."""
        group, _, name = key.partition(".")
        if group == "horizon" and name in HORIZON:
            return getattr(self, name)
        if group == "mechanisms":
            _known_mechanism(name)
            return self.mechanisms[name]
        if group == "world":
            return world_mapping(self.world).get(name)
        found, field_name, _ = resolve_parameter(key)
        return getattr(self.parameters[found], field_name)

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a variant with other values for dotted keys, checked like a scenario file.

        Parameters
        ----------
        values : mapping
            For example ``{"trust.gain": 0.06, "horizon.years": 60, "mechanisms.network": False}``; MODEL.md's
            symbols serve as names too ("channels.phi").

        Raises
        ------
        ConfigError
            If a key is unknown or a value is not allowed.
        """
        changed: dict[str, Any] = {}
        parameters, mechanisms = dict(self.parameters), dict(self.mechanisms)
        for key, value in values.items():
            group, _, name = key.partition(".")
            if group == "horizon":
                if name not in HORIZON:
                    raise ConfigError(f"unknown key '{key}'{nearest(name, list(HORIZON))}")
                changed[name] = HORIZON[name].check(key, value)
            elif group == "mechanisms":
                _known_mechanism(name)
                if not isinstance(value, bool):
                    raise ConfigError(f"{key} = {value!r} must be true or false")
                mechanisms[name] = value
            elif group == "world":
                changed["world"] = world_spec({**world_mapping(changed.get("world", self.world)), name: value}, "")
            elif key == "preset":
                changed["preset"] = value
                mechanisms = {m: m in preset(value) for m in MECHANISMS}
            else:
                found, field_name, _ = resolve_parameter(key)
                parameters[found] = replace(parameters[found], **{field_name: value})
        return replace(self, parameters=parameters, mechanisms=mechanisms, **changed)

    def to_mapping(self) -> dict[str, Any]:
        """Return the resolved scenario as plain tables, every parameter included."""
        return {
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "background": self.background,
            "notice": self.notice,
            "expectation": self.expectation,
            "preset": self.preset,
            "horizon": {"start_year": self.start_year, "years": self.years},
            "world": world_mapping(self.world),
            "parameters": {
                group: {name: getattr(values, name) for name in values.specs()}
                for group, values in sorted(self.parameters.items())
            },
            "mechanisms": dict(sorted(self.mechanisms.items())),
            "interventions": [change.to_mapping() for change in self.interventions],
        }

    def differences(self) -> dict[str, Any]:
        """Return the dotted keys whose value is not the default."""
        base = Config()
        found: dict[str, Any] = {}
        for group, values in self.parameters.items():
            for name, spec in values.specs().items():
                if getattr(values, name) != spec.default:
                    found[f"{group}.{name}"] = getattr(values, name)
        found |= {f"mechanisms.{m}": on for m, on in self.mechanisms.items() if on != base.mechanisms[m]}
        return found

    @property
    def hash(self) -> str:
        """Fingerprint of what decides the results: everything but the words for people."""
        resolved = self.to_mapping()
        for words in ("name", "title", "question", "background", "notice", "expectation", "preset"):
            del resolved[words]
        return hashlib.sha256(json.dumps(resolved, sort_keys=True).encode()).hexdigest()[:16]


class _Frozen(dict[str, Any]):
    """A mapping that refuses changes: a config is made anew, never altered."""

    def _refuse(self, *_: object, **__: object) -> None:
        raise TypeError("a Config is immutable; use config.with_values({...})")

    __setitem__ = __delitem__ = update = pop = clear = setdefault = popitem = _refuse  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return (_Frozen, (dict(self),))


def resolve_parameter(key: str) -> tuple[str, str, Spec]:
    """Return group, name and declaration of a parameter given by dotted name, or by group and MODEL symbol.

    Raises
    ------
    ConfigError
        If there is none, naming the nearest.
    """
    group, _, name = key.partition(".")
    if group not in GROUPS:
        keys = [f"{g}.{n}" for g, kind in GROUPS.items() for n in kind.specs()]
        raise ConfigError(f"unknown parameter '{key}'{nearest(key, keys) if name else nearest(group, list(GROUPS))}")
    specs = GROUPS[group].specs()
    if name not in specs:
        by_symbol = {spec.symbol: known for known, spec in specs.items() if spec.symbol}
        if name not in by_symbol:
            raise ConfigError(f"unknown parameter '{key}'{nearest(name, list(specs))}")
        name = by_symbol[name]
    return group, name, specs[name]


def preset(name: object) -> tuple[str, ...]:
    """Return the mechanisms of a preset; `ConfigError` if there is none of that name."""
    if name not in PRESETS:
        raise ConfigError(f"preset = {name!r} must be one of {', '.join(PRESETS)}")
    return PRESETS[str(name)]


def _known_mechanism(name: str) -> None:
    if name not in MECHANISMS:
        raise ConfigError(f"unknown mechanism 'mechanisms.{name}'{nearest(name, list(MECHANISMS))}")


def world_mapping(spec: WorldSpec) -> dict[str, Any]:
    """Return a `WorldSpec` as in a scenario file."""
    if spec.synthetic:
        synthetic = {"states": spec.synthetic, "organisations": spec.organisations, "languages": spec.languages}
        return {"synthetic": synthetic}
    table: dict[str, Any] = {"states": "all" if spec.codes is None else list(spec.codes)}
    return table | ({"organisations": spec.organisations} if spec.organisations else {})


def world_spec(table: Mapping[str, Any], where: str) -> WorldSpec:
    """Read the `[world]` table of a scenario.

    Raises
    ------
    ConfigError
        If an entry is unknown, of the wrong type or out of range.
    """
    known = ("states", "synthetic", "organisations")
    for key in table:
        if key not in known:
            raise ConfigError(f"{where}unknown key 'world.{key}'{nearest(key, known)}")
    organisations = _count(table, "organisations", 0, MAX_ORGANISATIONS, 0, f"{where}world")
    if "synthetic" in table:
        return _synthetic(table, where)
    states = table.get("states", "all")
    if states == "all":
        return WorldSpec(organisations=organisations)
    if not (isinstance(states, list | tuple) and states and all(isinstance(code, str) for code in states)):
        raise ConfigError(f'{where}world.states = {states!r} must be "all" or a list of ISO 3166-1 alpha-3 codes')
    if len(set(states)) < len(states):
        raise ConfigError(f"{where}world.states names a state twice")
    return WorldSpec(codes=tuple(states), organisations=organisations)


def _synthetic(table: Mapping[str, Any], where: str) -> WorldSpec:
    synthetic = table["synthetic"]
    if not isinstance(synthetic, Mapping):
        raise ConfigError(f"{where}world.synthetic = {synthetic!r} must be a table such as {{states = 40}}")
    known = ("states", "organisations", "languages")
    for key in synthetic:
        if key not in known:
            raise ConfigError(f"{where}unknown key 'world.synthetic.{key}'{nearest(key, known)}")
    if isinstance(table.get("states"), list | tuple):
        raise ConfigError(f"{where}world: give either 'states' or 'synthetic', not both")
    inside = f"{where}world.synthetic"
    return WorldSpec(
        synthetic=_count(synthetic, "states", 1, MAX_STATES, 40, inside),
        organisations=_count(synthetic, "organisations", 0, MAX_ORGANISATIONS, 0, inside),
        languages=_count(synthetic, "languages", 1, MAX_LANGUAGES, 6, inside),
    )


def _count(table: Mapping[str, Any], key: str, low: int, high: int, default: int, where: str) -> int:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigError(f"{where}.{key} = {value!r} must be a whole number in [{low}, {high}]")
    return value


__all__ = [
    "GROUPS", "HORIZON", "KINDS", "Config", "preset", "resolve_parameter", "world_mapping", "world_spec",
]

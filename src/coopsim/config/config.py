"""What a user may say: a validated, immutable description of one run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from coopsim.config.world import ABSENT, changed_world, world_mapping
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS, Intervention, Places
from coopsim.interventions.kinds import SetParameter
from coopsim.mechanisms import MECHANISMS, PRESETS
from coopsim.param import Params, Spec, nearest, shown
from coopsim.rng import Streams
from coopsim.world.build import WorldSpec, facts_for
from coopsim.world.initial import InitialParams

MAX_YEARS = 1000

# Every group of parameters, by the name it has in scenario files.
GROUPS: dict[str, type[Params]] = {
    "initial": InitialParams,
    **{name: mechanism.params for name, mechanism in MECHANISMS.items()},
}
HORIZON: dict[str, Spec] = {
    "start_year": Spec(
        2025, "year", "the year before the first simulated one: the starting world", "measured",
        "the data describe about 2025", bounds=(0, 9000),
    ),
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
    parameters: Mapping[str, Params] = field(
        default_factory=lambda: {group: kind() for group, kind in GROUPS.items()}
    )
    mechanisms: Mapping[str, bool] = field(
        default_factory=lambda: {name: name in PRESETS["full"] for name in MECHANISMS}
    )
    interventions: tuple[Intervention, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", _Frozen(self.parameters))
        object.__setattr__(self, "mechanisms", _Frozen(self.mechanisms))
        for key, spec in HORIZON.items():
            object.__setattr__(self, key, spec.check(f"horizon.{key}", getattr(self, key)))
        changes = tuple(self._checked(number, change) for number, change in enumerate(self.interventions, 1))
        object.__setattr__(self, "interventions", changes)

    def __hash__(self) -> int:
        return hash(self.hash)

    def _checked(self, number: int, change: Intervention) -> Intervention:
        where = f"intervention {number} ({change.kind})"
        first, last = self.start_year + 1, self.start_year + self.years
        if not first <= change.year <= last:
            raise ConfigError(
                f"{where}: year = {change.year} is not allowed: must be a simulated year in [{first}, {last}]"
            )
        if not isinstance(change, SetParameter):
            return change
        try:
            group, name, spec = resolve_parameter(change.parameter)
            if group == "initial":
                raise ConfigError(f'parameter = "{group}.{name}" is not allowed: it describes the starting '
                                  "world, which no later year can change")
            value = spec.check(f"{group}.{name}", change.value)
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from None
        return replace(change, parameter=f"{group}.{name}", value=value)

    def with_interventions(self, *changes: Intervention | Mapping[str, Any]) -> Self:
        """Return a variant with further interventions, each built in Python or given as a table of a scenario file.

        Parameters
        ----------
        *changes : Intervention or mapping
            For example ``{"year": 2030, "kind": "withdraw", "who": "USA", "from": "UNESCO"}``.

        Raises
        ------
        ConfigError
            If a kind or an entry is unknown or not allowed.
        """
        further = []
        for number, change in enumerate(changes, len(self.interventions) + 1):
            if isinstance(change, Intervention):
                further.append(change)
                continue
            where = f"intervention {number}"
            kind = change.get("kind")
            if not isinstance(kind, str) or kind not in KINDS:
                raise ConfigError(f"{where}: kind = {shown(kind)} is not known{nearest(str(kind), list(KINDS))}")
            further.append(KINDS[kind].from_mapping(change, where))
        return replace(self, interventions=(*self.interventions, *further))

    def with_horizon(self, years: int, key: str = "horizon.years") -> Self:
        """Return a variant of other length, without the interventions that would come after its end.

        Raises
        ------
        ConfigError
            If `years` is not allowed; `key` names it in the message.
        """
        years = int(HORIZON["years"].check(key, years))
        last = self.start_year + years
        return replace(self, years=years, interventions=tuple(c for c in self.interventions if c.year <= last))

    def check_names(self, seed: int = 1) -> None:
        """Raise `ConfigError` if a state, region or organisation is named that this world does not have."""
        if self.world.synthetic and not self.interventions:
            return  # names nothing, and inventing the states a second time would be a thirtieth of a small run
        places = Places.of_facts(facts_for(self.world, Streams(seed)("world", self.start_year)))
        for number, change in enumerate(self.interventions, 1):
            try:
                change.check_names(places)
            except ConfigError as error:
                raise ConfigError(f"intervention {number} ({change.kind}): {error}") from None

    def value(self, key: str) -> Any:
        """Return the value behind a dotted key: "trust.gain", "horizon.years", "mechanisms.trust"."""
        group, _, name = key.partition(".")
        if group == "horizon" and name in HORIZON:
            return getattr(self, name)
        if group == "mechanisms":
            _known_mechanism(name)
            return self.mechanisms[name]
        if group == "world":
            return world_mapping(self.world).get(name, ABSENT.get(name))
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
        if "preset" in values:  # first, whatever the order: switches are exceptions from the preset
            changed["preset"] = values["preset"]
            mechanisms = {name: name in preset(values["preset"]) for name in MECHANISMS}
        for key, value in values.items():
            group, _, name = key.partition(".")
            if group == "horizon":
                if name not in HORIZON:
                    raise ConfigError(f"unknown key '{key}'{nearest(key, [f'horizon.{k}' for k in HORIZON])}")
                changed[name] = HORIZON[name].check(key, value)
            elif group == "mechanisms":
                mechanisms[name] = switch(name, value)
            elif group == "world":
                changed["world"] = changed_world(changed.get("world", self.world), name, value)
            elif key != "preset":
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
        """Return the dotted keys whose value is not the default, as `with_values` takes them."""
        base = Config()
        found: dict[str, Any] = {f"horizon.{key}": getattr(self, key) for key in HORIZON}
        found |= {f"world.{key}": value for key, value in world_mapping(self.world).items()}
        found = {key: value for key, value in found.items() if value != base.value(key)}
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

    __setitem__ = __delitem__ = __ior__ = update = pop = clear = setdefault = popitem = _refuse  # type: ignore[assignment]

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
        raise ConfigError(f"unknown parameter '{key}'{_nearest_parameter(key)}")
    specs = GROUPS[group].specs()
    if not name:
        raise ConfigError(f"'{group}' is a group of parameters; name one of them: {group}.{next(iter(specs))} …")
    if name not in specs:
        by_symbol = {spec.symbol: known for known, spec in specs.items() if spec.symbol}
        if name not in by_symbol:
            raise ConfigError(f"unknown parameter '{key}'{_nearest_in(group, name)}")
        name = by_symbol[name]
    return group, name, specs[name]


def _nearest_in(group: str, name: str) -> str:
    return nearest(f"{group}.{name}", [f"{group}.{known}" for known in GROUPS[group].specs()])


def _nearest_parameter(key: str) -> str:
    """Return a hint for a key whose group does not exist: the nearest dotted name, or the groups."""
    hint = nearest(key, [f"{group}.{name}" for group, kind in GROUPS.items() for name in kind.specs()])
    return hint if "did you mean" in hint else nearest(key.partition(".")[0], list(GROUPS))


def preset(name: object) -> tuple[str, ...]:
    """Return the mechanisms of a preset; `ConfigError` if there is none of that name."""
    if not isinstance(name, str) or name not in PRESETS:
        hint = nearest(name, list(PRESETS)) if isinstance(name, str) else ""
        raise ConfigError(f"preset = {shown(name)} is not allowed: must be one of {', '.join(PRESETS)}"
                          f"{hint if 'did you mean' in hint else ''}")
    return PRESETS[name]


def switch(name: str, on: object) -> bool:
    """Return whether a mechanism is on; `ConfigError` if it does not exist or the value is no switch."""
    _known_mechanism(name)
    if not isinstance(on, bool):
        raise ConfigError(f"mechanisms.{name} = {shown(on)} is not allowed: must be true or false")
    return on


def _known_mechanism(name: str) -> None:
    if name not in MECHANISMS:
        raise ConfigError(f"unknown mechanism 'mechanisms.{name}'"
                          f"{nearest(f'mechanisms.{name}', [f'mechanisms.{known}' for known in MECHANISMS])}")


__all__ = [
    "GROUPS", "HORIZON", "KINDS", "Config", "preset", "resolve_parameter", "switch",
]

"""A plan: which runs a sweep consists of, checked before anything runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from coopsim.config import HORIZON, Config, load_config
from coopsim.errors import ConfigError
from coopsim.experiment import designs
from coopsim.experiment.domains import SCENARIO, Domain, checked, configured, domain_of, full_key
from coopsim.experiment.factors import Factor, Floats, factor_of
from coopsim.param import nearest, shown

if TYPE_CHECKING:
    import pandas as pd

MAX_RUNS = 100_000_000
LARGEST_SEED = 2**62
Years = Literal["last", "all"] | tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The runs of a sweep: the points of a design, each repeated with several seeds.

    Parameters
    ----------
    scenario : str, Path or Config
        A bundled scenario, a scenario file or a configuration.
    vary : mapping of str to object, DataFrame or Path
        What varies, by dotted key: any parameter, "mechanisms.trust", "scenario", "preset", "horizon.years",
        "interventions.0.year", "world.synthetic.states". A list says the values, a pair (low, high) or a mapping
        with "low", "high" and perhaps "levels" and "scale" ("linear" or "log") a range, "bounds" or True all that
        is declared, "plausible" the range that the declaration calls plausible. For the design "list" a table, or
        the path of a CSV file, with one row per point.
    design : {"grid", "one_at_a_time", "list", "latin_hypercube", "sobol", "random", "saltelli", "morris"}
    samples : int, optional
        Number of points; of levels of a range in a grid (5) and of values of a range in one_at_a_time (2); of
        trajectories of Morris (20); the base number of Saltelli (256), a power of two as for Sobol.
    replications : int
        Number of seeds for each point.
    seed : int
        Seed of the design and of the first replication; the next ones follow it.
    years : int, optional
        Years to simulate instead of the scenario's number; interventions that come later are dropped.
    set : mapping of str to object
        Other values that hold in every run.
    indicators : "all" or sequence of str
        Which indicators are kept.
    record_years : "last", "all" or sequence of int
        For which calendar years they are kept.
    common_random_numbers : bool
        Whether replication k of every point shares its seed, and so all its luck, with replication k of the others;
        otherwise each run has a seed of its own.
    second_order : bool
        Whether a Saltelli design allows indices of pairs of factors, with about twice the runs.
    configs : mapping of str to Config
        Scenarios by name that are not to be read from files; afterwards all of them, with `years` and `set`.

    Raises
    ------
    ConfigError
        If anything is unknown or not allowed.

    Examples
    --------
    >>> plan = coopsim.Plan(scenario="classroom", vary={"trust.gain": [0.02, 0.04]}, replications=20)
    >>> plan.runs
    40
    """

    scenario: str | Path | Config = "baseline"
    vary: Any = field(default_factory=dict)
    design: str = "grid"
    samples: int | None = None
    replications: int = 20
    seed: int = 1
    years: int | None = None
    set: Mapping[str, Any] = field(default_factory=dict)
    indicators: Literal["all"] | Sequence[str] = "all"
    record_years: Literal["last", "all"] | Sequence[int] = "last"
    common_random_numbers: bool = True
    second_order: bool = False
    configs: Mapping[str, Config] = field(default_factory=dict, repr=False, compare=False)
    factors: tuple[Factor, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        def put(name: str, value: Any) -> None:
            object.__setattr__(self, name, value)

        if self.design not in designs.DESIGNS:
            raise ConfigError(f"design = {shown(self.design)} is not known{nearest(str(self.design), designs.DESIGNS)}")
        put("replications", _whole("replications", self.replications, 1, 1_000_000))
        put("seed", _whole("seed", self.seed, 0, LARGEST_SEED))
        for name in ("common_random_numbers", "second_order"):
            if not isinstance(getattr(self, name), bool):
                raise ConfigError(f"{name} = {shown(getattr(self, name))} is not allowed: must be true or false")
        if self.years is not None:
            put("years", int(HORIZON["years"].check("years", self.years)))
        given = _varied(self.vary, self.design)
        put("set", dict(self.set))
        put("configs", self._base_configs(given.get(SCENARIO)))
        put("factors", tuple(self._factor(key, value) for key, value in given.items()))
        put("vary", {factor.key: factor.given for factor in self.factors})
        self._check_together()
        put("samples", self._checked_samples())
        put("indicators", _indicators(self.indicators))
        put("record_years", self._record_years())
        if self.runs > MAX_RUNS:
            raise ConfigError(f"the plan has {self.runs:,} runs, of {MAX_RUNS:,} allowed; take a space-filling design "
                              "such as latin_hypercube")

    def _base_configs(self, varied: Any) -> dict[str, Config]:
        """Return the configurations of all scenarios, with what holds in every run, by name."""
        scenarios: list[Any] = [self.scenario]
        if varied is True or varied == "bounds":
            from coopsim.config import scenario_files

            scenarios += scenario_files()
        elif isinstance(varied, Sequence) and not isinstance(varied, str):
            scenarios += varied
        found = {}
        for scenario in scenarios:
            name = scenario.name if isinstance(scenario, Config) else str(scenario)
            if name in found:
                continue
            config = scenario if isinstance(scenario, Config) else self.configs.get(name) or load_config(scenario)
            changed = config if self.years is None else config.with_horizon(self.years, "years")
            try:
                found[name] = configured(changed, {full_key(k, changed): v for k, v in self.set.items()})
            except ConfigError as error:
                raise ConfigError(f"set: {error}") from None
        return found

    @property
    def scenario_name(self) -> str:
        """The scenario by the name it has in `configs`."""
        return self.scenario.name if isinstance(self.scenario, Config) else str(self.scenario)

    def _factor(self, key: str, given: Any) -> Factor:
        """Return one factor, its values checked in every scenario."""
        if key == SCENARIO:
            from coopsim.config import scenario_files

            domain = Domain(SCENARIO, "word", choices=tuple(scenario_files()), base=self.scenario_name)
            factor = factor_of(domain, [str(value) for value in given] if isinstance(given, list) else given)
            return self._without_repetition(factor)
        try:
            found = [domain_of(key, config) for config in self._used_configs()]
            domain = found[0]
            if len(found) > 1:  # what is allowed in all of them
                low, high = max(d.low for d in found), min(d.high for d in found)
                domain = Domain(domain.key, domain.kind, low, high, domain.plausible, domain.choices, domain.base)
            factor = factor_of(domain, given)
            values: dict[Any, None] = dict.fromkeys(factor.values or (factor.low, factor.high))
            for config in self._used_configs():
                typed = {value: checked(domain, value, config) for value in values}
        except ConfigError as error:
            raise ConfigError(f"vary: {error}") from None
        if factor.values:
            object.__setattr__(factor, "values", tuple(typed[value] for value in factor.values))
        return self._without_repetition(factor)

    def _used_configs(self) -> list[Config]:
        return list(self.configs.values())

    def _without_repetition(self, factor: Factor) -> Factor:
        if self.design != "list" and len(set(factor.values)) < len(factor.values):
            raise ConfigError(f"vary: {factor.key} = {shown(list(factor.values))} names a value twice")
        return factor

    def _check_together(self) -> None:
        keys = [factor.key for factor in self.factors]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ConfigError(f"vary: {twice[0]} is given twice: by its name and by its symbol")
        config = next(iter(self.configs.values()))
        fixed = [full_key(key, config) for key in self.set]
        both = [key for key in keys if key in fixed]
        if both:
            raise ConfigError(f"{both[0]} is both varied and set")
        if self.years is not None and "horizon.years" in keys:
            raise ConfigError("horizon.years is both varied and given as years")
        if self.design in designs.UNIT_DESIGNS and not keys:
            raise ConfigError(f"the design '{self.design}' needs something to vary")
        if self.design == "list":
            lengths = {factor.key: len(factor.values) for factor in self.factors}
            if not lengths or 0 in lengths.values() or len(set(lengths.values())) > 1:
                raise ConfigError(f"the design 'list' needs lists of the same length, one value per point: {lengths}")

    def _checked_samples(self) -> int:
        if self.samples is None:
            return designs.default_samples(self.design, len(self.factors))
        samples = _whole("samples", self.samples, 2 if self.design in ("grid", "morris") else 1, 10_000_000)
        if self.design in designs.POWERS_OF_TWO and samples & (samples - 1):
            below = 1 << (samples.bit_length() - 1)
            raise ConfigError(f"samples = {samples} is not allowed: the design '{self.design}' needs a power of two, "
                              f"such as {below} or {2 * below}")
        return samples

    def _record_years(self) -> Years:
        asked = self.record_years
        if asked in ("last", "all"):
            return asked
        if isinstance(asked, str | int) or not len(asked):
            raise ConfigError(f"record.years = {shown(asked)} is not allowed: must be last, all or a list of years")
        first = min(config.start_year for config in self.configs.values())
        last = max(config.start_year + config.years for config in self.configs.values())
        if any(factor.key.startswith("horizon.") for factor in self.factors):
            last = first + 10_000
        return tuple(sorted({_whole("record.years", year, first, last) for year in asked}))

    @property
    def points(self) -> int:
        """Number of points of the design."""
        samples = self.samples or 0
        return designs.number_of_points(self.design, self.factors, samples, second_order=self.second_order)

    @property
    def runs(self) -> int:
        """Number of runs: points times replications."""
        return self.points * self.replications

    def design_table(self) -> pd.DataFrame:
        """Return the points: indexed by "scenario_id", one column per varied key."""
        if self.design in designs.UNIT_DESIGNS:
            return designs.points_at(self.factors, self.unit_points())
        return designs.listed_points(self.design, self.factors, self.samples or 0)

    def unit_points(self) -> Floats:
        """Return the points of a space-filling design in the unit cube, as `SALib.analyze` wants them.

        Returns
        -------
        ndarray
            Shape (points, factors), in the order of `scenario_id` and of `problem`.
        """
        if self.design not in designs.UNIT_DESIGNS:
            raise ConfigError(f"the design '{self.design}' is not made in the unit cube; "
                              f"these are: {', '.join(designs.UNIT_DESIGNS)}")
        return designs.unit_points(
            self.design, self.factors, self.samples or 0, self.seed, second_order=self.second_order
        )

    @property
    def problem(self) -> dict[str, Any]:
        """The varied keys as SALib describes a problem, in the unit cube."""
        return designs.salib_problem(self.factors)

    def seed_of(self, scenario_id: int, replication_id: int) -> int:
        """Return the seed of one run."""
        if self.common_random_numbers:
            return int(self.seed + replication_id)
        return int(self.seed + scenario_id * self.replications + replication_id)

    def config_of(self, values: Mapping[str, Any]) -> Config:
        """Return the configuration of a point of the design."""
        name = values.get(SCENARIO, self.scenario_name)
        return configured(self.configs[name], {key: value for key, value in values.items() if key != SCENARIO})

    def to_mapping(self) -> dict[str, Any]:
        """Return the plan as the tables of a plan file, every choice written out."""
        found: dict[str, Any] = {
            "scenario": self.scenario_name, "design": self.design, "samples": self.samples,
            "replications": self.replications, "seed": self.seed, "years": self.years,
            "common_random_numbers": self.common_random_numbers, "second_order": self.second_order,
            "set": dict(self.set), "vary": dict(self.vary),
            "record": {"indicators": _plain(self.indicators), "years": _plain(self.record_years)},
        }
        return {key: value for key, value in found.items() if value is not None}

    @property
    def hash(self) -> str:
        """Fingerprint of everything that decides the results."""
        described = {"plan": self.to_mapping(), "configs": {name: c.hash for name, c in self.configs.items()}}
        return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()[:16]

    def advice(self) -> list[str]:
        """Return what a colleague would say before it starts; empty if nothing."""
        from coopsim.experiment.advice import advice

        return advice(self)

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a plan file, or a bundled plan by its name.

        Raises
        ------
        ConfigError
            If the file is missing, no valid TOML, or says something that is not allowed.
        """
        from coopsim.experiment.plan_files import find_plan, read_plan

        found = find_plan(Path(path))
        given = read_plan(found)
        try:
            return cls(**given)
        except ConfigError as error:
            raise ConfigError(f"{found}: {error}") from None

    @classmethod
    def from_mapping(cls, tables: Mapping[str, Any], where: str = "plan") -> Self:
        """Build a plan from the tables of a plan file."""
        from coopsim.experiment.plan_files import arguments

        return cls(**arguments(tables, where))

    def to_toml(self) -> str:
        """Return the plan as the text of a plan file.

        Raises
        ------
        ConfigError
            If the scenario is a configuration built in Python, which a plan file cannot name.
        """
        from coopsim.experiment.plan_files import to_toml

        if isinstance(self.scenario, Config):
            raise ConfigError("the scenario of this plan was built in Python; a plan file needs a name or a file")
        return to_toml(self.to_mapping())


def _whole(key: str, value: Any, low: int, high: int) -> int:
    """Return a whole number, or raise `ConfigError`."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigError(f"{key} = {shown(value)} is not allowed: must be a whole number in [{low}, {high}]")
    return value


def _varied(vary: Any, design: str) -> dict[str, Any]:
    """Return what varies by key; a table or a CSV file becomes one list per column."""
    if isinstance(vary, str | Path):
        from coopsim.experiment.plan_files import read_points

        vary = read_points(Path(vary))
    if hasattr(vary, "columns"):
        if design != "list":
            raise ConfigError(f"vary is a table of points, which needs the design 'list', not '{design}'")
        return {str(key): vary[key].tolist() for key in vary.columns}
    if not isinstance(vary, Mapping):
        raise ConfigError(f"vary = {shown(vary)} is not allowed: must be a table of keys, or the path of a CSV file")
    return dict(vary)


def _indicators(asked: Any) -> Literal["all"] | tuple[str, ...]:
    """Return names of indicators in the order of the indicators, or "all"."""
    if asked == "all":
        return "all"
    from coopsim.results.indicators import INDICATORS

    names = [asked] if isinstance(asked, str) else list(asked)
    for name in names:
        if name not in INDICATORS:
            raise ConfigError(f"record.indicators: unknown indicator '{name}'{nearest(str(name), list(INDICATORS))}")
    if not names:
        raise ConfigError("record.indicators names none; give a list of names, or all")
    return tuple(name for name in INDICATORS if name in names)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value

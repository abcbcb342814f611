"""Run scenarios against what they are compared with, over replications with common random numbers, and say what holds.

Runs are shared: an arm that several checks or scenarios need is simulated once per seed and configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coopsim.config import Check, Config, Scenario, load_config
from coopsim.config.arms import BASELINE
from coopsim.errors import ConfigError
from coopsim.experiment.claims import ClaimRecords
from coopsim.experiment.kept import KeptRuns
from coopsim.experiment.measures import Measure
from coopsim.experiment.verdict import Estimate, mean_of, percent_difference, percent_of, ratio_of, verdict_of
from coopsim.model import CoopModel
from coopsim.results.moment import Moment
from coopsim.results.record import Record

Values = dict[tuple[Measure, int], float]
Found = dict[tuple[str, int], Values]  # by hash of the configuration and seed
Job = tuple[Config, int]  # and the seed
Progress = Callable[[int, int], None]
COLUMNS = ("scenario", "check", "claim", "measure", "contrast", "unit", "expected", "found", "low", "high", "seeds",
           "verdict")
GROWS = ("states", "pairs")  # kinds of measure about the states of the start
WORST = ("fails", "undecided", "holds")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to simulate for some scenarios.

    Attributes
    ----------
    scenarios : tuple of Scenario
    arms : dict
        (scenario, arm) to its configuration; "baseline" is an arm of every scenario.
    measures : dict
        (scenario, number of the check) to what is measured, and what it is compared with if the check says so.
    watched : dict
        Hash of a configuration to the measures and years to watch in its runs.
    replications : dict
        Number of seeds for each (scenario, number of the check).
    seeds : dict
        Hash of a configuration to the number of seeds of its runs: those of the check that needs most.
    """

    scenarios: tuple[Scenario, ...]
    arms: dict[tuple[str, str], Config]
    measures: dict[tuple[str, int], tuple[Measure, ...]]
    watched: dict[str, dict[Measure, set[int]]]
    replications: dict[tuple[str, int], int]
    seeds: dict[str, int]

    def jobs(self, seed: int = 1) -> list[tuple[Config, int]]:
        """Return what to simulate, one seed after the other; a configuration runs for all scenarios that need it."""
        configs = {config.hash: config for config in self.arms.values() if config.hash in self.watched}
        most = max(self.seeds.values(), default=0)
        return [(config, seed + k) for k in range(most) for key, config in configs.items() if k < self.seeds[key]]


def plan_of(
    scenarios: Iterable[Scenario], *, replications: int | None = None, years: int | None = None
) -> Plan:
    """Return what has to be simulated.

    Parameters
    ----------
    scenarios : iterable of Scenario
    replications : int, optional
        Number of seeds, instead of the checks'.
    years : int, optional
        Length of all runs, instead of the scenarios'; for a quick look.

    Raises
    ------
    ConfigError
        If a check measures something that does not exist.
    """
    plan = Plan(tuple(scenarios), {}, {}, {}, {}, {})
    for scenario in plan.scenarios:
        configs = {arm.name: _of_length(arm.config, years) for arm in scenario.arms}
        first = next(iter(configs.values()))
        configs[BASELINE] = replace(
            load_config(BASELINE), start_year=first.start_year, years=first.years, world=first.world, interventions=()
        )
        plan.arms.update({(scenario.name, name): config for name, config in configs.items()})
        end = first.start_year + first.years
        for number, check in enumerate(scenario.checks, 1):
            try:
                measures = tuple(Measure.from_mapping(table, first.start_year, end)
                                 for table in (check.measure, check.than) if table is not None)
                if first.world.history and any(m.kind in GROWS for measure in measures for m in measure.needs(0, 0)):
                    raise ConfigError("measure: the states of a world with a history change; use an indicator")
            except ConfigError as error:
                raise ConfigError(f"{scenario.file.name}: check {number}: {error}") from None
            plan.measures[scenario.name, number] = measures
            seeds = plan.replications[scenario.name, number] = replications or check.replications
            for arm in check.weights:
                key = configs[arm].hash
                plan.seeds[key] = max(seeds, plan.seeds.get(key, 0))
                needs = plan.watched.setdefault(key, {})
                for measure in measures:
                    for bare, when in measure.needs(first.start_year, end).items():
                        needs[bare] = needs.get(bare, set()) | when
    return plan


def _of_length(config: Config, years: int | None) -> Config:
    return config if years is None else config.with_horizon(years)


def watch_run(config: Config, seed: int, needs: dict[Measure, set[int]]) -> Values:
    """Simulate one configuration, no longer than needed, and return the measures in the years asked for."""
    indicators = {measure.name for measure in needs if measure.kind == "indicator"}
    model = CoopModel(config, rng=seed, record=Record(indicators=indicators, tables=()))
    readers = {measure: measure.watch(model.world) for measure in needs if measure.kind not in ("indicator", "claims")}
    claims = ClaimRecords(model) if any(measure.kind == "claims" for measure in needs) else None
    found: Values = {}

    def read() -> None:
        moment = Moment(model.world, model.counters)
        for measure in (measure for measure, years in needs.items() if model.year in years):
            if measure.kind == "indicator":
                value = model.recorder.latest[measure.name]
            elif measure.kind == "claims" and claims is not None:
                value = claims.coefficients()[measure.name]
            else:
                value = readers[measure](moment)
            found[measure, model.year] = float(value)

    read()
    last = max((year for years in needs.values() for year in years), default=model.year)
    with model.undisturbed():
        for _ in range(min(config.years, last - config.start_year)):
            model.step()
            read()
    return found


def values_of(
    plan: Plan, *, seed: int = 1, executor: Executor | None = None, progress: Progress | None = None,
    kept: KeptRuns | None = None,
) -> Found:
    """Simulate a plan; return what was watched, by hash of the configuration and seed.

    Parameters
    ----------
    plan : Plan
    seed : int
        The first seed; the others follow it.
    executor : Executor, optional
        Any of `concurrent.futures`; it changes nothing but the time. Without one, everything runs here.
    progress : callable, optional
        Called with the numbers of runs done and to do.
    kept : KeptRuns, optional
        Runs of earlier times that need not be repeated; new ones are added to them.

    Notes
    -----
    After Ctrl-C what is finished is returned: seeds for which every arm is done can be judged.
    """
    return run_jobs(plan.jobs(seed), plan.watched, executor=executor, progress=progress, kept=kept)


def run_jobs(
    jobs: Sequence[Job], watched: Mapping[str, dict[Measure, set[int]]], *, executor: Executor | None = None,
    progress: Progress | None = None, kept: KeptRuns | None = None,
) -> Found:
    """Simulate configurations on seeds; `watched` says by hash of the configuration what to look at.

    The other parameters are those of `values_of`.
    """
    found: Found = {}
    if kept is not None:
        known = {(config.hash, seed): kept.get(config.hash, seed, watched[config.hash]) for config, seed in jobs}
        found = {key: values for key, values in known.items() if values is not None}
    left = [(config, seed) for config, seed in jobs if (config.hash, seed) not in found]
    try:
        for config, number, values in _all(left, watched, executor):
            found[config.hash, number] = values
            if kept is not None:
                kept.add(config.hash, number, values)
            if progress is not None:
                progress(len(found), len(jobs))
    except KeyboardInterrupt:
        pass
    return found


def _all(
    jobs: Sequence[Job], watched: Mapping[str, dict[Measure, set[int]]], executor: Executor | None
) -> Iterator[tuple[Config, int, Values]]:
    """Yield configuration, seed and values of each run as it is finished."""
    if executor is None:
        yield from ((config, seed, watch_run(config, seed, watched[config.hash])) for config, seed in jobs)
        return
    futures = {executor.submit(watch_run, config, seed, watched[config.hash]): (config, seed) for config, seed in jobs}
    try:
        for future in as_completed(futures):
            yield *futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


def judge(plan: Plan, found: Found) -> pd.DataFrame:
    """Return one row per check: what was expected, what was found with its 95 % interval, and the verdict.

    Returns
    -------
    DataFrame
        scenario, check (number), claim, measure and contrast (in words), unit, expected, found, low, high, seeds
        (number of replications), verdict: "holds", "fails" or "undecided".
    """
    rows = []
    for scenario in plan.scenarios:
        for number, check in enumerate(scenario.checks, 1):
            measures = plan.measures[scenario.name, number]
            seeds = plan.replications[scenario.name, number]
            estimate = estimate_of(check, *(values_per_seed(plan, found, scenario, check, one)[:seeds]
                                            for one in measures))
            rows.append((
                scenario.name, number, check.claim, " than ".join(map(str, measures)), check.contrast,
                check.unit, check.expected, estimate.value, estimate.low, estimate.high, estimate.n,
                verdict_of(estimate, check.low, check.high),
            ))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def values_per_seed(
    plan: Plan, found: Found, scenario: Scenario, check: Check, measure: Measure
) -> pd.DataFrame:
    """Return a measure of a check: one row per seed with every run done, one column per arm."""
    configs = {arm: plan.arms[scenario.name, arm] for arm in check.weights}
    seeds = sorted({seed for _, seed in found})
    done = [seed for seed in seeds if all((config.hash, seed) in found for config in configs.values())]
    columns = {
        arm: [measure.value(found[config.hash, seed], config.start_year, config.start_year + config.years)
              for seed in done]
        for arm, config in configs.items()
    }
    return pd.DataFrame(columns, index=pd.Index(done, name="seed"), dtype=np.float64)


def estimate_of(check: Check, values: pd.DataFrame, than: pd.DataFrame | None = None) -> Estimate:
    """Return the estimate of a check.

    Parameters
    ----------
    check : Check
    values : DataFrame
        Its measure: one row per seed, one column per arm.
    than : DataFrame, optional
        What it is compared with, likewise: the estimate is the one effect less the other.
    """
    if check.unit == "percent":
        arm, against = sorted(check.weights, key=lambda name: -check.weights[name])
        if than is None:
            return percent_of(values[arm], values[against])
        return percent_difference((values[arm], values[against]), (than[arm], than[against]))
    effects = [sum(weight * table[arm] for arm, weight in check.weights.items())
               for table in (values, than) if table is not None]
    if check.unit == "ratio":
        return ratio_of(*effects)
    return mean_of(effects[0] if len(effects) == 1 else effects[0] - effects[1])


def verdict_of_scenario(verdicts: Iterable[str]) -> str:
    """Return "fails" if one part fails, else "undecided" if one is, else "holds"."""
    found = set(verdicts)
    return next((word for word in WORST if word in found), "undecided")


__all__ = ["Found", "Plan", "estimate_of", "judge", "plan_of", "run_jobs", "values_of", "values_per_seed",
           "verdict_of_scenario", "watch_run"]

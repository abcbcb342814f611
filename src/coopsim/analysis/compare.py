"""Twins: what did the change cause, and how much of the difference is policy, how much luck."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import t as student

from coopsim.analysis.compare_words import differing_settings, sentences_of
from coopsim.analysis.twins import CHANGES, STATE_COLUMNS, Twin, all_twins, twin_of
from coopsim.config import HORIZON, Config, load_config
from coopsim.errors import ConfigError, ResultsError
from coopsim.results.results import Results
from coopsim.rng import Streams
from coopsim.world.build import facts_for

CONFIDENCE = 0.95
FORMAT = "coopsim comparison"
NAMED = 5  # states that an error names
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two scenarios run as twins.

    Attributes
    ----------
    name_a, name_b : str
    seeds : tuple of int
        One pair of twins each.
    settings : tuple of str
        What differs between the two, in words; empty for the same settings.
    differences : DataFrame
        year, indicator, a and b (means over replications), difference (b less a), low and high (95 % interval of the
        mean difference, by Student's t over pairs of twins), sd_difference (over replications), sd_level (of a, over
        replications: how much luck moves the indicator), policy_share. Missing where one replication cannot tell.
    agreements : DataFrame
        One row per replication and cultural agreement that is not the same in both; see
        `coopsim.analysis.twins.agreement_changes`.
    states : DataFrame
        One row per state: iso3, name, agreements caused and prevented (mean per replication), and mean difference in
        the last year of partners (with interval), trust, understanding, knowledge, access, capacity, missions and
        money received; who gained most partners first.
    sentences : tuple of str
        What the change caused.

    Notes
    -----
    `policy_share` answers: of the difference between one pair of twins, how much is policy and how much luck? With
    d the difference in one replication, E[d^2] = (E d)^2 + Var d; the share is the first part over the whole,
    estimated without bias and not below 0. It is near 1 if the change does the same whatever the luck.
    """

    name_a: str
    name_b: str
    seeds: tuple[int, ...]
    settings: tuple[str, ...]
    differences: pd.DataFrame
    agreements: pd.DataFrame
    states: pd.DataFrame
    sentences: tuple[str, ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The three tables by name."""
        return {"differences": self.differences, "agreements": self.agreements, "states": self.states}

    def save(self, folder: str | Path, format: Literal["parquet", "csv"] = "parquet") -> Path:
        """Write the three tables and `comparison.json` into a folder and return it; files of that name are replaced.

        Raises
        ------
        ResultsError
            If the folder cannot be written.
        """
        place = Path(folder)
        words = {
            "format": FORMAT, "a": self.name_a, "b": self.name_b, "seeds": list(self.seeds),
            "settings": list(self.settings), "sentences": list(self.sentences),
        }
        try:
            place.mkdir(parents=True, exist_ok=True)
            for name, table in self.tables.items():
                if format == "csv":
                    table.to_csv(place / f"{name}.csv", index=False)
                else:
                    table.to_parquet(place / f"{name}.parquet", index=False)
            (place / "comparison.json").write_text(json.dumps(words, indent=2, ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            raise ResultsError(f"the folder {place} cannot be written: {error.strerror or error}") from None
        return place

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def compare(
    a: Results | Config | str | Path,
    b: Results | Config | str | Path,
    *,
    replications: int = 20,
    seed: int = 1,
    seeds: Sequence[int] | None = None,
    years: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare two scenarios, run as twins with common random numbers, or two stored runs.

    Parameters
    ----------
    a, b : Results, Config, str or Path
        Two stored runs, or two scenarios; b is the one with the change.
    replications : int
        Number of pairs of twins, with the seeds `seed`, `seed + 1`, ...
    seed : int
    seeds : sequence of int, optional
        The seeds instead.
    years : int, optional
        Number of years to simulate, instead of the scenarios'.
    executor : Executor, optional
        Any of `concurrent.futures`; it changes nothing but the time. Without one, everything runs here.
    progress : callable, optional
        Called with the numbers of twins done and to do.

    Raises
    ------
    ConfigError
        If the two do not have the same states and years, or a run is compared with a scenario.

    Examples
    --------
    >>> change = coopsim.load_config("baseline").with_values({"trust.gain": 0.06})
    >>> found = coopsim.compare("baseline", change, replications=5)
    >>> print(found)
    """
    if isinstance(a, Results) and isinstance(b, Results):
        return of_results(a, b)
    if isinstance(a, Results) or isinstance(b, Results):
        raise ConfigError("compare two runs, or two scenarios; this is one of each")
    config_a, config_b = (with_years(x if isinstance(x, Config) else load_config(x), years) for x in (a, b))
    chosen = seeds_of(replications, seed, seeds)
    check_twins(config_a, config_b, chosen[0])
    twins = []
    for twin in all_twins(config_a, config_b, chosen, executor):
        twins.append(twin)
        if progress is not None:
            progress(len(twins), len(chosen))
    return comparison_of(config_a, config_b, twins)


def seeds_of(replications: int, seed: int, seeds: Sequence[int] | None = None) -> tuple[int, ...]:
    """Return different seeds, at least one."""
    chosen = tuple(range(seed, seed + replications)) if seeds is None else tuple(int(k) for k in seeds)
    if not chosen:
        raise ConfigError(f"replications = {replications} is not allowed: must be a whole number, 1 or more")
    if len(set(chosen)) < len(chosen):
        raise ConfigError("seeds: one is given twice; the same luck twice tells nothing new")
    return chosen


def with_years(config: Config, years: int | None) -> Config:
    """Return the configuration with another horizon; interventions after it are left out."""
    if years is None:
        return config
    years = int(HORIZON["years"].check("years", years))
    within = tuple(change for change in config.interventions if change.year <= config.start_year + years)
    return replace(config, years=years, interventions=within)


def check_twins(a: Config, b: Config, seed: int) -> None:
    """Raise `ConfigError` unless both have the same states and years, and name what their worlds have."""
    if a.start_year != b.start_year:
        raise ConfigError(f"the two scenarios start in different years ({a.start_year} and {b.start_year}); twins need "
                          "the same horizon.start_year")
    if a.years != b.years:
        raise ConfigError(f"the two scenarios last {a.years} and {b.years} years; give both the same number, such as "
                          f"years = {min(a.years, b.years)} (--years {min(a.years, b.years)})")
    states = [tuple(facts_for(x.world, Streams(seed)("world", x.start_year)).iso3) for x in (a, b)]
    _same_states(*states)
    for config in (a, b):
        config.check_names(seed)


def _same_states(a: tuple[str, ...], b: tuple[str, ...]) -> None:
    if a == b:
        return
    other = sorted(set(a) ^ set(b))
    more = f" and {len(other) - NAMED} more" if len(other) > NAMED else ""
    which = f": {', '.join(map(str, other[:NAMED]))}{more} are in one only" if other else ""
    raise ConfigError(f"the two do not have the same states ({len(a)} and {len(b)}){which}; twins need the same states")


def of_results(a: Results, b: Results) -> Comparison:
    """Compare two stored runs."""
    for key, words in (("start_year", "start"), ("last_year", "end")):
        if a.manifest[key] != b.manifest[key]:
            raise ConfigError(f"the two runs {words} in different years ({a.manifest[key]} and {b.manifest[key]})")
    states = [tuple(dict.fromkeys(x.states["iso3"])) for x in (a, b)]
    _same_states(*states)
    settings = differing_settings(a.manifest["config"], b.manifest["config"])
    luck = (int(a.manifest["seed"]), int(b.manifest["seed"]))
    if luck[0] != luck[1]:
        settings = (*settings, f"the luck: the runs have different seeds ({luck[0]} and {luck[1]})")
    return _comparison((str(a.manifest["scenario"]), str(b.manifest["scenario"])), settings, [twin_of(a, b)])


def comparison_of(a: Config, b: Config, twins: Sequence[Twin]) -> Comparison:
    """Return the comparison of finished twins, in whatever order they came."""
    return _comparison((a.name, b.name), differing_settings(a.to_mapping(), b.to_mapping()), twins)


def _comparison(names: tuple[str, str], settings: tuple[str, ...], twins: Sequence[Twin]) -> Comparison:
    twins = sorted(twins, key=lambda twin: twin.seed)
    differences, states = _differences(twins), _states(twins)
    agreements = pd.concat([twin.changes for twin in twins], ignore_index=True).astype(CHANGES)
    seeds = tuple(twin.seed for twin in twins)
    said = sentences_of(settings, seeds, differences, agreements, states)
    return Comparison(*names, seeds, settings, differences, agreements, states, said)


def _differences(twins: Sequence[Twin]) -> pd.DataFrame:
    first = twins[0].indicators_a
    a, b = (np.stack([getattr(twin, f"indicators_{x}").to_numpy(np.float64) for twin in twins]) for x in "ab")
    # A difference that is pure rounding is none.
    difference = np.where(np.isclose(a, b, rtol=1e-12, atol=1e-15), 0.0, b - a)
    mean, low, high, spread = _interval(difference)
    level = a.std(axis=0, ddof=1) if len(twins) > 1 else np.full_like(mean, np.nan)
    years, names = np.meshgrid(first.index.to_numpy(), np.arange(first.shape[1]), indexing="ij")
    columns = {
        "a": a.mean(axis=0), "b": b.mean(axis=0), "difference": mean, "low": low, "high": high,
        "sd_difference": spread, "sd_level": level, "policy_share": _policy_share(mean, spread, len(twins)),
    }
    return pd.DataFrame(
        {
            "year": years.ravel().astype(np.int64),
            "indicator": pd.Series(list(first.columns), dtype="str").array.take(names.ravel()),
            **{name: values.ravel() for name, values in columns.items()},
        }
    )


def _interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, ends of the 95 % interval of the mean, and standard deviation, over the first axis."""
    n, mean = len(values), np.asarray(values.mean(axis=0))
    if n < 2:
        unknown = np.full_like(mean, np.nan)
        return mean, unknown, unknown, unknown
    spread = np.asarray(values.std(axis=0, ddof=1))
    reach = student.ppf((1 + CONFIDENCE) / 2, n - 1) * spread / np.sqrt(n)
    return mean, mean - reach, mean + reach, spread


def _policy_share(mean: np.ndarray, spread: np.ndarray, n: int) -> np.ndarray:
    policy = np.maximum(mean**2 - spread**2 / n, 0.0)
    whole = policy + spread**2
    return np.asarray(np.divide(policy, whole, out=np.full_like(mean, np.nan), where=whole > 0))


def _states(twins: Sequence[Twin]) -> pd.DataFrame:
    first = twins[0].states_a
    found: dict[str, Any] = {"iso3": first.index.to_numpy(), "name": first["name"].to_numpy()}
    for change in ("caused", "prevented"):
        chosen = [twin.changes.loc[twin.changes["change"] == change, ["iso3_a", "iso3_b"]] for twin in twins]
        counts = pd.concat(chosen).stack().value_counts() / len(twins)
        found[change] = counts.reindex(first.index).fillna(0.0).to_numpy(np.float64)
    for name in STATE_COLUMNS:
        values = np.stack([(t.states_b[name] - t.states_a[name]).to_numpy(np.float64) for t in twins])
        mean, low, high, _ = _interval(values)
        if name == "degree":
            found |= {"partners": mean, "partners_low": low, "partners_high": high}
        else:
            found[name] = mean
    table = pd.DataFrame(found).astype({"iso3": "str", "name": "str"})
    return table.sort_values(["partners", "trust_received"], ascending=False, kind="stable").reset_index(drop=True)

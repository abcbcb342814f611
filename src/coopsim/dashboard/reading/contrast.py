"""Scenarios side by side, run as twins: one seed, the same luck in every arm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coopsim.analysis.compare import Comparison, check_twins, comparison_of
from coopsim.analysis.summary import HEADLINES
from coopsim.analysis.twins import Twin, twin_of
from coopsim.config import Config
from coopsim.dashboard import turns
from coopsim.results.indicators import INDICATORS

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """What is known so far.

    Attributes
    ----------
    labels : tuple of str
        Of the arms; the first is what the others are compared with.
    done, wanted : int
        Sets of twins.
    comparisons : tuple of Comparison
        One for each arm but the first.
    """

    labels: tuple[str, ...]
    done: int
    wanted: int
    comparisons: tuple[Comparison, ...]


def together(configs: Sequence[Config], seed: int) -> tuple[Config, ...]:
    """Return the arms with one length, the shortest.

    Raises
    ------
    ConfigError
        If they do not have the same states or start in different years, or name what their world does not have.
    """
    years = min(config.years for config in configs)
    found = tuple(config if config.years == years else config.with_horizon(years) for config in configs)
    for other in found[1:]:
        check_twins(found[0], other, seed)
    return found


def run_arms(configs: tuple[Config, ...], seed: int) -> list[Twin]:
    """Run every arm with one seed; return each beside the first. Runs in a background process."""
    from coopsim.experiment.run import run

    def between_years(done: int, wanted: int) -> None:
        turns.give_way()

    first, *others = (run(config, seed=seed, command="", progress=between_years) for config in configs)
    return [twin_of(first, other) for other in others]


def contrasts(
    labels: Sequence[str], configs: tuple[Config, ...], seeds: Sequence[int], executor: Executor, stop: Stop,
) -> Iterator[Contrast]:
    """Yield what is known after every set of twins; nothing new once `stop` says so."""
    # The arms go by their labels, also where two of them come from one scenario.
    named = tuple(replace(config, name=label) for config, label in zip(configs, labels, strict=True))
    waiting = {executor.submit(run_arms, named, seed) for seed in seeds}
    finished: list[list[Twin]] = []
    try:
        while waiting and not stop():
            done, waiting = wait(waiting, timeout=0.1, return_when="FIRST_COMPLETED")
            if done:
                finished += [future.result() for future in done]
                found = tuple(
                    comparison_of(named[0], other, [twins[k] for twins in finished])
                    for k, other in enumerate(named[1:])
                )
                yield Contrast(tuple(labels), len(finished), len(seeds), found)
    finally:
        for future in waiting:
            future.cancel()


def moved(contrast: Contrast, most: int = 10) -> list[str]:
    """Return the main indicators, those first that some arm moves most surely in the last year."""
    scores: dict[str, float] = {}
    for comparison in contrast.comparisons:
        last = _last(comparison)
        spread = last["sd_difference"].where(last["sd_difference"] > 0, last["a"].abs().clip(lower=1e-12))
        for name in HEADLINES:
            if name in last.index:
                score = float(last["difference"].abs()[name] / spread[name])
                scores[name] = max(scores.get(name, 0.0), score)
    return sorted(scores, key=lambda name: -scores[name])[:most]


def _last(comparison: Comparison) -> pd.DataFrame:
    table = comparison.differences
    return table[table["year"] == table["year"].max()].set_index("indicator")


def difference(comparison: Comparison, indicator: str) -> pd.DataFrame:
    """Return the course of a difference: year, a, b, difference, low, high; missing where it means nothing."""
    table = comparison.differences
    rows = table[table["indicator"] == indicator].set_index("year")[["a", "b", "difference", "low", "high"]]
    if INDICATORS[indicator].yearly:
        rows = rows.copy()
        rows.iloc[0] = np.nan
    return rows


def outcomes(contrast: Contrast, indicators: Sequence[str]) -> pd.DataFrame:
    """Return one row per arm and indicator for the last year.

    Returns
    -------
    DataFrame
        arm, indicator, label, unit, first, value, difference, low, high, policy (share of the difference that is
        policy).
    """
    rows = []
    for label, comparison in zip(contrast.labels[1:], contrast.comparisons, strict=True):
        last = _last(comparison)
        for name in indicators:
            row, known = last.loc[[name]].to_dict("records")[0], INDICATORS[name]
            rows.append({
                "arm": label, "indicator": name, "label": known.label, "unit": known.unit, "first": float(row["a"]),
                "value": float(row["b"]), "difference": float(row["difference"]), "low": float(row["low"]),
                "high": float(row["high"]), "policy": float(row["policy_share"]),
            })
    return pd.DataFrame(rows)

"""The robustness badge of a finding: the share of plausible parameter sets in which its sign holds, and where not.

A finding is a contrast: an indicator is higher (or lower) with a policy, a mechanism or a scenario than without.
`contrast_plan` runs both sides of the contrast at many plausible values of everything else, with the same luck;
`robustness` counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from coopsim.analysis.bands import difference
from coopsim.analysis.discovery import FEWEST, Discovery, discover_points
from coopsim.analysis.intervals import CONFIDENCE, checked, share_interval
from coopsim.analysis.sweep_table import SEED, Runs, Source, runs_of
from coopsim.analysis.words import counted, percent
from coopsim.config import Config, load_config
from coopsim.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from coopsim.experiment.plan import Plan

Colour = Literal["green", "amber", "red", "grey"]
ROBUST, FRAGILE = 0.9, 0.8
WORDS = {"green": "robust", "amber": "mixed", "red": "fragile", "grey": "unclear"}


@dataclass(frozen=True, slots=True, eq=False)
class Badge:
    """How robust the sign of a finding is.

    Attributes
    ----------
    finding : str
        In words.
    colour : {"green", "amber", "red", "grey"}
        Robust: the sign surely holds in more than 90 % of the plausible sets (the lower end of the interval of the
        share). Fragile: it holds in less than 80 %. Mixed: between. Unclear: in most sets luck decides the sign.
    share, low, high : float
        Share of the sets in which the sign holds, with Wilson's interval.
    table : DataFrame
        One row per set: what varies, difference, low, high, pairs, verdict ("holds", "fails", or "unclear" if the
        interval has both signs).
    where : Discovery or None
        Where it fails; None if it fails in too few sets to say.
    confidence : float
    sentences : tuple of str
    stamp : str
    """

    finding: str
    colour: Colour
    share: float
    low: float
    high: float
    table: pd.DataFrame
    where: Discovery | None
    confidence: float
    sentences: tuple[str, ...]
    stamp: str

    @property
    def word(self) -> str:
        """The colour as a word, for those who do not see it."""
        return WORDS[self.colour]

    def figure(self) -> Any:
        """Return the figure of the badge, a `matplotlib.figure.Figure`."""
        from coopsim.analysis.robustness_figures import badge_figure

        return badge_figure(self)

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def plausible_keys(config: Config) -> list[str]:
    """Return the parameters of mechanisms that are on, and of the starting world, that have a plausible range."""
    return [
        f"{group}.{name}"
        for group, values in config.parameters.items() if config.mechanisms.get(group, True)
        for name, spec in values.specs().items()
        if spec.plausible and not spec.choices and not isinstance(spec.default, bool)
    ]


def contrast_plan(
    contrast: str,
    levels: Sequence[Any],
    *,
    scenario: str | Path | Config = "baseline",
    vary: Mapping[str, Any] | Sequence[str] | None = None,
    samples: int = 100,
    replications: int = 5,
    seed: int = 1,
    **more: Any,
) -> Plan:
    """Return the plan that tests a finding: both sides of a contrast at many plausible values of everything else.

    Parameters
    ----------
    contrast : str
        The dotted key of the policy, mechanism or parameter, or "scenario".
    levels : sequence
        Two values: without, with.
    vary : mapping or sequence of str, optional
        What else varies: keys, or keys with ranges as in `Plan`. Every parameter with a plausible range if not given.
    samples : int
        Number of parameter sets, a Latin hypercube over the plausible ranges.
    **more
        Further arguments of `Plan`.

    Raises
    ------
    ConfigError
        If there are not two levels, or nothing else varies.
    """
    from coopsim.experiment.plan import Plan

    if len(levels) != 2:
        raise ConfigError(f"levels = {list(levels)} is not allowed: a contrast has two values, without and with")
    config = scenario if isinstance(scenario, Config) else load_config(scenario)
    keys = plausible_keys(config) if vary is None else vary
    ranges = dict(keys) if isinstance(keys, Mapping) else dict.fromkeys(keys, "plausible")
    ranges.pop(contrast, None)
    if not ranges:
        raise ConfigError("nothing else varies: robustness needs parameters that might be otherwise")
    sets = Plan(scenario=scenario, vary=ranges, design="latin_hypercube", samples=samples, seed=seed).design_table()
    both = [sets.assign(**{contrast: level}) for level in levels]
    points = pd.concat(both).sort_index(kind="stable").reset_index(drop=True)
    return Plan(scenario=scenario, vary=points, design="list", replications=replications, seed=seed, **more)


def robustness(
    source: Source | Runs, contrast: str, indicator: str, *, sign: int | None = None, year: int | None = None,
    confidence: float = CONFIDENCE,
) -> Badge:
    """Return the badge of the finding that an indicator rises, or falls, from one level of a contrast to the other.

    Parameters
    ----------
    source : SweepResults or DataFrame
        Of `contrast_plan`, or any design in which both levels occur with the same other values and seeds.
    contrast, indicator : str
    sign : {1, -1}, optional
        The direction found; that of most sets if not given.
    year : int, optional
        The last recorded one if not given.

    Raises
    ------
    ConfigError
        If the contrast does not have two levels, or no set has both.
    """
    runs = runs_of(source)
    checked(confidence)
    levels = list(dict.fromkeys(runs.points[runs.varied(contrast)]))
    if len(levels) != 2:
        raise ConfigError(f"'{contrast}' has {len(levels)} values in this table; a contrast has two")
    if sign not in (None, 1, -1):
        raise ConfigError(f"sign = {sign} is not allowed: must be 1 or -1")
    table = _differences(runs, contrast, levels, indicator, year, confidence)
    direction = sign or (1 if (table["difference"] > 0).sum() >= (table["difference"] < 0).sum() else -1)
    holds = direction * table["difference"] > 0
    sure = table["certain"].to_numpy(bool)
    table = table.drop(columns="certain").assign(
        verdict=pd.Series(np.select([sure & holds, sure & ~holds], ["holds", "fails"], "unclear"), dtype="str"))
    n, hits = len(table), int(holds.sum())
    low, high = share_interval(hits, n, confidence)
    colour = _colour(hits / n, low, float(sure.mean()))
    moved = "rises" if direction > 0 else "falls"
    finding = f"{indicator} {moved} from {contrast} = {levels[0]} to {levels[1]} ({runs.year(year)})"
    where = _where(table, [name for name in runs.parameters if name != contrast], ~holds, finding)
    badge = Badge(finding, colour, hits / n, low, high, table, where, confidence, (),
                  runs.stamp(f"{100 * confidence:.0f} % t interval of paired differences"))
    return _with_sentences(badge, hits, n)


def _differences(
    runs: Runs, contrast: str, levels: list[Any], indicator: str, year: int | None, confidence: float
) -> pd.DataFrame:
    """Return one row per parameter set with both levels: what varies, difference, low, high, pairs, certain."""
    others = [name for name in runs.parameters if name != contrast]
    values = runs.outcomes(indicator, year)
    rows = []
    for key, group in values.groupby(others, sort=False, dropna=False) if others else [((), values)]:
        by = group.groupby([contrast, SEED])["value"].mean()
        if not all(level in by.index.get_level_values(0) for level in levels):
            continue
        found = difference(by.loc[levels[1]], by.loc[levels[0]], confidence)
        settings = dict(zip(others, key if isinstance(key, tuple) else (key,), strict=True))
        rows.append(settings | {"difference": found["difference"], "low": found["difference_low"],
                                "high": found["difference_high"], "pairs": found["pairs"],
                                "certain": found["certain"]})
    if not rows:
        raise ConfigError(f"no parameter set has both values of '{contrast}'; make the plan with contrast_plan")
    return pd.DataFrame(rows)


def _colour(share: float, low: float, sure: float) -> Colour:
    if sure < 0.5:
        return "grey"
    if low >= ROBUST:
        return "green"
    return "red" if share < FRAGILE else "amber"


def _where(table: pd.DataFrame, others: list[str], fails: pd.Series[bool], finding: str) -> Discovery | None:
    if len(table) < FEWEST or fails.sum() < 5 or not others:
        return None
    return discover_points(table[others], fails, f"not so that {finding}")


def _with_sentences(badge: Badge, hits: int, n: int) -> Badge:
    counts = badge.table["verdict"].value_counts()
    said = [
        f"{badge.word.upper()}: {badge.finding}, in {hits} of {n} plausible parameter sets ({percent(badge.share)}; "
        f"{100 * badge.confidence:.0f} % interval {percent(badge.low)} to {percent(badge.high)})."
    ]
    unclear = int(counts.get("unclear", 0))
    if unclear:
        said.append(f"In {counted(unclear, 'set')} luck decides the sign: the interval of the difference has both.")
    if badge.colour == "amber" and hits == n:
        said.append("It holds in every set that was tried, but they are too few to say so of nine in ten.")
    if badge.where is not None:
        said += list(badge.where.sentences[1:])
    elif hits < n:
        said.append("It fails in too few sets to say where.")
    return replace(badge, sentences=tuple(said))

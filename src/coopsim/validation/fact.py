"""A stylised fact: what was observed, what range the model should reach, and how it is measured on a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Strength = Literal["strong", "medium", "weak"]
Use = Literal["fit", "check", "verify"]
WEIGHTS: Mapping[Strength, int] = {"strong": 3, "medium": 2, "weak": 1}
INTERVAL = (0.1, 0.9)  # the middle 80 % of replications


@dataclass(frozen=True, slots=True)
class Fact:
    """One observed regularity with a number, or a direction, that the model can miss.

    Attributes
    ----------
    key : str
        Number of the fact; letters tell the figures of one fact apart.
    title : str
    low, high : float
        Target range of the model's measure; infinite where only a direction is known.
    unit : str
    source : str
    strength : "strong", "medium" or "weak"
        Data with a number; a direction with a rough range; plausibility only.
    use : "fit", "check" or "verify"
        May be used to choose parameters; kept for checking; follows from the equations and is only verified.
    sample : str
        Which runs it is measured on: a key of `samples.SAMPLES`.
    measure : callable
        From one replication of that sample to a number.
    observed : tuple of float
        Published or computed values, drawn as points over the model's band; empty if there is only a range.
    """

    key: str
    title: str
    low: float
    high: float
    unit: str
    source: str
    strength: Strength
    use: Use
    sample: str
    measure: Callable[[Any], float]
    observed: tuple[float, ...] = ()

    @property
    def weight(self) -> int:
        """Weight in the score: 3 strong, 2 medium, 1 weak."""
        return WEIGHTS[self.strength]


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A fact that this model cannot be measured by, and why."""

    key: str
    title: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the replications say about a fact.

    Attributes
    ----------
    fact : Fact
    values : tuple of float
        One per replication in which the measure has a value.
    median, low, high : float
        Median and 80 % interval over replications; NaN without values.
    holds : bool
        Whether the interval overlaps the target range.
    distance : float
        How far the median is from the range, in widths of the range (of the bound itself if the range is open); 0
        within.
    """

    fact: Fact
    values: tuple[float, ...]
    median: float
    low: float
    high: float
    holds: bool
    distance: float

    @property
    def verdict(self) -> str:
        """Return "holds" or "fails"; "no value" if no replication could be measured."""
        return "no value" if not self.values else "holds" if self.holds else "fails"


def judge(fact: Fact, values: Sequence[float]) -> Judgement:
    """Compare replications with the target range."""
    found = np.array([value for value in values if np.isfinite(value)])
    if not found.size:
        return Judgement(fact, (), np.nan, np.nan, np.nan, False, np.inf)
    low, median, high = (float(q) for q in np.quantile(found, (INTERVAL[0], 0.5, INTERVAL[1])))
    holds = low <= fact.high and high >= fact.low
    return Judgement(fact, tuple(map(float, found)), median, low, high, holds, distance(fact, median))


def distance(fact: Fact, value: float) -> float:
    """Return how far a value is from the target range, in units of the range; 0 within."""
    gap = max(fact.low - value, value - fact.high, 0.0)
    if not gap:
        return 0.0
    width = fact.high - fact.low
    bound = fact.low if value < fact.low else fact.high
    scale = width if np.isfinite(width) and width > 0 else max(abs(bound), 1e-9)
    return float(gap / scale)


def score(judgements: Sequence[Judgement]) -> tuple[int, int]:
    """Return the weight of the facts that hold, and of all."""
    return sum(j.fact.weight for j in judgements if j.holds), sum(j.fact.weight for j in judgements)

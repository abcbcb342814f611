"""Where a change acts: averages over the world hardly move, some pairs and states do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopsim.dashboard.engine import Run, Sample
from coopsim.dashboard.luck import FEWEST, Effect, paired
from coopsim.dashboard.measures import StateMeasure

Floats = NDArray[np.float64]
TENTHS = 10
MOVED = 1e-6


class Ranked(NamedTuple):
    """Some of many, the largest rise first: names, and their paired difference."""

    names: list[str]
    values: Floats


class Agreements(NamedTuple):
    """Agreements in force in a year that one run has and its twin has not."""

    caused: int
    prevented: int


def agreements(mine: Run, base: Run, year: int) -> Agreements:
    """Return how many pairs have an agreement in one run only."""
    one, other = np.triu(mine.tied(year)), np.triu(base.tied(year))
    return Agreements(int((one & ~other).sum()), int((other & ~one).sum()))


def moved_pairs(mine: Run, base: Run) -> tuple[int, int]:
    """Return in how many pairs trust differs in the last year, and how many pairs there are."""
    difference = mine.trust - base.trust
    return int((np.abs(difference) > MOVED).sum()), len(difference)


def pairs(mine: Run, base: Run, number: int) -> Ranked:
    """Return the pairs whose trust rose and fell most in the last year."""
    difference = mine.trust - base.trust
    a, b = mine.model.world.pairs
    order = extremes(difference, number)
    return Ranked([f"{mine.codes[a[k]]} – {mine.codes[b[k]]}" for k in order], difference[order])


def states(mine: Run, base: Run, measure: StateMeasure, year: int, number: int) -> Ranked:
    """Return the states that gained and lost most by a measure in a year."""
    row = int(year - mine.years[0])
    difference = np.nan_to_num(measure.of(mine)[row] - measure.of(base)[row])
    order = extremes(difference, number)
    return Ranked([mine.names[k] for k in order], difference[order])


def extremes(values: Floats, number: int) -> list[int]:
    """Return the places of the largest rises and, after them, of the largest falls."""
    order = np.argsort(-values, kind="stable")
    up = [int(k) for k in order[:number] if values[k] > MOVED]
    down = [int(k) for k in order[::-1][:number] if values[k] < -MOVED]
    return [*up, *reversed([k for k in down if k not in up])]


def tenths(mine: Run, base: Run, sample: Sample) -> Effect:
    """Return the mean difference of trust in the last year by tenths of pairs, least trusting first, shape (10,).

    Pairs are put in order by their trust in the baseline of the same seed, so that a tenth is the same pairs in both
    runs. With replications it comes with an interval over them.
    """
    if sample.done >= FEWEST and sample.trust_mine.shape == sample.trust_base.shape:
        rows = [_tenths(m.astype(np.float64), b.astype(np.float64), np.argsort(b, kind="stable"))
                for m, b in zip(sample.trust_mine, sample.trust_base, strict=True)]
        difference = np.stack(rows)
        return paired(difference, np.zeros_like(difference))
    values = _tenths(mine.trust, base.trust, base.least_trusting)
    gap = np.full(len(values), np.nan)
    return Effect(values, gap, gap, gap)


def _tenths(mine: Floats, base: Floats, order: NDArray[np.int64]) -> Floats:
    return np.array([(mine[part] - base[part]).mean() if len(part) else 0.0
                     for part in np.array_split(order, TENTHS)])

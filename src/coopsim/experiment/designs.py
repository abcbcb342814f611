"""Designs: which points of the parameter space are run.

Space-filling designs are points of the unit cube, one column per factor, from `scipy.stats.qmc` and SALib; every
factor then turns its column into values. The others list values themselves.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, cast

import numpy as np
import pandas as pd

from coopsim.errors import CoopsimError
from coopsim.experiment.factors import Factor, Floats
from coopsim.rng import Stream, Streams

LEVELS = 5  # of a range in a grid
MORRIS_LEVELS = 4  # Morris (1991), doi:10.2307/1269043; what `SALib.analyze.morris` must be told
UNIT_DESIGNS = ("latin_hypercube", "sobol", "random", "saltelli", "morris")
DESIGNS = ("grid", "one_at_a_time", "list", *UNIT_DESIGNS)
POWERS_OF_TWO = ("sobol", "saltelli")


def default_samples(design: str, factors: int) -> int:
    """Return the number of samples if a plan does not say: ten per factor, or what the method is usually given."""
    if design in ("grid", "one_at_a_time"):
        return LEVELS if design == "grid" else 2
    if design == "morris":
        return 20
    if design == "saltelli":
        return 256
    return 2 ** math.ceil(math.log2(10 * max(factors, 1))) if design == "sobol" else 10 * max(factors, 1)


def number_of_points(design: str, factors: Sequence[Factor], samples: int, *, second_order: bool = False) -> int:
    """Return the number of points without making them."""
    d = len(factors)
    if design == "grid":
        return math.prod(len(factor.spread(samples)) for factor in factors)
    if design == "one_at_a_time":
        return 1 + sum(len(_others(factor, samples)) for factor in factors)
    if design == "list":
        return len(factors[0].values)
    if design == "morris":
        return samples * (d + 1)
    return samples * ((2 if second_order else 1) * d + 2) if design == "saltelli" else samples


def listed_points(design: str, factors: Sequence[Factor], samples: int) -> pd.DataFrame:
    """Return the points of a grid, of one factor at a time, or of a list."""
    if design == "grid":
        rows = list(itertools.product(*(factor.spread(samples) for factor in factors)))
        return table_of(factors, [[row[k] for row in rows] for k in range(len(factors))], len(rows))
    if design == "list":
        return table_of(factors, [list(factor.values) for factor in factors], len(factors[0].values))
    base = [factor.base for factor in factors]
    rows = [tuple(base)]
    for k, factor in enumerate(factors):
        rows += [(*base[:k], value, *base[k + 1:]) for value in _others(factor, samples)]
    return table_of(factors, [[row[k] for row in rows] for k in range(len(factors))], len(rows))


def _others(factor: Factor, samples: int) -> list[Any]:
    """Return the values of a factor that differ from the scenario's own."""
    return [value for value in factor.spread(samples) if value != factor.base]


def unit_points(design: str, factors: Sequence[Factor], samples: int, seed: int, *, second_order: bool) -> Floats:
    """Return the points of a space-filling design in the unit cube, shape (points, factors)."""
    make = {"latin_hypercube": _latin_hypercube, "sobol": _sobol, "random": _random}
    stream = Streams(seed)("design", 0)
    if design in make:
        return make[design](len(factors), samples, stream)
    sample = _salib(design)
    number = int(stream.key(design) % np.uint64(2**32))
    found = sample(salib_problem(factors), samples, seed=number, **_options(design, second_order=second_order))
    return np.asarray(found, dtype=np.float64)


def _latin_hypercube(factors: int, samples: int, stream: Stream) -> Floats:
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(factors, rng=stream.generator("latin_hypercube")).random(samples))


def _sobol(factors: int, samples: int, stream: Stream) -> Floats:
    from scipy.stats import qmc

    sequence = qmc.Sobol(factors, rng=stream.generator("sobol"))
    return np.asarray(sequence.random_base2(int(math.log2(samples))))


def _random(factors: int, samples: int, stream: Stream) -> Floats:
    return stream.uniform("random", (samples, factors))


def _options(design: str, *, second_order: bool) -> dict[str, Any]:
    return {"num_levels": MORRIS_LEVELS} if design == "morris" else {"calc_second_order": second_order}


def salib_problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return the problem as SALib wants it, in the unit cube: effects of factors of any unit can be compared."""
    return {"num_vars": len(factors), "names": [f.key for f in factors], "bounds": [[0.0, 1.0]] * len(factors)}


def _salib(design: str) -> Callable[..., Any]:
    try:
        found = import_module(f"SALib.sample.{'morris' if design == 'morris' else 'sobol'}")
    except ImportError:
        raise CoopsimError(f"the design '{design}' needs SALib, which is not installed; "
                           "install it with: pip install 'coopsim[experiments]'") from None
    return cast(Callable[..., Any], found.sample)


def points_at(factors: Sequence[Factor], units: Floats) -> pd.DataFrame:
    """Return the values of the factors at points of the unit cube."""
    return table_of(factors, [factor.at(units[:, k]) for k, factor in enumerate(factors)], len(units))


def table_of(factors: Sequence[Factor], columns: Sequence[Sequence[Any]], rows: int) -> pd.DataFrame:
    """Return a design as a table, one column per factor, indexed by "scenario_id"."""
    index = pd.RangeIndex(rows, name="scenario_id")
    typed = {f.key: pd.Series(list(column), index=index, dtype=f.dtype)
             for f, column in zip(factors, columns, strict=True)}
    return pd.DataFrame(typed, index=index)

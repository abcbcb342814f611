"""Do cultural agreements bring treaties on other topics? The crude ratio of rates, and one among comparable pairs.

Agreements go to pairs that trust each other and have interests in each other, and so do treaties on trade or science.
The crude ratio of tied to untied pairs therefore promises too much. Pairs that are alike in mutual interest and trust
can be compared; the mean of their ratios (Mantel and Haenszel) comes close to what an agreement itself does (FACTS 34).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coopsim.errors import ResultsError
from coopsim.results import distribution
from coopsim.results.results import Results
from coopsim.world.activities import OTHER_TOPICS

STRATA = 5


@dataclass(frozen=True, slots=True)
class Spillover:
    """What cultural agreements and treaties on other topics have to do with each other.

    Attributes
    ----------
    crude, stratified : float
        Ratio of the yearly rate of treaties in pairs with a cultural agreement to that in other pairs: of all, and
        among pairs alike in interest and trust. 0 if there is none to compare with.
    treaties, pair_years : int
        What the ratios rest on.
    years : tuple of int
    """

    crude: float
    stratified: float
    treaties: int
    pair_years: int
    years: tuple[int, ...]


def spillover(results: Results, strata: int = STRATA) -> Spillover:
    """Return the ratios over all years of a run of which pairs were kept; `exposure` says which."""
    table = exposure(results, strata)
    events, pairs = (_untied_and_tied(table, column) for column in ("treaties", "pairs"))
    return Spillover(
        distribution.rate_ratio(events, pairs), distribution.mantel_haenszel(events, pairs),
        int(events.sum()), int(pairs.sum()), tuple(int(year) for year in table["year"].unique()),
    )


def exposure(results: Results, strata: int = STRATA) -> pd.DataFrame:
    """Return how many pairs there were and how many treaties they made.

    Strata are equal shares of the pairs of a year, ordered by mutual interest times mutual trust. The last year is
    always kept; run with ``ties_years="all"`` for the whole run.

    Returns
    -------
    DataFrame
        year, stratum (0 is the weakest), tied, pairs, treaties.

    Raises
    ------
    ResultsError
        If the results keep the pairs of no simulated year.
    """
    pairs = results.ties[results.ties["year"] > int(results.manifest["start_year"])].copy()
    if pairs.empty:
        raise ResultsError('these results keep no pairs of a simulated year; run with ties_years="all"')
    both = pairs[["trust_ab", "trust_ba", "interest_ab", "interest_ba"]].prod(axis=1)
    pairs["tied"] = pairs["agreements"] > 0
    pairs["stratum"] = both.groupby(pairs["year"]).transform(lambda strength: _strata(strength.to_numpy(), strata))
    pairs["stratum"] = pairs["stratum"].astype("int64")
    ledger = results.agreements
    made = ledger[(ledger["form"] == "bilateral") & ledger["topic"].isin(OTHER_TOPICS)]
    number = made.groupby(["signed", "parties"]).size()
    keys = pd.MultiIndex.from_arrays([pairs["year"], pairs["iso3_a"] + "-" + pairs["iso3_b"]])
    pairs["treaties"] = number.reindex(keys, fill_value=0).to_numpy()
    found = pairs.groupby(["year", "stratum", "tied"])["treaties"].agg(pairs="size", treaties="sum")
    return found.astype("int64").reset_index()


def _untied_and_tied(table: pd.DataFrame, column: str) -> np.ndarray:
    wide = table.pivot_table(index=["year", "stratum"], columns="tied", values=column, aggfunc="sum", fill_value=0)
    return wide.reindex(columns=[False, True], fill_value=0).to_numpy()


def _strata(strength: np.ndarray, number: int) -> np.ndarray:
    edges = distribution.quantiles(strength, [share / number for share in range(1, number)])
    return np.searchsorted(np.array(edges), strength).astype(np.float64)

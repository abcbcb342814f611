"""Measures of the network of cultural agreements of the past: one function per fact, for runs and for data alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coopsim.analysis.network import closure, louvain_modularity
from coopsim.results import network
from coopsim.rng import Stream
from coopsim.validation.statistics import dispersion, giant_component, local_clustering, logit, spearman
from coopsim.validation.treaties import Treaties
from coopsim.world.column import Floats

COPIES = 5  # rewired networks that a replication is compared with; the mean over replications is precise
HUBS = 20
FIRST_YEAR_AT_RISK = 1950
THINNED = 8  # of the pair-years without a signature, every eighth enters the logit; slopes stay the same
TERMS = ("distance", "gdp", "colonial", "religion", "language", "politics", "activity", "shared partners", "contiguous")


def pairs(t: Treaties, year: int) -> float:
    """Return the number of pairs that have signed since 1945."""
    return float(t.ties(year).sum() / 2)


def median_partners(t: Treaties, year: int) -> float:
    """Return the median number of partners."""
    return float(np.median(t.ties(year).sum(axis=1)))


def most_partners(t: Treaties, year: int) -> float:
    """Return the largest number of partners."""
    return float(t.ties(year).sum(axis=1).max())


def gini(t: Treaties, year: int) -> float:
    """Return the Gini coefficient of partners."""
    return network.gini(t.ties(year).sum(axis=1))


def top_ten(t: Treaties, year: int) -> float:
    """Return the share of tie-ends that the ten best connected states hold."""
    degree = np.sort(t.ties(year).sum(axis=1))
    return network.ratio(degree[-10:].sum(), degree.sum())


def isolates(t: Treaties, year: int) -> float:
    """Return the share of states without a partner."""
    return float((t.ties(year).sum(axis=1) == 0).mean())


def component(t: Treaties, year: int) -> float:
    """Return the share of states in the largest connected component."""
    return giant_component(t.ties(year))


def transitivity(t: Treaties, year: int) -> float:
    """Return the share of connected triples that are closed."""
    return network.transitivity(t.ties(year))


def excess_transitivity(t: Treaties, year: int) -> float:
    """Return transitivity over that of networks with the same numbers of partners."""
    return closure(t.ties(year), networks=COPIES).ratio


def clustering(t: Treaties, year: int) -> float:
    """Return mean local clustering."""
    return local_clustering(t.ties(year))


def assortativity(t: Treaties, year: int) -> float:
    """Return degree assortativity."""
    return network.assortativity(t.ties(year))


def modularity(t: Treaties, year: int) -> float:
    """Return the modularity of the best communities found (Louvain)."""
    return louvain_modularity(t.ties(year), Stream(1, "validation", year))


def odds_ratio(t: Treaties, relation: str, since: int, last: int) -> float:
    """Return the odds of a tie signed in a period, pairs with a relation over those without."""
    rows = t.present(last)
    upper = np.triu_indices(len(rows), 1)
    tied = t.ties(last, since)[upper] > 0
    related = t.relations[relation][np.ix_(rows, rows)][upper] > 0
    counts = [float(((related == r) & (tied == s)).sum()) + 0.5 for r, s in ((1, 1), (1, 0), (0, 1), (0, 0))]
    return counts[0] * counts[3] / (counts[1] * counts[2])


def tie_distance(t: Treaties, since: int, last: int) -> float:
    """Return the median distance of a tie signed in a period over that of all pairs."""
    rows = t.present(last)
    upper = np.triu_indices(len(rows), 1)
    distance = t.relations["distance"][np.ix_(rows, rows)][upper]
    tied = t.ties(last, since)[upper] > 0
    return float(np.median(distance[tied]) / np.median(distance)) if tied.any() else float("nan")


def new_ties(t: Treaties, since: int, last: int) -> float:
    """Return the number of pairs that sign for the first time in a period."""
    return float(t.new_pairs(since, last).sum())


def bursts(t: Treaties, since: int, last: int) -> float:
    """Return variance over mean of the yearly number of first signatures."""
    return dispersion(t.new_pairs(since, last).astype(np.float64))


def take_off(t: Treaties) -> float:
    """Return first signatures a year in 1956-65 over those in 1946-55."""
    return network.ratio(t.new_pairs(1956, 1965).sum(), t.new_pairs(1946, 1955).sum())


def years_to_first(t: Treaties, last: int = 1969) -> float:
    """Return the median number of years after which a new state of 1946-64 signs; those that do not count as never."""
    new = np.flatnonzero((t.entered > 1946) & (t.entered <= 1964))
    first = t.first[new].min(axis=1)
    waits = np.where(first <= last, first - t.entered[new], np.inf)
    return float(np.median(waits))


def with_hubs(t: Treaties, since: int = 1950, last: int = 1969) -> float:
    """Return the share of new ties with one of the twenty best connected states of the year before."""
    touched = total = 0
    first = np.triu(t.first)
    for year in range(since, last + 1):
        rows = t.present(year - 1)
        degree = np.zeros(len(t.codes))
        degree[rows] = t.ties(year - 1).sum(axis=1)
        hubs = np.argsort(-degree, kind="stable")[:HUBS]
        a, b = np.nonzero(first == year)
        total += len(a)
        touched += int((np.isin(a, hubs) | np.isin(b, hubs)).sum())
    return network.ratio(touched, total)


def size_and_partners(t: Treaties, size: str, year: int = 1969) -> float:
    """Return the rank correlation of partners with population, GDP or GDP per head."""
    rows, now = t.present(year), t.dated.row(year)
    people, gdp = t.dated.population[now, rows], t.dated.gdp[now, rows]
    by = {"population": people, "gdp": gdp, "income": gdp / people}[size]
    return spearman(t.ties(year).sum(axis=1), by)


def at_risk(t: Treaties, since: int, last: int, thinned: int = THINNED) -> tuple[NDArray[np.bool_], Floats]:
    """Return whether a pair signs for the first time, by pair and year at risk, and what is known of it.

    Degrees and shared partners are those of the year before. Columns are `TERMS`, then five-year periods.
    """
    happened, known = [], []
    for year in range(since, last + 1):
        rows = t.present(year)
        now = t.dated.row(year)
        before = t._ties(year - 1, 1945)[np.ix_(rows, rows)]
        degree, shared = before.sum(axis=1), before @ before
        a, b = np.triu_indices(len(rows), 1)
        first = t.first[rows[a], rows[b]]
        signs = first == year
        keep = np.flatnonzero((first >= year) & (signs | ((np.arange(len(a)) + year) % thinned == 0)))
        a, b, i, j = a[keep], b[keep], rows[a[keep]], rows[b[keep]]
        gdp, ideal = np.log(t.dated.gdp[now]), t.dated.ideal_point[now]
        period = np.zeros((len(keep), (last - since) // 5 + 1))
        period[:, (year - since) // 5] = 1.0
        known.append(np.column_stack([
            np.log(t.relations["distance"][i, j]), gdp[i] + gdp[j], t.relations["colonial"][i, j],
            t.relations["religion"][i, j], t.relations["language"][i, j], np.abs(ideal[i] - ideal[j]),
            np.log1p(degree[a]) + np.log1p(degree[b]), np.log1p(shared[a, b]), t.relations["contiguous"][i, j],
            period[:, 1:],
        ]))
        happened.append(signs[keep])
    return np.concatenate(happened), np.concatenate(known)


def hazard(t: Treaties, term: str, last: int = 1969) -> float:
    """Return a coefficient of the logit of a first signature, by pair and year."""
    fitted: Floats = t.once("hazard", lambda: logit(*at_risk(t, FIRST_YEAR_AT_RISK, last)))
    return float(fitted[TERMS.index(term)])

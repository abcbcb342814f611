"""Is a network more than its degrees? Closure and communities against networks in which only degrees are kept.

A hub has many partners that are partners of each other by chance alone. The yardstick is therefore the same network
with its ties swapped at random (a-b, c-d become a-d, c-b), which leaves every state its number of partners and
nothing else (FACTS 5, 6, 7).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import networkx as nx
import numpy as np

from coopsim.results import network
from coopsim.results.results import Results
from coopsim.rng import Stream, Streams
from coopsim.world.column import Floats

SWAPS_PER_TIE = 10  # tried; enough to forget where the ties were
NETWORKS = 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure of a network beside the same measure of its rewired copies.

    Attributes
    ----------
    observed : float
    expected, sd : float
        Mean and standard deviation over the copies.
    """

    observed: float
    expected: float
    sd: float

    @property
    def ratio(self) -> float:
        """Observed over expected; 0 if nothing is expected."""
        return network.ratio(self.observed, self.expected)

    @property
    def excess(self) -> float:
        """Observed less expected."""
        return self.observed - self.expected


def ties_in(results: Results, year: int) -> Floats:
    """Return the cultural agreements in force at the end of a year as 0.0 and 1.0, shape (S, S).

    Rows are states in the order of `results.states`.
    """
    states = results.states["iso3"].unique()
    ledger = results.agreements
    culture = (ledger["form"] == "bilateral") & (ledger["topic"] == "culture")
    lasts = ledger["ended"].isna() | (ledger["ended"].fillna(year) > year)
    parties = ledger.loc[culture & lasts & (ledger["signed"] <= year), "parties"]
    place = {code: row for row, code in enumerate(states)}
    ties = np.zeros((len(states), len(states)))
    for pair in parties:
        a, b = (place[code] for code in pair.split("-"))
        ties[a, b] = ties[b, a] = 1
    return ties


def rewired(ties: Floats, stream: Stream, swaps_per_tie: float = SWAPS_PER_TIE) -> Floats:
    """Return a random network in which every state has as many partners as in `ties`, shape (S, S).

    Swaps that would tie a state to itself, or twice to another, are left out but count as tried; so all networks
    with these degrees are equally likely in the long run.
    """
    one, other = (ends.tolist() for ends in np.nonzero(np.triu(ties)))
    number = len(one)
    tries = round(swaps_per_tie * number)
    draw = stream.generator("swaps")
    if number > 1:
        partners = [set(np.flatnonzero(row).tolist()) for row in ties]
        first, second = draw.integers(0, number, (2, tries)).tolist()
        turned = (draw.random(tries) < 0.5).tolist()
        for p, q, turn in zip(first, second, turned, strict=True):
            _swap(one, other, partners, p, q, turn)
    found = np.zeros_like(ties)
    found[one, other] = found[other, one] = 1
    return found


def _swap(one: list[int], other: list[int], partners: list[set[int]], p: int, q: int, turn: bool) -> None:
    a, b = one[p], other[p]
    c, d = (other[q], one[q]) if turn else (one[q], other[q])
    if a == d or b == c or d in partners[a] or b in partners[c]:
        return
    for state, lost, won in ((a, b, d), (b, a, c), (c, d, b), (d, c, a)):
        partners[state].remove(lost)
        partners[state].add(won)
    other[p], one[q], other[q] = d, c, b


def against_rewired(
    ties: Floats, measure: Callable[[Floats, Stream], float], *, networks: int = NETWORKS, seed: int = 1
) -> Comparison:
    """Compare a measure of a network with that of rewired copies; the same seed gives the same answer."""
    streams = Streams(seed)
    copies = [
        measure(rewired(ties, streams("rewire", number)), streams("measure", number))
        for number in range(1, networks + 1)
    ]
    values = np.array(copies or [0.0])
    return Comparison(measure(ties, streams("measure", 0)), float(values.mean()), float(values.std()))


def closure(ties: Floats, *, networks: int = NETWORKS, seed: int = 1) -> Comparison:
    """Compare transitivity: a ratio near 1 means that partners of a partner are partners by their number alone."""
    return against_rewired(ties, lambda found, _: network.transitivity(found), networks=networks, seed=seed)


def mixing(ties: Floats, *, networks: int = NETWORKS, seed: int = 1) -> Comparison:
    """Compare degree assortativity."""
    return against_rewired(ties, lambda found, _: network.assortativity(found), networks=networks, seed=seed)


def communities(ties: Floats, *, networks: int = NETWORKS, seed: int = 1) -> Comparison:
    """Compare the modularity of the best communities found (Louvain); its excess says that there are some."""
    return against_rewired(ties, louvain_modularity, networks=networks, seed=seed)


def louvain_modularity(ties: Floats, stream: Stream) -> float:
    """Return the modularity of the communities that the Louvain method finds; 0 without ties."""
    if not ties.any():
        return 0.0
    seed = int(stream.key("louvain") % np.uint64(2**32))
    groups = np.zeros(len(ties), dtype=np.int64)
    for number, members in enumerate(nx.community.louvain_communities(nx.from_numpy_array(ties), seed=seed)):
        groups[list(members)] = number
    return network.modularity(ties, groups)

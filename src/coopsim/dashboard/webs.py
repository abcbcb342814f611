"""The network as a picture: where its states stand, which ties are drawn, which groups it falls into."""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from coopsim.analysis.explain import explain
from coopsim.dashboard import links, panels
from coopsim.dashboard.engine import Run
from coopsim.dashboard.geography import Geography
from coopsim.dashboard.links import Links
from coopsim.dashboard.text import say
from coopsim.results import network
from coopsim.rng import Streams

Floats = NDArray[np.float64]
ROUNDS = 80
MARGIN = 0.06
CLASSES = 12  # of the histogram of partners, at most
MEASURES = ("mean_degree", "transitivity", "degree_gini", "modularity_bloc", "modularity_region")


class Told(NamedTuple):
    """What is said about a tie."""

    title: str
    sentences: tuple[str, ...]


def places(ties: Links, land: Geography) -> Floats:
    """Return the positions on the map and in the web, shape (2, S, 2).

    The web is laid out once per run, by its ties of the last year, from the positions on the map; so the same state is
    found at about the same place whatever is changed.
    """
    return np.stack([land.places, web(ties.tied(int(ties.run.years[-1])), land)])


def web(tied: NDArray[np.bool_], land: Geography) -> Floats:
    """Lay out a network by springs within the bounds of the map, shape (S, 2)."""
    size = len(tied)
    start = dict(enumerate(land.places / np.abs(land.places).max()))
    graph = nx.from_numpy_array(tied.astype(np.int8))
    # The more ties, the stronger they pull all to the middle: weigh them down, and hold states apart.
    found = nx.spring_layout(
        graph, pos=start, iterations=ROUNDS, k=2.2 / np.sqrt(max(size, 1)), weight=None, seed=1, method="force"
    )
    spots = _drawn_in(np.array([found[k] for k in range(size)]), tied)
    rank = np.argsort(np.argsort(spots, axis=0), axis=0) / max(size - 1, 1)
    low, high = spots.min(axis=0), spots.max(axis=0)
    even = (spots - low) / np.maximum(high - low, 1e-9)
    spread = 0.55 * even + 0.45 * rank  # pull apart what crowds in the middle, keep who is near whom
    left, top, right, bottom = land.bounds
    room = np.array([right - left, bottom - top])
    return np.asarray(np.array([left, top]) + room * (MARGIN + (1 - 2 * MARGIN) * spread))


def _drawn_in(spots: Floats, tied: NDArray[np.bool_]) -> Floats:
    """Return positions with those of states without ties, which nothing holds, at the rim of the others."""
    held = tied.any(axis=1)
    if held.all() or not held.any():
        return spots
    middle = spots[held].mean(axis=0)
    reach = np.linalg.norm(spots[held] - middle, axis=1).max()
    away = spots - middle
    far = np.maximum(np.linalg.norm(away, axis=1) / max(reach, 1e-9), 1e-9)
    return np.where((held | (far < 1))[:, None], spots, middle + away / far[:, None])


def chosen(ties: Links, land: Geography, wanted: str, state: str = "") -> NDArray[np.int64]:
    """Return the ties that are drawn, as the world view takes them: all, or some; `state` is for those of one."""
    run = ties.run
    spells = panels.packed_spells(ties.spells, int(run.years[0]), kinds=True)
    a, b = spells[:, 0], spells[:, 1]
    region, bloc = np.array(land.regions), blocs(run)[0]
    row = run.codes.index(state) if state in run.codes else -1
    keep = {
        "all": lambda: np.ones(len(spells), dtype=bool),
        "new": lambda: ~ties.tied(int(run.years[0]))[a, b],
        "one": lambda: (a == row) | (b == row),
        "within": lambda: region[a] == region[b],
        "across": lambda: region[a] != region[b],
        "blocs": lambda: bloc[a] != bloc[b],
    }[wanted]()
    return spells[keep]


def regions(land: Geography) -> tuple[NDArray[np.int64], list[str]]:
    """Return the region of each state, and their names."""
    names, groups = np.unique(np.array(land.regions), return_inverse=True)
    return groups.astype(np.int64), [str(name) for name in names]


def blocs(run: Run) -> tuple[NDArray[np.int64], list[str]]:
    """Return on which side of the median ideal point each state stands."""
    ideal = run.model.world.states.ideal_point
    return (ideal > np.median(ideal)).astype(np.int64), [say("ties.bloc_low"), say("ties.bloc_high")]


def communities(ties: Links) -> tuple[NDArray[np.int64], list[str]]:
    """Return the communities of the last year that the Louvain method finds, the largest first."""
    run = ties.run
    tied = ties.tied(int(run.years[-1]))
    seed = int(Streams(run.seed)("communities", 0).key("louvain") % np.uint64(2**32))
    found = nx.community.louvain_communities(nx.from_numpy_array(tied.astype(np.int8)), seed=seed)
    groups = np.zeros(run.size, dtype=np.int64)
    ordered = sorted(found, key=lambda members: (-len(members), min(members)))
    for number, members in enumerate(ordered):
        groups[list(members)] = number
    return groups, [say("ties.community", number=k + 1, size=len(members)) for k, members in enumerate(ordered)]


def shape(ties: Links, land: Geography, measure: str) -> Floats:
    """Return one of `MEASURES` by year, shape (Y,), as the indicator of that name takes it of agreements."""
    if measure == "mean_degree":
        return np.asarray(ties.partners.mean(axis=1))
    if measure == "degree_gini":
        return np.array([network.gini(row) for row in ties.partners])
    if measure == "transitivity":
        return ties.by_year(network.transitivity)
    groups = blocs(ties.run)[0] if measure == "modularity_bloc" else regions(land)[0]
    return ties.by_year(lambda tied: network.modularity(tied, groups))


def closure_of(ties: Links, row: int, year: int) -> float:
    """Return the share of pairs of a state's partners that are partners of each other."""
    tied = ties.tied(year)
    partners = np.flatnonzero(tied[row])
    pairs = len(partners) * (len(partners) - 1)
    return network.ratio(int(tied[np.ix_(partners, partners)].sum()), pairs)


def degrees(ties: Links, year: int) -> tuple[list[str], Floats]:
    """Return a histogram of the number of partners: labels of the classes, states in each."""
    degree = ties.tied(year).sum(axis=1)
    width = max(1, int(np.ceil((degree.max(initial=0) + 1) / CLASSES)))
    counts = np.bincount(degree // width).astype(np.float64)
    labels = [f"{k * width}" if width == 1 else f"{k * width}–{(k + 1) * width - 1}" for k in range(len(counts))]
    return labels, counts


def told(run: Run, pair: str, year: int) -> Told:
    """Say everything that ties two states in a year, form by form: since when, and why, where the model knows."""
    rows = sorted(run.codes.index(code) for code in pair.split("-"))
    sentences: list[str] = []
    for form in links.forms(run.config):
        spells = Links(run, form).spells
        live = spells[(spells["a"] == rows[0]) & (spells["b"] == rows[1]) & (spells["signed"] <= year)
                      & (spells["ended"] > year)]
        if "id" in live:
            for number in live["id"]:
                sentences += explain(run.results, int(number)).sentences
        elif not live.empty:
            kind = say(f"ties.{links.kinds(form)[int(live['activity'].iloc[0])]}")
            sentences.append(say(f"ties.pair_{form}", kind=kind, since=int(live["signed"].iloc[0])))
    return Told(" – ".join(run.names[row] for row in rows), tuple(sentences) or (say("ties.pair_none", year=year),))

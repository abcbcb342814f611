"""Measures of a network or a distribution: pure functions of arrays, fast enough for every year of a run.

Networks are symmetric (S, S) matrices of 0.0 and 1.0 with a zero diagonal. Where a measure has no value, as
assortativity has none if all degrees are equal, it is 0: no measure returns NaN.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import ssyrk

from coopsim.world.column import Floats

Number = Any  # a Python or NumPy scalar: the stubs give the product of two vectors the type of an array
TOLERANCE = 1e-12
MOST_ITERATIONS = 500


def ratio(part: Number, whole: Number) -> float:
    """Return part / whole, 0 if whole is 0."""
    return float(part / whole) if whole else 0.0


def mean(values: Floats) -> float:
    """Return the mean, 0 of nothing."""
    return float(values.mean()) if values.size else 0.0


def count_rows(linked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the number of true cells in each row, shape (S,)."""
    # A product of matrices counts several times as fast as a sum of truth values; whole numbers, so exact.
    return np.asarray(linked.astype(np.float32) @ np.ones(linked.shape[1], dtype=np.float32), dtype=np.int64)


def gini(values: Floats) -> float:
    """Return the Gini coefficient of values >= 0, shape (n,); 0 if all are equal or nil."""
    size, total = len(values), values.sum()
    if not size or total <= 0:
        return 0.0
    rank = np.arange(1, size + 1)
    return max(0.0, float(2 * (rank @ np.sort(values)) / (size * total) - (size + 1) / size))


def top_share(values: Floats, share: float = 0.1) -> float:
    """Return what the top `share` of the rows (rounded up) hold of the sum; 0 if the sum is nil."""
    number = int(np.ceil(share * len(values) - TOLERANCE))
    if not number:
        return 0.0
    return ratio(np.partition(values, -number)[-number:].sum(), values.sum())


def transitivity(ties: Floats) -> float:
    """Return the share of connected triples that are closed; 0 without triples."""
    single = ties.astype(np.float32).T  # counts of partners are whole numbers below 2**24, so exact
    shared = ssyrk(1.0, single) if len(ties) else single  # of each pair once: the lower half stays nil
    degree = ties.sum(axis=1)
    return ratio(2 * (shared * single).sum(dtype=np.float64), degree @ (degree - 1))


@lru_cache(maxsize=4)
def pair_places(size: int) -> NDArray[np.intp]:
    """Return the place of each unordered pair in a flattened (size, size) matrix, in the order of `World.pairs`."""
    a, b = np.triu_indices(size, k=1)
    return np.asarray(a * size + b)


def assortativity(ties: Floats) -> float:
    """Return the correlation of the degrees at both ends of a tie; 0 if all tied states have one degree."""
    degree = ties.sum(axis=1)
    ends = degree.sum()
    if not ends:
        return 0.0
    average = (degree**2).sum() / ends
    variance = (degree**3).sum() / ends - average**2
    if variance <= TOLERANCE * average**2:
        return 0.0
    return float((degree @ ties @ degree / ends - average**2) / variance)


def leading_eigenvector(ties: Floats) -> Floats:
    """Return the eigenvector centrality, shape (S,), of length one; zeros without ties. Power iteration."""
    vector = ties.sum(axis=1)
    if not vector.any():
        return vector
    vector = vector / np.sqrt(vector @ vector)
    for _ in range(MOST_ITERATIONS):
        # One step of ties + I: the identity keeps a bipartite network from swinging for ever.
        following = ties @ vector + vector
        following /= np.sqrt(following @ following)
        change = following - vector
        vector = following
        if change @ change < TOLERANCE:
            break
    return vector


def core_periphery(ties: Floats) -> float:
    """Return the correlation over pairs of a tie with the product of the two centralities (MODEL 5).

    Near 1, the central states are tied to each other and the others to nobody else; 0 if all pairs are alike.
    """
    centre = leading_eigenvector(ties)
    pairs = len(ties) * (len(ties) - 1) / 2
    if not pairs:
        return 0.0
    squares = centre**2
    mean_tie = ties.sum() / 2 / pairs
    mean_product = (centre.sum() ** 2 - squares.sum()) / 2 / pairs
    mean_square = (squares.sum() ** 2 - (squares**2).sum()) / 2 / pairs
    spread = mean_tie * (1 - mean_tie) * (mean_square - mean_product**2)
    if spread <= TOLERANCE**2:
        return 0.0
    together = centre @ ties @ centre / 2 / pairs
    return float(np.clip((together - mean_tie * mean_product) / np.sqrt(spread), -1, 1))


def innermost_core(ties: Floats, guess: int = 0) -> tuple[int, int]:
    """Return the largest k for which a k-core exists, and how many states are in it; (0, 0) without ties.

    In a k-core every state has k partners or more within the core. Found by halving the interval between the ties
    per state, since a core that deep must exist, and the largest k that k states have partners for. A `guess`, such
    as last year's k, is looked at first; it saves time and changes nothing.
    """
    single = ties.astype(np.float32)
    core, degree = np.ones(len(ties), dtype=np.float32), ties.sum(axis=1).astype(np.float32)
    if not degree.any():
        return 0, 0
    deepest = int((np.sort(degree)[::-1] >= np.arange(1, len(ties) + 1)).sum())
    least = int(np.ceil(degree.sum() / 2 / len(ties)))
    depth, wanted = 0, guess if least <= guess <= deepest else least
    while depth < deepest:
        alive, left = core.copy(), degree
        while np.count_nonzero(weak := (left < wanted) & (alive > 0)):
            alive[weak] = 0
            left = (single @ alive) * alive
        if alive.any():
            core, degree = alive, left
            depth = int(left[alive > 0].min())
        else:
            deepest = wanted - 1
        wanted = depth + 1 if 0 < guess <= depth else (max(depth, least - 1) + deepest + 1) // 2
    return depth, int(core.sum())


def modularity(ties: Floats, groups: NDArray[np.integer]) -> float:
    """Return Newman's modularity Q of a partition; `groups` numbers the group of each state, shape (S,)."""
    ends = ties.sum()
    if not ends:
        return 0.0
    member = (groups[None, :] == np.arange(groups.max() + 1)[:, None]).astype(np.float64)
    to_members = member @ ties
    return float((member * to_members).sum() / ends - ((to_members.sum(axis=1) / ends) ** 2).sum())


def reciprocity(flow: Floats) -> float:
    """Return the share of a flow, shape (S, S), that is answered in kind: 2 sum over pairs of min / sum."""
    return ratio(np.minimum(flow, flow.T).sum(), flow.sum())


def mutual_correlation(matrix: Floats) -> float:
    """Return the correlation over ordered pairs of a matrix with its transpose; 0 if it is constant."""
    pairs = len(matrix) * (len(matrix) - 1)
    if not pairs:
        return 0.0
    average = matrix.sum() / pairs
    variance = np.vdot(matrix, matrix) / pairs - average**2
    if variance <= TOLERANCE:
        return 0.0
    return float((np.vdot(matrix, matrix.T) / pairs - average**2) / variance)


def group_sums(matrix: Floats, members: NDArray[np.bool_]) -> Floats:
    """Return the sum of the cells of a (S, S) matrix within each group, shape (R,); `members` is (R, S)."""
    cells, first = _cells(members.tobytes(), *members.shape)
    if not len(cells):
        return np.zeros(len(members))
    sums = np.add.reduceat(matrix.ravel().take(cells), np.minimum(first, len(cells) - 1))
    return np.where(members.any(axis=1), sums, 0.0)


@lru_cache(maxsize=16)
def _cells(members: bytes, groups: int, size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places of each group's cells in a flattened matrix, and where each group begins.

    Members hardly change from year to year, so that looking up cells beats multiplying matrices.
    """
    rows = [np.flatnonzero(row) for row in np.frombuffer(members, dtype=np.bool_).reshape(groups, size)]
    cells = [(row[:, None] * size + row).ravel() for row in rows]
    first = np.cumsum([0, *map(len, cells)])[:-1]
    return np.concatenate([np.zeros(0, dtype=np.intp), *cells]), first.astype(np.intp)


def inside_outside(matrix: Floats, members: NDArray[np.bool_], ends: Floats) -> Floats:
    """Return how much higher a matrix is among members than between members and others, shape (R,).

    Parameters
    ----------
    matrix : (S, S), zero diagonal
    members : (R, S); each group has two members or more, and somebody is outside
    ends : (S,), sums of the rows plus sums of the columns
    """
    size = members.sum(axis=1)
    within = group_sums(matrix, members)
    across = members.astype(np.float64) @ ends - 2 * within
    return np.asarray(within / (size * (size - 1)) - across / (2 * size * (len(matrix) - size)))

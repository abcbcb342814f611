"""Measures of a network or a distribution: pure functions of arrays, fast enough for every year of a run.

Networks are symmetric (S, S) matrices of 0.0 and 1.0 with a zero diagonal. Where a measure has no value, as
assortativity has none if all degrees are equal, it is 0: no measure returns NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    single = ties.astype(np.float32)  # counts of paths are whole numbers below 2**24, so exact
    closed = (single @ single * single).sum(dtype=np.float64)
    degree = ties.sum(axis=1)
    return ratio(closed, degree @ (degree - 1))


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


def modularity(ties: Floats, groups: NDArray[np.integer]) -> float:
    """Return Newman's modularity Q of a partition; `groups` numbers the group of each state, shape (S,)."""
    ends = ties.sum()
    if not ends:
        return 0.0
    member = (groups[:, None] == np.arange(groups.max() + 1)[None, :]).astype(np.float64)
    within = (member * (ties @ member)).sum()
    return float(within / ends - ((ties.sum(axis=1) @ member / ends) ** 2).sum())


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


def inside_outside(matrix: Floats, members: Floats) -> Floats:
    """Return how much higher a matrix is among members than between members and others, shape (n,).

    Parameters
    ----------
    matrix : (S, S), zero diagonal
    members : (R, S) of 0.0 and 1.0

    Returns
    -------
    (n,) one number for each group that has two members or more and somebody outside
    """
    size = members.sum(axis=1)
    within = ((members @ matrix) * members).sum(axis=1)
    across = members @ (matrix.sum(axis=1) + matrix.sum(axis=0)) - 2 * within
    kept = (size >= 2) & (size < len(matrix))
    size, within, across = size[kept], within[kept], across[kept]
    return np.asarray(within / (size * (size - 1)) - across / (2 * size * (len(matrix) - size)))

"""Measures of a network or a distribution: pure functions of arrays, fast enough for every year of a run.

Networks are symmetric (S, S) matrices of 0.0 and 1.0 with a zero diagonal, or the lists of partners that
`partners_in(ties)` makes of them, so that several measures can share the lists. Where a measure has no value, as
assortativity has none if all degrees are equal, it is 0: no measure returns NaN.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopsim.results import kernels
from coopsim.world.column import Floats, Integers

Number = Any  # a Python or NumPy scalar: the stubs give the product of two vectors the type of an array
TOLERANCE = 1e-12
MOST_ITERATIONS = 500


def ratio(part: Number, whole: Number) -> float:
    """Return part / whole, 0 if whole is 0."""
    return float(part / whole) if whole else 0.0


def total(values: Floats) -> float:
    """Return the sum of values, shape (n,)."""
    return float(np.add.reduce(values))


def mean(values: Floats) -> float:
    """Return the mean, 0 of nothing."""
    return float(np.add.reduce(values) / values.size) if values.size else 0.0


def share_of(values: Floats, chosen: Floats) -> float:
    """Return what the chosen rows (1.0; others 0.0) hold of the sum; 0 if the sum is nil."""
    return float(kernels.values.share_of(values, chosen))


def count_rows(linked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the number of true cells in each row, shape (S,)."""
    return np.asarray(kernels.bits.counts(kernels.bits.bits_above(linked, 0)))


def gini(values: Floats) -> float:
    """Return the Gini coefficient of values >= 0, shape (n,); 0 if all are equal or nil."""
    return float(kernels.values.gini(np.sort(np.asarray(values, dtype=np.float64))))


def top_share(values: Floats, share: float = 0.1) -> float:
    """Return what the top `share` of the rows (rounded up) hold of the sum; 0 if the sum is nil."""
    number = int(np.ceil(share * len(values) - TOLERANCE))
    if not number:
        return 0.0
    return float(kernels.values.largest_share(values, number))


class Lists(NamedTuple):
    """The true cells of a truth table row by row: those of row i are `item[start[i]:start[i + 1]]`.

    Of a network these are the partners of each state, of a table of members the states in each group. The same as
    bits: see `kernels.bits`. `counts` is the number in each row, shape (R,).
    """

    start: Integers
    item: NDArray[np.uint16]
    counts: Floats
    bits: NDArray[np.uint64]


def listed(table: NDArray[Any], level: float = 0) -> Lists:
    """Return the true cells of a table (R, S), or those above a level."""
    bits = kernels.bits.bits_above(table, level)
    start, item, counts = kernels.bits.listed(bits)
    return Lists(start, item, counts, bits)


def partners_in(ties: Floats | Lists) -> Lists:
    """Return the partners of each state in a network, which may be given as such lists already."""
    return ties if isinstance(ties, Lists) else listed(ties)


def transitivity(ties: Floats | Lists) -> float:
    """Return the share of connected triples that are closed; 0 without triples."""
    partners = partners_in(ties)
    degree = partners.counts
    return ratio(2 * kernels.bits.shared_partners(partners.bits, *partners[:2]), degree @ (degree - 1))


def assortativity(ties: Floats | Lists) -> float:
    """Return the correlation of the degrees at both ends of a tie; 0 if all tied states have one degree."""
    ends, square, cube, product = kernels.ties.degree_moments(*partners_in(ties)[:3])
    if not ends:
        return 0.0
    average = square / ends
    variance = cube / ends - average**2
    if variance <= TOLERANCE * average**2:
        return 0.0
    return float((product / ends - average**2) / variance)


def leading_eigenvector(ties: Floats | Lists) -> Floats:
    """Return the eigenvector centrality, shape (S,), of length one; zeros without ties. Power iteration."""
    # A step is one of ties + I: the identity keeps a bipartite network from swinging for ever.
    return np.asarray(kernels.ties.centrality(*partners_in(ties)[:3], MOST_ITERATIONS, TOLERANCE))


def core_periphery(ties: Floats | Lists) -> float:
    """Return the correlation over pairs of a tie with the product of the two centralities (MODEL 5).

    Near 1, the central states are tied to each other and the others to nobody else; 0 if all pairs are alike.
    """
    partners = partners_in(ties)
    centre = leading_eigenvector(partners)
    pairs = len(centre) * (len(centre) - 1) / 2
    if not pairs:
        return 0.0
    total, squares, fourths, together = kernels.ties.products(*partners[:2], centre)
    mean_tie = len(partners.item) / 2 / pairs
    mean_product = (total**2 - squares) / 2 / pairs
    mean_square = (squares**2 - fourths) / 2 / pairs
    spread = mean_tie * (1 - mean_tie) * (mean_square - mean_product**2)
    if spread <= TOLERANCE**2:
        return 0.0
    return min(max(float((together / 2 / pairs - mean_tie * mean_product) / np.sqrt(spread)), -1.0), 1.0)


def innermost_core(ties: Floats | Lists) -> tuple[int, int]:
    """Return the largest k for which a k-core exists, and how many states are in it; (0, 0) without ties.

    In a k-core every state has k partners or more within the core. For k = 1, 2, ... those with fewer are taken out,
    until nobody is left (Batagelj and Zaversnik 2003, arXiv:cs/0310049).
    """
    depth, size = kernels.ties.innermost_core(*partners_in(ties)[:2])
    return int(depth), int(size)


def modularity(ties: Floats | Lists, groups: NDArray[np.integer]) -> float:
    """Return Newman's modularity Q of a partition; `groups` numbers the group of each state, shape (S,)."""
    partners = partners_in(ties)
    ends = len(partners.item)
    within, expected = kernels.bits.ties_within(partners.bits, partners.counts, groups)
    return ratio(within, ends) - ratio(expected, ends**2)


def reciprocity(flow: Floats) -> float:
    """Return the share of a flow, shape (S, S), that is answered in kind: 2 sum over pairs of min / sum."""
    return ratio(np.minimum(flow, flow.T).sum(), flow.sum())


def mutual_correlation(matrix: Floats) -> float:
    """Return the correlation over ordered pairs of a matrix with its transpose; 0 if it is constant."""
    pairs = len(matrix) * (len(matrix) - 1)
    return mutual_correlation_of(matrix.sum(), np.vdot(matrix, matrix), np.vdot(matrix, matrix.T), pairs)


def mutual_correlation_of(total: Number, squares: Number, products: Number, pairs: int) -> float:
    """Return the same from the sums of x, of x^2 and of x times its mirror image, over so many ordered pairs."""
    if not pairs:
        return 0.0
    average = total / pairs
    variance = squares / pairs - average**2
    if variance <= TOLERANCE:
        return 0.0
    return float((products / pairs - average**2) / variance)


def group_sums(matrix: Floats | NDArray[np.bool_] | Lists, members: NDArray[np.bool_] | Lists) -> Floats:
    """Return the sum of the cells within each group, shape (R,); `matrix` is (S, S) or a network, `members` (R, S)."""
    groups = members if isinstance(members, Lists) else listed(members)
    if isinstance(matrix, Lists):
        return np.asarray(kernels.bits.ties_inside(matrix.bits, groups.bits, *groups[:2]))
    return np.asarray(kernels.ties.sums_inside(matrix, *groups[:2]))


def inside_outside(
    matrix: Floats | NDArray[np.bool_] | Lists, members: NDArray[np.bool_] | Lists, ends: Floats
) -> Floats:
    """Return how much higher a matrix is among members than between members and others, shape (R,).

    Parameters
    ----------
    matrix : (S, S), zero diagonal, or a network
    members : (R, S); each group has two members or more, and somebody is outside
    ends : (S,), sums of the rows plus sums of the columns
    """
    groups = members if isinstance(members, Lists) else listed(members)
    return np.asarray(kernels.ties.inside_less_outside(group_sums(matrix, groups), ends, *groups[:2]))

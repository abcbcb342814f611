"""M18 on a lattice: Axelrod's (1997) dissemination of culture, to dock the copying rule of M18 to a published model.

A random site meets a random one of its four neighbours; with probability equal to the share of features they have in
common it copies one of those in which they differ, until neighbours are the same or have nothing in common. Meetings
that cannot have an effect are never drawn: only the end is compared. Not part of any year (see `traits`).
Source: MODEL 6.3; Axelrod 1997, doi:10.1177/0022002797041002001.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from coopsim.rng import Stream

FEWEST_NEIGHBOURS, BLOCK = 2, 4096  # of a corner; uniform numbers drawn at once


def settle(features: int, variants: int, side: int, rng: Stream) -> list[tuple[int, ...]]:
    """Return the cultures of a square lattice, row by row, after everything that can happen has happened."""
    chance = _uniforms(rng)
    near = neighbours(side)
    culture = [[int(next(chance) * variants) for _ in range(features)] for _ in near]
    bonds = [(i, j) for i, others in enumerate(near) for j in others]
    of_site = [[bond for bond, pair in enumerate(bonds) if site in pair] for site in range(len(near))]
    shared = [sum(map(int.__eq__, culture[i], culture[j])) for i, j in bonds]
    active = [bond for bond, number in enumerate(shared) if 0 < number < features]
    place = {bond: k for k, bond in enumerate(active)}
    while active:
        bond = active[int(next(chance) * len(active))]
        i, j = bonds[bond]
        # Sites are drawn evenly, so that a bond of a site with more neighbours is drawn less often.
        if next(chance) * len(near[i]) * features >= FEWEST_NEIGHBOURS * shared[bond]:
            continue
        different = [k for k in range(features) if culture[i][k] != culture[j][k]]
        feature = different[int(next(chance) * len(different))]
        culture[i][feature] = culture[j][feature]
        for touched in of_site[i]:
            one, other = bonds[touched]
            shared[touched] = sum(map(int.__eq__, culture[one], culture[other]))
            if (0 < shared[touched] < features) != (touched in place):
                _toggle(active, place, touched)
    return [tuple(traits) for traits in culture]


def _toggle(active: list[int], place: dict[int, int], bond: int) -> None:
    """Enter a bond into the active ones, or take it out in constant time."""
    if bond in place:
        last, hole = active.pop(), place.pop(bond)
        if last != bond:
            active[hole], place[last] = last, hole
    else:
        place[bond] = len(active)
        active.append(bond)


def regions(culture: list[tuple[int, ...]], side: int) -> int:
    """Return the number of contiguous regions of one culture."""
    near, unseen, number = neighbours(side), set(range(len(culture))), 0
    while unseen:
        number, reached = number + 1, [unseen.pop()]
        while reached:
            site = reached.pop()
            more = {other for other in near[site] if other in unseen and culture[other] == culture[site]}
            unseen -= more
            reached.extend(more)
    return number


def neighbours(side: int) -> list[list[int]]:
    """Return the two to four neighbours of each site of a square lattice."""
    steps = ((0, 1), (1, 0), (0, -1), (-1, 0))
    return [[(row + up) * side + column + right for up, right in steps
             if 0 <= row + up < side and 0 <= column + right < side] for row in range(side) for column in range(side)]


def _uniforms(rng: Stream) -> Iterator[float]:
    for block in count():
        yield from rng.uniform(f"block {block}", BLOCK).tolist()

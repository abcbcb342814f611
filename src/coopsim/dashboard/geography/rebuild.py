"""Make `world.npz`, the outlines of the states, from two registry packages; see `SOURCES.md` beside it.

In a scratch folder::

    npm pack world-atlas@2.0.2 && npm pack cldr-core@48.2.0      # unpack both
    python -m coopsim.dashboard.geography.rebuild world-atlas/package cldr-core/package

Lines are projected to be simplified, arc by arc, so that neighbours keep their common border; what crosses the 180th
meridian is cut there, or the browser would draw it across the whole map.
"""

from __future__ import annotations

import csv
import heapq
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopsim.dashboard.geography.projection import SCALE, equal_earth
from coopsim.world.tables import DATA

OUT = Path(__file__).parent / "world.npz"
ANTARCTICA = "010"
LEAST_TRIANGLE = 6e-6  # of a corner that stays, in the projection's unit squared: a pixel or so on a wide screen
LEAST_ISLAND = 1.5e-5
LEAST_STATE = 5e-5  # smaller ones get a dot

Floats = NDArray[np.float64]


def build(atlas: Path, cldr: Path) -> None:
    """Write `world.npz`: owners (alpha-3 code, "" for land of no state here), sizes, points (int16)."""
    topology = json.loads((atlas / "countries-50m.json").read_text(encoding="utf-8"))
    arcs = [simplified(arc) for arc in arcs_of(topology)]
    alpha3 = codes(cldr)
    known = set(state_codes())
    owners: list[str] = []
    rings: list[NDArray[np.int16]] = []
    for land in topology["objects"]["countries"]["geometries"]:
        if land.get("id") == ANTARCTICA:
            continue
        code = alpha3.get(land.get("id", ""), "")
        polygons = [projected(part) for outline in parts_of(land)
                    for part in cut(ring(outline[0], arcs))]
        largest = max(area(points) for points in polygons)
        if code in known and largest < LEAST_STATE:
            continue
        for points in polygons:
            if len(points) >= 4 and area(points) >= min(LEAST_ISLAND, largest):
                owners.append(code if code in known else "")
                rings.append(np.round(points * SCALE).astype(np.int16))
    sizes = np.array([len(points) for points in rings], dtype=np.int32)
    np.savez_compressed(OUT, owners=np.array(owners), sizes=sizes, points=np.concatenate(rings))
    shown = set(owners) - {""}
    print(f"{OUT.name}: {OUT.stat().st_size:,} bytes, {len(rings)} outlines, {sizes.sum():,} corners, "
          f"{len(shown)} states; dots: {' '.join(sorted(known - shown))}")


def state_codes() -> list[str]:
    """Return the codes of the states of the world."""
    with (DATA / "states.csv").open(encoding="utf-8", newline="") as file:
        return [row["iso3"] for row in csv.DictReader(file)]


def codes(cldr: Path) -> dict[str, str]:
    """Return the alpha-3 code by the numeric one."""
    tables = json.loads((cldr / "supplemental" / "codeMappings.json").read_text(encoding="utf-8"))
    rows = tables["supplemental"]["codeMappings"].values()
    return {row["_numeric"]: row["_alpha3"] for row in rows if "_numeric" in row and "_alpha3" in row}


def arcs_of(topology: dict[str, Any]) -> list[Floats]:
    """Undo the atlas's compression of arcs: degrees, which run on where an arc crosses the 180th meridian."""
    scale, shift = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    degrees = [np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + shift for arc in topology["arcs"]]
    return [np.column_stack([np.unwrap(arc[:, 0], period=360), arc[:, 1]]) for arc in degrees]


def projected(degrees: Floats) -> Floats:
    """Return the places on the map of longitudes and latitudes."""
    return np.column_stack(equal_earth(degrees[:, 0], degrees[:, 1])).astype(np.float64)


def simplified(degrees: Floats) -> Floats:
    """Drop corners by the area they add on the map, the least first (Visvalingam); ends stay.

    An arc that is a ring of its own keeps four corners at least.
    """
    points = projected(degrees)
    keep = 4 if np.array_equal(points[0], points[-1]) else 2
    size = len(points)
    before, after = list(range(-1, size - 1)), list(range(1, size + 1))
    alive = [True] * size

    def triangle(k: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = points[before[k]], points[k], points[after[k]]
        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2

    heap = [(triangle(k), k) for k in range(1, size - 1)]
    heapq.heapify(heap)
    left = size
    current = {k: value for value, k in heap}
    while heap and left > keep:
        value, k = heapq.heappop(heap)
        if not alive[k] or current[k] != value:
            continue
        if value >= LEAST_TRIANGLE:
            break
        alive[k] = False
        left -= 1
        i, j = before[k], after[k]
        after[i], before[j] = j, i
        for neighbour in (i, j):
            if 0 < neighbour < size - 1:
                # Never less than what has gone before: corners vanish in the order of what they add.
                current[neighbour] = max(triangle(neighbour), value)
                heapq.heappush(heap, (current[neighbour], neighbour))
    return degrees[np.array(alive)]


def parts_of(land: dict[str, Any]) -> list[list[list[int]]]:
    """Return the polygons of a country, each a list of rings; the first is the outline."""
    arcs = land["arcs"]
    return [arcs] if land["type"] == "Polygon" else list(arcs)


def ring(numbers: list[int], arcs: list[Floats]) -> Floats:
    """Join arcs to a ring; a number below 0 is an arc walked backwards."""
    pieces = [arcs[k] if k >= 0 else arcs[~k][::-1] for k in numbers]
    joined = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
    return np.column_stack([np.unwrap(joined[:, 0], period=360), joined[:, 1]])


def cut(outline: Floats) -> list[Floats]:
    """Cut a ring of degrees at the 180th meridian; every part lies between it and itself."""
    turns = range(int(np.floor((outline[:, 0].min() + 180) / 360)), int(np.ceil((outline[:, 0].max() - 180) / 360)) + 1)
    parts = [half(half(outline - (360.0 * turn, 0.0), 180.0, 1), -180.0, -1) for turn in turns]
    return [part for part in parts if len(part)]


def half(outline: Floats, edge: float, side: int) -> Floats:
    """Return what of a closed ring lies on one side of a meridian (Sutherland and Hodgman)."""
    kept: list[Floats] = []
    for here, there in itertools.pairwise(outline):
        inside, follows = (side * point[0] <= side * edge for point in (here, there))
        if inside:
            kept.append(here)
        if inside != follows:
            share = (edge - here[0]) / (there[0] - here[0])
            kept.append(np.array([edge, here[1] + share * (there[1] - here[1])]))
    return np.array([*kept, kept[0]]) if kept else np.empty((0, 2))


def area(points: Floats) -> float:
    """Return the area of a ring."""
    x, y = points[:, 0], points[:, 1]
    return float(abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))

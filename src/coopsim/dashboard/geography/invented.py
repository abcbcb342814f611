"""Lands for invented states: each state gets the part of the globe that is nearest to it, but no more than an island.

Nothing is drawn at random: the coast of a state follows from its place and its name's number, so the same world has
the same map.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import SphericalVoronoi

from coopsim.dashboard.geography.projection import equal_earth

Floats = NDArray[np.floating[Any]]

WATER = 150  # points of the sea: the more there are, the smaller the lands
SHORE = 0.23  # radians from a state within which the sea has no point
ROUNDS = 4  # how often borders are broken up
ROUGH = 0.16  # how far, as a share of the side


def lands(longitude: Floats, latitude: Floats, population: Floats) -> list[tuple[int, Floats]]:
    """Return an outline for each state: row, corners of the projected ring.

    Parameters
    ----------
    longitude, latitude, population : ndarray, shape (S,)
    """
    size = len(longitude)
    states = on_sphere(np.radians(longitude), np.radians(latitude))
    states = apart(states)
    sea = fibonacci(WATER)
    sea = sea[(sea @ states.T).max(axis=1) < np.cos(SHORE)] if size else sea
    cells = SphericalVoronoi(np.concatenate([states, sea]), radius=1.0)
    cells.sort_vertices_of_regions()
    found: list[tuple[int, Floats]] = []
    for row in range(size):
        corners = cells.vertices[cells.regions[row]]
        found += [(row, ring) for ring in projected(rough(corners))]
    return found


def on_sphere(lam: Floats, phi: Floats) -> Floats:
    """Return points of the unit sphere, shape (n, 3)."""
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def fibonacci(number: int) -> Floats:
    """Return points spread evenly over the sphere, shape (n, 3)."""
    k = np.arange(number) + 0.5
    return on_sphere(np.pi * (1 + np.sqrt(5)) * k, np.arcsin(1 - 2 * k / number))


def apart(points: Floats) -> Floats:
    """Move points that coincide a little, since cells need different centres."""
    turned = points + 1e-7 * np.sin(np.arange(points.size)).reshape(points.shape)
    return np.asarray(turned / np.linalg.norm(turned, axis=1, keepdims=True))


def rough(ring: Floats) -> Floats:
    """Break up the sides of a ring; a side shared by two states is broken in the same way from both."""
    for _ in range(ROUNDS):
        following = np.roll(ring, -1, axis=0)
        middle = ring + following
        side = np.linalg.norm(following - ring, axis=1, keepdims=True)
        across = np.cross(ring, following)
        across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
        # The same number for both directions of a side; `across` turns round with it, so the sign must too.
        noise = np.sin(1e4 * middle.sum(axis=1, keepdims=True) + 3e4 * np.prod(middle, axis=1, keepdims=True))
        forward = (ring[:, :1] + 0.37 * ring[:, 1:2] + 0.11 * ring[:, 2:]) < (
            following[:, :1] + 0.37 * following[:, 1:2] + 0.11 * following[:, 2:]
        )
        middle = middle + 2 * ROUGH * side * noise * across * np.where(forward, 1.0, -1.0)
        middle /= np.linalg.norm(middle, axis=1, keepdims=True)
        ring = np.stack([ring, middle], axis=1).reshape(-1, 3)
    return ring


def projected(ring: Floats) -> list[Floats]:
    """Project a ring; one that crosses the edge of the map becomes two, each cut off at its edge."""
    lam = np.arctan2(ring[:, 1], ring[:, 0])
    phi = np.arcsin(np.clip(ring[:, 2], -1, 1))
    steps = np.diff(lam, append=lam[:1])
    unrolled = np.concatenate([[lam[0]], lam[0] + np.cumsum((steps + np.pi) % (2 * np.pi) - np.pi)[:-1]])
    around = float(np.sum((steps + np.pi) % (2 * np.pi) - np.pi))
    if abs(around) > np.pi:  # the ring goes round a pole: close it along the edge of the map
        pole = np.sign(phi.mean()) * np.pi / 2
        order = np.argsort(lam)
        lam, phi = lam[order], phi[order]
        lam = np.concatenate([[-np.pi], lam, [np.pi, np.pi, -np.pi]])
        phi = np.concatenate([[phi[0]], phi, [phi[-1], pole, pole]])
        return [_drawn(lam, phi)]
    shifted = [unrolled + turn for turn in (-2 * np.pi, 0, 2 * np.pi)]
    return [_drawn(np.clip(one, -np.pi, np.pi), phi) for one in shifted if np.any(np.abs(one) < np.pi)]


def _drawn(lam: Floats, phi: Floats) -> Floats:
    x, y = equal_earth(np.degrees(lam), np.degrees(phi))
    return np.column_stack([x, y])

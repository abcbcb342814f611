"""The Equal Earth projection: areas are true, so that a large colour is a large country."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

# Šavrič, Patterson and Jenny (2018).
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
SCALE = 10_000  # of coordinates as int16
GLOBE = (-2.72, -1.33, 2.72, 1.33)  # left, top, right, bottom
BOUNDS = (-2.72, -1.33, 2.72, 1.08)  # without Antarctica


def equal_earth(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Return x to the right and y downwards, from degrees."""
    lam, phi = np.radians(longitude), np.radians(latitude)
    t = np.arcsin(np.sqrt(3) / 2 * np.sin(phi))
    t2, t6 = t**2, t**6
    x = 2 * np.sqrt(3) * lam * np.cos(t) / (3 * (9 * A4 * t**8 + 7 * A3 * t6 + 3 * A2 * t2 + A1))
    y = t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))
    return x, -y

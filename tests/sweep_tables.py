"""Tables of sweeps of known functions: what an analysis should find in them is known."""

import numpy as np
import pandas as pd


def table_of(points, function, *, replications=4, noise=0.0, seed=1, years=(2030,), shared=True, indicator="y"):
    """Return the table of a sweep of `function` (from a frame of points to an array) plus noise.

    With `shared`, the noise of a seed is the same at every point, as common random numbers would have it.
    """
    draw = np.random.default_rng(seed)
    base = np.asarray(function(points), dtype=float)
    luck = draw.normal(0, noise or 1.0, replications)
    rows = []
    for replication in range(replications):
        own = draw.normal(0, noise or 1.0, len(points))
        for row, (point, values) in enumerate(points.iterrows()):
            found = luck[replication] if shared else own[row]
            number = replication if shared else int(point) * 10_000 + replication
            for step, year in enumerate(years):
                rows.append({
                    "scenario_id": int(point), "replication_id": replication, "seed": 100 + number,
                    **values.to_dict(), "year": year, indicator: base[row] * (1 + step) + (found if noise else 0.0),
                })
    return pd.DataFrame(rows)


def uniform_points(n, low, high, names, seed=3):
    draw = np.random.default_rng(seed)
    return pd.DataFrame(draw.uniform(low, high, (n, len(names))), columns=list(names))

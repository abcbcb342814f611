"""Tables of sweeps of known functions: what an analysis should find in them is known."""

import numpy as np
import pandas as pd

NAMES = ("a.x", "a.y", "a.z")


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


def ishigami(points):
    x, y, z = (points[name] for name in NAMES)
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def saltelli(n, *, pairs=False, low=-np.pi, high=np.pi):
    from SALib.sample import sobol as sampler

    problem = {"num_vars": 3, "names": list(NAMES), "bounds": [[low, high]] * 3}
    return pd.DataFrame(sampler.sample(problem, n, calc_second_order=pairs, seed=1), columns=list(NAMES))


def trajectories(n, bounds):
    from SALib.sample import morris as sampler

    problem = {"num_vars": len(bounds), "names": list(bounds), "bounds": list(bounds.values())}
    return pd.DataFrame(sampler.sample(problem, n, num_levels=4, seed=1), columns=list(bounds))


def planted(points):
    """Above 1 where x is large and y is small."""
    return 2.0 * ((points["a.x"] > 0.6) & (points["a.y"] < 0.4))


def contrasted(effect, n=150, noise=1.0, replications=6):
    """Return a table in which the switch changes y by `effect` of the other parameters."""
    sets = uniform_points(n, 0, 1, ("a.x", "a.y"))
    both = [sets.assign(**{"mechanisms.trust": on}) for on in (False, True)]
    points = pd.concat(both).sort_index(kind="stable").reset_index(drop=True)
    return table_of(points, lambda p: np.where(p["mechanisms.trust"], effect(p), 0.0), noise=noise,
                    replications=replications)

"""The table of a sweep as an xarray data set with named dimensions."""

from __future__ import annotations

from typing import Any

from coopsim.analysis.extras import extra
from coopsim.analysis.sweep_table import POINT, REPLICATION, SEED, YEAR, Runs, Source, runs_of
from coopsim.results.indicators import INDICATORS


def to_xarray(source: Source | Runs) -> Any:
    """Return the runs of a sweep as an `xarray.Dataset`.

    Parameters
    ----------
    source : SweepResults or DataFrame

    Returns
    -------
    xarray.Dataset
        One variable per indicator, with label and unit. A full grid has one dimension per parameter, then replication
        and year; any other design has the dimension `scenario_id`, along which the parameters are coordinates. Runs
        that failed are NaN. `seed` is a variable without year.

    Raises
    ------
    CoopsimError
        If xarray is not installed.

    Examples
    --------
    >>> cube = to_xarray(runs)
    >>> cube["density"].mean("replication_id").sel(year=2050)
    """
    extra("xarray", "A data set with named dimensions")
    runs = runs_of(source)
    grid = _is_grid(runs)
    axes = [*runs.parameters] if grid else [POINT]
    rows = runs.table.set_index([*axes, REPLICATION, YEAR])
    found = rows[list(runs.indicators)].to_xarray()
    seeds = runs.table.drop_duplicates([POINT, REPLICATION]).set_index([*axes, REPLICATION])[[SEED]].to_xarray()
    found[SEED] = seeds[SEED]
    if not grid:
        points = runs.points.loc[found[POINT].to_numpy()]
        found = found.assign_coords({name: (POINT, points[name].to_numpy()) for name in runs.parameters})
    for name in runs.indicators:
        if name in INDICATORS:
            found[name].attrs |= {"long_name": INDICATORS[name].label, "units": INDICATORS[name].unit}
    return found


def _is_grid(runs: Runs) -> bool:
    """Return whether every combination of the values that occur is a point, each once."""
    points, size = runs.points, 1
    for name in runs.parameters:
        size *= points[name].nunique()
    return bool(runs.parameters) and size == len(points) and not points.duplicated().any()

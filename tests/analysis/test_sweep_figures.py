"""Figures of many runs, and the cube: what they show, and that they say how sure it is."""

from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from matplotlib.container import ErrorbarContainer

from coopsim.analysis.cube import to_xarray
from coopsim.analysis.discovery import discover
from coopsim.analysis.effects import effect
from coopsim.analysis.figures import caption_of, save_figure
from coopsim.analysis.replications import enough
from coopsim.analysis.robustness import robustness
from coopsim.analysis.sensitivity import morris, sobol
from coopsim.analysis.sweep_figures import bands_figure, effect_figure, enough_figure, scenario_figure
from coopsim.errors import ConfigError
from sweep_tables import contrasted, ishigami, planted, saltelli, table_of, trajectories, uniform_points

if any(find_spec(name) is None for name in ("SALib", "ema_workbench", "xarray")):
    pytest.skip("the extra 'experiments' is not installed", allow_module_level=True)

GRID = pd.DataFrame({"trust.gain": [0.0, 0.1, 0.0, 0.1], "trust.other": [0, 0, 5, 5]})


def linear(points):
    return 10 + 30 * points["trust.gain"] + points["trust.other"]


def table(**more):
    return table_of(GRID, linear, noise=1.0, indicator="density", **more)


DRAWN = {
    "bands": lambda: bands_figure(table(years=(2030, 2031)), "density", by="trust.gain"),
    "effect": lambda: effect_figure(effect(table(), "trust.gain", "density")),
    "scenarios": lambda: scenario_figure(table(), "density", by="trust.gain"),
    "enough": lambda: enough_figure(enough(table(replications=60), "density", tolerance=0.1)),
    "sobol": lambda: sobol(table_of(saltelli(16), ishigami, replications=2), "y").figure(),
    "morris": lambda: morris(
        table_of(trajectories(6, {"a.x": [0, 1], "a.y": [0, 1]}), lambda p: p["a.x"], replications=2), "y").figure(),
    "box": lambda: discover(table_of(uniform_points(200, 0, 1, ("a.x", "a.y", "a.z")), planted), "y", above=1).figure(),
    "no box": lambda: discover(table_of(uniform_points(60, 0, 1, ("a.x",)), lambda p: 1 + p["a.x"]), "y",
                               above=0).figure(),
    "badge": lambda: robustness(contrasted(lambda p: p["a.x"] - 0.4, n=60), "mechanisms.trust", "y").figure(),
}
INTERVALS = {"bands": "10–90 %", "enough": "10–90 %", "box": "means", "no box": "means"}


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_says_version_runs_seeds_and_kind_of_interval(name, tmp_path):
    figure = DRAWN[name]()
    caption = caption_of(figure)
    for part in ("coopsim ", "replications", "seed", INTERVALS.get(name, "95 %")):
        assert part in caption
    files = save_figure(figure, tmp_path / "figure")
    assert all(path.stat().st_size > 3_000 for path in files)
    assert figure.get_suptitle()


def test_the_error_bars_of_the_sobol_figure_are_those_of_the_table():
    found = sobol(table_of(saltelli(64), ishigami, replications=2), "y")
    axes = found.figure().get_axes()[0]
    bars = [c for c in axes.containers if isinstance(c, ErrorbarContainer)]
    for key, bar in zip(("ST", "S1"), bars, strict=True):
        segments = np.array(bar.lines[2][0].get_segments())
        reach = (segments[:, 1, 0] - segments[:, 0, 0]) / 2
        assert reach == pytest.approx(found.table[f"{key}_conf"].to_numpy())
    assert [text.get_text() for text in axes.get_yticklabels()] == list(found.table["parameter"])


@pytest.mark.parametrize(("call", "message"), [
    (lambda: bands_figure(table(), "density"), "several years"),
    (lambda: bands_figure(table(years=(1, 2), replications=1), "density"), "several replications"),
    (lambda: bands_figure(table_of(uniform_points(9, 0, 1, ("a.x",)), lambda p: p["a.x"], years=(1, 2)), "y"),
     "too many"),
])
def test_a_figure_that_could_not_show_its_uncertainty_is_not_drawn(call, message):
    with pytest.raises(ConfigError, match=message):
        call()


def test_a_grid_becomes_a_cube_with_a_dimension_per_parameter():
    cube = to_xarray(table(years=(2030, 2031)))
    assert dict(cube.sizes) == {"trust.gain": 2, "trust.other": 2, "replication_id": 4, "year": 2}
    rows = table(years=(2030, 2031))
    one = rows[(rows["trust.gain"] == 0.1) & (rows["trust.other"] == 5) & (rows["year"] == 2031)]
    found = cube["density"].sel({"trust.gain": 0.1, "trust.other": 5, "year": 2031}).to_numpy()
    assert found == pytest.approx(one["density"].to_numpy())
    assert cube["density"].attrs["units"] == "1"
    assert cube["seed"].dims == ("trust.gain", "trust.other", "replication_id")


def test_any_other_design_keeps_its_points_with_the_parameters_beside_them():
    points = uniform_points(5, 0, 1, ("a.x", "a.y"))
    lost = table_of(points, lambda p: p["a.x"], replications=3)
    lost = lost[~((lost["scenario_id"] == 2) & (lost["replication_id"] == 1))]
    cube = to_xarray(lost)
    assert cube["y"].dims == ("scenario_id", "replication_id", "year")
    assert cube["a.x"].to_numpy() == pytest.approx(points["a.x"].to_numpy())
    assert int(cube["y"].isnull().sum()) == 1

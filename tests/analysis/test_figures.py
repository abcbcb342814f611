"""The picture of a run."""

import pytest
from matplotlib.figure import Figure
from PIL import Image

from coopsim.analysis.figures import caption_of, main_series, save_figure
from coopsim.errors import ResultsError
from coopsim.experiment import run
from worlds import short_config


@pytest.mark.parametrize(("states", "years"), [(12, 6), (2, 1), (1, 1)])
def test_six_charts_with_units(states, years, tmp_path):
    results = run(short_config(states, years), seed=1)
    figure = main_series(results)
    charts = figure.get_axes()
    assert len(charts) == 6
    assert all(chart.get_title(loc="left") and chart.get_ylabel() for chart in charts)
    caption = figure.texts[-1].get_text()
    assert "seed 1" in caption
    assert results.manifest["config_hash"] in caption
    for path in save_figure(figure, tmp_path / "main"):
        assert path.stat().st_size > 10_000


def test_a_picture_can_be_repeated(tmp_path):
    results = run(short_config(5, 2), seed=1)
    first = save_figure(main_series(results), tmp_path / "first")
    second = save_figure(main_series(results), tmp_path / "second")
    assert first[1].read_bytes() == second[1].read_bytes()


def test_files_carry_title_and_caption(tmp_path):
    figure = main_series(run(short_config(3, 1), seed=1))
    png, svg = save_figure(figure, tmp_path / "main")
    caption = caption_of(figure)
    assert "coopsim" in caption
    with Image.open(png) as image:
        assert image.info["Description"] == caption
        assert image.info["Title"] == figure.get_suptitle()
    assert caption in svg.read_text(encoding="utf-8")


def test_a_figure_without_a_caption_is_not_saved(tmp_path):
    with pytest.raises(ResultsError, match="no caption"):
        save_figure(Figure(), tmp_path / "bare")

"""The variants that the benchmarks compare are the same model, on a world small enough for every test run."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from core import c_core, coopsim_core, numpy_core, plain_mesa  # noqa: E402
from core.start import AGREEMENTS, LAPSED, SIGNED, TRUST, Start  # noqa: E402
from core.variants import Case, runner  # noqa: E402
from measures import equivalence, scaling  # noqa: E402

import report  # noqa: E402

needs_compiler = pytest.mark.skipif(c_core.compiler() is None, reason="no C compiler")
EVENTS = [AGREEMENTS, SIGNED, LAPSED]


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.of(states=15, years=12)


@needs_compiler
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_c_has_the_events_of_coopsim(case, seed):
    ours = coopsim_core.build(case.config, seed)()
    for build in (c_core.build, c_core.build_plain):
        series = build(case.start, seed)()
        assert np.array_equal(series[:, EVENTS], ours[:, EVENTS])
        assert series[:, TRUST] == pytest.approx(ours[:, TRUST], abs=1e-12)


@needs_compiler
def test_bounds_of_the_optimised_c_hold_for_other_rates(case):
    """Signs of the rates decide which bound is safe, so turn them around."""
    changes = {
        "commonality.discovery_rate": 0.5, "bilateral.beta_commonality": 4.0, "bilateral.base_rate": 0.5,
        "network.popularity": -0.8, "network.closure": -1.0, "renewal.term": 1, "renewal.lapse": 0.9, "trust.gain": 0.5,
    }
    config = case.config.with_values(changes)
    start = coopsim_core.start_of(config)
    ours = coopsim_core.build(config, 4)()
    assert np.array_equal(c_core.build(start, 4)()[:, EVENTS], ours[:, EVENTS])
    assert ours[:, SIGNED].sum() > 50


@needs_compiler
def test_normal_numbers_of_c_are_those_of_scipy():
    from scipy.special import ndtri

    for uniform in (1e-300, 1e-20, 0.01, 0.1353, 0.4, 0.5, 0.9, 1 - 1e-12):
        assert c_core.library().core_normal(uniform) == pytest.approx(ndtri(uniform), rel=1e-14, abs=1e-15)


def test_reduced_recording_changes_no_event(case):
    ours, reduced = (build(case.config, 5)() for build in (coopsim_core.build, coopsim_core.build_reduced))
    assert reduced == pytest.approx(ours, abs=1e-12)


@pytest.mark.parametrize("build", [numpy_core.build, plain_mesa.build])
def test_without_chance_every_variant_has_the_same_trust(case, build):
    """No signatures, no lapses, no campaigns: what is left is deterministic."""
    config = case.config.with_values({"bilateral.base_rate": 0.0, "renewal.lapse": 0.0, "network.campaign_spread": 0.0})
    start = coopsim_core.start_of(config)
    series = build(start, 1)()
    assert series == pytest.approx(coopsim_core.build(config, 1)(), abs=1e-12)
    assert series[:, [SIGNED, LAPSED]].sum() == 0


@needs_compiler
@pytest.mark.parametrize("name", ["numpy", "mesa"])
def test_means_over_seeds_are_those_of_c(name):
    longer = Case.of(states=15, years=50)
    reference = equivalence.sample(runner("c", longer), range(1000, 1200))
    score, where = equivalence.largest_z(equivalence.sample(runner(name, longer), range(20)), reference)
    assert score < equivalence.LIMIT, where


def test_exports_survive_the_file(case, tmp_path):
    case.start.save(tmp_path / "start.npz")
    loaded = Start.load(tmp_path / "start.npz")
    assert loaded.rates == case.start.rates
    assert np.array_equal(loaded.interest(), case.start.interest())


def test_a_scenario_outside_the_subset_is_refused(case):
    with pytest.raises(ValueError, match="not the preset core"):
        coopsim_core.start_of(case.config.with_values({"bilateral.form": "product"}))


def test_another_model_is_noticed():
    draw = np.random.default_rng(1)
    same = {"trust": draw.normal(0.4, 0.01, 400)}
    assert equivalence.largest_z({"trust": draw.normal(0.4, 0.01, 20)}, same)[0] < equivalence.LIMIT
    assert equivalence.largest_z({"trust": draw.normal(0.42, 0.01, 20)}, same)[0] > equivalence.LIMIT


def test_exponent_of_a_power_law():
    points = [{"states": n, "years_s": 3.0 * n**1.5} for n in (50, 100, 200)]
    assert scaling.exponent(points, "states") == 1.5
    assert scaling.exponent([*points, {"states": 400, "failed": "out of memory"}], "states") == 1.5


def test_the_page_is_that_of_the_figures():
    if not report.FIGURES.exists():
        pytest.skip("no figures kept")
    found = json.loads(report.FIGURES.read_text(encoding="utf-8"))
    assert report.PAGE.read_text(encoding="utf-8") == report.page(found), "run `uv run python benchmarks/report.py`"

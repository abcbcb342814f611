"""Estimates against cases whose answer is known."""

import numpy as np
import pytest

from coopsim.validation import statistics as st


def test_least_squares_finds_the_line():
    x = np.arange(10.0)[:, None]
    assert st.least_squares(3 * x[:, 0] - 2, x) == pytest.approx([3, -2])


def test_within_removes_both_effects():
    draw = np.random.Generator(np.random.PCG64(1))
    a, b = np.divmod(np.arange(400), 20)
    x = draw.normal(size=400)
    y = 2 * x + draw.normal(size=20)[a] * 5 + draw.normal(size=20)[b] * 5
    left = st.within(np.column_stack([y, x]), a, b)
    assert st.least_squares(left[:, 0], left[:, 1:])[0] == pytest.approx(2)


def test_the_logit_finds_what_made_the_data():
    draw = np.random.Generator(np.random.PCG64(2))
    x = draw.normal(size=(40_000, 2))
    y = draw.random(40_000) < st.chances(np.array([0.7, -1.2, -2.0]), x)
    assert st.logit(y, x) == pytest.approx([0.7, -1.2, -2.0], abs=0.08)


def test_a_logit_on_one_binary_is_the_log_odds_ratio():
    x = np.repeat([1.0, 1.0, 0.0, 0.0], [30, 70, 10, 90])[:, None]
    y = np.repeat([True, False, True, False], [30, 70, 10, 90])
    assert st.logit(y, x)[0] == pytest.approx(np.log(30 * 90 / (70 * 10)), abs=1e-5)


def test_a_poisson_regression_finds_an_elasticity_with_zeros():
    x = np.linspace(0, 4, 400)
    assert st.poisson(np.exp(0.7 * x - 1), x[:, None])[0] == pytest.approx(0.7, abs=1e-6)
    counts = np.random.Generator(np.random.PCG64(3)).poisson(np.exp(0.7 * x - 1.5))
    assert (counts == 0).mean() > 0.1
    assert st.poisson(counts.astype(float), x[:, None])[0] == pytest.approx(0.7, abs=0.1)  # three standard errors


def test_a_separated_logit_stays_finite():
    assert np.isfinite(st.logit(np.array([True, True, False, False]), np.array([[1.0], [1.0], [0.0], [0.0]]))).all()


def test_rankings_with_known_answers():
    happened = np.array([True, False, True, False])
    assert st.roc_auc(happened, np.array([0.9, 0.8, 0.7, 0.1])) == 0.75
    assert st.roc_auc(happened, np.zeros(4)) == 0.5
    assert np.isnan(st.roc_auc(np.zeros(4, dtype=bool), np.arange(4.0)))
    assert st.average_precision(happened, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx((1 + 2 / 3) / 2)
    assert st.average_precision(happened, np.zeros(4)) == 0.5  # one group of ties: the base rate
    assert st.brier(happened, np.full(4, 0.5)) == 0.25


def test_dispersion_is_one_for_independent_counts():
    counts = np.random.Generator(np.random.PCG64(3)).poisson(20, 20_000)
    assert st.dispersion(counts.astype(float)) == pytest.approx(1, abs=0.05)
    assert st.dispersion(np.array([0.0, 10.0])) == 10


def test_networks_with_known_answers():
    triangle_and_two = np.zeros((5, 5))
    for a, b in ((0, 1), (1, 2), (0, 2), (3, 4)):
        triangle_and_two[a, b] = triangle_and_two[b, a] = 1
    assert st.local_clustering(triangle_and_two) == pytest.approx(3 / 5)
    assert st.giant_component(triangle_and_two) == pytest.approx(3 / 5)
    assert st.spearman(np.array([1.0, 2, 3]), np.array([1.0, 10, 100])) == pytest.approx(1)

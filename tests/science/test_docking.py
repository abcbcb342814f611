"""M18's copying rule on a lattice docks to Axelrod's (1997) table 2, as replicated for MODEL.md 6.3."""

import numpy as np
import pytest

from coopsim.mechanisms.lattice import neighbours, regions, settle
from coopsim.rng import Stream

SIDE = 10
# Features, variants: mean and standard deviation of the number of stable regions over 1,000 runs (MODEL 6.3).
TABLE = {
    (5, 5): (1.05, 0.23), (5, 10): (4.26, 2.74), (5, 15): (20.06, 9.16),
    (10, 5): (1.00, 0.03), (10, 10): (1.04, 0.21), (10, 15): (1.62, 0.84),
    (15, 5): (1.00, 0.00), (15, 10): (1.00, 0.00), (15, 15): (1.04, 0.19),
}
CELLS = pytest.mark.parametrize(("features", "variants"), TABLE, ids=[f"F={f} q={q}" for f, q in TABLE])


def outcomes(features, variants, runs, first=0):
    return [
        regions(settle(features, variants, SIDE, Stream(first + k, f"lattice {features} {variants}", 0)), SIDE)
        for k in range(runs)
    ]


def tolerance(sd, runs):
    """Three standard errors; where the replication's spread is nil, one run with one region more."""
    return max(3 * sd / np.sqrt(runs), 1.01 / runs)


@pytest.mark.parametrize(("features", "variants"), [(5, 5), (5, 10), (5, 15), (10, 15)])
def test_a_few_lattices_end_with_about_the_published_number_of_regions(features, variants):
    mean, sd = TABLE[features, variants]
    # Six runs: 4.5 standard errors, since the number of regions is skewed.
    assert np.mean(outcomes(features, variants, 6)) == pytest.approx(mean, abs=4.5 * max(sd, 0.3) / np.sqrt(6))


@pytest.mark.science
@CELLS
def test_a_hundred_lattices_dock_to_the_thousand_run_column(features, variants, record_property):
    mean, sd = TABLE[features, variants]
    found = outcomes(features, variants, 100)
    print(f"\nF={features} q={variants}: {np.mean(found):.2f} (sd {np.std(found, ddof=1):.2f}), "
          f"docked to {mean:.2f} (sd {sd:.2f}), tolerance {tolerance(sd, 100):.3f}")
    assert np.mean(found) == pytest.approx(mean, abs=tolerance(sd, 100))


def test_at_the_end_neighbours_are_the_same_or_have_nothing_in_common():
    culture = settle(5, 15, SIDE, Stream(1, "lattice", 0))
    for site, others in enumerate(neighbours(SIDE)):
        for other in others:
            same = [a == b for a, b in zip(culture[site], culture[other], strict=True)]
            assert all(same) or not any(same)


def test_regions_are_counted_by_hand():
    # a a b
    # c a b   a, b, c and the a of the corner, which touches no other: four regions.
    # c c a
    culture = [(k,) for k in (0, 0, 1, 2, 0, 1, 2, 2, 0)]
    assert regions(culture, 3) == 4
    assert regions([(7,)] * 9, 3) == 1


def test_corners_have_two_neighbours_edges_three_and_the_inside_four():
    assert [len(others) for others in neighbours(3)] == [2, 3, 2, 3, 4, 3, 2, 3, 2]


def test_the_same_luck_gives_the_same_lattice():
    assert settle(3, 4, 5, Stream(1, "x", 0)) == settle(3, 4, 5, Stream(1, "x", 0))

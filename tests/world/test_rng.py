"""The one door for randomness: uniform, independent, reproducible."""

import numpy as np
import pytest
from scipy import stats

from coopsim.mechanisms import MECHANISMS
from coopsim.rng import Stream, Streams
from worlds import stream

# Every test of a law has a fixed seed, so it passes or fails for good; the level keeps an honest generator from
# failing at the seed first chosen (about thirty such checks here).
LEVEL = 1e-3
MANY = 200_000
FROZEN = [0.9964502943529687, 0.5004206080121745, 0.8016251961826946]


def correlation_is_nil(x, y):
    """Whether the correlation of two samples is within five standard errors 1/sqrt(n) of nil."""
    return abs(np.corrcoef(x, y)[0, 1]) < 5 / np.sqrt(len(x))


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**63])
def test_numbers_are_uniform_in_the_open_interval(seed):
    u = stream(seed=seed).uniform("x", MANY)
    assert 0 < u.min() <= u.max() < 1
    assert stats.kstest(u, "uniform").pvalue > LEVEL


def test_the_low_bits_are_random_too():
    u = stream().uniform("x", MANY)
    low = (u * 2**20) % 1  # what remains beyond twenty bits
    assert stats.kstest(low, "uniform").pvalue > LEVEL


def test_keys_of_several_purposes_are_those_of_each():
    assert stream().keys("x", "y").tolist() == [stream().key("x"), stream().key("y")]


@pytest.mark.parametrize("lag", [1, 2, 3, 195, 196])
def test_neighbouring_indices_are_independent(lag):
    u = stream().uniform("x", MANY)
    assert correlation_is_nil(u[:-lag], u[lag:])
    # pairs fill the unit square evenly: chi-square over 20 x 20 cells (not overlapping pairs)
    cells = np.histogram2d(u[: MANY // 2], u[MANY // 2 :], bins=20, range=[[0, 1], [0, 1]])[0].ravel()
    assert stats.chisquare(cells).pvalue > LEVEL


@pytest.mark.parametrize(
    "other",
    [
        Stream(1, "test", 2027).uniform("x", MANY),  # next year
        Stream(2, "test", 2026).uniform("x", MANY),  # next seed
        Stream(1, "trust", 2026).uniform("x", MANY),  # another mechanism
        Stream(1, "test", 2026).uniform("y", MANY),  # another purpose
    ],
    ids=["year", "seed", "mechanism", "purpose"],
)
def test_another_year_seed_mechanism_or_purpose_is_independent(other):
    u = Stream(1, "test", 2026).uniform("x", MANY)
    assert not (u == other).any()
    for shift in (0, 1):
        assert correlation_is_nil(u[: MANY - shift], other[shift:])


def test_the_same_index_is_uniform_over_years():
    u = np.array([Stream(1, "test", year).uniform_at("x", np.array([7]))[0] for year in range(4000)])
    assert stats.kstest(u, "uniform").pvalue > LEVEL
    assert correlation_is_nil(u[:-1], u[1:])


def test_the_same_index_is_uniform_over_seeds():
    u = np.array([Stream(seed, "test", 2026).uniform_at("x", np.array([0]))[0] for seed in range(4000)])
    assert stats.kstest(u, "uniform").pvalue > LEVEL
    assert correlation_is_nil(u[:-1], u[1:])


def test_the_same_question_has_the_same_answer():
    first, second = Streams(5)("bilateral", 2030), Streams(5)("bilateral", 2030)
    first.uniform("something else", 99)  # a further draw shifts nothing
    assert np.array_equal(first.uniform("sign", 10), second.uniform("sign", 10))
    assert np.array_equal(first.generator("x").random(5), second.generator("x").random(5))


def test_numbers_of_this_generator_are_what_they_were():
    # A change of the hash would change every result ever published.
    u = Streams(1)("bilateral", 2026).uniform("sign", 3)
    assert u.tolist() == FROZEN


def test_an_index_has_its_number_whatever_else_is_drawn():
    draws = stream()
    whole = draws.uniform("x", 1000)
    chosen = np.array([999, 0, 17, 17])
    assert np.array_equal(draws.uniform_at("x", chosen), whole[chosen])
    assert np.array_equal(draws.uniform("x", (10, 100)).ravel(), whole)
    assert np.array_equal(draws.uniform("x", 5), whole[:5])
    assert draws.uniform("x", 0).shape == (0,)


def test_keys_of_mechanisms_years_and_purposes_are_distinct():
    purposes = ("sign", "initiator", "activity", "lapse", "suspend", "own campaign", "common wave", "institutions")
    names = [*MECHANISMS, *(f"{name} start" for name in MECHANISMS), "world"]
    keys = {
        int(Streams(seed)(name, year).key(purpose))
        for seed in range(3) for name in names for year in range(2025, 2125) for purpose in purposes
    }
    assert len(keys) == 3 * len(names) * 100 * len(purposes)


def test_words_cannot_be_shifted_between_mechanism_and_purpose():
    assert Stream(1, "a", 2).key("3|b") != Stream(1, "a", 23).key("b")
    assert Stream(11, "a", 2).key("b") != Stream(1, "1a", 2).key("b")


def test_normal_numbers_are_normal():
    z = stream().normal("z", MANY)
    assert stats.kstest(z, "norm").pvalue > LEVEL
    assert correlation_is_nil(z[:-1], z[1:])
    assert np.isfinite(z).all()


@pytest.mark.parametrize("mean", [0.01, 0.3, 1.0, 4.0, 7.9, 12.0, 29.9])
def test_poisson_numbers_have_the_law(mean):
    counts = stream().poisson("k", np.full(MANY, mean))
    low, high = stats.poisson.ppf([1e-4, 1 - 1e-4], mean).astype(int)
    kept = np.arange(low, high + 1)
    expected = stats.poisson.pmf(kept, mean)
    observed = np.array([(counts == k).sum() for k in kept])
    rest = 1 - expected.sum()
    observed, expected = np.append(observed, MANY - observed.sum()), np.append(expected, rest) * MANY
    usable = expected > 5  # chi-square needs a few in each cell
    observed = np.append(observed[usable], observed[~usable].sum())
    expected = np.append(expected[usable], expected[~usable].sum())
    if expected[-1] < 5:
        observed, expected = observed[:-1], expected[:-1] * observed[:-1].sum() / expected[:-1].sum()
    assert stats.chisquare(observed, expected).pvalue > LEVEL


@pytest.mark.parametrize("mean", [8.01, 12.0, 30.5, 50.0, 300.0, 1e4])
def test_large_poisson_numbers_have_nearly_the_law(mean):
    # The approximation is monotone in its uniform number: count the share of an even grid at or below each k.
    counts = np.sort(from_grid(mean))
    reach = np.arange(max(int(mean - 5 * np.sqrt(mean)), 0), int(mean + 5 * np.sqrt(mean)) + 1)
    share = np.searchsorted(counts, reach, side="right") / len(counts)
    # documented error below .02 % of the distribution function; the grid adds 1e-5
    assert np.abs(share - stats.poisson.cdf(reach, mean)).max() < 2.1e-4
    # the correction for rounding: without it the variance at 8 would be a hundredth too large
    assert counts.var() == pytest.approx(mean, rel=1e-3)


def from_grid(mean):
    """Return the Poisson numbers that an even grid of uniform numbers gives."""
    grid = (np.arange(100_000) + 0.5) / 100_000

    class Grid(Stream):
        def uniform(self, purpose, shape):
            return grid

    return Grid(1, "test", 2026).poisson("k", np.full(len(grid), mean))


def test_small_and_large_poisson_numbers_meet_at_eight():
    below, above = (from_grid(mean) for mean in (8.0, 8.0 + 1e-9))
    # exact against approximate: they differ by one for few uniform numbers, never by more
    assert np.abs(below - above).max() <= 1
    assert (below != above).mean() < 0.01


def test_poisson_numbers_of_mean_nil_are_nil_and_shapes_are_kept():
    assert not stream().poisson("k", np.zeros((3, 4))).any()
    assert stream().poisson("k", np.full((3, 4), 2.0)).shape == (3, 4)
    assert stream().poisson("k", np.zeros(0)).shape == (0,)


def test_a_larger_mean_never_gives_a_smaller_number():
    # One uniform number each, by inversion: twin runs with more money found no fewer institutions.
    draws = stream()
    means = [0.1, 0.5, 2.0, 10.0, 29.0, 35.0, 80.0]
    numbers = np.array([draws.poisson("k", np.full(5000, mean)) for mean in means])
    assert (np.diff(numbers, axis=0) >= 0).all()


def test_sums_of_poisson_numbers_of_different_means_have_mean_and_variance():
    means = np.random.default_rng(1).uniform(0, 60, MANY)
    counts = stream().poisson("k", means)
    # both have expectation sum(means); standard errors sqrt(sum) and about sqrt(2 sum of squares); five of them
    assert counts.sum() == pytest.approx(means.sum(), abs=5 * np.sqrt(means.sum()))
    spread = ((counts - means) ** 2).sum()
    assert spread == pytest.approx(means.sum(), abs=5 * np.sqrt((2 * means**2 + means).sum()))


def test_several_purposes_at_once_have_the_numbers_that_each_has():
    stream = Stream(7, "norms", 2031)
    luck = stream.uniforms(["adopt", "withdraw"], 9)
    assert {purpose: row.tolist() for purpose, row in luck.items()} == {
        purpose: stream.uniform(purpose, 9).tolist() for purpose in ("adopt", "withdraw")
    }
    assert stream.uniforms([], 9) == {}

"""Analytic limits and metamorphic tests of MODEL.md 6 that concern the newer mechanisms: V4 to V6, swap, spillover."""

import numpy as np
import pytest
from scipy import stats

from coopsim.config import load_config
from coopsim.mechanisms.capacity import CapacityParams, develop
from coopsim.mechanisms.conventions import ConventionParams, adopt
from coopsim.mechanisms.multilateral import MultilateralParams, assist
from coopsim.model import CoopModel
from coopsim.world.activities import ASSISTANCE
from worlds import short_config, stream, tiny_world

# V4: the other fixed points and half-lives stand with their mechanisms (education, understanding, conflict).


def test_v4_capacity_comes_to_rest_at_s_over_s_plus_wear():
    world = tiny_world(2, investment=0.03)
    world.dyads.dose[ASSISTANCE, 1, 0] = 3.0
    p = CapacityParams(founding=0)
    for _ in range(600):
        develop(world, p, stream())
    for state, response in ((0, 1 - np.exp(-1)), (1, 0.0)):
        # Absorption depends on mean capacity, which is at rest too: s at the end satisfies K* = s/(s + .04).
        absorbs = 0.25 + 0.75 * world.states.mean_capacity[state]
        s = 0.03 + 0.04 * response * absorbs * 3 * np.array([0.40, 0.35, 0.25])
        assert world.states.capacity[state] == pytest.approx(s / (s + 0.04), rel=1e-9)


def test_joint_commonality_comes_to_rest_between_building_and_forgetting():
    world = tiny_world(3, dues=50.0)
    world.international.members[1] = True
    world.international.kind[1] = 1  # regional
    for _ in range(700):
        assist(world, MultilateralParams(), stream())
    # J = .98 (J + g (1 - J)) at J* = .98 g/(.02 + .98 g), with g = .03 sat(75/150).
    g = 0.03 * (1 - np.exp(-0.5))
    assert world.dyads.joint[0, 1] == pytest.approx(0.98 * g / (0.02 + 0.98 * g), rel=1e-9)


# V5

BASS = {5: 0.162, 10: 0.349, 20: 0.691, 30: 0.885, 50: 0.988}
LOYAL = ConventionParams(cascade=1, withdrawal=0, reservation=0, innovation=1, imitation=1)


def adoption(runs, size=193):
    """Mean share of adopters after each of fifty years, without ties and with equal own interest."""
    world = tiny_world(size)
    world.international.members[world.international.universal] = True
    norm = world.propose_norm(name="bass", kind="convention", topic="heritage", innovation=0.03, imitation=0.087,
                              resistance=0, entry_into_force=1)
    world.open_norm(norm)
    shares = np.zeros(51)
    for run in range(runs):
        norm.adopted[:] = False
        for year in range(1, 51):
            adopt(world, LOYAL, stream("conventions", seed=run, year=year))
            shares[year] += norm.share / runs
    return shares


def test_the_mean_field_map_of_norms_gives_the_numbers_of_model_md():
    share = 0.0
    for year in range(1, 51):
        share += (1 - share) * (1 - np.exp(-(0.03 + 0.087 * share)))
        if year in BASS:
            assert share == pytest.approx(BASS[year], abs=5e-4)


def test_v5_adoption_follows_the_mean_field_map():
    found = adoption(runs=12)
    # At mid-curve the share of one run has a standard deviation near .035: of the mean of twelve, .01.
    for year, share in BASS.items():
        assert found[year] == pytest.approx(share, abs=0.03)


@pytest.mark.science
def test_v5_adoption_follows_the_mean_field_map_closely():
    found = adoption(runs=400)
    print("\nV5", {year: round(float(found[year]), 3) for year in BASS})
    # Standard error .0025; the finite world lags the map a little (MODEL's simulation: up to .002).
    for year, share in BASS.items():
        assert found[year] == pytest.approx(share, abs=0.01)


# V6


@pytest.mark.parametrize(("lowest", "adopters"), [((0, 1, 2), 100), ((0, 2, 2), 1)])
def test_v6_one_threshold_decides_between_everybody_and_one(lowest, adopters):
    world = tiny_world(100, capacity=0.0)
    world.international.members[world.international.universal] = True
    norm = world.propose_norm(name="riot", kind="convention", topic="heritage", innovation=0, imitation=0,
                              resistance=0, entry_into_force=1)
    world.open_norm(norm)
    norm.prepared = True
    norm.tolerance = np.array([*lowest, *range(3, 100)]) / 100
    for _ in range(120):
        adopt(world, ConventionParams(mode="threshold", withdrawal=0), stream())
    assert norm.adopted.sum() == adopters


# Metamorphic


def twin_model(seed):
    """A world in which states 0 and 1 are identical in all they are and have, ties and organisations included."""
    model = CoopModel(short_config(8, 8, {"initial.density": 0, "bilateral.base_rate": 0.3}), rng=seed)
    world, twin = model.world, np.arange(8)
    twin[1] = 0
    for name, _, values in world.states.items():
        if values.dtype.kind in "fib":
            setattr(world.states, name, values[twin].copy())
    for name, _, values in world.dyads.items():
        if name == "agreement":
            continue
        both = np.maximum(values[..., 0, 1], values[..., 1, 0])
        values = values[..., twin, :][..., twin].copy()
        values[..., 0, 1] = values[..., 1, 0] = both
        setattr(world.dyads, name, values)
    world.international.members[:] = world.international.members[:, twin]
    organisations = world.organisations
    organisations.home[organisations.home == 1] = 2
    own = np.flatnonzero(organisations.home == 0)
    organisations.append(name=organisations.name[own], kind=organisations.kind[own], home=1,
                         budget=organisations.budget[own], autonomy=organisations.autonomy[own],
                         capacity=organisations.capacity[own])
    world.remember_reference()
    model.run_for(8)
    return world


def test_identical_states_fare_alike_in_law():
    seeds = range(24)
    worlds = [twin_model(seed) for seed in seeds]
    others = np.arange(2, 8)
    measures = {
        "partners": [w.dyads.tied[0, others].sum() - w.dyads.tied[1, others].sum() for w in worlds],
        "trust of": [(w.dyads.trust[0] - w.dyads.trust[1])[others].mean() for w in worlds],
        "trust in": [(w.dyads.trust[:, 0] - w.dyads.trust[:, 1])[others].mean() for w in worlds],
        "capacity": [w.states.mean_capacity[0] - w.states.mean_capacity[1] for w in worlds],
        "students": [(w.dyads.stock[0] - w.dyads.stock[1])[others].sum() for w in worlds],
        "guests": [(w.dyads.stock[:, 0] - w.dyads.stock[:, 1])[others].sum() for w in worlds],
        "treaties": [(w.dyads.other_treaties[:, 0] - w.dyads.other_treaties[:, 1])[:, others].sum() for w in worlds],
        "private money": [(w.dyads.spending_private[:, 0] - w.dyads.spending_private[:, 1])[others].sum()
                          for w in worlds],
        "norms": [sum(int(n.adopted[0]) - int(n.adopted[1]) for n in w.norms.items) for w in worlds],
    }
    for name, differences in measures.items():
        spread = np.std(differences)
        assert spread > 0, f"{name}: the two never differ, the test says nothing"
        # Nine tests: each at one in a thousand.
        assert stats.ttest_1samp(differences, 0).pvalue > 1e-3, name


# Spillover: the lesson on confounding


def pair_years(model, years):
    """Per pair and year: tied, closeness sqrt(II') sqrt(TT') before treaties are concluded, and new treaties."""
    seen = []

    def look(m):
        dyads, (a, b) = m.world.dyads, m.world.pairs
        close = np.sqrt(dyads.interest[a, b] * dyads.interest[b, a] * dyads.trust[a, b] * dyads.trust[b, a])
        seen.append([dyads.tied[a, b], close, dyads.other_treaties[:, a, b].sum(axis=0)])

    model.watchers["spill over"] = look
    for _ in range(years):
        model.run_for(1)
        a, b = model.world.pairs
        seen[-1][2] = model.world.dyads.other_treaties[:, a, b].sum(axis=0) - seen[-1][2]
    return (np.concatenate(column) for column in zip(*seen, strict=True))


def test_the_crude_ratio_of_spillover_is_twice_the_direct_effect_and_strata_uncover_it():
    model = CoopModel(load_config("baseline").with_values({"horizon.years": 8}), rng=1)
    tied, close, new = pair_years(model, 8)
    crude = new[tied].mean() / new[~tied].mean()
    stratum = np.searchsorted(np.quantile(close, np.linspace(0.1, 0.9, 9)), close)
    above = below = 0.0
    for k in range(10):
        inside = stratum == k
        one, other = inside & tied, inside & ~tied
        above += new[one].sum() * other.sum() / inside.sum()
        below += new[other].sum() * one.sum() / inside.sum()
    stratified = above / below
    print(f"\nspillover: crude {crude:.2f}, stratified {stratified:.2f}, true {np.exp(0.4):.2f}")
    # Some 3,900 treaties: over six seeds 1.52 with a standard deviation of .07 (crude 2.7); three of them are allowed.
    assert stratified == pytest.approx(np.exp(0.4), abs=0.21)
    assert crude > 1.5 * stratified

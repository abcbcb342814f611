"""Analytic limits of MODEL.md 6.1: what mathematics says must come out of the real code."""

import numpy as np
import pytest
from scipy import stats

from coopsim.config.config import GROUPS
from coopsim.mechanisms import MECHANISMS
from coopsim.mechanisms.bilateral import BilateralParams, sign
from coopsim.mechanisms.renewal import RenewalParams, review
from coopsim.model import CoopModel
from coopsim.rng import Streams
from coopsim.world import build
from coopsim.world.facts import Facts
from worlds import assert_same_world, random_config, random_value, run, short_config, tiny_world

ONLY_TIES = {f"mechanisms.{name}": name in ("bilateral", "renewal") for name in MECHANISMS}


def everybody_agrees(size):
    """A homogeneous world: full consent without trust, so that the hazard is h0 and the lapse chance q0 exactly."""
    return tiny_world(size, trust=0.0, interest=1.0)


def constant(chance):
    """Return parameters that give every pair the same yearly chance of signing."""
    return BilateralParams(base_rate=-np.log1p(-chance), trust_weight=0.0)


def live(world, years, p, q, streams):
    """Let a world sign and review for some years; yield after each."""
    start = world.year
    for year in range(start, start + years):
        world.year = year
        world.fall_due(year)
        sign(world, p, streams("bilateral", year))
        review(world, q, streams("renewal", year))
        yield year - start + 1


# V1


@pytest.mark.parametrize("seed", range(5))
def test_without_trust_and_interest_nobody_ever_signs(seed):
    values = {"initial.density": 0, "interest.scale": 0, "bilateral.base_rate": 1, "trust.gain": 0,
              "network.popularity": 2, "mechanisms.spillover": False}
    model = CoopModel(short_config(20, 20, values), rng=seed)
    model.world.dyads.trust[:] = 0
    model.world.dyads.trust_baseline[:] = 0
    model.run_for(20)
    assert not (model.world.agreements.rows["form"] == 0).any()
    assert not model.world.dyads.trust.any()


# V2


@pytest.mark.parametrize(("p", "q", "m"), [(0.05, 0.2, 5), (0.02, 0.5, 5), (0.1, 1.0, 5), (0.05, 0.2, 1)])
def test_the_share_of_tied_pairs_is_stationary(p, q, m):
    world = everybody_agrees(80)  # 3,160 independent dyads
    expected = (m / q) / (m / q + 1 / p)
    shares = [
        world.dyads.tied[world.pairs].mean()
        for year in live(world, 500, constant(p), RenewalParams(term=m, lapse=q), Streams(2)) if year > 200
    ]
    # An alternating renewal process: over 300 years a dyad runs through n = 300/(m/q + 1/p) cycles, and the share
    # has variance at most 2 (s(1-s))^2/n (geometric and shifted-geometric stays have variation at most one).
    # 200 years are four or more mean cycles, which forget the untied start to less than that.
    cycles = 3160 * 300 / (m / q + 1 / p)
    error = expected * (1 - expected) * np.sqrt(2 / cycles)
    assert np.mean(shares) == pytest.approx(expected, abs=5 * error)
    assert 5 * error < 0.02  # the test says something


# V7


def test_without_lapses_and_suspensions_ties_only_grow():
    values = {"renewal.lapse": 0, "renewal.suspension": 0, "bilateral.base_rate": 0.3}
    model = CoopModel(short_config(25, 15, values), rng=3)
    before = model.world.dyads.tied.copy()
    first = before.sum()
    for _ in range(15):
        model.run_for(1)
        assert not (before & ~model.world.dyads.tied).any()
        before = model.world.dyads.tied.copy()
    assert before.sum() > first


def test_homogeneous_states_make_a_random_graph():
    size, p, years, repeats = 60, 0.06, 6, 40
    density, spread, triangles = {y: [] for y in (1, 3, 6)}, [], []
    for seed in range(repeats):
        world = everybody_agrees(size)
        for year in live(world, years, constant(p), RenewalParams(lapse=0), Streams(seed)):
            if year in density:
                density[year].append(world.dyads.tied[world.pairs].mean())
        ties = world.dyads.tied.astype(float)
        spread.append(ties.sum(axis=1).var(ddof=1))
        triangles.append(np.trace(ties @ ties @ ties) / 6)
    for year, found in density.items():
        rho = 1 - (1 - p) ** year
        # 1,770 pairs in 40 graphs
        assert np.mean(found) == pytest.approx(rho, abs=5 * np.sqrt(rho * (1 - rho) / 1770 / repeats))
    # degrees: variance (S - 1) rho (1 - rho); one graph knows it to sqrt(2/S) = 18 %, forty to 3 %; five of them.
    # Degrees are not independent: ddof=1 estimates (S-1) rho(1-rho) less their covariance rho(1-rho).
    rho = 1 - (1 - p) ** years
    assert np.mean(spread) == pytest.approx((size - 2) * rho * (1 - rho), rel=0.15)
    # triangles as in a random graph: C(60, 3) rho^3; their number varies by about 3/2 sqrt of that of edges
    expected = 34_220 * rho**3
    assert np.mean(triangles) == pytest.approx(expected, rel=0.05)


# V9


def test_without_money_no_doses_and_no_material_effects():
    values = {"budgets.effort": 0, "mechanisms.organisations": False}
    without = run(short_config(15, 8, values))
    dyads, states = without.world.dyads, without.world.states
    for column in (dyads.dose, dyads.trust_dose, dyads.understanding_dose, dyads.spending_ministry,
                   dyads.spending_agency, dyads.spending_private, dyads.taught, states.institutions,
                   states.assistance_received):
        assert not column.any()
    # what remains of capacity is own investment, the same as if assistance had no effect
    inert = run(short_config(15, 8, values | {"capacity.assistance_effect": 0.3}))
    assert (inert.world.states.capacity == states.capacity).all()


# V13


@pytest.mark.parametrize("size", [1, 2, 3, 12])
def test_small_worlds_run(size):
    model = CoopModel(short_config(size, 10), rng=1)
    for _ in range(10):
        model.run_for(1)
        model.world.check()


@pytest.mark.parametrize("others_do", ["no reach", "no consent"])
def test_an_isolated_state_keeps_no_ties(others_do):
    values = {"initial.density": 0, "bilateral.base_rate": 1, "embassies.reach_without": 0}
    if others_do == "no consent":
        values |= {"embassies.reach_without": 1, "bilateral.trust_weight": 0}
    model = CoopModel(short_config(12, 15, values), rng=1)
    dyads = model.world.dyads
    if others_do == "no reach":
        dyads.missions[:] = True
        np.fill_diagonal(dyads.missions, False)
        dyads.missions[4, :] = dyads.missions[:, 4] = False
    else:
        dyads.interest_shift[4, :] = -1e3  # on the logit: I = 0 exactly
    for _ in range(15):
        model.run_for(1)
        assert not dyads.tied[4].any()
    assert dyads.tied.any()


# V14


def assert_finite(model):
    """Every indicator of every year is a finite number."""
    frame = model.datacollector.get_model_vars_dataframe()
    assert np.isfinite(frame.to_numpy(dtype=float)).all(), frame.columns[~np.isfinite(frame).all()].tolist()


BOUNDS = [
    (group, name, bound)
    for group, parameters in GROUPS.items()
    for name, spec in parameters.specs().items()
    for bound in (spec.choices or ((False, True) if isinstance(spec.default, bool) else spec.bounds))
]


@pytest.mark.parametrize(("group", "name", "bound"), BOUNDS, ids=[f"{g}.{n}={b}" for g, n, b in BOUNDS])
def test_each_parameter_can_stand_at_its_bounds(group, name, bound):
    model = run(short_config(8, 4, {f"{group}.{name}": bound}))
    model.world.check()
    assert_finite(model)


def test_random_parameters_give_finite_results():
    for seed in range(30):
        model = run(random_config(seed, states=9, extremes=True), seed=seed)
        model.world.check()
        assert_finite(model)


@pytest.mark.science
def test_trajectories_through_the_whole_parameter_space_are_finite():
    # Morris: each trajectory starts at a random point within the plausible ranges and moves one parameter at a time.
    draw = np.random.default_rng(14)
    keys = [(g, n, s) for g, kind in GROUPS.items() for n, s in kind.specs().items()]
    for trajectory in range(6):
        values = {f"{g}.{n}": random_value(s, draw, True) for g, n, s in keys}
        for step in draw.permutation(len(keys)):
            group, name, spec = keys[step]
            values[f"{group}.{name}"] = random_value(spec, draw, True)
            model = run(short_config(20, 20, values), seed=trajectory)
            model.world.check()
            assert_finite(model)


@pytest.mark.science
@pytest.mark.parametrize(("group", "name", "bound"), BOUNDS, ids=[f"{g}.{n}={b}" for g, n, b in BOUNDS])
def test_the_real_world_survives_each_bound(group, name, bound):
    model = CoopModel("baseline", rng=1)
    model = CoopModel(model.config.with_values({f"{group}.{name}": bound}), rng=1)
    model.run_for(8)
    model.world.check()


# V12


def relabelled(monkeypatch, order):
    """Let the builder see the same facts with the states in another order."""
    facts_for = build.facts_for

    def permuted(spec, stream):
        facts: Facts = facts_for(spec, stream)
        return facts.subset(order)

    monkeypatch.setattr(build, "facts_for", permuted)


def outcomes(seeds, size):
    """Return a few numbers per run that do not depend on labels."""
    found = []
    for seed in seeds:
        # the same states every time: facts come from one stream, chances from the seed
        model = run(short_config(size, 12, {"bilateral.base_rate": 0.15}), seed=seed)
        degree = np.sort(model.world.dyads.tied.sum(axis=1))
        rows = model.world.agreements.rows
        found.append((degree.mean(), degree.var(), model.world.dyads.trust.mean(),
                      (rows["end_reason"] == 1).sum(), model.world.states.capacity.mean(),
                      model.world.dyads.understanding.mean()))
    return np.array(found, dtype=float)


@pytest.mark.science
def test_names_do_not_matter(monkeypatch):
    # V12: two-sample Kolmogorov-Smirnov over 50 runs each, fixed seeds. Six outcomes: level .001 each.
    size = 20
    fixed = build.synthetic_facts
    monkeypatch.setattr(build, "synthetic_facts", lambda n, languages, stream: fixed(n, languages, Streams(99)("f", 0)))
    plain = outcomes(range(50), size)
    relabelled(monkeypatch, np.random.default_rng(1).permutation(size))
    others = outcomes(range(50, 100), size)
    for k in range(plain.shape[1]):
        assert stats.ks_2samp(plain[:, k], others[:, k]).pvalue > 1e-3


@pytest.mark.science
def test_names_would_be_found_out_if_they_mattered(monkeypatch):
    # The same test on a world that really differs, so that it is known to see something.
    fixed = build.synthetic_facts
    monkeypatch.setattr(build, "synthetic_facts", lambda n, languages, stream: fixed(n, languages, Streams(99)("f", 0)))
    plain = outcomes(range(50), 20)
    monkeypatch.setattr(build, "synthetic_facts", lambda n, languages, stream: fixed(n, languages, Streams(98)("f", 0)))
    others = outcomes(range(50, 100), 20)
    assert min(stats.ks_2samp(plain[:, k], others[:, k]).pvalue for k in range(plain.shape[1])) < 1e-3


def test_relabelling_permutes_what_is_not_random(monkeypatch):
    # Without chance in the way (no agreements, the same activism for all) relabelling only permutes the columns.
    order = np.random.default_rng(2).permutation(9)
    values = {"initial.density": 0, "initial.activism": "ones", "bilateral.base_rate": 0, "network.campaign_spread": 0,
              "capacity.founding": 0, "initial.variants": 1}
    values |= {f"mechanisms.{name}": False for name in MECHANISMS
               if name not in ("commonality", "interest", "bilateral", "network", "trust", "embassies", "budgets",
                               "channels", "capacity")}
    plain = run(short_config(9, 6, values)).world
    relabelled(monkeypatch, order)
    other = run(short_config(9, 6, values)).world
    assert other.states.iso3.tolist() == plain.states.iso3[order].tolist()
    np.testing.assert_allclose(other.states.capacity, plain.states.capacity[order], rtol=1e-12)
    for name in ("trust", "interest", "perceived", "trust_dose", "spending_ministry"):
        np.testing.assert_allclose(
            getattr(other.dyads, name), getattr(plain.dyads, name)[np.ix_(order, order)], rtol=1e-12
        )


# Metamorphic relations of MODEL 6.2


def test_more_gain_never_lowers_mean_trust():
    found = [run(short_config(12, 8, {"trust.gain": gain, "mechanisms.conflict": False})).world.dyads.trust.mean()
             for gain in (0.0, 0.04, 0.2)]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_more_lapses_never_raise_density():
    found = []
    for lapse in (0.0, 0.3, 1.0):
        values = ONLY_TIES | {"initial.density": 0.5, "renewal.lapse": lapse, "bilateral.base_rate": 0.01}
        found.append(run(short_config(30, 20, values)).world.dyads.tied.sum())
    assert found[0] > found[1] > found[2]


def test_twice_the_budget_at_twice_the_cost_changes_no_dose():
    off = {"mechanisms.organisations": False, "mechanisms.multilateral": False}
    single = run(short_config(12, 6, off | {"budgets.effort": 1e-4, "budgets.dose_cost": 3}))
    double = run(short_config(12, 6, off | {"budgets.effort": 2e-4, "budgets.dose_cost": 6}))
    # multiplying by two is exact in floating point
    assert (single.world.dyads.dose == double.world.dyads.dose).all()
    assert (single.world.dyads.trust == double.world.dyads.trust).all()


def test_no_orientation_is_the_switch_off():
    nil = run(short_config(12, 6, {"development.early": 0, "development.late": 0}))
    off = run(short_config(12, 6, {"mechanisms.development": False}))
    assert_same_world(nil.world, off.world)

"""The array code against the slow reference, pair by pair, on random worlds."""

import numpy as np
import pytest
import reference as slow

from coopsim.mechanisms import (
    YEAR,
    bilateral,
    budgets,
    capacity,
    channels,
    commonality,
    embassies,
    interest,
    network,
    renewal,
    trust,
)
from coopsim.mechanisms.mechanism import Process
from coopsim.model import CoopModel
from coopsim.world.agreements import IN_FORCE
from worlds import run, short_config, stream, tie, tiny_world

# Each number is a few dozen float operations in either code; their roundings differ by some units of 2.2e-16
# each, and subtractions in trust and capacity lose no digits (all terms are of order one).
TOLERANCE = {"rtol": 1e-12, "atol": 1e-14}
SEEDS = range(12)


def random_world(seed):
    """A world in which every number that the bilateral rules read is drawn at random."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(2, 9))

    def share(*shape):
        return draw.uniform(0, 1, shape)

    def between(symmetric=True):
        values = share(n, n)
        values = (values + values.T) / 2 if symmetric else values
        np.fill_diagonal(values, 0)
        return values

    def yes(symmetric=True):
        values = share(n, n) < 0.3
        values = values | values.T if symmetric else values
        np.fill_diagonal(values, False)
        return values

    distance = 100 + 9000 * between()
    np.fill_diagonal(distance, 0)
    world = tiny_world(
        n, population=np.exp(draw.normal(2, 1.5, n)), gdp=np.exp(draw.normal(11, 2, n)),
        ideal_point=draw.normal(0, 1, n), capacity=share(n, 3), knowledge=share(n),
        campaign=draw.normal(0, 1, n), activism=np.exp(draw.normal(0, 1, n)),
        activity=np.exp(draw.normal(0, 1, n)), institutions=draw.poisson(1, n), investment=0.1 * share(n, 3),
        compliance=share(n, 3), assistance_received=share(n), arms_length=share(n),
        autonomy=share(n), austerity=2 * share(n), budget=100 * share(n), dose_cost=1 + 10 * share(n),
        exited=share(n) < 0.3, distance=distance, history=between(), practice=between(), joint=between(),
        discovered=between(), perceived=between(), interest=between(False),
        interest_shift=between(False) - 0.5,
        affinity=between(), trust=between(False), trust_baseline=between(False), memory=between(False),
        incident=yes(), settled=yes(), open_claim=yes(), missions=yes(False), reach=between(),
        facilitation=1 + between(False), programme_reach=between(False), pull=draw.normal(0, 1, n),
        partners=draw.integers(0, 2**n, (n, 1), dtype=np.uint64), shared_pull=draw.normal() * share(n),
        comembership=between(), contact=between(False),
        trust_dose=3 * between(False), event_boost=1 + 4 * between(False), event_reach=1 + share(n),
        reciprocity=share(n), spending_ministry=between(False), spending_agency=between(False),
        year=int(draw.integers(2026, 2046)),
    )
    world.event_orientation = float(draw.uniform(0, 1))
    world.states.dues[:] = 0.15 * world.states.budget
    world.dyads.dose[:] = draw.uniform(0, 2, world.dyads.dose.shape) * (1 - np.eye(n))
    world.international.members[:] = draw.uniform(0, 1, world.international.members.shape) < 0.6
    world.development = float(draw.uniform(0, 1))
    for a, b in zip(*world.pairs, strict=True):
        if draw.random() < 0.3:
            tie(world, int(a), int(b), activity=int(draw.integers(5)))
    return world


def agree(found, expected):
    np.testing.assert_allclose(found, expected, **TOLERANCE)


@pytest.mark.parametrize("seed", SEEDS)
def test_commonality(seed):
    world = random_world(seed)
    expected = slow.m0_commonality(slow.read(world), v_J=0.3, eps_nu=0.05)
    commonality.perceive(world, commonality.CommonalityParams(joint_weight=0.3, discovery_rate=0.05), None)
    for found, value in zip(("commonality", "discovered", "perceived"), expected, strict=True):
        agree(getattr(world.dyads, found), value)


@pytest.mark.parametrize("seed", SEEDS)
def test_interest(seed):
    world = random_world(seed)
    expected = slow.m1_interest(slow.read(world), a0=-0.8, a_m=1.8, a_d=0.6, a_th=0.8, scale=0.9)
    interest.perceive(world, interest.InterestParams(base=-0.8, mass=1.8, distance=0.6, affinity=0.8, scale=0.9), None)
    agree(world.dyads.interest, expected[0])
    agree(world.dyads.affinity, expected[1])


@pytest.mark.parametrize("form", ["initiator", "product"])
@pytest.mark.parametrize("seed", SEEDS)
def test_signatures_given_the_same_numbers(seed, form):
    world = random_world(seed)
    w, n_pairs = slow.read(world), len(world.pairs[0])
    p = {"h0": 0.3, "omega": 0.3, "beta_C": 1.5, "beta_K": 1.5, "beta_T": 0.7, "form": form}
    params = bilateral.BilateralParams(
        base_rate=0.3, trust_weight=0.3, beta_commonality=1.5, beta_capacity=1.5, beta_trust=0.7, form=form
    )
    h = bilateral.hazards(world, params, *world.pairs)
    agree(h, [slow.m2_hazard(w, i, j, **p) for i, j in slow.pairs(w)])
    terms = bilateral.contributions(world, params, *world.pairs)
    agree(terms.sum(axis=1), np.log([slow.m2_hazard(w, i, j, **p) for i, j in slow.pairs(w)]))
    draws = stream("bilateral", seed)
    expected = slow.m2_signed(w, draws.uniform("sign", n_pairs), **p)
    first = len(world.agreements)
    bilateral.sign(world, params, draws)
    new = world.agreements.rows[first:]
    assert [(int(a), int(b)) for a, b in zip(new["a"], new["b"], strict=True)] == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_lapses_given_the_same_numbers(seed):
    world = random_world(seed)
    w, draws = slow.read(world), stream("renewal", seed)
    rows = world.agreements.rows
    world.due.append(np.arange(len(rows)))
    index = rows["a"].astype(np.int64) * world.size + rows["b"]
    uniform = draws.uniform_at("lapse", index)
    parties = zip(rows["a"].tolist(), rows["b"].tolist(), uniform, strict=True)
    expected = [slow.m3_lapses(w, i, j, u, q0=0.8) for i, j, u in parties]
    renewal.review(world, renewal.RenewalParams(lapse=0.8), draws)
    assert (world.agreements.rows["end_reason"] != IN_FORCE).tolist() == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_network_and_campaigns(seed):
    world = random_world(seed)
    w, draws = slow.read(world), stream("network", seed)
    own, common = draws.normal("own campaign", world.size), draws.normal("common wave", 1)[0]
    pull, shared, shared_pull = slow.m4_network(w, beta_pa=0.45, beta_tri=0.3)
    zeta, activity = slow.m4_campaign(w, own, common, s_camp=0.45)
    network.campaign(world, network.NetworkParams(popularity=0.45, closure=0.3, campaign_spread=0.45), draws)
    agree(world.states.pull, pull)
    agree(slow.read(world).shared, shared)
    agree(world.states.shared_pull, shared_pull)
    agree(world.states.campaign, zeta)
    agree(world.states.activity, activity)


@pytest.mark.parametrize("seed", SEEDS)
def test_embassies(seed):
    world = random_world(seed)
    expected = slow.m5_embassies(slow.read(world), e0=0.1, f_E=0.5)
    embassies.represent(world, embassies.EmbassyParams(reach_without=0.1, facilitation=0.5), None)
    for found, value in zip(("reach", "facilitation", "programme_reach"), expected, strict=True):
        agree(getattr(world.dyads, found), value)


@pytest.mark.parametrize("seed", SEEDS)
def test_budgets(seed):
    world = random_world(seed)
    expected = slow.m6_budgets(slow.read(world), b0=1e-4, kappa=3, eta=0.5, m_share=0.15)
    budgets.allot(world, budgets.BudgetParams(effort=1e-4, dose_cost=3, size_exponent=0.5, dues_share=0.15), None)
    for found, value in zip(("budget", "dues", "dose_cost"), expected, strict=True):
        agree(getattr(world.states, found), value)


@pytest.mark.parametrize("lead_share", [0.0, 0.2])
@pytest.mark.parametrize("seed", SEEDS)
def test_channels(seed, lead_share):
    world = random_world(seed)
    expected = slow.m7_channels(slow.read(world), phi=0.6, gamma=1.3, g_G=2, lam=lead_share)
    p = channels.ChannelParams(
        credibility_discount=0.6, interest_elasticity=1.3, agreement_preference=2, lead_share=lead_share
    )
    channels.allocate(world, p, None)
    agree(world.states.need, expected[0])
    names = ("spending_ministry", "spending_agency", "dose", "trust_dose", "understanding_dose")
    for name, value in zip(names, expected[1:], strict=True):
        agree(getattr(world.dyads, name), value)


@pytest.mark.parametrize("seed", SEEDS)
def test_capacity(seed):
    world = random_world(seed)
    weights = (0.40, 0.35, 0.25)
    expected = slow.m10_capacity(slow.read(world), k_TA=0.04, k_dep=0.04, iota=0.5, weights=weights)
    p = capacity.CapacityParams(
        assistance_effect=0.04, depreciation=0.04, institution_effect=0.5, heritage_weight=0.40, industries_weight=0.35,
        rights_weight=0.25,
    )
    capacity.develop(world, p, stream())
    agree(world.states.capacity, expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_trust(seed):
    world = random_world(seed)
    expected = slow.m12_trust(slow.read(world), g=0.04, loss=0.25, r=0.04, mem=0.8)
    trust.revise(world, trust.TrustParams(gain=0.04, loss=0.25, forgetting=0.04, memory_weight=0.8), None)
    agree(world.dyads.trust, expected)


def test_random_worlds_exercise_every_branch():
    # The comparisons above would be weak if nobody signed, lapsed, quarrelled or left.
    worlds = [random_world(seed) for seed in SEEDS]
    assert sum(len(world.agreements) for world in worlds) > 20
    assert any(world.dyads.incident.any() for world in worlds)
    assert any((world.states.exited & world.international.members[0]).any() for world in worlds)


def test_the_terms_of_every_signature_of_a_run_sum_to_its_log_hazard(monkeypatch):
    hazards = []

    def sign(world, p, rng):
        a, b = world.pairs
        h = bilateral.hazards(world, p, a, b)
        first = len(world.agreements)
        counted = original(world, p, rng)
        new = world.agreements.rows[first:]
        position = {(int(i), int(j)): k for k, (i, j) in enumerate(zip(a, b, strict=True))}
        hazards.extend(
            (row["why"].sum(), np.log(h[position[int(row["a"]), int(row["b"])]])) for row in new
        )
        return counted

    original = bilateral.sign
    year = tuple(
        Process(p.name, p.mechanism, sign) if p.name == "sign agreements" else p for p in YEAR
    )
    model = CoopModel(short_config(30, 20, {"bilateral.base_rate": 0.2}), rng=4, year=year)
    model.run_for(20)
    assert len(hazards) > 50
    summed, logs = np.array(hazards).T
    np.testing.assert_allclose(summed, logs, rtol=0, atol=1e-9)
    assert run(short_config(30, 20, {"bilateral.base_rate": 0.2}), seed=4).world.agreements.rows[
        "why"
    ].tobytes() == model.world.agreements.rows["why"].tobytes()

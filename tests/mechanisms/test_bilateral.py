"""M2 Signing, by hand in three states."""

import math

import numpy as np
import pytest

from coopsim.mechanisms.bilateral import BilateralParams, contributions, hazards, sign
from coopsim.mechanisms.mechanism import probability
from coopsim.world.activities import MIX
from coopsim.world.agreements import TERMS
from worlds import matrix, stream, tie, tiny_world


def params(**values):
    """Return parameters of their own, so that no test here moves with the defaults."""
    return BilateralParams(**{
        "base_rate": 0.035, "trust_weight": 0.3, "beta_commonality": 1.5, "beta_capacity": 1.5, "beta_trust":
        0.0, "form": "initiator", **values,
    })


PAIRS = (np.array([0, 0, 1]), np.array([1, 2, 2]))


def consenting(**columns):
    """Three states between which the hazard is worked out below."""
    return tiny_world(**{
        "trust": matrix([0, 0.6, 0.5], [0.2, 0, 0.5], [0.5, 0.5, 0]),
        "interest": matrix([0, 0.5, 0.5], [0.4, 0, 0.5], [0.5, 0.5, 0]),
        "activity": [1.0, 3.0, 1.0],
        "reach": matrix([0, 0.5, 1], [0.5, 0, 1], [1, 1, 0]),
        "perceived": matrix([0, 0.6, 0], [0.6, 0, 0], [0, 0, 0]),
        "pull": [0.04, 0.06, -0.05],
        "partners": np.array([[0b100], [0b100], [0b000]], dtype=np.uint64),  # 0 and 1 share 2
        "shared_pull": [0.05, 0.02, 0.1],
        **columns,
    })


def test_the_hazard_of_signing():
    h = hazards(consenting(), params(base_rate=0.035, trust_weight=0.3), *PAIRS)
    # v_01 = .3 * .6 + .7 * .5 = .53, v_10 = .3 * .2 + .7 * .4 = .34, consent = sqrt(.53 * .34)
    # act = (1 + 3)/2 = 2, reach = .5, mean perceived of the three pairs = .2, capacity is the same everywhere
    # push = 1.5 * (.6 - .2) + (.04 + .06) + 1 * .05 = .75
    assert h[0] == pytest.approx(0.035 * 2 * math.sqrt(0.53 * 0.34) * 0.5 * math.exp(0.75))
    # pair (0, 2): v = .5 both, act = 1, reach = 1, push = 1.5 * (0 - .2) + (.04 - .05) = -.31
    assert h[1] == pytest.approx(0.035 * 0.5 * math.exp(-0.31))


def test_in_the_product_form_both_must_be_active():
    h = hazards(consenting(), params(form="product"), *PAIRS)
    # act = 1 * 3 instead of 2
    assert h[0] == pytest.approx(0.035 * 3 * math.sqrt(0.53 * 0.34) * 0.5 * math.exp(0.75))
    idle = consenting(activity=[0.0, 3.0, 1.0])
    assert hazards(idle, params(form="product"), *PAIRS)[0] == 0
    assert hazards(idle, params(form="initiator"), *PAIRS)[0] > 0


def test_developed_sectors_push():
    capacity = np.array([[0.9] * 3, [0.4] * 3, [0.4] * 3])
    h = hazards(tiny_world(capacity=capacity), params(beta_commonality=0), *PAIRS)
    # K^ = sqrt(.9 * .4) = .6 for two pairs and .4 for the third, mean 1.6/3
    assert h[0] / h[2] == pytest.approx(math.exp(1.5 * (0.6 - 0.4)))
    assert h[2] == pytest.approx(0.035 * 0.5 * math.exp(1.5 * (0.4 - 1.6 / 3)))


def test_mutual_trust_pushes_only_with_its_own_weight():
    without = hazards(consenting(), params(beta_trust=0), *PAIRS)
    with_it = hazards(consenting(), params(beta_trust=2), *PAIRS)
    mean = (0.6 + 0.2 + 4 * 0.5) / 6
    assert with_it[0] / without[0] == pytest.approx(math.exp(2 * (math.sqrt(0.6 * 0.2) - mean)))


@pytest.mark.parametrize(("pull", "limit"), [(50.0, 6.0), (-50.0, -10.0)])
def test_the_exponent_has_limits(pull, limit):
    h = hazards(tiny_world(pull=pull), params(), *PAIRS)
    assert h == pytest.approx([0.035 * 0.5 * math.exp(limit)] * 3)


@pytest.mark.parametrize("side", [(0, 1), (1, 0)])
def test_a_state_without_trust_and_interest_never_consents(side):
    world = tiny_world()
    world.dyads.trust[side] = world.dyads.interest[side] = 0
    assert hazards(world, params(base_rate=1), *PAIRS)[0] == 0


def test_a_pair_signs_when_its_number_is_below_its_chance():
    for year in range(2026, 2046):
        world, draws = consenting(), stream("bilateral", year=year)
        p = params(base_rate=0.6)
        chance = probability(hazards(world, p, *PAIRS))
        expected = draws.uniform("sign", 3) < chance
        counted = sign(world, p, draws)
        assert world.dyads.tied[PAIRS].tolist() == expected.tolist()
        assert counted["signed"] == expected.sum() == len(world.agreements)
        world.check()


@pytest.mark.parametrize("seed", range(40))
def test_the_bound_rules_out_no_pair_that_signs(seed):
    draw, n = np.random.default_rng(seed), 30

    def pairs(scale=1.0):
        values = np.triu(scale * draw.random((n, n)), 1)
        return values + values.T

    world = tiny_world(
        n, trust=draw.random((n, n)), interest=draw.random((n, n)), reach=pairs(), perceived=pairs(),
        activity=np.exp(draw.normal(0, 2, n)), capacity=draw.random((n, 3)), pull=draw.normal(0, 3, n),
        partners=draw.integers(0, 2**9, (n, 1), dtype=np.uint64), shared_pull=draw.choice([-1, 1]) * draw.random(n),
    )
    p = params(
        base_rate=10 ** draw.uniform(-4, 0), trust_weight=draw.random(), beta_commonality=draw.choice([0, 1.5, 10]),
        beta_capacity=draw.choice([0, 1.5, 10]), beta_trust=draw.choice([0, 3, 10]),
        form=str(draw.choice(["initiator", "product"])),
    )
    draws = stream("bilateral", seed)
    expected = draws.uniform("sign", len(world.pairs[0])) < probability(hazards(world, p, *world.pairs))
    sign(world, p, draws)
    assert world.dyads.tied[world.pairs].tolist() == expected.tolist()


def test_pairs_with_an_agreement_do_not_sign_another():
    world = tiny_world(pull=50.0)
    for a, b in zip(*PAIRS, strict=True):
        tie(world, int(a), int(b))
    # the chance of every pair is 1 - exp(-min(h, 20)) with h = .5 e^6 = 202: as good as certain
    assert sign(world, params(base_rate=1), stream())["signed"] == 0
    assert len(world.agreements) == 3


def test_at_base_rate_nil_nobody_signs():
    world = consenting()
    for year in range(100):
        sign(world, params(base_rate=0), stream(year=year))
    assert len(world.agreements) == 0


def test_more_trust_never_means_fewer_signatures():
    for year in range(30):
        wary, trusting = tiny_world(8, trust=0.2), tiny_world(8, trust=0.9)
        for world in (wary, trusting):
            sign(world, params(base_rate=0.5), stream(year=year))
        assert not (wary.dyads.tied & ~trusting.dyads.tied).any()


def test_the_initiator_is_the_active_side():
    world = tiny_world(activity=[1.0, 0.0, 0.0], pull=50.0)
    sign(world, params(base_rate=1), stream())
    rows = world.agreements.rows
    # pairs (0, 1) and (0, 2) sign for certain (h = .5 * .5 * e^6); (1, 2) has act = 0
    assert rows[["a", "b"]].tolist() == [(0, 1), (0, 2)]
    assert rows["initiator"].tolist() == [0, 0]


def test_the_row_of_the_ledger_says_when_and_about_what():
    world = tiny_world(pull=50.0, year=2031)
    sign(world, params(base_rate=1), stream())
    rows = world.agreements.rows
    for when in ("proposed", "signed", "in_force"):
        assert (rows[when] == 2031).all()
    assert (rows["ended"] == -1).all()
    assert (rows["topic"] == 0).all()
    assert (rows["activity"] >= 0).all()


def test_the_leading_activity_follows_the_mix_of_the_initiators_channel():
    # 120 states, all through the agency, all 7,140 pairs sign; agency mix: no negotiation
    world = tiny_world(120, pull=50.0, arms_length=1.0)
    sign(world, params(base_rate=1), stream())
    shares = np.bincount(world.agreements.rows["activity"], minlength=5) / len(world.agreements)
    # standard error of a share at most sqrt(.25/7140) = .006; five of them
    assert len(world.agreements) == 7140
    assert shares == pytest.approx(MIX[1], abs=0.03)
    assert shares[4] == 0


def test_the_terms_of_the_ledger_sum_to_the_log_hazard():
    world = consenting(pull=[20.0, 30.0, -90.0])  # so that the limits hold
    for p in (params(), params(form="product", beta_trust=3, trust_weight=1)):
        terms = contributions(world, p, *PAIRS)
        assert terms.sum(axis=1) == pytest.approx(np.log(hazards(world, p, *PAIRS)), abs=1e-12)


def test_each_term_speaks_for_its_cause():
    base, trusting = consenting(), consenting()
    trusting.dyads.trust[0, 1] = 0.9  # the reference stays that of the start
    p = params()
    from_trust = contributions(trusting, p, *PAIRS) - contributions(base, p, *PAIRS)
    names = list(TERMS)
    assert from_trust[0, names.index("trust")] > 0
    unmoved = [k for k, name in enumerate(names) if name not in ("trust", "interest")]
    assert from_trust[0, unmoved] == pytest.approx(0)
    assert from_trust[1:] == pytest.approx(0)

"""M15: barriers, trade in cultural goods, claims for the return of works of art."""

import numpy as np
import pytest
import reference_full as slow

from coopsim.mechanisms.negotiation import NegotiationParams, negotiate, start, trade_shares
from coopsim.world.activities import NEGOTIATION
from worlds import matrix, run, short_config, stream, tiny_world

DEFAULT = NegotiationParams()
QUIET = slow.Dial()


def one_ruled(**columns):
    """State 0 was ruled by state 1, and is poorer."""
    ruled = matrix((0, 1), (0, 0)).astype(bool)
    return tiny_world(2, ruled=ruled, colonial=ruled | ruled.T, income=np.array([0.0, 0.5]), **columns)


def test_equal_states_trade_equally_and_a_barrier_of_half_costs_two_fifths_by_hand():
    world = tiny_world(3)
    assert trade_shares(world) == pytest.approx((1 - np.eye(3)) / 6)
    world.dyads.barrier[1, 0] = 0.5
    # 1 - .8 x .5 = .6 against 1 for the five other flows: .6/5.6 = .107143.
    assert trade_shares(world)[0, 1] == pytest.approx(0.107143, abs=1e-6)
    assert trade_shares(world).sum() == pytest.approx(1)


def test_talks_lower_a_barrier_by_hand():
    world = tiny_world(2)
    world.dyads.barrier[0, 1] = world.dyads.barrier[1, 0] = 0.5
    world.dyads.dose[NEGOTIATION, 1, 0] = np.log(2)  # support 1/2, whoever pays
    negotiate(world, DEFAULT, QUIET)
    # .5 x (1 - .1 x .5 x .5) + .01 x (.3 - .5) = .4875 - .002 = .4855.
    assert world.dyads.barrier[0, 1] == world.dyads.barrier[1, 0] == pytest.approx(0.4855)


def test_chances_of_claim_and_settlement_worked_out_by_hand():
    # New claim: .02 x (.3 + .7 x .5) = .013. Settlement with trust 1/2: sigma(-3 + 1.25 + .5) = sigma(-1.25) = .222700.
    for side, opened in ((1 - slow.HAIR, 1), (1 + slow.HAIR, 0)):
        assert negotiate(one_ruled(), DEFAULT, slow.Dial({"claim": 0.013 * side}))["claims opened"] == opened
    for luck, settled in ((0.222699, 1), (0.222701, 0)):
        world = one_ruled()
        world.claims.open(np.array([0]), np.array([1]), world.year - 1)
        assert negotiate(world, DEFAULT, slow.Dial({"settle": luck}))["claims settled"] == settled
        assert world.dyads.settled[0, 1] == world.dyads.settled[1, 0] == bool(settled)
        assert world.dyads.open_claim[0, 1] == world.dyads.open_claim[1, 0] == (not settled)


def test_a_settled_claim_says_when_and_who():
    world = one_ruled(trust=1.0)
    world.claims.open(np.array([0]), np.array([1]), 2020)
    negotiate(world, DEFAULT, slow.Dial({"settle": 1e-9}))
    assert world.claims.rows["settled"].tolist() == [world.year]
    assert [(event.kind, event.who) for event in world.events] == [("claim settled", "S01-S02")]


def test_the_luck_of_a_claim_does_not_depend_on_the_claims_of_others():
    """Common random numbers: a claim that a twin run does not have must not change the fate of the others."""
    fates = []
    for others in (0, 1, 5):
        world = tiny_world(40, trust=0.4)
        world.claims.open(np.full(others, 39), np.arange(others), 2020)
        world.claims.open(np.arange(30), np.arange(1, 31), 2021)
        negotiate(world, NegotiationParams(settlement=-1), stream("negotiation"))
        fates.append(world.claims.rows["settled"][others:].tolist())
    assert fates[0] == fates[1] == fates[2]
    assert len(set(fates[0])) == 2  # some are settled, some are not


def test_the_richer_and_those_never_ruled_have_no_claim():
    for world in (tiny_world(2, income=np.array([0.0, 0.5])),
                  tiny_world(2, income=np.array([0.5, 0.0]), ruled=matrix((0, 1), (0, 0)).astype(bool))):
        assert negotiate(world, NegotiationParams(claim_rate=1), slow.Dial({"claim": 1e-9}))["claims opened"] == 0


def test_without_talks_a_barrier_returns_to_the_usual_one():
    world = tiny_world(2)
    for _ in range(2000):
        negotiate(world, DEFAULT, QUIET)
    assert world.dyads.barrier[0, 1] == pytest.approx(0.3, rel=1e-6)


@pytest.mark.parametrize("party", [True, False])
def test_a_party_to_the_diversity_convention_keeps_the_floor_it_has_chosen(party):
    world = tiny_world(2, trust=1.0)
    world.states.barrier_floor[0] = 0.25
    start(world, DEFAULT, QUIET)
    norm = world.propose_norm(name="diversity", kind="convention", topic="diversity", innovation=0, imitation=0,
                              resistance=0, entry_into_force=1)
    norm.adopted[0] = party
    world.dyads.dose[NEGOTIATION, 1, 0] = 100
    for _ in range(100):
        negotiate(world, DEFAULT, QUIET)
    assert (world.dyads.barrier[0, 1] == 0.25) == party
    assert world.dyads.barrier[1, 0] < 0.05


@pytest.mark.parametrize("seed", range(10))
def test_the_array_code_agrees_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    draw = np.random.default_rng(seed)
    protects, traffic = draw.random((2, world.size)) < 0.5
    for topic, adopted in (("diversity", protects), ("traffic", traffic)):
        norm = world.propose_norm(name=topic, kind="convention", topic=topic, innovation=0, imitation=0,
                                  resistance=0, entry_into_force=1)
        norm.adopted[:] = adopted
    w = slow.read(world)
    pairs = slow.others(w)
    settle = np.array([slow.m15_settlement(w, i, j, -3, traffic) for i, j in pairs])
    claim = np.array([[slow.m15_claim(w, i, j, 0.02) for j in range(w.S)] for i in range(w.S)])
    tau = slow.m15_barrier(w, 0.3, 0.1, protects)
    for side in (1 - slow.HAIR, 1 + slow.HAIR):
        twin = slow.random_world(seed)
        twin.norms = world.norms
        claimant, holder = np.array(pairs).T
        twin.claims.open(claimant, holder, twin.year - 1)
        lucky = Luck(claimant, holder, settle * side, claim.ravel() * side)
        counters = negotiate(twin, DEFAULT, lucky)
        np.testing.assert_allclose(twin.dyads.barrier, tau, rtol=1e-12, atol=1e-15)
        # Gravity takes logarithms and exponentials of sums near 30: two digits are lost.
        np.testing.assert_allclose(twin.dyads.trade, slow.m15_trade(w, tau), rtol=1e-11)
        assert counters["claims settled"] == (len(pairs) if side < 1 else 0)
        assert counters["claims opened"] == ((claim > 0).sum() if side < 1 else 0)


class Luck(slow.Dial):
    """Settlement chances in the order of the claims, whatever key the code uses for them."""

    def __init__(self, claimant, holder, settle, claim):
        super().__init__({"claim": claim})
        self.settle = settle

    def uniform_at(self, purpose, index):
        return self.settle if purpose == "settle" else super().uniform_at(purpose, index)


def test_off_means_no_barriers_no_trade_and_no_claims():
    world = run(short_config(12, 6, {"mechanisms.negotiation": False, "negotiation.claim_rate": 1})).world
    assert not world.dyads.barrier.any()
    assert not world.dyads.trade.any()
    assert len(world.claims) == 0

"""M17: conventions and declarations spread from own interest, peers and a tipping point."""

import numpy as np
import pytest
import reference_full as slow

from coopsim.mechanisms.conventions import TYPES, ConventionParams, adopt, start
from coopsim.world.agreements import NEVER
from worlds import run, short_config, stream, tie, tiny_world

DEFAULT = ConventionParams()
PLAIN = {"innovation": 1, "imitation": 1}  # the p and q of a norm as they stand
LOYAL = ConventionParams(withdrawal=0, reservation=0, **PLAIN)


def opened(world, *, kind="convention", topic="heritage", p=0.024, q=0.07, resistance=0.0, needed=2, pioneers=()):
    norm = world.propose_norm(name="norm", kind=kind, topic=topic, innovation=p, imitation=q, resistance=resistance,
                              entry_into_force=needed, pioneers=pioneers)
    world.open_norm(norm)
    world.international.members[world.international.universal] = True
    return norm


def joins(make, chance, p=LOYAL):
    """Who adopts with luck just below and just above a chance; `make` returns a fresh world and its norm."""
    found = []
    for side in (1 - slow.HAIR, 1 + slow.HAIR):
        world, norm = make()
        adopt(world, p, slow.Dial({"adopt norm": np.asarray(chance) * side}))
        found.append(norm.adopted.tolist())
    return found


def test_chances_of_adoption_worked_out_by_hand():
    def make():
        world = tiny_world(4)
        tie(world, 0, 3)
        norm = opened(world)
        norm.adopted[3], norm.prepared = True, True
        return world, norm

    # Own: .024 x 2 x .5 = .024. Peers of 0: 3 weighs 1.5 of 1.5 + .5 + .5, so .6; of 1 and 2: 1/3.
    # One of four is below the tipping point of .33.
    hazards = np.array([0.024 + 0.07 * 0.6, 0.024 + 0.07 / 3, 0.024 + 0.07 / 3, 0])
    assert joins(make, 1 - np.exp(-hazards)) == [[True] * 4, [False, False, False, True]]


def test_after_tipping_peers_count_half_as_much_again():
    def make():
        world = tiny_world(3)
        norm = opened(world)
        norm.adopted[2], norm.prepared = True, True
        return world, norm

    hazard = 0.024 + 0.07 * 0.5 * 1.5
    assert joins(make, np.array([1 - np.exp(-hazard)] * 3)) == [[True] * 3, [False, False, True]]


def test_compliance_worked_out_by_hand():
    world = tiny_world(2)
    norm = opened(world, pioneers=(0,))
    adopt(world, LOYAL, slow.Dial())
    assert world.states.compliance[:, 0] == pytest.approx([0.1, 0])
    norm.reserved[0] = True  # aims at one half: .1 + .1 x (.5 - .1) = .14
    adopt(world, LOYAL, slow.Dial())
    assert norm.compliance == pytest.approx([0.14, 0])


def test_a_declaration_is_adopted_by_all_members_and_complied_with_at_a_third_of_the_pace():
    world = tiny_world(3)
    norm = opened(world, kind="declaration", topic="rights")
    world.international.members[world.international.universal, 2] = False
    assert adopt(world, LOYAL, slow.Dial())["adoptions"] == 2
    assert norm.adopted.tolist() == [True, True, False]
    assert world.states.compliance[:, 2] == pytest.approx([0.1 / 3, 0.1 / 3, 0])


def test_pioneers_sign_at_the_conference_and_count_as_adoptions():
    world = tiny_world(4)
    norm = opened(world, pioneers=(1, 2), resistance=1.0)
    assert adopt(world, LOYAL, slow.Dial())["adoptions"] == 2
    assert norm.adopted.tolist() == [False, True, True, False]
    assert world.agreements.rows["in_force"][norm.agreement] == world.year
    assert norm.resistant.tolist() == [True, False, False, True]


def test_resistant_states_never_adopt():
    world = tiny_world(3)
    norm = opened(world, p=10, q=10, resistance=1.0)
    for _ in range(5):
        adopt(world, LOYAL, stream())
    assert not norm.adopted.any()


def test_nobody_adopts_before_the_conference():
    world = tiny_world(3)
    norm = world.propose_norm(name="norm", kind="convention", topic="heritage", innovation=10, imitation=10,
                              resistance=0, entry_into_force=1)
    world.international.members[:] = True
    adopt(world, LOYAL, stream())
    assert not norm.adopted.any()
    world.open_norm(norm)
    adopt(world, LOYAL, slow.Dial(other=1e-9))
    assert norm.adopted.all()


def test_reservations_come_from_adopters_without_capacity():
    for capacity, reserved in ((0.0, True), (1.0, False)):
        world = tiny_world(2, capacity=capacity)
        norm = opened(world, pioneers=(0,))
        adopt(world, ConventionParams(reservation=1, withdrawal=0), slow.Dial({"reserve norm": 1e-9}))
        assert norm.reserved[0] == reserved
        assert world.agreements.accessions["reservation"][-1] == reserved


def test_those_who_do_not_comply_withdraw_and_the_ledger_knows():
    world = tiny_world(2)
    norm = opened(world, pioneers=(0, 1))
    # After the first year compliance is .1: hazard .5 x .9 = .45, chance 1 - e^-.45.
    chance = 1 - np.exp(-0.45)
    luck = {"withdraw norm": [chance * (1 - slow.HAIR), chance * (1 + slow.HAIR)]}
    assert adopt(world, ConventionParams(withdrawal=0.5), slow.Dial(luck))["withdrawals from conventions"] == 1
    assert norm.adopted.tolist() == [False, True]
    assert norm.compliance[0] == 0
    rows = world.agreements.accessions[world.agreements.accessions["agreement"] == norm.agreement]
    assert rows["left"].tolist() == [world.year, NEVER]


def test_the_four_usual_instruments_are_open_from_the_start():
    world = tiny_world(9)
    start(world, DEFAULT, stream())
    assert [norm.name for norm in world.norms.items] == [name for name, *_ in TYPES]
    assert all(norm.agreement >= 0 for norm in world.norms.items)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("topic", ["heritage", "diversity", "rights"])
def test_the_array_code_agrees_with_the_slow_reference(seed, topic):
    field = ("heritage", "diversity", "rights").index(topic)

    def make():
        world = slow.random_world(seed)
        norm = opened(world, topic=topic)
        norm.adopted[:] = np.random.default_rng(seed).random(world.size) < 0.4
        norm.prepared = True
        return world, norm

    world, norm = make()
    w, adopted = slow.read(world), norm.adopted.tolist()
    own = [capacity[field] for capacity in w.K]
    chance = [slow.m17_chance(w, i, adopted, own, 0.024, 0.07, 0.33, 1.5) for i in range(w.S)]
    assert joins(make, chance) == [[True] * w.S, adopted]


def test_off_means_that_nothing_is_open_for_signature():
    world = run(short_config(8, 4, {"mechanisms.conventions": False})).world
    assert not world.norms.items
    assert not world.states.compliance.any()

"""M16: organisations of states, their money, what they build, who leaves and returns."""

import numpy as np
import pytest
import reference_full as slow

from coopsim.mechanisms.multilateral import MultilateralParams, assist, attend, fund
from coopsim.world.organisations import IO_KINDS
from worlds import run, short_config, stream, tiny_world

DEFAULT = MultilateralParams()


def membership(n=3, kind="regional", **columns):
    """Everybody is a member of the universal organisation and of another one."""
    world = tiny_world(n, **columns)
    international = world.international
    assert IO_KINDS[international.kind[0]] == "universal"
    international.kind[1] = IO_KINDS.index(kind)
    for body in (0, 1):
        world.join(body, np.arange(n))
    world.remember_reference()
    return world


def test_dues_assistance_and_community_worked_out_by_hand():
    world = membership(dues=10.0)
    counters = assist(world, DEFAULT, stream())
    # Three members pay ten: fifteen for either organisation; .45 x .5 x 30 = 6.75 reach three equally needy members.
    assert world.international.budget[:2].tolist() == [15, 15]
    assert world.states.assistance_received == pytest.approx([2.25] * 3)
    # sat(15/(50 x 3)) = sat(.1) = .095163: comem = .547581; J = .98 x .03 x .095163 = .0027978.
    assert world.dyads.comembership[0, 1] == pytest.approx(0.547581, abs=1e-6)
    assert world.dyads.joint[0, 1] == pytest.approx(0.0027978, abs=1e-7)
    assert counters["dues carried over"] == 0


@pytest.mark.parametrize(("kind", "factor"), [("language", 2), ("religion", 2), ("regional", 1)])
def test_communities_of_language_and_religion_build_at_twice_the_pace(kind, factor):
    world = membership(kind=kind, dues=10.0)
    assist(world, DEFAULT, stream())
    assert world.dyads.joint[0, 1] == pytest.approx(factor * 0.0027978, abs=1e-7)


def test_the_universal_organisation_makes_no_community():
    world = membership(dues=10.0)
    world.international.members[1] = False
    assert assist(world, DEFAULT, stream())["dues carried over"] == 15
    assert not world.dyads.comembership.any()
    assert not world.dyads.joint.any()


def test_the_needier_receive_more():
    world = membership(dues=10.0, need=np.array([0.2, 0.2, 0.6]))
    assist(world, DEFAULT, stream())
    assert world.states.assistance_received == pytest.approx([1.35, 1.35, 4.05])


def exits(world, chance, p=DEFAULT):
    """Who leaves with luck just below and just above a chance."""
    found = []
    for side in (1 - slow.HAIR, 1 + slow.HAIR):
        twin_members = world.international.members[0].copy()
        recent = world.states.recent_exit.copy()
        attend(world, p, slow.Dial({"exit": np.asarray(chance) * side}))
        found.append(world.states.exited.tolist())
        world.states.exited[:] = False
        world.states.recent_exit[:] = recent
        world.international.members[0] = twin_members
    return found


def test_chances_of_exit_worked_out_by_hand():
    world = membership(ideal_point=np.array([0.0, 1.0, 0.0]), affinity=1.0)
    world.states.recent_exit[2] = 1.0
    # 0 and 2 sit at the median: 2.5e-4; 1 is a unit away: x e^1.2 = 3.320117. An exit of 2 with interest 1/2 and
    # the same politics: x (1 + 3 x .5) = 2.5 for 0 and 1.
    hazards = np.array([2.5e-4 * 2.5, 2.5e-4 * np.exp(1.2) * 2.5, 2.5e-4])
    assert exits(world, 1 - np.exp(-hazards)) == [[True] * 3, [False] * 3]


def test_an_exit_is_noticed_remembered_and_returned_from():
    world = membership()
    attend(world, DEFAULT, slow.Dial({"exit": [1e-9, 0.9, 0.9]}))
    assert world.states.exited.tolist() == [True, False, False]
    assert world.states.recent_exit.tolist() == [1, 0, 0]
    rows = world.agreements.accessions
    left = rows[(rows["agreement"] == world.international.treaty[0]) & (rows["left"] == world.year)]
    assert left["state"].tolist() == [0]
    world.close_year()
    world.year += 1
    # At the default e_back = .08 a year; nobody returns in the year of the exit.
    counters = attend(world, DEFAULT, slow.Dial({"return": 0.08 * (1 - slow.HAIR)}))
    assert counters["returns"] == 1
    assert world.international.members[0].all()
    assert world.states.recent_exit.tolist() == [0.5, 0, 0]


def test_those_who_never_were_members_do_not_return():
    world = membership()
    world.reference.universal_members[2] = world.international.members[0, 2] = False
    assert attend(world, DEFAULT, slow.Dial({"return": 1e-9}))["returns"] == 0


def test_explosive_contagion_is_warned_of_once():
    world = membership()
    for _ in range(3):
        attend(world, MultilateralParams(exit_rate=0.1, contagion=20), slow.Dial())
    assert [event.kind for event in world.events if event.kind != "accession"] == ["warning"]
    world = membership()
    attend(world, DEFAULT, slow.Dial())
    assert "warning" not in [event.kind for event in world.events]


@pytest.mark.parametrize("seed", range(10))
def test_the_array_code_agrees_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    w = slow.read(world)
    budget, left = slow.m16_budgets(w)
    assert fund(world) == pytest.approx(left, rel=1e-12, abs=1e-12)
    counters = assist(world, MultilateralParams(effect=1.3), stream())
    comem, joint = slow.m16_communities(w, budget)
    np.testing.assert_allclose(world.international.budget, budget, rtol=1e-12)
    np.testing.assert_allclose(world.states.assistance_received, slow.m16_assistance(w, budget, 1.3), rtol=1e-12)
    np.testing.assert_allclose(world.dyads.comembership, comem, rtol=1e-12)
    np.testing.assert_allclose(world.dyads.joint, joint, rtol=1e-12)
    assert counters["dues carried over"] == pytest.approx(left, rel=1e-12, abs=1e-12)
    world.states.exited[:] = False
    member = world.international.members[0].copy()
    just_below, just_above = exits(world, [slow.m16_exit(w, i, 2.5e-4, 3) for i in range(w.S)])
    assert just_below == member.tolist()
    assert not any(just_above)


def test_off_means_fixed_memberships_without_effect():
    config = short_config(12, 6, {"mechanisms.multilateral": False, "multilateral.exit_rate": 0.1})
    world = run(config).world
    assert world.international.members[0].all()
    assert not world.dyads.comembership.any()
    assert not world.states.assistance_received.any()


def test_topics_bind_assistance_to_fields_and_never_more_than_was_received():
    from coopsim.mechanisms.multilateral import MultilateralParams, assist

    world = tiny_world()
    world.states.dues[:] = 10.0
    world.states.need[:] = 0.5
    world.international.members[:] = True
    world.international.fields[:] = [0.5, 0.25, 0.0]
    assist(world, MultilateralParams(), stream("multilateral"))
    bound = world.states.assistance_fields
    assert bound[:, 2].sum() == 0
    assert bound.sum(axis=1) == pytest.approx(0.75 * world.states.assistance_received)
    assert bound[:, 0] == pytest.approx(2 * bound[:, 1])
    assert (world.states.assistance_received > 0).all()

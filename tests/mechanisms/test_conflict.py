"""M13: incidents among the close and distrustful, and their memory."""

import numpy as np
import pytest
import reference_full as slow

from coopsim.mechanisms.conflict import ConflictParams, clash, remember
from worlds import matrix, run, short_config, stream, tiny_world

DEFAULT = ConflictParams()


def happens(world, chances):
    """Whether each pair clashes at a rate that puts its chance just above its luck, and just below it.

    `chances` are those at a rate of one. A pair whose luck is out of reach at any rate is left out.
    """
    luck = stream("conflict").uniform("incident", len(chances))
    found = []
    for k, (i, j) in enumerate(zip(*world.pairs, strict=True)):
        if chances[k] > luck[k] * (1 + slow.HAIR):
            found.append([])
            for side in (1 + slow.HAIR, 1 - slow.HAIR):
                world.dyads.incident[:] = False
                clash(world, ConflictParams(incident_rate=luck[k] / chances[k] * side), stream("conflict"))
                found[-1].append(bool(world.dyads.incident[i, j] and world.dyads.incident[j, i]))
    return found


def test_chances_of_incidents_worked_out_by_hand():
    near = matrix((0, 1, 0), (1, 0, 0), (0, 0, 0)).astype(bool)
    world = tiny_world(3, contiguous=near, ideal_point=np.array([0.0, 3.0, 100.0]), trust=0.5)
    # Trust 1/2 both ways: (1 - .5)^2 = 1/4. 0-1 are neighbours three units apart: 1/4 x 4 = 1; 0-2 and 1-2 are far:
    # 1/4 x .05 x 101 = 1.2625 and 1/4 x .05 x 98 = 1.225 (the rate of one is for the test).
    assert happens(world, [1.0, 1.2625, 1.225]) == [[True, False]] * 3


def test_incidents_leave_memory_that_fades_by_hand():
    world = tiny_world(2)
    world.dyads.incident[0, 1] = world.dyads.incident[1, 0] = True
    remember(world, DEFAULT, stream())
    assert world.dyads.memory[0, 1] == 0.25
    world.dyads.incident[:] = False
    remember(world, DEFAULT, stream())
    assert world.dyads.memory[0, 1] == pytest.approx(0.25 * 0.985)


@pytest.mark.parametrize(("dose", "years"), [(0.0, 45.9), (1e9, 8.9)])
def test_v4_half_lives_of_memory(dose, years):
    world = tiny_world(2, memory=0.8)
    world.dyads.understanding_dose[0, 1] = dose
    remember(world, DEFAULT, stream())
    assert np.log(0.5) / np.log(world.dyads.memory[0, 1] / 0.8) == pytest.approx(years, abs=0.05)


def test_full_trust_or_no_rate_means_no_incident():
    loyal = tiny_world(4, trust=1.0, contiguous=True)
    assert clash(loyal, ConflictParams(incident_rate=1), stream("conflict"))["incidents"] == 0
    calm = tiny_world(4, trust=0.0, contiguous=True)
    assert clash(calm, ConflictParams(incident_rate=0), stream("conflict"))["incidents"] == 0


def test_trust_prevents_and_distance_in_politics_provokes_incidents():
    incidents = []
    for trust, spread in ((0.8, 0.0), (0.2, 0.0), (0.2, 1.0)):
        world = tiny_world(40, trust=trust, ideal_point=spread * np.arange(40) % 3)
        incidents.append(clash(world, ConflictParams(incident_rate=1), stream("conflict"))["incidents"])
    assert incidents == sorted(incidents)
    assert incidents[0] < incidents[2]


def test_forced_incidents_are_remembered_and_counted():
    world = tiny_world(3)
    world.dyads.incident[0, 2] = world.dyads.incident[2, 0] = True
    assert clash(world, ConflictParams(incident_rate=0), stream())["incidents"] == 1
    assert [event.kind for event in world.events] == ["dispute"]


@pytest.mark.parametrize("seed", range(10))
def test_the_array_code_agrees_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    w = slow.read(world)
    expected = slow.m13_memory(w, 0.015, 0.06)
    remember(world, DEFAULT, stream())
    np.testing.assert_allclose(world.dyads.memory, expected, rtol=1e-12, atol=1e-15)
    found = happens(world, [slow.m13_chance(w, i, j, 1.0) for i, j in slow.pairs(w)])
    assert found == [[True, False]] * len(found)


def test_off_means_no_incidents_and_fixed_memory():
    world = run(short_config(10, 20, {"mechanisms.conflict": False})).world
    assert not world.dyads.memory.any()
    assert not [event for event in world.events if event.kind == "dispute"]

"""M11: schools abroad, languages and knowledge."""

import numpy as np
import pytest
import reference_full as slow

from coopsim.mechanisms import education
from coopsim.mechanisms.education import EducationParams, teach
from coopsim.world.activities import EDUCATION
from worlds import run, short_config, stream, tiny_world

DEFAULT = EducationParams()


def taught_world(dose=4.0):
    """State 1 spends a dose of education in state 0; everybody's language is language 0."""
    world = tiny_world(3)
    world.states.main_language[:] = 0
    world.dyads.dose[EDUCATION, 1, 0] = dose
    return world


def test_schools_languages_and_knowledge_worked_out_by_hand():
    world = taught_world()
    teach(world, DEFAULT, stream())
    # Q = .1 x 4 = .4; sat(.4) = .329680; the language gains .006 x .7 x .329680 = .00138466.
    assert world.dyads.taught[1, 0] == pytest.approx(0.4)
    assert world.states.languages[0, 0] == pytest.approx(0.00138466, abs=1e-8)
    # kn = sat(.2 x .329680) = .063810; W = .5 + .01 x .063810 x .5 - .02 x .5 = .490319.
    assert world.states.knowledge[0] == pytest.approx(0.490319, abs=1e-6)
    assert world.states.knowledge[2] == pytest.approx(0.49)


def test_returnees_bring_knowledge_and_stayers_drain_it_by_hand():
    world = tiny_world(2)
    world.states.returnees[0], world.states.stayers[0] = 500, 250
    teach(world, DEFAULT, stream())
    # kn = sat(.5) = .393469, loss = .25: W = .5 + .01 x .393469 x .5 - (.02 + .005) x .5 = .489467.
    assert world.states.knowledge == pytest.approx([0.489467, 0.49], abs=1e-6)


def test_v4_languages_come_to_rest_between_teaching_and_attrition():
    world = taught_world()
    world.reference.languages[:] = world.states.languages[:] = 0.2
    for _ in range(2500):
        teach(world, EducationParams(stock_turnover=1), stream())
    add = 0.006 * 0.7 * (1 - np.exp(-4))
    assert world.states.languages[0, 0] == pytest.approx((add + 0.02 * 0.2) / (add + 0.02), rel=1e-9)
    assert world.states.languages[1, 0] == pytest.approx(0.2)
    assert world.dyads.language_overlap[1, 2] == pytest.approx(0.04)


def test_without_teaching_languages_stay_and_schools_decay():
    world = taught_world(dose=0.0)
    world.dyads.taught[1, 0] = 1.0
    before = world.states.languages.copy()
    teach(world, EducationParams(teaching=0), stream())
    assert world.states.languages == pytest.approx(before)
    assert world.dyads.taught[1, 0] == pytest.approx(0.9)


@pytest.mark.parametrize(("name", "low", "high"), [("teaching", 0.001, 0.03), ("stock_turnover", 0.03, 0.3)])
def test_more_teaching_spreads_the_language_further(name, low, high):
    shares = []
    for value in (low, high):
        world = taught_world()
        teach(world, EducationParams(**{name: value}), stream())
        shares.append(world.states.languages[0, 0])
    assert shares[0] < shares[1]


def test_a_rich_state_keeps_its_knowledge_and_a_poor_one_loses_some():
    world = tiny_world(2, income=np.array([1.0, 0.0]), knowledge=0.6)
    education.start(world, DEFAULT, stream())
    teach(world, DEFAULT, stream())
    assert world.states.knowledge[0] == pytest.approx(0.6, rel=1e-12)
    assert world.states.knowledge[1] < 0.6


@pytest.mark.parametrize("seed", range(10))
def test_the_array_code_agrees_with_the_slow_reference(seed):
    world = slow.random_world(seed)
    Q, languages, overlap, knowledge = slow.m11_education(slow.read(world), 0.006, 0.02, 0.01, 0.10)
    teach(world, DEFAULT, stream())
    # A few dozen operations on numbers of order one: 1e-12 relative leaves room for other orders of summation.
    np.testing.assert_allclose(world.dyads.taught, Q, rtol=1e-12)
    np.testing.assert_allclose(world.states.languages, languages, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(world.dyads.language_overlap, overlap, rtol=1e-12)
    np.testing.assert_allclose(world.states.knowledge, knowledge, rtol=1e-12)


def test_off_means_fixed_languages_and_knowledge_and_no_schools():
    model = run(short_config(8, 5, {"mechanisms.education": False}))
    world, reference = model.world, model.world.reference
    assert np.array_equal(world.states.languages, reference.languages)
    assert np.array_equal(world.states.knowledge, reference.knowledge)
    assert not world.dyads.taught.any()

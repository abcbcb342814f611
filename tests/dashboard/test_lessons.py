"""Every lesson loads, its links lead somewhere, and what it claims is true of the model."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from coopsim.dashboard.address import Address, read
from coopsim.dashboard.guard import check_size
from coopsim.dashboard.lessons import lesson, lesson_of, lessons
from coopsim.errors import ConfigError
from coopsim.results.indicators import INDICATORS

NAMES = [found.name for found in lessons()]


def test_there_are_at_least_six_lessons_easy_ones_first():
    assert len(NAMES) >= 6
    assert lessons()[0].level == "first class"
    assert len({found.title for found in lessons()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_complete(name):
    found = lesson(name)
    for part in (found.title, found.aim, found.question, found.background, found.predict, found.answer, found.caution):
        assert len(part) > 10
    assert found.level in ("first class", "seminar", "research")
    assert 10 <= found.minutes <= 90
    assert len(set(found.options)) == 3
    assert 0 <= found.right < 3
    assert len(found.steps) >= 2
    assert min(len(found.notice), len(found.discuss), len(found.claims)) >= 2
    assert set(found.indicators) <= set(INDICATORS)
    assert 1 <= len(found.indicators) <= 3


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_a_link_that_the_server_takes(name):
    found = lesson(name)
    for step in found.steps:
        reading = read(step.address.query, step.address.page)
        assert reading.problems == ()
        assert reading.address == step.address
        check_size(step.address.config()).check_names(step.address.seed)
    assert read(found.link.partition("?")[2], "lessons").address.looks_at("lesson") == name


@pytest.mark.parametrize("name", NAMES)
def test_a_step_changes_something_or_is_the_start(name):
    found = lesson(name)
    hashes = {(step.address.config().hash, step.address.seed, step.address.page) for step in found.steps}
    assert len(hashes) == len(found.steps)


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_tells_the_number_that_was_seen(name):
    for claim in lesson(name).claims:
        assert "n = 20" in claim.found, claim.claim
        assert claim.low < claim.high
        assert claim.unit in ("difference", "percent", "level")


def test_an_unknown_lesson_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match="there is no lesson 'who-becomes-a-hub'; did you mean 'who-becomes-the-hub'"):
        lesson("who-becomes-a-hub")


def test_a_lesson_with_a_wrong_link_does_not_load():
    with pytest.raises(ConfigError, match=r"lesson mine: link: unknown parameter 'trust\.gian'"):
        lesson_of({"start": "/?trust.gian=1"}, "mine")


def test_lessons_begin_in_the_class_world():
    assert all(found.start.scenario == Address().scenario for found in lessons())


@pytest.mark.science
@pytest.mark.parametrize("name", NAMES)
def test_what_a_lesson_claims_is_true_of_the_model(name):
    from coopsim.dashboard.lessons.claims import judged

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        table = judged([lesson(name)], executor=executor)
    wrong = table[table["verdict"] != "holds"]
    assert wrong.empty, wrong.to_string()

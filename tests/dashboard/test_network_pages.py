"""Ties and Live in a real browser."""

import pytest
from browsing import PHONE, axe_violations, chart

pytestmark = pytest.mark.browser
TIES = "world Who is tied to whom: cultural agreements"


@pytest.fixture
def ties(open_page):
    page = open_page("ties")
    page.wait_for_function("title => window.__coopsim && window.__coopsim.charts[title]", arg=TIES)
    return page


def number(page):
    return int(page.locator("[data-ties]").first.get_attribute("data-ties"))


def test_an_activity_can_be_hidden(ties):
    before = number(ties)
    ties.get_by_role("button", name="events").click()
    ties.wait_for_function(f"() => Number(document.querySelector('[data-ties]').dataset.ties) < {before}")
    ties.get_by_role("button", name="events").click()
    ties.wait_for_function(f"() => Number(document.querySelector('[data-ties]').dataset.ties) === {before}")


def test_a_click_on_a_state_tells_about_it(ties):
    x, y = ties.evaluate(f"window.__coopsim.charts['{TIES}'].place('S31')")
    ties.locator("canvas").first.click(position={"x": x, "y": y})
    ties.get_by_role("heading", name="State 31").wait_for()
    assert chart(ties, TIES)["selected"] == "S31"
    ties.get_by_text("Partners, the most trusted first").wait_for()


def test_states_are_reached_by_keyboard(ties):
    ties.locator("canvas").first.focus()
    ties.keyboard.press("ArrowRight")
    ties.keyboard.press("Enter")
    ties.get_by_role("heading", name="State 1", exact=True).wait_for()


def test_the_web_becomes_a_map(ties):
    ties.get_by_role("button", name="On the map").click()
    ties.wait_for_function("() => document.querySelector('[data-layout]').dataset.layout === '0'")


def test_the_live_model_steps_and_answers(open_page):
    page = open_page("live")
    page.get_by_text("Nothing yet: this is the starting world").wait_for()
    page.get_by_role("button", name="One year").click()
    page.get_by_text("What happened in 2026").wait_for()
    assert page.locator(".coop-process").count() > 5
    page.get_by_text("Signed in 2026 with").wait_for()
    page.get_by_role("button", name="Organisation", exact=True).click()
    page.get_by_text("projects").first.wait_for()
    page.get_by_role("button", name="Start again").click()
    page.get_by_text("Nothing yet: this is the starting world").wait_for()


def test_the_live_model_plays(open_page):
    page = open_page("live")
    page.get_by_role("button", name="Play").click()
    page.get_by_text("What happened in 2028").wait_for()
    page.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize("path", ["ties", "live"])
def test_no_serious_violation_of_accessibility_and_nothing_sticks_out(open_page, path):
    page = open_page(path, size=PHONE)
    page.wait_for_selector(".coop-world")
    page.wait_for_timeout(500)
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

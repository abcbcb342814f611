"""Ties and Live in a real browser."""

import re

import pytest
from browsing import PHONE, axe_violations, chart, fits

pytestmark = pytest.mark.browser
TIES = "world Who is tied to whom: cultural agreements"


@pytest.fixture
def ties(open_page):
    page = open_page("ties")
    chart(page, TIES)
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
    page.locator(".coop-process").nth(5).wait_for()  # the list comes after its heading
    page.get_by_text("Signed in 2026 with").wait_for()
    page.get_by_role("button", name="Organisation", exact=True).click()
    page.get_by_text("projects").first.wait_for()
    page.get_by_role("button", name="Start again").click()
    page.get_by_text("Nothing yet: this is the starting world").wait_for()


def test_the_live_model_plays(open_page):
    page = open_page("live")
    page.get_by_role("button", name="Play").click()
    page.get_by_text(re.compile(r"What happened in 20(2[89]|[345]\d)")).wait_for()  # whichever is seen first
    page.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize("path", ["ties", "live"])
def test_no_serious_violation_of_accessibility_and_nothing_sticks_out(open_page, path):
    page = open_page(path, size=PHONE)
    page.wait_for_selector(".coop-world")
    page.wait_for_timeout(500)
    assert axe_violations(page) == []
    fits(page)


def far_from_states(page, title):
    """A tie whose middle is far from all states: two codes and where it is."""
    return page.evaluate("""title => { const c = window.__coopsim.charts[title];
      const spots = [...Array(40).keys()].map(k => c.place(`S${String(k + 1).padStart(2, "0")}`));
      return c.middles().find(([, , x, y]) => spots.every(([u, v]) => Math.hypot(u - x, v - y) > 25)); }""", title)


@pytest.mark.parametrize("layout", ["web", "map"])
def test_a_tie_is_pointed_at_and_clicked(open_page, layout):
    page = open_page(f"ties?layout={layout}")
    chart(page, TIES)
    page.wait_for_selector(f"[data-layout='{0 if layout == 'map' else 1}']")
    *_, x, y = far_from_states(page, TIES)
    canvas = page.locator("canvas").first
    canvas.hover(position={"x": x, "y": y})
    tip = page.locator(".coop-tip").first
    tip.get_by_text("since").wait_for()
    canvas.click(position={"x": x, "y": y})
    page.get_by_role("heading", name=" – ").wait_for()
    heading = page.get_by_role("heading", name=" – ").inner_text()
    assert tip.inner_text().startswith(heading)
    page.locator("[aria-live=polite]").get_by_text("a cultural agreement").first.wait_for()
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("heading", name="A state or a tie").wait_for()


def test_a_tie_is_reached_without_a_mouse(ties):
    ties.locator("canvas").first.focus()
    ties.keyboard.press("ArrowRight")
    ties.keyboard.press("Enter")
    choice = ties.get_by_label("Its tie with")
    partner = choice.locator("option").nth(1).inner_text()
    choice.select_option(partner)
    ties.get_by_role("heading", name=partner).wait_for()
    assert "State 1" in ties.get_by_role("heading", name=partner).inner_text()


def test_the_form_of_ties_is_chosen_and_kept_in_the_address(open_page):
    page = open_page("ties?preset=full&horizon.years=8&layout=map")
    chart(page, TIES)
    agreements = number(page)
    page.get_by_label("Form").select_option("projects")
    projects = "world Who is tied to whom: projects of organisations"
    between_all = chart(page, projects)["ties"]
    assert between_all != agreements
    page.get_by_text("whose organisations have projects under way").first.wait_for()
    assert chart(page, "Clustering (transitivity)")["series"][1]["mid"][-1] > 0
    page.wait_for_function("() => ['form=projects', 'layout=map'].every(part => location.search.includes(part))")
    page.get_by_label("Ties", exact=True).select_option("within")
    page.wait_for_function("all => Number(document.querySelector('[data-ties]').dataset.ties) < all", arg=between_all)

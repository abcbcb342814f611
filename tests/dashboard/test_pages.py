"""State, Agreements, Compare, Lessons and Share in a real browser."""

import io
import json
import re
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest
from browsing import PHONE, WIDE, axe_violations, chart, fits

from coopsim.config import parse_config
from coopsim.dashboard.address import read

pytestmark = pytest.mark.browser
FULL = "preset=full&seed=7&horizon.years=12"
# Each page with what stands on it once it is complete.
VIEWS = {
    "state": (f"state?{FULL}", "text=What pushed and what braked"),
    "agreements": (f"agreements?{FULL}", ".coop-grid-rows .coop-grid-row"),
    "conventions": (f"agreements?{FULL}&show=conventions", "text=Half was"),
    "disputes": (f"agreements?{FULL}&show=disputes&conflict.incident_rate=0.3", ".coop-grid-rows .coop-grid-row"),
    "compare": ("compare?horizon.years=5&trust.gain=0.08&replications=3", "text=All main indicators in the last year"),
    "lessons": ("lessons", "text=Who becomes the hub?"),
    "lesson": ("lessons?lesson=who-becomes-the-hub&network.popularity=0", ".coop-lesson .coop-lines"),
    "presenter": ("lessons?lesson=policy-or-luck&view=presenter", "text=1 of 6"),
    "share": (f"share?{FULL}", "text=Use your own scenario"),
}
SCENARIO = b'title = "Mine <img src=x onerror=alert(1)>"\npreset = "core"\n[horizon]\nyears = 4\n' \
           b'[world]\nsynthetic = {states = 15}\n'


def shown(open_page, view, **how):
    path, mark = VIEWS[view]
    page = open_page(path, **how)
    page.wait_for_selector(mark, timeout=90_000)
    return page


def link_of(page, holds=""):
    """The link on the page Share, once it holds some words."""
    page.wait_for_function("holds => document.querySelector('.coop-copy input')?.value.includes(holds)", arg=holds)
    return page.locator(".coop-copy input").first.input_value()


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_clean_fits_every_screen_and_has_no_serious_violations(open_page, view):
    page = shown(open_page, view)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == "en"
    for dark in (False, True):
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.wait_for_selector(f".v-application.theme--{'dark' if dark else 'light'}")
        assert axe_violations(page) == []
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        page.wait_for_timeout(300)  # charts redraw
        fits(page)


def test_another_state_is_chosen_by_its_name(open_page):
    page = shown(open_page, "state")
    first = page.locator(".coop-question").inner_text()
    page.get_by_label("State", exact=True).select_option("S05")
    page.wait_for_selector("text=/State 5 \\(Region/")
    assert page.locator(".coop-question").inner_text() != first


def test_why_and_why_not_are_told_for_a_pair_and_a_year(open_page):
    page = open_page(f"state?{FULL}&state=S01&pair=S01-S02")
    page.wait_for_selector(".coop-answer", timeout=60_000)
    text = page.locator(".coop-answer").inner_text()
    assert "State 1" in text
    assert "State 2" in text
    assert re.search(r"signed (no|a) cultural agreement|agreement .* in force", text)
    bars = chart(page, "What pushed and what braked")
    assert "trust" in bars["labels"]


def test_the_ledger_is_filtered_explained_and_downloaded(open_page):
    page = shown(open_page, "agreements")
    table = chart(page, "table Agreements of two")
    page.get_by_label("Filter by words").fill("teaching")
    page.wait_for_function(
        "() => window.__coopsim.charts['table Agreements of two'].first.every(row => row[1] === 'teaching')")
    fewer = chart(page, "table Agreements of two")
    assert 0 < fewer["shown"] < table["shown"] == table["all"]
    page.locator(".coop-grid-rows .coop-grid-row").first.click()
    page.wait_for_selector("text=Why it was signed")
    assert "leads with education" in page.locator(".coop-answer").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the rows shown").click()
    found = pd.read_csv(download.value.path(), comment="#")
    assert len(found) == fewer["shown"]
    assert set(found["leads with"]) == {"teaching"}


def test_twins_run_and_say_what_the_change_caused(open_page):
    page = shown(open_page, "compare")
    page.wait_for_selector("text=3 sets of twins, seeds 1 to 3.", timeout=90_000)
    assert page.get_by_label("Sets of twins").input_value() == "3"  # a number from a link is one of the choices
    change = "The change: Working together builds trust (trust.gain) is 0.08 instead of 0.04."
    assert change in page.locator("main, .coop-main").first.inner_text()
    drawn = chart(page, "Mean trust, agreement in force")["series"][0]
    assert drawn["mid"][0] == 0 < drawn["mid"][-1]
    assert drawn["low"][-1] <= drawn["mid"][-1] <= drawn["high"][-1]


def test_a_scenario_is_added_to_the_comparison_and_to_the_link(open_page):
    page = shown(open_page, "compare")
    page.get_by_role("button", name="Keep what I have set as a further scenario").click()
    page.get_by_role("button", name=re.compile("^Remove .*Working together builds trust 8 %")).wait_for()
    page.get_by_role("link", name="Share").click()
    found = read(link_of(page).partition("?")[2])
    assert found.problems == ()
    assert [dict(arm.values)["trust.gain"] for arm in found.address.arms] == [0.08]


def test_a_lesson_leads_from_a_guess_to_an_answer(open_page):
    page = open_page("lessons")
    page.get_by_role("button", name="Begin: Policy or luck?").click()
    page.get_by_role("button", name=re.compile("^Either")).click()
    page.wait_for_selector("text=You predicted: Either")
    page.get_by_role("button", name="The reform", exact=True).click()
    page.wait_for_function(
        "() => { const c = window.__coopsim.charts['Mean trust, agreement in force'];"
        " return c && c.series[0].mid.at(-1) > c.series[1].mid.at(-1); }")
    assert page.get_by_text("The model agrees with you.").count() == 0
    page.get_by_role("button", name="Show the answer (for the instructor)").click()
    page.wait_for_selector("text=The model agrees with you.")
    page.get_by_role("button", name="Open on the page Explore: The reform").click()
    page.get_by_role("button", name="Back to the lesson").click()
    page.wait_for_selector("text=You predicted: Either")


def test_the_presenter_goes_on_by_keyboard(open_page):
    page = shown(open_page, "presenter")
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=2 of 6: Predict before you see")


@pytest.mark.parametrize("path", ["", "ties", "state", "live", "lessons?lesson=policy-or-luck"])
def test_nothing_sticks_out_on_a_projector(open_page, path):
    page = open_page(f"{path}{'&' if '?' in path else '?'}view=presenter")
    page.wait_for_selector(".coop-chart-title, .coop-lead-text", timeout=60_000)
    fits(page)
    page.wait_for_timeout(500)  # and what comes after the first chart
    fits(page)


def test_the_address_of_the_browser_reproduces_the_view(open_page):
    page = shown(open_page, "state")
    page.get_by_label("State", exact=True).select_option("S05")
    page.wait_for_function("() => window.location.search.includes('state=S05')")
    words = page.locator(".coop-question").inner_text()
    again = open_page(page.url.partition("/state")[2] and f"state{page.url.partition('/state')[2]}")
    again.wait_for_selector("text=/State 5 \\(Region/", timeout=60_000)
    assert again.locator(".coop-question").inner_text() == words


def test_a_link_round_trips_and_a_wrong_one_says_why(open_page):
    query = "seed=5&year=2030&mechanisms.network=false&trust.gain=0.07"
    page = open_page(f"share?{query}")
    assert read(link_of(page).partition("?")[2]) == read(query)
    wrong = open_page("share?trust.gian=1&seed=5&state=<script>")
    wrong.wait_for_selector("[role=alert] >> text=<script>")
    wrong.wait_for_selector("[role=alert] >> text=trust.gian")
    told = wrong.locator("[role=alert]").all_inner_texts()
    assert "link: unknown parameter 'trust.gian'; did you mean 'trust.gain'?" in told
    assert any(text.startswith('link: state = "<script>" is not allowed') for text in told)
    assert link_of(wrong).endswith("/?seed=5")


def test_a_bad_file_is_refused_and_a_good_one_taken_over(open_page):
    page = open_page("share")
    upload = page.locator("input[type=file]")
    upload.set_input_files({"name": "<b>.toml", "mimeType": "text/plain", "buffer": b"[parameters.trust]\ngian = 1\n"})
    page.wait_for_selector("text=Not taken over. <b>.toml: unknown parameter 'trust.gian'; did you mean 'trust.gain'?")
    upload.set_input_files({"name": "big.toml", "mimeType": "text/plain", "buffer": b"#" * 70_000})
    page.wait_for_selector("text=big.toml: is too large: 70,000 bytes, of 64,000 allowed")
    huge = b"[world]\nsynthetic = {states = 4000}\n"
    upload.set_input_files({"name": "huge.toml", "mimeType": "text/plain", "buffer": huge})
    page.wait_for_selector("text=huge.toml: world.synthetic.states = 4000 is not allowed on this server")
    upload.set_input_files({"name": "mine.toml", "mimeType": "text/plain", "buffer": SCENARIO})
    page.wait_for_selector("text=Taken over: Mine <img src=x onerror=alert(1)>.")
    assert page.locator("img[src=x]").count() == 0
    address = read(link_of(page, "world.synthetic").partition("?")[2]).address
    assert address.config().hash == parse_config(SCENARIO.decode()).hash


def inside(data, name):
    """A file in a zip file."""
    return zipfile.ZipFile(io.BytesIO(data)).read(name)


DOWNLOADS = {
    "Download the scenario file": lambda data: parse_config(data.decode()),
    "Download all tables as CSV": lambda data: pd.read_csv(io.BytesIO(inside(data, "indicators.csv"))),
    "Download all tables as Parquet": lambda data: json.loads(inside(data, "manifest.json"))["caveat"],
    "Download the figure as PNG": lambda data: data.index(b"IHDR"),
    "Download the figure as SVG": ElementTree.fromstring,
    "Download the report": lambda data: data.decode().index("What this cannot say"),
}


def test_every_download_opens(open_page):
    page = open_page("share?horizon.years=3&seed=2")
    names = set()
    for label, opens in DOWNLOADS.items():
        with page.expect_download(timeout=90_000) as download:
            page.get_by_role("button", name=label).click()
        opens(download.value.path().read_bytes())
        names.add(download.value.suggested_filename)
    assert len(names) == len(DOWNLOADS)
    assert all(re.fullmatch(r"coopsim-classroom-seed2[a-z-]*\.(toml|zip|png|svg|html)", name) for name in names)


def test_two_sessions_do_not_see_each_other(open_page):
    one, other = open_page("share"), open_page("share")
    one.locator("input[type=file]").set_input_files(
        {"name": "mine.toml", "mimeType": "text/plain", "buffer": SCENARIO})
    one.wait_for_selector("text=Taken over: Mine")
    link_of(one, "world.synthetic")
    assert link_of(other).endswith("/")
    other.get_by_role("link", name="State").click()
    other.wait_for_selector("text=/of 40 by number/", timeout=60_000)


def test_the_real_world_carries_its_caveat_on_every_page(open_page):
    page = open_page("state?scenario=baseline&horizon.years=1&world.states=FRA,DEU,EGY,BRA")
    for name in ("State", "Agreements", "Compare", "Share"):
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_selector(f"h1:text-is('{name}')", state="attached")
        page.wait_for_selector(".coop-caveat", timeout=60_000)
        assert "Real names, modelled ties" in page.locator(".coop-caveat").inner_text()

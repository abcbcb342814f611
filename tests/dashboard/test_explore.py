"""The front page in a real browser: charts answer, the year plays, everything can be reached without a mouse."""

import json
import time

import pytest
from browsing import PHONE, axe_violations, chart, drawn, fits, move, wait_for_change

pytestmark = pytest.mark.browser
DENSITY = "Density of cultural agreements"


def tiles(page):
    return {tile["name"]: tile for tile in chart(page, "tiles")}


def test_a_slider_changes_my_run_and_leaves_the_baseline(clean_page):
    before = chart(clean_page, DENSITY)
    assert [s["name"] for s in before["series"]] == ["baseline", "my run"]
    assert before["series"][0]["mid"] == before["series"][1]["mid"]
    move(clean_page, "bilateral.beta_commonality", 3)
    after = wait_for_change(clean_page, DENSITY, before["version"])
    assert after["series"][0]["mid"] == before["series"][0]["mid"]
    assert after["series"][1]["mid"] != before["series"][1]["mid"]
    assert after["series"][1]["mid"][0] == before["series"][1]["mid"][0]  # the starting world is given
    clean_page.locator('.is-changed[data-key="bilateral.beta_commonality"]').wait_for()
    clean_page.get_by_role("button", name="Reset all").click()
    clean_page.wait_for_function(
        f"v => window.__coopsim.charts[{json.dumps(DENSITY)}].version.startsWith(v)", arg=before["version"][:16]
    )


def test_a_slider_moves_by_keyboard(clean_page):
    before = chart(clean_page, DENSITY)["version"]
    clean_page.get_by_role("slider", name="Working together builds trust").focus()
    clean_page.keyboard.press("ArrowRight")
    wait_for_change(clean_page, DENSITY, before)


def test_headlines_tell_policy_from_luck(clean_page):
    move(clean_page, "trust.gain", 0.09)
    clean_page.wait_for_function(
        "() => window.__coopsim.charts.tiles.some(t => t.name === 'trust' && Number.isFinite(t.share))", timeout=60_000
    )
    trust = tiles(clean_page)["trust"]
    assert trust["mine"] > trust["base"]
    assert trust["mean"] > 0
    assert 0.5 < trust["share"] <= 1  # twice as much trust from cooperation raises it, whatever the luck
    text = clean_page.locator(".coop-tile").filter(has_text="Trust where").inner_text()
    assert "% policy" in text
    assert "% luck" in text


def test_the_page_shows_where_the_change_acts(clean_page):
    clean_page.get_by_text("Nothing is changed yet").wait_for()
    move(clean_page, "trust.gain", 0.09)
    tenths = chart(clean_page, "Trust, by tenths of pairs")
    assert len(tenths["mid"]) == 10
    assert tenths["mid"][-1] > tenths["mid"][0] >= 0  # those that trust already cooperate most
    pairs = chart(clean_page, "Pairs moved most")
    assert pairs["mid"] == sorted(pairs["mid"], reverse=True)
    assert pairs["mid"][0] > 5 * (tiles(clean_page)["trust"]["mine"] - tiles(clean_page)["trust"]["base"])


def test_play_advances_the_year_to_the_end(clean_page):
    world = clean_page.locator("[data-ties]").first
    clean_page.get_by_role("slider", name="Year", exact=True).evaluate(
        "e => { e.value = 2040; e.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    clean_page.wait_for_function("() => document.querySelector('[data-ties]').dataset.year === '2040'")
    early = int(world.get_attribute("data-ties"))
    clean_page.get_by_label("Speed").select_option("20")
    clean_page.get_by_role("button", name="Play").click()
    clean_page.wait_for_function("() => document.querySelector('[data-ties]').dataset.year === '2055'")
    assert int(world.get_attribute("data-ties")) > early
    clean_page.locator("button[data-playing=no]").wait_for()
    clean_page.get_by_role("button", name="One year back").click()
    clean_page.get_by_text("In 2054").first.wait_for()  # the sentences, which the server writes, follow


def test_numbers_of_a_chart_are_a_table_and_a_sentence(clean_page):
    figure = clean_page.locator("figure").filter(has=clean_page.get_by_role("heading", name=DENSITY)).first
    figure.get_by_text("Numbers").click()
    rows = figure.locator("tbody tr")
    rows.last.wait_for()  # the table is drawn when it is opened
    assert rows.count() == 31
    assert rows.last.locator("th").inner_text() == "2055"
    assert "In 2055" in figure.locator(".coop-sentence").inner_text()
    with clean_page.expect_download() as download:
        figure.get_by_role("button", name="Download the numbers").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith("# coopsim, scenario classroom, seed 1")
    assert len(text.splitlines()) == 33


def among_real_states(page):
    """Go to the real states and wait for their charts."""
    invented = chart(page, DENSITY)["version"]
    page.get_by_role("button", name="Real states").click()
    page.get_by_text("Real names, modelled ties.").first.wait_for(timeout=90_000)
    wait_for_change(page, DENSITY, invented)


def test_real_states_come_with_their_caveat_on_the_page_and_in_exports(clean_page):
    among_real_states(clean_page)
    clean_page.wait_for_function(
        "() => Object.values(window.__coopsim.charts).some(c => c.values && c.values.length === 195)"
    )
    figure = clean_page.locator("figure").filter(has=clean_page.get_by_role("heading", name=DENSITY)).first
    with clean_page.expect_download() as download:
        figure.get_by_role("button", name="Download the numbers").click()
    assert "mean nothing about the real world" in download.value.path().read_text(encoding="utf-8")


def test_a_figure_to_take_along_has_its_legend_and_its_caveat_in_full(clean_page):
    among_real_states(clean_page)
    # The narrowest of the charts.
    figure = clean_page.locator("figure").filter(has=clean_page.get_by_role("heading", name="Mean trust", exact=True))
    with clean_page.expect_download() as download:
        figure.first.get_by_role("button", name="Download the figure: Mean trust").first.click()
    drawn = clean_page.evaluate(
        """text => {
          const box = document.createElement('div');
          box.innerHTML = text;
          document.body.append(box);
          const svg = box.querySelector('svg'), right = svg.getBoundingClientRect().right;
          const found = [...svg.querySelectorAll('text')];
          return {texts: found.map(one => one.textContent), out: found.filter(
            one => one.getBoundingClientRect().right > right).map(one => one.textContent)};
        }""", download.value.path().read_text(encoding="utf-8"))
    assert drawn["out"] == []
    assert {"baseline", "my run", "index, 0 to 1"} <= set(drawn["texts"])
    assert "single pairs mean nothing about the real world." in " ".join(drawn["texts"])


def test_a_map_to_take_along_is_twice_as_sharp_as_on_the_page(clean_page):
    figure = clean_page.locator("figure").filter(has=clean_page.locator("canvas.coop-world"))
    width = figure.locator("canvas").evaluate("canvas => canvas.clientWidth")
    with clean_page.expect_download() as download:
        figure.get_by_role("button", name="Download the figure").click()
    head = download.value.path().read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert int.from_bytes(head[16:20]) == pytest.approx(2 * width, abs=2)


def test_a_richer_model_brings_other_headlines_and_a_card_brings_its_scenario_back(clean_page):
    clean_page.get_by_role("button", name="Full").click()
    clean_page.wait_for_function(
        "() => window.__coopsim.charts.tiles.some(t => t.name === 'understanding')", timeout=60_000
    )
    clean_page.get_by_role("button", name="Forty invented states").click()
    clean_page.wait_for_function("() => !window.__coopsim.charts.tiles.some(t => t.name === 'understanding')")


def test_a_variant_of_the_scenario_is_chosen_keeps_the_sliders_and_is_compared(clean_page):
    move(clean_page, "trust.gain", 0.06)
    before = chart(clean_page, DENSITY)["version"]
    clean_page.get_by_label("Variant").select_option("classroom:no_network")
    after = wait_for_change(clean_page, DENSITY, before)
    assert after["series"][1]["mid"] != after["series"][0]["mid"]
    clean_page.wait_for_function("() => ['scenario=classroom:no_network', 'trust.gain=0.06'].every("
                                 "part => location.search.includes(part))")
    assert clean_page.locator('.coop-card[aria-pressed="true"]').inner_text().startswith("Forty invented states")
    clean_page.get_by_role("link", name="Compare").click()
    clean_page.get_by_role("button", name="Add the variants of the scenario Forty invented states").click()
    clean_page.get_by_role("button", name="Remove As it is: Working together builds trust 6 %").wait_for()


def test_every_parameter_can_be_found_by_words(clean_page):
    clean_page.get_by_role("button", name="Show", exact=True).click()
    search = clean_page.get_by_role("searchbox", name="Search parameters")
    search.fill("renewed")
    shown = clean_page.locator(".is-all .coop-lever:visible")
    clean_page.locator(".is-all .coop-lever:visible:not([data-text*=renewed])").first.wait_for(state="hidden")
    assert "renewal.term" in shown.first.get_attribute("data-text")


def test_two_visitors_do_not_see_each_other(open_page):
    one, other = drawn(open_page()), drawn(open_page())
    before = chart(other, DENSITY)["version"]
    move(one, "trust.gain", 0.02)
    wait_for_change(one, DENSITY, before)
    other.wait_for_timeout(500)
    assert chart(other, DENSITY)["version"].startswith(before[:16])
    assert not other.locator(".coop-lever.is-changed").count()


def test_a_slow_line_delays_the_charts_but_does_not_stop_them(open_page):
    def slow(page):
        def late(route):
            time.sleep(2.5)  # longer than anywidget waits for a widget
            route.continue_()

        page.route("**/lines.js", late)

    page = drawn(open_page(first=slow))
    before = chart(page, DENSITY)
    move(page, "trust.gain", 0.03)
    wait_for_change(page, DENSITY, before["version"])
    assert page.evaluate("async () => { const signal = AbortSignal.timeout(1);"
                         " await new Promise(done => setTimeout(done, 300)); return signal.aborted; }") is False


def test_in_the_real_world_the_line_grows_before_the_run_is_whole(open_page):
    page = drawn(open_page("?scenario=baseline"))
    before = chart(page, DENSITY)
    page.evaluate("""title => {
      const seen = (window.__grown = new Map());
      const look = () => {
        const chart = window.__coopsim.charts[title];
        if (chart.growing) {
          seen.set(chart.at, chart.series[1].mid.filter(Number.isFinite));
          window.__said ??= document.querySelector(".coop-lines").getAttribute("aria-label");
        }
        requestAnimationFrame(look);
      };
      look();
    }""", DENSITY)
    move(page, "trust.gain", 0.07)
    whole = wait_for_change(page, DENSITY, before["version"])["series"][1]["mid"]
    grown = page.evaluate("[...window.__grown.values()]")
    assert grown
    assert [len(line) for line in grown] == sorted(len(line) for line in grown)
    for line in grown:
        assert line == whole[: len(line)]
    first = 2025 + len(grown[0]) - 1
    assert page.evaluate("window.__said").endswith(f"The run is under way: so far to {first}.")


def test_on_a_phone_nothing_sticks_out(open_page):
    page = drawn(open_page(size=PHONE))
    fits(page)


def test_on_a_phone_sliders_and_charts_are_seen_together(open_page):
    page = drawn(open_page(size=PHONE))
    slider = page.get_by_label("Working together builds trust", exact=True)
    assert not slider.is_visible()
    page.get_by_role("button", name="What if … Move a slider").click()
    slider.wait_for()
    assert slider.bounding_box()["y"] >= PHONE["height"] / 2
    before = chart(page, DENSITY)["version"]
    move(page, "trust.gain", 0.08)
    wait_for_change(page, DENSITY, before)
    assert slider.is_visible()  # the sheet stays open while one tries
    assert axe_violations(page) == []
    page.get_by_role("button", name="Close the sliders").click()
    slider.wait_for(state="hidden")


def test_the_presenter_view_grows_type_and_charts_and_ends_where_it_began(clean_page):
    letters = clean_page.locator(".coop-lines text").first
    tile = clean_page.locator(".coop-tile-value").first
    sizes = "element => parseFloat(getComputedStyle(element).fontSize)"
    before = [found.evaluate(sizes) for found in (letters, tile)]
    clean_page.get_by_role("button", name="Presenter view").click()
    clean_page.get_by_role("button", name="End presenter view").wait_for()
    clean_page.wait_for_function(
        "before => parseFloat(getComputedStyle(document.querySelector('.coop-lines text')).fontSize) > 1.2 * before",
        arg=before[0],
    )
    clean_page.wait_for_function(
        "before => parseFloat(getComputedStyle(document.querySelector('.coop-tile-value')).fontSize) > 1.2 * before",
        arg=before[1],
    )
    assert axe_violations(clean_page) == []
    clean_page.get_by_role("button", name="End presenter view").click()
    clean_page.get_by_role("button", name="Presenter view", exact=True).wait_for()
    assert tile.evaluate(sizes) == before[1]


def test_scenarios_are_one_stop_of_the_tab_key_and_arrows_go_on(clean_page):
    clean_page.get_by_role("button", name="Dark or light").focus()
    clean_page.keyboard.press("Tab")
    first = clean_page.evaluate("document.activeElement.innerText")
    clean_page.keyboard.press("ArrowRight")
    second = clean_page.evaluate("document.activeElement.innerText")
    assert first.startswith("Forty invented states")
    assert second.startswith("The world of today")
    clean_page.keyboard.press("Tab")
    assert clean_page.evaluate("document.activeElement.type") == "range"


def test_the_frame_of_a_slider_in_focus_keeps_off_its_label(clean_page):
    clean_page.get_by_role("button", name="Dark or light").focus()
    for _ in range(2):
        clean_page.keyboard.press("Tab")
    room = clean_page.evaluate(
        "() => { const e = document.activeElement, s = getComputedStyle(e);"
        " return e.getBoundingClientRect().top - parseFloat(s.outlineOffset) - parseFloat(s.outlineWidth)"
        " - e.parentElement.querySelector('label').getBoundingClientRect().bottom; }")
    assert room >= 0


def test_the_theme_changes_charts_too(clean_page):
    line = clean_page.locator(".coop-lines path[stroke]").last
    light = line.get_attribute("stroke")
    clean_page.get_by_role("button", name="Dark or light").click()
    clean_page.wait_for_function(
        "light => [...document.querySelectorAll('.coop-lines path[stroke]')].at(-1).getAttribute('stroke') !== light",
        arg=light,
    )


def test_no_serious_violation_of_accessibility(clean_page):
    assert axe_violations(clean_page) == []
    clean_page.emulate_media(color_scheme="dark")
    clean_page.wait_for_selector(".v-application.theme--dark")
    assert axe_violations(clean_page) == []


def test_a_long_first_run_shows_how_far_it_is_and_can_be_cancelled(open_page):
    large = "world.synthetic.states=200&world.synthetic.organisations=8000&horizon.years=100&organisations.projects=4"
    page = open_page(f"?preset=full&{large}&seed=9")
    page.get_by_text("Running the model: ").wait_for(timeout=60_000)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("The run was cancelled.").wait_for()
    page.get_by_role("button", name="Forty invented states").click()  # and the page goes on
    drawn(page)


def test_an_axis_has_two_ticks_or_more_with_as_many_decimals(clean_page):
    found = clean_page.evaluate("""async () => {
      const { ticks, tickText } = await import("/_coopsim/ours/common.js");
      const told = (low, high, number, percent) => {
        const all = ticks(low, high, number);
        return all.map(tickText(all, { percent }));
      };
      return [told(0.58, 0.62, 3), told(0.006, 0.104, 4), told(0.07, 0.16, 3, true), told(0, 30000, 3)];
    }""")
    assert found == [["0.58", "0.60", "0.62"], ["0.025", "0.050", "0.075", "0.100"], ["10 %", "15 %"],
                     ["0", "10,000", "20,000", "30,000"]]

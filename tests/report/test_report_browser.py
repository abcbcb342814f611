"""The pages in a real browser: axe finds nothing, nothing scrolls sideways, nothing is fetched, it prints."""

import pytest

import coopsim as cs
from coopsim.report import write_report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    config = cs.load_config("baseline").with_values({"world.synthetic": {"states": 12}, "horizon.years": 5})
    run = write_report(cs.run(config, seed=1).save(folder / "run"))
    plan = cs.Plan(scenario="classroom", years=3, replications=3, indicators=["density", "trust"],
                   vary={"trust.gain": [0.02, 0.1]})
    return [run, write_report(cs.sweep(plan, workers=1, progress=False).save(folder / "sweep"))]


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_readable_by_everybody_on_every_screen(chromium, pages, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python (extra dev)")
    for path in pages:
        view = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True)
        page, asked = view.new_page(), []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        assert asked == [path.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert [found["id"] for found in axe.Axe().run(page).response["violations"]] == []
        view.close()


def test_it_prints(chromium, pages):
    for path in pages:
        page = chromium.new_page()
        page.goto(path.as_uri())
        assert page.pdf().count(b"/Type /Page") > 3
        page.close()

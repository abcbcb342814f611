"""Mesa's own page, SolaraViz, shows our model and steps it: in a real browser, without a network."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
PAGE = Path(__file__).with_name("mesa_page.py")


@pytest.fixture
def address(unused_port):
    """Where ``solara run`` serves the page."""
    process = subprocess.Popen(
        [sys.executable, "-m", "solara", "run", str(PAGE), "--production", "--no-open", "--host", "127.0.0.1",
         "--port", str(unused_port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False"},
    )
    url, end = f"http://127.0.0.1:{unused_port}/", time.monotonic() + 120
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}readyz", timeout=2).close()
                break
            except OSError:
                assert process.poll() is None, "solara run ended"
                assert time.monotonic() < end, "solara run did not start"
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_mesas_page_draws_our_model_steps_it_and_makes_it_anew(address, watched):
    page = watched(address)
    picture = page.locator(".vue-grid-item img")
    picture.wait_for()
    assert picture.evaluate("e => e.complete && e.naturalWidth > 300")
    start = picture.get_attribute("src")
    page.get_by_text("Time: 0.0").wait_for()
    for year in (1, 2):
        page.get_by_role("button", name="Step", exact=True).click()
        page.get_by_text(f"Time: {year}.0").wait_for()
    page.wait_for_function("before => document.querySelector('.vue-grid-item img').src !== before", arg=start)
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_text("Time: 0.0").wait_for()

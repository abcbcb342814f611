"""What browser tests share."""

import re
import subprocess
import threading
import time
import urllib.request
from contextlib import contextmanager

import pytest

START = 120  # seconds; the first start on a machine compiles
WIDE, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")


def chart(page, title):
    """The data that a chart shows, by its title, once it is there."""
    page.wait_for_function("title => window.__coopsim && window.__coopsim.charts[title]", arg=title)
    return page.evaluate("title => window.__coopsim.charts[title]", title)


def drawn(page, timeout=90):
    """The front page, once its charts are drawn and its sliders can be moved; at most `timeout` seconds from now."""
    page.wait_for_function("() => window.__coopsim && window.__coopsim.charts.tiles", timeout=1000 * timeout)
    page.wait_for_selector(".coop-lever input[type=range]", state="attached")  # on a phone they wait in a sheet
    return page


def move(page, key, value):
    """Move a slider as a hand does: the value, then the event."""
    page.locator(f'[data-key="{key}"] input').evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', {bubbles: true})); }", value
    )


def wait_for_change(page, title, version):
    """The data of a chart once it shows another run than `version`."""
    page.wait_for_function(
        "([title, version]) => window.__coopsim.charts[title].version.slice(0, 16) !== version.slice(0, 16)",
        arg=[title, version],
    )
    return chart(page, title)


def fits(page):
    """Wait until nothing sticks out sideways; fails if something stays there."""
    page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")


def axe_violations(page):
    """What axe-core finds serious or critical, in a line each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} ({', '.join(' '.join(map(str, node['target'])) for node in rule['nodes'][:4])})"
        for rule in found
        if rule["impact"] in SERIOUS
    ]


@contextmanager
def running(python, **how):
    """A dashboard, started as a user starts it, with a Python; gives its address."""
    process = subprocess.Popen(
        [python, "-m", "coopsim", "app", "--no-browser", "--port", "0"], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, **how,
    )
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(process.stderr.readline, "")), daemon=True)
    reader.start()
    try:
        yield _ready(process, lines)
    finally:
        process.terminate()
        process.wait(timeout=20)
        reader.join(timeout=5)
        process.stderr.close()


def _ready(process, lines):
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        found = re.search(r"http://\S+", "".join(lines))
        if found:
            try:
                with urllib.request.urlopen(f"{found[0]}readyz", timeout=2):
                    return found[0]
            except OSError:
                pass
        time.sleep(0.1)
    pytest.fail(f"the dashboard did not start:\n{''.join(lines)}")

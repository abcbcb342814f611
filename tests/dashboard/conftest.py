"""The real server and a real browser, without a network. Skipped, with the reason, where one of them is missing."""

import importlib.util
import os
import socket
import sys
from urllib.parse import urlsplit

import pytest
from browsing import WIDE, drawn, running

from chromium_browser import chromium_path

HARMLESS = ("Failed to evaluate Vue script",)  # a warning of Solara's own


def why_not():
    """Why there can be no browser tests, "" if there can."""
    for package, extra in (("solara", "app"), ("anywidget", "app"), ("playwright", "dev")):
        if importlib.util.find_spec(package) is None:
            return f"{package} is not installed: pip install 'coopsim[{extra}]'"
    return "" if chromium_path() else "there is no Chromium: apt-get install chromium, or set COOPSIM_CHROMIUM"


def pytest_collection_modifyitems(items):
    reason = why_not()
    if reason:
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def server():
    """The address of a running dashboard."""
    with running(sys.executable, env={**os.environ, "COOPSIM_APP_WORKERS": "1"}) as address:
        yield address


@pytest.fixture
def unused_port():
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Tab:
    """A browser tab under watch: `wrong` holds what it asked for outside this machine, bad answers, and errors."""

    def __init__(self, chromium):
        self.context = chromium.new_context(accept_downloads=True)
        self.wrong = []
        self.page = page = self.context.new_page()
        page.set_default_timeout(30_000)
        note = self.wrong.append
        page.on("console", lambda message: note(f"console: {message.text}")
                if message.type == "error" and not message.text.startswith(HARMLESS) else None)
        page.on("pageerror", lambda error: note(f"script: {error}"))
        page.on("response", lambda answer: note(f"{answer.status}: {answer.url}") if answer.status >= 400 else None)
        page.on("requestfailed", lambda request: note(f"failed: {request.url} ({request.failure})")
                if "ERR_ABORTED" not in str(request.failure) else None)
        page.on("request", lambda request: note(f"outside: {request.url}")
                if urlsplit(request.url).hostname not in (None, "127.0.0.1", "") else None)

    def forget(self):
        """Make it a tab of somebody who was never here; only the files it has fetched stay with the browser."""
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.unroute_all()
        self.page.goto("about:blank")
        self.context.clear_cookies()


@pytest.fixture(scope="session")
def kept(chromium):
    """The tab that tests use one after the other, in a list; loading a page into it takes a third of the time."""
    tabs = []
    yield tabs
    for tab in tabs:
        tab.context.close()


@pytest.fixture
def watched(chromium, kept):
    """A function that opens a page of this machine and keeps watch over it; `first` may do something to it before.

    The test fails at its end if a page asked for anything outside this machine, got an answer of 400 or above, or
    reported an error. The first page of a test is in the tab that is kept, every other in a browser context of its own.
    """
    tabs = []

    def open_(url, *, size=WIDE, dark=False, first=None):
        tab = kept.pop() if kept else Tab(chromium)
        tabs.append(tab)
        tab.wrong.clear()
        tab.page.set_viewport_size(size)
        tab.page.emulate_media(color_scheme="dark" if dark else "light")
        if first is not None:
            first(tab.page)
        tab.page.goto(url)
        return tab.page

    yield open_
    wrong = [text for tab in tabs for text in tab.wrong]
    for tab in tabs[1:] if not wrong else tabs:
        tab.context.close()
    if tabs and not wrong:
        tabs[0].forget()
        kept.append(tabs[0])
    assert not wrong


@pytest.fixture
def open_page(watched, server):
    """A function that opens a page of the dashboard, given its path, and keeps watch over it."""
    return lambda path="", **how: watched(f"{server}{path}", **how)


@pytest.fixture
def clean_page(open_page):
    """The front page, open and with its charts drawn."""
    return drawn(open_page())

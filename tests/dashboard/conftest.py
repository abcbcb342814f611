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


@pytest.fixture
def watched(chromium):
    """A function that opens a page of this machine and keeps watch over it; `first` may do something to it before.

    The test fails at its end if a page asked for anything outside this machine, got an answer of 400 or above, or
    reported an error.
    """
    wrong, contexts = [], []

    def open_(url, *, size=WIDE, dark=False, first=None):
        context = chromium.new_context(viewport=size, color_scheme="dark" if dark else "light", accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: wrong.append(f"console: {message.text}")
                if message.type == "error" and not message.text.startswith(HARMLESS) else None)
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on("response", lambda answer: wrong.append(f"{answer.status}: {answer.url}")
                if answer.status >= 400 else None)
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url} ({request.failure})")
                if "ERR_ABORTED" not in str(request.failure) else None)
        page.on("request", lambda request: wrong.append(f"outside: {request.url}")
                if urlsplit(request.url).hostname not in (None, "127.0.0.1") else None)
        if first is not None:
            first(page)
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def open_page(watched, server):
    """A function that opens a page of the dashboard, given its path, and keeps watch over it."""
    return lambda path="", **how: watched(f"{server}{path}", **how)


@pytest.fixture
def clean_page(open_page):
    """The front page, open and with its charts drawn."""
    return drawn(open_page())

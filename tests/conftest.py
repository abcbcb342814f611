"""Shared by all tests: the option that refreshes golden numbers."""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from chromium_browser import chromium_path
from coopsim.errors import CoopsimError


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the golden numbers anew")


class Golden:
    """Numbers that must stay what they were, in tests/golden/NAME.json."""

    def __init__(self, update: bool) -> None:
        self.update = update

    def check(self, name: str, found: Mapping[str, float], rtol: float) -> None:
        path = Path(__file__).parent / "golden" / f"{name}.json"
        if self.update:
            path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
            pytest.skip(f"{path.name} written anew: look at its diff")
        expected = json.loads(path.read_text(encoding="utf-8"))
        changed = "the numbers changed; if that is meant, run pytest --update-golden"
        assert found == pytest.approx(expected, rel=rtol, abs=0), changed


@pytest.fixture
def golden(request):
    return Golden(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def chromium():
    """A browser that reaches this machine and nothing else: one for all tests, because only one can be started."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: it comes with extra dev")
    path = chromium_path()
    if path is None:
        pytest.skip("there is no Chromium: apt-get install chromium, or set COOPSIM_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        )
        yield browser
        browser.close()


EXTRAS = ("SALib", "ema_workbench", "optuna", "pyabc", "xarray", "distributed", "solara")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    return (yield from _skip_without_extra())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    return (yield from _skip_without_extra())


def _skip_without_extra():
    """Skip, with the reason, what says that it needs an extra which is indeed not installed."""
    try:
        return (yield)
    except CoopsimError as error:
        if "pip install 'coopsim[" in str(error) and any(find_spec(name) is None for name in EXTRAS):
            pytest.skip(str(error))
        raise
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in EXTRAS:
            pytest.skip(f"{error.name} is not installed: it comes with an extra")
        raise

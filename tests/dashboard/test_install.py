"""What a user gets who installs the extra `app` today, with the newest versions our ranges allow, and opens the page.

Minutes, and the package registry is asked: ``uv run --all-extras pytest -m install``.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import chart, drawn, move, running, wait_for_change

# `science` keeps it out of the quick tests.
pytestmark = [pytest.mark.browser, pytest.mark.install, pytest.mark.science]
ROOT = Path(__file__).parents[2]
DENSITY = "Density of cultural agreements"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The Python of an environment that has nothing but our wheel with its extra `app`."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("needs uv")
    folder = tmp_path_factory.mktemp("install")

    def run(*command):
        done = subprocess.run([uv, *map(str, command)], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    run("build", "--quiet", "--wheel", "--out-dir", folder / "dist", ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    run("venv", "--quiet", "--no-config", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    # Without our pins, which stand in pyproject.toml and not in the wheel.
    run("pip", "install", "--quiet", "--no-config", "--python", python, f"coopsim[app] @ {wheel.as_uri()}")
    return python


@pytest.fixture
def address(fresh, tmp_path):
    """Where the dashboard of that environment listens."""
    clean = {key: value for key, value in os.environ.items()
             if not key.startswith(("PYTHON", "VIRTUAL_ENV", "COOPSIM", "SOLARA"))}
    with running(fresh, cwd=tmp_path, env=clean) as found:
        yield found


def test_a_fresh_install_serves_a_front_page_that_answers(address, watched):
    page = drawn(watched(address), timeout=300)  # everything is compiled first
    before = chart(page, DENSITY)
    move(page, "trust.gain", 0.09)
    after = wait_for_change(page, DENSITY, before["version"])
    assert after["series"][0]["mid"] == before["series"][0]["mid"]
    assert after["series"][1]["mid"] != before["series"][1]["mid"]

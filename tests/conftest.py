"""Shared by all tests: the option that refreshes golden numbers."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest


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

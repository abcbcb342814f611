"""docs/odd.md says what the code says, and owns up to every departure from the specification."""

import importlib.util
import inspect
import re
from functools import cache
from pathlib import Path

import pytest

from coopsim.config import GROUPS
from coopsim.mechanisms import MECHANISMS, PRESETS, YEAR
from coopsim.world.initial import InitialParams

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
DEPARTURES = PAGE.partition("### Where the model departs")[2].partition("\n### ")[0]


@cache
def generator():
    spec = importlib.util.spec_from_file_location("docs_generate_odd", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def departures(code):
    """Return the rows of the table of departures about one mechanism, each as its cells."""
    rows = [line.strip("| ").split(" | ") for line in DEPARTURES.splitlines() if line.startswith("| ")]
    return [row for row in rows if code in row[0].split(", ")]


def mechanism_files():
    return {name: inspect.getdoc(generator().module_of(mechanism)) or "" for name, mechanism in MECHANISMS.items()}


def test_every_block_is_known_and_every_known_block_is_used():
    marks = re.findall(r"<!-- generated:(.*?) -->", PAGE)
    assert sorted(marks) == sorted(generator().BLOCKS)
    assert PAGE.count("<!-- end -->") == len(marks)


@pytest.mark.parametrize("name", sorted(generator().BLOCKS))
def test_a_block_is_fresh(name):
    block = PAGE.partition(f"<!-- generated:{name} -->\n")[2].partition("\n<!-- end -->")[0]
    assert block == generator().BLOCKS[name]().strip(), "run `uv run python docs/generate.py`"
    assert block.strip()


def test_filling_changes_blocks_only():
    old = re.sub(r"(<!-- generated:\w+ -->)\n.*?(<!-- end -->)", r"\1\nold\n\2", PAGE, flags=re.DOTALL)
    assert old != PAGE
    assert generator().filled(old) == PAGE


def test_the_page_can_be_read_in_one_sitting():
    assert len(PAGE.splitlines()) <= 350


@pytest.mark.parametrize("number", range(22))
def test_every_mechanism_of_the_specification_appears(number):
    assert re.search(rf"\bM{number}\b", PAGE)
    assert number in [int(m.code.removeprefix("M")) for m in MECHANISMS.values()]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_appears(preset):
    assert f"`{preset}`" in PAGE


@pytest.mark.parametrize("heading", [
    "Purpose and patterns", "Entities, state variables, scales", "Process overview and scheduling", "Basic principles",
    "Individual decision-making", "Emergence", "Objectives, learning, prediction", "Sensing", "Interaction",
    "Collectives", "Heterogeneity", "Stochasticity", "Observation", "Implementation", "Initialisation and input data",
    "Submodels",
])
def test_every_element_of_the_protocol_appears(heading):
    assert re.search(rf"^### {heading}", PAGE, re.MULTILINE)


def test_the_processes_stand_in_the_order_of_the_year():
    places = [PAGE.find(f"| {number} | {process.name} |") for number, process in enumerate(YEAR, 1)]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("name", MECHANISMS)
def test_what_a_rule_calls_ours_is_a_departure(name):
    said = len(re.findall(r"\bours\b", mechanism_files()[name], re.IGNORECASE))
    rows = [row for row in departures(MECHANISMS[name].code) if row[2] == "ours"]
    assert len(rows) >= said, f"{name}: its docstring says 'ours' {said} times"


@pytest.mark.parametrize("group", GROUPS)
def test_a_parameter_of_our_own_or_with_another_default_is_a_departure(group):
    for name, spec in GROUPS[group].specs().items():
        if re.match(r"(ours|calibrated)\b", spec.source) or re.search(r"\d in MODEL\b|\bMODEL's \d", spec.source):
            assert f"`{group}.{name}`" in DEPARTURES, f"{group}.{name}: {spec.source}"


def test_departures_name_parameters_that_exist():
    for group, name in re.findall(r"`(\w+)\.(\w+)`", DEPARTURES):
        assert name in (InitialParams if group == "initial" else GROUPS[group]).specs()


def test_departures_are_ours_changed_or_left_out():
    rows = [line.strip("| ").split(" | ") for line in DEPARTURES.splitlines() if line.startswith("| ")][1:]
    assert rows
    for row in rows:
        assert len(row) == 4, row
        assert row[2] in ("ours", "changed", "left out"), row
        assert row[3], row


def test_the_numbers_of_departures_are_those_of_the_code():
    told = re.findall(r"`(\w+)\.(\w+)` ([\d.]+(?:e-\d+)?) instead of", DEPARTURES)
    assert len(told) >= 3
    for group, name, said in told:
        assert GROUPS[group].specs()[name].default == float(said), name

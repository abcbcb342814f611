"""Imports point one way, every parameter is read, randomness has one door, every rule says what it does."""

import ast
import inspect
import re
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import coopsim
from coopsim.mechanisms import MECHANISMS, YEAR
from coopsim.world import build
from coopsim.world.initial import InitialParams
from worlds import SHARED, columns, process_id, tiny_world

SRC = Path(coopsim.__file__).parent
MODULES = sorted(SRC.rglob("*.py"))
DESIGN = Path(__file__).parents[1] / "docs" / "design.md"
# docs/design.md, left to right; a room imports only from rooms to its left, or from itself.
ROOMS = ("errors", "param", "arithmetic", "rng", "world", "mechanisms", "interventions", "config", "results", "model",
         "experiment", "analysis", "calibration", "report", "validation", "dashboard", "app")
BASE = {"errors", "param", "arithmetic", "rng"}  # one group in the order
LONGEST = 400


def module_of(rule):
    return sys.modules[rule.__module__]


def room_of(path):
    relative = path.relative_to(SRC)
    return relative.parts[0].removesuffix(".py")


def imported_rooms(path):
    """Every room that a module imports, anywhere in it, function bodies included."""
    found = set()
    package = ("coopsim", *path.relative_to(SRC).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*start, *([node.module] if node.module else [])])
            names = [f"{origin}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("coopsim.")}
    return found


def imported_packages(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


def name_of(path):
    return str(path.relative_to(SRC))


def test_the_rooms_are_those_of_the_design_in_their_order():
    line = next(line for line in DESIGN.read_text(encoding="utf-8").splitlines() if line.startswith("errors"))
    assert tuple(re.split(r"\s*[·<]\s*", line.strip())) == ROOMS


def test_every_module_stands_in_a_room():
    loose = {room_of(path) for path in MODULES} - set(ROOMS) - {"__init__", "__main__"}
    assert not loose


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) in ROOMS], ids=name_of)
def test_imports_point_one_way(path):
    room = room_of(path)
    allowed = set(ROOMS[: ROOMS.index(room) + 1]) if room not in BASE else BASE
    assert imported_rooms(path) <= allowed | {"__version__", "__file__"}


def test_the_import_test_sees_imports_inside_functions(tmp_path):
    # The test above would pass on anything if its reader were blind.
    assert "world" in imported_rooms(SRC / "mechanisms" / "trust.py")
    assert {"model"} <= {room for path in SRC.joinpath("model").glob("*.py") for room in imported_rooms(path)}


@pytest.mark.parametrize(
    "path", [p for p in MODULES if room_of(p) in (*BASE, "world", "mechanisms", "interventions", "config")],
    ids=name_of,
)
def test_rules_and_state_know_no_framework(path):
    assert not {"mesa", "click", "rich", "matplotlib", "solara"} & set(imported_packages(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_randomness_has_one_door(path):
    if path.name == "rng.py" or path == SRC / "calibration" / "luck.py":
        pytest.skip("the door, and what lends NumPy's own generator to pyABC")
    text = path.read_text(encoding="utf-8")
    assert "random" not in set(imported_packages(path))
    doors = r"np\.random\.(?!Generator\b)|numpy\.random|default_rng|model\.random|shuffle_do"
    assert not re.search(doors, text)


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_parameter_of_a_mechanism_is_read_in_its_module(name):
    mechanism = MECHANISMS[name]
    source = inspect.getsource(sys.modules[mechanism.params.__module__])
    unread = [f.name for f in fields(mechanism.params) if not re.search(rf"\bp\.{f.name}\b", source)]
    assert not unread, f"a slider that does nothing: {unread}"


def test_every_setting_of_the_starting_world_is_read_by_the_builder():
    # The builder may be several modules of the room; a setting is read as settings.<name> in one of them.
    source = "".join(path.read_text(encoding="utf-8") for path in (SRC / "world").glob("*.py"))
    unread = [f.name for f in fields(InitialParams) if not re.search(rf"\bsettings\.{f.name}\b", source)]
    assert build.InitialParams is InitialParams
    assert not unread


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_reads_no_other_mechanisms_parameters(name):
    tree = ast.parse(inspect.getsource(sys.modules[MECHANISMS[name].params.__module__]))
    own = MECHANISMS[name].params.__name__
    foreign = {m.params.__name__ for m in MECHANISMS.values()} - {own}
    assert not foreign & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_states_its_equation_its_source_and_what_it_touches(name):
    text = inspect.getdoc(sys.modules[MECHANISMS[name].params.__module__])
    assert text
    for part in (r"\.\. math::", r"^Source: ", r"^Reads: ", r"Writes:\s"):
        assert re.search(part, text, re.MULTILINE), f"the docstring lacks {part!r}"
    assert text.startswith(MECHANISMS[name].code), "the docstring opens with the number in MODEL.md"


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_docstring_names_every_column_that_is_written(name):
    text = " ".join(inspect.getdoc(sys.modules[MECHANISMS[name].params.__module__]).split())
    written = text.partition("Writes:")[2]
    missing = [
        column for column in MECHANISMS[name].writes
        if not re.search(rf"\b{column.split('.')[1]}\b", written) and f"{column.split('.')[0]}.*" not in written
    ]
    assert not missing


@pytest.mark.parametrize("name", MECHANISMS)
def test_what_a_mechanism_writes_are_columns_of_the_world(name):
    known = {column for column, _ in columns(tiny_world())}
    assert set(MECHANISMS[name].writes) <= known


def test_a_column_belongs_to_one_mechanism():
    owners = {}
    for mechanism in MECHANISMS.values():
        for column in mechanism.writes:
            owners.setdefault(column, []).append(mechanism.name)
    assert {column: who for column, who in owners.items() if len(who) > 1 and column not in SHARED} == {}


@pytest.mark.parametrize("name", MECHANISMS)
def test_name_switch_and_group_of_parameters_are_one_word(name):
    mechanism = MECHANISMS[name]
    assert mechanism.name == name == mechanism.params.group
    assert re.fullmatch(r"M\d+", mechanism.code)


def test_numbers_of_mechanisms_are_unique():
    codes = [mechanism.code for mechanism in MECHANISMS.values()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("process", YEAR, ids=process_id)
def test_a_process_lives_in_the_module_of_its_mechanism(process):
    assert module_of(process.apply).__name__ == process.mechanism.params.__module__


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_longer_than_a_reader_can_hold(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("name", MECHANISMS)
def test_defaults_lie_within_plausible_within_bounds(name):
    for key, spec in MECHANISMS[name].params.specs().items():
        if spec.choices or isinstance(spec.default, bool):
            continue
        low, high = spec.bounds
        assert np.isfinite([low, high]).all(), f"{key} needs finite bounds for sweeps"
        if spec.plausible:
            assert low <= spec.plausible[0] <= spec.default <= spec.plausible[1] <= high, key

"""Every concept of the subject has code, a test, and an observable that really moves."""

import ast
import importlib.util
import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from coopsim.config import Config, load_config
from coopsim.experiment import run
from coopsim.results.indicators import INDICATORS, measure
from coopsim.world.build import WorldSpec
from worlds import tiny_world

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = range(1, 41)
COLUMN = re.compile(r"(\w+)\.(\w+)(?:\[(\w+)=(\w+)\])?")
STATES, YEARS = 30, 6
SMALL = Config(world=WorldSpec(synthetic=STATES), years=YEARS)
# Tables whose rows are things with a year of their own, not one row per year and thing.
DATED = {"agreements": "signed", "parties": "joined", "events": "year"}


@cache
def generator():
    spec = importlib.util.spec_from_file_location("docs_generate_traceability", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ROWS = generator().concepts()
UNDER = [row for row in ROWS if "under" in row]


def identify(row):
    return f"{row['number']:02d}"


def small_world(values=None):
    """Run every mechanism in thirty synthetic states for six years."""
    return run(SMALL.with_values(values) if values else SMALL, seed=1, ties_years="all")


def intervened(folder, tables):
    """Run the same world with interventions, given as a scenario file would have them."""
    lines = [f"[world]\nsynthetic = {{states = {STATES}}}\n[horizon]\nyears = {YEARS}"]
    for entries in tables:  # what stands in them is written alike in JSON and TOML
        lines += ["[[interventions]]", *(f"{key} = {json.dumps(value)}" for key, value in entries.items())]
    path = folder / "scenario.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return run(load_config(path), seed=1, ties_years="all")


@pytest.fixture(scope="module")
def baseline():
    return small_world()


def series(results, name):
    """Return what an observable was year by year; KeyError if there is no such observable."""
    if ": " in name:
        return counted(results, *name.split(": ", 1))
    if "." not in name:
        values = results.indicators[name]
        return list(values.iloc[1:] if INDICATORS[name].yearly else values)
    table, column, key, value = COLUMN.fullmatch(name).groups()
    frame = results.tables[table]
    chosen = frame if key is None else frame[frame[key] == value]
    year = DATED.get(table, "year")
    chosen = chosen[chosen[year] > results.manifest["start_year"]]
    assert len(chosen), f"{name}: no rows"
    values = chosen[column]
    if table in DATED:
        return list(values)
    return list(values.groupby(chosen[year]).sum())


def counted(results, process, counter):
    rows = results.schedule[results.schedule["process"] == process]
    assert len(rows), f"no process '{process}'"
    return [json.loads(counters)[counter] for counters in rows["counters"]]


def test_every_concept_has_its_row():
    assert [row["number"] for row in ROWS] == list(NUMBERS)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_a_row_says_what_it_must(row):
    assert row["concept"].strip()
    for key in ("code", "observables", "tests"):
        assert row[key], key
        assert len(set(row[key])) == len(row[key]), f"{key} names something twice"


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_the_code_exists(row):
    for name in row["code"]:
        target = generator().code_target(name)
        assert (ROOT / "docs" / target.partition("#")[0]).is_file(), name


@pytest.mark.parametrize("name", ["coopsim.mechanisms.nothing", "coopsim.mechanisms.trust.nothing", "dyads.nothing",
                                  "trust.nothing", "nothing"])
def test_code_that_does_not_exist_is_noticed(name):
    with pytest.raises(LookupError):
        generator().code_target(name)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_its_tests_exist_and_run_with_the_others(row):
    for test in row["tests"]:
        path, _, name = test.partition("::")
        assert path.startswith("tests/")
        assert Path(path).name.startswith("test_"), test
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
        assert found, test
        of_module = [node for node in tree.body if isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node)]
        marks = " ".join(map(ast.unparse, [*found[0].decorator_list, *of_module]))
        assert name.startswith("test_"), test
        assert not re.search(r"\b(skip|xfail|science)\b", marks), f"{test} is not run"


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_its_observables_move_in_a_small_world(row, baseline):
    for name in row["observables"]:
        values = series(baseline, name)
        assert len(set(values)) > 1, f"{name} never moves: {values[:3]}"


@pytest.mark.parametrize("row", UNDER, ids=identify)
def test_what_only_an_intervention_moves_is_moved_by_it(row, baseline, tmp_path):
    under = row["under"]
    assert under["reason"]
    assert ("values" in under) != ("interventions" in under)
    changed = small_world(under["values"]) if "values" in under else intervened(tmp_path, under["interventions"])
    for name in under["observables"]:
        values = np.array(series(changed, name))
        assert len(set(values)) > 1, f"{name} never moves"
        assert not np.array_equal(values, series(baseline, name)), f"{name} is what it is without the intervention"


def test_an_observable_that_does_not_exist_is_noticed(baseline):
    for name in ("nothing", "spill over: nothing", "ties.nothing"):
        with pytest.raises(KeyError):
            series(baseline, name)


def test_the_life_index_by_hand():
    world = tiny_world(2, income=0.5)  # capacity and knowledge one half; nobody online, nobody familiar
    found = measure(world, {})
    assert found["access"] == pytest.approx(0.25)
    assert found["life_index"] == pytest.approx((0.5 * 0.25 * 0.5 * 0.5) ** 0.25)


def test_the_talent_index_follows_people_and_industries(baseline):
    moved = baseline.flows.groupby("year")[["scholars", "artists"]].sum().sum(axis=1)
    talent = moved * baseline.states.groupby("year")["capacity_industries"].mean().loc[moved.index]
    assert baseline.indicators["talent_index"].iloc[1:].to_numpy() == pytest.approx(
        (100 * talent / talent.iloc[0]).to_numpy()
    )

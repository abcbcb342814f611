"""Results on disk: equal when read back, and clear about what is wrong with a folder."""

import json
import os
import pickle
from dataclasses import replace

import pandas as pd
import pytest

import coopsim
from coopsim import Results, ResultsError
from coopsim.experiment import run
from coopsim.experiment.run import results_of
from coopsim.model import CoopModel
from coopsim.results import TABLES
from worlds import short_config

CONFIG = short_config(10, 4, {"bilateral.base_rate": 0.3})


@pytest.fixture(scope="module")
def results():
    return run(CONFIG, seed=1, command="coopsim run")


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_read_back_equal(results, tmp_path, file_format):
    folder = results.save(tmp_path / "run", file_format)
    found = Results.load(folder)
    assert found.manifest == results.manifest
    for name, table in results.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], table, check_exact=True)
        assert found.tables[name].attrs == table.attrs
    assert found.same_as(results) == []
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["manifest.json", *(f"{name}.{file_format}" for name in results.tables)]
    )


def test_the_manifest_says_how_to_repeat_the_run(results, tmp_path):
    written = json.loads((results.save(tmp_path / "run") / "manifest.json").read_text(encoding="utf-8"))
    assert written["coopsim"] == coopsim.__version__
    assert {"mesa", "numpy", "pandas"} <= set(written["packages"])
    assert written["config"] == json.loads(json.dumps(CONFIG.to_mapping()))
    assert (written["config_hash"], written["seed"], written["command"]) == (CONFIG.hash, 1, "coopsim run")
    assert (written["start_year"], written["last_year"]) == (2025, 2029)
    assert written["started"] <= written["finished"]
    assert written["tables"]["states"]["units"]["budget"] == "million $/yr"
    assert written["data"] == {}  # a synthetic world reads no data


def test_a_real_world_names_its_data():
    found = run(CONFIG.with_values({"world.states": ["DEU", "FRA"]}), years=1)
    assert len(found.manifest["data"]["states.csv"]) == 64


def test_the_same_run_twice_is_the_same(results):
    assert run(CONFIG, seed=1).same_as(results) == []
    assert {"seed", "indicators", "agreements"} <= set(run(CONFIG, seed=2).same_as(results))


def test_saving_again_replaces_results_and_keeps_notes(results, tmp_path):
    folder = results.save(tmp_path / "run", "csv")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    results.save(folder)
    assert (folder / "notes.txt").exists()
    assert not list(folder.glob("*.csv"))
    assert Results.load(folder).same_as(results) == []


def test_a_foreign_folder_is_not_touched(results, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(ResultsError, match=r"holds other things than coopsim results \(thesis.tex"):
        results.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_interrupted_save_can_be_repeated(results, tmp_path):
    (tmp_path / ".saving").mkdir()
    (tmp_path / ".saving" / "states.parquet").write_bytes(b"half")
    assert Results.load(results.save(tmp_path)).same_as(results) == []


def test_a_file_is_no_folder(results, tmp_path):
    (tmp_path / "run").write_text("", encoding="utf-8")
    with pytest.raises(ResultsError, match="is a file; results need a folder"):
        results.save(tmp_path / "run")


def test_a_full_disk_leaves_earlier_results_alone(results, tmp_path, monkeypatch):
    folder = results.save(tmp_path / "run")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(ResultsError, match=r"cannot be written to .*run': No space left on device"):
        results.save(folder)
    assert Results.load(folder).same_as(results) == []
    assert not (folder / ".saving").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_disk(results, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ResultsError, match="cannot be written"):
        results.save(tmp_path / "run")
    tmp_path.chmod(0o700)


def test_an_unknown_format(results, tmp_path):
    with pytest.raises(ResultsError, match=r"format = 'xlsx' must be one of parquet, csv"):
        results.save(tmp_path / "run", "xlsx")


def spoil_manifest(folder, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / "manifest.json").unlink(), "is no folder of coopsim results: it has no manifest.json"),
        (lambda f: (f / "manifest.json").write_text("{", encoding="utf-8"), "cannot be read"),
        (lambda f: (f / "manifest.json").write_text("[]", encoding="utf-8"), "was not written by coopsim"),
        (lambda f: spoil_manifest(f, format="other"), "was not written by coopsim"),
        (lambda f: spoil_manifest(f, format_version=99), "in format 99; this version reads format 2"),
        (lambda f: spoil_manifest(f, tables={}), "does not describe indicators"),
        (lambda f: (f / "states.parquet").unlink(), "is missing; the results are incomplete"),
        (lambda f: (f / "states.parquet").write_bytes(b"nonsense"), "states.parquet' cannot be read"),
        (lambda f: (f / "events.parquet").replace(f / "states.parquet"), "does not fit its manifest.json"),
    ],
)
def test_a_damaged_folder(results, tmp_path, spoil, message):
    folder = results.save(tmp_path / "run")
    spoil(folder)
    with pytest.raises(ResultsError, match=message):
        Results.load(folder)


def test_a_missing_folder(tmp_path):
    with pytest.raises(ResultsError, match="there is no results folder"):
        Results.load(tmp_path / "nowhere")


def test_tables_are_made_when_they_are_looked_at():
    made = []

    def maker(name):
        def make():
            made.append(name)
            return pd.DataFrame({"name": [name]})

        return make

    lazy = Results({"scenario": "s"}, **{name: maker(name) for name in TABLES})
    assert made == []
    assert lazy.states["name"].tolist() == ["states"]
    assert lazy.states is lazy.tables["states"]
    assert sorted(made) == sorted(TABLES)
    twin = pickle.loads(pickle.dumps(lazy))
    assert all(twin.tables[name].equals(lazy.tables[name]) for name in TABLES)
    assert replace(lazy, states=lazy.states[:0]).states.empty
    with pytest.raises(AttributeError, match="no attribute 'state'"):
        _ = lazy.state
    with pytest.raises(TypeError, match="results need the tables"):
        Results({}, states=pd.DataFrame())


def test_results_are_those_of_the_moment_they_were_asked_for():
    config = short_config(12, 6, {"renewal.lapse": 0.5, "initial.density": 0.6})
    model = CoopModel(config, rng=2)
    model.run_for(2)
    early, later = results_of(model, command=""), results_of(model, command="")
    assert all(len(table) for name, table in early.tables.items() if name != "claims")
    model.run_for(4)
    assert later.same_as(early) == []
    assert len(results_of(model, command="").agreements) > len(early.agreements)

"""A stored result is repeated from its manifest alone, and every change of a table is seen."""

import json
import sys

import pandas as pd
import pytest

import coopsim as cs
from coopsim.experiment.verify import verify
from sweeps import PLAN, TINY

module = sys.modules["coopsim.experiment.verify"]  # the package's name "verify" is the function


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A stored run of a scenario with an intervention and a value that is not the default."""
    config = TINY.with_values({"trust.gain": 0.07, "horizon.years": 3}).with_interventions(
        {"year": 2026, "kind": "set_parameter", "parameter": "trust.loss", "value": 0.3}
    )
    return cs.run(config, seed=5, ties_years=[2027]).save(tmp_path_factory.mktemp("run") / "results")


@pytest.fixture(scope="module")
def sweep_folder(tmp_path_factory):
    plan = cs.Plan(**PLAN, vary={"trust.gain": [0.02, 0.04], "horizon.years": [1, 2]}, replications=3)
    return cs.sweep(plan, out=tmp_path_factory.mktemp("sweep") / "sweep", workers=1, progress=False).folder


def changed(path, folder, change):
    """Copy a folder with a change made to one Parquet table of it."""
    for file in path.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    name, edit = change
    table = pd.read_parquet(folder / f"{name}.parquet")
    edit(table).to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def described(folder, change):
    """Change the manifest of a folder."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    return folder


def test_a_run_comes_out_the_same(run_folder):
    found = verify(run_folder)
    assert found.same
    assert (found.kind, found.runs, found.notes) == ("run", 1, ())


def test_a_run_stored_as_csv_and_in_part_comes_out_the_same(tmp_path):
    cs.run(TINY, seed=2, record=cs.Record(indicators=["density"], tables=["states"])).save(tmp_path / "a", "csv")
    assert verify(tmp_path / "a").same


def nudge(column):
    def edit(table):
        table.loc[table.index[-1], column] += 1e-12
        return table
    return edit


def test_the_smallest_change_of_a_run_is_seen(run_folder, tmp_path):
    found = verify(changed(run_folder, tmp_path, ("indicators", nudge("trust"))))
    assert found.differences == ("indicators: trust",)


def test_a_run_with_another_seed_in_its_manifest_is_not_the_same(run_folder, tmp_path):
    for file in run_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    found = verify(described(tmp_path, lambda manifest: manifest | {"seed": 6}))
    assert any(text.startswith("indicators: ") for text in found.differences)


def test_another_version_and_other_data_are_said(run_folder, tmp_path):
    for file in run_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    found = verify(described(tmp_path, lambda manifest: manifest | {
        "coopsim": "0.0.1", "packages": manifest["packages"] | {"numpy": "1.0"}, "data": {"states.csv": "0"},
    }))
    assert found.same
    assert found.notes[0].startswith("made with coopsim 0.0.1, repeated with")
    assert found.notes[1].startswith("made with numpy 1.0")
    assert "states.csv" in found.notes[2]


def test_a_configuration_that_this_version_does_not_know_is_said(run_folder, tmp_path):
    for file in run_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())

    def older(manifest):
        manifest["config"]["parameters"]["trust"]["glue"] = 1
        return manifest | {"coopsim": "0.0.1"}

    with pytest.raises(cs.ResultsError, match=r"cannot repeat what coopsim 0\.0\.1 did.*trust\.glue"):
        verify(described(tmp_path, older))


def test_a_sweep_comes_out_the_same_whole_or_in_samples(sweep_folder, monkeypatch):
    assert verify(sweep_folder, workers=1).runs == 12
    monkeypatch.setattr(module, "BATCH", 5)
    for sample in (None, 1, 5, 12, 100):
        found = verify(sweep_folder, workers=1, sample=sample)
        assert found.same, found
        assert found.runs == min(sample or 12, 12)


@pytest.mark.parametrize("batch", [4, 65_536])
def test_the_smallest_change_of_a_sweep_is_seen(sweep_folder, tmp_path, monkeypatch, batch):
    monkeypatch.setattr(module, "BATCH", batch)
    changed(sweep_folder, tmp_path, ("table", nudge("trust")))
    assert verify(tmp_path, workers=1).differences == ("table: trust",)
    assert verify(tmp_path, workers=1, sample=1).same  # the first run was not changed


def test_a_lost_row_of_a_sweep_is_seen(sweep_folder, tmp_path):
    changed(sweep_folder, tmp_path, ("table", lambda table: table.iloc[:-1]))
    assert verify(tmp_path, workers=1).differences == ("table: number of rows",)


def test_failures_of_a_sweep_are_repeated_too(tmp_path):
    dated = TINY.with_interventions({"year": 2026, "kind": "budget", "factor": 0.5})
    plan = cs.Plan(**PLAN | {"scenario": dated}, replications=2,
                   vary={"interventions.0.year": [2026, 2027], "horizon.years": [1, 2]})
    folder = cs.sweep(plan, out=tmp_path / "sweep", workers=1, progress=False).folder
    assert verify(folder, workers=1).same
    failures = pd.read_parquet(folder / "failures.parquet")
    failures.assign(error="something else").to_parquet(folder / "failures.parquet", index=False)
    assert verify(folder, workers=1).differences == ("failures: runs 4, 5",)


def test_what_is_finished_of_a_sweep_can_be_verified(tmp_path):
    def stop(state):
        if state.done >= 3:
            raise KeyboardInterrupt

    plan = cs.Plan(**PLAN, vary={"trust.gain": [0.02, 0.04]}, replications=30)
    with pytest.raises(cs.SweepInterrupted):
        cs.sweep(plan, out=tmp_path / "sweep", workers=1, progress=stop)
    found = verify(tmp_path / "sweep", workers=1)
    assert found.same
    assert 3 <= found.runs < 60


def test_no_result_in_the_folder(tmp_path):
    with pytest.raises(cs.ResultsError, match="neither a run nor a sweep"):
        verify(tmp_path)

"""A sweep is the runs it says, in whatever order and by whomever they are done."""

import json
import os
import subprocess
import sys
import textwrap
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest

import coopsim as cs
from coopsim.experiment import crews, driver, progress, work
from coopsim.experiment.progress import Display, SweepProgress, duration
from sweeps import PLAN, TINY, deadly_chunk, dies_once, fake_simulate

GAIN = {"trust.gain": [0.02, 0.04]}


def plan(vary=GAIN, **kwargs):
    return cs.Plan(**PLAN | {"vary": vary, "replications": 3} | kwargs)


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(work, "simulate", fake_simulate)


def swept(found, **kwargs):
    return cs.sweep(found, **{"workers": 1, "progress": False} | kwargs)


def test_a_sweep_has_the_numbers_of_single_runs():
    runs = swept(plan(record_years="all"))
    assert runs.table.columns.tolist() == [
        "scenario_id", "replication_id", "seed", "trust.gain", "year", "density", "trust",
    ]
    assert runs.complete
    assert len(runs.table) == 2 * 3 * 3
    for (scenario, replication), rows in runs.table.groupby(["scenario_id", "replication_id"]):
        config = TINY.with_values({"trust.gain": runs.design.loc[scenario, "trust.gain"]})
        single = cs.run(config, seed=1 + replication).indicators
        assert rows["seed"].eq(1 + replication).all()
        for name in ("year", "density", "trust"):
            assert rows[name].tolist() == single[name].tolist()


@pytest.mark.parametrize("preset", ["core", "full"])
def test_years_that_are_not_kept_change_no_indicator_of_those_that_are(preset):
    config = TINY.with_values({"preset": preset, "horizon.years": 8, "world.synthetic": {"states": 12}})
    single = cs.run(config, seed=1).indicators
    for asked in ("last", (2028, 2031)):
        found = swept(plan({}, scenario=config, indicators="all", record_years=asked, replications=1)).table
        expected = single[single["year"].isin(found["year"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(found[expected.columns], expected, check_exact=True)


def test_only_the_years_asked_for_are_kept():
    assert swept(plan()).table["year"].unique().tolist() == [2027]
    assert swept(plan(record_years=(2025, 2027))).table["year"].unique().tolist() == [2025, 2027]
    lengths = swept(plan({"horizon.years": [1, 2]})).table
    assert lengths.groupby("horizon.years")["year"].first().tolist() == [2026, 2027]


def test_columns_have_the_types_of_their_keys():
    found = swept(plan({"preset": ["core"], "mechanisms.trust": True, "horizon.years": [1], "trust.gain": [0.02]}))
    assert found.table.dtypes.astype(str).to_dict() == {
        "scenario_id": "int64", "replication_id": "int64", "seed": "int64", "preset": "str",
        "mechanisms.trust": "bool", "horizon.years": "int64", "trust.gain": "float64", "year": "int64",
        "density": "float64", "trust": "float64",
    }
    assert found.table.attrs["units"]["density"] == "1"


def test_nothing_to_vary_is_one_point_with_many_seeds():
    found = swept(plan({}))
    assert len(found.table) == 3
    assert found.design.shape == (1, 0)


@pytest.mark.parametrize("chunk", [1, 4, 500])
def test_chunks_do_not_matter(fake, monkeypatch, chunk):
    whole = swept(plan({"trust.gain": (0, 1)}, design="random", samples=20, record_years="all"))
    monkeypatch.setattr(driver.Driver, "_size", lambda self: chunk)
    pieces = swept(plan({"trust.gain": (0, 1)}, design="random", samples=20, record_years="all"))
    pd.testing.assert_frame_equal(whole.table, pieces.table, check_exact=True)


def test_chunks_grow_to_half_a_second_and_shrink_towards_the_end(monkeypatch):
    sizes = []

    def timed(chunk):
        sizes.append(len(chunk.runs))
        return replace(work.run_chunk(chunk), seconds=0.03)

    monkeypatch.setattr(work, "simulate", fake_simulate)
    monkeypatch.setattr(crews, "run_chunk", timed)
    swept(plan({}, replications=100))
    assert sizes[0] == 1
    assert max(sizes) == sizes[1] == 16
    assert sizes[-3:] == [2, 1, 1]
    assert sum(sizes) == 100


@pytest.mark.parametrize(("width", "size"), [(1, 16), (7, 16), (50, 66)])
def test_chunks_are_longer_for_many_workers_so_that_the_driver_keeps_up(width, size):
    class Wide(crews.Crew):
        @property
        def width(self):
            return width

    found = driver.Driver(work_layout(), Wide(None), None, None)
    found._todo.append((0, 100_000))
    found._seconds = 0.03
    assert found._size() == size


def work_layout():
    from coopsim.experiment.rows import Layout

    return Layout.of(plan())


class Backwards(ThreadPoolExecutor):
    """Runs tasks only when many wait, the last first."""

    def __init__(self):
        super().__init__(max_workers=4)
        self.waiting = []
        self.most = 0

    def submit(self, function, *args):
        future = Future()
        self.waiting.append((future, function, args))
        self.most = max(self.most, len(self.waiting))
        super().submit(self._some)
        return future

    def _some(self):
        future, function, args = self.waiting.pop()
        future.set_result(function(*args))


def test_any_executor_will_do_and_order_does_not_matter(fake):
    found = plan({"trust.gain": (0, 1)}, design="random", samples=50)
    with Backwards() as executor, ThreadPoolExecutor(3) as threads:
        backwards = swept(found, executor=executor)
        threaded = swept(found, executor=threads)
        assert executor.most <= 2 * 4 + 1  # what waits is bounded
    assert "Backwards" in backwards.manifest["sessions"][0]["workers"]
    pd.testing.assert_frame_equal(swept(found).table, backwards.table, check_exact=True)
    pd.testing.assert_frame_equal(swept(found).table, threaded.table, check_exact=True)


def test_threads_agree_with_one_process():
    with ThreadPoolExecutor(3) as executor:
        pd.testing.assert_frame_equal(swept(plan()).table, swept(plan(), executor=executor).table, check_exact=True)


def test_a_run_that_raises_is_a_row_of_failures_and_the_others_go_on(tmp_path):
    dated = TINY.with_interventions({"year": 2026, "kind": "budget", "factor": 0.5})
    late = plan({"interventions.0.year": [2026, 2027], "horizon.years": [1, 2]}, scenario=dated, seed=5)
    for runs in (swept(late), swept(late, out=tmp_path / "sweep")):
        assert runs.complete
        assert runs.table.groupby("scenario_id").size().to_dict() == {0: 3, 1: 3, 3: 3}
        failed = runs.failures
        assert failed.columns.tolist() == [
            "scenario_id", "replication_id", "seed", "config", "error", "traceback",
        ]
        assert failed[["scenario_id", "replication_id", "seed"]].values.tolist() == [[2, 0, 5], [2, 1, 6], [2, 2, 7]]
        assert failed["error"].str.startswith("ConfigError").all()
        assert "2027" in failed["error"][0]
        assert failed["traceback"].str.startswith("Traceback").all()
        assert json.loads(failed["config"][0])["values"] == {"interventions.0.year": 2027, "horizon.years": 1}
        assert runs.manifest["failed"] == 3


def test_the_config_of_a_failed_run_is_the_one_it_had(fake, monkeypatch):
    def breaks(chunk, run):
        if run.replication_id == 1:
            raise ZeroDivisionError("no luck")
        return fake_simulate(chunk, run)

    monkeypatch.setattr(work, "simulate", breaks)
    failed = swept(plan()).failures
    assert failed["error"].tolist() == ["ZeroDivisionError: no luck"] * 2
    gains = [json.loads(text)["parameters"]["trust"]["gain"] for text in failed["config"]]
    assert gains == [0.02, 0.04]
    assert "breaks" in failed["traceback"][0]


def test_results_in_pieces(fake):
    runs = swept(plan({"trust.gain": (0, 1)}, design="random", samples=20))
    batches = list(runs.iter_batches(25))
    assert [len(batch) for batch in batches] == [25, 25, 10]
    pd.testing.assert_frame_equal(pd.concat(batches, ignore_index=True), runs.table, check_exact=True)


def test_saved_and_loaded(fake, tmp_path):
    runs = swept(plan())
    direct = swept(plan(), out=tmp_path / "direct")
    runs.save(tmp_path / "saved")
    loaded = cs.SweepResults.load(tmp_path / "saved")
    pd.testing.assert_frame_equal(loaded.table, runs.table, check_exact=True)
    pd.testing.assert_frame_equal(loaded.design, runs.design, check_exact=True)
    assert (tmp_path / "saved" / "table.parquet").read_bytes() == (direct.folder / "table.parquet").read_bytes()
    assert loaded.plan.hash == plan().hash
    assert loaded.complete
    with pytest.raises(cs.ResultsError, match="not empty"):
        runs.save(tmp_path / "saved")


def test_the_plan_comes_back_from_the_manifest_without_its_files(fake, tmp_path):
    scenario = tmp_path / "mine.toml"
    scenario.write_text('preset = "core"\n[world]\nsynthetic = {states = 4}\n', encoding="utf-8")
    made = plan({"scenario": [str(scenario), "classroom"]}, scenario=scenario, years=2)
    runs = swept(made, out=tmp_path / "sweep")
    scenario.unlink()
    again = cs.SweepResults.load(runs.folder).plan
    assert again.hash == made.hash
    assert again.config_of({"scenario": str(scenario)}).world.synthetic == 4


def test_progress_counts_runs_and_failures(monkeypatch, fake):
    def breaks(chunk, run):
        if run.replication_id == 1:
            raise ValueError
        return fake_simulate(chunk, run)

    monkeypatch.setattr(work, "simulate", breaks)
    states = []
    swept(plan(), progress=states.append)
    assert isinstance(states[0], SweepProgress)
    assert [state.done for state in states] == sorted(state.done for state in states)
    assert (states[-1].done, states[-1].total, states[-1].failed) == (6, 6, 2)
    assert states[-1].seconds_left == 0
    assert "6 of 6 runs" in states[-1].words()
    assert "2 failed" in states[-1].words()


def test_the_display_writes_a_line_now_and_then_where_there_is_no_terminal(capsys):
    with Display() as display:
        for seconds in (0.5, 31, 40, 62):
            display(SweepProgress(50, 100, 0, 50, seconds, 2.0))
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["50 of 100 runs, 2 runs/s, 25 s left"] * 2


def test_a_notebook_without_widgets_has_lines_instead_of_a_warning(capsys, monkeypatch):
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    monkeypatch.setattr(progress, "find_spec", lambda name: None)
    with Display() as display:
        display(SweepProgress(50, 100, 0, 50, 31, 2.0))
    assert capsys.readouterr().err == "50 of 100 runs, 2 runs/s, 25 s left\n"


def test_durations_are_for_people():
    assert [duration(s) for s in (1.23, 45, 600, 7200, 500_000)] == ["1.2 s", "45 s", "10 min", "2.0 h", "5.8 d"]


@pytest.mark.parametrize(("kwargs", "word"), [
    ({"workers": 0}, "workers"), ({"workers": True}, "workers"), ({"executor": 3}, "executor"),
])
def test_wrong_arguments(kwargs, word):
    with pytest.raises(cs.ConfigError, match=word):
        cs.sweep(plan(), **kwargs)


def test_names_of_states_are_checked_before_anything_runs(tmp_path):
    wrong = TINY.with_interventions({"year": 2026, "kind": "budget", "factor": 0.5, "who": "ATLANTIS"})
    with pytest.raises(cs.ConfigError, match="ATLANTIS"):
        swept(plan(scenario=wrong), out=tmp_path / "sweep")
    assert not (tmp_path / "sweep").exists()


def test_ctrl_c_keeps_what_is_finished(fake, tmp_path):
    def stop(state):
        if state.done >= 3:
            raise KeyboardInterrupt

    for out in (None, tmp_path / "sweep"):
        with pytest.raises(cs.SweepInterrupted) as stopped:
            swept(plan(), out=out, progress=stop)
        found = stopped.value.results
        assert not found.complete
        assert 3 <= len(found.table) < 6
    again = swept(plan(), out=tmp_path / "sweep", resume=True)
    assert again.complete
    pd.testing.assert_frame_equal(again.table, swept(plan()).table, check_exact=True)
    assert [session["runs"] for session in again.manifest["sessions"]] == [len(found.table), 6 - len(found.table)]


# Local processes


def test_local_processes_need_no_main_guard_and_use_one_thread_each(tmp_path):
    """A script like a beginner's: no ``if __name__ == "__main__"``, and it must not run twice."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent("""
        import json, os, sys
        import coopsim as cs
        from coopsim.experiment import crews
        print("once")
        plan = cs.Plan(scenario="classroom", vary={"trust.gain": [0.02, 0.04]}, replications=2, years=2,
                       indicators=["density", "trust"])
        runs = cs.sweep(plan, workers=2)
        print(json.dumps([runs.table["density"].tolist(), cs.sweep(plan, workers=1).table["density"].tolist()]))
        print(sys.modules["__main__"].__file__, [os.environ.get(name) for name in crews.ONE_THREAD])
    """), encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if name not in crews.ONE_THREAD}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=clean, check=False)
    assert done.returncode == 0, done.stderr
    once, tables, restored = done.stdout.splitlines()
    assert once == "once"
    processes, here = json.loads(tables)
    assert len(processes) == 4
    assert processes == here
    assert restored == f"{script} {[None] * len(crews.ONE_THREAD)}"


def test_fresh_processes_of_the_user_need_no_main_guard_either(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent("""
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context
        import coopsim as cs
        print("once")
        plan = cs.Plan(scenario="classroom", vary={"trust.gain": [0.02, 0.04]}, replications=2, years=2,
                       indicators=["density"])
        print(len(cs.sweep(plan, executor=ProcessPoolExecutor(2, mp_context=get_context("spawn"))).table))
    """), encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["once", "4"], done.stderr


@pytest.mark.skipif(os.name == "nt", reason="kills its own process as POSIX does")
def test_a_run_that_kills_its_worker_is_a_failure_and_the_others_go_on(monkeypatch, fake):
    class Forked(crews.Processes):  # inherits the stand-in for a run, and starts at once
        def _pool(self):
            return crews.ProcessPoolExecutor(self.workers, mp_context=get_context("fork"))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(crews, "Processes", Forked)
        patched.setattr(crews, "run_chunk", deadly_chunk)
        patched.setattr(driver.Driver, "_size", lambda self: 5)
        found = plan({"trust.gain": (0, 1)}, design="random", samples=8)
        runs = swept(found, workers=2)
    assert runs.failures[["scenario_id", "replication_id"]].values.tolist() == [[1, 2]]
    assert runs.failures["error"][0].startswith("WorkerDied")
    expected = swept(found).table
    expected = expected[~(expected["scenario_id"].eq(1) & expected["replication_id"].eq(2))].reset_index(drop=True)
    pd.testing.assert_frame_equal(runs.table, expected, check_exact=True)


@pytest.mark.skipif(os.name == "nt", reason="kills its own process as POSIX does")
def test_a_worker_that_was_killed_by_chance_costs_nothing(monkeypatch, fake, tmp_path):
    class Forked(crews.Processes):
        def _pool(self):
            return crews.ProcessPoolExecutor(self.workers, mp_context=get_context("fork"))

    monkeypatch.setenv("COOPSIM_TEST_FLAG", str(tmp_path / "flag"))
    monkeypatch.setattr(crews, "Processes", Forked)
    monkeypatch.setattr(crews, "run_chunk", dies_once)
    found = plan({"trust.gain": (0, 1)}, design="random", samples=8)
    runs = swept(found, workers=2)
    assert (tmp_path / "flag").exists()
    assert runs.failures.empty
    pd.testing.assert_frame_equal(runs.table, swept(found).table, check_exact=True)


def test_an_executor_that_is_gone_ends_the_sweep_and_says_how_to_go_on(fake, tmp_path):
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(cs.SweepError, match=r"no more work.*without executor=.*0 of 6 runs are finished and kept"):
        swept(plan(), executor=executor, out=tmp_path / "sweep")


def test_workers_that_cannot_run_coopsim_end_the_sweep(fake):
    class Wrong(ThreadPoolExecutor):
        def submit(self, function, *args):
            future = Future()
            future.set_exception(ModuleNotFoundError("No module named 'coopsim'"))
            return future

    with pytest.raises(cs.SweepError, match="No module named 'coopsim'"):
        swept(plan(), executor=Wrong(1))


def test_another_version_on_a_worker_is_refused(fake, monkeypatch):
    monkeypatch.setattr(work, "ready", lambda: "0.0.1")
    with pytest.raises(cs.SweepError, match=r"coopsim 0\.0\.1"):
        swept(plan())


def test_numbers_of_a_table_are_numbers(fake):
    assert np.isfinite(swept(plan()).table.to_numpy(dtype=float)).all()

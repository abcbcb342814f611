"""A folder of a sweep is whole at every moment: killed anywhere, resumed, it ends with the same bytes."""

import errno
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import coopsim as cs
from coopsim.calibration.memory import Memory
from coopsim.experiment import driver, store, work
from coopsim.experiment.lock import LOCK, FolderLock
from coopsim.experiment.store import TEMPORARY, Store
from sweeps import PLAN, TINY, fake_simulate

open_ = open

FILES = ("table.parquet", "failures.parquet", "design.parquet")


@pytest.fixture(autouse=True)
def fake(monkeypatch, request):
    """Runs at no cost; every fifth fails. Chunks of two runs, merged by four."""
    if "real" in request.keywords:
        return

    def simulate(chunk, run):
        if run.seed % 5 == 0:
            raise ValueError(f"seed {run.seed}")
        return fake_simulate(chunk, run)

    monkeypatch.setattr(work, "simulate", simulate)
    monkeypatch.setattr(driver.Driver, "_size", lambda self: 2)
    monkeypatch.setattr(store, "MANY", 4)


def plan(points=5, **kwargs):
    given = {"vary": {"trust.gain": [k / 100 for k in range(points)]}, "replications": 4, "seed": 3}
    return cs.Plan(**PLAN | given | {"record_years": "all"} | kwargs)


def swept(folder, found=None, **kwargs):
    return cs.sweep(found or plan(), out=folder, **{"workers": 1, "progress": False} | kwargs)


def contents(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """The bytes of a sweep that nothing interrupts, by plan."""
    known = {}

    def of(found):
        if found.hash not in known:
            folder = tmp_path_factory.mktemp("unbroken") / "sweep"
            swept(folder, found)
            known[found.hash] = contents(folder)
        return known[found.hash]

    return of


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


def killed_at(monkeypatch, moment):
    """Let the process die before its n-th change of the disk; return a list that holds the number of changes."""
    count = [0]

    def deadly(function):
        def call(*args, **kwargs):
            count[0] += 1
            if count[0] == moment:
                raise Killed
            return function(*args, **kwargs)
        return call

    for module, name in ((os, "replace"), (os, "fsync"), (store.Path, "unlink"), (store.Path, "rmdir"),
                         (store.pq, "write_table"), (store.pq.ParquetWriter, "write_table")):
        monkeypatch.setattr(module, name, deadly(getattr(module, name)))
    return count


def test_killed_before_any_change_of_the_disk_it_resumes_to_the_same_bytes(tmp_path, unbroken):
    expected = unbroken(plan())
    with pytest.MonkeyPatch.context() as patched:
        count = killed_at(patched, -1)
        swept(tmp_path / "whole")
    assert count[0] > 50
    for moment in range(1, count[0] + 1, 7):
        folder = tmp_path / str(moment)
        with pytest.MonkeyPatch.context() as patched:
            killed_at(patched, moment)
            with pytest.raises(Killed):
                swept(folder)
        runs = swept(folder, resume=True)
        assert contents(folder) == expected, moment
        assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "manifest.json", LOCK])
        assert runs.complete
        shutil.rmtree(folder)


def test_killed_again_and_again_it_gets_there(tmp_path, unbroken):
    folder, moments = tmp_path / "sweep", random.Random(4)
    for _ in range(200):
        with pytest.MonkeyPatch.context() as patched:
            killed_at(patched, moments.randint(3, 25))
            try:
                swept(folder, resume=True)
            except Killed:
                continue
            break
    assert contents(folder) == unbroken(plan())
    assert len(cs.SweepResults.load(folder).manifest["sessions"]) > 3


def test_a_sweep_under_way_can_be_read(tmp_path):
    with pytest.MonkeyPatch.context() as patched:
        killed_at(patched, 30)
        with pytest.raises(Killed):
            swept(tmp_path / "sweep")
    partial = cs.SweepResults.load(tmp_path / "sweep")
    table = partial.table
    assert not partial.complete
    whole = swept(tmp_path / "sweep", resume=True)
    assert 0 < len(table) < len(whole.table)
    pd.testing.assert_frame_equal(table, whole.table.head(len(table)), check_exact=True)
    assert "not complete" in repr(partial)


def test_a_sweep_can_be_read_while_its_parts_are_merged(tmp_path):
    read = []

    def begin_to_read(state):
        if state.done == 6:  # three parts, which will be merged and removed
            read.append(cs.SweepResults.load(tmp_path / "sweep").iter_batches(4))
            read.append(next(read[0]))

    whole = swept(tmp_path / "sweep", progress=begin_to_read).table
    found = pd.concat([read[1], *read[0]], ignore_index=True)
    assert len(found) == (6 - 1) * 3  # one of the first six runs has a seed that fails
    pd.testing.assert_frame_equal(found, whole.head(len(found)), check_exact=True)


def test_few_files_while_it_runs(tmp_path, monkeypatch):
    most = [0]

    def count(state):
        most[0] = max(most[0], len(list((tmp_path / "sweep" / "parts").iterdir())))

    swept(tmp_path / "sweep", plan(40), progress=count)  # 80 chunks of two
    assert most[0] <= store.MANY + 1


def test_parts_that_are_merged_stay_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "LARGE", 8_000)
    names = set()

    def look(state):
        names.update(path.name for path in (tmp_path / "sweep" / "parts").iterdir())

    swept(tmp_path / "sweep", plan(40), progress=look)
    widths = [int(name[9:17]) - int(name[:8]) for name in names if not name.endswith(TEMPORARY)]
    assert 2 < max(widths) < 160


def test_groups_of_rows_are_bounded_in_bytes_and_do_not_depend_on_the_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "GROUP", 2_000)
    found = swept(tmp_path / "sweep", plan(40))
    file = store.pq.ParquetFile(tmp_path / "sweep" / "table.parquet")
    rows = [file.metadata.row_group(k).num_rows for k in range(file.num_row_groups)]
    assert len(rows) > 5
    assert set(rows[:-1]) == {2_000 // (8 * len(file.schema_arrow))}
    assert sum(rows) == len(found.table)


def test_a_complete_sweep_is_left_as_it_is(tmp_path):
    swept(tmp_path / "sweep")
    before = contents(tmp_path / "sweep"), (tmp_path / "sweep" / "manifest.json").read_text()
    again = swept(tmp_path / "sweep", resume=True)
    assert (contents(tmp_path / "sweep"), (tmp_path / "sweep" / "manifest.json").read_text()) == before
    assert len(again.manifest["sessions"]) == 1


# What is refused


def interrupted(folder, found=None):
    def stop(state):
        raise KeyboardInterrupt

    with pytest.raises(cs.SweepInterrupted):
        swept(folder, found, progress=stop)


@pytest.mark.parametrize(("changes", "words"), [
    ({"seed": 2}, ("plan.seed was 3, is now 2",)),
    ({"replications": 5}, ("plan.replications was 4, is now 5",)),
    ({"points": 6}, ("plan.vary.trust.gain was [0.0, 0.01",)),
    ({"indicators": ["density"]}, ("plan.record.indicators was",)),
    ({"scenario": TINY.with_values({"trust.loss": 0.3})}, ("parameters.trust.loss was 0.25, is now 0.3",)),
    ({"years": 1}, ("plan.years was", "is now 1")),
])
def test_another_plan_does_not_resume(tmp_path, changes, words):
    interrupted(tmp_path / "sweep")
    with pytest.raises(cs.ConfigError) as error:
        swept(tmp_path / "sweep", plan(**changes), resume=True)
    for word in words:
        assert word in str(error.value)


def test_another_version_does_not_resume(tmp_path):
    interrupted(tmp_path / "sweep")
    manifest = json.loads((tmp_path / "sweep" / "manifest.json").read_text())
    (tmp_path / "sweep" / "manifest.json").write_text(json.dumps(manifest | {"coopsim": "0.0.1"}))
    with pytest.raises(cs.ConfigError, match=r"begun with coopsim 0\.0\.1"):
        swept(tmp_path / "sweep", resume=True)


def test_a_sweep_is_not_overwritten(tmp_path):
    interrupted(tmp_path / "sweep")
    with pytest.raises(cs.ResultsError, match="a sweep that is not complete"):
        swept(tmp_path / "sweep")


def test_a_folder_of_other_things_is_refused(tmp_path):
    (tmp_path / "thesis.docx").write_text("chapter 1")
    with pytest.raises(cs.ResultsError, match="other things"):
        swept(tmp_path, resume=True)
    with pytest.raises(cs.ResultsError, match="is a file"):
        swept(tmp_path / "thesis.docx")
    cs.run(TINY, years=1, record=cs.Record(indicators=["density"], tables=())).save(tmp_path / "run")
    with pytest.raises(cs.ResultsError, match="not written by a sweep"):
        swept(tmp_path / "run", resume=True)


def test_two_drivers_on_one_folder_are_refused(tmp_path):
    interrupted(tmp_path / "sweep")
    with FolderLock(tmp_path / "sweep"):
        holder = json.loads((tmp_path / "sweep" / LOCK).read_text())
        assert holder["pid"] == os.getpid()
        with pytest.raises(cs.SweepError, match=f"another sweep is writing.*process {os.getpid()}"):
            swept(tmp_path / "sweep", resume=True)
    assert swept(tmp_path / "sweep", resume=True).complete


def test_the_lock_of_a_process_that_is_gone_does_not_count(tmp_path):
    interrupted(tmp_path / "sweep")
    stale = {"pid": 999_999, "host": platform.node(), "started": "2026-01-01"}
    (tmp_path / "sweep" / LOCK).write_text(json.dumps(stale))
    assert swept(tmp_path / "sweep", resume=True).complete


def test_the_lock_of_another_machine_counts(tmp_path):
    interrupted(tmp_path / "sweep")
    (tmp_path / "sweep" / LOCK).write_text(json.dumps({"pid": 3, "host": "elsewhere", "started": "2026-01-01"}))
    with pytest.raises(cs.SweepError, match="process 3 on elsewhere"):
        swept(tmp_path / "sweep", resume=True)


def fill_after(monkeypatch, parts):
    """Let the disk be full after some parts."""
    whole = store.pq.write_table

    def write(table, path, **kwargs):
        if isinstance(path, store.Path) and len(list(path.parent.iterdir())) > parts:
            path.write_bytes(b"PAR1 half")
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(table, path, **kwargs)

    monkeypatch.setattr(store.pq, "write_table", write)


def test_a_full_disk_ends_it_with_a_clear_message_and_leaves_the_rest_intact(tmp_path, unbroken):
    folder = tmp_path / "sweep"
    with pytest.MonkeyPatch.context() as patched:
        fill_after(patched, 2)
        with pytest.raises(cs.SweepError) as error:
            swept(folder)
    assert "No space left on device" in str(error.value)
    assert "6 of 20 runs are finished and kept; resume" in str(error.value)
    assert not list(folder.rglob(f"*{TEMPORARY}"))
    assert cs.SweepResults.load(folder).table["scenario_id"].max() == 1
    swept(folder, resume=True)
    assert contents(folder) == unbroken(plan())


class FullDisk:
    """Stands for the file of a lock on a disk without room."""

    def __init__(self, file):
        self._file = file

    def __getattr__(self, name):
        return getattr(self._file, name)

    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_without_room_for_the_lock_is_said_in_the_same_words(tmp_path, monkeypatch):
    interrupted(tmp_path / "sweep")
    before = contents_of_parts(tmp_path / "sweep")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("builtins.open", lambda path, *a, **k: (
            FullDisk(open_(path, *a, **k)) if str(path).endswith(LOCK) else open_(path, *a, **k)))
        with pytest.raises(cs.SweepError, match=r"cannot be written to .*No space left on device"):
            swept(tmp_path / "sweep", resume=True)
    assert contents_of_parts(tmp_path / "sweep") == before
    assert swept(tmp_path / "sweep", resume=True).complete


def contents_of_parts(folder):
    return {path.name: path.read_bytes() for path in (folder / "parts").iterdir()}


@pytest.mark.parametrize("moment", ["begin", "resume"])
def test_a_disk_without_room_for_the_manifest_is_said_in_the_same_words(tmp_path, monkeypatch, moment):
    folder = tmp_path / "sweep"
    if moment == "resume":
        interrupted(folder)
    whole = store.Path.write_text

    def write(path, *args, **kwargs):
        if path.name.startswith("manifest"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store.Path, "write_text", write)
        with pytest.raises(cs.SweepError, match=r"cannot be written to .*No space left on device"):
            swept(folder, resume=True)
    assert swept(folder, resume=True).complete


def test_ctrl_c_is_ctrl_c_on_a_full_disk_too(tmp_path, monkeypatch):
    whole = store.Store.write_manifest

    def stop(state):
        monkeypatch.setattr(store.Store, "write_manifest", full)
        raise KeyboardInterrupt

    def full(self, manifest):
        raise cs.SweepError("No space left on device")

    with pytest.raises(cs.SweepInterrupted) as stopped:
        swept(tmp_path / "sweep", progress=stop)
    assert stopped.value.results.finished == 2
    monkeypatch.setattr(store.Store, "write_manifest", whole)
    assert swept(tmp_path / "sweep", resume=True).complete


@pytest.mark.skipif(os.name == "nt", reason="the locks of POSIX")
def test_a_drive_without_locks_is_not_taken_for_a_second_sweep(tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(cs.SweepError, match=r"cannot be locked.*Operation not supported; choose one on a local disk"):
        swept(tmp_path / "sweep")


def test_a_folder_that_cannot_be_made_is_said_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(cs.SweepError, match="cannot be written to"):
        swept(tmp_path / "file" / "sweep")


def test_a_damaged_manifest_is_said(tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(cs.ResultsError, match="cannot be read"):
        cs.SweepResults.load(tmp_path)
    with pytest.raises(cs.ResultsError, match="no folder of a sweep"):
        cs.SweepResults.load(tmp_path / "nothing")


def test_missing_runs_are_read_off_the_names_of_the_parts(tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    for name in ("00000002-00000004", "00000003-00000004", "00000006-00000009", "00000000-00000001"):
        (folder / f"{name}.parquet").touch()
    (folder / f"00000004-00000006.parquet{TEMPORARY}").touch()
    found = Store(tmp_path)
    assert found.parts() == [(0, 1), (2, 4), (6, 9)]
    assert found.missing(12) == [(1, 2), (4, 6), (9, 12)]


# Real processes


REAL = """
scenario = "classroom"
years = 4
replications = 6
design = "latin_hypercube"
samples = {samples}
[vary]
"trust.gain" = "plausible"
"bilateral.beta_trust" = {{low = 0.5, high = 3.0}}
[record]
indicators = ["density", "trust"]
"""


def start(plan_file, folder, workers):
    command = [sys.executable, "-m", "coopsim", "sweep", str(plan_file), "--out", str(folder), "--resume", "--quiet",
               "--workers", str(workers)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def finished(folder):
    found = Store(folder)
    return sum(last - first for first, last in found.parts())


def kill_and_resume(tmp_path, *, kills, samples, workers):
    """Kill a sweep at random moments while it does its runs, resume it each time, and compare."""
    plan_file = tmp_path / "plan.toml"
    plan_file.write_text(REAL.format(samples=samples), encoding="utf-8")
    whole = tmp_path / "whole"
    first = start(plan_file, whole, workers)
    _, message = first.communicate()
    assert first.returncode == 0, message
    runs, luck = samples * 6, random.Random(kills)
    for kill in range(kills):
        folder = tmp_path / f"killed-{kill}"
        driving = start(plan_file, folder, workers)
        goal = luck.randrange(runs)
        while finished(folder) <= goal and driving.poll() is None:
            time.sleep(0.002)
        time.sleep(luck.random() * 0.05)
        driving.send_signal(signal.SIGKILL)
        driving.communicate()
        again = start(plan_file, folder, workers)
        _, message = again.communicate()
        assert again.returncode == 0, message
        assert contents(folder) == contents(whole), f"killed after {goal} runs"
        shutil.rmtree(folder)


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX")
def test_killed_for_real_and_resumed(tmp_path):
    kill_and_resume(tmp_path, kills=1, samples=20, workers=1)


@pytest.mark.science
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX")
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_twenty_random_moments(tmp_path, workers):
    kill_and_resume(tmp_path, kills=20, samples=60, workers=workers)


@pytest.mark.science
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads the children of a process from /proc")
def test_workers_end_when_their_driver_is_killed(tmp_path):
    plan_file = tmp_path / "plan.toml"
    plan_file.write_text(REAL.format(samples=2_000), encoding="utf-8")
    driving = start(plan_file, tmp_path / "sweep", 2)
    while not finished(tmp_path / "sweep"):
        assert driving.poll() is None
        time.sleep(0.05)
    killed_with_its_children(driving)


@pytest.mark.science
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads the children of a process from /proc")
def test_workers_end_when_their_calibration_is_killed(tmp_path):
    pytest.importorskip("pyabc", reason="the extra 'experiments' is not installed")
    command = [sys.executable, "-m", "coopsim", "calibrate", "classroom_trust", "--trials", "500", "--workers", "2",
               "--out", str(tmp_path / "fitted")]
    driving = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while len(Memory(tmp_path / "fitted" / "simulations.sqlite") if (tmp_path / "fitted").is_dir() else ()) < 5:
        assert driving.poll() is None
        time.sleep(0.2)
    killed_with_its_children(driving)


def killed_with_its_children(driving):
    children = [int(pid) for pid in Path(f"/proc/{driving.pid}/task/{driving.pid}/children").read_text().split()]
    assert len(children) >= 2
    driving.send_signal(signal.SIGKILL)
    driving.communicate()
    deadline = time.monotonic() + 20
    while any(os.path.exists(f"/proc/{pid}") for pid in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in children if os.path.exists(f"/proc/{pid}")]

"""A real scheduler of Dask and its worker processes on this machine, one of which is killed in the middle."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pandas as pd
import pytest

import coopsim as cs
from sweeps import PLAN

pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytestmark = pytest.mark.science

PLAN_FILE = """
scenario = "classroom"
years = {years}
replications = {replications}
[vary]
"trust.gain" = [0.02, 0.04]
[record]
indicators = ["density", "trust"]
"""


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler and two workers, each under a nanny, as on a cluster; yields its address and the nannies."""
    at = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = os.environ | {"PYTHONPATH": paths}
    begun = [subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
         "--no-dashboard", "--scheduler-file", str(at)], env=environment, **quiet,
    )]
    begun += [subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(at), "--nworkers", "1",
         "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path / f"worker-{k}")],
        env=environment, **quiet,
    ) for k in range(2)]
    try:
        deadline = time.monotonic() + 60
        while not at.is_file():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        from distributed import Client

        with Client(scheduler_file=str(at)) as client:
            client.wait_for_workers(2, timeout=90)
            yield client
    finally:
        for process in reversed(begun):
            process.terminate()
        for process in begun:
            process.wait(timeout=30)


def plan_in(folder, years, replications):
    path = folder / "plan.toml"
    path.write_text(PLAN_FILE.format(years=years, replications=replications), encoding="utf-8")
    return path


def worker_pid():
    return os.getpid()


def test_a_worker_killed_in_the_middle_costs_nothing(scheduler, tmp_path):
    plan = cs.Plan.from_file(plan_in(tmp_path, years=10, replications=60))
    victims = scheduler.run(worker_pid)
    killed = []

    def kill_one(state):
        if state.done >= 20 and not killed:
            killed.append(next(iter(victims.values())))
            os.kill(killed[0], signal.SIGKILL)

    runs = cs.sweep(plan, executor=scheduler.get_executor(), out=tmp_path / "sweep", progress=kill_one)
    assert killed
    assert set(scheduler.run(worker_pid).values()) != set(victims.values())
    assert runs.failures.empty
    expected = cs.sweep(plan, workers=1, progress=False)
    pd.testing.assert_frame_equal(runs.table, expected.table, check_exact=True)
    assert runs.manifest["sessions"][0]["workers"] == "ClientExecutor"


def test_a_run_that_kills_every_worker_is_a_failure(scheduler, tmp_path):
    import sweeps
    from coopsim.experiment import crews

    plan = cs.Plan(**PLAN, vary={"trust.gain": [0.02, 0.04]}, replications=4)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(crews, "run_chunk", sweeps.deadly_chunk)
        runs = cs.sweep(plan, executor=scheduler.get_executor(), progress=False)
    assert runs.failures[["scenario_id", "replication_id"]].values.tolist() == [[1, 2]]
    assert len(runs.table) == 7


def test_the_command_line_connects_to_a_scheduler(scheduler, tmp_path):
    plan = plan_in(tmp_path, years=2, replications=10)
    for address, out in ((scheduler.scheduler.address, "far"), ("local", "local")):
        command = [sys.executable, "-m", "coopsim", "sweep", str(plan), "--out", str(tmp_path / out), "--quiet",
                   "--scheduler", address, "--workers", "1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    far, near = (cs.SweepResults.load(tmp_path / out) for out in ("far", "local"))
    pd.testing.assert_frame_equal(far.table, near.table, check_exact=True)


def test_a_script_in_a_notebook_passes_its_executor(scheduler, tmp_path):
    """The whole way in a process of its own, whose functions the workers cannot import."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(f"""
        import coopsim as cs
        from distributed import Client
        with Client({scheduler.scheduler.address!r}) as client:
            plan = cs.Plan(scenario="classroom", vary={{"trust.gain": [0.02, 0.04]}}, years=2, replications=3)
            print(len(cs.sweep(plan, executor=client.get_executor()).table))
    """), encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.stdout == "6\n", done.stderr

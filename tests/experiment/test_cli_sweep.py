"""`coopsim sweep` and `coopsim verify`: exit codes, what goes where, and how to go on."""

import json
import sys

import pandas as pd
import pytest
from click.testing import CliRunner

import coopsim as cs
from coopsim.app.cli import main
from coopsim.experiment import driver, sweep_results, work
from sweeps import fake_simulate

PLAN = """
scenario = "classroom"
years = 2
replications = 10
[vary]
"trust.gain" = [0.02, 0.04]
[record]
indicators = ["density", "trust"]
"""


@pytest.fixture
def plan_file(tmp_path, monkeypatch):
    monkeypatch.setattr(work, "simulate", fake_simulate)
    path = tmp_path / "gains.toml"
    path.write_text(PLAN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def coopsim(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_sweep_says_where_its_table_is(plan_file, tmp_path):
    done = coopsim("sweep", plan_file, "--workers", 1)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == [
        "20 runs: 2 points x 10 replications", "Table: results/sweep-gains/table.parquet",
    ]
    assert len(pd.read_parquet(tmp_path / "results/sweep-gains/table.parquet")) == 20
    command = cs.SweepResults.load(tmp_path / "results/sweep-gains").manifest["sessions"][0]["command"]
    assert command == f"coopsim sweep {plan_file} --workers 1"


def test_one_json_object(plan_file):
    done = coopsim("sweep", plan_file, "--workers", 1, "--out", "here", "--json")
    found = json.loads(done.stdout)
    assert (found["runs"], found["failed"], found["status"], found["folder"]) == (20, 0, "complete", "here")


def test_json_lines_for_batch_systems(plan_file, monkeypatch):
    monkeypatch.setattr("coopsim.app.commands.sweep.LINE_SECONDS", 0)
    monkeypatch.setattr(driver.Driver, "_size", lambda self: 5)
    done = coopsim("sweep", plan_file, "--workers", 1, "--json-lines")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["event"], line.get("done")) for line in lines[:-1]] == [("progress", k) for k in (5, 10, 15, 20)]
    assert lines[-1]["event"] == "end"
    assert {"total", "failed", "runs_per_second", "seconds_left"} <= lines[0].keys()


def test_quiet_is_quiet(plan_file):
    done = coopsim("sweep", plan_file, "--workers", 1, "--quiet")
    assert (done.stdout, done.stderr, done.exit_code) == ("", "", 0)


def test_a_dry_run_says_how_many_how_long_how_much_and_writes_nothing(plan_file, tmp_path):
    done = coopsim("sweep", plan_file, "--dry-run", "--workers", 1)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Runs:  2 points x 10 replications = 20"
    assert lines[1].startswith("Time:  about ")
    assert lines[2].startswith("Disk:  about ")
    assert not (tmp_path / "results").exists()
    found = json.loads(coopsim("sweep", plan_file, "--dry-run", "--json", "--workers", 1).stdout)
    assert found["runs"] == 20
    # ids and seed, the varied value, year and two indicators: seven numbers of eight bytes a row
    assert 20 * 7 * 8 <= found["bytes"] <= 2 * 20 * 7 * 8


def test_too_few_seeds_are_said_before(plan_file):
    plan_file.write_text(PLAN.replace("10", "3"), encoding="utf-8")
    assert "Note: 3 replications per point" in coopsim("sweep", plan_file, "--dry-run").stderr


def test_ctrl_c_says_how_to_go_on(plan_file, monkeypatch):
    with pytest.MonkeyPatch.context() as patched:
        add = cs.experiment.store.Store.add

        def stop(self, part):
            add(self, part)
            raise KeyboardInterrupt

        patched.setattr("coopsim.experiment.store.Store.add", stop)
        done = coopsim("sweep", plan_file, "--workers", 1, "--out", "here")
    assert done.exit_code == 130
    assert "Interrupted: 1 of 20 runs are finished and kept in here" in done.stderr
    assert f"To go on: coopsim sweep {plan_file} --workers 1 --out here --resume" in done.stderr
    again = coopsim("sweep", plan_file, "--workers", 1, "--out", "here", "--resume")
    assert again.exit_code == 0, again.stderr
    assert len(cs.SweepResults.load("here").table) == 20


def test_failures_are_said_and_cost_the_exit_code_only_if_nothing_worked(plan_file, monkeypatch):
    def breaks(chunk, run):
        if run.replication_id >= first:
            raise ValueError("no luck")
        return fake_simulate(chunk, run)

    monkeypatch.setattr(work, "simulate", breaks)
    for first, code, count in ((8, 0, "4 of 20"), (0, 1, "20 of 20")):
        done = coopsim("sweep", plan_file, "--workers", 1, "--out", f"from-{first}")
        assert done.exit_code == code
        assert f"{count} runs failed, the first with ValueError: no luck" in done.stderr
        assert "failures.parquet" in done.stderr


def test_exit_codes_of_what_goes_wrong(plan_file, monkeypatch, tmp_path):
    assert coopsim("sweep", "none.toml").exit_code == 2
    plan_file.write_text(PLAN.replace("trust.gain", "trust.gian"), encoding="utf-8")
    wrong = coopsim("sweep", plan_file)
    assert wrong.exit_code == 2
    assert "gains.toml: vary: unknown parameter 'trust.gian'; did you mean 'trust.gain'?" in wrong.stderr
    plan_file.write_text(PLAN, encoding="utf-8")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coopsim.experiment.store.pq.write_table", full)
    done = coopsim("sweep", plan_file, "--workers", 1, "--out", "here")
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
    assert "No space left on device" in done.stderr


def test_no_scheduler_answers(plan_file):
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    done = coopsim("sweep", plan_file, "--scheduler", "nonsense://127.0.0.1:1")
    assert done.exit_code == 1
    assert "no scheduler answers" in done.stderr


def test_what_is_not_installed_is_said(plan_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = coopsim("sweep", plan_file, "--scheduler", "local")
    assert done.exit_code == 1
    assert "pip install 'coopsim[cluster]'" in done.stderr
    for name in ("SALib", "SALib.sample", "SALib.sample.sobol"):
        monkeypatch.setitem(sys.modules, name, None)
    plan_file.write_text('design = "saltelli"\n' + PLAN.replace("[0.02, 0.04]", '"bounds"'), encoding="utf-8")
    done = coopsim("sweep", plan_file, "--workers", 1)
    assert done.exit_code == 1
    assert "pip install 'coopsim[experiments]'" in done.stderr


def test_verify_says_same_or_different(plan_file):
    coopsim("sweep", plan_file, "--workers", 1, "--out", "here", "--quiet")
    done = coopsim("verify", "here", "--workers", 1)
    assert (done.exit_code, done.stdout) == (0, "Same: 20 runs repeated, every table is the same, bit for bit.\n")
    table = pd.read_parquet("here/table.parquet")
    table.assign(density=table["density"] + 1e-9).to_parquet("here/table.parquet", index=False)
    done = coopsim("verify", "here", "--workers", 1)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == ["Different: 20 runs repeated; not the same are", "  table: density"]
    found = coopsim("verify", "here", "--workers", 1, "--sample", 2, "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["differences"] == ["table: density"]
    assert coopsim("verify", "nowhere").exit_code == 2


def test_the_memory_of_a_sweep_is_not_touched_by_one_on_disk(plan_file, monkeypatch):
    monkeypatch.setattr(sweep_results.Memory, "add", None)  # would fail if parts were kept
    assert coopsim("sweep", plan_file, "--workers", 1, "--quiet").exit_code == 0


@pytest.fixture
def lucky(monkeypatch):
    """Let runs differ by their seeds."""

    def simulate(chunk, run):
        years, values = fake_simulate(chunk, run)
        return years, values + run.seed % 7

    monkeypatch.setattr(work, "simulate", simulate)


def test_narrow_says_how_many_more_runs_a_point_needs(plan_file, lucky):
    wide = coopsim("sweep", plan_file, "--workers", 1, "--out", "wide", "--narrow", "density=1e9")
    assert "All 2 points: density is known to ± 1e+09." in wide.stderr
    done = coopsim("sweep", plan_file, "--workers", 1, "--out", "narrow", "--narrow", "trust=1e-9", "--json")
    found = json.loads(done.stdout)["advice"]
    assert len(found) == 2
    for row in found:
        # Stein: n grows with the square of the spread over the wanted width, here out of all reach
        assert row["n"] == 10
        assert row["more"] > 1000
        assert "more runs give" in row["advice"]


def test_narrow_looks_while_the_sweep_goes_on(plan_file, lucky, monkeypatch):
    monkeypatch.setattr("coopsim.app.commands.sweep.ADVICE_SECONDS", 0)
    monkeypatch.setattr("coopsim.app.commands.sweep.ADVICE_SHARE", 1e9)
    monkeypatch.setattr(driver.Driver, "_size", lambda self: 5)
    done = coopsim("sweep", plan_file, "--workers", 1, "--narrow", "trust=1e-9")
    looks = [line for line in done.stderr.splitlines() if "do not know trust to" in line]
    assert len(looks) >= 3
    runs = [int(line.partition("% interval, ")[2].split()[0]) for line in looks if "% interval, " in line]
    assert (runs[0], runs[-1]) == (5, 10)  # of the point with the widest interval


@pytest.mark.parametrize(("asked", "says"), [
    ("densty=0.1", "the plan records no 'densty'"),
    ("density", "write INDICATOR=WIDTH with a width above 0"),
    ("density=-1", "write INDICATOR=WIDTH with a width above 0"),
    ("density=nan", "write INDICATOR=WIDTH with a width above 0"),
])
def test_narrow_refuses_what_it_cannot_look_for_before_any_run(plan_file, tmp_path, asked, says):
    done = coopsim("sweep", plan_file, "--workers", 1, "--out", "none", "--narrow", asked)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not (tmp_path / "none").exists()

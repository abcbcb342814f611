"""`coopsim sensitivity` and `coopsim calibrate`: from a plan file to tables, words and figures; stopped and resumed."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from click.testing import CliRunner

from coopsim.app.cli import main

pytest.importorskip("SALib", reason="the extra 'experiments' is not installed")
pytest.importorskip("optuna", reason="the extra 'experiments' is not installed")

SWEEP = """
scenario = "classroom"
replications = 2
years = 3
set = {"world.synthetic" = {states = 10}}
[vary]
"trust.gain" = {low = 0.01, high = 0.2}
"bilateral.base_rate" = {low = 0.01, high = 0.2}
[record]
indicators = ["density", "trust_tied"]
"""
FIT = """
scenario = "classroom"
replications = 2
years = 3
set = {"world.synthetic" = {states = 10}}
vary = {"trust.gain" = {low = 0.0, high = 0.2}}
[targets]
file = "observed.csv"
scale = 0.01
hold_out = [2027]
[calibration]
trials = 15
check_runs = 3
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    (tmp_path / "fit.toml").write_text(FIT, encoding="utf-8")
    (tmp_path / "observed.csv").write_text("year,trust_tied\n2026,0.47\n2027,0.48\n2028,0.5\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*args):
    return CliRunner().invoke(main, args)


def sensitivity(*args):
    return invoke("sensitivity", "sweep.toml", "--workers", "1", *args)


@pytest.mark.parametrize(("method", "samples", "columns"), [
    ("morris", "6", ["parameter", "mu", "mu_star", "mu_star_conf", "sigma"]),
    ("sobol", "8", ["parameter", "S1", "S1_conf", "ST", "ST_conf"]),
])
def test_indices_figures_and_words(method, samples, columns, folder):
    done = sensitivity("--method", method, "--samples", samples, "--out", "found", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert set(report["indicators"]) == {"density", "trust_tied"}
    table = pd.read_csv(folder / "found" / "indices.csv")
    assert list(table.columns[:5]) == columns
    top = table[table["indicator"] == "density"].iloc[0]
    assert top["parameter"] == "bilateral.base_rate"  # in three years trust has no time to bring signatures
    assert (folder / "found" / "density.svg").is_file()
    assert "coopsim" in (folder / "found" / "words.txt").read_text(encoding="utf-8")
    again = sensitivity("--method", method, "--samples", samples, "--out", "found", "--json")
    assert json.loads(again.stdout) == report


def test_a_design_of_the_plan_s_own_keeps_its_samples(folder):
    (folder / "sweep.toml").write_text('design = "morris"\nsamples = 5\n' + SWEEP, encoding="utf-8")
    done = sensitivity("--method", "morris", "--out", "found", "--json", "--indicator", "density")
    assert json.loads(done.stdout)["runs"] == 5 * 3 * 2


@pytest.mark.parametrize(("args", "message"), [
    (("--method", "sobol", "--samples", "6"), "power of two"),
    (("--method", "morris", "--indicator", "densty"), "did you mean 'density'"),
])
def test_what_sensitivity_refuses(args, message, folder):
    done = sensitivity(*args)
    assert done.exit_code == 2
    assert message in done.stderr


def test_another_plan_does_not_go_on_in_the_same_folder(folder):
    assert sensitivity("--method", "morris", "--samples", "4", "--out", "found").exit_code == 0
    done = sensitivity("--method", "morris", "--samples", "5", "--out", "found")
    assert done.exit_code == 2
    assert "plan.samples was 4, is now 5" in done.stderr


def test_a_fit_says_estimates_and_what_it_is_worth(folder):
    done = invoke("calibrate", "fit.toml", "--workers", "1", "--out", "fitted")
    assert done.exit_code == 0, done.output
    assert "trust.gain: " in done.stdout
    assert "held out" in done.stdout
    for name in ("estimates.csv", "fit.parquet", "search.csv", "fit.svg", "search.png", "calibration.json"):
        assert (folder / "fitted" / name).is_file()
    report = json.loads(invoke("calibrate", "fit.toml", "--workers", "1", "--out", "fitted", "--json").stdout)
    assert 0 <= report["estimates"]["trust.gain"] <= 0.2


def test_a_fit_of_another_plan_is_refused(folder):
    assert invoke("calibrate", "fit.toml", "--workers", "1", "--out", "fitted").exit_code == 0
    done = invoke("calibrate", "fit.toml", "--workers", "1", "--trials", "16", "--out", "fitted")
    assert done.exit_code == 2
    assert "another plan" in done.stderr
    assert invoke("calibrate", "nothing").exit_code == 2


def calibrating(folder, out):
    command = [sys.executable, "-m", "coopsim", "calibrate", "fit.toml", "--workers", "1", "--out", out]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def stop_half_way(folder, process, sign):
    """Send a signal when half of the simulations are on disk."""
    from coopsim.calibration.memory import Memory

    file = folder / "fitted" / "simulations.sqlite"
    while process.poll() is None:
        if file.is_file() and len(Memory(file)) >= 12:
            process.send_signal(sign)
            break
        time.sleep(0.02)
    return process.communicate(timeout=60)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_fit_that_is_killed_goes_on(folder):
    (folder / "fit.toml").write_text(FIT.replace("trials = 15", "trials = 30"), encoding="utf-8")
    process = calibrating(folder, "fitted")
    _, said = stop_half_way(folder, process, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, said
    assert not (folder / "fitted" / "estimates.csv").exists()
    assert invoke("calibrate", "fit.toml", "--workers", "1", "--out", "fitted").exit_code == 0
    assert invoke("calibrate", "fit.toml", "--workers", "1", "--out", "whole").exit_code == 0
    for name in ("search.parquet", "estimates.parquet", "fit.parquet"):
        found, whole = (pd.read_parquet(folder / place / name) for place in ("fitted", "whole"))
        pd.testing.assert_frame_equal(found, whole)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGINT for one process")
def test_control_c_keeps_what_is_finished_and_says_how_to_go_on(folder):
    (folder / "fit.toml").write_text(FIT.replace("trials = 15", "trials = 500"), encoding="utf-8")
    process = calibrating(folder, "fitted")
    _, said = stop_half_way(folder, process, signal.SIGINT)
    assert process.returncode == 130, said
    assert "To go on: coopsim calibrate fit.toml" in said

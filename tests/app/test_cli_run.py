"""`coopsim run`: what it writes, what it prints, what it refuses, and how it is interrupted."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import coopsim as cs
from coopsim.app.cli import main
from coopsim.model import CoopModel

SMALL = ("baseline", "--set", "world.synthetic={states = 12}", "--years", "4")


def run(*args, code=0):
    done = CliRunner().invoke(main, ["run", *(str(arg) for arg in args)])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_saves_what_the_library_gives(folder):
    run(*SMALL, "--seed", 3, "--out", "here")
    config = cs.load_config("baseline").with_values({"world.synthetic": {"states": 12}, "horizon.years": 4})
    saved, expected = cs.Results.load("here"), cs.run(config, seed=3)
    assert saved.same_as(expected) == []
    assert saved.manifest["command"] == (
        "coopsim run baseline --set 'world.synthetic={states = 12}' --years 4 --seed 3 --out here"
    )
    assert (folder / "here" / "main_series.png").stat().st_size > 10_000


def test_the_summary_says_where_the_results_are():
    done = run(*SMALL, "--out", "here")
    for words in ("The world of today", "Main indicators", "Busiest pairs", "Most active states"):
        assert words in done.stdout
    assert "Results: here/   Figure: here/main_series.png" in done.stdout
    assert re.search("[▁▂▃▄▅▆▇█]{4}", done.stdout)
    assert done.stderr == ""


def test_json_is_one_object_and_nothing_else():
    done = run(*SMALL, "--json", "--out", "here", "--profile")
    found = json.loads(done.stdout)
    assert done.stderr == ""
    assert found["folder"] == "here"
    assert found["seed"] == 1
    assert found["last_year"] == found["start_year"] + 4
    indicators = cs.Results.load("here").indicators
    assert found["indicators"]["density"]["end"] == indicators["density"].iloc[-1]
    assert set(found["indicators"]) == set(indicators.columns) - {"year"}
    assert found["schedule"][0]["seconds"] >= 0


def test_quiet_prints_nothing():
    done = run(*SMALL, "--quiet", "--out", "here")
    assert (done.stdout, done.stderr) == ("", "")


def test_profile_shows_the_schedule_of_the_year():
    done = run(*SMALL, "--quiet", "--profile", "--out", "here")
    schedule = cs.Results.load("here").schedule
    order = list(dict.fromkeys(schedule["process"]))
    assert all(name in done.stdout for name in order)
    assert done.stdout.index(order[0]) < done.stdout.index(order[-1])
    signed = sum(json.loads(row).get("signed", 0) for row in schedule["counters"])
    assert f"signed {signed:,.6g}" in done.stdout


def test_csv_holds_the_same_tables():
    run(*SMALL, "--quiet", "--out", "a")
    run(*SMALL, "--quiet", "--out", "b", "--format", "csv")
    assert Path("b/agreements.csv").is_file()
    assert cs.Results.load("a").same_as(cs.Results.load("b")) == []


@pytest.mark.parametrize(
    ("ties", "years"),
    [("last", [2025, 2029]), ("2026,2028", [2025, 2026, 2028, 2029]), ("all", [*range(2025, 2030)]), ("none", [])],
)
def test_ties_chooses_the_years_of_the_table_of_pairs(ties, years):
    run(*SMALL, "--quiet", "--out", "here", "--ties", ties)
    assert sorted(set(cs.Results.load("here").ties["year"])) == years


def test_the_default_folder_is_named_after_scenario_and_seed():
    run("baseline", "--years", 1, "--quiet", "--seed", 7)
    assert [path.name for path in Path("results").iterdir()] == ["baseline-seed7"]
    run("baseline", "--years", 1, "--quiet", "--seed", 7)  # the same again: its own folder
    assert [path.name for path in Path("results").iterdir()] == ["baseline-seed7"]
    changed = run("baseline", "--years", 2, "--quiet", "--seed", 7)
    assert "results/baseline-seed7 holds a run with other settings and stays as it is" in changed.stderr
    assert len(list(Path("results").iterdir())) == 2


def test_settings_of_the_command_line_get_a_folder_of_their_own():
    run(*SMALL, "--quiet")
    (folder,) = Path("results").iterdir()
    assert re.fullmatch(r"baseline-[0-9a-f]{6}-seed1", folder.name)


def test_a_name_that_is_no_file_name_is_made_one(folder):
    (folder / "odd.toml").write_text('name = "../../Up & away"\nworld.synthetic = {states = 5}\nhorizon.years = 1\n',
                                     encoding="utf-8")
    run("odd.toml", "--quiet")
    assert [path.name for path in Path("results").iterdir()] == ["Up-away-seed1"]


def test_a_foreign_folder_is_refused_before_the_run(folder, monkeypatch):
    monkeypatch.setattr(CoopModel, "step", None)
    (folder / "thesis").mkdir()
    (folder / "thesis" / "chapter.txt").write_text("words")
    assert "'thesis' holds other things than coopsim results" in run(*SMALL, "--out", "thesis", code=2).stderr
    (folder / "file").write_text("words")
    assert "'file' is a file" in run(*SMALL, "--out", "file", code=2).stderr


def test_results_of_another_run_are_not_overwritten():
    run(*SMALL, "--quiet", "--out", "here")
    done = run(*SMALL, "--quiet", "--out", "here", "--seed", 2, code=2)
    assert "'here' holds a run with other settings or another seed" in done.stderr
    assert cs.Results.load("here").manifest["seed"] == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--set", "trust.gain=2"), "--set: trust.gain = 2 is not allowed: must be a number in [0, 1], unit 1/yr"),
        (("--set", "trust.gian=0.1"), "--set: unknown parameter 'trust.gian'; did you mean 'trust.gain'?"),
        (("--set", "trust=0.1"), "--set: 'trust' is a group of parameters; name one of them: trust.gain"),
        (("--set", "trust.gain"), "--set trust.gain: must be KEY=VALUE, such as --set trust.gain=0.06"),
        (("--set", "trust.gain="), "--set trust.gain=: must be KEY=VALUE"),
        (("--set", "trust.gain=.1"), "'.1' is no value; write a number such as 0.5"),
        (("--set", "trust.gain=0.1\nx=2"), "is no value; write a number"),
        (("--set", "bilateral.form=initiative"), 'bilateral.form = "initiative" is not allowed: must be one of'),
        (("--set", "mechanisms.trust=yes"), 'mechanisms.trust = "yes" is not allowed: must be true or false'),
        (("--set", "horizon.years=0"), "horizon.years = 0 is not allowed: must be a whole number in [1, 1000]"),
        (("--years", "0"), "--years = 0 is not allowed: must be a whole number in [1, 1000]"),
        (("--ties", "2000"), "--ties 2000: 2000 is not allowed: must be in [2025, 2029]"),
        (("--ties", "often"), "--ties often: must be last, all, none or years such as 2030,2050"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_wrong_options_are_refused_precisely(args, message):
    done = run(*SMALL, *args, code=2)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_bare_words_count_as_text_because_shells_eat_quotes():
    run(*SMALL, "--quiet", "--set", "bilateral.form=product", "--out", "here")
    assert cs.Results.load("here").manifest["config"]["parameters"]["bilateral"]["form"] == "product"


def test_interventions_after_a_shortened_horizon_are_left_out_and_that_is_said(folder):
    (folder / "late.toml").write_text(
        'world.synthetic = {states = 5}\n[[interventions]]\nyear = 2026\nkind = "budget"\nfactor = 2\n'
        '[[interventions]]\nyear = 2070\nkind = "budget"\nfactor = 2\n', encoding="utf-8",
    )
    done = run("late.toml", "--years", 2, "--quiet", "--out", "here")
    assert done.stderr == "Note: 1 of 2 interventions come after 2027 and are left out.\n"
    assert len(cs.Results.load("here").manifest["config"]["interventions"]) == 1


def test_a_name_that_a_set_world_does_not_have_is_refused(folder):
    (folder / "local.toml").write_text(
        '[[interventions]]\nyear = 2026\nkind = "budget"\nwho = "BRA"\nfactor = 2\n', encoding="utf-8"
    )
    done = run("local.toml", "--set", 'world.states=["FRA", "DEU"]', code=2)
    assert 'local.toml: intervention 1 (budget): who: "BRA" is no state, region or organisation' in done.stderr


def interrupt_in(year, monkeypatch):
    step = CoopModel.step

    def interrupted(model):
        step(model)
        if model.year == year:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(CoopModel, "step", interrupted)


@pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")
def test_control_c_keeps_the_years_that_are_finished():
    before = signal.getsignal(signal.SIGINT)
    with pytest.MonkeyPatch.context() as patch:
        interrupt_in(2027, patch)
        done = run(*SMALL, "--out", "here", code=130)
    assert "Interrupted: 2 of 4 years are finished and saved in here." in done.stderr
    assert "run the same command again" in done.stderr
    assert signal.getsignal(signal.SIGINT) is before
    part = cs.Results.load("here")
    assert part.manifest["last_year"] == 2027
    run(*SMALL, "--quiet", "--out", "here")  # continues: the folder is its own
    whole = cs.Results.load("here")
    pd.testing.assert_frame_equal(part.indicators, whole.indicators[:3])


@pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")
def test_control_c_while_a_run_is_saved_waits_until_it_is(folder):
    save = cs.Results.save

    def interrupted(results, where, **how):
        os.kill(os.getpid(), signal.SIGINT)
        return save(results, where, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cs.Results, "save", interrupted)
        done = run(*SMALL, "--out", "here", code=130)
    assert done.stderr == "Interrupted: 4 of 4 years are finished and saved in here.\n"
    assert cs.Results.load("here").manifest["last_year"] == 2029


@pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")
def test_control_c_from_outside(folder):
    command = [sys.executable, "-m", "coopsim", "run", "--years", "1000", "--set", "world.synthetic={states = 120}",
               "--out", "here", "--quiet"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        running.wait(timeout=6)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert "Traceback" not in said
    if "finished and saved" in said:
        assert cs.Results.load("here").manifest["last_year"] > 2025


def test_the_first_run_says_that_it_compiles_and_later_ones_do_not(tmp_path, monkeypatch):
    compiled = []
    monkeypatch.setattr("coopsim.experiment.compiling.are_compiled", lambda: bool(compiled))
    monkeypatch.setattr("coopsim.experiment.compiling.compile_all", lambda *_: compiled.append(True))
    run = ("run", "baseline", "--years", "1", "--set", "world.synthetic={states=5}", "--out", str(tmp_path / "out"))
    assert "Compiling" in CliRunner().invoke(main, run).stderr
    assert "Compiling" not in CliRunner().invoke(main, run).stderr
    compiled.clear()
    assert "Compiling" not in CliRunner().invoke(main, (*run, "--json")).stderr
    assert compiled == [True]

"""A visitor may upload a scenario and ask for a run, but cannot exhaust the machine or reach its files."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopsim.app.cli import main
from coopsim.config import load_config
from coopsim.dashboard.guard import (
    LIMITS,
    Limits,
    StoppedError,
    Watch,
    check_replications,
    check_size,
    display_name,
    read_upload,
    slug,
)
from coopsim.errors import ConfigError
from coopsim.experiment.run import run
from coopsim.model import CoopModel

BAD = sorted(Path(__file__).parents[1].joinpath("bad_scenarios").glob("*.toml"))
GOOD = b'title = "Mine"\npreset = "core"\n[world]\nsynthetic = {states = 12}\n[horizon]\nyears = 3\n'


def refusal(data, filename="mine.toml"):
    with pytest.raises(ConfigError) as error:
        read_upload(data, filename)
    return " ".join(str(error.value).split())


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_gets_the_error_of_the_command_line(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    result = CliRunner().invoke(main, ["scenarios", "check", path.name])
    assert result.exit_code == 2
    assert refusal(path.read_bytes(), path.name) == " ".join(result.stderr.removeprefix("Error: ").split())


def test_a_good_file_runs_as_from_the_command_line(tmp_path):
    config = read_upload(GOOD, "mine.toml")
    file = tmp_path / "mine.toml"
    file.write_bytes(GOOD)
    assert config == load_config(file)
    assert len(run(config, seed=2).indicators) == 4


def test_a_file_of_a_windows_editor_is_read():
    assert read_upload(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n"), "mine.toml").title == "Mine"


@pytest.mark.parametrize(("text", "told"), [
    ("[horizon]\nyears = 101", "mine.toml: horizon.years = 101 is not allowed on this server: must be at most 100"),
    ("[world]\nsynthetic = {states = 201}", "mine.toml: world.synthetic.states = 201 is not allowed on this server"),
    ("[world]\nsynthetic = {states = 9, organisations = 9000}",
     "mine.toml: world.synthetic.organisations = 9000 is not allowed"),
    ("[world]\norganisations = 9000", "mine.toml: world.organisations = 9000 is not allowed on this server"),
    ("[world]\nsynthetic = {states = 9, languages = 99}", "mine.toml: world.synthetic.languages = 99 is not allowed"),
    ("[world]\nstates = 'worlds/mine'", "mine.toml: world.states = \"worlds/mine\" is not allowed"),
    ("[world]\nfolder = '/etc'", "mine.toml: unknown key 'world.folder'"),
    ("\n".join('[[interventions]]\nyear = 2030\nkind = "budget"\nfactor = 1' for _ in range(51)),
     "mine.toml: 51 interventions is not allowed on this server: must be at most 50"),
    ("[[interventions]]\nyear = 2030\nkind = 'budget'\nfactor = 1\nwho = 'XXX'", "mine.toml: intervention 1 (budget)"),
    ("a." * 1_500 + "a = 1", "mine.toml: line 1 has 1,500 points, of 500 allowed on this server"),
    ('x = "' + "x" * LIMITS.file_bytes + '"', "mine.toml: is too large: 64,006 bytes, of 64,000 allowed"),
])
def test_what_asks_too_much_is_refused_with_the_key(text, told):
    assert refusal(text.encode()).startswith(told)


@pytest.mark.parametrize("data", [
    b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", b"PK\x03\x04" + bytes(200), b"import os", b"{}", b"<html></html>",
    b"a" * 64_000, b"\x80\x04\x95",
], ids=["png", "gzip", "zip", "python", "json", "html", "letters", "pickle"])
def test_other_files_are_refused_as_no_toml(data):
    assert "is not" in refusal(data)


@pytest.mark.parametrize("text", [
    ("a." * 499 + "a = 1\n") * 64, ("[" + "a." * 499 + "a]\n") * 64, "a = " + "[" * 31_000, "a = " + "{a=" * 15_000,
    "\n".join(f"[a{k}]" for k in range(8_000)), "a=[" + ("1," * 800 + "\n") * 38 + "]", "a = " + "9" * 60_000,
    "a = \"" + "\\u0041" * 10_000 + '"', "\n".join(f"[[a]]\nb{'.b' * 200} = 1" for _ in range(140)),
], ids=["dotted key", "dotted header", "arrays", "tables", "headers", "list", "digits", "escapes", "keys"])
def test_a_file_made_to_be_slow_is_read_quickly(text):
    began = time.perf_counter()
    refusal(text.encode()[: LIMITS.file_bytes])
    assert time.perf_counter() - began < 3


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
@example("../../etc/passwd")
@example("C:\\Windows\\x.toml")
@example("\x00\n\u202e.toml")
def test_a_name_from_outside_is_never_a_path(name):
    assert set(slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(slug(name)) <= 60
    shown = display_name(name)
    assert shown.isprintable()
    assert not set(shown) & set("/\\")
    assert 0 < len(shown) <= 60


def test_names_stay_readable():
    assert slug("Été à Paris.TOML") == "ete-a-paris"
    assert slug("日本") == "scenario"
    assert display_name("/srv/me/My scenario.toml") == "My scenario.toml"


def test_a_bundled_scenario_is_within_the_limits():
    for name in ("baseline", "classroom"):
        assert check_size(load_config(name)).name == name


def test_replications_are_limited():
    assert check_replications(20) == 20
    for number in (0, -1, 101, 10**9):
        with pytest.raises(ConfigError, match=r"on this server: must be a whole number in \[1, 100\]"):
            check_replications(number)


def test_a_run_that_takes_too_long_is_stopped_with_a_message():
    seconds = iter([1.0, 29.0, 31.5])
    watch = Watch(clock=lambda: next(seconds))
    model = CoopModel(read_upload(GOOD), rng=1)
    for _ in range(2):
        model.step()
        watch(model)
    with pytest.raises(StoppedError, match="the run was stopped in 2027: it took more than the 30 seconds"):
        watch(model)


def test_a_first_year_in_which_the_model_is_compiled_takes_nobody_s_time():
    clock = [0.0]
    watch = Watch(clock=lambda: clock[0])
    model = CoopModel(read_upload(GOOD), rng=1)
    clock[0] = 90.0
    watch(model)
    clock[0] = 119.0
    watch(model)
    clock[0] = 121.0
    with pytest.raises(StoppedError, match="it took more than the 30 seconds"):
        watch(model)


@pytest.mark.parametrize("name", ["agreements", "projects", "claims"])
def test_a_run_that_grows_too_large_is_stopped_with_a_message(name):
    few, many = SimpleNamespace(rows=[0]), SimpleNamespace(rows=[0] * 11)
    world = SimpleNamespace(**{rows: many if rows == name else few for rows in ("agreements", "projects", "claims")})
    watch = Watch(Limits(agreements=10, projects=10, claims=10))
    with pytest.raises(StoppedError, match=f"the run was stopped in 2031: it holds 11 {name}, of 10 that"):
        watch(SimpleNamespace(year=2031, world=world))


def test_an_ordinary_run_is_left_alone():
    watch, model = Watch(), CoopModel(load_config("classroom"), rng=1)
    while model.year < 2030:
        model.step()
        watch(model)

"""The command as a whole: help, examples, exit codes, start-up."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from coopsim.app.cli import main
from coopsim.app.commands import world as world_command
from coopsim.app.options import try_folder
from coopsim.dashboard.server import address_of
from coopsim.errors import ConfigError, DataError, ResultsError


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def python(code):
    """Run code in a fresh process and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def every_command(group=main, path=()):
    yield path, group
    if isinstance(group, click.Group):
        for name, command in sorted(group.commands.items()):
            yield from every_command(command, (*path, name))


def examples(command):
    return re.findall(r"^  coopsim (.+)$", command.epilog or "", re.MULTILINE)


COMMANDS = dict(every_command())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(path):
    done = invoke(*path, "--help")
    assert done.exit_code == 0
    assert examples(COMMANDS[path]) or path == ("world",)
    for example in examples(COMMANDS[path]):
        assert f"coopsim {example}" in done.stdout, "the example is shown as typed, on one line"


@pytest.mark.parametrize("path", [(), ("scenarios",), ("world",)])
def test_a_list_of_commands_fits_a_narrow_terminal(path):
    told = CliRunner().invoke(main, [*path, "--help"], terminal_width=80).output
    listed = told.partition("Commands:\n")[2].partition("\n\n")[0]
    assert listed
    assert "..." not in listed


# The dashboard serves until somebody stops it; the others take minutes. Tests of their own run them for real.
LONG = (("app",), ("calibrate",), ("sensitivity",), ("validate",))
SHORT = [path for path in COMMANDS if examples(COMMANDS[path]) and path not in LONG]


@pytest.mark.parametrize("path", [path for path in LONG if path in COMMANDS], ids=" ".join)
def test_the_examples_of_long_commands_are_understood(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-tables").mkdir()
    for example in examples(COMMANDS[path]):
        words = shlex.split(example)
        context = COMMANDS[path].make_context(path[-1], words[len(path):])
        assert context.params


@pytest.mark.parametrize("path", SHORT, ids=" ".join)
def test_the_examples_work_as_typed(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-scenario.toml").write_text("[horizon]\nyears = 4\n", encoding="utf-8")
    # Rebuilding fetches packages; tests/world does that. Here it is the command that is tested.
    monkeypatch.setattr("coopsim.world.rebuild.build_tables", lambda out, cldr=None: [out / "states.csv"])
    for example in examples(COMMANDS[path]):
        done = invoke(*shlex.split(example))
        assert done.exit_code == 0, f"{example}: {done.output}"
        assert done.stdout


def test_the_version_is_that_of_the_package():
    assert invoke("--version").stdout == f"coopsim {version('coopsim')}\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [(ConfigError("wrong"), 2), (ResultsError("wrong"), 2), (DataError("wrong"), 1), (ZeroDivisionError("wrong"), 1)],
)
def test_errors_are_one_line_and_an_exit_code(error, code, monkeypatch):
    def fail(out, cldr=None):
        raise error

    monkeypatch.setattr("coopsim.world.rebuild.build_tables", fail)
    done = invoke("world", "build", "--out", "x")
    assert done.exit_code == code
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert "wrong" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("args", [("--debug", "world", "build"), ("world", "build", "--debug")])
def test_debug_shows_the_traceback_wherever_it_stands(args, monkeypatch):
    def fail(out, cldr=None):
        raise ZeroDivisionError("no reason")

    monkeypatch.setattr("coopsim.world.rebuild.build_tables", fail)
    done = invoke(*args, "--out", "x")
    assert done.exit_code == 1
    assert "Traceback" in done.stderr
    assert "no reason" in done.stderr


def test_control_c_is_130(monkeypatch):
    def interrupt(out, cldr=None):
        raise KeyboardInterrupt

    monkeypatch.setattr("coopsim.world.rebuild.build_tables", interrupt)
    done = invoke("world", "build", "--out", "x")
    assert done.exit_code == 130
    assert done.stderr == "\nInterrupted.\n"


def test_an_address_that_is_not_ours_is_wrong_input_and_a_taken_port_is_not():
    pytest.importorskip("solara", reason="needs the extra app")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        busy = invoke("app", "--no-browser", "--port", port)
    assert busy.exit_code == 1
    assert "choose another with --port" in busy.stderr
    away = invoke("app", "--no-browser", "--host", "203.0.113.7", "--port", "0")  # an address that nobody has
    assert away.exit_code == 2
    assert "--host 203.0.113.7: is no address of this machine" in away.stderr
    assert "--port" not in away.stderr


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:80/"), ("0.0.0.0", "http://127.0.0.1:80/"), ("::1", "http://[::1]:80/")],
)
def test_the_address_of_the_dashboard_can_be_typed_into_a_browser(host, address):
    assert address_of(host, 80) == address


@pytest.mark.parametrize(
    "command",
    [("run", "baseline"), ("compare", "baseline", "austerity"), ("validate",), ("world", "build")],
    ids=" ".join,
)
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_computed(command, tmp_path, monkeypatch):
    def computed(*args, **kwargs):
        raise AssertionError("it was computed all the same")

    for what in ("coopsim.app.simulate.simulate", "coopsim.app.commands.compare._gather",
                 "coopsim.validation.validate", "coopsim.world.rebuild.build_tables"):
        monkeypatch.setattr(what, computed)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    out = tmp_path / "file" / "below"
    done = invoke(*command, "--out", out)
    assert done.exit_code == 2
    assert f"Error: --out {out}: the folder cannot be written: " in done.stderr


def test_trying_a_folder_leaves_nothing(tmp_path):
    try_folder(tmp_path / "deep" / "deeper")
    assert not list(tmp_path.iterdir())
    (tmp_path / "mine").mkdir()
    try_folder(tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_click_s_own_errors_are_2():
    assert invoke("run", "baseline", "--seed", "-1").exit_code == 2
    assert invoke("runn").exit_code == 2
    assert invoke("run", "baseline", "--format", "xlsx").exit_code == 2


def test_world_build_passes_its_options_on(monkeypatch, tmp_path):
    seen = {}

    def remember(out, cldr=None):
        seen.update(out=out, cldr=cldr)
        return [out / "states.csv"]

    monkeypatch.setattr("coopsim.world.rebuild.build_tables", remember)
    done = invoke("world", "build", "--out", tmp_path / "new", "--cldr", tmp_path)
    assert done.exit_code == 0
    assert seen == {"out": tmp_path / "new", "cldr": tmp_path}
    assert done.stdout == f"{tmp_path / 'new' / 'states.csv'}\n"
    assert world_command.build.name == "build"


@pytest.mark.parametrize(
    ("args", "spared"),
    [
        (["--help"], ["mesa", "matplotlib", "pandas", "numpy", "scipy"]),
        (["run", "--help"], ["mesa", "matplotlib", "pandas", "numpy", "scipy"]),
        (["--version"], ["mesa", "matplotlib", "pandas", "numpy", "scipy"]),
        (["scenarios", "list"], ["mesa", "matplotlib", "pandas", "numpy", "scipy"]),
        (["scenarios", "schema"], ["mesa", "matplotlib"]),
        (["scenarios", "check", "baseline"], ["mesa", "matplotlib"]),
        (["parameters"], ["mesa", "matplotlib"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_commands_import_only_what_they_need(args, spared):
    code = (
        "import json, sys\nfrom click.testing import CliRunner\nfrom coopsim.app.cli import main\n"
        f"done = CliRunner().invoke(main, {args!r})\nassert done.exit_code == 0, done.output\n"
        f"print(json.dumps([name for name in {spared!r} if name in sys.modules]))"
    )
    assert json.loads(python(code)) == []


def test_the_package_is_a_program():
    done = subprocess.run([sys.executable, "-m", "coopsim", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"coopsim {version('coopsim')}\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise on Windows")
@pytest.mark.parametrize("args", ["parameters", "parameters --json"])
def test_a_reader_who_has_seen_enough_is_no_error(args):
    command = f"{shlex.quote(sys.executable)} -m coopsim {args}"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command} | head -n 1"], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1

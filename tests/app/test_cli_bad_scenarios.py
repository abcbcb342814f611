"""The zoo of broken scenario files: each begins with the message that its reader must get."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from coopsim.app.cli import main
from coopsim.config.load import LARGEST_FILE

ZOO = sorted((Path(__file__).parents[1] / "bad_scenarios").glob("*.toml"))
EXPECT = "# expect: "


def refused(*args):
    """Run a command that the user got wrong, and return what it says on stderr."""
    done = CliRunner().invoke(main, [str(arg) for arg in args])
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    return done


@pytest.mark.parametrize("file", ZOO, ids=lambda file: file.stem)
@pytest.mark.parametrize("command", [("scenarios", "check"), ("run",)], ids=lambda command: command[-1])
def test_a_broken_file_is_refused_with_its_message(file, command):
    first = file.read_bytes().split(b"\n")[0].decode()
    assert first.startswith(EXPECT)
    done = refused(*command, file)
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert f"{file}: {first.removeprefix(EXPECT)}" in done.stderr
    assert done.stderr.count("\n") == 1, "one line"


def test_the_zoo_is_large():
    assert len(ZOO) >= 25


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    file = tmp_path / "large.toml"
    file.write_text("# nothing\n" * (LARGEST_FILE // 9), encoding="utf-8")
    assert re.search(r"large\.toml: is too large: [\d,]+ bytes, of 1,000,000 allowed", refused("run", file).stderr)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("basline", "there is no scenario 'basline'; did you mean 'baseline'?"),
        ("missing.toml", "there is no scenario file 'missing.toml'"),
    ],
)
def test_a_scenario_that_does_not_exist_is_refused(name, message):
    assert refused("run", name).stderr == f"Error: {message}\n"


def test_a_scenario_file_must_end_in_toml(tmp_path):
    (tmp_path / "mine.txt").write_text("title = 'x'", encoding="utf-8")
    assert "its name must end in .toml" in refused("run", tmp_path / "mine.txt").stderr


def test_a_byte_order_mark_is_no_error(tmp_path):
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbf[horizon]\r\nyears = 3\r\n")
    done = CliRunner().invoke(main, ["scenarios", "check", str(file)])
    assert done.exit_code == 0
    assert "horizon.years" in done.stdout


def test_check_reports_every_file_before_it_fails(tmp_path):
    good = tmp_path / "good.toml"
    good.write_text("[horizon]\nyears = 3\n", encoding="utf-8")
    done = refused("scenarios", "check", ZOO[0], good, ZOO[1])
    assert done.stderr.count("Error: ") == 2
    assert f"{good}: valid" in done.stdout

"""What README and CONTRIBUTING tell people to type works as typed."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import coopsim.app.cli as cli
from coopsim.config import load_config

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
APP = "uv run --extra app coopsim app"
YEARS = "6"  # instead of up to fifty: what is tested here is that the commands work


def blocks(language, text=README):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text=README):
    return [
        part for block in blocks("sh", text) for line in block.splitlines() if line.strip()
        for part in line.split(" && ")
    ]


COOPSIM = [command for command in commands() if command.startswith("uv run coopsim ")]


def shortened(command):
    words = shlex.split(re.sub(r"--years \d+", "", command))[3:]
    return [*words, "--years", YEARS] if words[0] == "run" else words


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder in which the reader of the README types."""
    return tmp_path_factory.mktemp("reader")


@pytest.fixture(scope="module")
def typed(folder):
    """The result of each command, typed in order; a TOML block that begins with a file name is that file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for block in blocks("toml"):
            name = re.match(r"# (\S+\.toml)\n", block)
            if name:
                Path(name[1]).write_text(block, encoding="utf-8")
        runner = CliRunner()
        return {command: runner.invoke(cli.main, shortened(command)) for command in COOPSIM}


def test_the_two_commands_stand_first():
    assert commands()[:3] == ["pip install uv", "uv run coopsim run baseline", "uv run pytest"]
    assert blocks("sh")[0].splitlines() == ["pip install uv && uv run coopsim run baseline", "uv run pytest"]


@pytest.mark.parametrize("command", COOPSIM)
def test_a_coopsim_command_works(typed, command):
    result = typed[command]
    assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
    assert result.output.strip()


@pytest.mark.parametrize("command", [command for command in commands() if command.startswith(APP)])
def test_the_dashboard_opens_as_typed(command):
    # It would serve until somebody stops it: what is tested here is that it knows what it is asked.
    options = re.findall(r"--[\w-]+", command.removeprefix(APP))
    told = CliRunner().invoke(cli.main, ["app", "--help"]).output
    assert all(option in told for option in options)


@pytest.mark.parametrize(
    "command",
    sorted(c for c in {*commands(), *commands(CONTRIBUTING)} - set(COOPSIM) if not c.startswith(APP)),
)
def test_any_other_command_names_a_tool_and_files_that_exist(command):
    words = [word for word in shlex.split(command) if word != "--all-extras"]
    assert command == "pip install uv" or words[:2] == ["uv", "run"]
    assert words[0] == "pip" or words[2] in ("pytest", "ruff", "mypy", "python")
    for word in words[3:]:
        assert "/" not in word or (ROOT / word).exists(), word
    if "-m" in words:
        assert f'"{words[-1]}:' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_files_named_in_running_text_exist(text):
    for path in re.findall(r"`(?:uv run python )?((?:src|tests|docs|scenarios)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


def test_the_example_of_a_scenario_is_valid(folder, typed):
    found = load_config(folder / "my-scenario.toml")
    assert found.interventions


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_a_python_example_runs_in_ten_lines(number, capsys, monkeypatch, tmp_path):
    example = blocks("python")[number]
    assert len([line for line in example.splitlines() if line.strip()]) <= 10
    pytest.importorskip("SALib", reason="the extra 'experiments' is not installed")
    monkeypatch.chdir(tmp_path)
    quick = example.replace("samples=64", "samples=8").replace("years=20", "years=3")
    exec(compile(quick, f"README example {number}", "exec"), {"__name__": "__main__"})
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("trust.gain", "bilateral.base_rate", "network.popularity"))
    assert (tmp_path / "sobol.svg").exists()


def test_the_figure_is_a_picture():
    image = re.search(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert image is not None
    assert (ROOT / image[1]).read_bytes().startswith(b"\x89PNG")
    assert README.index(image[0]) < README.index("```sh"), "the figure stands on the first screen"

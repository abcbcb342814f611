"""What docs/sweeps.md tells people to type works as typed."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import coopsim as cs
from coopsim.app.cli import main
from coopsim.experiment.designs import DESIGNS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sweeps.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """The folder of somebody who reads the page; two seeds are enough to see that it works."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.toml").write_text(blocks("toml")[0].replace("replications = 10", "replications = 2"), "utf-8")


def test_the_commands_work_in_their_order(reader):
    for command in blocks("sh")[0].splitlines():
        words = shlex.split(command)[3:]
        workers = ["--workers", "1"]
        done = CliRunner().invoke(main, [*words, *workers])
        assert done.exit_code == 0, done.stderr
    assert "bit for bit" in done.stdout
    assert len(cs.SweepResults.load("results/gain").table) == 9 * 2


def test_the_python_works(capsys):
    exec(blocks("python")[0], {})
    assert capsys.readouterr().out.startswith("24 [")


def test_every_design_is_named():
    assert all(f"`{design}`" in PAGE for design in DESIGNS)

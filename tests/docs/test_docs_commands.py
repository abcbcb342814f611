"""What the pages of docs/ tell people to type: options exist, bundled names exist, Python runs as it stands."""

import re
import shlex
from pathlib import Path

import click
import pytest

from coopsim.app.cli import main

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
FEWER = {"samples=100": "samples=4", "replications=5": "replications=2"}


def blocks(text, languages):
    return re.findall(rf"^```(?:{languages})\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


COMMANDS = sorted(
    {(name, line.partition("#")[0].strip()) for name, text in PAGES.items() for block in blocks(text, "sh|bash")
     for line in block.splitlines() if "coopsim" in line}
)
EXAMPLES = [
    (name, block) for name, text in PAGES.items() for block in blocks(text, "python")
    if name != "sweeps.md"  # tests/experiment/test_docs_sweeps.py runs it
]


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_can_be_typed_as_it_stands(page, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my-tables").mkdir()  # of the reader's own
    words = shlex.split(line)
    assert words[:2] == ["uv", "run"]
    assert not [word for word in words if re.search(r"[|<>]|^[A-Z]{3,}", word)], "a shell would not read this"
    context = click.Context(main, info_name="coopsim")
    arguments, command = words[words.index("coopsim") + 1 :], main
    while isinstance(command, click.Group):
        command = command.get_command(context, arguments.pop(0))
        assert command is not None
    command.make_context(command.name, arguments, parent=context)  # UsageError if an option does not exist


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_python_runs_as_it_stands(page, example, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for many, few in FEWER.items():
        example = example.replace(many, few)
    example = example.replace("cs.sweep(plan, out=", "cs.sweep(plan, workers=1, out=")
    if "SolaraViz" in example:
        pytest.importorskip("solara", reason="needs the extra app")
    names = {"__name__": "__main__"}
    exec(compile(example, page, "exec"), names)
    assert capsys.readouterr().out or "page" in names
    if "page" in names:
        import solara

        _, drawn = solara.render(names["page"], handle_error=False)  # Mesa checks what Reset will need
        drawn.close()


def test_there_is_something_to_type():
    assert len(COMMANDS) > 10
    assert {name for name, _ in EXAMPLES} == {"analysis.md", "mesa.md"}

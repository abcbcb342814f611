"""The generated pages say what the code says, and their links lead somewhere."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in FILES)


@cache
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_fresh():
    assert generator().stale() == [], "run `uv run python docs/generate.py`"


def test_two_renderings_are_equal():
    assert generator().render() == generator().render()


def test_check_names_a_stale_page(tmp_path, monkeypatch, capsys):
    docs = generator()
    for name, page in docs.render().items():
        (tmp_path / name).write_text(page, encoding="utf-8")
    (tmp_path / "year.md").write_text("old", encoding="utf-8")
    assert docs.stale(tmp_path) == ["year.md"]
    monkeypatch.setattr(docs, "stale", lambda: ["year.md"])
    assert docs.main(["--check"]) == 1
    assert "docs/year.md is out of date" in capsys.readouterr().err


def test_every_mechanism_has_an_equation_and_says_what_it_reads_and_writes():
    docs = generator()
    for mechanism in docs.MECHANISMS.values():
        doc = docs.Docstring(docs.module_of(mechanism))
        assert doc.equations, mechanism.name
        assert {"Source", "Reads", "Writes"} <= set(doc.remarks), mechanism.name
        assert doc.title.startswith(mechanism.code), mechanism.name


def test_equations_become_blocks_that_github_draws(tmp_path):
    module = ModuleType("rule")
    module.__doc__ = """M99 A rule.

.. math::

   a = b

   c &= d \\\\
   e &= f

a: one | two, *not* K*.
Off: nothing.
Source: ours.
Reads: x. Writes: y.
"""
    doc = generator().Docstring(module)
    assert doc.equations == ["a = b", "c &= d \\\\\ne &= f"]
    assert doc.mathematics.count("```math\n") == 2
    assert doc.mathematics.count("\\begin{aligned}") == 1
    assert doc.prose == r"a: one \| two, *not* K\*."
    assert doc.remarks == {"Off": "nothing.", "Source": "ours.", "Reads": "x.", "Writes": "y."}


@pytest.mark.parametrize("page", PAGES)
def test_local_links_lead_to_files_and_anchors(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert file.exists(), f"{page}: {target}"
        if anchor and file.suffix == ".md":
            linked = file.read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.*)$", linked, re.MULTILINE)
            titles = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert f'id="{anchor}"' in linked or anchor in titles, f"{page}: {target}"

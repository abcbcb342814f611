"""All words come from one catalogue, and what the code asks for is there."""

import ast
import re
import string
from pathlib import Path

import pytest

from coopsim.dashboard import text
from coopsim.dashboard.text import catalogue, languages, say

CODE = sorted(Path(text.__file__).parent.rglob("*.py"))
# Calls whose first argument is a key of the catalogue.
SPEAKERS = {"say"}


def asked_for(path):
    """Every literal key that a module asks for; of a key built from parts, a pattern."""
    source = path.read_text(encoding="utf-8")
    if "dashboard.text import" not in source:  # its `say`, if any, is another
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKERS and node.args:
            key, given = node.args[0], {keyword.arg for keyword in node.keywords}
            parts = key.values if isinstance(key, ast.JoinedStr) else [key]
            words = [part.value if isinstance(part, ast.Constant) else None for part in parts]
            # A sentence is no key: it is for another function of that name.
            if all(word is None or re.fullmatch(r"[a-z0-9_.]*", str(word)) for word in words):
                yield "".join("[a-z0-9_.-]+" if word is None else re.escape(word) for word in words), given


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_every_text_that_a_module_asks_for_is_there_with_its_values(path):
    known = catalogue("en")
    for pattern, given in asked_for(path):
        found = [key for key in known if re.fullmatch(pattern, key)]
        assert found, f"no text for {pattern}"
        if len(found) == 1 and None not in given:
            needed = {name for _, name, _, _ in string.Formatter().parse(known[found[0]]) if name}
            assert needed <= given, f"{found[0]} needs {needed - given}"


def test_the_reader_of_code_is_not_blind(tmp_path):
    file = tmp_path / "page.py"
    file.write_text('from coopsim.dashboard.text import say\nsay("a.b", n=1)\nsay(f"a.{x}.c")\n')
    assert list(asked_for(file)) == [(r"a\.b", {"n"}), (r"a\.[a-z0-9_.-]+\.c", set())]


def test_placeholders_are_filled_and_markup_is_left_as_text():
    assert say("common.year_is", year="<b>") == "Year: <b>"
    with pytest.raises(KeyError):
        say("common.no_such_text")


def test_no_text_holds_markup():
    assert not [key for key, value in catalogue("en").items() if re.search(r"</?[a-z]+[^>]*>", value)]


def test_another_language_falls_back_to_english(tmp_path, monkeypatch):
    for code, words in (("en", 'hello = "Hello"\nbye = "Bye"\n'), ("fr", 'hello = "Bonjour"\n')):
        tmp_path.joinpath(code).mkdir()
        tmp_path.joinpath(code, "common.toml").write_text(words)
    monkeypatch.setattr(text, "_root", lambda: tmp_path)
    monkeypatch.setenv(text.VARIABLE, "fr")
    for found in (catalogue, languages):
        found.cache_clear()
    try:
        assert (say("common.hello"), say("common.bye")) == ("Bonjour", "Bye")
        monkeypatch.setenv(text.VARIABLE, "../fr")
        assert say("common.hello") == "Hello"
    finally:
        for found in (catalogue, languages):
            found.cache_clear()


def test_every_placeholder_is_a_word():
    for key, value in catalogue("en").items():
        for _, name, _, _ in string.Formatter().parse(value):
            assert name is None or re.fullmatch(r"[a-z_]+", name), key

"""What is measured again is written where pages and lessons quote it."""

import importlib
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from coopsim.dashboard.lessons import lessons

DOCS = Path(__file__).parents[2] / "docs"
NAMES = ("remeasure", "scenarios", "theories", "validated")


@pytest.fixture
def scripts(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    yield {name: importlib.import_module(name) for name in NAMES}
    for name in NAMES:
        sys.modules.pop(name, None)


def fact(key, verdict, use="check", distance=0.5):
    return {"key": key, "title": f"Fact {key}", "unit": "", "use": use, "strength": "weak", "sample": "past",
            "target": [0.1, 0.3], "median": 0.4, "low": 0.35, "high": 0.45, "verdict": verdict, "distance": distance}


def report(*facts):
    return {"replications": 30, "holding": sum(f["verdict"] == "holds" for f in facts), "measured": len(facts),
            "weight_holding": 1, "weight": len(facts), "facts": list(facts)}


def test_facts_that_fail_are_quoted_farthest_first(scripts):
    found = {"bundled": report(fact("a", "holds", "fit"), fact("b", "fails"), fact("c", "fails", distance=2.0)),
             "data": report(fact("b", "holds"), fact("c", "fails"), fact("d", "fails"))}
    told = scripts["validated"].parts(found)
    assert "**1 of 3 figures hold**" in told["facts"]
    assert "may be fitted 1 of 1, of those kept for checking 0 of 2" in told["facts"]
    assert re.findall(r"^\| (\w) \|", told["facts"], re.MULTILINE) == ["c", "b"]
    assert "these then hold: b." in told["with data"]
    assert re.findall(r"^\| (\w) \|", told["with data"], re.MULTILINE) == ["d"]
    page = "x\n<!-- found: facts -->\nQQ\n<!-- /found -->\ny\n<!-- found: summary -->\nQQ\n<!-- /found -->\n"
    filled = scripts["validated"].filled(page, told)
    assert "QQ" not in filled
    assert filled == scripts["validated"].filled(filled, told)
    assert filled.startswith("x\n")
    assert "\ny\n" in filled


def test_the_pages_are_those_of_the_last_validation(scripts):
    for path, text in scripts["validated"].pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: uv run python docs/validated.py"
        assert "<!-- found:" in text


def test_a_run_of_some_scenarios_leaves_the_others(scripts, tmp_path, monkeypatch):
    whole = json.loads(scripts["scenarios"].FOUND.read_text(encoding="utf-8"))
    file = tmp_path / "scenarios.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    monkeypatch.setattr(scripts["scenarios"], "FOUND", file)
    new = {"scenario": "austerity", "verdict": "holds", "checks": []}
    scripts["scenarios"].take_over({"format": "coopsim expectations", "scenarios": [new]})
    after = json.loads(file.read_text(encoding="utf-8"))
    old, now = ({e["scenario"]: e for e in found["scenarios"]} for found in (whole, after))
    assert now.keys() == old.keys()
    assert now["austerity"] == new
    assert all(now[name] == old[name] for name in old if name != "austerity")
    assert after["theories"] == whole["theories"]


def test_numbers_beside_claims_are_written_as_they_stand_there(scripts):
    numbers = scripts["remeasure"].numbers
    row = {"found": -36.4, "low": -51.2, "high": -21.4, "n": 20, "unit": "percent"}
    assert numbers(row) == "-36 % (-51 to -21), n = 20"
    assert numbers({**row, "found": -0.628, "low": -0.696, "high": 0.561}) == "-0.628 % (-0.696 to +0.561), n = 20"
    level = {**row, "found": 0.171, "low": 0.16, "high": 0.18, "unit": "level"}
    assert numbers(level) == "0.171 (0.16 to 0.18), n = 20"


def test_every_claim_of_a_lesson_has_one_line_for_its_numbers(scripts):
    for found in lessons():
        text = (scripts["remeasure"].LESSONS / f"{found.name}.toml").read_text(encoding="utf-8")
        lines = re.findall(r'^found = ".*"$', text, flags=re.MULTILINE)
        assert [line[9:-1] for line in lines] == [claim["found"] for claim in tomllib.loads(text)["checks"]]


def test_replications_that_were_kept_are_not_repeated(scripts, tmp_path, monkeypatch):
    again = scripts["remeasure"]
    calls = []
    monkeypatch.setattr(again, "replication", lambda seed, data: calls.append(seed) or {"a": seed / 2})
    file = tmp_path / "validation.jsonl"
    assert again.replications(file, 2, "", None) == [{"a": 0.5}, {"a": 1.0}]
    with file.open("a") as kept:
        kept.write('{"source": "cut off')
    assert again.replications(file, 3, "", None) == [{"a": 0.5}, {"a": 1.0}, {"a": 1.5}]
    assert calls == [1, 2, 3]
    monkeypatch.setattr(again, "source_of_validation", lambda: "another model")
    assert again.replications(file, 1, "", None) == [{"a": 0.5}]
    assert calls == [1, 2, 3, 1]

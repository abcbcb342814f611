"""Pages for classes are those that the scenarios, the lessons and the last run of the expectations give."""

import importlib.util
import json
from pathlib import Path

import pytest

from coopsim.config import load_scenario
from coopsim.experiment.expectations import plan_of

DOCS = Path(__file__).parents[2] / "docs"


def script(name):
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_guides_are_fresh_and_their_steps_fill_the_lesson():
    for path, text in script("teaching").pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: uv run python docs/teaching.py"


def test_every_lesson_has_a_guide():
    teaching = script("teaching")
    assert len(teaching.lesson_files()) >= 9
    for name in teaching.lesson_files():
        page = (DOCS / "teaching" / f"{name}.md").read_text(encoding="utf-8")
        for part in ("**Aim.**", "## Steps", "## Expected answers", "## Pitfalls"):
            assert part in page


def test_the_table_of_expectations_is_that_of_the_files():
    scenarios = script("scenarios")
    found = {entry["scenario"]: entry for entry in json.loads(scenarios.FOUND.read_text(encoding="utf-8"))["scenarios"]}
    assert scenarios.stale(found) == [], "run the expectations again: docs/scenarios.py says how"
    for path, text in scenarios.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: uv run python docs/scenarios.py"


def test_a_changed_expectation_is_noticed():
    scenarios = script("scenarios")
    found = {entry["scenario"]: entry for entry in json.loads(scenarios.FOUND.read_text(encoding="utf-8"))["scenarios"]}
    found["austerity"]["checks"][0]["expected"] = "> 100 %"
    assert scenarios.stale(found) == ["austerity"]


def test_every_failed_expectation_is_told_and_every_scenario_with_one_has_a_note():
    scenarios = script("scenarios")
    page = (DOCS / "scenarios.md").read_text(encoding="utf-8")
    notes = scenarios.tomllib.loads(scenarios.NOTES.read_text(encoding="utf-8"))
    for entry in json.loads(scenarios.FOUND.read_text(encoding="utf-8"))["scenarios"]:
        failed = [check["claim"] for check in entry["checks"] if check["verdict"] == "fails"]
        assert not failed or entry["scenario"] in notes
        if not entry["scenario"].startswith(("realist", "liberal", "constructivist", "gravity")):
            assert all(page.count(claim) >= 2 for claim in failed), "once in its table, once among the disagreements"


def test_the_example_of_a_scenario_file_is_one(tmp_path):
    text = (DOCS / "scenario-files.md").read_text(encoding="utf-8")
    file = tmp_path / "my-scenario.toml"
    file.write_text(text.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    scenario = load_scenario(file)
    assert [arm.name for arm in scenario.arms] == ["half", "tenth"]
    assert len(plan_of([scenario], replications=2).jobs()) == 2 * 3


def test_a_slide_is_drawn_and_the_same_twice(tmp_path):
    slides = script("slides")
    once = list(slides.draw(tmp_path / "a", [1], ["the_year", "expectations"]))
    twice = list(slides.draw(tmp_path / "b", [1], ["the_year", "expectations"]))
    names = [f"{name}.{ending}" for name in ("2-the-year", "8-expectations") for ending in ("png", "svg")]
    assert [path.name for path in once] == names
    for first, second in zip(once, twice, strict=True):
        assert first.stat().st_size > 10_000
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.science
def test_every_slide_is_drawn(tmp_path):
    slides = script("slides")
    assert len(list(slides.draw(tmp_path, [1, 2]))) == 2 * len(slides.SLIDES)

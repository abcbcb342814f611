"""Write the one-page guides of docs/teaching/ from the lessons and docs/teaching/guides.toml.

``uv run python docs/teaching.py`` writes them; with ``--check`` it writes nothing and exits with 1 if one is stale.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

import coopsim

FOLDER = Path(__file__).parent / "teaching"
LESSONS = Path(coopsim.__file__).parent / "dashboard" / "lessons" / "en"
NOTICE = "<!-- Written by docs/teaching.py from the lesson and guides.toml; edit those, not this page. -->\n"


def one_line(words: object) -> str:
    """Return a text without its line breaks."""
    return " ".join(str(words).split())


def lesson_files() -> dict[str, dict[str, Any]]:
    """Return the lessons by name, in their order."""
    found = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in LESSONS.glob("*.toml")}
    return dict(sorted(found.items(), key=lambda item: (item[1].get("order", 99), item[0])))


def guide(name: str, lesson: dict[str, Any], own: dict[str, Any]) -> str:
    """Return the guide of a lesson: aim, time, steps, expected answers, pitfalls."""
    box = lesson["predict"]
    right = box["options"][box["right"] - 1]
    minutes, rows = 0, []
    for length, words in own["steps"]:
        rows.append(f"| {minutes}–{minutes + length} | {words} |")
        minutes += length
    expected = "\n".join(f"- *“{said}”*: {answer}" for said, answer in own["predictions"])
    return "\n\n".join((
        NOTICE + f"\n# {lesson['title']}",
        f"*{lesson['level'].capitalize()}, {lesson['minutes']} minutes. In the dashboard: Lessons, or "
        f"`/lessons?lesson={name}`.*",
        f"**Aim.** {one_line(lesson['aim'])}", f"**Question.** {one_line(lesson['question'])}",
        f"**Before class.** {own['before']}",
        "## Steps\n\n| minutes | what happens |\n|---|---|\n" + "\n".join(rows),
        f"## Expected answers\n\n**{one_line(box['ask'])}** {right}\n\n{one_line(lesson['answer'])}",
        f"What else students say:\n\n{expected}",
        "## Pitfalls\n\n" + "\n".join(f"- {words}" for words in own["pitfalls"]),
        f"**What the lesson does not show.** {one_line(lesson['caution'])}",
    )) + "\n"


def index(lessons: dict[str, dict[str, Any]]) -> str:
    """Return docs/teaching/README.md."""
    rows = "\n".join(
        f"| [{lesson['title']}]({name}.md) | {lesson['level']} | {lesson['minutes']} | {one_line(lesson['aim'])} |"
        for name, lesson in lessons.items()
    )
    return f"""{NOTICE}
# Teaching with coopsim

Two plans for a session, a guide of one page for every lesson, and a set of slides.

- [One session of 45 minutes](session-45.md)
- [One session of 90 minutes](session-90.md)
- Slides: `uv run python docs/slides.py` draws the figures in slide format into `results/slides`; it needs no network.
- Scenarios for groups, with what they expect and what was found: [scenarios](../scenarios.md); theories side by side:
  [theories](../theories.md); how students write their own: [scenario files](../scenario-files.md)

| lesson | for | minutes | aim |
|---|---|---|---|
{rows}

Each lesson asks for a prediction before anything runs. Its answer is tested: the claims behind it run with the model
and stand in the lesson's file.
"""


def pages() -> dict[Path, str]:
    """Return every generated page."""
    own = tomllib.loads((FOLDER / "guides.toml").read_text(encoding="utf-8"))
    lessons = lesson_files()
    missing = sorted(set(lessons) ^ set(own))
    if missing:
        raise SystemExit(f"docs/teaching/guides.toml and the lessons differ: {', '.join(missing)}")
    for name, lesson in lessons.items():
        total = sum(length for length, _ in own[name]["steps"])
        if total != lesson["minutes"]:
            raise SystemExit(f"guides.toml: the steps of {name} take {total} minutes, the lesson {lesson['minutes']}")
    found = {FOLDER / f"{name}.md": guide(name, lesson, own[name]) for name, lesson in lessons.items()}
    return found | {FOLDER / "README.md": index(lessons)}


def main(arguments: list[str]) -> int:
    """Write the pages, or say which differ."""
    for path, text in pages().items():
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        if "--check" in arguments and not same:
            print(f"{path.name} is stale; run docs/teaching.py")
            return 1
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Write docs/scenarios.md and docs/theories.md from the scenario files and what their checks found.

``uv run python docs/remeasure.py`` runs everything that the pages show, goes on where it was interrupted, and writes
them. By hand: ``uv run coopsim scenarios check --expectations NAME... --out DIR`` runs some scenarios,
``uv run python docs/scenarios.py --found DIR/expectations.json`` takes what was found over into ``docs/scenarios.json``
and writes the pages, ``uv run python docs/theories.py`` measures the theories side by side. ``--names`` prints all
names; with ``--check`` nothing is written and the exit code is 1 if a page, or an expectation in a scenario file, is no
longer what was run.

What we say about expectations that do not hold stands in ``docs/scenarios.toml``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from coopsim.app.expectations import interval, number
from coopsim.config import Scenario, load_scenario, scenario_files
from coopsim.config.files import theory_files

DOCS = Path(__file__).parent
FOUND, NOTES = DOCS / "scenarios.json", DOCS / "scenarios.toml"
NOTICE = "<!-- Written by docs/scenarios.py from scenarios/ and docs/scenarios.json; edit those, not this page. -->\n"
HEADS = ("expected", "range", "found", "95 % interval", "verdict")
ORDER = ("first class", "seminar", "research")
SHOWN = {"holds": "holds", "fails": "**fails**", "undecided": "undecided"}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def check_row(check: dict[str, Any]) -> tuple[str, ...]:
    """Return a row of what was expected and what was found."""
    found = "no value" if check["found"] is None else number(check["found"], check["unit"])
    ends = "" if check["low"] is None else interval(check["low"], check["high"])
    return (check["claim"], check["expected"].replace("<", "&lt;"), found, ends, SHOWN[check["verdict"]])


def tally(checks: Iterable[dict[str, Any]]) -> str:
    """Return how many hold, fail and are undecided."""
    verdicts = [check["verdict"] for check in checks]
    return " / ".join(str(verdicts.count(word)) for word in ("holds", "fails", "undecided"))


def scenarios_page(found: dict[str, dict[str, Any]], notes: dict[str, Any]) -> str:
    """Return docs/scenarios.md."""
    scenarios = sorted((load_scenario(name) for name in scenario_files()),
                       key=lambda s: (ORDER.index(s.level) if s.level else 0, s.name))
    tested = [scenario for scenario in scenarios if scenario.name in found]
    checks = [check for scenario in tested for check in found[scenario.name]["checks"]]
    overview = table(
        ("scenario", "for", "question", "expectation", "holds / fails / undecided"),
        [(f"[`{s.name}`](#{s.name})", s.level, s.question, SHOWN[found[s.name]["verdict"]],
          tally(found[s.name]["checks"])) for s in tested],
    )
    others = [f"`{s.name}`" for s in scenarios if s.name not in found]
    parts = [
        "# Scenarios: what they expect and what was found",
        "Every scenario is a file in [`scenarios/`](../scenarios), with a question, three answers to choose from "
        "beforehand, and an expectation that could fail. `coopsim scenarios show NAME` prints it, `coopsim run NAME` "
        "simulates its first arm, `coopsim run NAME --arm OTHER` another; [scenario files](scenario-files.md) says how "
        "to write one.",
        "The table was made by `coopsim scenarios check --expectations`: every arm and what it is compared with run on "
        "the same seeds with the same luck, for thirty years of the real world unless the file says otherwise. *Found* "
        "is the mean over seeds with its 95 % interval. A part **holds** if the whole interval lies in the expected "
        "range, **fails** if the whole interval lies outside, and is **undecided** if it reaches over an end. A "
        "scenario holds if all its parts do. The expectations were written down before these runs, from theory and "
        "from a prototype of the model; after a look at three seeds some measures and ranges were worded anew (in "
        "arms_length_vs_ministry, cold_war_bipolarity, regional_integration, embassy_closures and development_turn); "
        "after the full run none was changed.",
        f"{len(checks)} expectations in {len(tested)} scenarios: {tally(checks)} hold / fail / are undecided.",
        overview,
        f"Without checks here, because `coopsim validate` holds them against data: {', '.join(others)}."
        if others else "",
        "## Where the model disagrees",
        "What follows is about the model, not about the world: the expectation came from a theory or from an earlier "
        "prototype, and our rules and data give something else.",
        failures(tested, found, notes),
        "## Scenario by scenario",
        *(section(scenario, found[scenario.name]) for scenario in tested),
    ]
    return NOTICE + "\n" + "\n\n".join(part for part in parts if part) + "\n"


def failures(tested: Sequence[Scenario], found: dict[str, dict[str, Any]], notes: dict[str, Any]) -> str:
    """Return the expectations that failed, with what we make of them."""
    lines = []
    for scenario in tested:
        failed = [check for check in found[scenario.name]["checks"] if check["verdict"] == "fails"]
        if failed:
            rows = [check_row(check) for check in failed]
            said = "; ".join(f"{claim}: {value}, expected {expected}" for claim, expected, value, *_ in rows)
            note = " ".join(str(notes.get(scenario.name, "")).split())
            lines.append(f"- [`{scenario.name}`](#{scenario.name}). {said}." + (f" *{note}*" if note else ""))
    return "\n".join(lines) or "Nothing failed."


def section(scenario: Scenario, found: dict[str, Any]) -> str:
    """Return what a scenario asks, changes and found."""
    arms = "\n".join(f"- `{arm.name}`: {arm.title}" for arm in scenario.arms if arm.name)
    return "\n\n".join(part for part in (
        f'<a id="{scenario.name}"></a>\n\n### {scenario.title}',
        f"`{scenario.name}`, {scenario.level}; {seeds_of(found['checks'])}. {scenario.question}",
        scenario.background,
        f"*Changes.* {scenario.changes}" if scenario.changes else "",
        arms,
        options(scenario) if scenario.predict else "",
        f"*Look at* {' and '.join(f'`{name}`' for name in scenario.plots)}. {scenario.notice}"
        if scenario.plots else "",
        f"*Expectation.* {scenario.expectation}" if scenario.expectation else "",
        table(HEADS, [check_row(check) for check in found["checks"]]),
        f"*What could flip it.* {scenario.mind_changer}" if scenario.mind_changer else "",
    ) if part)


def options(scenario: Scenario) -> str:
    """Return the box "predict before you run"."""
    words = " ".join(f"({letter}) {option}" for letter, option in zip("abc", scenario.predict, strict=True))
    return f"*Predict before you run.* {words}"


def theories_page(found: dict[str, dict[str, Any]], notes: dict[str, Any], measured: list[dict[str, Any]],
                  seeds: int) -> str:
    """Return docs/theories.md."""
    theories = [load_scenario(name) for name in theory_files()]
    parts = [
        "# Theories as settings of the same rules",
        "A theory of international relations is, here, a weighting: the mechanisms are the same, and a file in "
        "[`scenarios/theories`](../scenarios/theories) says which of them count for more. All values but one (the "
        "weight of trust in the gravity world, 0) lie inside the plausible ranges of [parameters.md](parameters.md). A "
        "theory runs, and is compared, like any scenario:",
        "```sh\nuv run coopsim run theories/realist\nuv run coopsim compare theories/realist "
        "theories/liberal_institutionalist --replications 4\n```",
        "The settings are caricatures for teaching: they show what follows if one theory were the whole story, not "
        "what its best proponents say. That a setting gives what the theory leads one to expect shows that the rules "
        "can express the theory; it is no evidence for the theory. The data column is.",
        "## Side by side, and beside the data",
        comparison(theories, measured, seeds),
        "## What each sets, and what was found",
        *(theory(scenario, found[scenario.name]) for scenario in theories if scenario.name in found),
        "## Where a theory's setting disagrees with its expectation",
        failures([scenario for scenario in theories if scenario.name in found], found, notes),
    ]
    return NOTICE + "\n" + "\n\n".join(part for part in parts if part) + "\n"


def comparison(theories: Sequence[Scenario], measured: list[dict[str, Any]], seeds: int) -> str:
    """Return indicators of every theory, of the default settings and of the data."""
    if not measured:
        return "Not measured yet: `uv run python docs/theories.py`."
    heads = ("", "default", *(s.title.lower() for s in theories), "data", "settings inside")
    rows, alike = [], 0
    for row in measured:
        cells = [f"{row[name][0]:.3g} ± {row[name][1]:.1g}" for name in ("baseline", *(s.name for s in theories))]
        inside = ""
        if row["target"]:
            low, high = row["target"]
            names = {"baseline": "default", **{s.name: s.title.lower() for s in theories}}
            within = [names[name] for name in names if low <= row[name][0] <= high]
            inside = "all" if len(within) == len(names) else ", ".join(within) or "none"
            alike += inside == "all"
        target = f"{row['target'][0]:g} to {row['target'][1]:g}" if row["target"] else ""
        rows.append((row["label"], *cells, target, inside))
    facts = sum(bool(row["target"]) for row in measured)
    return (f"{table(heads, rows)}\n\nOf {facts} facts, {alike} are inside their range under every setting: they do "
            f"not tell the theories apart. Means over {seeds} seeds, ± half of the 95 % interval; all settings run on "
            "the same seeds. *Data*: the target ranges of [facts.md](facts.md), whose numbers stand in brackets; these "
            "figures are means over the years for which the fact is defined, the others those of 2055.")


def theory(scenario: Scenario, found: dict[str, Any]) -> str:
    """Return what a theory sets, on whose authority, and what its checks found."""
    changed = {key: value for key, value in scenario.config.differences().items() if not key.startswith("horizon.")}
    settings = ", ".join(f"`{key} = {json.dumps(value)}`" for key, value in changed.items())
    return "\n\n".join((
        f"### {scenario.title}", f"{scenario.question} {scenario.background}",
        f"*Changes.* {scenario.changes} {settings}.",
        "*Sources.*\n" + "\n".join(f"- {source}" for source in scenario.sources),
        f"*Expectation.* {scenario.expectation}", table(HEADS, [check_row(check) for check in found["checks"]]),
        f"*What could flip it.* {scenario.mind_changer}",
    ))


def stale(found: dict[str, dict[str, Any]]) -> list[str]:
    """Return the scenarios whose expectations are not those that were run."""
    old = []
    for name in (*scenario_files(), *theory_files()):
        scenario = load_scenario(name)
        now = [(check.claim, check.expected, check.contrast) for check in scenario.checks]
        then = [(c["claim"], c["expected"], c["contrast"]) for c in found.get(scenario.name, {}).get("checks", [])]
        if now != then:
            old.append(name)
    return old


def pages() -> dict[Path, str]:
    """Return the pages from what was found."""
    whole = json.loads(FOUND.read_text(encoding="utf-8"))
    found = {entry["scenario"]: entry for entry in whole["scenarios"]}
    notes = tomllib.loads(NOTES.read_text(encoding="utf-8"))
    return {DOCS / "scenarios.md": scenarios_page(found, notes),
            DOCS / "theories.md": theories_page(found, notes, whole.get("theories", []), whole.get("theory_seeds", 0))}


def take_over(new: dict[str, Any]) -> None:
    """Write what a run found into docs/scenarios.json; scenarios that it did not run keep what was found before."""
    old = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.is_file() else {"scenarios": []}
    ran = {entry["scenario"]: entry for entry in new["scenarios"]}
    order = [load_scenario(name).name for name in (*scenario_files(), *theory_files())]
    entries = {entry["scenario"]: entry for entry in old["scenarios"]} | ran
    whole = old | new | {"scenarios": [entries[name] for name in order if name in entries]}
    whole.pop("runs", None)
    FOUND.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def seeds_of(checks: Sequence[dict[str, Any]]) -> str:
    """Return on how many seeds the checks of a scenario were tested."""
    numbers = sorted({check["seeds"] for check in checks})
    return f"{numbers[0]} seeds" if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]} seeds"


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or say which differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a page is stale")
    parser.add_argument("--names", action="store_true", help="print the names of everything that is tested")
    parser.add_argument("--found", type=Path, help="expectations.json of a new run")
    options = parser.parse_args(arguments)
    if options.names:
        print(" ".join([*scenario_files(), *theory_files()]))
        return 0
    if options.found:
        take_over(json.loads(options.found.read_text(encoding="utf-8")))
    found = {entry["scenario"]: entry for entry in json.loads(FOUND.read_text(encoding="utf-8"))["scenarios"]}
    if options.check:
        differ = [f"{path.name} is stale" for path, text in pages().items() if path.read_text(encoding="utf-8") != text]
        differ += [f"{name}: its expectations are not those that were run" for name in stale(found)]
        print("\n".join(differ) or "The pages are up to date.")
        return int(bool(differ))
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

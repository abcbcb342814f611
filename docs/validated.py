"""What `coopsim validate` found, as docs/validation.md and docs/model-card.md quote it, from docs/validation.json.

``uv run python docs/validated.py`` writes the parts of both pages that stand between ``<!-- found: NAME -->`` and
``<!-- /found -->``; with ``--check`` it writes nothing and exits with 1 if one is stale. docs/remeasure.py measures.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from coopsim.validation.strip import interval, number

DOCS = Path(__file__).parent
FOUND = DOCS / "validation.json"
PAGES = ("validation.md", "model-card.md")
KEPT = ("key", "title", "unit", "use", "strength", "sample", "target", "median", "low", "high", "verdict", "distance")
NUMBERS = {12: "twelve", 30: "thirty"}


def short(report: dict[str, Any]) -> dict[str, Any]:
    """Return what the pages need of a report: no value of a single replication, no path."""
    facts = [{key: rounded(fact[key]) for key in KEPT} for fact in report["facts"]]
    return {"replications": len(report["seeds"]), "holding": report["holding"], "measured": report["measured"],
            "weight_holding": report["weight_holding"], "weight": report["weight"], "facts": facts}


def rounded(value: Any) -> Any:
    """Return a value with five digits, infinite and missing numbers as text."""
    if isinstance(value, list):
        return [rounded(one) for one in value]
    if not isinstance(value, float):
        return value
    return float(f"{value:.5g}") if abs(value) < float("inf") else str(value)


def table(facts: list[dict[str, Any]]) -> str:
    """Return the facts that fail, farthest first, as a table in Markdown."""
    rows = ["| fact | what | target | model | 80 % interval | distance |", "| --- | --- | --- | ---: | --- | ---: |"]
    for fact in sorted(facts, key=lambda fact: -float(fact["distance"])):
        low, high = map(float, fact["target"])
        rows.append(f"| {fact['key']} | {fact['title']} | {interval(low, high, fact['unit'])} | "
                    + " | ".join((number(float(fact["median"])),
                                  f"{number(float(fact['low']))} to {number(float(fact['high']))}",
                                  number(float(fact["distance"])))) + " |")
    return "\n".join(rows)


def parts(found: dict[str, Any]) -> dict[str, str]:
    """Return what stands between the marks, by name."""
    bundled = found["bundled"]
    failing = [fact for fact in bundled["facts"] if fact["verdict"] != "holds"]

    def of(use: str) -> str:
        chosen = [fact["verdict"] == "holds" for fact in bundled["facts"] if fact["use"] == use]
        return f"{sum(chosen)} of {len(chosen)}"

    times = NUMBERS.get(bundled["replications"], str(bundled["replications"]))
    told = {
        "facts": f"{times.capitalize()} replications with default parameters and bundled tables: "
                 f"**{bundled['holding']} of {bundled['measured']} figures hold** ({bundled['weight_holding']} of "
                 f"{bundled['weight']} by weight), of those that may be fitted {of('fit')}, of those kept for checking "
                 f"{of('check')}, of those that are verified {of('verify')}. Figures of one fact hang together, so "
                 f"this counts figures, not independent tests. The ones that fail:\n\n{table(failing)}\n",
        "summary": f"Over {times} replications {bundled['holding']} of {bundled['measured']} figures are within their "
                   f"target ranges, {of('check')} that were kept for checking.",
    }
    if "data" in found:
        data = found["data"]
        bad = {fact["key"]: fact for fact in data["facts"] if fact["verdict"] != "holds"}
        old = {fact["key"] for fact in failing if fact["sample"] == "past"}
        now, new = sorted(old - set(bad)), [fact for key, fact in bad.items() if key not in old]
        lines = [f"With published sizes, votes and memberships (`--data`, "
                 f"{NUMBERS.get(data['replications'], data['replications'])} replications) {data['holding']} of the "
                 f"{data['measured']} figures of the past hold."]
        if now:
            lines.append(f"Of the list above these then hold: {', '.join(now)}.")
        lines.append("Others then fail:\n\n" + table(new) if new else "No other then fails.")
        told["with data"] = " ".join(lines)
    return told


def filled(text: str, told: dict[str, str]) -> str:
    """Return a page with what was found between its marks."""
    def put(match: re.Match[str]) -> str:
        name = match[1]
        return f"<!-- found: {name} -->\n{told[name]}\n<!-- /found -->" if name in told else match[0]

    return re.sub(r"<!-- found: ([a-z ]+) -->\n.*?<!-- /found -->", put, text, flags=re.DOTALL)


def pages() -> dict[Path, str]:
    """Return the pages as they should stand."""
    told = parts(json.loads(FOUND.read_text(encoding="utf-8"))) if FOUND.is_file() else {}
    return {DOCS / name: filled((DOCS / name).read_text(encoding="utf-8"), told) for name in PAGES}


def write(found: dict[str, Any]) -> None:
    """Write docs/validation.json, keeping what was not measured now, and the pages."""
    old = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.is_file() else {}
    FOUND.write_text(json.dumps(old | found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the pages, or say which differ."""
    stale = [path for path, text in pages().items() if path.read_text(encoding="utf-8") != text]
    if "--check" in arguments:
        print("\n".join(f"{path.name} is stale: uv run python docs/validated.py" for path in stale)
              or "The pages are up to date.")
        return int(bool(stale))
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Measure again what the lessons claim, and print it: ``uv run python -m coopsim.dashboard.lessons [NAME...]``."""

from __future__ import annotations

import sys

from coopsim.dashboard.lessons import lesson, lessons
from coopsim.dashboard.lessons.claims import judged


def main(names: list[str]) -> None:
    """Print one line per claim."""
    for found in [lesson(name) for name in names] or lessons():
        for row in judged([found]).to_dict("records"):
            number = f"{row['found']:+.4g} ({row['low']:+.4g} to {row['high']:+.4g}), n = {row['n']}"
            print(f"{row['verdict']:<10} {row['lesson']}: {row['claim']}\n"
                  f"           {row['measure']} [{row['unit']}]: {number}\n           written: {row['written']}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""All benchmarks in one command: ``uv run python benchmarks/run.py [--quick | --long] [--json FILE]``.

First it checks that all variants of the core subset are the same model; then it measures. Without ``--json`` the
figures go to benchmarks/performance.json (with ``--quick`` nowhere); ``benchmarks/report.py`` makes the page of it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

# One thread, before anything imports NumPy: we compare code, not libraries' threads.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
os.environ.update(dict.fromkeys(ONE_THREAD, "1"))

from measures import comparison, equivalence, machine, scaling, startup, sweep  # noqa: E402

HERE = Path(__file__).resolve().parent
PARTS = ("core", "scaling", "startup", "sweep")


def say(words: str) -> None:
    """Tell what is going on, on the error stream."""
    print(f"  {words}", file=sys.stderr, flush=True)


def measure(size: str, parts: tuple[str, ...]) -> dict[str, Any]:
    """Return every figure asked for; `size` is "quick", "full" or "long"."""
    quick = size == "quick"
    found: dict[str, Any] = {"size": size, "machine": machine.facts()}
    if "core" in parts:
        say("are all variants the same model?")
        found["equivalence"] = equivalence.check(seeds=20 if quick else 40)
        say("they are; now in turn")
        found["core"], found["baseline"] = comparison.compare(3 if quick else 7, say)
    if "scaling" in parts:
        found["scaling"] = scaling.measure(size, say)
    if "startup" in parts:
        say("start-up")
        found["startup"] = startup.measure(3 if quick else 9)
    if "sweep" in parts:
        say("sweep")
        found["sweep"] = sweep.measure(runs=8 if quick else 24)
    return found


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description="Measure everything about speed.")
    parser.add_argument("--quick", action="store_true", help="a few minutes: fewer repetitions, smaller worlds")
    parser.add_argument("--long", action="store_true",
                        help="also 1,000,000 organisations, and the memory of 2,000 states with 100,000 organisations")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to keep the figures")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args()
    size = "quick" if options.quick else "long" if options.long else "full"
    try:
        found = measure(size, tuple(options.only))
    except equivalence.UnequalError as error:
        print(f"not measured: the variants are not the same model: {error}", file=sys.stderr)
        return 1
    target = options.json or (HERE / "performance.json" if not options.quick else None)
    if target is not None:
        target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    from report import page

    print(page(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

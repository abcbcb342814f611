"""Measure again everything that the pages tell as found, and write the pages. Whatever was finished is not repeated.

``uv run python docs/remeasure.py`` does all parts; name some to do only those:

- scenarios: expectations of all scenarios and theories (docs/scenarios.json, docs/scenarios.md, docs/theories.md);
- theories: indicators of the theories side by side (the table of docs/theories.md);
- validation: all facts (docs/validation.json, the parts between marks of docs/validation.md and docs/model-card.md);
- lessons: what the lessons claim (the numbers beside the claims).

Runs record only what is read from them, and stop in the last year that is read. They are kept in `--out` with a
fingerprint of the source, so that Ctrl-C and the same command go on, and a change of the model begins anew. Words
around the numbers are written by hand: what no longer holds is listed at the end. ``--quick`` takes two seeds of each
and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import theories
import validated

import coopsim
import scenarios
from coopsim.app.commands.validate import _report
from coopsim.app.expectations import report
from coopsim.config import load_scenario, scenario_files
from coopsim.config.files import theory_files
from coopsim.dashboard.lessons import lessons
from coopsim.dashboard.lessons.claims import SEEDS, judged
from coopsim.experiment.expectations import judge, plan_of, values_of
from coopsim.experiment.kept import KeptRuns, fingerprint
from coopsim.validation.catalogue import FACTS, UNMEASURED
from coopsim.validation.fact import judge as judge_fact
from coopsim.validation.validate import Validation, validate

LESSONS = Path(coopsim.__file__).parent / "dashboard" / "lessons" / "en"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
REPLICATIONS, WITH_DATA = 30, 12
Running = dict[str, Any]


def tell(part: str, done: int, total: int) -> None:
    """Say how far a part is."""
    if sys.stderr.isatty() or done % 100 == 0 or done == total:
        end = "\n" if done == total or not sys.stderr.isatty() else ""
        print(f"\r{part}: {done:,} of {total:,} runs ", end=end, file=sys.stderr, flush=True)


def measure_scenarios(running: Running, quick: bool) -> list[str]:
    """Run the expectations; return those that do not hold."""
    tested = [scenario for scenario in map(load_scenario, (*scenario_files(), *theory_files())) if scenario.checks]
    plan = plan_of(tested, replications=2 if quick else None, years=3 if quick else None)
    found = values_of(plan, **running)
    if len(found) < len(plan.jobs()):
        raise KeyboardInterrupt
    table = judge(plan, found)
    if not quick:
        scenarios.take_over({"format": "coopsim expectations", "coopsim": coopsim.__version__, "seed": 1,
                             "scenarios": report(table, plan)})
    return [f"{row['scenario']}: {row['claim']}: {row['verdict']}, {row['found']:.3g} ({row['low']:.3g} to "
            f"{row['high']:.3g}), expected {row['expected']}"
            for row in table.to_dict("records") if row["verdict"] != "holds"]


def measure_theories(running: Running, quick: bool) -> list[str]:
    """Run the theories side by side."""
    seeds = range(1, 3 if quick else 1 + theories.SEEDS)
    rows = theories.side_by_side(seeds, **running)
    if not quick:
        theories.write(rows, len(seeds))
    return []


def measure_lessons(running: Running, quick: bool) -> list[str]:
    """Run the claims of the lessons and write the numbers beside them; return those that do not hold."""
    wrong = []
    for found in lessons():
        table = judged([found], SEEDS[:2] if quick else SEEDS, **running)
        rows = table.to_dict("records")
        wrong += [f"lesson {found.name}: {row['claim']}: {row['verdict']}, {numbers(row)}, expected {row['expected']}"
                  for row in rows if row["verdict"] != "holds"]
        if not quick:
            path, told = LESSONS / f"{found.name}.toml", iter(rows)
            text = re.sub(r'^found = ".*"$', lambda _, told=told: f'found = "{numbers(next(told))}"',
                          path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            path.write_text(text, encoding="utf-8")
    return wrong


def numbers(row: dict[str, Any]) -> str:
    """Return an estimate with its interval and n, as it stands beside a claim."""
    sign = "" if row["unit"] == "level" else "+"

    def one(value: float) -> str:
        whole = row["unit"] == "percent" and abs(row["found"]) >= 10
        return f"{value:{sign}.0f}" if whole else f"{value:{sign}.3g}"

    percent = " %" if row["unit"] == "percent" else ""
    return f"{one(row['found'])}{percent} ({one(row['low'])} to {one(row['high'])}), n = {row['n']}"


def replication(seed: int, data: str) -> dict[str, float]:
    """Return what one replication gives for every fact; with a folder of data, for those about the past."""
    only = tuple(fact.key for fact in FACTS if fact.sample == "past") if data else ()
    found = validate(1, seed=seed, data=data, only=only)
    return {j.fact.key: (j.values or (float("nan"),))[0] for j in found.judgements}


def source_of_validation() -> str:
    """Return a fingerprint of the model and of how facts are measured."""
    digest = sha256(fingerprint().encode())
    folder = Path(coopsim.__file__).parent / "validation"
    for path in sorted(chain(folder.glob("*.py"), folder.glob("*.toml"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def replications(file: Path, number: int, data: str, executor: Executor | None) -> list[dict[str, float]]:
    """Return what replications give, those from earlier times read from a file to which new ones are added."""
    source, found = source_of_validation(), {}
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
            except ValueError:  # the last line of a run that was killed
                continue
            if (row["source"], row["data"]) == (source, bool(data)):
                found[row["seed"]] = row["values"]
    left = [seed for seed in range(1, number + 1) if seed not in found]
    for seed, values in each(partial(replication, data=data), left, executor):
        found[seed] = values
        with file.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps({"source": source, "data": bool(data), "seed": seed, "values": values}) + "\n")
        tell("validation", sum(k <= number for k in found), number)
    return [found[seed] for seed in range(1, number + 1)]


def each(
    work: Callable[[int], dict[str, float]], seeds: list[int], executor: Executor | None
) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield seed and result as they are finished."""
    if executor is None:
        yield from ((seed, work(seed)) for seed in seeds)
        return
    futures = {executor.submit(work, seed): seed for seed in seeds}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


def measure_validation(running: Running, quick: bool, folder: Path, data: Path) -> list[str]:
    """Measure the facts and write docs/validation.json and what the pages quote; return the facts that fail."""
    reports: dict[str, Any] = {}
    for name, number, where in (("bundled", REPLICATIONS, ""), ("data", WITH_DATA, str(data))):
        if name == "data" and not (data / "bilateral_cultural_agreements.csv").is_file():
            continue
        number = 2 if quick else number
        rows = replications(folder / "validation.jsonl", number, where, running["executor"])
        facts = [fact for fact in FACTS if fact.key in rows[0]]
        found = Validation(tuple(judge_fact(fact, [row[fact.key] for row in rows]) for fact in facts),
                           () if where else UNMEASURED, tuple(range(1, number + 1)), where)
        reports[name] = validated.short(_report(found, Path()))
    if not quick:
        validated.write(reports)
    return [f"fact {fact['key']}: {fact['title']}: {fact['median']:.3g}, target {fact['target']}"
            for fact in reports["bundled"]["facts"] if fact["verdict"] != "holds"]


@contextmanager
def pool(workers: int) -> Iterator[Executor | None]:
    """Yield processes to run in, or nothing for one worker."""
    if workers == 1:
        yield None
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        yield executor


PARTS: dict[str, Callable[[Running, bool], list[str]]] = {
    "scenarios": measure_scenarios, "theories": measure_theories, "lessons": measure_lessons,
}


def main(arguments: list[str]) -> int:
    """Measure the parts that are named and write the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="scenarios, theories, validation, lessons")
    parser.add_argument("--out", type=Path, default=Path("results/remeasure"), help="folder of finished runs")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--data", type=Path, default=DATA, help="published tables (docs/validation.md)")
    parser.add_argument("--quick", action="store_true", help="two seeds of each; nothing is written to docs")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.parts) - {*PARTS, "validation"}
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    kept, wrong = KeptRuns(chosen.out), []
    with pool(chosen.workers) as executor:
        for name in chosen.parts or (*PARTS, "validation"):
            running = {"executor": executor, "kept": kept, "progress": partial(tell, name)}
            wrong += (measure_validation(running, chosen.quick, chosen.out, chosen.data) if name == "validation"
                      else PARTS[name](running, chosen.quick))
    print("\n".join(["What does not hold, to be told where the pages and lessons speak of it:", *wrong]))
    return 0 if chosen.quick else scenarios.main([])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Measure the theories and the default settings on the same seeds, for the table in docs/theories.md.

``uv run python docs/theories.py [SEEDS]`` writes the figures into ``docs/scenarios.json``; then run
``uv run python docs/scenarios.py``. The data column is that of ``coopsim validate``: the facts are measured by the same
definitions (means over years 21 to 30), so that "inside" means the same there and here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coopsim.config import load_config
from coopsim.config.files import theory_files
from coopsim.experiment.expectations import run_jobs
from coopsim.experiment.measures import Measure
from coopsim.experiment.verdict import mean_of
from coopsim.results.indicators import INDICATORS
from coopsim.validation.catalogue import FACTS

FOUND = Path(__file__).parent / "scenarios.json"
SEEDS = 20
LATE = [2046, 2055]
# Key of the fact in docs/facts.md, or "" where nothing is observed, and what is measured.
ROWS = (
    ("", {"indicator": "density"}),
    ("1a", {"indicator": "signed", "years": [2036, 2055]}),
    ("4a", {"indicator": "degree_gini", "years": LATE}),
    ("5a", {"indicator": "assortativity", "years": LATE}),
    ("", {"indicator": "modularity_bloc"}),
    ("", {"indicator": "modularity_region"}),
    ("", {"indicator": "trust_tied", "minus": "trust_untied"}),
    ("", {"indicator": "friend_share"}),
    ("", {"indicator": "understanding"}),
    ("", {"indicator": "incidents", "years": LATE}),
    ("15b", {"indicator": "adoption_heritage", "year": 2040}),
    ("15d", {"indicator": "adoption_heritage", "year": 2055}),
    ("16b", {"indicator": "adoption_diversity", "year": 2036}),
    ("18a", {"indicator": "members_absent", "years": LATE}),
    ("34a", {"indicator": "spillover_crude", "years": LATE}),
    ("34b", {"indicator": "spillover_stratified", "years": LATE}),
)


def side_by_side(seeds: Sequence[int] = range(1, SEEDS + 1), **running: Any) -> list[dict[str, Any]]:
    """Return one row per indicator: mean and half of the 95 % interval of every setting, and the target of the fact.

    `running` are the keywords of `run_jobs`: executor, kept, progress.
    """
    default = load_config("baseline_today")
    configs = {"baseline": default, **{name: load_config(name) for name in theory_files()}}
    start, end = default.start_year, default.start_year + default.years
    measures = [Measure.from_mapping(table, start, end) for _, table in ROWS]
    needs: dict[Measure, set[int]] = {}
    for measure in measures:
        for bare, years in measure.needs(start, end).items():
            needs[bare] = needs.get(bare, set()) | years
    facts = {fact.key: fact for fact in FACTS}
    targets = {fact.key: [fact.low, fact.high] for fact in FACTS}
    rows: list[dict[str, Any]] = [{"label": label(key, measure, facts), "fact": key, "target": targets.get(key)}
                                  for (key, _), measure in zip(ROWS, measures, strict=True)]
    jobs = [(config, seed) for seed in seeds for config in configs.values()]
    watched = run_jobs(jobs, {config.hash: needs for config in configs.values()}, **running)
    for name, config in configs.items():
        values = [watched[config.hash, seed] for seed in seeds]
        for row, measure in zip(rows, measures, strict=True):
            found = mean_of([measure.value(one, start, end) for one in values])
            row[name.rpartition("/")[2]] = [found.value, found.high - found.value]
    return rows


def write(rows: list[dict[str, Any]], seeds: int) -> None:
    """Write the rows into docs/scenarios.json."""
    whole = json.loads(FOUND.read_text(encoding="utf-8")) | {"theories": rows, "theory_seeds": seeds}
    FOUND.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Run five settings on the same seeds and write what was found."""
    seeds = range(1, 1 + (int(arguments[0]) if arguments else SEEDS))
    write(side_by_side(seeds), len(seeds))
    return 0


def label(key: str, measure: Measure, facts: dict) -> str:
    """Return the fact, or the indicator, in words."""
    if key:
        return f"{facts[key].title} ({key})"
    words = INDICATORS[measure.name].label
    return f"{words}, less {INDICATORS[measure.minus.name].label}" if measure.minus else words


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The one number that matters for speed: fifty years of the world of today, on one core.

``OMP_NUM_THREADS=1 uv run python benchmarks/fifty_years.py`` prints the best of three runs, and where the
time goes. With ``--limit SECONDS`` it fails when building and running the world take longer than that.
Starting Python and importing NumPy, pandas, SciPy and Mesa takes two to three seconds more.
"""

from __future__ import annotations

import argparse
from collections import Counter
from time import perf_counter

from coopsim.config import load_config
from coopsim.model import CoopModel


def run(years: int) -> tuple[float, float, CoopModel]:
    """Return seconds to build the world, seconds to run it, and the model."""
    config = load_config("baseline").with_values({"horizon.years": years})
    begin = perf_counter()
    model = CoopModel(config, rng=1)
    built = perf_counter()
    model.run_for(years)
    return built - begin, perf_counter() - built, model


def main() -> int:
    """Run, print, compare with the limit."""
    parser = argparse.ArgumentParser(description="Time the baseline.")
    parser.add_argument("--years", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--limit", type=float, help="seconds for building and running")
    options = parser.parse_args()
    build, years, model = min((run(options.years) for _ in range(options.repeat)), key=lambda r: r[0] + r[1])
    world = model.world
    print(f"{world.size} states, {len(world.organisations):,} organisations, {options.years} years")
    print(f"build {build:.2f} s   run {years:.2f} s")
    spent: Counter[str] = Counter()
    for row in model.schedule_record:
        spent[row["process"]] += row["seconds"]
    for process, seconds in spent.most_common(8):
        print(f"  {process:<28} {seconds:.3f} s")
    if options.limit is not None and build + years > options.limit:
        print(f"slower than {options.limit:g} s")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The figures of a JSON file as a page: ``uv run python benchmarks/report.py [FILE]`` writes docs/performance.md.

No figure of that page is typed by hand. With ``--check`` it writes nothing and exits with 1 if the page differs.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FIGURES, PAGE = HERE / "performance.json", HERE.parent / "docs" / "performance.md"
NOTICE = "<!-- Written by benchmarks/report.py from benchmarks/performance.json; measure again, do not edit. -->"
SLACK = 0.05  # a fitted exponent this far above a whole number is noise
Row = tuple[object, ...]


def table(heads: Iterable[str], rows: Iterable[Row]) -> str:
    """Return a Markdown table; all columns but the first are aligned to the right."""
    heads = list(heads)
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def figure(value: float | None, digits: int = 3) -> str:
    """Return a number with so many significant digits."""
    if value is None:
        return "–"
    if value and abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".rstrip(".")


def times(value: float) -> str:
    """Return a ratio."""
    return f"{figure(value)} ×"


def page(found: dict[str, Any]) -> str:
    """Return the whole page."""
    parts = [NOTICE, "# Performance", INTRODUCTION]
    if found["size"] == "quick":
        parts.append("**Quick figures**: few repetitions and small worlds.")
    parts += ["## What was to be reached", bars(found)]
    for key, section in SECTIONS.items():
        if key in found:
            parts += section(found)
    parts += ["## How it was measured", METHOD, *equivalence(found), machine(found["machine"])]
    return "\n\n".join(parts) + "\n"


INTRODUCTION = """\
Times of one machine say little about another; ratios taken in one run say more. So every variant runs in turn in the
same process, and what counts is the column of ratios. [benchmarks/README.md](../benchmarks/README.md) states the rules
that are compared, and how to measure again."""

METHOD = """\
`uv run python benchmarks/run.py` measures and `uv run python benchmarks/report.py` writes this page. Times are of the
processor, not of the clock, unless said otherwise, because other programs may run at the same time; everything has
one thread. In each round every variant runs once, or several times if it takes milliseconds, and the order moves on
by one from round to round; ratios are taken within a round, and their median is given. One round to warm up does not
count. Building the world is not in the time of the years, and has its own column."""


def bars(found: dict[str, Any]) -> str:
    """Return what was asked for and what was reached."""
    rows: list[Row] = []

    def bar(
        what: str, value: float | None, limit: float, slack: float = 0.0, *, least: bool = False, unit: str = ""
    ) -> None:
        if value is not None:
            met = value >= limit if least else value <= limit + slack
            noise = f" (and {slack:g} of noise)" if slack else ""
            asked = f"{'at least' if least else 'at most'} {limit:,g}{unit}{noise}"
            rows.append((what, asked, f"{figure(value)}{unit}", "yes" if met else "**no**"))

    if "core" in found:
        variants = found["core"]["variants"]
        for key, words in (("coopsim_reduced", "the same four numbers recorded"), ("coopsim", "every table recorded")):
            row = variants[key]
            bar(f"core subset against plain Mesa, {words}", row["faster_than_mesa"], 80, least=True, unit=" ×")
            bar(f"core subset against C, {words}", row["times_c"], 2.5, unit=" ×")
        bar("whole baseline against the core subset in C", found["baseline"]["times_c"], 15, unit=" ×")
        bar("the same, building the world included", found["baseline"]["times_c_with_build"], 15, unit=" ×")
    for key, words, limit in GROWTH:
        series = found.get("scaling", {}).get(key)
        if series:
            bar(f"growth of time with {words}, exponent at the largest", series["exponent_of_largest"], limit, SLACK)
    largest = found.get("scaling", {}).get("largest", {})
    if "peak_mib" in largest:
        bar(f"peak memory, {largest['states']:,} states, {largest['organisations']:,} organisations, "
            f"{largest['years']} years", largest["peak_mib"], 4096, unit=" MiB")
    for name in ("coopsim --help", "coopsim scenarios list"):
        if "startup" in found:
            bar(f"`{name}` against `import numpy, pandas`", found["startup"]["commands"][name]["times_reference"], 1.5,
                unit=" ×")
    return table(("", "asked", "reached", "met"), rows) if rows else "Nothing of it was measured in this run."


GROWTH = (
    ("states of the core subset", "states, core subset", 2),
    ("states", "states, every mechanism", 2),
    ("organisations", "organisations", 1),
    ("years", "years", 1),
)


def core(found: dict[str, Any]) -> list[str]:
    """Return the comparison of variants."""
    subset = found["core"]
    order = sorted(subset["variants"].values(), key=lambda row: -row["times_c"])
    rows = [
        (row["label"], figure(row["build_ms"]), figure(row["years_ms"]), times(row["faster_than_mesa"]),
         times(row["times_c"]), " – ".join(figure(value) for value in row["times_c_range"]),
         times(row["times_literal_c"]))
        for row in order
    ]
    pairs = subset["states"] * (subset["states"] - 1) / 2 * subset["years"]
    limit, ours = subset["variants"]["c"], subset["variants"]["coopsim_reduced"]
    missing = [f"{label} was not measured: {why}." for label, why in subset.get("not_measured", {}).items()]
    return [
        f"## The core subset: {subset['states']} states, {subset['years']} years",
        table(("variant", "build, ms", "years, ms", "faster than plain Mesa", "time against C", "range",
               "against literal C"), rows),
        *missing,
        f"Medians of {subset['rounds']} rounds. A year costs C {figure(1e6 * limit['years_ms'] / pairs)} ns for each "
        f"pair of states, and coopsim {figure(1e6 * ours['years_ms'] / pairs)} ns. The optimised C, which is the limit "
        "meant here, has the same events as its literal translation: it bounds the chance of a signature before it "
        "computes it, counts shared partners by bits, and keeps a calendar. coopsim also writes a ledger with the "
        "reasons of each signature, which no other variant does; its build makes a world from tables, theirs copies "
        "one.",
    ]


def baseline(found: dict[str, Any]) -> list[str]:
    """Return the whole baseline and where its time goes."""
    whole = found["baseline"]
    profile = whole["profile"]
    shown = [row for row in profile if row["share"] >= 0.005]
    rest = 1 - sum(row["share"] for row in shown)
    rows: list[Row] = [
        (row["process"], row["mechanism"], figure(row["share"] * whole["years_ms"]), f"{100 * row['share']:.1f} %")
        for row in shown
    ]
    rows.append((f"{len(profile) - len(shown)} others", "", figure(rest * whole["years_ms"]), f"{100 * rest:.1f} %"))
    half, names = 0.0, []
    for row in profile:
        if half < 0.5:
            half += row["share"]
            names.append(row["process"])
    return [
        f"## The whole baseline: every mechanism, {whole['states']} states, {whole['organisations']:,} organisations, "
        f"{whole['years']} years",
        f"{figure(whole['years_ms'])} ms, {times(whole['times_c'])} the core subset in C "
        f"(range {' – '.join(figure(value) for value in whole['times_c_range'])}); building the world takes another "
        f"{figure(whole['build_ms'])} ms.",
        table(("process", "mechanism", "ms", "share"), rows),
        f"What limits it: {len(names)} of the {len(profile)} lines make up {100 * half:.0f} %: {', '.join(names)}.",
    ]


def scaling(found: dict[str, Any]) -> list[str]:
    """Return tables of how time and memory grow."""
    parts = ["## How time and memory grow"]
    for name, series in found["scaling"].items():
        if name == "largest":
            continue
        key = name.partition(" ")[0]
        fixed = [other for other in ("states", "organisations", "years") if other != key]
        rows = [
            (f"{row[key]:,}", "failed", "", row["failed"]) if "failed" in row
            else (f"{row[key]:,}", figure(row["build_s"]), figure(row["years_s"]), figure(row["peak_mib"], 4))
            for row in series["points"]
        ]
        first = series["points"][0]
        about = {"organisations": "about "}
        fixed = [other for other in fixed if "core" not in name or other == "years"]
        constant = "; ".join(f"{about.get(other, '')}{first[other]:,} {other}" for other in fixed)
        parts += [
            f"### {name[0].upper()}{name[1:]}",
            table((key, "build, s", "years, s", "peak, MiB"), rows),
            f"Exponent {figure(series['exponent'])} over all, {figure(series['exponent_of_largest'])} over the three "
            f"largest ({constant}).",
        ]
    largest = found["scaling"].get("largest")
    if largest:
        said = (f"failed: {largest['failed']}" if "failed" in largest
                else f"{figure(largest['peak_mib'], 4)} MiB at most, and {figure(largest['years_s'])} s")
        parts.append(f"{largest['states']:,} states, {largest['organisations']:,} organisations and "
                     f"{largest['years']} years: {said}.")
    return parts


def startup(found: dict[str, Any]) -> list[str]:
    """Return how long the first answer takes."""
    measured = found["startup"]

    def both(took: dict[str, float]) -> str:
        return f"{figure(took['clock_s'])} s by the clock ({figure(took['processor_s'])} s of the processor)"

    rows = [(f"`{name}`", figure(row["clock_s"]), figure(row["processor_s"]), times(row["times_reference"]))
            for name, row in measured["commands"].items()]
    return [
        "## Start-up",
        table(("command", "s, by the clock", "s, processor", "against numpy and pandas"), rows),
        f"Medians of {measured['rounds']} rounds; ratios of processor time. The first `coopsim run baseline --years 1` "
        "after an installation, with neither byte code nor kernels compiled, takes "
        f"{both(measured['first_ever_run'])}; with byte code but without kernels, "
        f"{both(measured['run_without_kernels'])}. Kernels are compiled in as many processes as there are processors, "
        "up to eight.",
    ]


def sweep(found: dict[str, Any]) -> list[str]:
    """Return the throughput of many runs."""
    rows = [
        (f"{'the whole baseline' if preset == 'full' else 'preset core'}, {row['workers']} "
         f"{'worker' if row['workers'] == 1 else 'workers'}",
         figure(row["runs_per_second"]), figure(row["runs_per_second_and_core"]), figure(row["processor_ms_per_run"]))
        for preset, measured in found["sweep"].items() for row in measured
    ]
    return [
        "## Many runs",
        table(("", "runs/s", "runs/s and core", "processor, ms a run"), rows),
        "Runs by the clock, fifty years each, from configuration to last indicator, in a pool of warm processes.",
    ]


def equivalence(found: dict[str, Any]) -> list[str]:
    """Return how the variants were found to be the same model."""
    checked = found.get("equivalence")
    if not checked:
        return []
    rows: list[Row] = [
        (label, "not measured", row["not_measured"]) if "not_measured" in row
        else (label, figure(row["largest_z"]), row["where"])
        for label, row in checked["statistical"].items()
    ]
    exact = "; ".join(f"{label} ({row['runs']} runs; mean trust within {row['largest_difference_of_trust']:.0e})"
                      for label, row in checked["exact"].items())
    return [
        "### The variants are the same model",
        f"Before anything was timed. Signatures, lapses and agreements of every year equal those of the optimised C: "
        f"{exact}.",
        f"Variants with random numbers of their own, {checked['seeds']} seeds each in a world of {checked['states']} "
        f"states, {checked['years']} years, against {checked['reference_seeds']} seeds of C; the largest of the "
        f"z-scores (at most {checked['limit']}):",
        table(("variant", "largest z", "where"), rows),
    ]


def machine(facts: dict[str, Any]) -> str:
    """Return on what it was measured."""
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items() if number)
    return "### The machine\n\n" + (
        f"{facts['processor']}, {facts['cores']} cores, {facts['system']}; Python {facts['python']}, {versions}; "
        f"{facts['compiler']} with `{' '.join(facts['flags'])}`. Commit {facts['commit']}"
        f"{' with changes in src' if facts['sources_changed'] else ''}, {facts['date']}; load average at the start "
        f"{' / '.join(f'{value:g}' for value in facts['load'] or ['unknown'])}."
    )


SECTIONS = {"core": core, "baseline": baseline, "scaling": scaling, "startup": startup, "sweep": sweep}


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description="Write docs/performance.md from the figures.")
    parser.add_argument("figures", nargs="?", type=Path, default=FIGURES)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is out of date")
    options = parser.parse_args()
    made = page(json.loads(options.figures.read_text(encoding="utf-8")))
    if options.check:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

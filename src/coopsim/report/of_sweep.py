"""The report of a sweep."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from coopsim.analysis.bands import bands
from coopsim.analysis.charts import named
from coopsim.analysis.effects import Effect
from coopsim.analysis.sweep_table import POINT, SEED, YEAR, Runs, runs_of
from coopsim.analysis.words import counted, listed, seeds_in_words
from coopsim.config import Config, config_from
from coopsim.errors import ConfigError, ResultsError
from coopsim.experiment.plan_files import to_toml
from coopsim.experiment.sweep_results import SweepResults
from coopsim.param import shown as literal
from coopsim.report import parts
from coopsim.report.markup import Html, code, joined, section, table, tag
from coopsim.report.of_run import model_words, opening, software_words
from coopsim.report.scenario import described
from coopsim.report.svg import shown
from coopsim.report.sweep_charts import chosen_indicators, effects_of, sweep_charts

CONTENTS = (
    ("scenario", "Scenario"), ("varies", "What varies"), ("settings", "What differs"), ("figures", "Figures"),
    ("tables", "Tables"), ("methods", "Methods"), ("again", "Run it again"), ("provenance", "Provenance"),
    ("limits", "Limits"),
)
DESIGNS = {
    "grid": "a full grid", "one_at_a_time": "one setting changed at a time", "list": "a list of points",
    "latin_hypercube": "a Latin hypercube", "sobol": "a Sobol sequence", "random": "random points",
    "saltelli": "Saltelli's design for Sobol's indices", "morris": "Morris's trajectories",
}
MOST_POINTS, MOST_FAILURES = 24, 10
PAIRED = "Means over replications carry 95 % intervals by Student's t, paired by seed where points are compared."
SINGLE = "With one replication per point luck is part of the differences between points."


def sweep_page(sweep: SweepResults, folder: str) -> tuple[str, list[Html]]:
    """Return title and body of the report.

    Raises
    ------
    ResultsError
        If no run is finished, or this version of coopsim does not know the configuration.
    """
    m, configs = sweep.manifest, _configs(sweep.manifest)
    if sweep.table.empty:
        raise ResultsError(f"'{folder}' has no finished run to report on")
    runs, design = runs_of(sweep), str(m["plan"]["design"])
    base = next(iter(configs.values()))
    title = f"Sweep of {base.title or base.name}" if len(configs) == 1 else f"Sweep over {len(configs)} scenarios"
    names = chosen_indicators(runs)
    return title, [
        parts.masthead(title, base.question if len(configs) == 1 else "", facts(sweep), CONTENTS),
        tag(
            "main", _scenarios(m["configs"]), _varies(sweep), parts.settings_section(base),
            parts.figures_section(sweep_charts(runs, design), provenance(sweep, runs)),
            _tables(sweep, runs, effects_of(runs, names, design), names),
            parts.methods_section(methods(sweep, runs, base)), _again(sweep, base, folder),
            parts.provenance_section(_provenance_rows(sweep), m["data"]), parts.limits_section(*_own_limits(sweep)),
        ),
        parts.footer(m["coopsim"]),
    ]


def _configs(manifest: Mapping[str, Any]) -> dict[str, Config]:
    try:
        return {name: config_from(tables, where=name) for name, tables in manifest["configs"].items()}
    except ConfigError as error:
        raise ResultsError(f"this sweep was made by another version of coopsim: {error}") from None


def facts(sweep: SweepResults) -> str:
    """Return design, size, outcome and date in one line."""
    m, plan = sweep.manifest, sweep.manifest["plan"]
    failed = f" · {counted(len(sweep.failures), 'failed run')}" if len(sweep.failures) else ""
    began = m["sessions"][0]["started"][:10] if m["sessions"] else ""
    state = "" if sweep.complete else " · not complete"
    return (f"{DESIGNS.get(plan['design'], plan['design']).capitalize()} · {m['points']:,} points × "
            f"{plan['replications']:,} replications = {m['runs']:,} runs{failed}{state} · "
            f"coopsim {m['coopsim']} · {began}")


def provenance(sweep: SweepResults, runs: Runs) -> str:
    """Return version, plan, points, n, seeds and kind of interval, for captions and metadata of figures."""
    m = sweep.manifest
    n = runs.table.drop_duplicates([POINT, SEED]).groupby(POINT).size()
    per = f"n = {n.min()}" if n.min() == n.max() else f"n = {n.min()} to {n.max()}"
    seeds = seeds_in_words([int(seed) for seed in runs.table[SEED].unique()])
    single = "; one seed per point has no interval of its own" if n.max() == 1 else ""
    points = counted(len(n), "design point")
    return (f"coopsim {m['coopsim']}, plan {m['plan_hash']}, {points}, {per} per point, {seeds}; intervals as the "
            f"caption says{single}.")


def _scenarios(configs: Mapping[str, Any]) -> Html:
    if len(configs) == 1:
        return parts.scenario_section(next(iter(configs.values())))
    rows = [(name, words["title"], words["question"]) for name, words in configs.items()]
    return section("scenario", "The scenarios", table(("scenario", "title", "question"), rows))


def _varies(sweep: SweepResults) -> Html:
    plan = sweep.manifest["plan"]
    rows = [(key, _range(given), *described(key)) for key, given in plan["vary"].items()]
    told = table(("setting", "values", "default", "unit", "evidence", "meaning and source of the default"), rows,
                 caption="Settings that vary") if rows else tag("p", "Nothing but chance: one point, many seeds.")
    luck = ("Replications of different points share their seeds, and so all their luck: differences between points are "
            "differences between twins." if plan["common_random_numbers"] else "Every run has a seed of its own.")
    folded = parts.long(told, len(rows), f"All {len(rows)} settings that vary")
    return section("varies", "What varies", folded, tag("p", luck, class_="note"))


def _range(given: Any) -> str:
    if isinstance(given, Mapping):
        extra = "".join(f", {key} {value}" for key, value in given.items() if key not in ("low", "high"))
        return f"{literal(given['low'])} to {literal(given['high'])}{extra}"
    return ", ".join(literal(value) for value in given) if len(given) <= MOST_POINTS else f"{len(given)} values"


def _tables(sweep: SweepResults, runs: Runs, effects: list[Effect], names: list[str]) -> Html:
    told: list[Html] = []
    if effects:
        rows = [
            (one.parameter, named(one.indicator), literal(_plain(row["reference"])), literal(_plain(row["level"])),
             shown(row["effect"]), f"{shown(row['low'])} to {shown(row['high'])}", int(row["n"]))
            for one in effects for row in one.table.to_dict("records")
        ]
        columns = ("setting", "indicator", "from", "to", "effect", "95 % interval", "n")
        told += [tag("h3", "Effects"), table(columns, rows)]
        told.append(tag("p", "n: independent seeds where runs that differ in one setting are compared, points of the "
                             "design where a regression is.", class_="note"))
    if len(runs.points) <= MOST_POINTS:
        last = bands(replace(runs, table=runs.table[runs.table[YEAR] == runs.year()]), names)
        points = [
            (int(row[POINT]), *(literal(_plain(row[key])) for key in runs.parameters), named(row["indicator"]),
             shown(row["mean"]), f"{shown(row['low'])} to {shown(row['high'])}" if row["n"] > 1 else "–", int(row["n"]))
            for row in last.assign(**({} if POINT in last else {POINT: 0})).to_dict("records")
        ]
        told += [tag("h3", f"Design points in {runs.year()}"),
                 table(("point", *runs.parameters, "indicator", "mean", "95 % interval", "n"), points)]
    failures = sweep.failures
    if len(failures):
        failed = [(row["scenario_id"], row["replication_id"], row["seed"], row["error"])
                  for row in failures.head(MOST_FAILURES).to_dict("records")]
        left = len(failures) - len(failed)
        told += [tag("h3", "Failed runs"), table(("point", "replication", "seed", "error"), failed),
                 *([tag("p", f"{counted(left, 'further one')} in the table failures.", class_="note")] if left else [])]
    return section("tables", "Tables", *(told or [tag("p", "The design has too many points for a table of each.")]))


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return float(f"{value:.4g}") if isinstance(value, float) else value


def methods(sweep: SweepResults, runs: Runs, base: Config) -> str:
    """Return a paragraph for the methods section of a paper."""
    m, plan = sweep.manifest, sweep.manifest["plan"]
    vary = listed([f"{key} ({_range(given)})" for key, given in list(plan["vary"].items())[:MOST_POINTS]])
    more = len(plan["vary"]) - MOST_POINTS
    keys = f"{vary}{f' and {more} more' if more > 0 else ''}" if plan["vary"] else "nothing but chance"
    scenarios = listed([f"“{name}”" for name in m["configs"]])
    twins = plan["common_random_numbers"]
    shared = "shared by all points (common random numbers)" if twins else "different at each point"
    size, seeds = counted(len(runs.points), "point"), seeds_in_words(list(runs.table[SEED].unique()))
    failed = f" {counted(len(sweep.failures), 'run')} failed and are left out." if len(sweep.failures) else ""
    session = m["sessions"][-1] if m["sessions"] else {"packages": {}, "python": "unknown"}
    return " ".join([
        opening(m["coopsim"]),
        f"On the scenario {scenarios} we varied {keys} by {DESIGNS.get(plan['design'], plan['design'])} of {size}, "
        f"with {counted(plan['replications'], 'replication')} per point, {seeds}, {shared} (plan {m['plan_hash']}). "
        f"Runs started from the world of {base.start_year} and simulated {base.years} years in yearly steps; outcomes "
        f"are those of {runs.year()}.{failed}",
        model_words(base),
        PAIRED if plan["replications"] > 1 else SINGLE,
        software_words(session),
    ])


def _again(sweep: SweepResults, base: Config, folder: str) -> Html:
    m = sweep.manifest
    commands = dict.fromkeys(str(session["command"]) for session in m["sessions"])
    typed = [code(command, "command") for command in commands]
    try:
        plan = to_toml(m["plan"])
    except ConfigError:
        plan = ""
    again = f"coopsim sweep plan.toml --out new-folder\ncoopsim verify {shlex.quote(folder)}"
    return section(
        "again", "Run it again", tag("p", "The commands, as typed:"), *typed,
        tag("p", "To do the sweep again from the plan below, or to repeat the stored one and compare bit for bit:"),
        code(again, "commands"), tag("p", "The plan, plan.toml:"), code(plan, "plan file"),
        parts.scenario_block(base) if len(m["configs"]) == 1 else "",
    )


def _provenance_rows(sweep: SweepResults) -> list[tuple[str, object]]:
    m = sweep.manifest
    rows: list[tuple[str, object]] = [("coopsim", m["coopsim"]), ("plan", tag("code", m["plan_hash"]))]
    for number, session in enumerate(m["sessions"], 1):
        versions = joined([f"{name} {version}" for name, version in session["packages"].items()], ", ")
        rows += [
            (f"session {number}", f"{session['started']} to {session['finished'] or 'interrupted'}, "
                                  f"{session['workers']}"),
            ("Python and packages", joined([f"Python {session['python']}", versions], ", ")),
        ]
    return rows


def _own_limits(sweep: SweepResults) -> list[str]:
    found = []
    if not sweep.complete:
        found.append("The sweep is not complete: the report is of the runs that are finished, which need not be a fair "
                     "sample of the design.")
    if len(sweep.failures):
        found.append(f"{counted(len(sweep.failures), 'run')} failed; what made them fail may be what is of interest.")
    if sweep.manifest["plan"]["replications"] == 1:
        found.append("One seed per point: differences between points are partly luck.")
    found.append("A setting that was not varied was held at its value; a result may depend on it.")
    return found

"""The report of one run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from coopsim.analysis.again import config_of
from coopsim.analysis.summary import busiest_pairs, headlines, most_active_states
from coopsim.analysis.words import capital, counted, listed
from coopsim.config import Config
from coopsim.config.vocabulary import parameter_table
from coopsim.param import shown as literal
from coopsim.report import parts
from coopsim.report.markup import Html, code, joined, section, table, tag
from coopsim.report.run_charts import run_charts
from coopsim.report.scenario import change_words, described
from coopsim.report.svg import shown
from coopsim.results.results import Results
from coopsim.rng import Streams
from coopsim.world.build import facts_for

CONTENTS = (
    ("scenario", "Scenario"), ("settings", "What differs"), ("figures", "Figures"), ("tables", "Tables"),
    ("methods", "Methods"), ("again", "Run it again"), ("provenance", "Provenance"), ("limits", "Limits"),
)
ONE_RUN = "One run shows one course of chance: no figure here has an interval, because a single run cannot give one."
TILES = ("density", "signed", "trust", "other_treaties")
EVENTS = 25


def run_page(results: Results, folder: str) -> tuple[str, list[Html]]:
    """Return title and body of the report.

    Raises
    ------
    ResultsError
        If this version of coopsim does not know the run's configuration.
    """
    config, m = config_of(results), results.manifest
    title = config.title or config.name
    return title, [
        parts.masthead(title, config.question, facts(results), CONTENTS),
        tag(
            "main", _tiles(results), parts.scenario_section(m["config"]), parts.settings_section(config),
            parts.figures_section(run_charts(results), provenance(results)), _tables(results),
            parts.methods_section(methods(results, config)), _again(results, config, folder),
            parts.provenance_section(_provenance_rows(results), m["data"]),
            parts.limits_section(ONE_RUN, *_cut(results)),
        ),
        parts.footer(m["coopsim"]),
    ]


def facts(results: Results) -> str:
    """Return scenario, years, seed and size in one line."""
    m = results.manifest
    return (f"Scenario {m['scenario']} · {m['start_year']}–{m['last_year']} · seed {m['seed']} · "
            f"{size(results)} states · {len(results.agreements):,} agreements · "
            f"coopsim {m['coopsim']} · {m['finished'][:10]}")


def size(results: Results) -> int:
    """Return the number of states, which the run need not have recorded."""
    config, seed = config_of(results), int(results.manifest["seed"])
    return len(facts_for(config.world, Streams(seed)("world", config.start_year)).iso3)


def provenance(results: Results) -> str:
    """Return version, scenario, seed, n and kind of interval, for captions and metadata of figures."""
    m = results.manifest
    return (f"coopsim {m['coopsim']}, scenario {m['scenario']}, configuration {m['config_hash']}, seed {m['seed']}, "
            "n = 1 run, no interval.")


def _cut(results: Results) -> list[str]:
    planned = results.manifest["config"]["horizon"]
    left = planned["start_year"] + planned["years"] - int(results.manifest["last_year"])
    return [f"The run was cut short, {counted(left, 'year')} before its end."] if left else []


def _tiles(results: Results) -> Html:
    found = {row["indicator"]: row for row in headlines(results).to_dict("records")}
    last = results.manifest["last_year"]
    return parts.tiles([
        (capital(row["label"]), shown(row["end"]),
         f"{'' if row['unit'] in ('1', 'count') else row['unit'] + ' '}in {last}; at the start {shown(row['start'])}")
        for row in (found[name] for name in TILES if name in found)
    ])


def _tables(results: Results) -> Html:
    indicators = [
        (row["label"], shown(row["start"]), shown(row["end"]), "" if row["unit"] == "1" else row["unit"])
        for row in headlines(results).to_dict("records")
    ]
    pairs = [
        (f"{row['state_a']} – {row['state_b']}", row["since"], shown(row["spending_ab"]), shown(row["spending_ba"]),
         f"{row['trust']:.2f}", f"{row['understanding']:.2f}")
        for row in busiest_pairs(results).to_dict("records")
    ]
    states = [
        (row["name"], row["signed"], row["initiated"], row["partners"], row["missions"], shown(row["spent_abroad"]))
        for row in most_active_states(results).to_dict("records")
    ]
    return section(
        "tables", "Tables",
        *_titled("Main indicators", ("indicator", "start", "end", "unit"), indicators),
        tag("p", "What is counted within a year starts with the first simulated year.", class_="note"),
        *_titled("Busiest pairs in the last year", ("pair", "agreement since", "million $ there", "and back", "trust",
                                                    "understanding"), pairs),
        *_titled("States that signed most", ("state", "signed", "on own initiative", "partners", "missions",
                                             "million $ abroad"), states),
        *_events(results),
    )


def _titled(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[Html]:
    """Return a table under its heading; nothing if the run did not record what it needs."""
    return [tag("h3", title), table(columns, rows)] if rows else []


def _events(results: Results) -> list[Html]:
    """Return what came from outside; ordinary incidents between states are too many to list."""
    wanted = results.events[results.events["kind"].isin(["intervention", "shock", "warning", "withdrawal"])]
    if wanted.empty:
        return []
    rows = [(row["year"], row["kind"], row["who"], row["what"]) for row in wanted.head(EVENTS).to_dict("records")]
    left = len(wanted) - len(rows)
    note = [tag("p", f"{counted(left, 'further event')} in the table events.", class_="note")] if left else []
    return [*_titled("Interventions and withdrawals", ("year", "kind", "who", "what"), rows), *note]


def methods(results: Results, config: Config) -> str:
    """Return a paragraph for the methods section of a paper."""
    m = results.manifest
    last, states = int(m["last_year"]), size(results)
    kind = "invented" if config.world.synthetic else "today's"
    return " ".join([
        opening(m["coopsim"]),
        f"The scenario “{config.name}” (configuration {m['config_hash']}) has {states} {kind} states; from the world "
        f"of {config.start_year} on we simulated {config.start_year + 1} to {last} in yearly steps.",
        model_words(config),
        f"Random numbers are looked up by mechanism, year and pair from one seed (seed {m['seed']}), so that the run "
        "can be repeated bit for bit. Results are of one run and carry no interval.",
        software_words(m),
    ])


def opening(version: str) -> str:
    """Return what the model is, in one sentence."""
    return (f"We simulated international cultural cooperation with coopsim {version}, an agent-based model in which "
            "states and cultural organisations sign, keep and leave cultural agreements (its documentation describes "
            "it by the ODD+D protocol).")


def model_words(config: Config) -> str:
    """Return which mechanisms are on, which parameters differ, and what happens from outside, in sentences."""
    on = sum(config.mechanisms.values())
    off = [name for name, is_on in config.mechanisms.items() if not is_on]
    without = f" (all but {listed(off)})" if 0 < len(off) <= 6 else ""
    said = [f"{on} of {len(config.mechanisms)} mechanisms were on{without}."]
    changed = [(key, value) for key, value in config.differences().items()
               if not key.startswith(("mechanisms.", "world.", "horizon."))]
    total = len(parameter_table())
    assumed = sum(row["evidence"] == "assumed" for row in parameter_table())
    if changed:
        listing = listed([f"{key} = {literal(value)} (default {described(key)[0]})" for key, value in changed])
        said.append(f"Of the {total} parameters, {assumed} of them assumptions, {listing} differed from the defaults.")
    else:
        said.append(f"All {total} parameters, {assumed} of them assumptions, had their defaults.")
    if config.interventions:
        changes = (change.to_mapping() for change in config.interventions)
        listing = "; ".join(f"{row['year']}, {row['kind'].replace('_', ' ')} ({change_words(row)})" for row in changes)
        said.append(f"From outside came: {listing}.")
    return " ".join(said)


def software_words(manifest: dict[str, Any]) -> str:
    """Return the versions, in a sentence."""
    packages = listed([f"{name} {version}" for name, version in manifest["packages"].items() if version])
    return f"The software ran under Python {manifest['python']} with {packages}."


def _again(results: Results, config: Config, folder: str) -> Html:
    m = results.manifest
    command = code(m["command"] or "not recorded", "command")
    python = (
        "import coopsim as cs\n\n"
        f"results = cs.run(\"scenario.toml\", seed={m['seed']})  # the file below\n"
        f"results.same_as(cs.Results.load({folder!r}))  # [] if every table is the same, bit for bit"
    )
    verify = code(f"coopsim verify {shlex.quote(folder)}", "command")
    return section(
        "again", "Run it again", tag("p", "The command, as typed:"), command,
        tag("p", "To run it again from its manifest and compare every table, bit for bit:"), verify,
        tag("p", "The same from Python:"), code(python, "Python"), parts.scenario_block(config),
    )


def _provenance_rows(results: Results) -> list[tuple[str, object]]:
    m = results.manifest
    versions = joined([f"{name} {version}" for name, version in m["packages"].items()], ", ")
    return [
        ("coopsim", m["coopsim"]), ("Python", m["python"]), ("packages", versions), ("scenario", m["scenario"]),
        ("configuration", tag("code", m["config_hash"])), ("seed", m["seed"]),
        ("simulated", f"{int(m['start_year']) + 1} to {m['last_year']}"), ("started", m["started"]),
        ("finished", m["finished"]), ("seconds", shown(float(m["seconds"]))),
    ]

"""The runs that facts are measured on: each replication runs once, and every fact of the sample reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from coopsim.config import Config, load_config
from coopsim.model import CoopModel
from coopsim.results.record import Record
from coopsim.world.chronology import cultural, read_file
from coopsim.world.world import World

Series = Mapping[str, np.ndarray]
INDICATORS = (
    "agreements", "signed", "lapsed", "max_degree", "degree_gini", "degree_top_decile", "assortativity",
    "mobile_students", "north_share_of_hosts", "top5_host_share", "stay_share", "share_mobility", "share_events",
    "share_assistance", "share_education", "share_negotiation", "adoption_heritage", "adoption_diversity",
    "members_absent", "exits", "returns", "trade_south_share", "trade_top_exporter", "other_treaties",
    "spillover_crude", "spillover_stratified", "practice_overlap", "students", "spending_south_share",
)
LATER = 1979  # end of the decade after those that the project has data on
CROSS_SECTION = 5  # year whose trade and flows are compared with published cross-sections of today


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes
    ----------
    world : World
        As it stands after the last year.
    series : mapping of str to array
        Indicators by year; element 0 is the starting world.
    kept : mapping of str to anything
        What a sample noted on the way.
    """

    world: World
    series: Series
    kept: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Twins:
    """Two runs with the same luck; `changed` differs in one thing."""

    base: Run
    changed: Run


@cache
def last_signature(folder: str) -> int:
    """Return the year of the last cultural agreement in a folder of published tables; 0 if it has none."""
    table = read_file(folder, "bilateral_cultural_agreements")
    pairs = [] if table is None else cultural(table, 0, 9999)
    return max((year for _, _, year in pairs), default=0)


def simulate(
    config: Config, seed: int, indicators: tuple[str, ...] = INDICATORS,
    note: Callable[[CoopModel, dict[str, Any]], None] | None = None,
) -> Run:
    """Run a scenario to its end, recording a few indicators; `note` may keep more after each year."""
    model = CoopModel(config, rng=seed, record=Record(indicators=indicators, tables=()))
    kept: dict[str, Any] = {}
    with model.undisturbed():
        while model.running:
            model.step()
            if note is not None:
                note(model, kept)
    return Run(model.world, {name: np.array(values) for name, values in model.recorder.series.items()}, kept)


def past(seed: int, data: str = "") -> Run:
    """Run the world from 1946 to 1972, with the dated tables of a folder if one is given; to 1979 if they go so far."""
    config = load_config("historic_1946").with_horizon(33 if data and last_signature(data) >= LATER else 26)
    return simulate(config.with_values({"world.data": data}) if data else config, seed, ("signed",))


def today(seed: int, data: str = "") -> Run:
    """Run the world of today for fifty years."""
    return simulate(load_config("baseline").with_horizon(50), seed, note=_first_years)


def _first_years(model: CoopModel, kept: dict[str, Any]) -> None:
    """Keep what published cross-sections describe: dues of the first year, trade and students of the fifth."""
    world, year = model.world, model.year - model.config.start_year
    if year == 1:
        kept["dues"] = world.states.dues.copy()
    if year == CROSS_SECTION:
        kept["trade"], kept["flows"] = world.dyads.trade.copy(), world.dyads.flows[0].copy()
        kept["language_overlap"], kept["capacity"] = world.dyads.language_overlap.copy(), world.states.mean_capacity


def _twins(seed: int, years: int, base: Mapping[str, Any], changed: Mapping[str, Any], **keywords: Any) -> Twins:
    config = load_config("baseline").with_horizon(years)
    return Twins(*(simulate(config.with_values(values), seed, **keywords) for values in (base, changed)))


def development(seed: int, data: str = "") -> Twins:
    """Run twenty years without and with an orientation towards development of .6."""
    without = {"development.early": 0.0, "development.late": 0.0}
    with_ = {"development.early": 0.6, "development.late": 0.6}
    return _twins(seed, 20, without, with_)


def budgets(seed: int, data: str = "") -> Twins:
    """Run twenty years with public budgets as they are and three times as large."""
    return _twins(seed, 20, {}, {"budgets.effort": 3e-4})


def education(seed: int, data: str = "") -> Twins:
    """Run thirty years without and with education and language teaching."""
    return _twins(seed, 30, {"mechanisms.education": False}, {})


def payer_leaves(seed: int, data: str = "") -> Twins:
    """Run fifteen years in which the largest payer stays, or leaves the universal organisation in the second."""
    config = load_config("baseline").with_horizon(15)
    leaving = config.with_interventions(
        {"kind": "withdraw", "year": config.start_year + 2, "who": "USA", "from": "UNESCO"}
    )
    return Twins(simulate(config, seed, note=_universal), simulate(leaving, seed, note=_universal))


def _universal(model: CoopModel, kept: dict[str, Any]) -> None:
    international = model.world.international
    kept.setdefault("universal_budgets", []).append(float(international.budget[international.universal]))


def convention(seed: int, data: str = "") -> Run:
    """Run twenty years with a convention of the type of 2003, its p and q interpolated between two others."""
    config = load_config("baseline").with_horizon(20)
    opened = config.with_interventions({
        "kind": "convention", "year": config.start_year + 1, "name": "living heritage (2003 type)",
        "topic": "heritage", "innovation": 0.09, "imitation": 0.22, "entry_into_force": 30,
    })

    def note(model: CoopModel, kept: dict[str, Any]) -> None:
        kept.setdefault("share", []).append(model.world.norms.named("living heritage (2003 type)").share)

    return simulate(opened, seed, ("signed",), note)


@dataclass(frozen=True, slots=True)
class Pair:
    """The trust of two states in each other over the years, in peace and after what was done to them."""

    peace: np.ndarray
    loss: np.ndarray
    with_programme: np.ndarray
    without_programme: np.ndarray


def conflict(seed: int, data: str = "") -> Pair:
    """Follow France and Germany in peace, after a year of conflict, after a war with programmes and without."""
    config = load_config("baseline").with_horizon(40)
    start = config.start_year + 1
    war = {"kind": "set_relation", "year": start, "who": "DEU", "with": "FRA", "trust": 0.05, "memory": 0.8,
           "end_agreements": True}
    programme = {"kind": "yearlong", "year": start, "who": "DEU", "with": "FRA", "factor": 10.0, "years": 40}
    incident = {"kind": "incident", "year": start, "who": "DEU", "with": "FRA"}
    series = []
    for changes in ([], [incident], [war, programme], [war]):
        run = simulate(config.with_interventions(*changes), seed, ("trust",), _trust_of_two)
        series.append(np.array(run.kept["trust"]))
    return Pair(*series)


def _trust_of_two(model: CoopModel, kept: dict[str, Any]) -> None:
    a, b = model.world.row("DEU"), model.world.row("FRA")
    trust = model.world.dyads.trust
    kept.setdefault("trust", []).append(float(np.sqrt(trust[a, b] * trust[b, a])))


def memories(seed: int, data: str = "") -> np.ndarray:
    """Return the mean hostile memory over ten years without programmes, people or incidents."""
    off = {f"mechanisms.{name}": False for name in ("budgets", "organisations", "mobility", "multilateral")}
    config = load_config("baseline").with_horizon(10).with_values({**off, "conflict.incident_rate": 0.0})
    return np.array(simulate(config, seed, ("memory",)).series["memory"])


# Sample -> how one replication is run, and what it is called in reports.
SAMPLES: dict[str, tuple[Callable[[int, str], Any], str]] = {
    "past": (past, "world from 1946 to 1972"),
    "today": (today, "world of today, 50 years"),
    "development": (development, "twins: orientation towards development 0 and .6, 20 years"),
    "budgets": (budgets, "twins: public budgets normal and threefold, 20 years"),
    "education": (education, "twins: without and with education, 30 years"),
    "payer": (payer_leaves, "twins: the largest payer stays or leaves, 15 years"),
    "convention": (convention, "a convention of the 2003 type, 20 years"),
    "conflict": (conflict, "France and Germany in peace, conflict and after a war, 40 years"),
    "memories": (memories, "hostile memories left alone, 10 years"),
}

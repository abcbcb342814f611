"""From the columns and the ledger of a world to tidy tables, and what their columns mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coopsim.results import kernels, network
from coopsim.results.indicators import INDICATORS
from coopsim.results.moment import ACCESS, CHANNELS, SPENDING, Moment
from coopsim.world.activities import (
    ACTIVITIES,
    ASSISTANCE,
    BILATERAL,
    CULTURE,
    END_REASONS,
    FIELDS,
    FORMS,
    KINDS,
    TOPICS,
)
from coopsim.world.agreements import NEVER, TERMS
from coopsim.world.world import World

Arrays = dict[str, NDArray[Any]]
MONEY = "million $/yr"
ATTITUDES = ("trust", "understanding", "interest", "memory", "barrier")  # of one side towards the other
PERSONS = ("students", "scholars", "artists")  # order of dyads.flows
WHOLE = (*PERSONS, "projects")  # flows that are whole numbers
OUTCOMES = ("open", "settled")


class Spec(NamedTuple):
    """One column of a yearly table: its name, unit, where it comes from and its type.

    `reads` are the columns of the world that it is made of, as those of an `Indicator`.
    """

    name: str
    unit: str
    values: Callable[[Moment], NDArray[Any]]
    dtype: type[np.generic] = np.float64
    reads: tuple[str, ...] = ()


def _field(column: str, number: int) -> Spec:
    return Spec(f"{column}_{FIELDS[number]}", "1", lambda m: getattr(m.world.states, column)[:, number],
                reads=(f"states.{column}",))


def _of(table: str, column: str, unit: str, dtype: type[np.generic] = np.float64) -> Spec:
    """Return the column that a table of the world has under the same name."""
    return Spec(column, unit, lambda m: getattr(getattr(m.world, table), column), dtype, (f"{table}.{column}",))


# The yearly table of states; iso3, name, region and north stand before them.
STATES: tuple[Spec, ...] = (
    *(_field("capacity", number) for number in range(len(FIELDS))),
    *(_field("compliance", number) for number in range(len(FIELDS))),
    _of("states", "knowledge", "1"),
    Spec("access", "1", lambda m: m.access, reads=ACCESS),
    _of("states", "digital_access", "1"),
    Spec("openness", "1", lambda m: m.openness),
    Spec("trust_given", "1", lambda m: m.trust_given / m.others),
    Spec("trust_received", "1", lambda m: m.trust_received / m.others),
    Spec("understanding", "1", lambda m: m.known.of_others / m.others, reads=("dyads.understanding",)),
    Spec("understood", "1", lambda m: m.known.by_others / m.others, reads=("dyads.understanding",)),
    Spec("degree", "count", lambda m: m.degree, np.int64),
    Spec("missions", "count", lambda m: m.missions.kept, np.int64, ("dyads.missions",)),
    _of("states", "institutions", "count"),
    Spec("students_leaving", "persons/yr", lambda m: kernels.pairs.sent(m.world.dyads.flows[0]),
         reads=("dyads.flows",)),
    Spec("students_coming", "persons/yr", lambda m: np.add(*m.people.received[0]), reads=("dyads.flows",)),
    Spec("students_hosted", "persons", lambda m: m.hosted, reads=("dyads.stock",)),
    _of("states", "stayers", "persons/yr"),
    _of("states", "returnees", "persons/yr"),
    Spec("exports", "1", lambda m: m.exports, reads=("dyads.trade",)),
    _of("states", "budget", MONEY),
    _of("states", "dues", MONEY),
    Spec("spent_abroad", MONEY, lambda m: m.money.given.sum(axis=0), reads=SPENDING),
    Spec("received_from_abroad", MONEY, lambda m: m.money.received, reads=SPENDING),
    Spec("assistance_received", "dose/yr",
         lambda m: m.doses_received[ASSISTANCE] + m.world.states.assistance_received,
         reads=("dyads.dose", "states.assistance_received")),
)
ORGANISATIONS: tuple[Spec, ...] = (
    _of("organisations", "capacity", "1"),
    _of("organisations", "partners", "count", np.int64),
    _of("organisations", "projects", "count", np.int64),
    _of("organisations", "funding", MONEY),
)
UNITS: dict[str, dict[str, str]] = {
    "indicators": {name: found.unit for name, found in INDICATORS.items()},
    "states": {spec.name: spec.unit for spec in STATES},
    "organisations": {spec.name: spec.unit for spec in ORGANISATIONS},
    "agreements": {"renewals": "count", **{f"why_{term}": "log 1/yr" for term in (*TERMS, "total")}},
    "ties": {
        **{f"{name}{way}": "1" for name in ATTITUDES for way in ("", "_ab", "_ba")},
        **dict.fromkeys(("commonality", "joint", "trade", "trade_ab", "trade_ba"), "1"),
        **dict.fromkeys(("agreements", "treaties", *(f"agreements_{name}" for name in ACTIVITIES)), "count"),
    },
    "flows": {
        **dict.fromkeys(PERSONS, "persons/yr"),
        **dict.fromkeys((*CHANNELS, "spending"), MONEY),
        **{f"dose_{name}": "dose/yr" for name in ACTIVITIES},
        "projects": "count",
    },
    "norms": {"adopters": "count", "reservations": "count", "share": "1", "compliance": "1"},
    "schedule": {"seconds": "s"},
}


def words(vocabulary: Sequence[str] | NDArray[Any], index: NDArray[Any]) -> pd.api.extensions.ExtensionArray:
    """Return words by index as a text column, -1 giving the empty word."""
    known = pd.Series([*map(str, vocabulary), ""], dtype="str").array
    return known.take(np.where(index < 0, len(vocabulary), index).astype(np.intp))


def years_or_missing(values: NDArray[Any]) -> pd.Series[Any]:
    """Return years as nullable whole numbers, `NEVER` becoming missing."""
    return pd.Series(values.astype(np.int64), dtype="Int64").mask(values == NEVER)


def agreements_table(world: World, start_year: int) -> pd.DataFrame:
    """Return one row per agreement.

    `initial` marks those signed or opened before the first simulated year; no score was computed for them, so
    their `why_` columns are 0. `why_total` is the log of the yearly hazard of signature.
    """
    rows, codes = world.agreements.rows, world.states.iso3
    table = {
        "id": np.arange(len(rows), dtype=np.int64),
        "form": words(FORMS, rows["form"]),
        "activity": words(ACTIVITIES, rows["activity"]),
        "topic": words(TOPICS, rows["topic"]),
        "parties": _party_names(world),
        "initiator": words(codes, rows["initiator"]),
        "proposed": rows["proposed"].astype(np.int64),
        "signed": rows["signed"].astype(np.int64),
        "in_force": years_or_missing(rows["in_force"]),
        "ended": years_or_missing(rows["ended"]),
        "end_reason": words(END_REASONS, rows["end_reason"]),
        "renewals": rows["renewals"].astype(np.int64),
        "initial": rows["signed"] <= start_year,
    }
    table |= {f"why_{term}": rows["why"][:, k].copy() for k, term in enumerate(TERMS)}
    return pd.DataFrame({**table, "why_total": rows["why"].sum(axis=1)})


def _party_names(world: World) -> pd.Series[Any]:
    """Return "DEU-FRA" for each agreement; every state that ever joined, for one of many parties."""
    rows, codes = world.agreements.rows, world.states.iso3
    bilateral = rows["a"] != NEVER
    names = np.full(len(rows), "", dtype=object)
    first, second = codes[rows["a"][bilateral]], codes[rows["b"][bilateral]]
    names[bilateral] = np.strings.add(np.strings.add(first, "-"), second)
    accessions = world.agreements.accessions
    for agreement in np.unique(accessions["agreement"]):
        joined = accessions["state"][accessions["agreement"] == agreement]
        names[agreement] = "-".join(codes[np.unique(joined)])
    return pd.Series(names, dtype="str")


def parties_table(world: World) -> pd.DataFrame:
    """Return one row per agreement and party; of a bilateral agreement both sides join and leave together."""
    rows, codes, accessions = world.agreements.rows, world.states.iso3, world.agreements.accessions
    pair = np.repeat(np.flatnonzero(rows["a"] != NEVER), 2)
    side = np.column_stack([rows["a"], rows["b"]])[pair[::2]].ravel()
    many = accessions[np.argsort(accessions["agreement"], kind="stable")]
    agreement = np.concatenate([pair, many["agreement"]]).astype(np.int64)
    order = np.argsort(agreement, kind="stable")

    def merged(of_pairs: NDArray[Any], of_many: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([of_pairs, of_many])[order]

    return pd.DataFrame(
        {
            "agreement": agreement[order],
            "party": words(codes, merged(side, many["state"])),
            "joined": merged(rows["signed"][pair], many["joined"]).astype(np.int64),
            "left": years_or_missing(merged(rows["ended"][pair], many["left"])),
            "reservation": merged(np.zeros(len(pair), dtype=bool), many["reservation"]),
        }
    )


def compact(whole: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers, none negative, in the narrowest type that holds the largest."""
    return whole.astype(np.min_scalar_type(int(whole.max(initial=0))))


def ties_of(world: World) -> Arrays:
    """Return what the table of pairs is made of, as it stands: one row per unordered pair.

    `agreements` are those on culture in force, in all and by leading activity; `treaties` those on other topics.
    """
    a, b = world.pairs
    dyads, there, home = world.dyads, a * world.size + b, b * world.size + a  # places in a flattened matrix
    kept: Arrays = {}
    for name in (*ATTITUDES, "trade"):
        matrix = getattr(dyads, name)
        kept |= {f"{name}_ab": matrix.take(there), f"{name}_ba": matrix.take(home)}
    kept |= {"commonality": dyads.commonality.take(there), "joint": dyads.joint.take(there)}
    rows = world.agreements.rows
    live = rows[(rows["ended"] == NEVER) & (rows["form"] == BILATERAL)]
    first, cultural = live["a"].astype(np.int64), live["topic"] == CULTURE
    place = first * (2 * world.size - first - 1) // 2 + live["b"] - first - 1

    def counted(chosen: NDArray[np.bool_]) -> NDArray[Any]:
        return compact(np.bincount(place[chosen], minlength=len(a)))

    by_activity = {
        f"agreements_{name}": counted(cultural & (live["activity"] == k)) for k, name in enumerate(ACTIVITIES)
    }
    return kept | {"agreements": counted(cultural)} | by_activity | {"treaties": counted(~cultural)}


def ties_columns(kept: Arrays) -> Arrays:
    """Return the table of pairs, a before b: of what one side thinks the mean and both directions, of trade the sum."""
    number = len(kept["joint"])
    a, b = np.triu_indices((1 + isqrt(1 + 8 * number)) // 2, k=1)
    table: Arrays = {"a": a, "b": b}
    for name in ATTITUDES:
        forth, back = kept[f"{name}_ab"], kept[f"{name}_ba"]
        table |= {name: (forth + back) / 2, f"{name}_ab": forth, f"{name}_ba": back}
    table |= {"commonality": kept["commonality"], "joint": kept["joint"]}
    forth, back = kept["trade_ab"], kept["trade_ba"]
    table |= {"trade": forth + back, "trade_ab": forth, "trade_ba": back}
    return table | {name: kept[name].astype(np.int64) for name in kept if name not in table}


def flow_matrices(world: World) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield what flows from row to column in the year."""
    dyads = world.dyads
    yield from zip(PERSONS, dyads.flows, strict=True)
    for name in CHANNELS:
        yield name, getattr(dyads, name)
    for k, name in enumerate(ACTIVITIES):
        yield f"dose_{name}", dyads.dose[k]
    yield "projects", _projects(world)


def _projects(world: World) -> NDArray[np.int64]:
    """Count the projects under way of organisations at home in row and with a partner in column, shape (S, S)."""
    rows, size = world.projects.rows, world.size
    home = world.organisations.home[rows["organisation"]]
    partners = np.column_stack([rows["state"], rows["extra"]])
    cells = (home[:, None] * size + partners)[partners >= 0]
    return np.bincount(cells, minlength=size * size).reshape(size, size)


def flows_of(world: World) -> Arrays:
    """Return what the table of flows is made of, as it stands: one row per pair between which anything flows."""
    found, moves = dict(flow_matrices(world)), np.zeros((world.size, world.size), dtype=bool)
    for matrix in found.values():
        np.logical_or(moves, matrix, out=moves)
    states = compact(np.arange(world.size))
    kept = {
        "origin": np.repeat(states, np.count_nonzero(moves, axis=1)),
        "destination": np.broadcast_to(states, moves.shape)[moves],
    }
    for name, matrix in found.items():  # one after the other: memory that nobody has touched yet costs time
        kept[name] = compact(matrix[moves]) if name in WHOLE else matrix[moves]
    return kept


def flows_columns(kept: Arrays) -> Arrays:
    """Return the table of flows, one row per ordered pair between which anything flows, with all money together."""
    whole = ("origin", "destination", "projects")
    table = {name: values.astype(np.int64 if name in whole else np.float64) for name, values in kept.items()}
    return table | {"spending": np.sum([table[name] for name in CHANNELS], axis=0)}


def norms_of(m: Moment) -> list[tuple[Any, ...]]:
    """Return the rows of the year in the table of norms: those open for signature."""
    world, in_force = m.world, m.world.agreements.rows["in_force"]
    return [
        (
            world.year, norm.name, norm.kind, norm.topic, parties.number, network.ratio(parties.number, world.size),
            network.ratio(parties.compliance, parties.number), parties.reserved,
            bool(in_force[norm.agreement] != NEVER),
        )
        for norm, parties in zip(world.norms.items, m.norms, strict=True)
        if norm.agreement >= 0
    ]


def norms_table(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Return one row per year and norm; `compliance` is the mean over its parties."""
    types = {
        "year": "int64", "norm": "str", "kind": "str", "topic": "str", "adopters": "int64", "share": "float64",
        "compliance": "float64", "reservations": "int64", "in_force": "bool",
    }
    return pd.DataFrame(list(rows), columns=list(types)).astype(types)


def claims_table(world: World) -> pd.DataFrame:
    """Return one row per claim for the return of works of art: "open" until it is "settled"."""
    rows, codes = world.claims.rows, world.states.iso3
    return pd.DataFrame(
        {
            "id": np.arange(len(rows), dtype=np.int64),
            "claimant": words(codes, rows["claimant"]),
            "holder": words(codes, rows["holder"]),
            "opened": rows["opened"].astype(np.int64),
            "settled": years_or_missing(rows["settled"]),
            "outcome": words(OUTCOMES, (rows["settled"] != NEVER).astype(np.int64)),
        }
    )


def events_table(world: World) -> pd.DataFrame:
    """Return one row per event: year, kind, who, what."""
    table = pd.DataFrame(list(world.events), columns=["year", "kind", "who", "what"])
    return table.astype({"year": "int64", "kind": "str", "who": "str", "what": "str"})


def organisation_heads(world: World, number: int) -> dict[str, Any]:
    """Return the constant columns of the first `number` organisations."""
    rows, table = np.arange(number), world.organisations
    return {
        "id": rows.astype(np.int64),
        "name": words(table.name, rows),
        "kind": words(KINDS, table.kind[:number]),
        "home": words(world.states.iso3, table.home[:number]),
    }


def with_units(tables: Mapping[str, pd.DataFrame]) -> None:
    """Write the units of the columns into `attrs["units"]` of each table."""
    for name, table in tables.items():
        known = UNITS.get(name, {})
        table.attrs["units"] = {column: known[column] for column in table.columns if column in known}

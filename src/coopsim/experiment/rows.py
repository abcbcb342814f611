"""From what a worker sends back to typed tables: the same columns in memory and on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from coopsim.experiment.plan import Plan
    from coopsim.experiment.work import Chunk, Done

IDS = ("scenario_id", "replication_id", "seed")
FAILURES = {
    "scenario_id": "int64", "replication_id": "int64", "seed": "int64", "config": "str", "error": "str",
    "traceback": "str",
}
ARROW = {"number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_(), "word": pa.string()}


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of consecutive runs, from number `first` up to but without `last`."""

    first: int
    last: int
    table: pa.Table
    failures: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What the runs of a plan are and what the rows of its table look like."""

    plan: Plan
    design: pd.DataFrame
    indicators: tuple[str, ...]
    schema: pa.Schema

    @classmethod
    def of(cls, plan: Plan) -> Layout:
        """Return the layout of a plan."""
        from coopsim.results.indicators import INDICATORS

        names = tuple(INDICATORS) if plan.indicators == "all" else tuple(plan.indicators)
        fields = [(name, pa.int64()) for name in IDS]
        fields += [(factor.key, ARROW[factor.kind]) for factor in plan.factors]
        fields += [("year", pa.int64()), *((name, pa.float64()) for name in names)]
        return cls(plan, plan.design_table(), names, pa.schema(fields))

    def chunk(self, first: int, last: int) -> Chunk:
        """Return the runs from `first` up to but without `last`, in canonical order, as work."""
        from coopsim.experiment.work import Chunk, Run

        plan, times = self.plan, self.plan.replications
        keys = list(self.design.columns)
        low, high = first // times, (last - 1) // times
        columns = [self.design[key].iloc[low: high + 1].tolist() for key in keys]
        points = [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)] or [{}] * (high - low + 1)
        runs = []
        for number in range(first, last):
            scenario, replication = divmod(number, times)
            values = points[scenario - low]
            name = values.get("scenario", plan.scenario_name)
            runs.append(Run(scenario, replication, plan.seed_of(scenario, replication), name, values))
        names = dict.fromkeys(run.scenario for run in runs)
        configs = {name: plan.configs[name] for name in names}
        return Chunk(first, tuple(runs), configs, self.indicators, plan.record_years)

    def part(self, done: Done) -> Part:
        """Return the rows of a chunk that is done, with the varied values beside the ids."""
        columns: list[Any] = [done.scenario_id, done.replication_id, done.seed]
        columns += [self.design[key].to_numpy()[done.scenario_id] for key in self.design.columns]
        columns += [done.year, *np.ascontiguousarray(done.indicators.T)]
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, self.schema, strict=True)]
        table = pa.Table.from_arrays(arrays, schema=self.schema)
        return Part(done.first, done.first + done.runs, table, done.failures)


def frame(tables: Iterable[pa.Table], schema: pa.Schema) -> pd.DataFrame:
    """Return Arrow tables as one data frame."""
    found = list(tables)
    joined = pa.concat_tables(found) if found else schema.empty_table()
    return joined.to_pandas()


def failure_frame(failures: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return the runs that failed as a data frame, in canonical order."""
    ordered = sorted(failures, key=lambda row: (row["scenario_id"], row["replication_id"]))
    return pd.DataFrame(ordered, columns=list(FAILURES)).astype(FAILURES)

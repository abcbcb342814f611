"""One configuration and one seed to results."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from coopsim.config import Config, load_config
from coopsim.errors import ConfigError
from coopsim.param import shown
from coopsim.results.manifest import make_manifest
from coopsim.results.record import Record
from coopsim.results.results import Results
from coopsim.results.tables import UNITS

if TYPE_CHECKING:
    from coopsim.model import CoopModel

Progress = Callable[[int, int], None]


def run(
    config: Config | str | Path = "baseline",
    *,
    seed: int = 1,
    years: int | None = None,
    ties_years: Iterable[int] | Literal["all"] = (),
    record: Record | None = None,
    progress: Progress | None = None,
    command: str | None = None,
) -> Results:
    """Simulate one scenario.

    Parameters
    ----------
    config : Config, str or Path
        A configuration, the name of a bundled scenario or the path of a scenario file.
    seed : int
        The same config and seed give the same tables, bit for bit.
    years : int, optional
        Number of years to simulate, instead of the config's; interventions that come later are dropped.
    ties_years : iterable of int, or "all"
        Calendar years whose tables `ties` and `flows` are kept, beside the first and the last.
    record : Record, optional
        Which indicators and yearly tables to record; all if not given.
    progress : callable, optional
        Called after each year with the number of years done and to do.
    command : str, optional
        What to write into the manifest as the command that started the run.

    Returns
    -------
    Results

    Raises
    ------
    ConfigError
        If the scenario is not valid, or pairs are asked for in a year outside the run.

    Examples
    --------
    >>> results = coopsim.run("baseline", seed=42, years=10)
    >>> len(results.indicators)
    11
    """
    started = datetime.now(UTC)
    found = config if isinstance(config, Config) else load_config(config)
    if years is not None:
        found = found.with_horizon(years, "years")
    from coopsim.model import CoopModel  # here, because words about scenarios do without Mesa

    kept = _years_of_pairs(ties_years, found)
    model = CoopModel(found, rng=seed, record=record)
    model.recorder.keep_pairs(kept)
    with model.undisturbed():
        for done in range(1, found.years + 1):
            model.step()
            if progress is not None:
                progress(done, found.years)
    return results_of(model, started=started, command=command)


def _years_of_pairs(wanted: Iterable[int] | str, config: Config) -> list[int] | Literal["all"]:
    """Return the years whose pairs are to be kept, checked."""
    if wanted == "all":
        return "all"
    first, last = config.start_year, config.start_year + config.years
    if isinstance(wanted, str):
        raise ConfigError(f'ties_years = {shown(wanted)} is not allowed: must be "all" or a list of years')
    years = list(wanted)
    for year in years:
        if not first <= year <= last:
            raise ConfigError(f"ties_years = {year} is not allowed: must be in [{first}, {last}]")
    return years


def results_of(model: CoopModel, *, started: datetime | None = None, command: str | None = None) -> Results:
    """Return the results of a model so far, for those who step it themselves."""
    finished = datetime.now(UTC)
    manifest = make_manifest(
        model.config, seed=model.seed_number, last_year=model.year, started=started or finished,
        finished=finished, command=command,
    )
    return Results(manifest, **model.recorder.pending(), schedule=partial(_schedule, list(model.schedule_record)))


def _schedule(record: list[dict[str, Any]]) -> pd.DataFrame:
    columns = ["year", "process", "mechanism", "seconds", "counters"]
    rows = [{**row, "counters": json.dumps(row["counters"], sort_keys=True)} for row in record]
    table = pd.DataFrame(rows, columns=columns).astype(
        {"year": "int64", "process": "str", "mechanism": "str", "seconds": "float64", "counters": "str"}
    )
    table.attrs["units"] = dict(UNITS["schedule"])
    return table

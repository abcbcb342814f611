"""A stored run, once more: the same configuration and seed give the same run, and this time we look inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from coopsim.config import Config
from coopsim.config.load import config_from
from coopsim.errors import ConfigError, ResultsError
from coopsim.results.results import Results

if TYPE_CHECKING:
    from coopsim.model import CoopModel

    Watcher = Callable[[CoopModel], None]


def config_of(results: Results) -> Config:
    """Return the configuration of a run from its manifest.

    Raises
    ------
    ResultsError
        If this version of coopsim reads it as another configuration.
    """
    try:
        config = config_from(results.manifest["config"], where="the manifest")
    except ConfigError as error:
        raise ResultsError(f"these results cannot be run again by this version of coopsim: {error}") from None
    if config.hash != results.manifest["config_hash"]:
        raise ResultsError(
            f"these results were made by coopsim {results.manifest['coopsim']} with settings that this version does "
            "not know the same way; run the scenario again"
        )
    return config


def run_to(config: Config, seed: int, year: int, watchers: Mapping[str, Watcher] | None = None) -> CoopModel:
    """Return a model that has simulated `year`; watchers look at that year only."""
    from coopsim.model import CoopModel  # Mesa takes its time, and explanations seldom need it

    model = CoopModel(config, rng=seed)
    years = year - config.start_year
    if years > 1:
        model.run_for(years - 1)
    model.watchers.update(watchers or {})
    if years:
        model.run_for(1)
    return model


def simulated(config: Config, year: int, last_year: int) -> int:
    """Return a year that the run simulates, or raise `ConfigError`."""
    first = config.start_year + 1
    if isinstance(year, bool) or year != int(year) or not first <= year <= last_year:
        raise ConfigError(f"year = {year} is not allowed: must be a simulated year in [{first}, {last_year}]")
    return int(year)

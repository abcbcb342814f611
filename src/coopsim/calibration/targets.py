"""What a calibrated model should reproduce: a table of targets, from a file, a series or the stylised facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coopsim.errors import ConfigError
from coopsim.param import nearest
from coopsim.results.indicators import INDICATORS

FACTS = "stylised-facts"
WHEN = ("last", "mean")
USES = ("fit", "hold")
COLUMNS = ("indicator", "year", "value", "scale", "use", "source")
SHARE = 0.1  # scale of an observed value without one: a share of the mean size of its series
FEWEST = 1


def read_targets(
    source: str | Path | pd.DataFrame, *, scale: float | Mapping[str, float] | None = None,
    hold_out: Sequence[int | str] = (),
) -> pd.DataFrame:
    """Return a table of targets.

    Parameters
    ----------
    source : str, Path or DataFrame
        "stylised-facts"; or a table (a CSV file) of one of two shapes. Long: indicator, year (a year, "last", or "mean"
        over the simulated years), and either value and scale, or low and high; perhaps use ("fit" or "hold") and
        source. Wide: year, and a column of observed values per indicator; empty cells do not count.
    scale : float or mapping, optional
        How far a value may lie off and still count as near, in the unit of the indicator; needed where the table does
        not say. A tenth of the mean size of the series if not given.
    hold_out : sequence
        Years (or "last", "mean") whose targets are kept out of the fit, to test it.

    Returns
    -------
    DataFrame
        indicator, year (as text), value, scale, use, source. A range [low, high] has its middle as value and half its
        width as scale.

    Raises
    ------
    ConfigError
        If the table says something that is not allowed, naming the row.
    """
    where, table = _table(source)
    if "indicator" not in table.columns:
        table = _long(table, where)
    found = _completed(table, where, scale)
    for row, target in enumerate(found.to_dict("records"), 1):
        _check(target, f"{where}, row {row}")
    wanted = {str(year) for year in hold_out}
    missing = sorted(wanted - set(found["year"]))
    if missing:
        raise ConfigError(f"{where}: hold_out = {missing[0]} is not the year of any target")
    found["use"] = found["use"].where(~found["year"].isin(wanted), "hold")
    if (found["use"] == "fit").sum() < FEWEST:
        raise ConfigError(f"{where}: no target is left to fit; hold out fewer")
    return found[list(COLUMNS)].reset_index(drop=True)


def targets_from(
    indicators: pd.DataFrame, names: Sequence[str], years: Sequence[int], *, scale: float | Mapping[str, float],
    hold_out: Sequence[int] = (),
) -> pd.DataFrame:
    """Return the targets that a run, or an observed table with `year` and indicators, sets."""
    return read_targets(
        indicators.loc[indicators["year"].isin(list(years)), ["year", *names]], scale=scale, hold_out=hold_out)


def _table(source: str | Path | pd.DataFrame) -> tuple[str, pd.DataFrame]:
    if isinstance(source, pd.DataFrame):
        return "targets", source.reset_index(drop=True)
    path = Path(str(files("coopsim.calibration"))) / "facts.csv" if str(source) == FACTS else Path(source)
    try:
        return str(source), pd.read_csv(path)
    except FileNotFoundError:
        raise ConfigError(f"there is no file of targets '{source}'; '{FACTS}' are built in") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"the targets in '{source}' cannot be read: {error}") from None


def _long(table: pd.DataFrame, where: str) -> pd.DataFrame:
    if "year" not in table.columns:
        raise ConfigError(f"{where}: targets need a column 'year'")
    return table.melt("year", var_name="indicator", value_name="value").dropna(subset="value")


def _completed(table: pd.DataFrame, where: str, scale: float | Mapping[str, float] | None) -> pd.DataFrame:
    found = table.copy()
    found["year"] = [_when(year) for year in found["year"]]
    if {"low", "high"} <= set(found.columns) and "value" not in found:
        found["value"] = (found["low"] + found["high"]) / 2
        found["scale"] = (found["high"] - found["low"]) / 2
    if "value" not in found:
        raise ConfigError(f"{where}: targets need a column 'value', or 'low' and 'high'")
    for name, default in (("scale", np.nan), ("use", "fit"), ("source", "")):
        if name not in found:
            found[name] = default
    found["use"] = found["use"].fillna("fit")
    given = scale if isinstance(scale, Mapping) else {}
    unknown = sorted(set(given) - set(found["indicator"]))
    if unknown:
        raise ConfigError(f"{where}: scale.{unknown[0]} belongs to no target"
                          f"{nearest(unknown[0], list(found['indicator'].unique()))}")
    size = found["value"].abs().groupby(found["indicator"]).transform("mean")
    general = scale if isinstance(scale, int | float) else np.nan
    own = found["indicator"].map(dict(given)).astype("float64")
    found["scale"] = found["scale"].fillna(own).fillna(general).fillna(SHARE * size)
    return found


def _when(year: Any) -> str:
    return str(int(year)) if isinstance(year, int | float | np.number) and float(year).is_integer() else str(year)


def _check(target: Mapping[Any, Any], where: str) -> None:
    name = target["indicator"]
    if name not in INDICATORS:
        raise ConfigError(f"{where}: there is no indicator '{name}'{nearest(str(name), list(INDICATORS))}")
    if target["year"] not in WHEN and not target["year"].isdecimal():
        raise ConfigError(f"{where}: year = {target['year']} is not allowed: must be a year, last or mean")
    if not np.isfinite(target["value"]):
        raise ConfigError(f"{where}: value = {target['value']} is not allowed: must be a number")
    if not (np.isfinite(target["scale"]) and target["scale"] > 0):
        raise ConfigError(f"{where}: scale = {target['scale']} is not allowed: must be a number above 0 (how far off "
                          "still counts as near); give it in the table or as scale")
    if target["use"] not in USES:
        raise ConfigError(f"{where}: use = {target['use']} is not allowed: must be fit or hold")

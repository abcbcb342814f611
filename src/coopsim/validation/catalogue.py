"""All facts, read from facts.toml, with the functions that measure them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files
from typing import Any

from coopsim.errors import DataError
from coopsim.validation import past, today
from coopsim.validation.fact import Fact, Unmeasured
from coopsim.validation.samples import SAMPLES

MODULES = {"past": past, "today": today}


def _read() -> Mapping[str, Any]:
    return tomllib.loads(files("coopsim.validation").joinpath("facts.toml").read_text(encoding="utf-8"))


def measure_named(name: str, of: tuple[Any, ...] = ()) -> Callable[[Any], float]:
    """Return the function behind "past.gini"; `of` gives it a year, a period or a term.

    Raises
    ------
    DataError
        If there is none.
    """
    module, _, function = name.partition(".")
    found = getattr(MODULES.get(module), function, None)
    if found is None:
        raise DataError(f"facts.toml: there is no measure '{name}'")
    return partial(_measured, found, of) if of else found


def _measured(measure: Callable[..., float], of: tuple[Any, ...], found: Any) -> float:
    return measure(found, *of)


def fact_of(table: Mapping[str, Any]) -> Fact:
    """Return the fact of one table of facts.toml.

    Raises
    ------
    DataError
        If an entry is missing, or its sample or measure does not exist.
    """
    try:
        low, high = (float(bound) for bound in table["target"])
        if table["sample"] not in SAMPLES:
            raise DataError(f"facts.toml: fact {table['key']}: there is no sample '{table['sample']}'")
        return Fact(
            key=table["key"], title=table["title"], low=low, high=high, unit=table.get("unit", "1"),
            source=table["source"], strength=table["strength"], use=table["use"], sample=table["sample"],
            measure=measure_named(table["measure"], tuple(table.get("of", ()))),
            observed=tuple(float(value) for value in table.get("observed", ())),
        )
    except KeyError as error:
        raise DataError(f"facts.toml: fact {table.get('key', '?')} has no entry {error}") from None


FACTS: tuple[Fact, ...] = tuple(fact_of(table) for table in _read()["fact"])
UNMEASURED: tuple[Unmeasured, ...] = tuple(Unmeasured(**table) for table in _read()["unmeasured"])

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
from coopsim.validation.treaties import Treaties

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


def later_facts(treaties: Treaties, year: int, share: float = 0.15) -> tuple[Fact, ...]:
    """Return the facts about the network of 1969 for a later year, from a user's table that goes so far.

    The target is what the table shows, plus and minus a share; nothing of it has been seen when the model was built.
    """
    found = []
    for table in _read()["fact"]:
        if table.get("of") == [1969]:
            measure = measure_named(table["measure"], (year,))
            seen = measure(treaties)
            slack = share * abs(seen)
            if not slack > 0:  # a table too small to say anything
                continue
            found.append(fact_of(table | {
                "key": table["key"].replace("1969", str(year)) if "1969" in table["key"] else f"{table['key']}-{year}",
                "title": table["title"].replace("1969", str(year)), "of": [year], "observed": [seen],
                "target": [seen - slack, seen + slack], "source": "the user's table, plus and minus 15 %",
                "use": "check",
            }))
    return tuple(found)


FACTS: tuple[Fact, ...] = tuple(fact_of(table) for table in _read()["fact"])
UNMEASURED: tuple[Unmeasured, ...] = tuple(Unmeasured(**table) for table in _read()["unmeasured"])

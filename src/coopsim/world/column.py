"""Columns: what each array of the world means, in which unit, within which bounds.

The declarations serve three readers: `Table.check` (invariants), the generated documentation and the units
that results carry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from coopsim.errors import DataError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """The declaration of one array."""

    meaning: str
    unit: str = "1"
    symbol: str = ""
    low: float | None = None
    high: float | None = None
    symmetric: bool = False


def column(
    meaning: str,
    *,
    unit: str = "1",
    symbol: str = "",
    low: float | None = None,
    high: float | None = None,
    symmetric: bool = False,
) -> Any:
    """Declare an array of a `Table`."""
    return field(metadata={"column": Column(meaning, unit, symbol, low, high, symmetric)})


def share(meaning: str, *, symbol: str = "", symmetric: bool = False) -> Any:
    """Declare an array of numbers in [0, 1]."""
    return column(meaning, symbol=symbol, low=0.0, high=1.0, symmetric=symmetric)


class Table:
    """Base of the tables of columns; subclasses are dataclasses whose fields are arrays."""

    @classmethod
    @cache
    def columns(cls) -> dict[str, Column]:
        """Return the declarations by name."""
        return {f.name: cast(Column, f.metadata["column"]) for f in fields(cast(Any, cls)) if "column" in f.metadata}

    def items(self) -> Iterator[tuple[str, Column, NDArray[Any]]]:
        """Yield name, declaration and array of each column."""
        for name, declared in self.columns().items():
            yield name, declared, getattr(self, name)

    def check(self, tolerance: float = 1e-12) -> None:
        """Raise `DataError` if a column is not finite, leaves its bounds or is not as symmetric as declared."""
        where = type(self).__name__
        for name, declared, values in self.items():
            if values.dtype.kind not in "fiub":
                continue
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                raise DataError(f"{where}.{name} holds a number that is not finite")
            if declared.low is not None and values.size and values.min() < declared.low - tolerance:
                raise DataError(f"{where}.{name} falls to {values.min()}, below {declared.low}")
            if declared.high is not None and values.size and values.max() > declared.high + tolerance:
                raise DataError(f"{where}.{name} rises to {values.max()}, above {declared.high}")
            if declared.symmetric and not np.allclose(values, values.T, rtol=0, atol=tolerance):
                raise DataError(f"{where}.{name} is not symmetric")

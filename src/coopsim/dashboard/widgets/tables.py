"""A long table: filtered and sorted in the browser, of which only the rows in sight exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import solara
import traitlets

from coopsim.dashboard.widgets.base import Widget, bytes_, synced, words_of


class _Table(Widget, module="table"):
    spec = synced(traitlets.Dict)
    columns = synced(traitlets.List)
    data = bytes_()
    selected = synced(traitlets.Int, -1)
    caveat = synced(traitlets.Unicode)
    words = synced(traitlets.Dict)


class Column(NamedTuple):
    """How a column is shown.

    Attributes
    ----------
    name : str
        In the data frame.
    title, unit, about : str
    width : float
        Relative to the other columns.
    percent, whole, right : bool
        Show a share as per cent; show a number as it is, such as a year; set words to the right, such as numbers with
        their signs.
    mixed : bool
        The rows are of different things: each number has decimals of its own.
    """

    name: str
    title: str
    unit: str = ""
    width: float = 1.0
    percent: bool = False
    whole: bool = False
    right: bool = False
    mixed: bool = False
    about: str = ""


TABLE_WORDS = ("search", "csv", "rows", "empty")
MOST_WORDS = 65_535


@solara.component
def table(
    title: str, frame: pd.DataFrame, columns: Sequence[Column], *, on_selected: Callable[[int], None] | None = None,
    selected: int = -1, height: int = 420, caveat: str = "",
) -> None:
    """Show a data frame; `on_selected` is called with the position of the row that was clicked.

    Numbers travel as float32, text as places in a vocabulary; missing numbers are NaN.
    """
    def pack() -> tuple[list[dict[str, Any]], bytes]:
        return packed(frame, columns)

    heads, data = solara.use_memo(pack, dependencies=[id(frame), tuple(columns)])
    _Table.element(
        spec={"title": title, "rows": len(frame), "height": height}, columns=heads, data=data, selected=selected,
        on_selected=on_selected, caveat=caveat, words=words_of("widgets.table", *TABLE_WORDS),
    )


def packed(frame: pd.DataFrame, columns: Sequence[Column]) -> tuple[list[dict[str, Any]], bytes]:
    """Return the columns' headings and one buffer; every column begins at a multiple of four bytes."""
    heads, blocks = [], []
    for column in columns:
        values = frame[column.name]
        head: dict[str, Any] = {key: value for key, value in column._asdict().items() if key != "name"}
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            block = values.to_numpy(dtype="<f4", na_value=np.nan).tobytes()
        else:
            codes, words = pd.factorize(values.astype("str").fillna(""), sort=False)
            if len(words) > MOST_WORDS:
                raise ValueError(f"column {column.name} has more than {MOST_WORDS} different words")
            head["words"] = [str(word) for word in words]
            block = codes.astype("<u2").tobytes()
        heads.append(head)
        blocks.append(block + bytes(-len(block) % 4))
    return heads, b"".join(blocks)

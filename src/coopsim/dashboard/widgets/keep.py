"""Widgets to take things along: buttons, a link to copy, files to keep, and agreements along the years."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import traitlets

from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.base import CHART_WORDS, Widget, bytes_, floats, synced, words_of


class _Act(Widget, module="act"):
    spec = synced(traitlets.Dict)
    asked = synced(traitlets.List)
    about = synced(traitlets.Dict)
    file = bytes_()


class _Copy(Widget, module="copy"):
    spec = synced(traitlets.Dict)
    text = synced(traitlets.Unicode)


class _Mirror(Widget, module="mirror"):
    query = synced(traitlets.Unicode)
    page = synced(traitlets.Unicode)


class _Spans(Widget, module="spans"):
    spec = synced(traitlets.Dict)
    data = bytes_()
    sentence = synced(traitlets.Unicode)
    caveat = synced(traitlets.Unicode)
    words = synced(traitlets.Dict)


def buttons(
    found: Sequence[Mapping[str, Any]], *, on_ask: Callable[[str], None], label: str = "", file: bytes = b"",
    about: Mapping[str, str] | None = None,
) -> Any:
    """Show buttons; `on_ask` is called with the word of the one that was pressed.

    Parameters
    ----------
    found : sequence of mapping
        ask, text, and optionally label (for those who listen), title, primary, disabled, pressed.
    file, about : bytes, mapping
        What the browser saves when it changes; its name and type.
    """
    return _Act.element(
        spec={"buttons": [dict(button) for button in found], "label": label}, asked=[],
        on_asked=lambda asked: on_ask(str(asked[0])) if asked else None, file=file, about=dict(about or {}),
    )


def copy_line(label: str, text: str, *, link: bool = False) -> Any:
    """Show a line of text with a button that copies it; of a link, the browser adds where the server is."""
    spec = {"label": label, "link": link, **{key: say(f"share.copy.{key}") for key in ("button", "done", "by_hand")}}
    return _Copy.element(spec=spec, text=text)


def mirror(page: str, query: str) -> Any:
    """Write what is chosen into the browser's own address, so that it may be kept and reloaded; shows nothing."""
    return _Mirror.element(page=page, query=query)


def spans(
    title: str, found: pd.DataFrame, kinds: Mapping[str, str], *, first: int, last: int, sentence: str,
    caveat: str = "", height: int = 420,
) -> Any:
    """Draw agreements along the years, one row for each partner.

    Parameters
    ----------
    found : DataFrame
        partner, activity, from, to (a year after `last` if in force), how; rows of partners in order of appearance.
    kinds : mapping of str to str
        Names of the activities in the legend; their order gives the colours.
    """
    rows = list(dict.fromkeys(found["partner"]))
    codes = list(kinds)
    data = [
        (rows.index(partner), begin, end, codes.index(activity))
        for partner, activity, begin, end in zip(found["partner"], found["activity"], found["from"], found["to"],
                                                 strict=True)
    ]
    headings = [say(f"state.spans.{key}") for key in ("partner", "from", "to", "activity", "how")]
    spec = {
        "title": title, "rows": rows, "labels": list(found["partner"]), "ends": list(found["how"]), "first": int(first),
        "last": int(last), "kinds": list(kinds.values()), "headings": headings, "height": height,
        "ending": say("state.spans.ending"),
    }
    return _Spans.element(
        spec=spec, data=floats(np.array(data, dtype=np.float32).reshape(-1, 4)), sentence=sentence, caveat=caveat,
        words=words_of("widgets.chart", *CHART_WORDS),
    )

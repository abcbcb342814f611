"""Controls: navigation, sliders, the year, a choice, a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.base import Widget, packed, synced, words_of


class _Shell(Widget, module="shell"):
    spec = synced(traitlets.Dict)
    page = synced(traitlets.Unicode)
    asked = synced(traitlets.List)
    presses = synced(traitlets.Int)


class _Levers(Widget, module="levers"):
    groups = synced(traitlets.Unicode)  # packed
    values = synced(traitlets.Dict)
    search = synced(traitlets.Bool, False)
    asked = synced(traitlets.List)
    words = synced(traitlets.Dict)


class _Timeline(Widget, module="timeline"):
    first = synced(traitlets.Int)
    last = synced(traitlets.Int)
    year = synced(traitlets.Int)
    words = synced(traitlets.Dict)


class _Pick(Widget, module="pick"):
    spec = synced(traitlets.Unicode)  # packed
    value = synced(traitlets.Unicode)
    asked = synced(traitlets.List)


class _FileInput(Widget, module="file_input"):
    spec = synced(traitlets.Dict)
    file = synced(traitlets.Dict)


def shell(
    *, title: str, page: str, pages: Sequence[Mapping[str, str]], words: Mapping[str, str],
    on_page: Callable[[str], None], present: str, on_present: Callable[[], None],
) -> Any:
    """Show the header with its links and, if `present` names one, the button of the presenter view.

    `on_page` is called with the path of the link that was followed, `on_present` when the button is pressed.
    """
    return _Shell.element(
        spec={"title": title, "pages": list(pages), "words": dict(words), "present": present}, page=page, asked=[],
        on_asked=lambda asked: on_page(asked[0]) if asked else None, presses=0, on_presses=lambda _: on_present(),
    )


LEVER_WORDS = ("reset", "about", "on", "off", "search", "sheet", "close")


def levers(
    groups: Sequence[Mapping[str, Any]], values: Mapping[str, Any], *, on_values: Callable[[dict[str, Any]], None],
    on_asked: Callable[[str], None] | None = None, search: bool = False,
) -> Any:
    """Show sliders, switches and choices.

    Parameters
    ----------
    groups : sequence of mapping
        title, levers (each: key, label, default, min, max, step, unit, percent, choices, meaning, source), and
        optionally off (text, button, ask): the group is greyed out, with a button that calls `on_asked(ask)`.
    values : mapping
        Value by key.
    on_values : callable
        Called with all values while somebody drags.
    search : bool
        Put a box on top that filters by words, for long lists.
    """
    return _Levers.element(
        groups=packed(list(groups)), values=dict(values), search=search, asked=[],
        words=words_of("widgets.levers", *LEVER_WORDS),
        on_values=on_values, on_asked=lambda asked: on_asked(asked[0]) if asked and on_asked is not None else None,
    )


TIME_WORDS = ("play", "pause", "back", "forth", "speed", "per_second", "year", "group")


def timeline(first: int, last: int, year: int, *, on_year: Callable[[int], None]) -> Any:
    """Show the slider of years with play, pause, step and speed; charts follow it within the browser."""
    return _Timeline.element(
        first=int(first), last=int(last), year=int(year), on_year=on_year,
        words=words_of("widgets.timeline", *TIME_WORDS),
    )


def pick(
    label: str, options: Sequence[Mapping[str, Any]], value: str, *, on_value: Callable[[str], None],
    kind: str = "select", hide_label: bool = False,
) -> Any:
    """Let somebody choose one of a few.

    Parameters
    ----------
    options : sequence of mapping
        value, text, and optionally title, group (of a select), disabled (of buttons).
    kind : {"select", "buttons", "cards"}
        Of cards, `on_value` is called for the one that is chosen already, too.
    """
    spec = packed({"label": label, "options": [dict(option) for option in options], "kind": kind,
                   "hide_label": hide_label})
    if kind == "cards":
        return _Pick.element(spec=spec, value=value, on_asked=lambda asked: on_value(asked[0]) if asked else None)
    return _Pick.element(spec=spec, value=value, on_value=on_value)


def file_input(
    label: str, *, on_file: Callable[[dict[str, Any]], None], accept: str = ".toml", most: int = 100_000
) -> Any:
    """Let somebody give a file; `on_file` is called with name, size, content (text; "" if larger than `most`)."""
    too_large = say("widgets.file.too_large", most=f"{most:,}")
    spec = {"label": label, "accept": accept, "most": most, "too_large": too_large}
    return _FileInput.element(spec=spec, file={}, on_file=lambda file: on_file(file) if file else None)



class _Action(Widget, module="action"):
    spec = synced(traitlets.Dict)
    clicks = synced(traitlets.Int, 0)


def action(text: str, on_click: Callable[[], Any], *, primary: bool = False, title: str = "") -> Any:
    """Show a button."""
    return _Action.element(spec={"text": text, "primary": primary, "title": title}, on_clicks=lambda _: on_click())


class _Busy(Widget, module="busy"):
    spec = synced(traitlets.Dict)
    clicks = synced(traitlets.Int, 0)


def busy(text: str, share: float, error: str, *, label: str, cancel: str, on_cancel: Callable[[], Any]) -> Any:
    """Show how far something is, with a button to cancel it, and an error; nothing if both texts are empty."""
    spec = {"text": text, "share": share, "error": error, "label": label, "cancel": cancel}
    return _Busy.element(spec=spec, on_clicks=lambda _: on_cancel())

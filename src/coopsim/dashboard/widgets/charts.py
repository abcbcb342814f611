"""Charts: lines, bars, headline numbers, and the world with its ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import solara
import traitlets
from numpy.typing import NDArray

from coopsim.dashboard.widgets.base import CHART_WORDS, Widget, bytes_, floats, packed, shorts, synced, words_of

Floats = NDArray[np.floating[Any]]


class _Lines(Widget, module="lines"):
    spec = synced(traitlets.Dict)
    data = bytes_()
    sentence = synced(traitlets.Unicode)
    caveat = synced(traitlets.Unicode)
    words = synced(traitlets.Dict)
    version = synced(traitlets.Unicode)


class _Bars(Widget, module="bars"):
    spec = synced(traitlets.Dict)
    data = bytes_()
    sentence = synced(traitlets.Unicode)
    caveat = synced(traitlets.Unicode)
    words = synced(traitlets.Dict)


class _Tiles(Widget, module="tiles"):
    spec = synced(traitlets.Dict)
    data = bytes_()
    words = synced(traitlets.Dict)


class _WorldView(Widget, module="world_view"):
    spec = synced(traitlets.Dict)
    codes = synced(traitlets.Unicode)  # packed, as are the names
    names = synced(traitlets.Unicode)
    places = bytes_()
    values = bytes_()
    sizes = bytes_()
    spells = bytes_()
    shapes = bytes_()
    selected = synced(traitlets.Unicode)
    pair = synced(traitlets.Unicode)
    sentence = synced(traitlets.Unicode)
    caveat = synced(traitlets.Unicode)
    words = synced(traitlets.Dict)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of a chart.

    Attributes
    ----------
    name : str
        In the legend.
    values : ndarray, shape (Y,)
        NaN leaves a gap.
    colour : str or int
        "mine", "base", "mark", or a number in the palette.
    low, high : ndarray, optional
        A band.
    dash : bool
    """

    name: str
    values: Floats
    colour: str | int = "mine"
    low: Floats | None = None
    high: Floats | None = None
    dash: bool = False
    thin: bool = False


def lines(
    title: str, series: Sequence[Line], *, first: int, sentence: str, unit: str = "", percent: bool = False,
    caveat: str = "", marks: Sequence[tuple[int, str]] = (), height: int = 240, zero: bool = False,
    digits: int | None = None, version: str = "", growing: bool = False,
) -> Any:
    """Draw lines over years.

    Parameters
    ----------
    title, unit, sentence : str
        The sentence says what the chart shows, for those who do not see it.
    series : sequence of Line
        All of one length.
    first : int
        Year of the first value.
    percent : bool
        Show shares as per cent.
    caveat : str
        Written into every download.
    marks : sequence of (year, text)
        Things that happened.
    version : str
        Changes with the data, for tests.
    growing : bool
        A line is not whole yet.
    """
    size = len(series[0].values) if series else 0
    gap = np.full(size, np.nan)
    data = [[s.values, gap if s.low is None else s.low, gap if s.high is None else s.high] for s in series]
    spec = {
        "title": title, "unit": unit, "first": int(first), "percent": percent, "height": height, "zero": zero,
        "small": height < 180, "digits": digits, "growing": growing,
        "marks": [{"year": int(y), "text": text} for y, text in marks],
        "series": [{"name": s.name, "colour": s.colour, "dash": s.dash, "thin": s.thin} for s in series],
    }
    return _Lines.element(
        spec=spec, data=floats(data), sentence=sentence, caveat=caveat, version=version,
        words=words_of("widgets.chart", *CHART_WORDS),
    )


def bars(
    title: str, labels: Sequence[str], values: Floats, *, what: str, value: str, sentence: str,
    low: Floats | None = None, high: Floats | None = None, unit: str = "", percent: bool = False, signed: bool = True,
    caveat: str = "", legend: Sequence[tuple[str, str | int]] = (), row: int = 20, left: int = 120,
    least: float = 1e-3, above: str | int = "mine", below: str | int = "mark",
) -> Any:
    """Draw one bar per label, with an interval if there is one.

    Parameters
    ----------
    what, value : str
        Headings of the table: what the labels are, and what the bars measure.
    signed : bool
        Write a plus before numbers above 0.
    least : float
        Width of the axis if all values are 0.
    above, below : str or int
        Colours of bars above and below 0.
    """
    gap = np.full(len(labels), np.nan)
    spec = {
        "title": title, "unit": unit, "labels": list(labels), "what": what, "value": value, "percent": percent,
        "signed": signed, "row": row, "left": left, "least": least, "above": above, "below": below,
        "legend": [{"text": text, "colour": colour} for text, colour in legend],
    }
    data = floats([values, gap if low is None else low, gap if high is None else high])
    return _Bars.element(
        spec=spec, data=data, sentence=sentence, caveat=caveat, words=words_of("widgets.chart", *CHART_WORDS)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One headline number; arrays by year, shape (Y,).

    Attributes
    ----------
    mine, base : ndarray
        Of the run shown and its twin.
    mean : ndarray
        Difference, mean over replications; NaN while there are none.
    share : ndarray
        How much of a difference is policy, 0 to 1; NaN while unknown.
    """

    name: str
    label: str
    mine: Floats
    base: Floats
    mean: Floats
    share: Floats
    unit: str = ""
    percent: bool = False
    about: str = ""


def tiles(found: Sequence[Tile], *, first: int) -> Any:
    """Show headline numbers of the year, each with its difference from the baseline and how much of it is policy."""
    spec = {
        "first": int(first),
        "tiles": [{"name": t.name, "label": t.label, "unit": t.unit, "percent": t.percent, "about": t.about}
                  for t in found],
    }
    keys = ("same", "waiting", "policy", "luck", "as_base", "tiny")
    data = floats([[t.mine, t.base, t.mean, t.share] for t in found])
    return _Tiles.element(spec=spec, data=data, words=words_of("widgets.tiles", *keys))


WORLD_WORDS = (
    *CHART_WORDS, "state", "partners", "tie", "since", "keys", "toggle", "closer", "farther", "whole",
)


@solara.component
def world_view(
    title: str,
    *,
    codes: Sequence[str],
    names: Sequence[str],
    places: Floats,
    values: Floats,
    first: int,
    measure: str,
    bounds: tuple[float, float, float, float],
    low: float,
    high: float,
    sentence: str,
    spells: NDArray[np.integer[Any]] | None = None,
    kinds: Sequence[str] = (),
    shapes: bytes = b"",
    sizes: Floats | None = None,
    layout: int = 0,
    ties: str = "all",
    unit: str = "",
    percent: bool = False,
    diverging: bool = False,
    caveat: str = "",
    selected: str = "",
    on_selected: Callable[[str], None] | None = None,
    pair: str = "",
    on_pair: Callable[[str], None] | None = None,
    labels: bool = False,
    height: int = 460,
    categories: Sequence[str] = (),
    loud: bool = False,
) -> None:
    """Draw states and ties, year by year.

    Parameters
    ----------
    places : ndarray, shape (L, S, 2)
        Positions in each layout; the first is the map.
    values : ndarray, shape (Y, S)
        What colours the states; `measure`, `unit` and `percent` say what it is.
    low, high : float
        Ends of the scale of colours; `diverging` if its middle means "no difference".
    spells : ndarray of int, shape (n, 5)
        Ties: rows of the two states, first and past-the-last year as offsets from `first`, kind.
    kinds : sequence of str
        Names of the kinds; more than one colours the ties and lets the reader hide some.
    shapes : bytes
        Outlines, see `geography`.
    ties : {"all", "chosen", "none"}
        Which ties are drawn: all, those of the state that is chosen or pointed at, or none.
    layout : int
        Which positions to take; a change glides.
    on_selected, on_pair : callable
        Called with the code of the state, "" for none, or the pair of the tie that was clicked ("FRA-DEU").
    selected, pair : str
        The state or tie that is chosen.
    labels : bool
        Write codes beside states.
    categories : sequence of str
        Names of groups: `values` then are numbers of groups.
    loud : bool
        Ties of the first kind stay in the background, the others stand out.
    """
    spec = {
        "title": title, "unit": unit, "measure": measure, "first": int(first), "percent": percent,
        "bounds": [float(edge) for edge in bounds], "low": float(low), "high": float(high),
        "ramp": "split" if diverging else "ramp", "layout": layout, "ties": ties, "kinds": list(kinds),
        "labels": labels, "height": height, "tie_hover": on_pair is not None,
        "categories": list(categories), "loud": loud,
    }
    _WorldView.element(
        spec=spec, codes=packed(list(codes)), names=packed(list(names)), places=floats(places), values=floats(values),
        sizes=b"" if sizes is None else floats(sizes), spells=b"" if spells is None else shorts(spells), shapes=shapes,
        selected=selected, on_selected=on_selected, pair=pair, on_pair=on_pair, sentence=sentence, caveat=caveat,
        words=words_of("widgets.world", *WORLD_WORDS[len(CHART_WORDS):]) | words_of("widgets.chart", *CHART_WORDS),
    )

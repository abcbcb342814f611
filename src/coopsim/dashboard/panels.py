"""Views that several pages share: a series against the baseline, with its sentence and its caveat."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import solara
from numpy.typing import NDArray

from coopsim.dashboard import luck, measures, session, widgets
from coopsim.dashboard.engine import Run, course
from coopsim.dashboard.session import Shown
from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.charts import Line

SAME = 1e-9
SMALLEST = 1e-6  # of what a sentence tells apart from 0
FURTHEST = 30_000  # of an offset in years, so that it travels as int16


def shown(value: float, percent: bool = False, *, signed: bool = False) -> str:
    """Return a number for a sentence; with a sign it is a difference, of shares in points."""
    number = 100 * value if percent else value
    size = abs(number)
    if size < SMALLEST:
        return f"0 {say('panels.points') if signed else '%'}" if percent else "0"
    whole = size >= 100 or (size >= 1 and number == round(number))
    digits = 0 if whole else 1 if size >= 10 else 2 if size >= 1 else max(3, int(np.ceil(-np.log10(size))))
    text = f"{number:{'+' if signed else ''},.{digits}f}".replace("-", "−")
    return f"{text} {say('panels.points') if signed else '%'}" if percent else text


def caveat(found: Shown) -> str:
    """Return what every export says about where it comes from, and what it is not."""
    config = found.mine.config
    told = say("panels.export", scenario=config.name, seed=found.mine.seed, hash=found.mine.hash)
    return f"{told} {say('panels.export_real')}" if found.mine.real else told


def spells(run: Run) -> NDArray[np.int64]:
    """Return the ties of a run as the world view takes them, shape (n, 5), all of one kind."""
    a, b, *years = run.edges
    signed, ended = np.clip(np.array(years) - run.years[0], -FURTHEST, FURTHEST)
    return np.column_stack([a, b, signed, ended, np.zeros_like(a)])


def packed_spells(found: pd.DataFrame, first: int, *, kinds: bool = False) -> NDArray[np.int64]:
    """Return a table of ties as the world view takes them."""
    kind = found["activity"] if kinds else found["activity"] * 0
    columns = [found["a"], found["b"], found["signed"] - first, found["ended"] - first, kind]
    return np.column_stack(columns).clip(-FURTHEST, FURTHEST)


def marks(found: Shown) -> list[tuple[int, str]]:
    """Return the interventions of my run, for the axis of years."""
    return [(change.year, f"{change.year}: {change.kind}, {change.describe()}")
            for change in found.mine.config.interventions]


@solara.component
def Chart(found: Shown, indicator: str, height: int = 240, *, grows: bool = False) -> None:
    """Draw an indicator in my run against the baseline, with bands over replications.

    The run under way grows in it, if wanted: each time costs the run some hundredths of a second.
    """
    growing = session.growing.value if grows else None
    if growing is not None and growing.upon is not found:
        growing = None

    def make() -> list[Line]:
        base = found.base.series(indicator)
        # What happens within a year means nothing in the starting world.
        gaps = np.where(np.isfinite(base), 0.0, np.nan)
        mine_band, base_band = luck.bands(found.sample, indicator, len(base))
        outside = Line(say("panels.base"), base, "base", base_band.low + gaps, base_band.high + gaps, dash=True)
        if growing is None:
            mine = found.mine.series(indicator)
            return [outside, Line(say("panels.mine"), mine, "mine", mine_band.low + gaps, mine_band.high + gaps)]
        mine = np.full(len(base), np.nan)
        known = course(indicator, growing.series[indicator])
        mine[: len(known)] = known
        return [outside, Line(say("panels.mine"), mine, "mine")]

    series = solara.use_memo(make, dependencies=[found, growing, indicator])
    said = sentence(found, indicator)
    if growing is not None:
        said = say("panels.growing", year=int(found.mine.years[len(growing.series[indicator]) - 1]))
    widgets.lines(
        measures.label(indicator), series, first=int(found.mine.years[0]), unit=measures.unit(indicator),
        percent=measures.percent(indicator), sentence=said, caveat=caveat(found),
        marks=marks(found), height=height, version=f"{found.mine.hash}-{found.sample.done}",
        growing=growing is not None,
    )


def sentence(found: Shown, indicator: str) -> str:
    """Say what a series shows in the year shown."""
    year = session.shown_year(found)
    row = year - int(found.mine.years[0])
    mine, base = found.mine.series(indicator)[row], found.base.series(indicator)[row]
    words: dict[str, Any] = {"year": year, "what": measures.label(indicator)}
    percent = measures.percent(indicator)
    if not np.isfinite(mine):
        return say("panels.nothing_yet", **words)
    words |= {"mine": shown(mine, percent), "base": shown(base, percent)}
    if abs(mine - base) < SAME:
        return say("panels.same", **words)
    words["difference"] = shown(mine - base, percent, signed=True)
    effect = luck.effect(found.sample, indicator, len(found.mine.years))
    ends = {"mean": effect.mean[row], "low": effect.low[row], "high": effect.high[row]}
    if not np.isfinite(ends["mean"]):
        return say("panels.differs", **words)
    words |= {name: shown(value, percent, signed=True) for name, value in ends.items()}
    return say("panels.differs_on_average", number=found.sample.done, **words)


@solara.component
def State() -> None:
    """Say how a run goes, if it takes its time or failed."""
    # One widget, in the shell, that stays: one that comes and goes with a page may be gone before the browser has its
    # code, which it then reports as an error.
    status = session.status.value
    share = status.running
    text = "" if share is None else say("panels.running", percent=round(100 * share))
    widgets.busy(text, share or 0.0, status.error, label=say("panels.progress"), cancel=say("panels.cancel"),
                 on_cancel=session.cancel)


@solara.component
def Time(found: Shown) -> None:
    """Show the slider of years."""
    years = found.mine.years
    with solara.Div(classes=["coop-sticky"]):
        widgets.timeline(int(years[0]), int(years[-1]), session.shown_year(found), on_year=session.year.set)

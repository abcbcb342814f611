"""Ties: the network of agreements, by activity and year, on the map or laid out by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import solara
from numpy.typing import NDArray

from coopsim.dashboard import geography, measures, session, webs, widgets
from coopsim.dashboard.panels import Chart, State, Time, caveat, shown
from coopsim.dashboard.session import Shown
from coopsim.dashboard.text import say
from coopsim.world.activities import ACTIVITIES

FILTERS = ("all", "new", "within", "across", "blocs")
COLOURS = ("partners", "region", "communities", "bloc")
MOST_PARTNERS = 12


@solara.component
def Page() -> None:
    """Show the page."""
    layout, set_layout = solara.use_state("web")
    colour, set_colour = solara.use_state("partners")
    wanted, set_wanted = solara.use_state("all")
    pair, set_pair = solara.use_state("")
    found = session.use_shown()
    if found is None:
        return
    with solara.Div(classes=["coop-stack"]):
        State()
        Time(found)
        with solara.Div(classes=["coop-ties"]):
            with solara.Div(classes=["coop-panel"]):
                with solara.Div(classes=["coop-bar"]):
                    _buttons("layout", ("web", "map"), layout, set_layout)
                    widgets.pick(say("ties.colour"), _options("colour", COLOURS), colour, on_value=set_colour)
                    widgets.pick(say("ties.filter"), _options("filter", FILTERS), wanted, on_value=set_wanted)
                Web(found, layout, colour, wanted, set_pair)
            with solara.Div(classes=["coop-stack"]):
                About(found, pair)
                with solara.Div(classes=["coop-panel"]):
                    Degrees(found)
        with solara.Div(classes=["coop-panel"]):
            solara.HTML("h2", say("ties.shape"))
            with solara.Div(classes=["coop-small-charts"]):
                for name in ("mean_degree", "transitivity", "degree_gini", "modularity_region"):
                    Chart(found, name, height=150)


def _options(what: str, values: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"value": value, "text": say(f"ties.{what}_{value}")} for value in values]


def _buttons(what: str, values: tuple[str, ...], value: str, on_value: Any) -> None:
    widgets.pick(say(f"ties.{what}"), _options(what, values), value, on_value=on_value, kind="buttons",
                 hide_label=True)


@solara.component
def Web(found: Shown, layout: str, colour: str, wanted: str, on_pair: Any) -> None:
    """Draw the network."""
    run = found.mine
    land = geography.of(run.config, run.seed)
    places = solara.use_memo(lambda: webs.places(run, land), dependencies=[run])
    values, categories = solara.use_memo(lambda: _colours(found, land, colour), dependencies=[run, colour])
    spells = solara.use_memo(lambda: webs.chosen(run, land, wanted), dependencies=[run, wanted])
    low, high = measures.scale(values)
    year = session.shown_year(found)
    widgets.world_view(
        say("ties.title"), codes=run.codes, names=run.names, places=places, values=values, first=int(run.years[0]),
        measure=say(f"ties.colour_{colour}"), bounds=land.bounds, low=low, high=high, spells=spells,
        kinds=[say(f"ties.activity_{name}") for name in ACTIVITIES], shapes=land.shapes,
        sizes=land.population / land.population.max(), layout=0 if layout == "map" else 1, categories=categories,
        sentence=_sentence(found, year), caveat=caveat(found), selected=session.marked.value,
        on_selected=session.marked.set, on_pair=on_pair, labels=True, height=480,
    )


def _colours(found: Shown, land: geography.Geography, colour: str) -> tuple[NDArray[np.float64], list[str]]:
    run = found.mine
    if colour == "partners":
        return run.of_states("degree"), []
    groups, names = {
        "region": lambda: webs.regions(land),
        "communities": lambda: webs.communities(run),
        "bloc": lambda: webs.blocs(run),
    }[colour]()
    return np.broadcast_to(groups.astype(np.float64), (len(run.years), run.size)), names


def _sentence(found: Shown, year: int) -> str:
    tied = found.mine.tied(year)
    degree = tied.sum(axis=1)
    most = int(degree.argmax())
    return say("ties.says", year=year, ties=f"{int(tied.sum()) // 2:,}", mean=shown(float(degree.mean())),
               most=found.mine.names[most], degree=int(degree[most]), alone=int((degree == 0).sum()))


@solara.component
def About(found: Shown, pair: str) -> None:
    """Tell about the state or the tie that was clicked."""
    with solara.Div(classes=["coop-panel"], attributes={"aria-live": "polite"}):
        if pair:
            Pair(found, pair)
        elif session.marked.value in found.mine.codes:
            OneState(found, session.marked.value)
        else:
            solara.HTML("h2", say("ties.about"))
            solara.Div(children=[say("ties.about_nothing")], classes=["coop-soft"])


@solara.component
def OneState(found: Shown, code: str) -> None:
    """Tell about a state."""
    run, year = found.mine, session.shown_year(found)
    row = run.codes.index(code)
    partners = np.flatnonzero(run.tied(year)[row])
    trust = run.model.world.dyads.trust[row, partners]
    order = partners[np.argsort(-trust, kind="stable")]
    solara.HTML("h2", run.names[row])
    told = say("ties.state_says", year=year, number=len(partners), closure=shown(webs.closure_of(run, row, year), True))
    solara.Div(children=[told])
    names = ", ".join(run.names[k] for k in order[:MOST_PARTNERS])
    if len(order) > MOST_PARTNERS:
        names = say("ties.and_more", names=names, number=len(order) - MOST_PARTNERS)
    solara.Div(children=[say("ties.state_partners", names=names or say("common.none"))], classes=["coop-soft"])


@solara.component
def Pair(found: Shown, pair: str) -> None:
    """Tell about a tie, and why it came about."""
    told = solara.use_memo(lambda: webs.told(found.mine, pair, session.shown_year(found)), dependencies=[found, pair])
    solara.HTML("h2", told.title)
    for text in told.sentences:
        solara.Div(children=[text], classes=["coop-soft"])


@solara.component
def Degrees(found: Shown) -> None:
    """Show how many states have how many partners."""
    year = session.shown_year(found)
    labels, counts = webs.degrees(found.mine, year)
    widgets.bars(
        say("ties.degrees"), labels, counts, what=say("ties.degrees_what"), value=say("ties.degrees_value"),
        unit=say("ties.degrees_unit", year=year), signed=False, caveat=caveat(found), left=64, row=18,
        sentence=say("ties.degrees_says", year=year, most=labels[int(counts.argmax())], number=int(counts.max())),
    )

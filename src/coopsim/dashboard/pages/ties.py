"""Ties: the network of a form of ties, by kind and year, on the map or laid out by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import solara
from numpy.typing import NDArray

from coopsim.dashboard import geography, links, measures, session, webs, widgets
from coopsim.dashboard.links import AGREEMENTS, Links
from coopsim.dashboard.panels import Chart, Time, caveat, shown
from coopsim.dashboard.session import Shown
from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.charts import Line

FILTERS = ("all", "one", "new", "within", "across", "blocs")
COLOURS = ("partners", "region", "communities", "bloc")
LAYOUTS = ("web", "map")
MOST_PARTNERS = 12


@solara.component
def Page() -> None:
    """Show the page."""
    found = session.use_shown()
    if found is not None:
        Network(found)


@solara.component
def Network(found: Shown) -> None:
    """Show the ties of a form, what they make of a state or a pair, and the shape of the whole."""
    colour, set_colour = solara.use_state("partners")
    wanted, set_wanted = solara.use_state("all")
    pair, set_pair = solara.use_state("")
    address = session.address.value
    offered = links.forms(found.mine.config)
    form = address.looks_at("form") if address.looks_at("form") in offered else AGREEMENTS
    layout = address.looks_at("layout") or LAYOUTS[0]
    ties = solara.use_memo(lambda: Links(found.mine, form), dependencies=[found.mine, form])
    base = solara.use_memo(lambda: Links(found.base, form), dependencies=[found.base, form])
    with solara.Div(classes=["coop-stack"]):
        Time(found)
        with solara.Div(classes=["coop-ties"]):
            with solara.Div(classes=["coop-panel"]):
                with solara.Div(classes=["coop-bar"]):
                    _buttons("layout", LAYOUTS, layout, lambda value: look(layout=value, default=LAYOUTS[0]))
                    widgets.pick(say("ties.form"), _options("form", offered), form,
                                 on_value=lambda value: look(form=value, default=AGREEMENTS))
                    widgets.pick(say("ties.colour"), _options("colour", COLOURS), colour, on_value=set_colour)
                    widgets.pick(say("ties.filter"), _options("filter", FILTERS), wanted, on_value=set_wanted)
                Web(found, ties, layout, colour, wanted, pair, set_pair)
                if len(offered) < len(links.FORMS):
                    solara.Div(children=[say("ties.form_more")], classes=["coop-soft", "coop-fine"])
            with solara.Div(classes=["coop-stack"]):
                About(found, ties, pair, set_pair)
                with solara.Div(classes=["coop-panel"]):
                    Degrees(found, ties)
        with solara.Div(classes=["coop-panel"]):
            solara.HTML("h2", say("ties.shape"))
            with solara.Div(classes=["coop-small-charts"]):
                for name in webs.MEASURES:
                    if form == AGREEMENTS:
                        Chart(found, name, height=150)
                    else:
                        Shape(found, ties, base, name)


def look(*, default: str, **focus: str) -> None:
    """Write what the page looks at into the address; what stands at its default is left out."""
    session.address.value = session.address.value.looking_at(
        **{key: "" if value == default else value for key, value in focus.items()}
    )


def _options(what: str, values: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"value": value, "text": say(f"ties.{what}_{value}")} for value in values]


def _buttons(what: str, values: tuple[str, ...], value: str, on_value: Any) -> None:
    widgets.pick(say(f"ties.{what}"), _options(what, values), value, on_value=on_value, kind="buttons",
                 hide_label=True)


@solara.component
def Web(found: Shown, ties: Links, layout: str, colour: str, wanted: str, pair: str, on_pair: Any) -> None:
    """Draw the network."""
    run, form = found.mine, ties.form
    land = geography.of(run.config, run.seed)
    state = session.marked.value if wanted == "one" else ""
    places = solara.use_memo(lambda: webs.places(ties, land), dependencies=[ties])
    values, categories = solara.use_memo(lambda: _colours(ties, land, colour), dependencies=[ties, colour])
    spells = solara.use_memo(lambda: webs.chosen(ties, land, wanted, state), dependencies=[ties, wanted, state])
    low, high = measures.scale(values)
    year = session.shown_year(found)
    widgets.world_view(
        say("ties.title", form=say(f"ties.form_{form}")), codes=run.codes, names=run.names, places=places,
        values=values, first=int(run.years[0]),
        measure=say(f"ties.colour_{colour}"), bounds=land.bounds, low=low, high=high, spells=spells,
        kinds=[say(f"ties.{name}") for name in links.kinds(form)], shapes=land.shapes,
        sizes=land.population / land.population.max(), layout=0 if layout == "map" else 1, categories=categories,
        sentence=_sentence(found, ties, year), caveat=caveat(found), selected=session.marked.value,
        on_selected=session.marked.set, pair=pair, on_pair=on_pair, labels=True, height=480,
    )


def _colours(ties: Links, land: geography.Geography, colour: str) -> tuple[NDArray[np.float64], list[str]]:
    run = ties.run
    if colour == "partners":
        return ties.partners, []
    groups, names = {
        "region": lambda: webs.regions(land),
        "communities": lambda: webs.communities(ties),
        "bloc": lambda: webs.blocs(run),
    }[colour]()
    return np.broadcast_to(groups.astype(np.float64), (len(run.years), run.size)), names


def _sentence(found: Shown, ties: Links, year: int) -> str:
    tied = ties.tied(year)
    degree = tied.sum(axis=1)
    most = int(degree.argmax())
    return say("ties.says", year=year, ties=f"{int(tied.sum()) // 2:,}", what=say(f"ties.what_{ties.form}"),
               mean=shown(float(degree.mean())), most=found.mine.names[most], degree=int(degree[most]),
               alone=int((degree == 0).sum()))


@solara.component
def About(found: Shown, ties: Links, pair: str, set_pair: Any) -> None:
    """Tell about the state or the tie that was clicked."""
    # What was clicked last counts: a state that is chosen after a tie takes its place.
    solara.use_effect(lambda: set_pair(""), [session.marked.value])
    known = all(code in found.mine.codes for code in pair.split("-"))
    with solara.Div(classes=["coop-panel"], attributes={"aria-live": "polite"}):
        if pair and known:
            Pair(found, pair, set_pair)
        elif session.marked.value in found.mine.codes:
            OneState(found, ties, session.marked.value, set_pair)
        else:
            solara.HTML("h2", say("ties.about"))
            solara.Div(children=[say("ties.about_nothing")], classes=["coop-soft"])


@solara.component
def OneState(found: Shown, ties: Links, code: str, set_pair: Any) -> None:
    """Tell about a state, and let one of its ties be chosen without a mouse."""
    run, year = found.mine, session.shown_year(found)
    row = run.codes.index(code)
    partners = np.flatnonzero(ties.tied(year)[row])
    trust = run.model.world.dyads.trust[row, partners]
    order = partners[np.argsort(-trust, kind="stable")]
    solara.HTML("h2", run.names[row])
    closure = shown(webs.closure_of(ties, row, year), True)
    solara.Div(children=[say("ties.state_says", year=year, number=len(partners), closure=closure)])
    names = ", ".join(run.names[k] for k in order[:MOST_PARTNERS])
    if len(order) > MOST_PARTNERS:
        names = say("ties.and_more", names=names, number=len(order) - MOST_PARTNERS)
    solara.Div(children=[say("ties.state_partners", names=names or say("common.none"))], classes=["coop-soft"])
    if len(order):
        options = [{"value": "", "text": say("ties.pick_partner")},
                   *({"value": f"{code}-{run.codes[k]}", "text": run.names[k]} for k in order)]
        widgets.pick(say("ties.tie_with"), options, "", on_value=lambda value: set_pair(value) if value else None)


@solara.component
def Pair(found: Shown, pair: str, set_pair: Any) -> None:
    """Tell everything that ties two states, and why it came about."""
    year = session.shown_year(found)
    told = solara.use_memo(lambda: webs.told(found.mine, pair, year), dependencies=[found.mine, pair, year])
    solara.HTML("h2", told.title)
    for text in told.sentences:
        solara.Div(children=[text], classes=["coop-soft"])
    widgets.action(say("ties.close"), lambda: set_pair(""))


@solara.component
def Degrees(found: Shown, ties: Links) -> None:
    """Show how many states have how many partners."""
    year = session.shown_year(found)
    labels, counts = webs.degrees(ties, year)
    widgets.bars(
        say("ties.degrees"), labels, counts, what=say("ties.degrees_what"), value=say("ties.degrees_value"),
        unit=say("ties.degrees_unit", year=year), signed=False, caveat=caveat(found), left=64, row=18,
        sentence=say("ties.degrees_says", year=year, most=labels[int(counts.argmax())], number=int(counts.max())),
    )


@solara.component
def Shape(found: Shown, ties: Links, base: Links, measure: str) -> None:
    """Draw a measure of the network, in my run and in the baseline."""
    land = geography.of(found.mine.config, found.mine.seed)

    def make() -> list[Line]:
        return [Line(say("panels.base"), webs.shape(base, land, measure), "base", dash=True),
                Line(say("panels.mine"), webs.shape(ties, land, measure), "mine")]

    series = solara.use_memo(make, dependencies=[ties, base, measure])
    year = session.shown_year(found)
    row = year - int(found.mine.years[0])
    told = {"year": year, "mine": shown(float(series[1].values[row])), "base": shown(float(series[0].values[row]))}
    widgets.lines(
        say(f"ties.measure_{measure}"), series, first=int(found.mine.years[0]), unit=say(f"ties.form_{ties.form}"),
        height=150, sentence=say("ties.shape_says", **told), caveat=caveat(found),
        version=f"{found.mine.hash}-{ties.form}",
    )

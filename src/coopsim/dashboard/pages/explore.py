"""Explore, the front page: choose a scenario, move a slider, see what it does and where."""

from __future__ import annotations

from typing import Any

import numpy as np
import solara

from coopsim.config import GROUPS, Config
from coopsim.dashboard import geography, luck, measures, parameters, session, where, widgets
from coopsim.dashboard.cards import arms, cards, file_of, plots
from coopsim.dashboard.panels import Chart, Time, caveat, shown, spells
from coopsim.dashboard.session import Shown
from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.charts import Tile
from coopsim.errors import CoopsimError

SMALL = 4  # further series
EXTREMES = 5


@solara.component
def Page() -> None:
    """Show the page."""
    Scenarios()
    found = session.use_shown()
    if found is None:
        return
    with solara.Div(classes=["coop-explore"]):
        with solara.Div(classes=["coop-stack"]):
            Levers()
        with solara.Div(classes=["coop-stack"]):
            About(found)
            Time(found)
            Headlines(found)
            with solara.Div(classes=["coop-main-charts"]):
                with solara.Div(classes=["coop-panel"]):
                    WorldMap(found)
                with solara.Div(classes=["coop-panel"]):
                    Series(found)
            Where(found)
            More(found)
    Everything()


@solara.component
def Scenarios() -> None:
    """Show the scenarios as cards."""
    options = solara.use_memo(cards, dependencies=[])
    widgets.pick(
        say("explore.scenarios"), options, file_of(session.address.value.scenario), on_value=session.pick_scenario,
        kind="cards",
    )


def current() -> Config | None:
    """Return the configuration of the tab, None if it is not a valid one."""
    try:
        return session.config_of(session.address.value)
    except CoopsimError:
        return None


@solara.component
def About(found: Shown) -> None:
    """Show what is asked, and which world it is asked of."""
    config = found.mine.config
    address = session.address.value
    world = "invented" if config.world.synthetic else "real"

    def pick_world(value: str) -> None:
        if value != world:
            key, states = ("world.synthetic", session.INVENTED) if value == "invented" else ("world.states", "all")
            session.pick_world(key, states)

    with solara.Div(classes=["coop-stack", "coop-tight"]):
        with solara.Div(classes=["coop-bar", "coop-about"]):
            title = config.title or config.name
            if any(key.startswith("world.") for key, _ in address.values):
                title = say(f"explore.title_{world}", title=title)
            solara.Div(children=[solara.HTML("h2", title)], classes=["coop-grow"])
            with solara.Div(classes=["coop-bar", "coop-setup"]):
                widgets.pick(
                    say("explore.world"),
                    [{"value": v, "text": say(f"explore.world_{v}")} for v in ("invented", "real")],
                    world, on_value=pick_world, kind="buttons", hide_label=True,
                )
                widgets.pick(
                    say("explore.model"),
                    [{"value": v, "text": say(f"explore.model_{v}"), "title": say(f"explore.model_{v}_means")}
                     for v in ("core", "standard", "full")],
                    config.preset, on_value=lambda value: session.set_value("preset", value), kind="buttons",
                    hide_label=True,
                )
            widgets.pick(
                say("explore.luck"),
                [{"value": str(k), "text": say("explore.seed", seed=k)} for k in seeds(address.seed)],
                str(address.seed), on_value=lambda value: session.change(seed=int(value)), hide_label=True,
            )
        with solara.Div(classes=["coop-bar"]):
            solara.Div(children=[config.question], classes=["coop-question", "coop-grow"])
            variants = arms(address.scenario)
            if variants:
                with solara.Div(classes=["coop-variant", "coop-setup"]):
                    widgets.pick(say("explore.arm"), [{"value": name, "text": text} for name, text in variants],
                                 arm_name(address.scenario), on_value=session.pick_arm)
        if found.mine.real:
            solara.Div(children=[say("explore.caveat")], classes=["coop-caveat"])


def arm_name(scenario: str) -> str:
    """Return the arm that a scenario's name means: the first, if it names none."""
    variants = [name for name, _ in arms(scenario)]
    return scenario if scenario in variants else variants[0]


def seeds(chosen: int) -> list[int]:
    """Return the seeds on offer."""
    return sorted({*range(1, 11), chosen})


@solara.component
def Levers() -> None:
    """Show the handful of sliders."""
    config = current()
    if config is None:
        return
    groups = parameters.handful(config)
    changed = [key for key, _ in session.address.value.values if key.partition(".")[0] in GROUPS]
    with solara.Div(classes=["coop-panel", "coop-stack", "coop-whatif"]):
        with solara.Div(classes=["coop-bar"]):
            solara.Div(children=[solara.HTML("h2", say("explore.levers"))], classes=["coop-grow"])
            if changed:
                widgets.action(say("explore.reset"), lambda: session.forget(*changed))
        widgets.levers(groups, parameters.values(config, groups), on_values=_move, on_asked=_asked)


@solara.component
def Everything() -> None:
    """Show every parameter."""
    is_open, set_open = solara.use_state(False)
    config = current()
    if config is None:
        return
    with solara.Div(classes=["coop-panel", "coop-advanced"], style="margin-top: 12px"):
        with solara.Div(classes=["coop-bar"]):
            solara.Div(children=[solara.HTML("h2", say("explore.everything"))], classes=["coop-grow"])
            widgets.action(say("explore.hide" if is_open else "explore.show"), lambda: set_open(not is_open))
        if is_open:
            groups = parameters.everything(config)
            widgets.levers(groups, parameters.values(config, groups), on_values=_move, on_asked=_asked, search=True)


def _move(values: dict[str, Any]) -> None:
    config = current()
    if config is not None:
        session.set_values({key: value for key, value in values.items() if config.value(key) != value})


def _asked(what: str) -> None:
    if what == "preset":
        session.set_value("preset", "standard")
    else:
        session.set_value(what, True)


@solara.component
def Headlines(found: Shown) -> None:
    """Show the headline numbers."""
    years = len(found.mine.years)

    def make() -> list[Tile]:
        tiles = []
        for name in measures.headlines(found.mine.config):
            effect = luck.effect(found.sample, name, years)
            tiles.append(Tile(
                name, say(f"measures.headlines.{name}"), found.mine.series(name), found.base.series(name), effect.mean,
                effect.share, unit=measures.short_unit(name), percent=measures.percent(name),
                about=say("explore.tile_about"),
            ))
        return tiles

    widgets.tiles(solara.use_memo(make, dependencies=[found]), first=int(found.mine.years[0]))
    with solara.Div(classes=["coop-soft", "coop-fine"], attributes={"aria-live": "off"}):
        counted = say("explore.sample", done=found.sample.done, wanted=found.sample.wanted)
        solara.Div(children=[f"{say('explore.luck_means')} {counted}"])


@solara.component
def WorldMap(found: Shown) -> None:
    """Show the states, coloured by a measure, and the ties between them."""
    config = found.mine.config
    choices = measures.state_measures(config)
    names = [measure.name for measure in choices]
    picked = session.colour.value if session.colour.value in names else names[0]
    measure = measures.STATES[picked]
    mode, ties = session.mode.value, session.ties.value

    def make() -> tuple[Any, ...]:
        values = measure.of(found.mine)
        if mode == "difference":
            values = values - measure.of(found.base)
        low, high = measures.scale(values, diverging=mode == "difference")
        return values, low, high

    values, low, high = solara.use_memo(make, dependencies=[found.mine, found.base, picked, mode])
    land = geography.of(config, found.mine.seed)
    year = session.shown_year(found)
    with solara.Div(classes=["coop-bar"]):
        widgets.pick(say("explore.colour"), [{"value": m.name, "text": m.label} for m in choices], picked,
                     on_value=session.colour.set, hide_label=True)
        widgets.pick(
            say("explore.mode"), [{"value": v, "text": say(f"explore.mode_{v}")} for v in ("mine", "difference")], mode,
            on_value=session.mode.set, kind="buttons", hide_label=True,
        )
        widgets.pick(
            say("explore.ties"), [{"value": v, "text": say(f"explore.ties_{v}")} for v in ("all", "chosen", "none")],
            ties, on_value=session.ties.set, hide_label=True,
        )
    widgets.world_view(
        say(f"explore.map_{mode}", measure=measure.label), codes=found.mine.codes, names=found.mine.names,
        places=land.places[None], values=values, first=int(found.mine.years[0]), measure=measure.label,
        bounds=land.bounds, low=low, high=high, spells=spells(found.mine), shapes=land.shapes,
        sizes=land.population / land.population.max(), ties=ties, unit=measure.unit, percent=measure.percent,
        diverging=mode == "difference", sentence=_map_sentence(found, measure, mode, year), caveat=caveat(found),
        selected=session.marked.value, on_selected=session.marked.set, height=330,
    )


def _map_sentence(found: Shown, measure: measures.StateMeasure, mode: str, year: int) -> str:
    row = year - int(found.mine.years[0])
    values = measure.of(found.mine)[row]
    if mode == "difference":
        values = values - measure.of(found.base)[row]
        if not (np.abs(values) > where.MOVED).any():
            return say("explore.map_no_difference", year=year)
    high, low = int(values.argmax()), int(values.argmin())
    return say(
        f"explore.map_{mode}_says", year=year, measure=measure.label[:1].upper() + measure.label[1:],
        most=found.mine.names[high], least=found.mine.names[low],
        **{name: shown(values[k], measure.percent, signed=mode == "difference")
           for name, k in (("high", high), ("low", low))},
    )


@solara.component
def Series(found: Shown) -> None:
    """Show an indicator in my run against the baseline, with bands over replications."""
    options = solara.use_memo(lambda: measures.options(found.mine.config), dependencies=[found.mine.config.mechanisms])
    known = [option["value"] for option in options]
    picked = session.indicator.value if session.indicator.value in known else default_series(found, known)[0]
    widgets.pick(say("explore.series"), options, picked, on_value=session.indicator.set)
    Chart(found, picked, height=250, grows=True)


def default_series(found: Shown, known: list[str]) -> list[str]:
    """Return the indicators that the scenario wants looked at, then the headlines, those that move only."""
    order = [*plots(session.address.value.scenario), *measures.headlines(found.mine.config), "density", "trust"]
    return [name for name in dict.fromkeys(order) if name in known]


@solara.component
def Where(found: Shown) -> None:
    """Show where the change acts: averages over the world hardly move."""
    year = session.shown_year(found)
    measure = measures.STATES.get(session.colour.value) or measures.STATES["partners"]
    if measure not in measures.state_measures(found.mine.config):
        measure = measures.STATES["partners"]
    with solara.Div(classes=["coop-panel", "coop-stack"]):
        with solara.Div(classes=["coop-lead"]):
            solara.HTML("h2", say("explore.where"))
            solara.Div(children=[_where_sentence(found, year)], classes=["coop-soft"])
        if found.mine is not found.base:
            with solara.Div(classes=["coop-grid-3"]):
                Tenths(found)
                Pairs(found)
                States(found, measure, year)


@solara.component
def Tenths(found: Shown) -> None:
    """Show the difference of trust by tenths of pairs."""
    effect = solara.use_memo(lambda: where.tenths(found.mine, found.base, found.sample), dependencies=[found])
    widgets.bars(
        say("explore.tenths"), [say("explore.tenth", number=k + 1) for k in range(where.TENTHS)], effect.mean,
        what=say("explore.tenth_head"), value=say("explore.trust_difference"), low=effect.low, high=effect.high,
        unit=say("explore.tenths_unit", year=int(found.mine.years[-1])),
        sentence=_tenths_sentence(effect, found.sample.done), caveat=caveat(found), left=76,
    )


@solara.component
def Pairs(found: Shown) -> None:
    """Show the pairs that it moves most."""
    def make() -> where.Ranked:
        return where.pairs(found.mine, found.base, EXTREMES)

    pairs = solara.use_memo(make, dependencies=[found.mine, found.base])
    widgets.bars(
        say("explore.pairs"), pairs.names, pairs.values, what=say("explore.pair"),
        value=say("explore.trust_difference"), unit=say("explore.pairs_unit", year=int(found.mine.years[-1])),
        sentence=_extreme_sentence(pairs, "pairs"), caveat=caveat(found), left=92,
    )


@solara.component
def States(found: Shown, measure: measures.StateMeasure, year: int) -> None:
    """Show the states that it moves most."""
    states = where.states(found.mine, found.base, measure, year, EXTREMES)
    widgets.bars(
        say("explore.states", measure=measure.label), states.names, states.values, what=say("explore.state"),
        value=measure.label, unit=say("explore.states_unit", year=year),
        sentence=_extreme_sentence(states, "states", percent=measure.percent), percent=measure.percent,
        caveat=caveat(found), left=112,
    )


def _where_sentence(found: Shown, year: int) -> str:
    if found.mine is found.base:
        return say("explore.where_nothing")
    moved, number = where.moved_pairs(found.mine, found.base)
    caused, prevented = where.agreements(found.mine, found.base, year)
    return say("explore.where_says", moved=f"{moved:,}", number=f"{number:,}", year=year, caused=caused,
               prevented=prevented)


def _tenths_sentence(effect: luck.Effect, done: int) -> str:
    most = int(np.abs(effect.mean).argmax())
    if abs(effect.mean[most]) < where.MOVED:
        return say("explore.tenths_nothing")
    key = "explore.tenths_says" if done >= luck.FEWEST else "explore.tenths_says_one"
    return say(key, tenth=most + 1, difference=shown(effect.mean[most], signed=True), number=done)


def _extreme_sentence(ranked: where.Ranked, kind: str, *, percent: bool = False) -> str:
    if not ranked.names:
        return say(f"explore.{kind}_nothing")
    most = int(np.abs(ranked.values).argmax())
    return say(f"explore.{kind}_says", name=ranked.names[most],
               difference=shown(ranked.values[most], percent, signed=True))


@solara.component
def More(found: Shown) -> None:
    """Show further series, small."""
    known = [option["value"] for option in measures.options(found.mine.config)]
    with solara.Div(classes=["coop-panel"]):
        solara.HTML("h2", say("explore.more"))
        with solara.Div(classes=["coop-small-charts", "is-four"]):
            for name in default_series(found, known)[1 : 1 + SMALL]:
                Chart(found, name, height=150)

"""Live: the Mesa model step by step, with what each process did this year and an inspector of agents.

Mesa's own page shows our model too (``solara run FILE``); Reset makes the model anew from `model_params`::

    from mesa.visualization import Slider, SolaraViz, make_plot_component
    from coopsim import CoopModel
    page = SolaraViz(CoopModel("classroom", rng=1), components=[make_plot_component(["density", "trust"])],
                     model_params={"config": "classroom", "rng": Slider("Seed", 1, 1, 99, 1)})
"""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import solara
import solara.lab

from coopsim.config import Config
from coopsim.dashboard import geography, inspector, links, measures, panels, session, widgets
from coopsim.dashboard.guard import StoppedError, Watch
from coopsim.dashboard.text import say
from coopsim.errors import CoopsimError
from coopsim.model import CoopModel

PACE = {"1": 1.0, "2": 0.5, "5": 0.2}  # years a second -> seconds a year


class Stage:
    """A model that a tab steps, and what is needed to say what happened in its last year."""

    def __init__(self, config: Config, seed: int) -> None:
        self.model = CoopModel(config, rng=seed)
        self.lock = threading.Lock()

    @property
    def over(self) -> bool:
        """Whether the last year has been simulated."""
        return not self.model.running

    def step(self) -> None:
        """Simulate a year, unless the run is over."""
        with self.lock:
            if not self.over:
                self.model.step()
                Watch()(self.model)  # of its size alone: time on stage is the visitor's, not the run's

    def ties(self) -> Any:
        """Return the ties of the moment and those that ended this year, as the world view takes them, shape (n, 5)."""
        year, first = self.model.year, self.model.config.start_year
        spells = panels.packed_spells(links.spells_of(self.model), first)
        now = year - first
        kind = np.where(spells[:, 3] == now, 2, np.where((spells[:, 2] == now) & (now > 0), 1, 0))
        shown = (spells[:, 2] <= now) & (spells[:, 3] >= now)
        rows = np.column_stack([spells[:, :2], np.zeros_like(kind), np.ones_like(kind), kind])
        return rows[shown]


@solara.component
def Page() -> None:
    """Show the page."""
    address = session.address.value
    again, set_again = solara.use_state(0)
    tick, set_tick = solara.use_state(0)
    playing, set_playing = solara.use_state(False)
    pace, set_pace = solara.use_state("2")
    error, set_error = solara.use_state("")

    def make() -> Stage | str:
        try:
            return Stage(address.config(), address.seed)
        except CoopsimError as found:
            return str(found)

    stage = solara.use_memo(
        make, dependencies=[address.scenario, address.values, address.changes, address.seed, again]
    )

    def step() -> None:
        assert isinstance(stage, Stage)
        try:
            stage.step()
        except StoppedError as found:
            set_error(str(found))
            set_playing(False)
        if stage.over:
            set_playing(False)
        set_tick(lambda before: before + 1)

    def play() -> None:
        while playing and task.is_current() and isinstance(stage, Stage) and not stage.over:
            step()
            time.sleep(PACE[pace])

    task = solara.lab.use_task(play, dependencies=[playing, pace, again], raise_error=False, prefer_threaded=True)

    def restart() -> None:
        set_playing(False)
        set_error("")
        set_again(again + 1)

    if isinstance(stage, str):
        solara.Div(children=[stage], classes=["coop-note", "coop-error"], attributes={"role": "alert"})
        return
    model = stage.model
    with solara.Div(classes=["coop-stack"]):
        solara.Div(children=[say("live.about")], classes=["coop-soft"])
        with solara.Div(classes=["coop-bar", "coop-sticky"]):
            widgets.action(say("live.pause" if playing else "live.play"), lambda: set_playing(not playing),
                           primary=True)
            widgets.action(say("live.step"), step)
            widgets.action(say("live.restart"), restart)
            widgets.pick(say("live.pace"), [{"value": v, "text": say("live.per_second", number=v)} for v in PACE],
                         pace, on_value=set_pace, hide_label=True)
            solara.Div(children=[str(model.year)], classes=["coop-year"], attributes={"role": "status"})
            solara.Div(children=[say("live.over")] if stage.over else [], classes=["coop-soft"])
        if error:
            solara.Div(children=[error], classes=["coop-note", "coop-error"], attributes={"role": "alert"})
        with solara.Div(classes=["coop-ties"]):
            with solara.Div(classes=["coop-panel"]):
                Scene(stage, model.year)
            with solara.Div(classes=["coop-stack"]):
                Inspector(stage, tick)
        with solara.Div(classes=["coop-panel"]):
            Year(stage, tick)


@solara.component
def Scene(stage: Stage, year: int) -> None:
    """Show the world of the moment."""
    model = stage.model
    states = model.world.states
    land = geography.of(model.config, model.seed_number)
    degree = model.world.dyads.tied.sum(axis=1).astype(np.float64)
    low, high = measures.scale(degree)
    ties = stage.ties()
    kinds = np.bincount(ties[:, 4], minlength=3) if len(ties) else np.zeros(3, dtype=int)
    widgets.world_view(
        say("live.scene", year=year), codes=[str(code) for code in states.iso3],
        names=[str(name) for name in states.name], places=land.places[None], values=degree[None], first=year,
        measure=say("measures.states.partners"), bounds=land.bounds, low=low, high=high, spells=ties,
        kinds=[say("live.standing"), say("live.signed"), say("live.ended")], shapes=land.shapes,
        sizes=land.population / land.population.max(), selected=session.marked.value,
        on_selected=session.marked.set, labels=model.world.size <= MOST_LABELS, height=430, loud=True,
        sentence=say("live.scene_says", year=year, signed=int(kinds[1]), ended=int(kinds[2]),
                     standing=int(kinds[0] + kinds[1])),
    )


MOST_LABELS = 60


@solara.component
def Inspector(stage: Stage, tick: int) -> None:
    """Show what an agent holds, and what it answers."""
    kind, set_kind = solara.use_state("state")
    other, set_other = solara.use_state("0")
    model = stage.model
    with solara.Div(classes=["coop-panel", "coop-stack"]):
        solara.HTML("h2", say("live.inspector"))
        widgets.pick(say("live.kind"), [{"value": k, "text": say(f"live.kind_{k}")} for k in inspector.KINDS], kind,
                     on_value=set_kind, kind="buttons", hide_label=True)
        options = solara.use_memo(lambda: inspector.options(model, kind), dependencies=[kind, stage])
        if kind == "state":
            codes = [option["value"] for option in options]
            value = session.marked.value if session.marked.value in codes else codes[0]
            widgets.pick(say("live.agent"), options, value, on_value=session.marked.set)
        else:
            known = [option["value"] for option in options]
            value = other if other in known else next(iter(known), "")
            widgets.pick(say("live.agent"), options, value, on_value=set_other)
        if not options:
            solara.Div(children=[say("live.no_agents")], classes=["coop-soft"])
            return
        seen = inspector.look(model, kind, value)
        solara.HTML("h3", seen.title)
        for text in seen.sentences:
            solara.Div(children=[text])
        with solara.Div(classes=["coop-facts"], attributes={"role": "list"}):
            for name, held in seen.facts:
                with solara.Div(attributes={"role": "listitem"}):
                    solara.Text(name)
                    solara.Text(held)


@solara.component
def Year(stage: Stage, tick: int) -> None:
    """Show the processes of the last year in their order, and what each counted."""
    model = stage.model
    rows = [row for row in model.schedule_record if row["year"] == model.year]
    solara.HTML("h2", say("live.year", year=model.year))
    if not rows:
        solara.Div(children=[say("live.nothing_yet")], classes=["coop-soft"])
        return
    with solara.Div(classes=["coop-year-order"], attributes={"role": "list"}):
        for number, row in enumerate(rows, 1):
            counts = ", ".join(f"{name.replace('_', ' ')} {value:,.4g}" for name, value in row["counters"].items())
            with solara.Div(classes=["coop-process"], attributes={"role": "listitem"}):
                solara.Text(f"{number}. {row['process']}", classes=["coop-process-name"])
                solara.Text(counts or "–", classes=["coop-soft"])

"""The Mesa model: it builds the world, runs the year in its written order, and lets a recorder watch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any, Self
from weakref import WeakSet

import mesa
import numpy as np
import pandas as pd
from mesa.time import Event, EventGenerator, Schedule
from threadpoolctl import ThreadpoolController

from coopsim.config import Config, load_config
from coopsim.errors import ConfigError
from coopsim.interventions import Intervention, Rules
from coopsim.mechanisms import MECHANISMS, YEAR, Process
from coopsim.mechanisms.mechanism import Counters
from coopsim.model.agents import InternationalOrganisation, Organisation, State
from coopsim.results.record import Record
from coopsim.results.recorder import Recorder
from coopsim.results.tables import agreements_table
from coopsim.rng import Streams
from coopsim.world.agreements import NEVER
from coopsim.world.build import build_world
from coopsim.world.initial import InitialParams


class CoopModel(mesa.Model):
    """States and organisations that sign, keep and leave cultural agreements, year by year.

    Parameters
    ----------
    config : Config, str or Path
        A configuration, the name of a bundled scenario or the path of a scenario file.
    rng : int
        Seed; the same config and seed give the same run, bit for bit.
    year : tuple of Process
        The processes of a year in their order.
    record : Record
        Which indicators and yearly tables to record; all if not given. The data collector has the same indicators.

    Examples
    --------
    >>> model = CoopModel("baseline", rng=42)
    >>> model.run_for(10)
    >>> model.states["FRA"].partners()
    >>> fast = CoopModel("baseline", rng=42, record=Record(indicators=["density", "trust"], tables=()))
    """

    def __init__(
        self,
        config: Config | str | Path = "baseline",
        *,
        rng: int = 1,
        year: tuple[Process, ...] = YEAR,
        record: Record | None = None,
    ):
        if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0:
            raise ConfigError(f"rng = {rng!r} must be a whole number, 0 or more: the seed of the run")
        rng = int(rng)
        super().__init__(rng=rng)
        self.config = config if isinstance(config, Config) else load_config(config)
        self.config.check_names(rng)
        self.seed_number = rng
        self.streams = Streams(rng)
        self.processes = year
        self.rules = Rules(dict(self.config.parameters), dict(self.config.mechanisms))
        initial = self.config.parameters["initial"]
        assert isinstance(initial, InitialParams)
        with _one_thread():
            self.world = build_world(
                self.config.world, initial, self.config.start_year, self.streams("world", self.config.start_year)
            )
            self._start_mechanisms()
        self._known_since, self._at_work, self._written = (NEVER, 0), year, frozenset[str]()
        self._settled: dict[str, Counters] = {}  # what processes count that need not be asked again, by name
        self._strangers = False  # whether others than ourselves have events on Mesa's clock
        self.state_list = [State(self, row) for row in range(self.world.size)]
        self._organisation_list: list[Organisation] = []
        self._last_closed = NEVER
        self.international_list = [
            InternationalOrganisation(self, row) for row in range(len(self.world.international))
        ]
        self.states = {str(state.iso3): state for state in self.state_list}
        self._schedule_history()
        self._dated = [_Dated(self, change) for change in self.config.interventions]
        for dated in self._dated:
            dated.schedule()
        super().schedule_recurring(self._fall_due, Schedule(interval=1.0, start=0.5))
        # Watchers look at the model just before a process of the year, by its name; they must not change anything.
        self.watchers: dict[str, Callable[[CoopModel], None]] = {}
        self.counters: dict[str, float] = {}
        self.schedule_record: list[dict[str, Any]] = []
        self.recorder = Recorder(self.world, record)
        self.datacollector = mesa.DataCollector(model_reporters={"year": "year"})
        # Mesa's collector shows the recorder's own lists: nothing is collected twice.
        self.datacollector.model_vars |= self.recorder.series
        with _one_thread():
            self._record()

    @classmethod
    def from_values(
        cls, config: Config | str = "baseline", rng: int = 1, record: Record | None = None, **values: Any
    ) -> Self:
        """Build a model from flat keywords, for Mesa's tools: ``trust__gain=0.06`` means "trust.gain"."""
        base = config if isinstance(config, Config) else load_config(config)
        dotted = {key.replace("__", "."): value for key, value in values.items()}
        return cls(base.with_values(dotted), rng=rng, record=record)

    @property
    def year(self) -> int:
        """The calendar year last simulated; the start year before the first step."""
        return self.config.start_year + int(self.time)

    @property
    def organisation_list(self) -> list[Organisation]:
        """The organisations by row, those that closed included; Mesa's agents are those at work."""
        self._keep_up_with_organisations()
        return self._organisation_list

    @property
    def agents(self) -> Any:
        """Every agent: states, organisations at work, international organisations."""
        self._keep_up_with_organisations()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """The agents of each type."""
        self._keep_up_with_organisations()
        return super().agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """The types of agents."""
        return list(self.agents_by_type)

    def _keep_up_with_organisations(self) -> None:
        """Let agents appear for organisations that were founded, and disappear for those that closed.

        It happens when somebody asks for agents: a run in which nobody does needs none.
        """
        organisations, agents = self.world.organisations, self._organisation_list
        agents.extend(Organisation(self, row) for row in range(len(agents), len(organisations)))
        closed = np.flatnonzero(organisations.closed >= max(self._last_closed, 0))
        for row in closed:
            agents[row].remove()
        self._last_closed = max(self._last_closed, int(organisations.closed.max(initial=NEVER)))

    @property
    def agreements(self) -> pd.DataFrame:
        """The ledger as it stands: one row per agreement (INTERFACE: table `agreements`)."""
        return agreements_table(self.world, self.config.start_year)

    def schedule_event(self, function: Callable[..., None], **when: Any) -> Event:
        """Schedule an event, as Mesa does."""
        self._strangers |= getattr(function, "__func__", None) not in OWN_EVENTS
        return super().schedule_event(function, **when)

    def schedule_recurring(self, function: Callable[..., None], *when: Any, **how: Any) -> EventGenerator:
        """Schedule a recurring event, as Mesa does."""
        self._strangers = True
        return super().schedule_recurring(function, *when, **how)

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Promise that nobody but the model writes into columns in this block: years one by one then cost less.

        What follows from columns at rest is made anew whenever somebody may have written into them, and between two
        calls of `step` that may be anybody; looking is free. `run_for` needs no promise.

        Examples
        --------
        >>> with model.undisturbed():
        ...     while model.running:
        ...         model.step()
        ...         print(model.year, model.recorder.latest["density"])
        """
        self.world.derived.disturbed += 1
        _undisturbed.add(self)
        try:
            yield
        finally:
            _undisturbed.discard(self)

    def _advance_time(self, until: float) -> None:
        if self not in _undisturbed:  # since time stood still, anybody may have written into columns
            self.world.derived.disturbed += 1
        with _one_thread():
            super()._advance_time(until)

    def step(self) -> None:
        """Simulate one year."""
        year = self.world.year = self.year
        self.counters = {}
        self._look_who_writes()
        try:
            for process in self._at_work:
                self._apply(process, year)
            self._record()
            self.world.close_year()
        finally:
            self.world.derived.written = None
        if year >= self.config.start_year + self.config.years:
            self.running = False

    def _look_who_writes(self) -> None:
        """Let the world know which columns are written this year, so that it need not look whether others changed."""
        derived = self.world.derived
        if self._strangers or self.processes is not YEAR or type(self).step is not CoopModel.step:
            derived.disturbed += 1
        if self._known_since[0] != derived.disturbed:  # only then may switches have changed
            self._at_work = tuple(filter(self._works, self.processes))
            self._settled.clear()
        known = (derived.disturbed, len(self._settled))
        if self._known_since != known:
            self._known_since, asked = known, (p for p in self._at_work if p.name not in self._settled)
            self._written = frozenset(column for process in asked for column in process.mechanism.writes)
        derived.written = self._written

    def _works(self, process: Process) -> bool:
        """Return whether a process takes place: its mechanism is on, or has parameters for when it is off."""
        return self.rules.switches[process.mechanism.name] or process.mechanism.off is not None

    def _start_mechanisms(self) -> None:
        timeline = self.world.timeline
        for world in (self.world,) if timeline is None else (timeline.atlas, self.world):
            for name, mechanism in MECHANISMS.items():
                if mechanism.start is not None and self.rules.switches[name]:
                    stream = self.streams(f"{name} start", world.year)
                    mechanism.start(world, self.rules.parameters[name], stream)
            world.remember_reference()

    def _schedule_history(self) -> None:
        """Turn the dated changes of a world that grows into Mesa events, before those of interventions."""
        timeline, start = self.world.timeline, self.config.start_year
        for year in () if timeline is None else timeline.years(start, start + self.config.years):
            self.schedule_event(self._turn, at=year - start - 0.5)

    def _turn(self) -> None:
        """Let states and organisations enter the world, as agents too."""
        timeline = self.world.timeline
        assert timeline is not None
        self.world.derived.disturbed += 1
        self.world.year = self._coming_year()
        timeline.turn(self.world, self.world.year)
        for row in range(len(self.state_list), self.world.size):
            self.state_list.append(State(self, row))
            self.states[str(self.state_list[row].iso3)] = self.state_list[row]
        bodies = self.international_list
        bodies.extend(InternationalOrganisation(self, row)
                      for row in range(len(bodies), len(self.world.international)))

    def _apply(self, process: Process, year: int) -> None:
        name, mechanism, derived = process.name, process.mechanism, self.world.derived
        if name in self.watchers:
            derived.written = None  # they may try things out on copies
            self.watchers[name](self)
            derived.written = self._written
        began = perf_counter()
        counted = self._settled.get(name)
        if counted is None:
            params = self.rules.parameters[mechanism.name] if self.rules.switches[mechanism.name] else mechanism.off
            derived.rests = False
            counted = process.apply(self.world, params, self.streams(mechanism.name, year))
            if derived.rests:
                self._settled[name] = counted
        seconds = perf_counter() - began
        self.counters.update(counted)
        self.schedule_record.append(
            {"year": year, "process": name, "mechanism": mechanism.name, "counters": counted, "seconds": seconds}
        )

    def _record(self) -> None:
        self.recorder.record(self.counters)
        self.datacollector.collect(self)

    def _fall_due(self) -> None:
        """Let agreements fall due for review, half a year before the step that reviews them."""
        self.world.fall_due(self._coming_year())

    def _coming_year(self) -> int:
        """Return the year whose step comes next, seen from an event at a half year."""
        return self.config.start_year + math.ceil(self.time)


# Kept here, so that the copy of a model has promised nothing.
_undisturbed: WeakSet[CoopModel] = WeakSet()


class _Dated:
    """An intervention on Mesa's clock: at half years, so that it falls clearly between two steps."""

    def __init__(self, model: CoopModel, change: Intervention) -> None:
        self.model, self.change = model, change

    def schedule(self) -> None:
        """Write begin, repetitions and end into Mesa's event list."""
        first = self.change.year - self.model.config.start_year - 0.5
        repetitions = max(self.change.lasts, 1) if self.change.repeats else 1
        for k in range(repetitions):
            self.model.schedule_event(self.begin, at=first + k)
        if self.change.lasts and not self.change.repeats:
            self.model.schedule_event(self.finish, at=first + self.change.lasts)

    def begin(self) -> None:
        """Apply the intervention and log it."""
        self._happen("intervention", self.change.apply, "")

    def finish(self) -> None:
        """Undo the intervention and log it."""
        self._happen("intervention", self.change.undo, "ends: ")

    def _happen(self, kind: str, effect: Callable[..., None], prefix: str) -> None:
        world = self.model.world
        world.year = self.model._coming_year()
        world.derived.disturbed += 1
        effect(world, self.model.rules)
        who = getattr(self.change, "who", "all")
        world.log(kind, who if isinstance(who, str) else " ".join(who),
                  f"{prefix}{self.change.kind}: {self.change.describe()}")


OWN_EVENTS = (CoopModel._turn, _Dated.begin, _Dated.finish)


@cache
def _linear_algebra() -> ThreadpoolController:
    return ThreadpoolController()


def _one_thread() -> AbstractContextManager[object]:
    """Keep linear algebra to one thread: matrices are small, and sums must not depend on the number of cores."""
    libraries = _linear_algebra()
    if all(library.num_threads == 1 for library in libraries.lib_controllers if library.user_api == "blas"):
        return nullcontext()  # setting the number takes forty times as long as asking
    return libraries.limit(limits=1, user_api="blas")

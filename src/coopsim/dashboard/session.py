"""What one browser tab has chosen, and what it sees.

The variables here are `solara.reactive`: Solara keeps a value of its own for every tab, so nobody sees what others do.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import solara

from coopsim.config import GROUPS, Config
from coopsim.dashboard import engine, memory, turns
from coopsim.dashboard.address import Address, of_config, scenario
from coopsim.dashboard.kept import Stopped
from coopsim.dashboard.text import say
from coopsim.errors import CoopsimError
from coopsim.experiment.compiling import are_compiled
from coopsim.interventions import Intervention

REPLICATIONS = 8
PATIENCE = 0.4  # seconds of a run after which it says how far it is, and gives way to the next
PACE = 0.7  # seconds between two updates of the bands
GROWTH = 0.2  # seconds between two updates of a line that grows
LEAVE = 0.5  # seconds that a closing tab waits for its thread
INVENTED = {"states": 40}


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What was computed last.

    Attributes
    ----------
    address : Address
        For which it was computed; `session.address` may be ahead of it while a run is under way.
    mine, base : Run
        My run, and the same world with the same luck left alone.
    sample : Sample
        Replications so far, for bands and for telling policy from luck.
    """

    address: Address
    mine: engine.Run
    base: engine.Run
    sample: engine.Sample


@dataclass(frozen=True, slots=True, eq=False)
class Growing:
    """The run under way: its lines grow in the charts before it is whole.

    Attributes
    ----------
    upon : Shown
        What is shown meanwhile; once that is replaced, this has had its time.
    series : mapping of str to sequence of float
        Indicators of the years so far.
    """

    upon: Shown
    series: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Status:
    """How it goes.

    Attributes
    ----------
    running : float, optional
        Share of the years done of a run that takes its time; None if none is under way.
    error : str
        Why there is no run of the present choice; "" if there is one.
    """

    running: float | None = None
    error: str = ""


address: solara.Reactive[Address] = solara.reactive(Address())
year: solara.Reactive[int] = solara.reactive(0)  # 0: the last
marked: solara.Reactive[str] = solara.reactive("")
shown: solara.Reactive[Shown | None] = solara.reactive(None)
growing: solara.Reactive[Growing | None] = solara.reactive(None)
status: solara.Reactive[Status] = solara.reactive(Status())
replications: solara.Reactive[int] = solara.reactive(REPLICATIONS)
problems: solara.Reactive[tuple[str, ...]] = solara.reactive(())


def change(**changed: Any) -> None:
    """Change entries of the address: ``change(seed=7)``."""
    address.value = replace(address.value, **changed)
    # The page would ask too, but only once it is drawn anew: meanwhile the run may be under way on the other core.
    if follower.value is not None:
        follower.value.want(address.value, replications.value)


def set_values(values: Mapping[str, Any]) -> None:
    """Change settings by dotted key; what equals the scenario's own value is no change and left out."""
    now = address.value
    kept = dict(now.values) | dict(values)
    base = scenario(now.scenario)
    keys = set(values)
    preset = base.with_values({"preset": kept["preset"]}) if "preset" in kept else base
    same = {
        key for key in keys
        if (key == "preset" and kept[key] == base.preset)
        or (not key.startswith("world.") and key != "preset" and kept[key] == preset.value(key))
    }
    change(values=tuple((key, value) for key, value in kept.items() if key not in same))


def set_value(key: str, value: Any) -> None:
    """Change one setting."""
    set_values({key: value})


def forget(*keys: str) -> None:
    """Set settings back to those of the scenario; all of them if none is named."""
    kept = tuple((key, value) for key, value in address.value.values if keys and key not in keys)
    change(values=kept)


def pick_scenario(name: str) -> None:
    """Begin anew with a bundled scenario."""
    address.value = Address(page=address.value.page, scenario=name, seed=address.value.seed)
    year.value = 0
    marked.value = ""


def pick_arm(name: str) -> None:
    """Go on with another arm of the scenario, keeping what was set unless the arms themselves differ in it."""
    now = address.value
    old, new = scenario(now.scenario), scenario(name)
    values = tuple(
        (key, value) for key, value in now.values
        if key.startswith(("world.", "horizon.")) or key == "preset" or old.value(key) == new.value(key)
    )
    other = replace(now, scenario=name, values=values)
    try:
        other.config()
    except CoopsimError:
        other = replace(other, values=(), changes=())
    address.value = other


def pick_world(key: str, states: Any) -> None:
    """Put invented states in the place of real ones, or the other way round: "world.synthetic", "world.states"."""
    kept = tuple((name, value) for name, value in address.value.values if not name.startswith("world."))
    own = scenario(address.value.scenario).world
    same = bool(own.synthetic) == (key == "world.synthetic")
    change(values=kept if same else (*kept, (key, states)))
    marked.value = ""


def adopt(config: Config, seed: int = 1) -> None:
    """Take over a configuration from elsewhere, such as an uploaded file that was checked."""
    address.value = of_config(config, page=address.value.page, seed=seed)
    year.value = 0


def add_change(*changes: Intervention) -> None:
    """Add interventions to those of the scenario."""
    change(changes=(*address.value.changes, *changes))


@lru_cache(maxsize=256)
def config_of(chosen: Address) -> Config:
    """Return the configuration of an address; reading the scenario's file anew each time would be felt."""
    return chosen.config()


def baseline_of(config: Config) -> Config:
    """Return the same world left alone: default parameters, the mechanisms of the preset, no interventions."""
    from coopsim.config.config import preset
    from coopsim.mechanisms import MECHANISMS

    on = preset(config.preset)
    return replace(
        config, name="baseline", parameters={group: kind() for group, kind in GROUPS.items()},
        mechanisms={name: name in on for name in MECHANISMS}, interventions=(),
    )


class Follower:
    """Runs what a tab wants, one thing at a time and always the latest.

    A slider that is being dragged asks for a run every few hundredths of a second. The run under way is finished if
    it is short, so that the charts move with the slider, and stops within a year if it is not; what was wanted in
    between is skipped.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked: tuple[Any, ...] | None = None  # what makes a run, of whatever was wanted last
        self.wanted: tuple[Address, int] | None = None
        self.working = self.closed = False
        self.cancels = 0
        self.thread: threading.Thread | None = None

    def want(self, chosen: Address, number: int) -> None:
        """Ask for a run, its baseline and a number of replications, unless just these were asked for last."""
        asked = (chosen.scenario, chosen.values, chosen.changes, chosen.seed, number)
        with self.lock:
            if asked == self.asked:
                return
            self.asked = asked
            self.wanted = (chosen, number)
            if self.working:
                return
            self.working = True
        # Solara gives a thread the tab of the thread that starts it.
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def cancel(self) -> None:
        """Stop what is under way."""
        with self.lock:
            self.wanted = None
            self.cancels += 1

    def close(self) -> None:
        """Stop for good: the tab is gone."""
        self.closed = True
        self.cancel()
        # Solara trips over a thread that ends while it forgets the threads of the tab.
        if self.thread is not None and self.thread is not threading.current_thread():
            self.thread.join(LEAVE)

    def _work(self) -> None:
        while True:
            with self.lock:
                if self.wanted is None or self.closed:
                    self.working = False
                    return
                (chosen, number), self.wanted = self.wanted, None
                turn = self.cancels
            self._follow(chosen, number, turn)

    def _follow(self, chosen: Address, number: int, turn: int) -> None:
        """Run what was chosen and its baseline, show them, then let the replications follow."""
        def superseded() -> bool:
            return self.wanted is not None or self.cancels != turn

        try:
            config = config_of(chosen)
            untouched = baseline_of(config)
            with turns.answering():
                base = self._simulate(untouched, chosen.seed, 0.0, turn)
                before = shown.value
                if before is None or before.base is not base:
                    before = growing.value = None  # another world: nothing grows in what is shown of this one
                mine = self._simulate(config, chosen.seed, 0.5, turn, before)
                shown.value = Shown(chosen, mine, base, engine.Sample(wanted=number))
                status.value = Status()
            memory.give_back()
            if number > 1 and not superseded():
                seeds = list(range(chosen.seed, chosen.seed + number))
                told = time.monotonic()
                for found in engine.sample(config, untouched, seeds, stop=superseded):
                    if superseded():
                        return
                    if found.done == number or time.monotonic() - told > PACE:
                        told = time.monotonic()
                        shown.value = Shown(chosen, mine, base, found)
        except Stopped:
            memory.give_back()
            if self.wanted is None:  # else the next run grows in its place
                growing.value = None
        except CoopsimError as error:
            growing.value = None
            status.value = Status(error=str(error))

    def _simulate(
        self, config: Config, seed: int, start: float, turn: int, upon: Shown | None = None
    ) -> engine.Run:
        """Run a configuration; tell the page how far it is once it has taken long enough to be noticed.

        A run whose pace says that it will be noticed stops within a year when something else is wanted, and its lines
        grow `upon` what is shown.
        """
        first = last = time.monotonic()
        told, grown = first + PATIENCE, first + GROWTH

        def stop() -> bool:
            return self.cancels != turn or (self.wanted is not None and max(last, time.monotonic()) - first > PATIENCE)

        def tell(done: int, wanted: int, series: Mapping[str, Sequence[float]]) -> None:
            nonlocal first, last, told, grown
            # Building the world says nothing about how long a year takes.
            first = first if done > 1 else time.monotonic()
            last = first + (time.monotonic() - first) * (wanted - 1) / max(done - 1, 1)
            if upon is not None and time.monotonic() > grown and last - first > PATIENCE and not stop():
                growing.value = Growing(upon, {name: tuple(values) for name, values in series.items()})
                grown = time.monotonic() + GROWTH
            # A year may end just after the run was cancelled; that it was cancelled is then the last word.
            if self.cancels == turn and time.monotonic() > told:
                told = time.monotonic() + PATIENCE
                status.value = Status(running=start + 0.5 * done / wanted)
                if self.cancels != turn:
                    say_cancelled()

        return engine.simulate(config, seed, stop=stop, progress=tell)


# How the front page looks at it.
indicator: solara.Reactive[str] = solara.reactive("")
colour: solara.Reactive[str] = solara.reactive("partners")
mode: solara.Reactive[str] = solara.reactive("mine")
ties: solara.Reactive[str] = solara.reactive("all")
follower: solara.Reactive[Follower | None] = solara.reactive(None)


def use_runs() -> None:
    """Keep `shown` up to date with what the tab has chosen; the shell calls it once."""
    wanted, number = address.value, replications.value
    own = solara.use_memo(Follower, dependencies=[])

    def life() -> Callable[[], None]:
        follower.value = own
        return own.close

    def ask() -> None:
        own.want(wanted, number)

    solara.use_effect(life, [])
    solara.use_effect(ask, [wanted.scenario, wanted.values, wanted.changes, wanted.seed, number])


def cancel() -> None:
    """Stop what is under way; what is shown stays."""
    if follower.value is not None:
        follower.value.cancel()
    say_cancelled()


def say_cancelled() -> None:
    """Leave the page without progress; if nothing is shown yet, say why."""
    status.value = Status(error="" if shown.value is not None else say("shell.cancelled"))


@solara.component
def Waiting() -> None:
    """Say that the first run is under way; the shell tells how far it is, or why there is none."""
    compiled = solara.use_memo(are_compiled, dependencies=[])
    if not status.value.error and status.value.running is None:
        text = say("shell.first_run" if compiled else "shell.first_compile")
        solara.Div(children=[text], classes=["coop-note"], attributes={"role": "status"})


def use_shown() -> Shown | None:
    """Return what was computed, or None with a waiting line on the page if nothing was yet."""
    found = shown.value
    if found is None:
        Waiting()
    return found


def shown_year(found: Shown) -> int:
    """Return the year to show: the chosen one, within the run."""
    years = found.mine.years
    return int(min(max(year.value, years[0]), years[-1])) if year.value else int(years[-1])

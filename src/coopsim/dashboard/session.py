"""What one browser tab has chosen, and what it sees.

The variables here are `solara.reactive`: Solara keeps a value of its own for every tab, so nobody sees what others do.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import solara
import solara.lab

from coopsim.config import GROUPS, Config, load_config
from coopsim.dashboard import engine
from coopsim.dashboard.address import Address, of_config
from coopsim.dashboard.text import say
from coopsim.errors import CoopsimError
from coopsim.interventions import Intervention

REPLICATIONS = 8
PATIENCE = 0.3  # seconds before a run says how far it is
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
status: solara.Reactive[Status] = solara.reactive(Status())
replications: solara.Reactive[int] = solara.reactive(REPLICATIONS)
problems: solara.Reactive[tuple[str, ...]] = solara.reactive(())
cancelled: solara.Reactive[int] = solara.reactive(0)


def change(**changed: Any) -> None:
    """Change entries of the address: ``change(seed=7)``."""
    address.value = replace(address.value, **changed)


def set_values(values: Mapping[str, Any]) -> None:
    """Change settings by dotted key; what equals the scenario's own value is no change and left out."""
    now = address.value
    kept = dict(now.values) | dict(values)
    base = load_config(now.scenario)
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


def adopt(config: Config, seed: int = 1) -> None:
    """Take over a configuration from elsewhere, such as an uploaded file that was checked."""
    address.value = of_config(config, page=address.value.page, seed=seed)
    year.value = 0


def add_change(*changes: Intervention) -> None:
    """Add interventions to those of the scenario."""
    change(changes=(*address.value.changes, *changes))


def baseline_of(config: Config) -> Config:
    """Return the same world left alone: default parameters, the mechanisms of the preset, no interventions."""
    from coopsim.config.config import preset
    from coopsim.mechanisms import MECHANISMS

    on = preset(config.preset)
    return replace(
        config, name="baseline", parameters={group: kind() for group, kind in GROUPS.items()},
        mechanisms={name: name in on for name in MECHANISMS}, interventions=(),
    )


def use_runs() -> None:
    """Keep `shown` up to date with what the tab has chosen; the shell calls it once."""
    wanted, number = address.value, replications.value
    key = (wanted.scenario, wanted.values, wanted.changes, wanted.seed, number)

    def work() -> None:
        began = cancelled.peek()
        _follow(wanted, number, lambda: not task.is_current() or cancelled.peek() != began)

    task = solara.lab.use_task(work, dependencies=[key], raise_error=False, prefer_threaded=True)


def cancel() -> None:
    """Stop what is under way; what is shown stays."""
    cancelled.value += 1
    status.value = Status()


def _follow(wanted: Address, number: int, stop: engine.Stop) -> None:
    """Run what was chosen and its baseline, show them, then let the replications follow."""
    try:
        config = wanted.config()
        untouched = baseline_of(config)
        base = engine.simulate(untouched, wanted.seed, stop=stop, progress=_progress(0.0, stop))
        mine = engine.simulate(config, wanted.seed, stop=stop, progress=_progress(0.5, stop))
        if stop():
            return
        shown.value = Shown(wanted, mine, base, engine.Sample(wanted=number))
        status.value = Status()
        if number > 1:
            seeds = list(range(wanted.seed, wanted.seed + number))
            for found in engine.sample(config, untouched, seeds, stop=stop):
                if stop():
                    return
                shown.value = Shown(wanted, mine, base, found)
    except engine.Stopped:
        return
    except CoopsimError as error:
        if not stop():
            status.value = Status(error=str(error))


def _progress(start: float, stop: engine.Stop) -> engine.Progress:
    """Return what tells the page how far a run is, once it has taken long enough to be noticed."""
    told = time.monotonic() + PATIENCE

    def tell(done: int, wanted: int) -> None:
        nonlocal told
        if time.monotonic() > told and not stop():
            told = time.monotonic() + PATIENCE
            status.value = Status(running=start + 0.5 * done / wanted)

    return tell


@solara.component
def Waiting() -> None:
    """Say that the first run is under way, or why there is none."""
    solara.Div(children=[status.value.error or say("shell.first_run")], classes=["coop-note"],
               attributes={"role": "status"})


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

"""Scenarios side by side with the same luck, and what the change caused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import solara
import solara.lab

from coopsim.analysis.compare import Comparison
from coopsim.analysis.words import capital, significant
from coopsim.config import Config, headings, load_config
from coopsim.dashboard import engine, exports, measures, parameters, session, widgets
from coopsim.dashboard.address import MOST_ARMS, Address
from coopsim.dashboard.cards import arms, file_of, title_of
from coopsim.dashboard.guard import LIMITS
from coopsim.dashboard.pages import pieces
from coopsim.dashboard.reading import contrast
from coopsim.dashboard.reading.contrast import Contrast
from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.charts import Line
from coopsim.dashboard.widgets.keep import buttons
from coopsim.errors import CoopsimError
from coopsim.results.indicators import INDICATORS

CHOICES = (5, 10, 20, 50)
DEFAULT = 10
CHARTS = 6
SMALL = 60  # states
MOST_ROWS = 5000
LONGEST = 64  # characters of a label


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be compared."""

    labels: tuple[str, ...] = ()
    configs: tuple[Config, ...] = ()
    seed: int = 1
    number: int = DEFAULT

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for plans with the same outcome."""
        return (self.labels, tuple(config.hash for config in self.configs), self.seed, self.number)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """How far a comparison is."""

    plan: Plan
    found: Contrast | None = None
    running: bool = False
    error: str = ""


state: solara.Reactive[State] = solara.reactive(State(Plan()))


@solara.component
def Page() -> None:
    """Choose what to compare, run the twins, show what they tell."""
    address = session.address.value
    number = replications(address)
    try:
        plan = plan_of(address, number)
        problem = ""
    except CoopsimError as error:
        plan, problem = Plan(), str(error)
    # A small world is quick: whoever comes with something to compare need not ask.
    ready = len({config.hash for config in plan.configs}) > 1 and engine.size_of(plan.configs[0]) <= SMALL
    asked, set_asked = solara.use_state(1 if ready and state.value.plan.key != plan.key else 0)
    stopped, set_stopped = solara.use_state(False)

    def work() -> None:
        if asked:
            gather(plan, lambda: not task.is_current())

    task = solara.lab.use_task(work, dependencies=[asked], raise_error=False, prefer_threaded=True)

    def press(word: str) -> None:
        set_stopped(word == "stop")
        if word == "run":
            set_asked(asked + 1)
        else:
            task.cancel()
            state.value = replace(state.value, running=False)

    now = state.value
    with solara.Div(classes=["coop-stack"]):
        pieces.paragraph(say("compare.lead"), "coop-question")
        for config in plan.configs[:1]:
            pieces.caveat(config)
        with pieces.panel(label=say("compare.arms")):
            Arms(plan, address)
        if problem:
            pieces.failure(problem)
        elif len({config.hash for config in plan.configs}) < 2:
            pieces.note(say("compare.same"))
        with solara.Div(classes=["coop-bar"]):
            widgets.pick(say("compare.replications"),
                         [{"value": str(n), "text": str(n)} for n in sorted({*CHOICES, number})], str(number),
                         on_value=choose_replications)
            with_result = now.found is not None and now.plan.key == plan.key
            buttons(
                [{"ask": "run", "text": say("compare.again" if with_result else "compare.run"), "primary": True,
                  "disabled": bool(problem) or now.running},
                 {"ask": "stop", "text": say("compare.stop"), "disabled": not now.running}],
                on_ask=press, label=say("compare.run"),
            )
            Progress(now, plan, stopped=stopped)
        if now.error:
            pieces.failure(now.error)
        if now.found is not None and now.plan.key == plan.key:
            Outcome(now.found, now.plan)
        elif now.found is not None and not now.running:
            pieces.note(say("compare.stale"))


def replications(address: Address) -> int:
    """Return the number of sets of twins that the address asks for."""
    asked = address.looks_at("replications")
    return min(max(int(asked), 1), LIMITS.replications) if asked else DEFAULT


def choose_replications(text: str) -> None:
    """Ask for another number of sets of twins."""
    session.address.value = session.address.value.looking_at(replications="" if int(text) == DEFAULT else text)


def plan_of(address: Address, number: int) -> Plan:
    """Return what the address compares: the world left alone, what is set, and the further arms.

    Raises
    ------
    ConfigError
        If the arms cannot be twins.
    """
    mine = address.config()
    left_alone = session.baseline_of(mine)
    configs = [left_alone, mine, *(arm.config() for arm in address.arms)]
    labels = [say("compare.first"), *(label_of(arm, address.scenario) for arm in (address, *address.arms))]
    if configs[1].hash == configs[0].hash and len(configs) > 2:  # nothing set: it would only repeat the first
        del configs[1], labels[1]
    unique = [label if labels.index(label) == k else f"{label} ({k})" for k, label in enumerate(labels)]
    return Plan(tuple(unique), contrast.together(configs, address.seed), address.seed, number)


def label_of(arm: Address, scenario: str) -> str:
    """Return what an arm is called: what was changed in it, and its variant or scenario if that is not the first's."""
    near = file_of(arm.scenario) == file_of(scenario)  # its siblings need not repeat what they have in common
    title = dict(arms(arm.scenario)).get(arm.scenario, "") if near else ""
    title = title or title_of(arm.scenario)
    # All arms have one world and one length; the preset goes with the title.
    shared = ("preset", "world", "horizon")
    changed = [parameters.told(key, value) for key, value in arm.values if key.partition(".")[0] not in shared]
    changed += [f"{change.kind.replace('_', ' ')} {change.year}" for change in arm.changes]
    text = ", ".join(changed)
    if arm.scenario != scenario or not changed:
        text = f"{title}: {text}" if changed else title
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"


def gather(plan: Plan, stop: Any) -> None:
    """Run the twins in background processes and show what is known after each."""
    state.value = State(plan, running=True)
    seeds = list(range(plan.seed, plan.seed + plan.number))
    try:
        for found in contrast.contrasts(plan.labels, plan.configs, seeds, engine.pool(), stop):
            if stop():
                return
            state.value = State(plan, found, running=found.done < found.wanted)
    except CoopsimError as error:
        state.value = State(plan, error=str(error))


@solara.component
def Progress(now: State, plan: Plan, *, stopped: bool) -> None:
    """Say how far the twins are."""
    if now.plan.key != plan.key and not now.running:
        return
    done, wanted = (now.found.done, now.found.wanted) if now.found else (0, now.plan.number)
    if now.running:
        pieces.working(say("compare.running", done=done, wanted=wanted), done / max(wanted, 1))
    elif now.found is not None and stopped and done < wanted:
        pieces.element("span", say("compare.stopped", done=done, wanted=wanted), role="status")
    elif now.found is not None:
        last = now.plan.seed + now.plan.number - 1
        pieces.element("span", say("compare.finished", done=done, first=now.plan.seed, last=last), role="status",
                      class_="coop-soft")


@solara.component
def Arms(plan: Plan, address: Address) -> None:
    """List what is compared; add and remove."""
    pieces.heading(say("compare.arms"))
    number = len(address.arms)
    pieces.bullets([f"{label} ({say('compare.first_note')})" if k == 0 else label
                   for k, label in enumerate(plan.labels)], ordered=True)

    def add(arm: Address) -> None:
        session.address.value = replace(session.address.value, arms=(*session.address.value.arms, arm))

    def press(word: str) -> None:
        now = session.address.value
        if word == "keep":
            add(Address("", now.scenario, now.values, now.changes, now.seed))
        elif word == "variants":
            session.address.value = replace(now, arms=with_variants(now))
        else:
            gone = int(word.removeprefix("remove"))
            session.address.value = replace(now, arms=tuple(a for k, a in enumerate(now.arms) if k != gone))

    full = number >= MOST_ARMS
    with solara.Div(classes=["coop-bar"]):
        choices = [{"value": "", "text": say("compare.add_none")},
                   *({"value": name, "text": text, "group": title_of(found["name"])}
                     for found in headings() for name, text in offered(found["name"]))]
        if full:
            pieces.note(say("compare.full", most=MOST_ARMS))
        else:
            widgets.pick(say("compare.add"), choices, "",
                         on_value=lambda name: add(arm_of(name, session.address.value)) if name else None)
        buttons(
            [{"ask": "keep", "text": say("compare.keep"), "disabled": full},
             *([{"ask": "variants", "text": say("compare.variants"), "disabled": with_variants(address) == address.arms,
                 "label": say("compare.variants_label", title=title_of(file_of(address.scenario)))}]
               if arms(address.scenario) else []),
             *({"ask": f"remove{k}", "text": f"{say('compare.remove')} {len(plan.labels) - number + k + 1}",
                "label": say("compare.remove_label", name=label_of(arm, address.scenario))}
               for k, arm in enumerate(address.arms))],
            on_ask=press,
        )


def offered(scenario: str) -> tuple[tuple[str, str], ...]:
    """Return what can be added of a scenario: its arms, or itself if it has none."""
    return arms(scenario) or ((scenario, title_of(scenario)),)


def with_variants(now: Address) -> tuple[Address, ...]:
    """Return the further scenarios with the other arms of the one that is set, as many as there is room for."""
    there = {now.config().hash, *(arm.config().hash for arm in now.arms)}
    others = [replace(now, page="", scenario=name, year=None, focus=(), arms=()) for name, _ in arms(now.scenario)
              if name != now.scenario]
    return (*now.arms, *(arm for arm in others if arm.config().hash not in there))[:MOST_ARMS]


def arm_of(name: str, now: Address) -> Address:
    """Return a bundled scenario as an arm beside what is set: in the same world, over the same years."""
    base, own = now.config(), load_config(name)
    values: dict[str, Any] = {}
    if own.world != base.world:
        from coopsim.config.world import world_mapping

        values |= {f"world.{key}": value for key, value in world_mapping(base.world).items()}
    if own.preset != base.preset and not own.interventions:
        values["preset"] = base.preset
    return Address("", name, tuple(values.items()), seed=now.seed)


@solara.component
def Outcome(found: Contrast, plan: Plan) -> None:
    """Show sentences, differences over the years, the last year, and the agreements that differ."""
    moved = solara.use_memo(lambda: contrast.moved(found), dependencies=[id(found)])
    caveat = exports.caveat(plan.configs[0])
    for label, comparison in zip(found.labels[1:], found.comparisons, strict=True):
        with pieces.panel(label=say("compare.cause_of", name=label)):
            alone = len(found.comparisons) == 1
            pieces.heading(say("compare.cause") if alone else say("compare.cause_of", name=label))
            pieces.bullets([parameters.explained(sentence) for sentence in comparison.sentences])
    with pieces.panel():
        pieces.heading(say("compare.differences", name=found.labels[0]))
        pieces.paragraph(say("compare.caption"), "coop-soft")
        with solara.Div(classes=["coop-grid-3"]):
            for indicator in moved[:CHARTS]:
                Difference(found, indicator, caveat)
    table = contrast.outcomes(found, moved)
    with pieces.panel():
        pieces.heading(say("compare.outcomes"))
        Outcomes(table, caveat)
    with pieces.panel():
        pieces.heading(say("compare.agreements"))
        pieces.paragraph(say("compare.agreements_lead"), "coop-soft")
        Changes(found, plan, caveat)


@solara.component
def Difference(found: Contrast, indicator: str, caveat: str) -> None:
    """Draw the difference of each arm from the first, with its band."""
    known = INDICATORS[indicator]
    courses = [contrast.difference(comparison, indicator) for comparison in found.comparisons]
    if measures.percent(indicator):
        courses = [100 * course for course in courses]
        unit = say("compare.unit", unit=say("panels.points"))
    else:
        unit = say("compare.unit_plain") if known.unit == "1" else say("compare.unit", unit=measures.unit(indicator))
    last = courses[0].iloc[-1]
    size = max(float(np.nanmax(np.abs(course[["low", "high"]].to_numpy(np.float64)), initial=0.0))
               for course in courses)
    series = [
        Line(label, course["difference"].to_numpy(), "mine" if len(courses) == 1 else k,
             low=course["low"].to_numpy(), high=course["high"].to_numpy())
        for k, (label, course) in enumerate(zip(found.labels[1:], courses, strict=True))
    ]
    widgets.lines(
        capital(known.label), series, first=int(courses[0].index[0]), unit=unit, height=190, zero=True,
        digits=digits(size), caveat=caveat, version=f"{found.done}", sentence=say(
            "compare.sentence", name=found.labels[1], year=int(courses[0].index[-1]),
            difference=signed(last["difference"]), low=signed(last["low"]), high=signed(last["high"])),
    )


def digits(size: float) -> int | None:
    """Return how many decimals differences of a size need; None leaves it to the chart."""
    return None if size >= 1 or size == 0 else int(min(np.ceil(-np.log10(size)) + 2, 7))


def signed(value: float) -> str:
    """Return a difference with its sign, in two figures that matter."""
    return "–" if np.isnan(value) else significant(value, 2, signed=True).replace("-", "−")


@solara.component
def Outcomes(table: pd.DataFrame, caveat: str) -> None:
    """Show the last year in a table."""
    moved = table[(table["difference"] != 0) | table["policy"].notna()].copy()
    numbers = ["first", "value", "difference", "low", "high"]
    moved.loc[moved["indicator"].map(measures.percent), numbers] *= 100
    spans = [f"{signed(low)} … {signed(high)}" for low, high in zip(moved["low"], moved["high"], strict=True)]
    units = [measures.unit(name) if unit != "1" or measures.percent(name) else "" for name, unit in zip(
        moved["indicator"], moved["unit"], strict=True)]
    told = moved.assign(difference=[signed(value) for value in moved["difference"]], interval=spans, unit=units)
    widths = {"arm": 1.7, "label": 2.7, "value": 1.5, "difference": 1.1, "interval": 2.0, "policy": 1.3}
    about = {"policy": say("compare.columns.policy_about")}
    columns = tuple(
        widgets.Column(name, say(f"compare.columns.{name}"), width=widths.get(name, 1.0), percent=name == "policy",
                       about=about.get(name, ""), right=name in ("difference", "interval"),
                       mixed=name in ("first", "value"))
        for name in (*several(told), "label", "unit", "first", "value", "difference", "interval", "policy")
    )
    widgets.table(say("compare.outcomes"), told, columns, height=min(420, 30 * max(len(told), 1) + 8), caveat=caveat)


def several(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the column of arms for a table that needs one: where there are more than one."""
    return ("arm",) if table["arm"].nunique() > 1 else ()


@solara.component
def Changes(found: Contrast, plan: Plan, caveat: str) -> None:
    """List the agreements that one of two twins has and the other has not, or has otherwise."""
    table = solara.use_memo(lambda: changes(found), dependencies=[id(found)])
    columns = tuple(
        widgets.Column(name, say(f"compare.columns.{name}"), width=width, whole=name.startswith("s"))
        for name, width in (*((name, 1.6) for name in several(table)), ("seed", 0.6), ("change", 1.7), ("pair", 2.2),
                            ("signed_a", 1.4), ("signed_b", 1.4), ("end_reason_b", 1.2))
    )
    widgets.table(say("compare.agreements"), table, columns, height=320, caveat=caveat)


def changes(found: Contrast) -> pd.DataFrame:
    """Return the agreements that differ, in words, for all arms."""
    tables = [_in_words(label, comparison) for label, comparison in zip(found.labels[1:], found.comparisons,
                                                                       strict=True)]
    return pd.concat(tables, ignore_index=True).head(MOST_ROWS)


def _in_words(label: str, comparison: Comparison) -> pd.DataFrame:
    names = dict(zip(comparison.states["iso3"], comparison.states["name"], strict=True))
    table = comparison.agreements
    return pd.DataFrame({
        "arm": label, "seed": table["seed"],
        "change": [say(f"compare.change.{kind.replace(' ', '_')}") for kind in table["change"]],
        "pair": [f"{names[a]} – {names[b]}" for a, b in zip(table["iso3_a"], table["iso3_b"], strict=True)],
        "signed_a": table["signed_a"].astype("Float64"), "signed_b": table["signed_b"].astype("Float64"),
        "end_reason_b": [say(f"common.ended.{reason}") if reason else "" for reason in table["end_reason_b"]],
    })

"""Guided lessons: a list, one lesson step by step, and a view for the projector."""

from __future__ import annotations

from dataclasses import replace

import solara

from coopsim.dashboard import exports, measures, panels, session, widgets
from coopsim.dashboard.address import Address
from coopsim.dashboard.lessons import Lesson, lesson, lessons
from coopsim.dashboard.pages import PAGES, pieces
from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.charts import Line
from coopsim.dashboard.widgets.keep import buttons, copy_line
from coopsim.errors import ConfigError

# What a visitor predicted, by lesson; a tab's own, as everything in the session.
predicted: solara.Reactive[dict[str, int]] = solara.reactive({})
STEPS = ("question", "predict", "try", "notice", "discuss", "answer")


@solara.component
def Page() -> None:
    """Show the list, or the lesson that the address names."""
    name = session.address.value.looks_at("lesson")
    if not name:
        All()
        return
    try:
        found = lesson(name)
    except ConfigError as error:
        pieces.failure(str(error))
        All()
        return
    Guided(found)


@solara.component
def All() -> None:
    """List the lessons."""
    pieces.paragraph(say("lessons.lead"), "coop-question")
    with solara.Div(classes=["coop-lessons"]):
        for found in lessons():
            about = say("lessons.minutes", minutes=found.minutes, level=found.level)
            with pieces.panel(label=found.title, class_="coop-lesson-card"):
                pieces.heading(found.title)
                pieces.paragraph(about, "coop-soft")
                pieces.paragraph(found.question)
                buttons([{"ask": found.name, "text": say("lessons.begin"), "primary": True,
                          "label": f"{say('lessons.begin')}: {found.title}"}], on_ask=begin)


def begin(name: str) -> None:
    """Open a lesson where it starts."""
    now = session.address.value
    go(lesson(name).start, name, view=now.looks_at("view"))


def go(to: Address, name: str, view: str = "") -> None:
    """Set what the address asks for, and stay in the lesson."""
    focus = dict(to.focus) | {"lesson": name, "view": view}
    session.address.value = replace(to, page="lessons", focus=tuple((k, value) for k, value in focus.items() if value))
    session.year.value = to.year or 0


@solara.component
def Guided(found: Lesson) -> None:
    """Lead through one lesson."""
    view = session.address.value.looks_at("view")
    step, set_step = solara.use_state(0)

    def press(word: str) -> None:
        if word == "all":
            session.address.value = session.address.value.looking_at(lesson="", view="")
        elif word == "present":
            session.address.value = session.address.value.looking_at(view="" if view else "presenter")
        else:
            set_step(min(max(step + (1 if word == "next" else -1), 0), len(STEPS) - 1))

    with solara.Div(classes=["coop-stack", "coop-lesson"]):
        with solara.Div(classes=["coop-lesson-ways"]):
            buttons(
                [{"ask": "all", "text": say("lessons.back")},
                 {"ask": "present", "text": say("lessons.present_end" if view else "lessons.present")}],
                on_ask=press,
            )
        pieces.element("h2", found.title, class_="coop-lesson-title")
        if view:
            name = STEPS[step]
            pieces.paragraph(say("lessons.step", number=step + 1, of=len(STEPS), name=say(f"lessons.{name}")),
                             "coop-soft")
            with solara.Div(classes=["coop-stack"]):
                Part(found, name, presenting=True)
            with solara.Div(classes=["coop-lesson-steps"]):
                buttons(
                    [{"ask": "previous", "text": say("lessons.previous"), "disabled": step == 0},
                     {"ask": "next", "text": say("lessons.next"), "primary": True,
                      "disabled": step == len(STEPS) - 1}],
                    on_ask=press,
                )
            return
        pieces.paragraph(say("lessons.minutes", minutes=found.minutes, level=found.level), "coop-soft")
        pieces.element("p", pieces.element("strong", f"{say('lessons.aim')}: "), found.aim)
        for name in STEPS:
            with pieces.panel(label=say(f"lessons.{name}"), class_="coop-stack"):
                Part(found, name)
        copy_line(say("lessons.link"), found.link, link=True)


@solara.component
def Part(found: Lesson, name: str, presenting: bool = False) -> None:
    """Show one part of a lesson."""
    if name == "question":
        pieces.heading(say("lessons.question"), 3, "coop-part")
        pieces.paragraph(found.question, "coop-lead-text")
        pieces.paragraph(found.background)
    elif name == "predict":
        Predict(found)
    elif name == "try":
        Try(found)
    elif name == "notice":
        pieces.heading(say("lessons.notice"), 3, "coop-part")
        pieces.bullets(found.notice)
    elif name == "discuss":
        pieces.heading(say("lessons.discuss"), 3, "coop-part")
        pieces.bullets(found.discuss)
    else:
        Answer(found, presenting=presenting)


@solara.component
def Predict(found: Lesson) -> None:
    """Let the class choose before it sees."""
    pieces.heading(say("lessons.predict"), 3, "coop-part")
    pieces.paragraph(found.predict, "coop-lead-text")
    choice = predicted.value.get(found.name, -1)
    with solara.Div(classes=["coop-options"]):
        buttons(
            [{"ask": str(k), "text": option, "pressed": k == choice} for k, option in enumerate(found.options)],
            on_ask=lambda word: predicted.set({**predicted.value, found.name: int(word)}), label=found.predict,
        )
    said = say("lessons.predicted", option=found.options[choice]) if choice >= 0 else say("lessons.predict_note")
    pieces.element("p", said, role="status", class_="coop-soft")


@solara.component
def Try(found: Lesson) -> None:
    """Offer the steps, and show what they do."""
    router = solara.use_router()
    pieces.heading(say("lessons.try"), 3, "coop-part")
    now = session.address.value
    titles = {entry.path: say(entry.title) for entry in PAGES}

    def press(word: str) -> None:
        what, _, number = word.partition(":")
        step = found.steps[int(number)].address
        go(step, found.name, view=now.looks_at("view"))
        if what == "open":
            session.address.value = replace(session.address.value, page=step.page)
            router.push(f"/{step.page}")

    for k, step in enumerate(found.steps):
        here = same(step.address, now) and not step.address.page
        with pieces.element("div", class_="coop-step is-here" if here else "coop-step"):
            pieces.paragraph(f"{k + 1}. {step.text}")
            page = say("lessons.open", page=titles.get(step.address.page, step.address.page))
            found_here = [{"ask": f"try:{k}", "text": step.button, "pressed": here, "primary": here}]
            # What another page shows cannot be tried on this one.
            elsewhere = {"ask": f"open:{k}", "text": page, "label": f"{page}: {step.button}"}
            buttons([elsewhere] if step.address.page else [*found_here, elsewhere], on_ask=press, label=step.text)
    pieces.paragraph(say("lessons.look"), "coop-soft coop-look")
    Charts(found)


def same(a: Address, b: Address) -> bool:
    """Return whether two addresses ask for the same run."""
    return (a.scenario, a.values, a.changes, a.seed) == (b.scenario, b.values, b.changes, b.seed)


@solara.component
def Charts(found: Lesson) -> None:
    """Show what the lesson looks at: the run that is set against the world left alone."""
    shown = session.shown.value
    if shown is None:
        pieces.working(say("lessons.running"))
        return
    mine, base = shown.mine, shown.base
    last = int(mine.years[-1])
    with solara.Div(classes=["coop-grid-3"]):
        for name in found.indicators:
            one, other = mine.series(name), base.series(name)
            percent = measures.percent(name)
            told = {key: panels.shown(values[-1], percent) for key, values in (("mine", one), ("base", other))}
            widgets.lines(
                measures.label(name),
                [Line(say("lessons.mine"), one), Line(say("lessons.base"), other, "base", dash=True)],
                first=int(mine.years[0]), unit=measures.unit(name), percent=percent, height=190,
                caveat=exports.caveat(mine.config), sentence=say("lessons.sentence", year=last, **told),
            )


@solara.component
def Answer(found: Lesson, presenting: bool) -> None:
    """Show the answer once somebody asks, with the numbers behind it."""
    open_, set_open = solara.use_state(False)
    pieces.heading(say("lessons.answer"), 3, "coop-part")
    choice = predicted.value.get(found.name, -1)
    buttons([{"ask": "toggle", "text": say("lessons.hide" if open_ else "lessons.reveal"), "pressed": open_}],
            on_ask=lambda _: set_open(not open_))
    if not open_:
        return
    if choice >= 0:
        right = choice == found.right
        pieces.note(say("lessons.right") if right else say("lessons.wrong", option=found.options[found.right]))
    else:
        pieces.note(say("lessons.says", option=found.options[found.right]))
    pieces.paragraph(found.answer, "coop-answer")
    pieces.element("p", pieces.element("strong", f"{say('lessons.caution')}: "), found.caution)
    if not presenting:
        rows = [(claim.claim, claim.found) for claim in found.claims]
        pieces.details(
            say("lessons.numbers"),
            pieces.table([say("lessons.claim"), say("lessons.found")], rows, say("lessons.numbers")),
            pieces.paragraph(say("lessons.sources"), "coop-soft"),
        )

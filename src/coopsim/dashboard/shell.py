"""The frame of every page: header, navigation, theme, notes, footer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import solara

from coopsim.dashboard import address as addresses
from coopsim.dashboard import session, widgets
from coopsim.dashboard.lessons import lessons
from coopsim.dashboard.pages import PAGES
from coopsim.dashboard.panels import State
from coopsim.dashboard.text import say
from coopsim.dashboard.widgets import keep


@solara.component
def Layout(children: list[Any] = []) -> None:  # noqa: B006  (Solara's convention)
    """Put a page into the frame."""
    router = solara.use_router()
    page = router.parts[0] if router.parts else ""

    def read() -> None:
        found = addresses.read(router.search or "", page)
        session.address.value = found.address
        session.year.value = found.address.year or 0
        session.problems.value = found.problems

    # Once, before anything is computed: what was chosen lives in the tab from then on.
    solara.use_memo(read, dependencies=[])
    session.use_runs()

    def go(path: str) -> None:
        router.push(f"/{path}")

    presenting = session.address.value.looks_at("view") == "presenter"

    def present() -> None:
        session.address.value = session.address.value.looking_at(view="" if presenting else "presenter")

    with solara.Div(classes=["coop-app", *(["coop-presenter"] if presenting else [])]):
        widgets.shell(
            title=say("shell.title"), page=page, on_page=go,
            pages=[{"path": entry.path, "title": say(entry.title)} for entry in PAGES],
            words={key: say(f"shell.{key}") for key in ("menu", "theme", "skip")},
            # A lesson has this button of its own, where its steps are.
            present="" if page == "lessons" else say("shell.present_end" if presenting else "shell.present"),
            on_present=present,
        )
        with solara.Div(classes=["coop-main"], attributes={"role": "main", "id": "main", "tabindex": "-1"}):
            solara.Div(
                children=[solara.HTML("h1", say(next((e.title for e in PAGES if e.path == page), "shell.title")))],
                classes=["coop-hidden"],
            )
            State()
            for problem in session.problems.value:
                told = ["coop-note", "coop-error", "coop-problem"]
                solara.Div(children=[problem], classes=told, attributes={"role": "alert"})
            Lesson(page, go)
            solara.Div(children=children)
        keep.mirror(page, replace(session.address.value, year=session.year.value or None).query)
        Footer()


@solara.component
def Lesson(page: str, go: Callable[[str], None]) -> None:
    """Lead back to the lesson that somebody left to look at another page."""
    name = session.address.value.looks_at("lesson")
    titles = {found.name: found.title for found in lessons()} if name else {}
    if page == "lessons" or name not in titles:
        return
    with solara.Div(classes=["coop-note", "coop-bar"]):
        solara.Div(children=[say("lessons.under_way", title=titles[name])], classes=["coop-grow"])
        keep.buttons([{"ask": "lessons", "text": say("lessons.return")}], on_ask=go)


@solara.component
def Footer() -> None:
    """Say what is on the page: scenario, seed, and what it is not."""
    found = session.shown.value
    real = found is not None and not found.mine.config.world.synthetic
    said = [say("shell.footer_real" if real else "shell.footer_invented")]
    solara.Div(children=[" ".join(said)], classes=["coop-footer"], attributes={"role": "contentinfo"})

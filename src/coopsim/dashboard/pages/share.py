"""Take it along: a link, the data, a figure, the scenario, a report; or bring a scenario of your own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import solara
import solara.lab

from coopsim.dashboard import exports, session, widgets
from coopsim.dashboard.address import Address
from coopsim.dashboard.guard import LIMITS, read_upload
from coopsim.dashboard.pages import PAGES, pieces
from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.keep import buttons, copy_line
from coopsim.errors import CoopsimError
from coopsim.param import shown as written

LONG = 2000  # characters, above which some programs cut a link
TYPES = {
    "csv": "application/zip", "parquet": "application/zip", "png": "image/png", "svg": "image/svg+xml",
    "toml": "application/toml", "html": "text/html",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file that was asked for."""

    kind: str = ""
    number: int = 0
    name: str = ""
    content: bytes = b""


@solara.component
def Page() -> None:
    """Show what can be taken along."""
    found = session.use_shown()
    if found is None:
        return
    address = replace(session.address.value, year=session.year.value or None)
    with solara.Div(classes=["coop-stack"]):
        pieces.caveat(found.mine.config)
        with pieces.panel(label=say("share.link")):
            Link(address)
        with solara.Div(classes=["coop-grid-2"]):
            with pieces.panel(label=say("share.data")):
                Keep("data", ("csv", "parquet"), address)
            with pieces.panel(label=say("share.figure")):
                Keep("figure", ("png", "svg"), address)
            with pieces.panel(label=say("share.scenario")):
                Keep("scenario", ("toml",), address)
            with pieces.panel(label=say("share.report")):
                Keep("report", ("html",), address)
        with pieces.panel(label=say("share.upload")):
            Upload()


@solara.component
def Link(address: Address) -> None:
    """Show the link and what it holds."""
    page, set_page = solara.use_state("")
    whole = replace(address, page=page)
    pieces.heading(say("share.link"))
    widgets.pick(say("share.last_page"), [{"value": entry.path or "front", "text": say(entry.title)} for entry in PAGES
                                          if entry.path != "share"], page or "front",
                 on_value=lambda path: set_page("" if path == "front" else path))
    copy_line(say("share.link"), whole.link, link=True)
    pieces.paragraph(say("share.link_note"), "coop-soft")
    if len(whole.link) > LONG:
        pieces.note(say("share.link_long", length=f"{len(whole.link):,}"))
    none = say("share.what_none")
    rows = [
        (say("share.what_scenario"), address.scenario),
        (say("share.what_values"), ", ".join(f"{key} = {written(value)}" for key, value in address.values) or none),
        (say("share.what_changes"), "; ".join(f"{c.year} {c.kind}: {c.describe()}" for c in address.changes) or none),
        (say("share.what_seed"), str(address.seed)),
        (say("share.what_year"), str(address.year or say("share.what_last"))),
    ]
    pieces.details(say("share.what"), pieces.definition(rows), open_=True)


@solara.component
def Keep(what: str, kinds: tuple[str, ...], address: Address) -> None:
    """Offer files of one sort; each is made when somebody asks, in the background."""
    asked, set_asked = solara.use_state(File())
    made, set_made = solara.use_state(File())

    def work() -> File | None:
        if not asked.kind:
            return None
        name, content = make(asked.kind, address, lambda: not task.is_current())
        return replace(asked, name=name, content=content)

    task = solara.lab.use_task(work, dependencies=[asked], raise_error=False, prefer_threaded=True)

    def hand_over() -> None:
        if task.finished and task.value is not None and task.value != made:
            set_made(task.value)

    solara.use_effect(hand_over, [task.finished, task.value])

    def press(kind: str) -> None:
        # The browser saves a file when it changes: empty it first, so that the same one can be had twice.
        set_made(File())
        set_asked(File(kind, asked.number + 1))

    pieces.heading(say(f"share.{what}"))
    pieces.paragraph(say(f"share.{what}_note"), "coop-soft")
    words = {"toml": "scenario", "html": "report"}
    found = [
        {"ask": kind, "text": say(f"share.{words[kind]}_button") if kind in words else kind.upper(),
         "label": say(f"share.{words.get(kind, kind)}_label"), "disabled": task.pending and bool(asked.kind)}
        for kind in kinds
    ]
    buttons(found, on_ask=press, file=made.content,
            about={"name": made.name, "type": TYPES.get(made.kind, "application/octet-stream")})
    if task.error:
        error = task.exception
        pieces.failure(say("share.failed", error=str(error) if isinstance(error, CoopsimError) else
                          type(error).__name__))
    elif task.pending and asked.kind:
        pieces.working(say("share.preparing"))
    elif made.content:
        pieces.element("p", say("share.ready", name=made.name), role="status", class_="coop-soft")


def make(kind: str, address: Address, stop: Callable[[], bool]) -> tuple[str, bytes]:
    """Return the name and content of a file.

    Raises
    ------
    CoopsimError
        If the address cannot be run.
    """
    config = address.config()
    stem = exports.name_of(config, address.seed)
    if kind == "toml":
        return f"{stem}.toml", exports.scenario_toml(config).encode()
    results = exports.whole(config, address.seed, stop=stop)
    if kind in ("png", "svg"):
        return f"{stem}.{kind}", exports.figure(results, config, "png" if kind == "png" else "svg")
    if kind == "html":
        return f"{stem}.html", exports.report(results, config)
    return f"{stem}-{kind}.zip", exports.tables(results, config, address, "csv" if kind == "csv" else "parquet")


@solara.component
def Upload() -> None:
    """Take a scenario file; errors are those of the command line."""
    told, set_told = solara.use_state(("", ""))

    def take(file: dict[str, Any]) -> None:
        try:
            config = read_upload(_bytes(file), str(file.get("name", "")))
        except CoopsimError as error:
            set_told(("", " ".join(str(error).split())))
            return
        session.adopt(config, session.address.value.seed)
        set_told((config.title or config.name, ""))

    pieces.heading(say("share.upload"))
    pieces.paragraph(say("share.upload_note", states=LIMITS.states, years=LIMITS.years,
                        interventions=LIMITS.interventions), "coop-soft")
    widgets.file_input(say("share.upload_label", size=LIMITS.file_bytes // 1000), on_file=take, most=LIMITS.file_bytes)
    taken, error = told
    if error:
        pieces.failure(say("share.refused", error=error))
    elif taken:
        pieces.note(say("share.uploaded", title=taken))


def _bytes(file: dict[str, Any]) -> bytes:
    """Return the content of a file as the browser sent it; of one too large only the size came."""
    size = int(file.get("size", 0) or 0)
    if size > LIMITS.file_bytes:
        return bytes(size) if size < 10 * LIMITS.file_bytes else bytes(10 * LIMITS.file_bytes)
    return str(file.get("content", "")).encode()

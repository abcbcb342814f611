"""The ledger: every agreement with its reasons, the course of conventions, disputes and how they ended."""

from __future__ import annotations

import solara

from coopsim.analysis.explain import explain
from coopsim.analysis.words import capital
from coopsim.dashboard import exports, session, widgets
from coopsim.dashboard.engine import Run
from coopsim.dashboard.pages import pieces
from coopsim.dashboard.pages.state import Contributions
from coopsim.dashboard.reading import ledger
from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.charts import Line
from coopsim.errors import ConfigError

VIEWS = ("ledger", "treaties", "many", "conventions", "disputes")
FORMS = {"ledger": "culture", "treaties": "treaties", "many": "many"}


@solara.component
def Page() -> None:
    """Show the view that is chosen."""
    found = session.use_shown()
    if found is None:
        return
    run = found.mine
    asked = session.address.value.looks_at("show")
    view = asked if asked in VIEWS else "ledger"

    def show(name: str) -> None:
        session.address.value = session.address.value.looking_at(show=name, agreement="")

    with solara.Div(classes=["coop-stack"]):
        pieces.caveat(run.config)
        views = [{"value": name, "text": say(f"agreements.show_{name}")} for name in VIEWS]
        widgets.pick(say("agreements.show"), views, view, on_value=show, kind="buttons", hide_label=True)
        if view == "conventions":
            Conventions(run)
        elif view == "disputes":
            Disputes(run)
        else:
            Ledger(run, view)


@solara.component
def Ledger(run: Run, view: str) -> None:
    """Show the table, and why the chosen agreement was signed."""
    form = FORMS[view]
    table = solara.use_memo(lambda: ledger.ledger(run, form), dependencies=[id(run), form])
    if table.empty:
        pieces.note(say("agreements.empty"))
        return
    chosen = session.address.value.looks_at("agreement")
    ids = list(table["id"])
    row = ids.index(int(chosen)) if chosen and int(chosen) in ids else -1
    first, last = int(run.years[0]), int(run.years[-1])
    pieces.paragraph(" ".join([
        say("agreements.number", number=f"{len(table):,}", live=f"{int(table['ended'].isna().sum()):,}", year=last,
            signed=f"{int((table['signed'] > first).sum()):,}"),
        say("agreements.click"),
    ]))
    title = say(f"agreements.show_{view}")
    leads = "leads" if view == "ledger" else "topic"
    columns = (
        widgets.Column("parties", say("agreements.columns.parties"), width=2.4),
        widgets.Column("leads", say(f"agreements.columns.{leads}"), width=2.1),
        widgets.Column("signed", say("agreements.columns.signed"), whole=True, width=0.7),
        widgets.Column("ended", say("agreements.columns.ended"), whole=True, width=0.7),
        widgets.Column("how", say("agreements.columns.how"), width=1.3),
        widgets.Column("lasted", say("agreements.columns.lasted"), whole=True, width=0.6),
        widgets.Column("renewals", say("agreements.columns.renewals"), whole=True, width=0.8),
        widgets.Column("chance", say("agreements.columns.chance"), percent=True, width=0.9,
                       about=say("agreements.columns.chance_about")),
        widgets.Column("reason", say("agreements.columns.reason"), width=3.6),
    )

    def select(position: int) -> None:
        if 0 <= position < len(ids):
            session.address.value = session.address.value.looking_at(agreement=str(ids[position]), show=view)

    widgets.table(title, table, columns, on_selected=select, selected=row, height=400,
                  caveat=exports.caveat(run.config))
    if row >= 0:
        Reasons(run, ids[row])


@solara.component
def Reasons(run: Run, agreement: int) -> None:
    """Say why an agreement was signed."""
    try:
        told = explain(run.results, int(agreement))
    except ConfigError as error:
        pieces.failure(str(error))
        return
    with pieces.panel(label=say("agreements.explain.title")):
        pieces.heading(say("agreements.explain.title"))
        pieces.element("p", " ".join(told.sentences), class_="coop-answer", aria_live="polite")
        Contributions(told.table, run)


@solara.component
def Conventions(run: Run) -> None:
    """Show how conventions and declarations were adopted."""
    table = solara.use_memo(lambda: ledger.conventions(run), dependencies=[id(run)])
    if table.empty:
        pieces.note(say("agreements.no_conventions"))
        return
    sentences = [capital(ledger.course_in_words({str(k): value for k, value in row.items()}))
                 for row in table.to_dict("records")]
    with pieces.panel():
        widgets.lines(
            say("agreements.adoption.title"),
            [Line(str(norm), ledger.adoption(run, str(norm)), k) for k, norm in enumerate(table["norm"])],
            first=int(run.years[0]), percent=True, unit=say("agreements.adoption.unit"), zero=True, height=280,
            sentence=sentences[-1], caveat=exports.caveat(run.config),
        )
        pieces.bullets(sentences)
    columns = (
        widgets.Column("norm", say("agreements.columns.norm"), width=2.6),
        widgets.Column("topic", say("agreements.columns.topic")),
        *(widgets.Column(key, say(f"agreements.columns.{key}"), whole=True, width=0.8)
          for key in ("opened", "t10", "t50", "t90", "adopters")),
        widgets.Column("share", say("agreements.columns.share"), percent=True),
        widgets.Column("reservations", say("agreements.columns.reservations"), whole=True),
        widgets.Column("compliance", say("agreements.columns.compliance"), percent=True),
    )
    widgets.table(say("agreements.show_conventions"), table, columns, height=30 * len(table) + 8,
                  caveat=exports.caveat(run.config))


@solara.component
def Disputes(run: Run) -> None:
    """Show incidents and claims, and how they ended."""
    table = solara.use_memo(lambda: ledger.disputes(run), dependencies=[id(run)])
    pieces.paragraph(ledger.ends_in_words(table))
    if table.empty:
        return
    counts = table["how"].str.replace(r"; signed again.*", "", regex=True).str.replace(
        r" after \d.*| after (one|two|three|four|five|six|seven|eight|nine|ten) .*", "", regex=True).value_counts()
    rows = [(str(label), f"{count:,}") for label, count in counts.items()]
    pieces.table([say("agreements.columns.how"), say("common.number")], rows, say("agreements.columns.how"))
    columns = (
        widgets.Column("year", say("agreements.columns.year"), whole=True, width=0.7),
        widgets.Column("kind", say("agreements.columns.kind"), width=1.3),
        widgets.Column("parties", say("agreements.columns.parties"), width=2.2),
        widgets.Column("ended", say("agreements.columns.ended"), whole=True, width=0.8),
        widgets.Column("how", say("agreements.columns.how"), width=3.6),
    )
    widgets.table(say("agreements.show_disputes"), table, columns, height=360, caveat=exports.caveat(run.config))

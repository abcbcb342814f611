"""One state: where it stands, its partners, what flows, why this partner and not that one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import solara
import solara.lab

from coopsim.analysis.explain import explain
from coopsim.analysis.history import history
from coopsim.analysis.why_not import WhyNot, why_not
from coopsim.dashboard import exports, panels, session, widgets
from coopsim.dashboard.engine import Run
from coopsim.dashboard.pages import pieces
from coopsim.dashboard.reading import profile
from coopsim.dashboard.reading.profile import Where
from coopsim.dashboard.text import say
from coopsim.dashboard.widgets.charts import Line
from coopsim.dashboard.widgets.keep import buttons, spans
from coopsim.errors import CoopsimError
from coopsim.world.activities import ACTIVITIES

MOST_FLOWS = 6
TINY = 1e-12  # of a sum that is divided by
FIELD_COLOURS = {"heritage": 0, "industries": 1, "rights": 2}


@solara.component
def Page() -> None:
    """Show the profile of the state that is chosen."""
    found = session.use_shown()
    if found is None:
        return
    run = found.mine
    year = session.shown_year(found)
    where = Where(run, chosen(run), year)
    with solara.Div(classes=["coop-stack"]):
        with solara.Div(classes=["coop-bar coop-sticky"]):
            widgets.pick(say("state.pick"), options(run), where.code, on_value=choose)
            with solara.Div(classes=["coop-grow"]):
                widgets.timeline(int(run.years[0]), int(run.years[-1]), year, on_year=session.year.set)
        pieces.caveat(run.config)
        pieces.element("p", profile.summary(where), class_="coop-question", aria_live="polite")
        with solara.Div(classes=["coop-grid-2"]):
            with pieces.panel():
                Standing(where)
            with pieces.panel():
                Course(where)
        with pieces.panel():
            Why(where)
        with pieces.panel():
            Spans(where)
        with pieces.panel():
            Partners(where)
        with solara.Div(classes=["coop-grid-2"]):
            with pieces.panel():
                Flows(where, "people")
            with pieces.panel():
                Flows(where, "money")
        with pieces.panel():
            Story(where)


def chosen(run: Run) -> str:
    """Return the state to show: that of the address, else the one marked elsewhere, else the best connected."""
    for code in (session.address.value.looks_at("state"), session.marked.value):
        if code in run.codes:
            return code
    last = run.of_states("degree")[-1]
    return run.codes[int(last.argmax())]


def choose(code: str) -> None:
    """Look at another state, here and on the other pages."""
    session.address.value = session.address.value.looking_at(state=code, pair="")
    session.marked.value = code


def options(run: Run, without: str = "") -> list[dict[str, str]]:
    """Return the states to choose from, by name."""
    named = sorted(zip(run.names, run.codes, strict=True), key=_natural)
    return [{"value": code, "text": name} for name, code in named if code != without]


def _natural(entry: tuple[str, str]) -> tuple[str, int, str]:
    """Sort "State 9" before "State 10"."""
    name = entry[0]
    stem, _, number = name.rpartition(" ")
    return (stem, int(number), "") if number.isdigit() else (name, 0, "")


@solara.component
def Standing(where: Where) -> None:
    """Show where the state stands among its peers."""
    table = profile.standing(where)
    ranked = table.sort_values("rank", kind="stable").to_dict("records")
    best, worst = ranked[0], ranked[-1]
    widgets.bars(
        say("state.standing.title"), list(table["label"]), table["below"].to_numpy(np.float64),
        what=say("state.standing.what"), value=say("state.standing.value"), percent=True, signed=False, left=172,
        unit=say("state.standing.unit", year=where.year), caveat=exports.caveat(where.run.config),
        sentence=say("state.standing.sentence", best=best["label"], best_rank=best["rank"], worst=worst["label"],
                     worst_rank=worst["rank"], of=best["of"]),
    )
    columns = [say(f"state.standing.{key}") for key in ("what", "columns_value", "columns_median", "columns_rank")]
    rows = [
        (f"{row['label']}{f' ({row["unit"]})' if row['unit'] else ''}", number(row["value"]), number(row["median"]),
         f"{row['rank']} / {row['of']}")
        for row in table.to_dict("records")
    ]
    pieces.details(say("state.standing.table"), pieces.table(columns, rows, say("state.standing.table")))


def number(value: float) -> str:
    """Return a number as short as it may be read."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 or value == int(value) else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


@solara.component
def Course(where: Where) -> None:
    """Show partners over the years against the median state, and capacities if they move."""
    run, first, last = where.run, int(where.run.years[0]), int(where.run.years[-1])
    degree = run.of_states("degree")
    mine, median = degree[:, where.row], np.median(degree, axis=1)
    widgets.lines(
        say("state.partners.title"),
        [Line(say("state.partners.partners"), mine), Line(say("state.partners.median"), median, "base", dash=True)],
        first=first, unit=say("state.partners.unit"), height=190, zero=True, digits=0,
        caveat=exports.caveat(run.config), sentence=say(
            "state.partners.sentence", name=where.name, first=first, last=last, first_count=int(mine[0]),
            last_count=int(mine[-1]), median=f"{median[-1]:g}",
        ),
    )
    capacity = {field: run.of_states(f"capacity_{field}")[:, where.row] for field in profile.FIELDS}
    if all(np.ptp(values) == 0 for values in capacity.values()):
        pieces.paragraph(say("state.capacity.constant"), "coop-soft")
        return
    ends = {field: f"{values[0]:.2f} → {values[-1]:.2f}" for field, values in capacity.items()}
    widgets.lines(
        say("state.capacity.title"),
        [Line(say(f"state.capacity.{field}"), values, FIELD_COLOURS[field]) for field, values in capacity.items()],
        first=first, unit=say("state.capacity.unit"), height=190, caveat=exports.caveat(run.config),
        sentence=say("state.capacity.sentence", first=first, last=last, **ends),
    )


@solara.component
def Spans(where: Where) -> None:
    """Show the agreements along the years."""
    table = solara.use_memo(lambda: profile.spans(where), dependencies=[id(where.run), where.code])
    first, last = int(where.run.years[0]), int(where.run.years[-1])
    live = int((table["to"] > last).sum())
    spans(
        say("state.spans.title"), table, {name: say(f"common.activity.{name}") for name in ACTIVITIES},
        first=first - 15, last=last, caveat=exports.caveat(where.run.config), sentence=say(
            "state.spans.sentence", number=len(table), partners=table["partner"].nunique(), live=live, last=last),
    )


@solara.component
def Partners(where: Where) -> None:
    """List the partners of the year."""
    table = solara.use_memo(lambda: profile.partners(where), dependencies=[id(where.run), where.code, where.year])
    pieces.heading(say("state.partners.list", year=where.year))
    heads = {key: say(f"state.partners.{key}") for key in (
        "partner", "activity", "since", "renewals", "trust_given", "trust_received", "commonality")}
    about = say("state.partners.about_trust")
    columns = [
        widgets.Column("partner", heads["partner"], width=1.6),
        widgets.Column("activity", heads["activity"], width=1.8),
        widgets.Column("since", heads["since"], whole=True), widgets.Column("renewals", heads["renewals"], whole=True),
        widgets.Column("trust_received", heads["trust_given"], about=about),
        widgets.Column("trust_given", heads["trust_received"], about=about),
        widgets.Column("commonality", heads["commonality"], about=about),
    ]

    def look(row: int) -> None:
        if 0 <= row < len(table):
            session.address.value = session.address.value.looking_at(
                state=where.code, pair=f"{where.code}-{table['code'].iloc[row]}")

    widgets.table(say("state.partners.list", year=where.year), table, tuple(columns), on_selected=look,
                  height=min(300, 30 * max(len(table), 1) + 8), caveat=exports.caveat(where.run.config))


@solara.component
def Flows(where: Where, what: str) -> None:
    """Show what flows out and in, in the last year."""
    last = int(where.run.years[-1])
    table = profile.flows(where, what, last, most=len(where.run.codes))
    title = say(f"state.flows.title_{what}", year=last)
    if table.empty or not table[["out", "back"]].to_numpy().any():
        pieces.heading(title, 3)
        pieces.paragraph(say("state.flows.none"), "coop-soft")
        return
    for way in ("out", "back"):
        most = table.sort_values(way, ascending=False, kind="stable").head(MOST_FLOWS)
        widgets.bars(
            f"{title}: {say(f'state.flows.{way}_{what}')}", list(most["partner"]), most[way].to_numpy(np.float64),
            what=say("state.flows.partner"), value=say("state.flows.amount"), signed=False, row=18,
            above="mine" if way == "out" else 2, unit=say(f"state.flows.unit_{what}"),
            caveat=exports.caveat(where.run.config), sentence=say(
                "state.flows.sentence", most=most["partner"].iloc[0], amount=number(float(most[way].iloc[0])),
                number=len(most), share=panels.shown(most[way].sum() / max(table[way].sum(), TINY), percent=True)),
        )
    if what == "money":
        spent = profile.channels(where)
        if len(spent):
            row = spent.iloc[-1]
            pieces.paragraph(say("state.flows.channels_sentence", year=int(row["year"]),
                                **{name: number(float(row[name])) for name in profile.CHANNELS}))


@solara.component
def Why(where: Where) -> None:
    """Say why the state signed with another in a year, or why not."""
    run = where.run
    first, last = int(run.years[0]) + 1, int(run.years[-1])
    pair = session.address.value.looks_at("pair").split("-")
    other = next((code for code in pair if code != where.code and code in run.codes), "") or suggested(where)
    signed = profile.latest(where, other)
    asked, set_asked = solara.use_state((other, 0))
    year = asked[1] if asked[0] == other and asked[1] else signed or last

    def look(code: str) -> None:
        session.address.value = session.address.value.looking_at(state=where.code, pair=f"{where.code}-{code}")

    pieces.heading(say("state.why.title"))
    pieces.paragraph(say("state.why.lead"), "coop-soft")
    with solara.Div(classes=["coop-bar"]):
        widgets.pick(say("state.other"), options(run, where.code), other, on_value=look)
        widgets.pick(say("state.why_year"), [{"value": str(y), "text": str(y)} for y in range(first, last + 1)],
                     str(year), on_value=lambda text: set_asked((other, int(text))))

    def answer() -> Any:
        agreement = profile.bound(where, other, year)
        return explain(run.results, agreement) if agreement is not None else why_not(
            run.results, (where.code, other), year)

    task = solara.lab.use_task(answer, dependencies=[id(run), where.code, other, year], raise_error=False)
    with solara.Div(attributes={"aria-live": "polite"}):
        if task.error:
            error = task.exception
            text = str(error) if isinstance(error, CoopsimError) else type(error).__name__
            pieces.failure(say("state.why.failed", error=text))
        elif not task.finished or task.value is None:
            pieces.working(say("state.why.working", year=year))
        else:
            Answer(task.value, where)


@solara.component
def Answer(told: Any, where: Where) -> None:
    """Show an explanation: sentences, contributions, and what might have been different."""
    inner = told.explanation if isinstance(told, WhyNot) and told.explanation is not None else told
    pieces.element("p", " ".join(inner.sentences), class_="coop-answer")
    Contributions(inner.table, where.run)
    if isinstance(told, WhyNot) and told.levers:
        columns = [say(f"state.why.levers_columns_{key}") for key in ("what", "alone", "now", "needed")]
        rows = [
            (lever.name, say(f"state.why.{lever.verdict.replace(' ', '_')}"), number(lever.now),
             number(lever.needed) if np.isfinite(lever.needed) else "–")
            for lever in told.levers if np.isfinite(lever.now)
        ]
        pieces.details(say("state.why.levers"), pieces.table(columns, rows, say("state.why.levers")))


@solara.component
def Contributions(table: pd.DataFrame, run: Run) -> None:
    """Draw the contributions to a decision score, without its baseline."""
    pushed = table[table["term"] != "baseline"]
    if pushed.empty:
        return
    widgets.bars(
        say("state.why.chart"), [str(term) for term in pushed["term"]], pushed["contribution"].to_numpy(np.float64),
        what=say("state.why.what"), value=say("state.why.value"), unit=say("state.why.unit"),
        caveat=exports.caveat(run.config), sentence=_why_sentence(pushed),
    )


def _why_sentence(pushed: pd.DataFrame) -> str:
    ordered = pushed.sort_values("contribution")
    low, high = ordered["contribution"].iloc[0], ordered["contribution"].iloc[-1]
    key = "sentence" if low < 0 < high else "sentence_pushed" if high > 0 else "sentence_braked"
    return say(f"state.why.{key}", most=ordered["term"].iloc[-1], least=ordered["term"].iloc[0])


def suggested(where: Where) -> str:
    """Return a state worth asking about: the last that signed with this one, else the best connected other."""
    spells = where.run.spells
    new = spells["signed"] > int(where.run.years[0])
    mine = spells[((spells["a"] == where.row) | (spells["b"] == where.row)) & new]
    if len(mine):
        row = mine.iloc[int(mine["signed"].to_numpy().argmax())]
        return where.run.codes[int(row["b"] if row["a"] == where.row else row["a"])]
    degree = where.run.of_states("degree")[-1].copy()
    degree[where.row] = -1
    return where.run.codes[int(degree.argmax())]


@solara.component
def Story(where: Where) -> None:
    """Tell the history of the state, once somebody asks."""
    asked, set_asked = solara.use_state("")
    wanted = asked == where.code
    task = solara.lab.use_task(
        lambda: history(where.run.results, where.code) if wanted else None, raise_error=False,
        dependencies=[id(where.run), where.code, wanted],
    )
    pieces.heading(say("state.history.title"))
    if not wanted:
        buttons([{"ask": "tell", "text": say("state.history.ask")}], on_ask=lambda _: set_asked(where.code))
    elif task.error:
        pieces.failure(str(task.exception))
    elif not task.finished or task.value is None:
        pieces.working(say("state.history.working"))
    else:
        for head, text in task.value.paragraphs():
            pieces.element("p", pieces.element("strong", f"{head}  ") if head else "", text, class_="coop-story")


__all__ = ["Answer", "Contributions", "Page"]

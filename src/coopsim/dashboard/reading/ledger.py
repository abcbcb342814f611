"""The ledger of agreements, the course of conventions, and disputes and how they ended."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coopsim.analysis.explain import TERMS, TREATY_TERMS
from coopsim.analysis.names import agreement_names
from coopsim.analysis.words import counted
from coopsim.dashboard.engine import Run
from coopsim.dashboard.text import say

HALF = 0.5
Row = tuple[int, str, str, float, str]  # year, kind, parties, ended, how
MARKS = (0.1, HALF, 0.9)  # shares of states at which the course of a convention is told


def ledger(run: Run, form: str = "culture") -> pd.DataFrame:
    """Return agreements in words, the latest first.

    Parameters
    ----------
    run : Run
    form : {"culture", "treaties", "many"}
        Cultural agreements of two states, treaties of two on other topics, or agreements of many.

    Returns
    -------
    DataFrame
        id, parties, leads (activity or topic), signed, ended, lasted (years), how (it ended), renewals, chance (to
        sign in that year, as it stood; missing if no score was computed), reason (the strongest push, in words).
    """
    table = run.results.agreements
    two, culture = table["form"] == "bilateral", table["topic"] == "culture"
    chosen = table[{"culture": two & culture, "treaties": two & ~culture, "many": ~two}[form]]
    names = dict(zip(run.codes, run.names, strict=True))
    titles = agreement_names(run.results) if form == "many" else {}
    last = int(run.years[-1])
    lasted = (chosen["ended"].fillna(last) - chosen["signed"]).astype("int64")
    scored = chosen["why_total"] != 0
    return pd.DataFrame({
        "id": chosen["id"],
        "parties": [titles.get(int(i)) or _parties(str(p), names)
                    for i, p in zip(chosen["id"], chosen["parties"], strict=True)],
        "leads": [say(f"common.activity.{a}") if a else str(t)
                  for a, t in zip(chosen["activity"], chosen["topic"], strict=True)],
        "signed": chosen["signed"], "ended": chosen["ended"].astype("Float64"), "lasted": lasted,
        "how": [say(f"common.ended.{reason or 'not'}") for reason in chosen["end_reason"]],
        "renewals": chosen["renewals"],
        "chance": np.where(scored, -np.expm1(-np.exp(np.minimum(chosen["why_total"], 3.0))), np.nan),
        "reason": _reasons(chosen, scored, treaty=form == "treaties"),
    }).sort_values("signed", ascending=False, kind="stable").reset_index(drop=True)


def _parties(codes: str, names: dict[str, str]) -> str:
    found = [names.get(code, code) for code in codes.split("-")]
    return " – ".join(found) if len(found) < 3 else say("agreements.states", number=len(found))


def _reasons(chosen: pd.DataFrame, scored: pd.Series[bool], *, treaty: bool) -> list[str]:
    """Return what spoke for each most, in words."""
    meanings = TREATY_TERMS if treaty else TERMS
    terms = [term for term in meanings if meanings[term][1] and f"why_{term}" in chosen]
    values = chosen[[f"why_{term}" for term in terms]].to_numpy(np.float64)
    best = values.argmax(axis=1) if len(values) else np.zeros(0, dtype=int)
    return [
        meanings[terms[k]][1] if has and row[k] > 0 else say("agreements.drawn") if initial else ""
        for row, k, has, initial in zip(values, best, scored, chosen["initial"], strict=True)
    ]


def conventions(run: Run) -> pd.DataFrame:
    """Return one row per convention or declaration.

    Returns
    -------
    DataFrame
        norm, kind, topic, opened, share and adopters at the end, reservations, compliance, in_force (year, missing if
        it never was), and t10, t50 and t90, the years in which so many per cent of the states had joined (missing if
        they had not).
    """
    table, rows = run.results.norms, []
    for norm, course in table.groupby("norm", sort=False):
        reached = {f"t{100 * mark:.0f}": _first(course, course["share"] >= mark) for mark in MARKS}
        end = course.to_dict("records")[-1]
        rows.append({
            "norm": str(norm), "kind": str(end["kind"]), "topic": str(end["topic"]),
            "opened": int(course["year"].iloc[0]), "share": float(end["share"]), "adopters": int(end["adopters"]),
            "reservations": int(end["reservations"]), "compliance": float(end["compliance"]),
            "in_force": _first(course, course["in_force"]), **reached,
        })
    columns = ["norm", "kind", "topic", "opened", "share", "adopters", "reservations", "compliance", "in_force",
               *(f"t{100 * mark:.0f}" for mark in MARKS)]
    return pd.DataFrame(rows, columns=columns)


def _first(course: pd.DataFrame, reached: pd.Series[bool]) -> float:
    years = course["year"].to_numpy()[reached.to_numpy()]
    return float(years[0]) if len(years) else float("nan")


def adoption(run: Run, norm: str) -> np.ndarray:
    """Return the share of states that had joined, by recorded year, shape (Y,); NaN before it was open."""
    table = run.results.norms
    course = table[table["norm"] == norm].set_index("year")["share"]
    return course.reindex(run.years).to_numpy(np.float64)


def course_in_words(row: dict[str, object]) -> str:
    """Say how a convention spread."""
    half, most = float(str(row["t50"])), float(str(row["t90"]))
    share = f"{100 * float(str(row['share'])):.0f}"
    begin = say("agreements.course", norm=row["norm"], opened=row["opened"], share=share)
    if np.isnan(half):
        return f"{begin} {say('agreements.course_below')}"
    if half <= float(str(row["opened"])):
        return f"{begin} {say('agreements.course_before')}"
    later = "" if np.isnan(most) else say("agreements.course_most", year=int(most))
    return f"{begin} {say('agreements.course_half', year=int(half))} {later}".strip()


def disputes(run: Run) -> pd.DataFrame:
    """Return conflict incidents and claims for works of art, and how they ended.

    An incident ends with the agreement that it cost being signed again, or at once if it cost none.

    Returns
    -------
    DataFrame
        year, kind, parties, ended (year; missing if it has not), how (in words).
    """
    names = dict(zip(run.codes, run.names, strict=True))
    rows = [*_incidents(run, names), *_claims(run, names)]
    found = pd.DataFrame(rows, columns=["year", "kind", "parties", "ended", "how"])
    return found.sort_values(["year", "kind", "parties"], kind="stable").reset_index(drop=True)


def _incidents(run: Run, names: dict[str, str]) -> list[Row]:
    events = run.results.events
    events = events[events["kind"] == "dispute"]
    if events.empty:
        return []
    table = run.results.agreements
    table = table[(table["form"] == "bilateral") & (table["topic"] == "culture")]
    of_pair = dict(iter(table.groupby("parties")))
    found: list[Row] = []
    for year, who in zip(events["year"], events["who"], strict=True):
        held = of_pair.get(str(who))
        found.append((int(year), say("agreements.incident"), _parties(str(who), names),
                      *_end_of_incident(held, int(year))))
    return found


def _end_of_incident(held: pd.DataFrame | None, year: int) -> tuple[float, str]:
    """Return when and how an incident ended: what became of the agreement it met."""
    if held is None:
        return float(year), say("agreements.no_tie")
    cut = held[(held["ended"] == year) & (held["end_reason"] == "suspended")]
    if cut.empty:
        alive = ((held["signed"] < year) & (held["ended"].isna() | (held["ended"] > year))).any()
        return float(year), say("agreements.survived" if alive else "agreements.no_tie")
    later = held.loc[held["signed"] > year, "signed"]
    if later.empty:
        return float("nan"), say("agreements.suspended_since")
    again = int(later.min())
    return float(again), say("agreements.signed_again", year=again, after=counted(again - year, say("common.one_year"),
                                                                               say("common.years_word")))


def _claims(run: Run, names: dict[str, str]) -> list[Row]:
    found: list[Row] = []
    for row in run.results.claims.to_dict("records"):
        pair = f"{names.get(row['claimant'], row['claimant'])} – {names.get(row['holder'], row['holder'])}"
        if pd.isna(row["settled"]):
            end: tuple[float, str] = (float("nan"), say("agreements.claim_open"))
        else:
            years = int(row["settled"]) - int(row["opened"])
            end = (float(row["settled"]), say("agreements.claim_settled", after=counted(
                years, say("common.one_year"), say("common.years_word"))))
        found.append((int(row["opened"]), say("agreements.claim"), pair, *end))
    return found


def ends_in_words(table: pd.DataFrame) -> str:
    """Count how disputes ended."""
    if table.empty:
        return say("agreements.no_disputes")
    open_ = int(table["ended"].isna().sum())
    return say("agreements.disputes_count", number=f"{len(table):,}", open=f"{open_:,}")

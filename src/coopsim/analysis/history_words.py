"""The phrases of the history book; which of several is used depends on the year alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from coopsim.analysis.explain import TERMS
from coopsim.analysis.words import some

MOST_NAMES = 4
STRONG = 0.4  # a term that raises the rate by half is worth telling
OF_THE_PAIR = ("trust", "interest", "reach", "commonality", "capacity", "closure")  # the rest is told otherwise
LEADS = {
    "mobility": "with exchanges of people at its heart", "events": "with festivals and exhibitions at its heart",
    "assistance": "with technical assistance at its heart", "education": "with teaching at its heart",
    "negotiation": "with a common voice in negotiations at its heart",
}
# Kind of event, and whether the state of the chronicle is the claimant -> words.
CLAIMS = {
    ("claim", True): "it claimed back works of art held by {names}.",
    ("claim", False): "it was asked by {names} to return works of art.",
    ("claim settled", True): "it got back works of art from {names}.",
    ("claim settled", False): "it returned works of art to {names}.",
}
BODY: dict[str, Callable[[str], str]] = {
    "withdrawal": "it left {}.".format,
    "accession": "it joined {}.".format,
    "founding": "it founded {}.".format,
}
LEVELS = ((0.2, "hardly"), (0.4, "a little"), (0.6, "somewhat"), (0.8, "well"), (1.1, "very well"))


def pick(year: int, *phrases: str) -> str:
    """Return one of several phrases; a year always takes the same."""
    return phrases[(year * 7 + len(phrases[0])) % len(phrases)]


def signed_words(year: int, name: str, row: pd.Series[Any], code: str) -> str:
    """Tell of one new agreement: what it is about, whose initiative, what spoke for it."""
    lead = f", {LEADS[str(row['activity'])]}" if str(row["activity"]) in LEADS else ""
    whose = "its own" if row["initiator"] == code else f"that of {name}"
    reason = reason_of(row)
    said = f"{pick(year, 'it signed', 'it concluded', 'it entered into')} a cultural agreement with {name}{lead}; "
    if not reason:
        return f"{said}the initiative was {whose}."
    return f"{said}the initiative was {whose}, and what spoke for it most was that {reason}."


def reason_of(row: pd.Series[Any]) -> str:
    """Return what about the pair spoke most for an agreement, as the ledger has it; "" if nothing stood out."""
    values = {term: float(row[f"why_{term}"]) for term in OF_THE_PAIR}
    best = max(values, key=lambda term: values[term])
    return TERMS[best][1] if values[best] > STRONG else ""


def again(year: int, names: list[str], old: pd.DataFrame) -> str:
    """Say that states signed anew, and when their former agreements had ended."""
    first, last = int(old["ended"].min()), int(old["ended"].max())
    how = {"lapsed": "lapsed", "suspended": "been suspended"}.get(str(old["end_reason"].iloc[0]), "ended")
    how = how if old["end_reason"].nunique() == 1 else "ended"
    when = f"in {first}" if first == last else f"{'in' if last - first == 1 else 'between'} {first} and {last}"
    verb = pick(year, "it signed anew with", "it came to terms again with", "it reached a new agreement with")
    whose = "whose agreement had" if len(names) == 1 else "whose agreements had"
    return f"{verb} {some(names, MOST_NAMES)}, {whose} {how} {when}."


def ended_words(year: int, reason: str, names: list[str], since: int) -> str:
    """Say which agreements ended, and how."""
    one = len(names) == 1
    which = f"its agreement of {since} with {names[0]}" if one else f"its agreements with {some(names, MOST_NAMES)}"
    if reason == "lapsed":
        return which + (pick(year, " lapsed when it fell due.", " was not renewed.") if one else
                        pick(year, " lapsed when they fell due.", " were not renewed."))
    if reason == "suspended":
        return f"{which} {'was' if one else 'were'} suspended after {'an incident' if one else 'incidents'}."
    return f"{which} {'was' if one else 'were'} ended{f' ({reason})' if reason else ''}."


def graded(verb: str, value: float) -> str:
    """Return how far a share goes: "hardly trust each other", "trust each other well"."""
    word = next(word for limit, word in LEVELS if value < limit)
    return f"hardly {verb}" if word == "hardly" else f"{verb} {word}"


def share_below(values: pd.Series[float], value: float) -> str:
    """Say where a value stands among those of all pairs: "more than in 93 % of all pairs"."""
    below = float(np.mean(values < value))
    return f"more than in {100 * below:.0f} % of all pairs" if below >= 0.5 else (
        f"less than in {100 * (1 - below):.0f} % of all pairs")


def moved(before: float, after: float, decimals: int = 2) -> str:
    """Return "rose from 0.41 to 0.52", "fell ..." or "stayed at 0.41"."""
    old, new = f"{before:,.{decimals}f}", f"{after:,.{decimals}f}"
    if old == new:
        return f"stayed at {old}"
    return f"{'rose' if after > before else 'fell'} from {old} to {new}"

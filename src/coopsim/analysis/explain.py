"""Why an agreement came about: the contributions to its score, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coopsim.analysis.names import agreement_names, names_in_sentences
from coopsim.analysis.words import factor, listed, percent
from coopsim.errors import ConfigError
from coopsim.results.results import Results

Meanings = Mapping[str, tuple[str, str, str]]

# What a term measures, and how to say that it pushed or that it braked.
TERMS: dict[str, tuple[str, str, str]] = {
    "baseline": ("rate of signing at average trust and interest, everything else neutral", "", ""),
    "initiative": ("diplomatic activity of the two states that year, against an average state",
                   "their diplomacies were unusually active", "their diplomacies were not very active"),
    "trust": ("mutual trust, against an average pair of the starting world",
              "they trusted each other more than most", "they trusted each other less than most"),
    "interest": ("strategic interest beyond culture, against an average pair of the starting world",
                 "they mattered to each other beyond culture",
                 "they mattered little to each other beyond culture"),
    "reach": ("missions in each other's capitals, against missions on both sides",
              "they kept missions in each other's capitals",
              "they did not keep missions on both sides"),
    "commonality": ("what they knew to have in common, against an average pair of the starting world",
                    "they knew that they had much in common", "they knew of little that they had in common"),
    "capacity": ("development of both cultural sectors, against an average pair of the starting world",
                 "both cultural sectors were well developed", "their cultural sectors were little developed"),
    "popularity": ("existing partners of both, against average states",
                   "they already had many partners", "they had few partners"),
    "closure": ("partners that the two shared", "they shared many partners",
                "their shared partners held them back"),
    "agreement": ("a cultural agreement between the two", "they already had a cultural agreement",
                  "their cultural agreement held them back"),
    "limit": ("bounds within which the model keeps the score", "the model's lower bound of the score",
              "the model's upper bound of the score"),
}
# Of treaties on other topics (M19): compared with medium trust, not with the starting world.
TREATY_TERMS: dict[str, tuple[str, str, str]] = {
    "baseline": ("rate of treaties at medium trust, before interest", "", ""),
    "trust": ("mutual trust, against medium trust", "they trusted each other", "they did not trust each other much"),
    "interest": ("strategic interest beyond culture, against very strong interest",
                 "they mattered to each other very much", "they mattered only so much to each other beyond culture"),
    "agreement": ("a cultural agreement between the two", "they had a cultural agreement",
                  "their cultural agreement held them back"),
}
NOTABLE = 0.05  # a contribution below 5 % is not worth a sentence
MOST_PUSHES = 3
ENDS = {
    "lapsed": "lapsed",
    "suspended": "was suspended after an incident",
}


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why one agreement came about.

    Attributes
    ----------
    agreement : int
        Its id.
    sentences : tuple of str
        For a reader who does not know the model.
    table : DataFrame
        term, contribution (to the log of the yearly hazard of signature), factor (its exponential), meaning;
        strongest push first after the baseline. Empty if no score was computed.
    """

    agreement: int
    sentences: tuple[str, ...]
    table: pd.DataFrame

    @property
    def hazard(self) -> float:
        """Yearly hazard of signature at the time: the product of all factors; 0 if no score was computed."""
        return float(np.exp(self.table["contribution"].sum())) if len(self.table) else 0.0

    def __str__(self) -> str:
        text = " ".join(self.sentences)
        if self.table.empty:
            return text
        lines = [f"  {'term':<12} {'ln h':>7} {'factor':>8}  meaning"]
        lines += [
            f"  {row['term']:<12} {row['contribution']:>+7.2f} {factor(row['factor']):>8}  {row['meaning']}"
            for row in self.table.to_dict("records")
        ]
        total = self.table["contribution"].sum()
        lines.append(f"  {'total':<12} {total:>+7.2f} {self.hazard:>8.4f}  yearly hazard of signature")
        return "\n".join([text, "", *lines])


def explain(results: Results, agreement_id: int) -> Explanation:
    """Say why an agreement came about.

    Parameters
    ----------
    results : Results
    agreement_id : int
        Column `id` of `results.agreements`.

    Raises
    ------
    ConfigError
        If there is no such agreement.
    """
    ledger = results.agreements
    if not 0 <= agreement_id < len(ledger):
        last = f"; ids run from 0 to {len(ledger) - 1}" if len(ledger) else "; these results hold none"
        raise ConfigError(f"there is no agreement {agreement_id}{last}")
    row = {str(name): value for name, value in ledger.iloc[agreement_id].items()}
    treaty = row["topic"] != "culture"
    meanings = TREATY_TERMS if treaty else TERMS
    table = contribution_table(_scores(row), meanings)
    if row["form"] != "bilateral":
        return Explanation(agreement_id, (*_many(row, results), _fate(row, int(results.manifest["last_year"]))), table)
    opening = _opening(row, names_in_sentences(results), len(table) > 0)
    said = (*weights(table, meanings), chance_of(table, treaty=treaty)) if len(table) else (_without_score(row),)
    return Explanation(agreement_id, (opening, *said, _fate(row, int(results.manifest["last_year"]))), table)


def _scores(row: dict[str, Any]) -> dict[str, float]:
    return {
        name.removeprefix("why_"): float(value)
        for name, value in row.items() if name.startswith("why_") and name != "why_total"
    }


def contribution_table(values: Mapping[str, float], meanings: Meanings = TERMS) -> pd.DataFrame:
    """Return term, contribution, factor and meaning, strongest push first after the baseline; empty without a score."""
    scored = any(values.values())
    order = sorted(values, key=lambda term: (term != "baseline", -values[term])) if scored else []
    used = [term for term in order if term == "baseline" or values[term]]
    return pd.DataFrame(
        {
            "term": pd.Series(used, dtype="str"),
            "contribution": np.array([values[term] for term in used], dtype=np.float64),
            "factor": np.exp(np.array([values[term] for term in used], dtype=np.float64)),
            "meaning": pd.Series([meanings.get(term, (term, "", ""))[0] for term in used], dtype="str"),
        }
    )


def _opening(row: dict[str, Any], names: dict[str, str], scored: bool) -> str:
    first, second = (names.get(code, code) for code in str(row["parties"]).split("-"))
    topic = "a cultural agreement" if row["topic"] == "culture" else f"an agreement on {row['topic']}"
    lead = f" that leads with {row['activity']}" if row["activity"] else ""
    initiator = names.get(str(row["initiator"]), "")
    initiative = f"; {initiator} took the initiative" if initiator and scored else ""
    return f"In {row['signed']} {first} and {second} signed {topic}{lead}{initiative}."


def _many(row: dict[str, Any], results: Results) -> tuple[str, ...]:
    """Say how an agreement of many parties was opened and joined."""
    kind = "convention" if row["form"] == "convention" else "multilateral agreement"
    name = agreement_names(results).get(int(row["id"]), "")
    role = "" if kind == "convention" else "founding treaty of the "
    known = f", the {role}{name}," if name else ""
    number = len(str(row["parties"]).split("-")) if row["parties"] else 0
    opening = f"In {row['signed']} a {kind} on {row['topic']}{known} was opened; {number} states have joined it."
    joined = results.parties.loc[results.parties["agreement"] == row["id"], "joined"]
    if kind != "convention" or joined.empty:
        return (opening, _without_score(row))
    busiest, middle = joined.value_counts(), int(joined.median())
    course = f"Half of these joined by {middle}; the busiest year was {busiest.index[0]} ({busiest.iloc[0]})."
    return (opening, _without_score(row), course)


def _without_score(row: dict[str, Any]) -> str:
    if row["form"] == "convention":
        return (
            "States join a convention one by one, out of their own interest, after the example of peers and past a "
            "tipping point; why one of them did is told state by state (--state, or explain_accession)."
        )
    if row["initial"]:
        return (
            "It was in force when the simulation began: the starting world is drawn from what is known about "
            "treaties, so the model computed no score for it and cannot say why it came about."
        )
    return "The rule that brought it about computes no score of this kind."


def weights(table: pd.DataFrame, meanings: Meanings = TERMS) -> tuple[str, ...]:
    """Say what pushed most and what braked most."""
    others = table.set_index("term")["contribution"].drop("baseline")
    pushes = others[others > NOTABLE].nlargest(MOST_PUSHES)
    brakes = others[others < -NOTABLE].nsmallest(1)
    said = []
    if len(pushes):
        said.append(f"What spoke for it most: {listed([_phrase(t, v, meanings) for t, v in pushes.items()])}.")
    if len(brakes):
        said.append(f"What spoke against it most: {listed([_phrase(t, v, meanings) for t, v in brakes.items()])}.")
    return tuple(said)


def chance_of(table: pd.DataFrame, *, treaty: bool = False) -> str:
    """Say how likely it was, and how likely for an average pair."""
    values = table.set_index("term")["contribution"]
    hazard, baseline = float(np.exp(values.sum())), float(np.exp(values["baseline"]))
    chance, average = -np.expm1(-min(hazard, 20.0)), -np.expm1(-min(baseline, 20.0))
    luck = ", so luck had a large part in it" if chance < 0.1 else ""
    if treaty:
        return f"Together this made the chance of at least one such treaty in that year {percent(chance)}{luck}."
    return (
        f"Together this made the chance to sign in that year {percent(chance)}, where a pair with average "
        f"trust and interest and all else neutral has {percent(average)}{luck}."
    )


def _phrase(term: object, value: float, meanings: Meanings) -> str:
    _, push, brake = meanings.get(str(term), ("", str(term), str(term)))
    return f"{push if value > 0 else brake} ({factor(float(np.exp(value)))})"


def _fate(row: dict[str, Any], last_year: int) -> str:
    renewals = int(row["renewals"])
    how_often = "once" if renewals == 1 else f"{renewals} times"
    since = " since the start" if row["initial"] else ""
    renewed = f"was renewed {how_often}{since} and " if renewals else ""
    if not pd.isna(row["ended"]):
        return f"It {renewed}{ENDS.get(str(row['end_reason']), 'ended')} in {row['ended']}."
    if pd.isna(row["in_force"]):
        return f"It had not entered into force by {last_year}."
    return f"It {renewed}was still in force in {last_year}."

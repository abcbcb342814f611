"""Why a state joined a convention: what its own interest, its peers and the tipping point contributed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coopsim.analysis.again import config_of, run_to
from coopsim.analysis.names import agreement_names, names_in_sentences
from coopsim.analysis.words import capital, counted, listed, percent
from coopsim.errors import ConfigError, ResultsError
from coopsim.mechanisms.mechanism import probability
from coopsim.param import nearest
from coopsim.results.results import Results
from coopsim.rng import Streams
from coopsim.world.agreements import ACCESSION_TERMS
from coopsim.world.world import World

MEANINGS = {
    "own capacity": ("own capacity in the convention's field", "its own capacity in the field"),
    "peers": ("share of its partners and fellow members that had joined", "the example of its peers"),
    "tipping": ("joining past the tipping point, when a norm cascades", "the cascade after the tipping point"),
}
BY_THRESHOLD = (
    "In this run no chance decides: a state joins as soon as a fifth of its own capacity in the field plus the share "
    "of its peers that joined reaches a threshold of its own."
)


@dataclass(frozen=True, slots=True, eq=False)
class AccessionExplanation:
    """Why one state joined one convention.

    Attributes
    ----------
    agreement : int
    state : str
    year : int, optional
        Year of the accession; None if the state did not join.
    sentences : tuple of str
    table : DataFrame
        term, contribution (to the yearly hazard of joining; they add up to it), share, meaning. Empty if no hazard
        decided: at the conference itself, for declarations, with personal thresholds.
    luck : float
        The uniform number that decided; NaN if none did.
    """

    agreement: int
    state: str
    year: int | None
    sentences: tuple[str, ...]
    table: pd.DataFrame
    luck: float

    @property
    def hazard(self) -> float:
        """Yearly hazard of joining at the time; 0 if none decided."""
        return float(self.table["contribution"].sum())

    def __str__(self) -> str:
        lines = [" ".join(self.sentences)]
        if len(self.table):
            lines += ["", f"  {'term':<14} {'hazard':>8} {'share':>6}  meaning"]
            lines += [
                f"  {row['term']:<14} {row['contribution']:>8.4f} {percent(row['share']):>6}  {row['meaning']}"
                for row in self.table.to_dict("records")
            ]
            lines.append(f"  {'total':<14} {self.hazard:>8.4f} {'':>6}  yearly hazard of joining")
        return "\n".join(lines)


def explain_accession(results: Results, agreement_id: int, state: str) -> AccessionExplanation:
    """Say why a state joined a convention, when it did.

    The tables do not keep what led to each accession, so the run is simulated again up to that year.

    Parameters
    ----------
    results : Results
    agreement_id : int
        Column `id` of `results.agreements`; a convention.
    state : str
        Code.

    Raises
    ------
    ConfigError
        If there is no such convention or state.
    ResultsError
        If the run cannot be repeated by this version of coopsim.
    """
    ledger, names = results.agreements, names_in_sentences(results)
    state = state.upper()
    conventions = ledger.loc[ledger["form"] == "convention", "id"]
    if agreement_id not in set(conventions):
        raise ConfigError(f"agreement {agreement_id} is no convention; conventions here: "
                          f"{', '.join(map(str, conventions)) or 'none'}")
    if state not in names:
        hint = nearest(state, list(names))
        raise ConfigError(f"these results have no state '{state}'{hint if 'did you mean' in hint else ''}")
    title = agreement_names(results)[agreement_id]
    parties = results.parties
    joined = parties.loc[(parties["agreement"] == agreement_id) & (parties["party"] == state)]
    if joined.empty:
        return _absent(results, agreement_id, state, title)
    year = int(joined["joined"].iloc[-1])
    model = run_to(config_of(results), int(results.manifest["seed"]), year)
    by_threshold = getattr(model.rules.parameters["conventions"], "mode", "") == "threshold"
    return _joined(model.world, results, agreement_id, state, year, title, by_threshold=by_threshold)


def accession_table(world: World) -> pd.DataFrame:
    """Return one row per accession of a world: agreement, party, joined, a column for each term, and hazard."""
    rows = world.agreements.accessions
    terms = {term: rows["why"][:, k].copy() for k, term in enumerate(ACCESSION_TERMS)}
    return pd.DataFrame(
        {
            "agreement": rows["agreement"].astype(np.int64),
            "party": pd.Series([str(world.states.iso3[row]) for row in rows["state"]], dtype="str"),
            "joined": rows["joined"].astype(np.int64),
            **terms,
            "hazard": rows["why"].sum(axis=1),
        }
    )


def _joined(
    world: World, results: Results, agreement: int, state: str, year: int, title: str, *, by_threshold: bool
) -> AccessionExplanation:
    found = accession_table(world)
    found = found[(found["agreement"] == agreement) & (found["party"] == state) & (found["joined"] == year)]
    if found.empty:
        raise ResultsError(
            "run again, these results come out differently: they were made by another version of coopsim, or with "
            "other libraries or processor settings; run the scenario again"
        )
    row = found.iloc[-1]
    table = _table({} if by_threshold else {term: float(row[term]) for term in ACCESSION_TERMS})
    name = capital(names_in_sentences(results)[state])
    parties = results.parties[results.parties["agreement"] == agreement]
    before = int((parties["joined"] < year).sum())
    after = f"after {counted(before, 'other state')}" if before else "among the first"
    opening = f"{name} joined the {title} in {year}, {after}."
    if table.empty:
        reason = BY_THRESHOLD if by_threshold else _without_hazard(world, agreement)
        return AccessionExplanation(agreement, state, year, (opening, reason), table, np.nan)
    luck = _draw(results, title, year, world.row(state))
    chance = float(probability(np.array(table["contribution"].sum())))
    parts = [f"{MEANINGS[t['term']][1]} ({percent(t['share'])})" for t in table.to_dict("records")]
    said = (
        opening,
        f"Its chance to do so in that year was {percent(chance)}, made up of {listed(parts)}.",
        f"Luck decided: the draw, a number between 0 and 1, was {luck:.2g} and had to fall below {chance:.2g}.",
    )
    return AccessionExplanation(agreement, state, year, said, table, luck)


def _table(values: dict[str, float]) -> pd.DataFrame:
    used = {term: value for term, value in sorted(values.items(), key=lambda item: -item[1]) if value}
    contributions = np.array(list(used.values()), dtype=np.float64)
    return pd.DataFrame(
        {
            "term": pd.Series(list(used), dtype="str"),
            "contribution": contributions,
            "share": contributions / contributions.sum() if used else contributions,
            "meaning": pd.Series([MEANINGS[term][0] for term in used], dtype="str"),
        }
    )


def _draw(results: Results, title: str, year: int, row: int) -> float:
    stream = Streams(int(results.manifest["seed"]))("conventions", year)
    return float(stream.uniform_at(f"adopt {title}", np.array([row]))[0])


def _without_hazard(world: World, agreement: int) -> str:
    norm = next(norm for norm in world.norms.items if norm.agreement == agreement)
    if norm.kind == "declaration":
        return "It is a declaration: all members of the universal organisation adopt it when it is opened."
    return "It was among the states that negotiated it and signed at the conference."


def _absent(results: Results, agreement: int, state: str, title: str) -> AccessionExplanation:
    model = run_to(config_of(results), int(results.manifest["seed"]), int(results.manifest["last_year"]))
    world = model.world
    norm = next(norm for norm in world.norms.items if norm.agreement == agreement)
    name = capital(names_in_sentences(results)[state])
    universal = world.international.universal
    member = universal < 0 or bool(world.international.members[universal, world.row(state)])
    opening = f"{name} did not join the {title} by {model.year}."
    if norm.prepared and norm.resistant[world.row(state)]:
        reason = "It is one of the states that resist this norm, and never would."
    elif not member:
        reason = f"Only members of {world.international.id[universal]} can, and it was not one in {model.year}."
    else:
        reason = "It was free to; every year the draw went against it."
    return AccessionExplanation(agreement, state, None, (opening, reason), _table({}), np.nan)

"""Twin runs: the same luck, two sets of rules; what differs is what the change did.

Every chance of a run hangs on the seed, the mechanism, the year and the pair, so two runs with one seed that differ in
a setting share all chances. This module runs pairs of twins and keeps what a comparison needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coopsim.config import Config
from coopsim.results.results import Results

STATE_COLUMNS = (
    "degree", "trust_received", "understood", "knowledge", "access", "capacity_heritage", "capacity_industries",
    "capacity_rights", "missions", "received_from_abroad",
)
LEDGER = ["id", "parties", "order", "signed", "ended", "end_reason", "renewals", "initial"]
CHANGES = {
    "seed": "int64", "change": "str", "iso3_a": "str", "iso3_b": "str", "order": "int64", "id_a": "Int64",
    "id_b": "Int64", "signed_a": "Int64", "signed_b": "Int64", "ended_a": "Int64", "ended_b": "Int64",
    "end_reason_a": "str", "end_reason_b": "str", "renewals_a": "Int64", "renewals_b": "Int64",
    "tied_anyway": "bool",
}


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """What one pair of runs with the same seed leaves for a comparison.

    Attributes
    ----------
    seed : int
    indicators_a, indicators_b : DataFrame
        Indexed by year.
    states_a, states_b : DataFrame
        The last year, indexed by code.
    changes : DataFrame
        Cultural agreements that are not the same in both runs.
    """

    seed: int
    indicators_a: pd.DataFrame
    indicators_b: pd.DataFrame
    states_a: pd.DataFrame
    states_b: pd.DataFrame
    changes: pd.DataFrame


def twin_of(a: Results, b: Results) -> Twin:
    """Return what two runs leave for a comparison; the seed is that of the first."""
    seed = int(a.manifest["seed"])
    return Twin(
        seed, a.indicators.set_index("year"), b.indicators.set_index("year"), _last_states(a), _last_states(b),
        agreement_changes(a, b, seed),
    )


def run_twins(a: Config, b: Config, seed: int) -> Twin:
    """Run two configurations with one seed."""
    from coopsim.experiment.run import run

    return twin_of(run(a, seed=seed, command=""), run(b, seed=seed, command=""))


def all_twins(a: Config, b: Config, seeds: Sequence[int], executor: Executor | None = None) -> Iterator[Twin]:
    """Yield twins as they are finished, by any executor of `concurrent.futures`, or here one after the other."""
    if executor is None:
        yield from (run_twins(a, b, seed) for seed in seeds)
        return
    futures = [executor.submit(run_twins, a, b, seed) for seed in seeds]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _last_states(results: Results) -> pd.DataFrame:
    last = results.states[results.states["year"] == int(results.manifest["last_year"])]
    return last.set_index("iso3")[["name", *STATE_COLUMNS]]


def agreement_changes(a: Results, b: Results, seed: int) -> pd.DataFrame:
    """Return the cultural agreements that one run has and the other has not, or has otherwise.

    Agreements are matched by pair and order: the first that two states sign in one run is compared with the first
    that they sign in the other.

    Returns
    -------
    DataFrame
        seed; change: "caused" (only b has it), "prevented" (only a), "moved" (signed in another year), "ended
        otherwise" (signed in the same year, but ended in another year or for another reason) or "renewed otherwise";
        iso3_a, iso3_b: the two states; order: 1 for their first agreement; id, signed, ended, end_reason and
        renewals in both runs; tied_anyway: caused or prevented, but in that year the pair had an agreement in force
        in the other run too (one of them ended and was replaced, the other lived on).
    """
    ledger_a, ledger_b = _ledger(a), _ledger(b)
    both = ledger_a.merge(ledger_b, on=["parties", "order"], how="outer", suffixes=("_a", "_b"))
    both["change"] = pd.Series(_kinds(both), index=both.index, dtype="str")
    both = both[both["change"] != ""]
    both = both.assign(seed=seed, first=both["signed_a"].fillna(both["signed_b"]))
    both["tied_anyway"] = _tied_in(ledger_a, both, "caused") | _tied_in(ledger_b, both, "prevented")
    both[["iso3_a", "iso3_b"]] = both["parties"].str.split("-", expand=True).reindex(columns=[0, 1]).to_numpy()
    for column in ("end_reason_a", "end_reason_b"):
        both[column] = both[column].fillna("")
    both = both.sort_values(["first", "parties", "order"], kind="stable").reset_index(drop=True)
    return both[list(CHANGES)].astype(CHANGES)


def _ledger(results: Results) -> pd.DataFrame:
    ledger = results.agreements
    ledger = ledger[(ledger["form"] == "bilateral") & (ledger["topic"] == "culture")]
    ledger = ledger.sort_values(["parties", "signed", "id"], kind="stable")
    ledger = ledger.assign(order=ledger.groupby("parties").cumcount() + 1)[LEDGER]
    return ledger.astype({"id": "Int64", "signed": "Int64", "renewals": "Int64"})


def _tied_in(other: pd.DataFrame, both: pd.DataFrame, change: str) -> pd.Series[bool]:
    """Return for each row of a kind of change whether the pair had an agreement in the other run in that year."""
    rows = both.loc[both["change"] == change, ["parties", "first"]].rename_axis("row").reset_index()
    found = rows.merge(other, on="parties")
    lives = (found["signed"] <= found["first"]) & (found["ended"].isna() | (found["ended"] >= found["first"]))
    return pd.Series(both.index.isin(found.loc[lives.astype(bool), "row"]), index=both.index)


def _kinds(both: pd.DataFrame) -> np.ndarray:
    in_a, in_b = both["id_a"].notna(), both["id_b"].notna()
    moved = (both["signed_a"] != both["signed_b"]).fillna(False)
    ended = both["ended_a"].fillna(-1) != both["ended_b"].fillna(-1)
    ended |= both["end_reason_a"].fillna("") != both["end_reason_b"].fillna("")
    renewed = (both["renewals_a"] != both["renewals_b"]).fillna(False)
    return np.select(
        [~in_a, ~in_b, moved.to_numpy(bool), ended.to_numpy(bool), renewed.to_numpy(bool)],
        ["caused", "prevented", "moved", "ended otherwise", "renewed otherwise"], "",
    )

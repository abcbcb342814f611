"""The words of a comparison: what differs, and what the change caused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from coopsim.analysis.summary import HEADLINES
from coopsim.analysis.words import counted, listed, percent, significant, the
from coopsim.interventions import worth_telling
from coopsim.param import shown
from coopsim.results.indicators import INDICATORS, SHARES

MOST_HEADLINES = 6
MOST_EXAMPLES = 4
NO_SETTINGS = ("name", "title", "question", "background", "notice", "expectation", "preset")


def differing_settings(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in words what differs between two resolved configurations."""
    flat_a, flat_b = _flat(a), _flat(b)
    said = [
        f"{key} is {shown(flat_b.get(key))} instead of {shown(flat_a.get(key))}"
        for key in dict.fromkeys([*flat_a, *flat_b]) if flat_a.get(key) != flat_b.get(key)
    ]
    changes_a, changes_b = list(a["interventions"]), list(b["interventions"])
    said += [f"without: {_change(change)}" for change in changes_a if change not in changes_b]
    said += [_change(change) for change in changes_b if change not in changes_a]
    return tuple(said)


def _flat(tables: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tables.items():
        if key in (*NO_SETTINGS, "interventions"):
            continue
        for name, item in value.items():
            inner = item.items() if key == "parameters" else [("", item)]
            prefix = name if key == "parameters" else f"{key}.{name}"
            found |= {f"{prefix}.{last}" if last else prefix: entry for last, entry in inner}
    return found


def _change(change: Mapping[str, Any]) -> str:
    entries = [f"{key} {shown(value)}" for key, value in worth_telling(change).items()]
    return f"in {change['year']}, {change['kind'].replace('_', ' ')}: {', '.join(entries)}"


def sentences_of(
    settings: tuple[str, ...], seeds: Sequence[int], differences: pd.DataFrame, agreements: pd.DataFrame,
    states: pd.DataFrame,
) -> tuple[str, ...]:
    """Say what the change is and what it caused."""
    twins = "one pair of twins" if len(seeds) == 1 else f"{len(seeds)} pairs of twins"
    opening = f"The change: {'; '.join(settings)}." if settings else "The two scenarios have the same settings."
    if agreements.empty and not differences["difference"].any() and not differences["sd_difference"].fillna(0).any():
        return (opening, f"It made no difference at all, in {twins} that share all their luck.")
    said = [opening, _signatures(agreements, len(seeds)), *_examples(agreements, states)]
    return (*said, *_headlines(differences, len(seeds)), *_gains(states, len(seeds)))


def _signatures(agreements: pd.DataFrame, n: int) -> str:
    counts = agreements["change"].value_counts() / n
    anyway = agreements.loc[agreements["tied_anyway"], "change"].value_counts() / n
    why = {
        "caused": "followed an end that the change brought about",
        "prevented": "were to follow an end that did not come",
    }
    parts = []
    for change, words in (("caused", "caused"), ("prevented", "prevented"), ("moved", "moved to another year")):
        replaced = f" ({_mean(anyway[change], n)} of them {why[change]})" if change in anyway else ""
        parts.append(f"{words} {_mean(counts.get(change, 0.0), n)}{replaced}")
    over = "" if n == 1 else f" on average over {n} pairs of twins"
    ends = _mean(counts.get("ended otherwise", 0.0), n)
    return (
        f"Of the cultural agreements, the change{over} {listed(parts)}; {ends} more were signed in the same year but "
        "ended in another."
    )


def _mean(count: float, n: int) -> str:
    return f"{count:,.0f}" if n == 1 or count >= 100 else f"{count:.1f}"


def _examples(agreements: pd.DataFrame, states: pd.DataFrame) -> tuple[str, ...]:
    """Name the agreements that the change touched in most twins."""
    names = {code: the(name) for code, name in zip(states["iso3"], states["name"], strict=True)}
    said = []
    twins = agreements["seed"].nunique()
    for change, words in (("caused", "Caused"), ("prevented", "Prevented"), ("moved", "Moved in time")):
        rows = agreements[(agreements["change"] == change) & ~agreements["tied_anyway"]]
        if rows.empty:
            continue
        grouped = rows.groupby(["iso3_a", "iso3_b"], sort=False)
        counts = grouped["seed"].nunique().sort_values(ascending=False, kind="stable").head(MOST_EXAMPLES)
        shown_pairs = [
            f"{names[a]} and {names[b]}{_when(grouped.get_group((a, b)).iloc[0], change, int(count), twins)}"
            for (a, b), count in zip(counts.index.to_list(), counts, strict=True)
        ]
        said.append(f"{words}, for example: {'; '.join(shown_pairs)}.")
    return tuple(said)


def _when(row: pd.Series[Any], change: str, count: int, twins: int) -> str:
    if twins > 1:
        return f" (in {count} of {twins})"
    if change == "moved":
        return f" (from {row['signed_a']} to {row['signed_b']})"
    return f" ({row['signed_b'] if change == 'caused' else row['signed_a']})"


def _headlines(differences: pd.DataFrame, n: int) -> tuple[str, ...]:
    """Say the main indicators of the last year that differ, the surest first."""
    last = differences[differences["year"] == differences["year"].max()].set_index("indicator")
    last = last.loc[[name for name in HEADLINES if name in last.index]]
    last = last[last["difference"] != 0]
    if n > 1:
        sure = last[(last["low"] > 0) | (last["high"] < 0)]
        order = (sure["difference"].abs() / sure["sd_difference"]).sort_values(ascending=False, kind="stable")
        rest = len(last) - len(sure)
        said = [_headline(name, sure.loc[name], n) for name in order.index[:MOST_HEADLINES]]
        if rest:
            more = "other main" if said else "main"
            other = counted(rest, f"{more} indicator differs", f"{more} indicators differ")
            said.append(f"In the last year {other} by no more than luck explains (the interval holds 0).")
        return tuple(said)
    change = (last["difference"].abs() / last["a"].abs().clip(lower=1e-12)).sort_values(ascending=False, kind="stable")
    return tuple(_headline(str(name), last.loc[name], n) for name in change.index[:MOST_HEADLINES])


def _headline(name: str, row: pd.Series[Any], n: int) -> str:
    known = INDICATORS[name]
    unit = "" if known.unit in ("1", "count") else f" {known.unit}".replace(" 1/yr", "/yr").replace("/yr", " a year")
    year, label = int(row["year"]), known.label[:1].upper() + known.label[1:]
    factor, each, points = (100, " %", " points") if name in SHARES else (1, "", "")
    b, a = (significant(factor * row[side], 3) + each for side in ("b", "a"))

    def signed(key: str) -> str:
        return significant(factor * row[key], 2, signed=True)

    text = f"{label} in {year}: {b} instead of {a}{unit}, {signed('difference')}{points}"
    if n == 1:
        return f"{text}; one pair of twins cannot tell how much of it is luck."
    return f"{text} (95 % interval {signed('low')} to {signed('high')}); {_share(row['policy_share'])}."


def _share(policy: float) -> str:
    if policy > 0.995:
        return "practically all of it is policy"
    return f"{percent(policy)} of it is policy, the rest luck"


def _gains(states: pd.DataFrame, n: int) -> tuple[str, ...]:
    """Name the states whose number of partners the change moved most, where luck does not explain it."""
    low, high = ("partners", "partners") if n == 1 else ("partners_low", "partners_high")
    gained, lost = states[states[low] > 0].head(MOST_EXAMPLES), states[states[high] < 0].tail(MOST_EXAMPLES).iloc[::-1]
    said = []
    for rows, words in ((gained, "gained"), (lost, "lost")):
        if len(rows):
            named = [f"{the(str(r['name']))} ({r['partners']:+.{0 if n == 1 else 1}f})" for _, r in rows.iterrows()]
            said.append(f"Most partners by the last year {words}: {listed(named)}.")
    return tuple(said)

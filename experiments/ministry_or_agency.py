"""Compare ministries and agencies at arm's length: which keep their partners when politics breaks.

Question. A ministry follows the interests of the state and is believed less the further apart two governments are; an
agency at arm's length follows what peoples have in common and is believed more. Is what agencies build more
resilient when governments fall out?

Design. Twins of the world of today, `--years` years, two channels times three courses of politics:

- `ministry`: the ministry spends every bilateral budget; `agency`: an agency of autonomy 0.8 spends nine tenths;
- `calm`: nothing happens; `turn`: half way, the governments of every fifth state (by code) move 1.5 units of ideal
  point outwards, away from the median; `conflict`: half way, these states and the next ones by code clash for three
  years.

The states are chosen by their place in the alphabet: the shocks are hypothetical and say nothing about any country.

Outcomes, on pairs that had an agreement at the start and are hit by the shock (the same pairs in all arms): mean
trust and understanding, and the share that still has an agreement, three years after the shock and at the end.

The channel matters in calm (agency less ministry). It is *resilient* if the shock costs less under it: the loss under
agencies less the loss under ministries, a difference of differences between four twins of each seed.

What would change our mind: no interval of that double difference that leaves out 0, or a sign that flips in more
than one of ten draws from the plausible ranges; the credibility discount (0 to 1) is one of those drawn.

Run: uv run python experiments/ministry_or_agency.py [--quick] [--workers 2] [--out DIR]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import arms
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import coopsim as cs
from coopsim.results import Record

NAME = "ministry_or_agency"
EVERY, STEP, CLASH = 5, 1.5, 3
RECORD = Record(indicators=("density",), tables=("ties",))
SHOCKS = ("turn", "conflict")
MEASURED = {"trust": "trust", "understanding": "understanding", "tied": "agreements kept"}
WHEN = {"soon": "after 3 years", "end": "at the end"}
PAIRS = {
    "calm": ("agency calm", "ministry calm"),
    **{f"loss by {shock}, {channel}": (f"{channel} {shock}", f"{channel} calm")
       for shock in SHOCKS for channel in ("ministry", "agency")},
    **{f"resilience to {shock}": (f"agency {shock}", "agency calm", f"ministry {shock}", "ministry calm")
       for shock in SHOCKS},
}


def shock_year(config: cs.Config) -> int:
    """Return the year of the shock: half way."""
    return config.start_year + max(2, config.years // 2)


def measure(config: cs.Config, seed: int) -> Mapping[str, float]:
    """Return the outcomes of a run, for both groups of pairs."""
    soon = min(shock_year(config) + CLASH, config.start_year + config.years)
    ties = cs.run(config, seed=seed, record=RECORD, ties_years=[soon]).ties.set_index(["iso3_a", "iso3_b"])
    first = ties[ties["year"] == config.start_year]
    codes = sorted({code for pair in first.index for code in pair})
    hit, clash = set(codes[::EVERY]), set(codes[1::EVERY])
    a, b = (first.index.get_level_values(level) for level in (0, 1))
    groups = {
        "turn": a.isin(hit) != b.isin(hit),
        "conflict": (a.isin(hit) & b.isin(clash)) | (a.isin(clash) & b.isin(hit)),
    }
    found: dict[str, float] = {}
    for when, year in (("soon", soon), ("end", config.start_year + config.years)):
        then = ties[ties["year"] == year].reindex(first.index)
        for shock, group in groups.items():
            pairs = then[group & (first["agreements"] > 0).to_numpy()]
            found |= {f"{name} {shock} {when}": float(pairs[name].mean()) for name in ("trust", "understanding")}
            found[f"tied {shock} {when}"] = float((pairs["agreements"] > 0).mean())
    return found


def make_arms(chosen: arms.Options) -> dict[str, cs.Config]:
    """Return the six configurations."""
    base = chosen.base
    world = cs.CoopModel(base, rng=chosen.seed).world.states
    order = np.argsort(world.iso3)
    hit, clash = order[::EVERY], order[1::EVERY]
    outwards = world.ideal_point[hit] >= np.median(world.ideal_point)
    year, first = shock_year(base), base.start_year + 1
    shocks: dict[str, list[dict[str, Any]]] = {
        "calm": [],
        "turn": [
            {"year": year, "kind": "shift_ideal_point", "who": world.iso3[hit[side]].tolist(), "by": by}
            for side, by in ((outwards, STEP), (~outwards, -STEP)) if side.any()
        ],
        "conflict": [{"year": year, "kind": "incident", "who": world.iso3[hit].tolist(),
                      "with": world.iso3[clash].tolist(), "years": CLASH}],
    }
    agency = {"year": first, "kind": "set_channel", "who": "all", "share": 0.9, "autonomy": 0.8}
    channels = {
        "ministry": base.with_values({"channels.arms_length": False}), "agency": base.with_interventions(agency),
    }
    return {
        f"{channel} {shock}": config.with_interventions(*changes)
        for channel, config in channels.items() for shock, changes in shocks.items()
    }


def tidy(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the contrasts; each shock is judged on the pairs that it hits, calm on those of the turn."""
    table = arms.contrasts(runs, [name for name in runs if name not in (*arms.KEYS, "config")], PAIRS)
    table[["measured", "group", "when"]] = table["outcome"].str.split(" ", expand=True)
    own = [("turn" if "conflict" not in contrast else "conflict") for contrast in table["contrast"]]
    return table[table["group"] == own].drop(columns="outcome").reset_index(drop=True)


def experiment() -> None:
    """Run the arms and say what was found."""
    chosen = arms.options(__doc__, NAME, replications=20, draws=80, years=30,
                          quick={"replications": 4, "draws": 5, "years": 12, "synthetic": 40})
    table = tidy(arms.run_arms(make_arms(chosen), measure, chosen))
    arms.finish(chosen, NAME, {"contrasts": table}, draw(table), arms.caption(chosen), findings(table))


def findings(table: pd.DataFrame) -> list[str]:
    """Say what the numbers say."""
    row = {(r["contrast"], r["measured"], r["when"]): r for r in table.to_dict("records")}
    text = [
        arms.said(row["calm", "trust", "end"], "In calm, agencies instead of ministries change trust between partners"),
        arms.said(row["calm", "understanding", "end"], "Understanding between partners in calm"),
    ]
    for shock, words in (("turn", "a political turn"), ("conflict", "an open conflict")):
        costs = {
            (name, channel): row[f"loss by {shock}, {channel}", name, "end"]["effect"]
            for name in ("trust", "understanding") for channel in ("ministry", "agency")
        }
        text += [
            f"By the end {words} has moved trust between partners by {costs['trust', 'ministry']:+.4f} under "
            f"ministries and {costs['trust', 'agency']:+.4f} under agencies, understanding by "
            f"{costs['understanding', 'ministry']:+.4f} and {costs['understanding', 'agency']:+.4f}.",
            arms.said(row[f"resilience to {shock}", "trust", "end"], "Agencies less ministries, cost in trust"),
            arms.said(row[f"resilience to {shock}", "understanding", "end"], "Cost in understanding"),
            arms.said(row[f"resilience to {shock}", "tied", "end"], "Agreements kept", " percentage points", scale=100),
        ]
    return text


def draw(table: pd.DataFrame) -> Figure:
    """Draw what the shocks cost, and below it what agencies change: in calm, and of that cost."""
    figure = Figure(figsize=(12.5, 6.6), layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0.04, 1, 0.96), w_pad=0.08, h_pad=0.08)
    figure.suptitle("What ministries and agencies build, when politics breaks", x=0.012, ha="left", fontsize=14,
                    fontweight="bold", color=arms.INK)
    losses = table["contrast"].str.startswith("loss")
    rows = table.assign(label=table["contrast"] + ", " + table["when"].map(WHEN))
    for line, chosen, words in zip(figure.subplots(2, 3, sharey="row"), (losses & (table["when"] == "soon"), ~losses),
                                   ("cost of the shock", "agency less ministry"), strict=True):
        for axes, (name, title) in zip(line, MEASURED.items(), strict=True):
            percent = name == "tied"
            arms.forest(axes, rows[chosen & (table["measured"] == name)], f"{title.capitalize()}: {words}",
                        "percentage points" if percent else "difference", label="label", scale=100 if percent else 1)
    return figure


if __name__ == "__main__":
    arms.main(experiment)

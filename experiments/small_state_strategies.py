"""Compare what a small state can do with culture: money, missions, a campaign, an institute, or all of it.

Question. Does money buy partners, or does presence? Which strategy buys agreements, which trust, which understanding?

Design. Twins of the world of today, `--years` years. Of the states with less than 12 million people, six are
chosen, evenly spaced by the size of their economies; all six follow the same strategy from the first year on. Six of
195 states are few enough not to change the world around them, and their mean is less noisy than one state.

- `nothing`: as today (the control);
- `money`: the budget for culture times eight;
- `missions`: a mission in every state;
- `campaign`: diplomatic activism times three;
- `institute`: an agency of autonomy 0.8 spends nine tenths of the budget;
- `everything`: all four.

Outcomes in the last year, means over the six: partners; trust that others have in them; how well others understand
them, and they others; students they host; their budgets. Missions and campaigns cost nothing in the model, so that it
cannot rank strategies by what they cost.

What would change our mind: a ranking of strategies that changes with the draws from the plausible ranges.

Run: uv run python experiments/small_state_strategies.py [--quick] [--workers 2] [--out DIR]
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import arms
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import coopsim as cs
from coopsim.analysis.words import listed
from coopsim.results import Record

NAME = "small_state_strategies"
SMALL, CHOSEN = 12.0, 6  # million people; states
RECORD = Record(indicators=("density",), tables=("states",))
OUTCOMES = {
    "degree": "partners", "trust_received": "trust of others in them", "understood": "others understand them",
    "understanding": "they understand others", "students_hosted": "students hosted, per cent more",
    "budget": "budget, million $ a year",
}
STRATEGIES = ("money", "missions", "campaign", "institute", "everything")
PAIRS = {strategy: (strategy, "nothing") for strategy in STRATEGIES}


def measure(codes: tuple[str, ...], config: cs.Config, seed: int) -> Mapping[str, float]:
    """Return the means over the chosen states in the last year; hosted students as a logarithm, in per cent."""
    states = cs.run(config, seed=seed, record=RECORD).states
    last = states[(states["year"] == states["year"].max()) & states["iso3"].isin(codes)]
    found = {name: float(last[name].mean()) for name in OUTCOMES}
    return found | {"students_hosted": 100 * float(np.log(last["students_hosted"].clip(lower=1)).mean())}


def small_states(chosen: arms.Options) -> tuple[str, ...]:
    """Return the codes of the small states, evenly spaced by the size of their economies."""
    world = cs.CoopModel(chosen.base, rng=chosen.seed).world.states
    small = np.flatnonzero(world.population < SMALL)
    ranked = small[np.argsort(world.gdp[small], kind="stable")]
    places = np.linspace(0, len(ranked) - 1, CHOSEN + 2).round().astype(int)[1:-1]
    return tuple(str(code) for code in world.iso3[ranked[places]])


def make_arms(chosen: arms.Options, codes: tuple[str, ...]) -> dict[str, cs.Config]:
    """Return the six configurations."""
    who: dict[str, Any] = {"year": chosen.base.start_year + 1, "who": list(codes)}
    changes = {
        "money": {**who, "kind": "budget", "factor": 8.0},
        "missions": {**who, "kind": "open_missions"},
        "campaign": {**who, "kind": "set_activism", "factor": 3.0},
        "institute": {**who, "kind": "set_channel", "share": 0.9, "autonomy": 0.8},
    }
    single = {strategy: chosen.base.with_interventions(change) for strategy, change in changes.items()}
    return {"nothing": chosen.base, **single, "everything": chosen.base.with_interventions(*changes.values())}


def experiment() -> None:
    """Run the arms and say what was found."""
    chosen = arms.options(__doc__, NAME, replications=30, draws=100, years=25,
                          quick={"replications": 4, "draws": 5, "years": 12, "synthetic": 40})
    codes = small_states(chosen)
    runs = arms.run_arms(make_arms(chosen, codes), partial(measure, codes), chosen)
    table = arms.contrasts(runs, list(OUTCOMES), PAIRS)
    ranks = ranking(runs)
    below = f"{arms.caption(chosen)} · {', '.join(codes)}"
    arms.finish(chosen, NAME, {"contrasts": table, "ranking": ranks}, draw(table), below,
                findings(table, ranks, codes))


def ranking(runs: pd.DataFrame) -> pd.DataFrame:
    """Return in which share of the draws (or twins, without draws) no other single strategy gains more partners."""
    chosen = runs[runs["draw"] > 0] if (runs["draw"] > 0).any() else runs
    wide = chosen.pivot(index=["draw", "seed"], columns="arm", values="degree")[list(STRATEGIES[:-1])]
    shares = wide.eq(wide.max(axis=1), axis=0).mean()
    return shares.rename_axis("strategy").rename("best").reset_index().assign(compared=len(wide))


def findings(table: pd.DataFrame, ranks: pd.DataFrame, codes: tuple[str, ...]) -> list[str]:
    """Say what the numbers say."""
    row = {(r["contrast"], r["outcome"]): r for r in table.to_dict("records")}
    single = [name for name in STRATEGIES if name != "everything"]
    most = max(single, key=lambda name: row[name, "degree"]["effect"])
    trusted = max(single, key=lambda name: row[name, "trust_received"]["effect"])
    shares = listed([f"{100 * best:.0f} % for {name}" for name, best in
                          zip(ranks["strategy"], ranks["best"], strict=True) if best > 0])
    both = row["everything", "degree"]["effect"]
    alone = sum(row[name, "degree"]["effect"] for name in single)
    return [
        f"Six small states ({', '.join(codes)}) have {row['money', 'degree']['base']:.1f} partners on average if they "
        "do nothing new.",
        *(arms.said(row[name, "degree"], f"Partners gained by {name}") for name in STRATEGIES),
        f"Most partners by one strategy alone: {most}; most trust: {trusted} "
        f"({row[trusted, 'trust_received']['effect']:+.3f}, {arms.verdict(row[trusted, 'trust_received'])}).",
        f"Share of {ranks['compared'].iloc[0]} draws in which no other strategy gains more partners: {shares}.",
        f"Everything at once gains {both:.1f} partners, the four alone {alone:.1f} together.",
        arms.said(row["money", "understood"], "How well others understand them, by money"),
    ]


def draw(table: pd.DataFrame) -> Figure:
    """Draw every outcome as a panel of strategies."""
    figure = Figure(figsize=(12, 6), layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0.04, 1, 0.96), w_pad=0.08, h_pad=0.08)
    figure.suptitle("What a small state can do with culture", x=0.012, ha="left", fontsize=14, fontweight="bold",
                    color=arms.INK)
    for axes, (outcome, title) in zip(figure.subplots(2, 3, sharey=True).flat, OUTCOMES.items(), strict=True):
        arms.forest(axes, table[table["outcome"] == outcome], title[:1].upper() + title[1:],
                    "against doing nothing new")
    return figure


if __name__ == "__main__":
    arms.main(experiment)

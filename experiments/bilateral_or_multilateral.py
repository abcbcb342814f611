"""Tell whether multilateral cooperation crowds bilateral agreements out, or in.

Question. Money and attention given to organisations of states may be missing between two states (crowding out); or
organisations bring members together, build what they have in common and so make agreements between them more
likely (crowding in).

Design. Twins of the world of today, `--years` years, that differ in one thing:

- `none`: organisations of states have no effect and get no money (M16 off, no dues);
- `today`: states pay the default share of their budgets as dues (0.15);
- `redirected`: they pay 0.40, the upper end of the plausible range, out of the same budgets;
- `added`: they pay as today, and the universal organisation gets a grant equal to what `redirected` adds.

In a synthetic world the grant goes to its universal organisation. The grant's size is measured in the default arm
`redirected` (first seed, first year) and is the same in every run.

Outcomes, over the whole run: agreements signed per year; density, mean trust and pairs that trust each other in the
last year; public bilateral spending per year; assistance that organisations of states give per year.

Crowding *out* is a fall of signatures or density against `none`, crowding *in* a rise. Redirected less added tells
the price of taking the money from bilateral programmes.

What would change our mind: a sign that flips in more than one of ten draws from the plausible ranges.

Run: uv run python experiments/bilateral_or_multilateral.py [--quick] [--workers 2] [--out DIR]
"""

from __future__ import annotations

from collections.abc import Mapping

import arms
import pandas as pd
from matplotlib.figure import Figure

import coopsim as cs
from coopsim.results import Record

NAME = "bilateral_or_multilateral"
REDIRECTED = 0.4
RECORD = Record(indicators=("signed", "density", "trust", "friend_share", "spending_ministry", "spending_agency",
                            "international_assistance", "international_budget"), tables=())
OUTCOMES = {
    "signed": "agreements signed a year", "density": "density", "trust": "mean trust",
    "friend_share": "pairs that trust each other", "bilateral": "bilateral spending, million $ a year",
    "assistance": "international assistance, doses a year",
}
PAIRS = {
    "today − none": ("today", "none"), "redirected − today": ("redirected", "today"),
    "added − today": ("added", "today"), "redirected − added": ("redirected", "added"),
}


def measure(config: cs.Config, seed: int) -> Mapping[str, float]:
    """Return the outcomes of a run."""
    years = cs.run(config, seed=seed, record=RECORD).indicators.iloc[1:]
    last = years.iloc[-1]
    return {
        "signed": years["signed"].mean(), "density": last["density"], "trust": last["trust"],
        "friend_share": last["friend_share"],
        "bilateral": (years["spending_ministry"] + years["spending_agency"]).mean(),
        "assistance": years["international_assistance"].mean(),
    }


def make_arms(chosen: arms.Options) -> dict[str, cs.Config]:
    """Return the four configurations."""
    base = chosen.base
    redirected = base.with_values({"budgets.dues_share": REDIRECTED})
    more, usual = (
        cs.run(config, seed=chosen.seed, years=1, record=RECORD).indicators["international_budget"].iloc[-1]
        for config in (redirected, base)
    )
    grant = {"year": base.start_year + 1, "kind": "grant", "to": universal(chosen), "amount": float(more - usual)}
    return {
        "none": base.with_values({"mechanisms.multilateral": False, "budgets.dues_share": 0.0}),
        "today": base,
        "redirected": redirected,
        "added": base.with_interventions(grant),
    }


def universal(chosen: arms.Options) -> str:
    """Return the id of the universal organisation."""
    world = cs.CoopModel(chosen.base, rng=chosen.seed).world.international
    return str(world.id[world.universal])


def experiment() -> None:
    """Run the arms and say what was found."""
    chosen = arms.options(__doc__, NAME, replications=30, draws=120, years=30,
                          quick={"replications": 4, "draws": 6, "years": 12, "synthetic": 40})
    runs = arms.run_arms(make_arms(chosen), measure, chosen, held=("budgets.dues_share",))
    table = arms.contrasts(runs, list(OUTCOMES), PAIRS)
    arms.finish(chosen, NAME, {"contrasts": table}, draw(table), arms.caption(chosen), findings(table))


def findings(table: pd.DataFrame) -> list[str]:
    """Say what the numbers say."""
    row = {(r["contrast"], r["outcome"]): r for r in table.to_dict("records")}
    signed, price = row["today − none", "signed"], row["redirected − added", "signed"]
    sure = signed["low"] > 0 or signed["high"] < 0
    size = f", by {100 * abs(signed['effect'] / signed['base']):.2g} %" if signed["base"] else ""
    word = f"crowds bilateral agreements {'in' if signed['effect'] > 0 else 'out'}{size}"
    if not sure:
        word = "neither crowds bilateral agreements in nor out, as far as these runs can tell"
    return [
        f"Multilateral cooperation as it is today {word}{f' ({arms.verdict(signed)})' if sure else ''}.",
        arms.said(signed, "Agreements signed a year, today against no multilateral cooperation"),
        arms.said(row["today − none", "density"], "Density after the run", " percentage points", scale=100),
        arms.said(row["today − none", "friend_share"], "Pairs that trust each other", " percentage points", scale=100),
        arms.said(row["redirected − today", "signed"], "More dues from the same budgets, agreements signed a year"),
        arms.said(row["redirected − today", "bilateral"], "Bilateral spending in that case", " million $ a year"),
        arms.said(price, "Taking the money from bilateral programmes rather than adding it, agreements signed a year"),
        arms.said(row["redirected − added", "trust"], "Mean trust in that case"),
    ]


def draw(table: pd.DataFrame) -> Figure:
    """Draw every outcome as a panel of contrasts."""
    figure = Figure(figsize=(11.5, 6.2), layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0.04, 1, 0.96), w_pad=0.08, h_pad=0.08)
    figure.suptitle("Does multilateral cooperation crowd out or crowd in?", x=0.012, ha="left", fontsize=14,
                    fontweight="bold", color=arms.INK)
    for axes, (outcome, title) in zip(figure.subplots(2, 3).flat, OUTCOMES.items(), strict=True):
        percent = outcome in ("density", "friend_share")
        arms.forest(axes, table[table["outcome"] == outcome], title[:1].upper() + title[1:],
                    "percentage points" if percent else "difference", scale=100 if percent else 1)
    return figure


if __name__ == "__main__":
    arms.main(experiment)

"""Measure how far cultural cooperation spills over into other agreements, by level of trust.

Question. Pairs with a cultural agreement make more treaties on trade, science and other topics. How much of that is
what agreements do, and how much is that they go to pairs that trust each other anyway? Is the effect larger where
there is more trust?

Design. Each run is a pair of twin worlds: one as it is, one that never had a cultural agreement (none at the start,
none signed). The twins share their luck and, before anything happens, their trust. Pairs that have an agreement at
the start of the first world are followed in both for `--years` years, in three equal groups by their trust at the
start. What they sign in the first world and not in the second is what cultural cooperation did: agreements,
programmes that follow them, trust that grows from both.

Two arms: `all`, and `trust only`, where an agreement does not itself push other treaties (spillover.agreement = 0)
and works through trust alone.

Outcomes per group: treaties on other topics per 100 pair-years with and without cultural cooperation, their
difference (the effect) and ratio; and beside it the *naive* ratio of tied to untied pairs of the same group in the
first world, which an observer would compute.

What would change our mind: an effect in the group of most trust that is not larger than in the group of least trust.
The model makes the push multiplicative by assumption (M19), so a larger absolute effect at more trust is likely; how
much larger, and how much of it is trust, is not assumed.

Run: uv run python experiments/spillover_by_trust.py [--quick] [--workers 2] [--out DIR]
"""

from __future__ import annotations

from collections.abc import Mapping

import arms
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import coopsim as cs
from coopsim.results import Record

NAME = "spillover_by_trust"
RECORD = Record(indicators=("density",), tables=("ties",))
GROUPS = ("least", "middle", "most")
NEVER = {"initial.density": 0.0, "bilateral.base_rate": 0.0}
PER = 100.0  # pair-years


def measure(config: cs.Config, seed: int) -> Mapping[str, float]:
    """Return rates of treaties of tied pairs by group of trust, with and without cultural cooperation."""
    world, never = (cs.run(c, seed=seed, record=RECORD).ties for c in (config, config.with_values(NEVER)))
    first, last = (world[world["year"] == config.start_year + year] for year in (0, config.years))
    control = never[never["year"] == config.start_year + config.years]
    tied = (first["agreements"] > 0).to_numpy()
    trust = np.sqrt(first["trust_ab"] * first["trust_ba"]).to_numpy()
    group = np.searchsorted(np.quantile(trust[tied], [1 / 3, 2 / 3]), trust)
    rate = PER / config.years
    treaties, without = (rate * table["treaties"].to_numpy() for table in (last, control))
    found: dict[str, float] = {}
    for number, name in enumerate(GROUPS):
        here = tied & (group == number)
        untied = ~tied & (group == number)
        found |= {
            f"trust {name}": float(trust[here].mean()), f"with {name}": float(treaties[here].mean()),
            f"without {name}": float(without[here].mean()), f"untied {name}": float(treaties[untied].mean()),
            f"effect {name}": float((treaties - without)[here].mean()),
        }
    return found


def make_arms(chosen: arms.Options) -> dict[str, cs.Config]:
    """Return the two configurations."""
    return {"all": chosen.base, "trust only": chosen.base.with_values({"spillover.agreement": 0.0})}


def effects(runs: pd.DataFrame) -> pd.DataFrame:
    """Return effect and ratios by arm and group, and the difference between the groups of most and least trust."""
    rows = []
    for arm in ("all", "trust only"):
        own = runs[runs["arm"] == arm].set_index(["draw", "seed"])
        for name in GROUPS:
            usual = own.loc[0]
            totals = {key: usual[f"{key} {name}"].mean() for key in ("trust", "with", "without", "untied")}
            rows.append({
                "arm": arm, "group": f"{name} trust", **totals, "ratio": ratio(totals["with"], totals["without"]),
                "naive_ratio": ratio(totals["with"], totals["untied"]), **arms.certainty(own[f"effect {name}"]),
            })
        gap = own["effect most"] - own["effect least"]
        rows.append({"arm": arm, "group": "most less least", **arms.certainty(gap)})
    return pd.DataFrame(rows)


def ratio(rate: float, base: float) -> float:
    """Return how many times the base a rate is; missing if there is no base."""
    return rate / base if base > 0 else np.nan


def experiment() -> None:
    """Run the arms and say what was found."""
    chosen = arms.options(__doc__, NAME, replications=30, draws=100, years=25,
                          quick={"replications": 4, "draws": 5, "years": 12, "synthetic": 40})
    table = effects(arms.run_arms(make_arms(chosen), measure, chosen, held=("spillover.agreement",)))
    arms.finish(chosen, NAME, {"effects": table}, draw(table), arms.caption(chosen), findings(table))


def findings(table: pd.DataFrame) -> list[str]:
    """Say what the numbers say."""
    row = {(r["arm"], r["group"]): r for r in table.to_dict("records")}
    unit = " treaties per 100 pair-years"
    least, most, gap = (row["all", group] for group in ("least trust", "most trust", "most less least"))
    grows = "grows with trust" if gap["low"] > 0 else "falls with trust" if gap["high"] < 0 else (
        "does not differ by trust, as far as these runs can tell")
    by_trust = sum(row["trust only", f"{name} trust"]["effect"] for name in GROUPS)
    whole = sum(row["all", f"{name} trust"]["effect"] for name in GROUPS)
    share = f"Trust alone carries {100 * by_trust / whole:.0f} % of it." if whole > 0 else "There is none to divide."
    ratios = (
        f"The ratio of treaties with to without cultural cooperation is {least['ratio']:.2f} at least trust and "
        f"{most['ratio']:.2f} at most trust; comparing tied with untied pairs of the same group instead gives "
        f"{least['naive_ratio']:.2f} and {most['naive_ratio']:.2f}."
    )
    known = np.isfinite([group[key] for group in (least, most) for key in ("ratio", "naive_ratio")]).all()
    return [
        f"What cultural cooperation adds to other agreements {grows}.",
        arms.said(least, "Effect on pairs of least trust", unit),
        arms.said(most, "Effect on pairs of most trust", unit),
        arms.said(gap, "Most less least", unit), share,
        ratios if known else "There are too few treaties to tell ratios.",
    ]


def draw(table: pd.DataFrame) -> Figure:
    """Draw the effect by trust, and the true beside the naive ratio."""
    figure = Figure(figsize=(11.5, 4.4), layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0.06, 1, 0.94), w_pad=0.1, h_pad=0.08)
    figure.suptitle("What cultural cooperation adds to other agreements, by trust", x=0.012, ha="left", fontsize=14,
                    fontweight="bold", color=arms.INK)
    left, middle, right = figure.subplots(1, 3)
    for axes, arm, title in ((left, "all", "Effect"), (middle, "trust only", "Effect through trust alone")):
        arms.forest(axes, table[table["arm"] == arm], title, "treaties per 100 pair-years", label="group")
    groups = table[(table["arm"] == "all") & table["ratio"].notna()]
    for place, (column, label, style) in enumerate((("ratio", "with to without", "o-"),
                                                    ("naive_ratio", "tied to untied", "s--"))):
        right.plot(range(len(groups)), groups[column], style, color=(arms.BLUE, arms.ORANGE)[place], label=label)
    right.set_xticks(range(len(groups)), list(groups["group"]), fontsize=9)
    right.axhline(1, color=arms.GREY, linewidth=1)
    right.set_title("Ratio of treaties", loc="left", fontsize=10.5, fontweight="bold", color=arms.INK)
    right.spines[["top", "right"]].set_visible(False)
    right.legend(frameon=False, fontsize=9, loc="lower left", bbox_to_anchor=(0.02, 0.05))
    right.margins(x=0.15)
    return figure


if __name__ == "__main__":
    arms.main(experiment)

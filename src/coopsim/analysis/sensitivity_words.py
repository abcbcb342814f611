"""Sensitivity indices in words: which are large, which are noise, and what to do about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from coopsim.analysis.words import counted, listed, percent, some

if TYPE_CHECKING:
    from coopsim.analysis.sensitivity import Sensitivity

MUCH_LUCK = 0.1
VAGUE = 0.4  # half width of the summed shares from which on they say nothing
NAMED = 5  # parameters in a sentence
NEGLIGIBLE = 0.02  # of the largest effect


def sentences_of(found: Sensitivity) -> tuple[str, ...]:
    """Return what the indices say, what they do not, and what would help."""
    if found.sd == 0:
        return (f"{found.indicator} is the same at every point: nothing that varies here moves it.",)
    said = _morris(found) if found.method == "morris" else _sobol(found)
    return (*said, *_luck(found), *_lost(found))


def _morris(found: Sensitivity) -> list[str]:
    rows = found.table.to_dict("records")
    sure = [row for row in rows if row["mu_star"] - row["mu_star_conf"] > found.floor]
    top = rows[0]["mu_star"]
    unit = "over its whole range"
    said = []
    if sure:
        what = [f"{row['parameter']} ({row['mu_star']:.3g} ± {row['mu_star_conf']:.2g})" for row in sure]
        said.append(f"Moved {unit}, these change {found.indicator} most on average (mu*): {some(what, NAMED)}.")
    wide = [row["parameter"] for row in rows if row["mu_star"] and row["mu_star"] <= row["mu_star_conf"]]
    if wide:
        said.append(f"For {some(wide, NAMED)} the interval is wider than the estimate: "
                    f"{counted(found.samples, 'trajectory', 'trajectories')} are too few to rank them.")
    lucky = [row["parameter"] for row in rows if row["mu_star"] and row not in sure and row["parameter"] not in wide]
    if lucky:
        said.append(f"What {some(lucky, NAMED)} {_does(lucky)} is not told apart from luck, which alone would give a "
                    f"mu* of {found.floor:.2g}.")
    bends = [row["parameter"] for row in sure if row["sigma"] > row["mu_star"]]
    if bends:
        said.append(f"What {some(bends, NAMED)} {_does(bends)} depends on the other parameters or is not a straight "
                    "line: sigma exceeds mu*.")
    turns = [row["parameter"] for row in sure if abs(row["mu"]) < row["mu_star"] / 2]
    if turns:
        said.append(f"The effect of {some(turns, NAMED)} has no single sign: mu is less than half of mu*.")
    idle = [row["parameter"] for row in rows if row["mu_star"] + row["mu_star_conf"] < NEGLIGIBLE * top]
    if idle:
        said.append(f"{some(idle, NAMED)} can be left at {'its' if len(idle) == 1 else 'their'} default here: less "
                    f"than {percent(NEGLIGIBLE)} of the largest effect.")
    return said


def _does(names: list[str]) -> str:
    return "does" if len(names) == 1 else "do"


def _sobol(found: Sensitivity) -> list[str]:
    rows = found.table.to_dict("records")
    sure = [row for row in rows if row["ST"] - row["ST_conf"] > found.floor]
    said = []
    if sure:
        what = [f"{row['parameter']} ({_share(row['ST'], row['ST_conf'])}, alone {_share(row['S1'], row['S1_conf'])})"
                for row in sure]
        said.append(f"Share of the variance of {found.indicator} that each parameter has a part in (ST): "
                    f"{some(what, NAMED)}.")
    wide = [row["parameter"] for row in rows if row["ST"] <= row["ST_conf"]]
    lucky = [row["parameter"] for row in rows if row not in sure and row["parameter"] not in wide]
    if lucky:
        said.append(f"What {some(lucky, NAMED)} {_does(lucky)} is not told apart from luck, which alone would give an "
                    f"ST of {percent(found.floor)}.")
    if wide:
        said.append(f"For {some(wide, NAMED)} the interval is wider than the estimate: not told apart from no effect "
                    f"with {found.samples} base samples. Four times as many halve the intervals.")
    negative = [row["parameter"] for row in rows if row["S1"] < 0 or row["ST"] < 0]
    if negative:
        said.append(f"An index of {some(negative, NAMED)} is negative: no share of a variance can be; it is an "
                    "estimate of a share near zero, and its interval says how near.")
    said += _interactions(rows)
    odd = [row["parameter"] for row in rows if row["S1"] - row["ST"] > math.hypot(row["S1_conf"], row["ST_conf"])]
    if odd:
        said.append(f"For {some(odd, NAMED)} S1 exceeds ST by more than chance allows: too few samples, do not use.")
    return said


def _interactions(rows: list[dict[Any, Any]]) -> list[str]:
    alone = sum(row["S1"] for row in rows)
    error = math.sqrt(sum(row["S1_conf"] ** 2 for row in rows))
    if error > VAGUE:
        return [f"The parameters alone explain {_share(alone, error)}: too few samples to tell how much is "
                "interaction."]
    if alone + error < 0.95:
        joint = [row["parameter"] for row in rows if row["ST"] - row["S1"] > math.hypot(row["S1_conf"], row["ST_conf"])]
        which = f", above all of {some(joint, NAMED)}" if joint else ""
        return [f"The parameters alone explain {_share(alone, error)}; the rest are interactions{which}."]
    if alone - error > 1:
        return [f"The shares of the parameters alone sum to {_share(alone, error)}, more than there is: too few "
                "samples."]
    return [f"The parameters alone explain {_share(alone, error)}: hardly any interactions."]


def _share(value: float, reach: float) -> str:
    return f"{100 * value:.0f} ± {100 * reach:.0f} %"


def _luck(found: Sensitivity) -> list[str]:
    if not math.isfinite(found.luck):
        return ["With one replication per point nobody can say how much of this is luck; take at least two."]
    if found.luck > MUCH_LUCK:
        return [f"Luck is {percent(found.luck)} of the variance over points, even averaged over replications, and "
                "counts as interaction: take more replications."]
    return []


def _lost(found: Sensitivity) -> list[str]:
    if not found.lost:
        return []
    what = "trajectory" if found.method == "morris" else "base sample"
    many = "trajectories" if found.method == "morris" else "base samples"
    return [f"{counted(found.lost, what, many).capitalize()} {listed(['was' if found.lost == 1 else 'were'])} left "
            "out because a run failed."]

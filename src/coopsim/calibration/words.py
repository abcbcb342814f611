"""The result of a calibration in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coopsim.analysis.words import counted, listed

UNINFORMED = 0.1  # shrinkage below which the targets said nothing about a parameter
EDGE = 0.02  # of the searched range


def sentences_of(
    method: str, estimates: pd.DataFrame, fit: pd.DataFrame, misfit: dict[str, float], runs: int
) -> tuple[str, ...]:
    """Return estimates, what the targets did not tell, fit with new seeds, and whether it carries over."""
    said = []
    for row in estimates.to_dict("records"):
        said.append(f"{row['parameter']}: {_short(row['estimate'])} (default {_short(row['default'])}; "
                    f"{_spread(method, row)}; searched {_short(row['low'])} to {_short(row['high'])}).")
    if method == "abc":
        silent = [str(row["parameter"]) for row in estimates.to_dict("records") if row["shrinkage"] < UNINFORMED]
        if silent:
            said.append(f"The targets say next to nothing about {listed(silent)}: the posterior is as wide as the "
                        "prior.")
    edge = [str(row["parameter"]) for row in estimates.to_dict("records") if _at_edge(row)]
    if edge:
        said.append(f"{listed(edge)} lie{'s' if len(edge) == 1 else ''} at the edge of the searched range: widen it, "
                    "or doubt the model.")
    said.append(f"With {runs} new seeds the model is off by {misfit['fit']:.2g} scales on the fitted targets (root "
                f"mean square); with the scenario's own values by {misfit['fit_before']:.2g}.")
    if _in_vain(misfit):
        said.append("The search found nothing better than the scenario's own values: give it more trials or particles, "
                    "or other ranges, before anything is made of these estimates.")
    if np.isfinite(misfit["hold"]):
        said.append(_held(fit, misfit))
    else:
        said.append("No target was held out, so nothing tells whether the fit holds beyond what was fitted.")
    return tuple(said)


def _held(fit: pd.DataFrame, misfit: dict[str, float]) -> str:
    n = counted(int((fit["use"] == "hold").sum()), "target")
    if _in_vain(misfit):
        verdict = "there is no fit that could carry over"
    elif misfit["hold"] < misfit["hold_before"]:
        verdict = "the fit carries over"
    else:
        verdict = "the fit does not carry over: overfitted, or the model lacks something"
    return (f"On {n} held out it is off by {misfit['hold']:.2g}, before by {misfit['hold_before']:.2g}: {verdict}.")


def _in_vain(misfit: dict[str, float]) -> bool:
    return misfit["fit"] >= misfit["fit_before"]


def _spread(method: str, row: dict[Any, Any]) -> str:
    ends = f"{_short(row['q05'])} to {_short(row['q95'])}"
    return f"90 % credible {ends}" if method == "abc" else f"best tenth of trials {ends}"


def _at_edge(row: dict[Any, Any]) -> bool:
    low, high, value = row["low"], row["high"], row["estimate"]
    if isinstance(low, str | bool) or isinstance(value, str | bool):
        return False
    return bool(min(value - low, high - value) < EDGE * (high - low))


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

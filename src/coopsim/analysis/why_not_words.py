"""The words of a missing signature: why not, and what would have brought it."""

from __future__ import annotations

from typing import Any

import numpy as np

from coopsim.analysis.explain import contribution_table, weights
from coopsim.analysis.levers import Lever, Scene
from coopsim.analysis.words import capital, factor, listed, percent
from coopsim.mechanisms.mechanism import probability


def in_force(scene: Scene, row: Any, hazard: float) -> tuple[str, ...]:
    """Say that an agreement left nothing to sign."""
    chance = float(probability(np.array(hazard)))
    return (
        f"{capital(listed(scene.names))} signed no cultural agreement in {scene.year}.",
        f"The one of {int(row['signed'])} was in force; without it, their chance to sign one would have been "
        f"{percent(chance)}.",
    )


def why(scene: Scene, terms: dict[str, float], hazard: float, luck: float) -> tuple[str, ...]:
    """Say what spoke against a signature, what for it, and what luck did."""
    chance = float(probability(np.array(hazard)))
    pair = capital(listed(scene.names))
    opening = f"{pair} signed no cultural agreement in {scene.year}."
    if hazard <= 0:
        return (opening, "They could not: their chance was nil.")
    said = weights(contribution_table(terms))
    draw = (
        f"Luck decided: the draw, a number between 0 and 1, was {luck:.2g} and had to fall below {chance:.2g}; "
        f"with this luck they needed a rate of signature {factor(scene.needed / hazard)} as high."
    )
    return (opening, f"Their chance to sign was {percent(chance)}.", *reversed(said), draw)


def what_if(levers: tuple[Lever, ...]) -> tuple[str, ...]:
    """Say which single change would have brought the signature."""
    enough = [lever for lever in levers if lever.verdict == "enough"]
    if enough:
        best, *rest = enough
        said = [f"The smallest single change that would have brought the signature: {best.phrase} ({_size(best)})."]
        if rest:
            said.append(f"So would have, alone: {listed([f'{x.phrase} ({_size(x)})' for x in rest])}.")
    else:
        said = ["No single change that an intervention can make in that year would have been enough."]
    failing = [_plain(x) for x in levers if x.verdict == "not enough"]
    if failing and enough:
        said.append(f"Not enough alone, however large: {listed(failing)}.")
    slow = [x.phrase for x in levers if x.verdict == "no intervention" and x.phrase]
    if slow:
        said.append(f"What no intervention does within a year would also have done: {listed(slow)}.")
    return tuple(said)


def _size(lever: Lever) -> str:
    if not np.isfinite(lever.size):
        return "pairs do not differ in it"
    return f"{lever.size:.1f} standard deviations over pairs" if lever.size >= 0.1 else "a small difference over pairs"


def _plain(lever: Lever) -> str:
    return {"trust": "full trust", "interest": "interest in each other", "missions": "missions in both capitals"}.get(
        lever.name, f"the {lever.name.replace('activism ', 'activism of ')}"
    )

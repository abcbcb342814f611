"""The words of a missing signature: why not, and what would have brought it."""

from __future__ import annotations

from typing import Any

import numpy as np

from coopsim.analysis.explain import contribution_table, weights
from coopsim.analysis.levers import Lever, Scene
from coopsim.analysis.words import capital, factor, listed, percent
from coopsim.mechanisms.mechanism import probability

MORE = {
    "trust": "a standard deviation more of mutual trust", "interest": "a standard deviation more of mutual interest",
    "missions": "missions in both capitals", "activism": "a standard deviation more of diplomatic activity of {}",
    "capacity": "cultural sectors a standard deviation more developed",
    "commonality": "a standard deviation more of known commonality",
}


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


def what_if(scene: Scene, levers: tuple[Lever, ...]) -> tuple[str, ...]:
    """Say which single change would have brought the signature."""
    enough = [lever for lever in levers if lever.verdict == "enough"]
    if enough:
        best, *rest = enough
        said = [f"The smallest single change that would have brought the signature: {best.phrase} ({_size(best)})."]
        if rest:
            said.append(f"So would have, alone: {listed([f'{x.phrase} ({_size(x)})' for x in rest])}.")
    else:
        said = ["No single change that an intervention can make in that year would have been enough under this luck."]
    said += _helpful(scene, levers)
    failing = [_plain(scene, x) for x in levers if x.verdict == "not enough"]
    if failing and enough:
        said.append(f"Not enough alone, however large: {listed(failing)}.")
    slow = [x.phrase for x in levers if x.verdict == "no intervention" and x.phrase]
    if slow:
        said.append(f"What no intervention does within a year would also have done: {listed(slow)}.")
    return tuple(said)


def _helpful(scene: Scene, levers: tuple[Lever, ...]) -> list[str]:
    """Say what would have raised the chance most, by a plausible change and whatever the luck."""
    before, best = scene.chance(scene.piece), max(levers, key=lambda lever: lever.chance_if_more)
    if best.chance_if_more <= before:
        return []
    what = capital(MORE[best.name.partition(" ")[0]].format(*_whose(scene, best)))
    return [f"{what} would have helped their chance most: from {percent(before)} to {percent(best.chance_if_more)}."]


def _whose(scene: Scene, lever: Lever) -> tuple[str, ...]:
    code = lever.name.partition(" ")[2]
    return (scene.names[scene.codes.index(code)],) if code else ()


def _size(lever: Lever) -> str:
    if not np.isfinite(lever.size):
        return "pairs do not differ in it"
    return f"{lever.size:.1f} standard deviations over pairs" if lever.size >= 0.1 else "a small difference over pairs"


def _plain(scene: Scene, lever: Lever) -> str:
    return {"trust": "full trust", "interest": "interest in each other", "missions": "missions in both capitals"}.get(
        lever.name, f"the activity of {listed(_whose(scene, lever))}"
    )

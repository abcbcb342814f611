"""Which states and pairs a measure is about: by name, and by what they were in the starting world.

What a state or pair was at the start is the same in every arm that starts from the same world, so that arms are
compared over the same states and pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopsim.interventions import Places
from coopsim.world.activities import EDUCATION, EVENTS
from coopsim.world.world import World

Mask = NDArray[np.bool_]
STRATEGIC = FAVOURED = 0.95  # quantile above which a pair counts as one of these
DISTANT, CLOSE = 0.75, 0.25  # quantiles of the distance between ideal points
POOR = 1 / 3  # share of states that count as those of low income
SMALL = 1 / 3


def _ideal_distance(world: World) -> Any:
    ideal = world.states.ideal_point
    return np.abs(ideal[:, None] - ideal[None, :])


def _beyond(values: Any, quantile: float) -> Mask:
    off = ~np.eye(len(values), dtype=bool)
    return np.asarray((values > np.quantile(values[off], quantile)) & off)


def _expected_dose(world: World, pull: Any) -> Any:
    """Return the dose per year in each state if the public budget followed a pull, by M7's weights at the start."""
    states, dyads = world.states, world.dyads
    weight = pull * (1 + 2 * dyads.tied) * (0.2 + 0.8 * dyads.missions)
    budget = states.gdp * (0.25 + 0.75 * states.mean_capacity)
    total = np.maximum(weight.sum(axis=1), 1e-9)
    return budget[:, None] * weight / total[:, None] / states.dose_cost[None, :]


def _by_ministry(world: World) -> Any:
    return _expected_dose(world, world.dyads.interest)


def _by_either(world: World) -> Any:
    return _by_ministry(world) + _expected_dose(world, np.sqrt(world.dyads.perceived))


def _led_by(activity: int) -> Callable[[World], Mask]:
    def mask(world: World) -> Mask:
        agreement = world.dyads.agreement
        leading = world.agreements.rows["activity"][np.maximum(agreement, 0)]
        return np.asarray((agreement >= 0) & (leading == activity))

    return mask


def _blocs(world: World) -> NDArray[np.bool_]:
    ideal = world.states.ideal_point
    return np.asarray(ideal > np.median(ideal))


PAIRS: dict[str, tuple[str, Callable[[World], Mask]]] = {
    "tied": ("with an agreement at the start", lambda w: w.dyads.tied),
    "untied": ("without one", lambda w: ~w.dyads.tied),
    "distant": ("the quarter politically farthest apart", lambda w: _beyond(_ideal_distance(w), DISTANT)),
    "close": ("the quarter politically closest", lambda w: ~_beyond(_ideal_distance(w), CLOSE)),
    "strategic": ("the twentieth in which row has most interest in column",
                  lambda w: _beyond(w.dyads.interest, STRATEGIC)),
    "favoured": ("the twentieth in which row's public programmes would weigh most in column, spent by interest",
                 lambda w: _beyond(_by_ministry(w), FAVOURED)),
    "funded": ("the twentieth in which they would weigh most if half were spent by interest and half by commonality",
               lambda w: _beyond(_by_either(w), FAVOURED)),
    "colonial": ("one once ruled the other", lambda w: w.dyads.colonial),
    "neighbours": ("share a border", lambda w: w.dyads.contiguous),
    "within_blocs": ("on one side of the median ideal point", lambda w: _blocs(w)[:, None] == _blocs(w)[None, :]),
    "across_blocs": ("on both sides of it", lambda w: _blocs(w)[:, None] != _blocs(w)[None, :]),
    "led_by_education": ("an agreement that leads with education at the start", _led_by(EDUCATION)),
    "led_by_events": ("an agreement that leads with events at the start", _led_by(EVENTS)),
}
STATES: dict[str, tuple[str, Callable[[World], Mask]]] = {
    "low_income": ("the third with the lowest income",
                   lambda w: w.states.income <= np.quantile(w.states.income, POOR)),
    "small": ("the third with the smallest population",
              lambda w: w.states.population <= np.quantile(w.states.population, SMALL)),
    "arms_length": ("spend at least half of their bilateral money at arm's length",
                    lambda w: w.states.arms_length >= 0.5),
    "ministry_led": ("spend less than half of it so", lambda w: w.states.arms_length < 0.5),
}


def states_selected(world: World, who: str | tuple[str, ...], among: tuple[str, ...]) -> Mask:
    """Return the states named that are all of what `among` says, shape (S,)."""
    chosen = np.zeros(world.size, dtype=bool)
    chosen[Places.of(world).rows(who)] = True
    for word in among:
        chosen &= STATES[word][1](world)
    return chosen


def pairs_selected(
    world: World, who: str | tuple[str, ...], partner: str | tuple[str, ...], among: tuple[str, ...],
    *, one_way: bool = False, outside: str = "",
) -> Mask:
    """Return the ordered pairs selected, shape (S, S); no state with itself.

    Parameters
    ----------
    world : World
    who, partner : str or tuple of str
        Rows and columns; both ways unless `one_way`.
    among : tuple of str
        Words of `PAIRS`; a word of `STATES` is about the row.
    outside : str
        An organisation: leave out pairs of two members.
    """
    places = Places.of(world)
    chosen = np.zeros((world.size, world.size), dtype=bool)
    rows, columns = places.rows(who), places.rows(partner)
    chosen[np.ix_(rows, columns)] = True
    for word in among:
        chosen &= PAIRS[word][1](world) if word in PAIRS else STATES[word][1](world)[:, None]
    if not one_way:
        chosen = chosen | chosen.T if who != partner else chosen
    if outside:
        members = np.zeros(world.size, dtype=bool)
        members[places.rows(outside)] = True
        chosen &= ~(members[:, None] & members[None, :])
    np.fill_diagonal(chosen, False)
    return chosen

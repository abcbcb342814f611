"""What speeds the settlement of claims, estimated from a run as a researcher would from records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from coopsim.world.activities import HERITAGE, NEGOTIATION
from coopsim.world.column import Floats

if TYPE_CHECKING:
    from coopsim.model import CoopModel

REGRESSORS = ("trust", "support", "traffic", "capacity")
RIDGE = 1e-3  # keeps a regressor that hardly varies from running away
ROUNDS = 50


class ClaimRecords:
    """Writes down, for every claim that is open in a year, what may speed it and whether it was settled.

    Parameters
    ----------
    model : CoopModel
        The run to watch; it is not changed.
    """

    def __init__(self, model: CoopModel) -> None:
        self._pending: list[np.ndarray] = []
        self._rows: list[np.ndarray] = []
        self._model = model
        model.watchers["negotiate"] = self._look

    def _look(self, model: CoopModel) -> None:
        world = model.world
        pending = world.claims.pending
        i, j = world.claims.rows["claimant"][pending], world.claims.rows["holder"][pending]
        dose = world.dyads.dose[NEGOTIATION]
        traffic = world.norms.adopters("traffic")
        self._pending.append(pending)
        self._rows.append(np.column_stack([
            world.dyads.trust[j, i], -np.expm1(-dose[i, j] - dose[j, i]),
            np.zeros(len(j)) if traffic is None else traffic[j], world.states.capacity[i, HERITAGE],
            np.full(len(j), world.year),
        ]))

    def coefficients(self) -> dict[str, float]:
        """Return the coefficients of a logit of settlement in a year; NaN if nothing or everything was settled."""
        settled = self._model.world.claims.rows["settled"]
        table = np.concatenate([*self._rows, np.zeros((0, len(REGRESSORS) + 1))])
        outcome = settled[np.concatenate([*self._pending, np.zeros(0)]).astype(np.int64)] == table[:, -1]
        if outcome.all() or not outcome.any():
            return dict.fromkeys(REGRESSORS, float("nan"))
        return dict(zip(REGRESSORS, logit(table[:, :-1], outcome)[1:].tolist(), strict=True))


def logit(regressors: Floats, outcome: np.ndarray) -> Floats:
    """Return the coefficients of a logistic regression, the constant first, by Newton's method."""
    x = np.column_stack([np.ones(len(regressors)), regressors])
    beta = np.zeros(x.shape[1])
    penalty = RIDGE * np.eye(x.shape[1])
    for _ in range(ROUNDS):
        chance = expit(x @ beta)
        slope = x.T @ (outcome - chance) - penalty @ beta
        step = np.linalg.solve((x * (chance * (1 - chance))[:, None]).T @ x + penalty, slope)
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    return beta

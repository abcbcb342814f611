"""Loops over states: their cultural sectors (M10), who leaves and returns (M16)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, saturate


@compiled
def develop(
    dose, assistance, bound, investment, compliance, bonus, institutions, institution_effect, effect, half_dose,
    absorbs_always, weights, depreciation, smallest, old,
):
    """Return next year's capacity, (S, 3), and the response to assistance, (S,) (M10); `dose` is what states give.

    `bound` is the part of the assistance by organisations that builds one field; the rest follows the weights.
    """
    size, fields = old.shape
    received, response, capacity = assistance.copy(), np.empty(size), np.empty((size, fields))
    for i in range(size):
        for j in range(size):
            received[j] += dose[i, j]
    for i in range(size):
        response[i] = saturate(received[i] / half_dose)
        absorbs = absorbs_always + (1.0 - absorbs_always) * old[i].sum() / fields
        free = max(received[i] - bound[i].sum(), 0.0)
        wear = depreciation * (1.0 - institution_effect * institutions[i] / (1.0 + institutions[i]))
        for f in range(fields):
            share = (free * weights[f] + bound[i, f]) / max(received[i], smallest)
            own = investment[i, f] * (1.0 + bonus * compliance[i, f])
            growth = min(own + effect * response[i] * absorbs * fields * share, 1.0)
            capacity[i, f] = old[i, f] + growth * (1.0 - old[i, f]) - wear * old[i, f]
    return capacity, response


@compiled
def leave_and_return(
    member, eligible, exited, rate, contagion, interest, affinity, recent, smallest, ceiling, return_rate, exit_luck,
    return_luck,
):
    """Return which members leave an organisation, and which of the absent return (M16); `recent` exits are examples."""
    size = len(member)
    gone = np.flatnonzero(recent > smallest)
    leaving, returning = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    for i in range(size):
        if member[i]:
            example = 0.0
            for k in gone:
                example += interest[i, k] * affinity[i, k] * recent[k]
            leaving[i] = exit_luck[i] < saturate(min(rate[i] * (1.0 + contagion * example), ceiling))
        else:
            returning[i] = eligible[i] and not exited[i] and return_luck[i] < return_rate
    return np.flatnonzero(leaving), np.flatnonzero(returning)

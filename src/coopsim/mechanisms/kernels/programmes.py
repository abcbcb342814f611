"""Loops that turn money into doses: the public channels (M7)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, row_sum

MOBILITY, EVENTS = 0, 1


@compiled
def allocate(
    interest, perceived, agreement, lead, programme_reach, facilitation, event_boost, event_reach, affinity, need,
    dose_cost, money, through_agency, autonomy, reciprocity, ministry_mix, agency_mix, trust_effect,
    understanding_effect, season, elasticity, agreement_preference, lead_share, discount, smallest, distrust,
    by_ministry, by_agency, dose, trust_dose, understanding_dose,
):
    """Spend the bilateral budgets and fill doses (M7); `need` is the weight of need, `money` the bilateral budgets."""
    size, activities = len(interest), len(dose)
    answers = reciprocity.any()
    given = np.zeros((size, size)) if answers else np.zeros((1, size))
    if answers:  # what the state received last year, as shares of its partners
        for i in range(size):
            for j in range(size):
                given[i, j] = by_ministry[j, i] + by_agency[j, i]
            total = row_sum(given[i])
            for j in range(size):
                # Who was given nothing treats all alike, or a world of perfect reciprocity would never begin.
                given[i, j] = given[i, j] / total if total > 0.0 else 1.0 / size
    strategic, kindred, led = np.empty(size), np.empty(size), np.empty(size, dtype=np.int64)
    units, agency_units = np.empty(size), np.empty(size)
    believed, agency_believed = np.empty(size), np.empty(size)
    by_activity, agency_by_activity, credible = np.empty(size), np.empty(size), np.empty(size)
    factor = np.ones((activities, size))
    # Short loops over few arrays, because those compile to vector code.
    for i in range(size):
        received = given[i] if answers else given[0]
        for j in range(size):
            strategic[j] = max(interest[i, j], smallest)
        if elasticity != 1.0:
            for j in range(size):
                strategic[j] = strategic[j] ** elasticity
        for j in range(size):
            preference = programme_reach[i, j] * need[j]
            preference *= 1.0 + (agreement_preference if agreement[i, j] >= 0 else 0.0)
            strategic[j] *= preference * (1.0 - reciprocity[i] + reciprocity[i] * size * received[j])
            kindred[j] = np.sqrt(max(perceived[i, j], 0.0)) * preference
        strategic[i] = kindred[i] = 0.0
        all_strategic, all_kindred = row_sum(strategic), row_sum(kindred)
        # A state that shares nothing with anyone leaves the agency's money with the ministry.
        agency_share = through_agency[i] if all_kindred > 0.0 else 0.0
        ministry_money = money[i] * (1.0 - agency_share) / all_strategic if all_strategic > 0.0 else 0.0
        agency_money = money[i] * agency_share / all_kindred if all_kindred > 0.0 else 0.0
        for j in range(size):
            by_ministry[i, j] = strategic[j] * ministry_money
            by_agency[i, j] = kindred[j] * agency_money
        for j in range(size):
            units[j] = strategic[j] * ministry_money / dose_cost[j]
            agency_units[j] = kindred[j] * agency_money / dose_cost[j]
        for j in range(size):
            doubt = discount * (1.0 - affinity[i, j])
            distrust[i, j] = doubt
            believed[j] = 1.0 - doubt
            agency_believed[j] = 1.0 - doubt * (1.0 - autonomy[i])
        distrust[i, i] = 0.0
        for j in range(size):
            factor[MOBILITY, j] = facilitation[i, j]
            factor[EVENTS, j] = facilitation[i, j] * (season * event_boost[i, j] * event_reach[j])
            led[j] = lead[agreement[i, j]] if agreement[i, j] >= 0 else -1
        trusted, understood = trust_dose[i], understanding_dose[i]
        trusted[:] = 0.0
        understood[:] = 0.0
        for k in range(activities):
            grown, row = factor[k], dose[k, i]
            for j in range(size):
                # Of the money in a tied pair, a share follows the activity that the agreement leads with.
                rest = 1.0 - (lead_share if led[j] >= 0 else 0.0)
                extra = lead_share if led[j] == k else 0.0
                by_activity[j] = grown[j] * (rest * ministry_mix[k] + extra) * units[j]
                agency_by_activity[j] = grown[j] * (rest * agency_mix[k] + extra) * agency_units[j]
            for j in range(size):
                row[j] = by_activity[j] + agency_by_activity[j]
            for j in range(size):
                credible[j] = by_activity[j] * believed[j] + agency_by_activity[j] * agency_believed[j]
            for j in range(size):
                trusted[j] += trust_effect[k] * credible[j]
                understood[j] += understanding_effect[k] * credible[j]

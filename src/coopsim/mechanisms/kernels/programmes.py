"""Loops that turn money into doses: the public channels (M7) and projects of organisations (M8)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import ONE, compiled, inlined, row_sum

MOBILITY, EVENTS = 0, 1
NONE = np.uint64(0)


@inlined
def _spend(weight, money, price, smallest, spending, units):
    """Spend a state's money by weight and fill the units of dose it buys; return the money and the partners reached."""
    total = row_sum(weight) if money > 0.0 else 0.0
    if total <= 0.0:
        spending[:] = 0.0
        units[:] = 0.0
        return 0.0, 0
    scale, reached = money / total, 0
    for j in range(len(weight)):
        spent = weight[j] * scale
        spending[j] = spent
        units[j] = spent * price[j]
        reached += 1 if spent > smallest else 0
    return money, reached


@inlined
def _received_shares(by_ministry, by_agency):
    """Return what each state received last year, as shares of its partners, (S, S)."""
    size = len(by_ministry)
    given = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            given[i, j] = by_ministry[j, i] + by_agency[j, i]
        total = row_sum(given[i])
        for j in range(size):
            # Who was given nothing treats all alike, or a world of perfect reciprocity would never begin.
            given[i, j] = given[i, j] / total if total > 0.0 else 1.0 / size
    return given


@compiled
def allocate(
    interest, perceived, agreement, lead, programme_reach, facilitation, event_boost, event_reach, distrust, need,
    dose_cost, money, through_agency, autonomy, reciprocity, ministry_mix, agency_mix, trust_effect,
    understanding_effect, season, elasticity, agreement_preference, lead_share, smallest, by_ministry, by_agency, dose,
    trust_dose, understanding_dose,
):
    """Spend the bilateral budgets and fill doses (M7); `need` is the weight of need, `money` the bilateral budgets.

    Return what ministry and agency of each state spend, and on how many partners, (2, S) each.
    """
    size, activities = len(interest), len(dose)
    given = _received_shares(by_ministry, by_agency) if reciprocity.any() else np.zeros((1, size))
    spent, partners, price = np.zeros((2, size)), np.zeros((2, size), dtype=np.int64), 1.0 / dose_cost
    weight, strategic, kindred = np.empty(size), np.empty(size), np.zeros(size)
    units, agency_units, credible, agency_credible = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    grown = np.ones((activities, size))  # by missions and seasons, of which only mobility and events know
    # Places are unsigned, because signed indices may count from behind, which has to be looked at each time.
    tied, activity = np.empty(size + 1, dtype=np.uint32), np.empty(size, dtype=np.uint32)
    to_trust, agency_to_trust = trust_effect * ministry_mix, trust_effect * agency_mix
    to_understanding, agency_to_understanding = understanding_effect * ministry_mix, understanding_effect * agency_mix
    plain = slice(EVENTS + 1, activities)
    trust_plain, agency_trust_plain = to_trust[plain].sum(), agency_to_trust[plain].sum()
    understanding_plain = to_understanding[plain].sum()
    agency_understanding_plain = agency_to_understanding[plain].sum()
    # Short loops over few arrays, because those compile to vector code.
    for i in range(size):
        tie, doubt = agreement[i], distrust[i]
        for j in range(size):
            weight[j] = programme_reach[i, j] * need[j] * (1.0 + (agreement_preference if tie[j] >= 0 else 0.0))
        if elasticity == 1.0:
            for j in range(size):
                strategic[j] = max(interest[i, j], smallest) * weight[j]
        else:
            for j in range(size):
                strategic[j] = max(interest[i, j], smallest) ** elasticity * weight[j]
        if reciprocity[i] > 0.0:
            for j in range(size):
                strategic[j] *= 1.0 - reciprocity[i] + reciprocity[i] * size * given[i, j]
        if through_agency[i] > 0.0:
            for j in range(size):
                kindred[j] = np.sqrt(max(perceived[i, j], 0.0)) * weight[j]
        strategic[i] = kindred[i] = 0.0
        # A state that shares nothing with anyone leaves the agency's money with the ministry.
        at_arms_length = through_agency[i] if through_agency[i] > 0.0 and row_sum(kindred) > 0.0 else 0.0
        spent[0, i], partners[0, i] = _spend(
            strategic, money[i] * (1.0 - at_arms_length), price, smallest, by_ministry[i], units
        )
        spent[1, i], partners[1, i] = _spend(
            kindred, money[i] * at_arms_length, price, smallest, by_agency[i], agency_units
        )

        # Of the money in a tied pair, a share follows the activity that the agreement leads with.
        count = led = NONE
        for j in range(size):
            tied[count] = np.uint32(j)
            count += np.uint64(tie[j] >= 0)
        for k in range(count):
            j = tied[k]
            leading = lead[np.uint32(tie[j])]
            if leading >= 0:
                tied[led], activity[led] = j, np.uint32(leading)
                led += ONE
                units[j] *= 1.0 - lead_share
                agency_units[j] *= 1.0 - lead_share

        helped, held = grown[MOBILITY], grown[EVENTS]
        for j in range(size):
            helped[j] = facilitation[i, j]
        for j in range(size):
            held[j] = helped[j] * (season * event_boost[i, j] * event_reach[j])
        for k in range(activities):
            row, factor, mine, other = dose[k, i], grown[k], ministry_mix[k], agency_mix[k]
            for j in range(size):
                row[j] = factor[j] * (mine * units[j] + other * agency_units[j])
        for j in range(size):
            credible[j] = units[j] * (1.0 - doubt[j])
            agency_credible[j] = agency_units[j] * (1.0 - doubt[j] * (1.0 - autonomy[i]))
        for row, effect, rest, agency_effect, agency_rest in (
            (trust_dose[i], to_trust, trust_plain, agency_to_trust, agency_trust_plain),
            (understanding_dose[i], to_understanding, understanding_plain, agency_to_understanding,
             agency_understanding_plain),
        ):
            moving, holding, agency_moving, agency_holding = effect[0], effect[1], agency_effect[0], agency_effect[1]
            for j in range(size):
                row[j] = credible[j] * (helped[j] * moving + held[j] * holding + rest) + agency_credible[j] * (
                    helped[j] * agency_moving + held[j] * agency_holding + agency_rest
                )
        for k in range(led):
            j = tied[k]
            more = lead_share * price[j] * grown[activity[k], j]
            own, agencys = more * by_ministry[i, j], more * by_agency[i, j]
            dose[activity[k], i, j] += own + agencys
            believed = own * (1.0 - doubt[j]) + agencys * (1.0 - doubt[j] * (1.0 - autonomy[i]))
            trust_dose[i, j] += trust_effect[activity[k]] * believed
            understanding_dose[i, j] += understanding_effect[activity[k]] * believed
    return spent, partners

"""Loops that turn money into doses: the public channels (M7) and projects of organisations (M8)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, inlined, row_sum

MOBILITY, EVENTS = 0, 1


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
    given = (by_ministry + by_agency).T.copy()
    for i in range(size):
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
    tied, activity = np.empty(size + 1, dtype=np.int64), np.empty(size, dtype=np.int64)
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
        count = led = 0
        for j in range(size):
            tied[count] = j
            count += 1 if tie[j] >= 0 else 0
        for k in range(count):
            j = tied[k]
            if lead[tie[j]] >= 0:
                tied[led], activity[led] = j, lead[tie[j]]
                led += 1
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


@compiled
def attraction(perceived, stock, closeness, agreement, tie_pull, weight, cumulative):
    """Fill the weight of partner states and its cumulative distribution per home state (M8), both (S, S)."""
    size = len(perceived)
    for h in range(size):
        for j in range(size):
            w = (0.05 + perceived[h, j]) * np.sqrt(1.0 + stock[h, j] / 1000.0) * closeness[h, j]
            weight[h, j] = w * (tie_pull if agreement[h, j] >= 0 else 1.0)
        weight[h, h] = 0.0
        total = 0.0
        for j in range(size):
            total += weight[h, j]
            cumulative[h, j] = total
        scale = 1.0 / total if total > 0.0 else 0.0
        for j in range(size):
            cumulative[h, j] *= scale


@compiled
def choose(cumulative, home, u, chosen):
    """Fill the partner state of each draw by bisection of the cumulative distribution of its home state."""
    last = cumulative.shape[1] - 1
    for k in range(len(home)):
        row = cumulative[home[k]]
        low, high = 0, last
        while low < high:
            middle = (low + high) // 2
            if row[middle] < u[k]:
                low = middle + 1
            else:
                high = middle
        chosen[k] = low


@compiled
def count_partner_states(owner, state, states, found):
    """Fill in how many different states each organisation runs projects (M8)."""
    latest = np.full(len(found), -1, dtype=np.int64)  # the owner's projects, as linked lists
    earlier = np.empty(len(owner), dtype=np.int64)
    for project in range(len(owner)):
        earlier[project] = latest[owner[project]]
        latest[owner[project]] = project
    seen = np.full(states, -1, dtype=np.int64)  # the last organisation found in each state
    for organisation in range(len(found)):
        project = latest[organisation]
        while project >= 0:
            if seen[state[project]] != organisation:
                seen[state[project]] = organisation
                found[organisation] += 1
            project = earlier[project]


@compiled
def find_partners(
    owner, own_kind, state, u, running_owner, running_state, running_partner, order, first, kind, closed, weight, fits,
    prior_tie, partner,
):
    """Fill the partner of each new project (M8): a compatible organisation of the state, by weight; -1 if none.

    A partner with whom the owner already runs a project there is `1 + prior_tie` times as likely.
    """
    latest = np.full(len(kind), -1, dtype=np.int64)  # the owner's running projects, as linked lists
    earlier = np.full(len(running_owner), -1, dtype=np.int64)
    for project in range(len(running_owner)):
        earlier[project] = latest[running_owner[project]]
        latest[running_owner[project]] = project
    for k in range(len(owner)):
        suits = fits[own_kind[k]]
        total = 0.0
        for place in range(first[state[k]], first[state[k] + 1]):
            other = order[place]
            if closed[other] < 0 and suits[kind[other]]:
                total += weight[other]
        partner[k] = -1
        if total <= 0.0:
            continue
        known = -1
        project = latest[owner[k]]
        while project >= 0:
            other = running_partner[project]
            if running_state[project] == state[k] and other >= 0 and closed[other] < 0 and suits[kind[other]]:
                known = other
            project = earlier[project]
        target = u[k] * (total + (prior_tie * weight[known] if known >= 0 else 0.0))
        if target > total:
            partner[k] = known
            continue
        for place in range(first[state[k]], first[state[k] + 1]):
            other = order[place]
            if closed[other] < 0 and suits[kind[other]]:
                partner[k] = other
                target -= weight[other]
                if target <= 0.0:
                    break


@compiled
def spend_projects(
    home, state, extra, activity, amount, dose_cost, facilitation, event_boost, event_reach, distrust, discount,
    season, trust_effect, understanding_effect, spending, dose, trust_dose, understanding_dose,
):
    """Add the money and the doses of projects (M8); every participating state receives the whole dose."""
    spending[:] = 0.0
    for project in range(len(home)):
        i, k = home[project], activity[project]
        spending[i, state[project]] += amount[project]
        for place in range(-1, extra.shape[1]):
            j = state[project] if place < 0 else extra[project, place]
            if j < 0:
                continue
            units = amount[project] / dose_cost[j]
            if k <= EVENTS:
                units *= facilitation[i, j]
                if k == EVENTS:
                    units *= season * event_boost[i, j] * event_reach[j]
            dose[k, i, j] += units
            credible = units * (1.0 - discount * distrust[i, j])
            trust_dose[i, j] += trust_effect[k] * credible
            understanding_dose[i, j] += understanding_effect[k] * credible


@compiled
def build_joint(home, state, extra, gain, joint):
    """Let every pair of participants of a multi-party project build commonality (M8); return the number of them."""
    multi = 0
    parties = np.empty(2 + extra.shape[1], dtype=np.int64)
    for project in range(len(home)):
        number = 2
        parties[0], parties[1] = home[project], state[project]
        for place in range(extra.shape[1]):
            if extra[project, place] >= 0:
                parties[number] = extra[project, place]
                number += 1
        if number == 2:
            continue
        multi += 1
        for one in range(number):
            for other in range(one + 1, number):
                a, b = parties[one], parties[other]
                if a != b:
                    value = joint[a, b] + gain * (1.0 - joint[a, b])
                    joint[a, b] = joint[b, a] = value
    return multi

"""Loops that turn money into doses: the public channels (M7) and projects of organisations (M8)."""

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

"""Loops of organisations' projects (M8): how many, where, with whom, and what they do; `rows` is the table of them."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import ONE, compiled, inlined, log, ones_if_below, poisson_quantile, uniform
from coopsim.mechanisms.kernels.programmes import EVENTS

TURNS = 64  # chances kept for the projects that an organisation begins in a year; later ones share the last


@inlined
def weigh(home, perceived, stock, closeness, agreement, tie_pull, weight):
    """Fill the weight of each partner state for organisations of one home state, (S,)."""
    for j in range(len(weight)):
        pull = np.sqrt((1000.0 + stock[home, j]) * closeness[home, j])
        weight[j] = (0.05 + perceived[home, j]) * pull * (tie_pull if agreement[home, j] >= 0 else 1.0)
    weight[home] = 0.0


@inlined
def first_reaching(cumulative, first, last, target):
    """Return the first place from `first` to before `last` whose cumulative weight reaches the target."""
    place, length = np.uint64(first), np.uint64(last) - np.uint64(first)
    while length > ONE:
        half = length >> ONE
        place += half & ones_if_below(cumulative[place + half - ONE], target)
        length -= half
    return np.int64(place)


@inlined
def choose(cumulative, u):
    """Return the state in which a uniform number falls, given one cumulative distribution."""
    size = len(cumulative)
    return first_reaching(cumulative, 0, size, u * cumulative[size - 1])


@compiled
def attraction(perceived, stock, closeness, agreement, tie_pull, weight):
    """Fill the weights of partner states for organisations of every home state, (S, S)."""
    for home in range(len(weight)):
        weigh(home, perceived, stock, closeness, agreement, tie_pull, weight[home])


@compiled
def choose_states(cumulative, home, u, chosen):
    """Fill the partner state of each draw, given the cumulative distribution of each home state."""
    for k in range(len(home)):
        chosen[k] = choose(cumulative[home[k]], u[k])


@compiled
def drop(rows, closed, year):
    """Move the projects that go on to the front of the table; return how many there are."""
    kept = 0
    for k in range(len(rows)):
        if rows[k].end >= year and closed[rows[k].organisation] < 0:
            rows[kept] = rows[k]
            kept += 1
    return kept


@compiled
def count_new(key, mean, kind, first_kind, closed, lot, number):
    """Fill how many projects each organisation begins, nobody's below `first_kind`; return their sum."""
    total = 0
    for organisation in range(len(number)):
        works = closed[organisation] < 0 and kind[organisation] >= first_kind
        number[organisation] = np.int64(poisson_quantile(uniform(key, lot[organisation]), mean)) if works else 0
        total += number[organisation]
    return total


@compiled
def gather_partners(kind, home, closed, budget, smallest, fits, states):
    """List, for each state and kind, the organisations there that fit the kind, with their cumulative weight.

    Return where the list of each state and kind begins, (S x kinds + 1,), and both columns of the lists.
    """
    kinds = len(fits)
    at_home, next_at_home = np.full(states, -1, dtype=np.int32), np.empty(len(kind), dtype=np.int32)
    entries = 0
    for other in range(len(kind) - 1, -1, -1):
        suits = 0
        for own in range(kinds):
            suits += np.int64(fits[own, kind[other]])
        if closed[other] < 0 and suits > 0:
            next_at_home[other], at_home[home[other]] = at_home[home[other]], other
            entries += suits
    first = np.zeros(states * kinds + 1, dtype=np.int64)
    listed, cumulative = np.empty(entries, dtype=np.int32), np.empty(entries)
    end = 0
    for state in range(states):
        for own in range(kinds):
            total = 0.0
            other = at_home[state]
            while other >= 0:
                if fits[own, kind[other]]:
                    total += budget[other] + smallest
                    listed[end], cumulative[end] = other, total
                    end += 1
                other = next_at_home[other]
            first[state * kinds + own + 1] = end
    return first, listed, cumulative


@compiled
def begin(
    running, number, keys, year, kind, home, closed, lot, budget, smallest, fits, prior_tie, perceived, stock,
    closeness, agreement, tie_pull, chance, mix, duration, longest, new,
):
    """Fill the new projects: state, partner, further states, activity and last year.

    Each organisation's first, second, ... project of the year has chances of its own, by its lot. `chance` is that of
    further states, by kind; `mix` the cumulative shares of activities, (kinds, activities); `keys` are those of the
    chances.
    """
    states = len(perceived)
    key_state, key_partner, key_multi, key_parties, key_activity, key_duration = keys[:6]
    first, listed, weight = gather_partners(kind, home, closed, budget, smallest, fits, states)
    latest, earlier = np.full(len(number), -1, dtype=np.int64), np.empty(len(running), dtype=np.int64)
    for project in range(len(running)):  # the projects that each organisation runs, as linked lists
        owner = running[project].organisation
        earlier[project], latest[owner] = latest[owner], project
    # New projects by home state, as linked lists: each home state's distribution is made once, and used up.
    at_home, next_at_home = np.full(states, -1, dtype=np.int64), np.empty(len(new), dtype=np.int64)
    chances = np.empty(len(new), dtype=np.int64)
    project = 0
    for owner in range(len(number)):
        for turn in range(number[owner]):
            new[project].organisation = owner
            chances[project] = lot[owner] * TURNS + min(turn, TURNS - 1)
            next_at_home[project], at_home[home[owner]] = at_home[home[owner]], project
            project += 1
    cumulative = np.empty(states)
    log_going_on = np.log1p(-1.0 / duration) if duration > 1.0 else 0.0
    for own_home in range(states):
        project = at_home[own_home]
        if project < 0:
            continue
        weigh(own_home, perceived, stock, closeness, agreement, tie_pull, cumulative)
        for j in range(1, states):
            cumulative[j] += cumulative[j - 1]
        while project >= 0:  # a loop of its own, so that one search need not wait for what another leads to
            new[project].state = choose(cumulative, uniform(key_state, chances[project]))
            project = next_at_home[project]
        project = at_home[own_home]
        while project >= 0:
            row, index = new[project], chances[project]
            owner = row.organisation
            own_kind, state = kind[owner], np.int64(row.state)
            row.start = year
            # Whoever runs a project there with the owner is the likelier partner.
            known, old = -1, latest[owner]
            while old >= 0:
                other = running[old].partner
                there = running[old].state == state and other >= 0
                if there and closed[other] < 0 and fits[own_kind, kind[other]]:
                    known = other
                old = earlier[old]
            place = state * len(fits) + own_kind
            start, end = first[place], first[place + 1]
            row.partner = -1
            if end > start:
                more = prior_tie * (budget[known] + smallest) if known >= 0 else 0.0
                target = uniform(key_partner, index) * (weight[end - 1] + more)
                row.partner = known if target > weight[end - 1] else listed[first_reaching(weight, start, end, target)]
            row.extra[:] = -1
            if uniform(key_multi, index) < chance[own_kind]:
                parties = 1 + np.int64(uniform(key_parties, index) * len(row.extra))
                for k in range(parties):
                    other = choose(cumulative, uniform(keys[6 + k], index))
                    taken = other in (state, own_home)
                    for place in range(k):
                        taken = taken or row.extra[place] == other
                    row.extra[k] = -1 if taken else other
            u, activity = uniform(key_activity, index), 0
            for earlier_activity in range(mix.shape[1] - 1):
                activity += np.int64(u > mix[own_kind, earlier_activity])
            row.activity = activity
            beyond = 1.0
            if duration > 1.0:
                beyond = np.ceil(log(1.0 - uniform(key_duration, index)) / log_going_on)
            row.end = year + np.int64(min(max(beyond, 1.0), longest))
            project = next_at_home[project]


@compiled
def spend(
    rows, kind, home, budget, scale, dose_cost, facilitation, event_boost, event_reach, distrust, discount, season,
    trust_effect, understanding_effect, gain, first_kind, projects, funding, partners, spending, dose, trust_dose,
    understanding_dose, joint,
):
    """Add money and doses of projects and build joint commonality; return spending and the multi-party projects.

    Every participating state receives the whole dose, every pair of participants builds commonality. `projects`,
    `funding` and `partners` (states in which it works) of each organisation are filled, the latter two from
    `first_kind` on.
    """
    states, owners = len(dose_cost), len(kind)
    price = 1.0 / dose_cost
    projects[:] = 0
    first_of, next_of = np.full(owners, -1, dtype=np.int32), np.empty(len(rows), dtype=np.int32)
    for project in range(len(rows) - 1, -1, -1):  # the projects of each organisation, as linked lists
        owner = rows[project].organisation
        projects[owner] += 1
        next_of[project], first_of[owner] = first_of[owner], project
    first_at, next_at = np.full(states, -1, dtype=np.int32), np.empty(owners, dtype=np.int32)
    for owner in range(owners - 1, -1, -1):  # the organisations of each home state that have any
        if kind[owner] >= first_kind:
            funding[owner], partners[owner] = 0.0, 0
        if projects[owner] > 0:
            next_at[owner], first_at[home[owner]] = first_at[home[owner]], owner
    seen = np.full(states, -1, dtype=np.int32)  # the last organisation found in each state
    parties = np.empty(8, dtype=np.uint32)  # unsigned, because signed indices may count from behind
    spent, multi = 0.0, 0
    # By home state, because then the rows of the matrices stay at hand.
    for i in range(np.uint32(states)):
        spending[i, :] = 0.0
        owner = first_at[i]
        while owner >= 0:
            amount = scale * budget[owner] / projects[owner]
            project = first_of[owner]
            while project >= 0:
                row = rows[project]
                state, k = np.uint32(row.state), np.uint32(row.activity)
                partners[owner] += np.int64(seen[state] != owner)
                seen[state] = owner
                spent += amount
                funding[owner] += amount
                spending[i, state] += amount
                parties[0], parties[1], number = i, state, 2
                for j in row.extra:
                    if j >= 0:
                        parties[number] = j
                        number += 1
                for place in range(1, number):
                    j = parties[place]
                    units = amount * price[j]
                    if k <= EVENTS:
                        units *= facilitation[i, j]
                        if k == EVENTS:
                            units *= season * event_boost[i, j] * event_reach[j]
                    dose[k, i, j] += units
                    credible = units * (1.0 - discount * distrust[i, j])
                    trust_dose[i, j] += trust_effect[k] * credible
                    understanding_dose[i, j] += understanding_effect[k] * credible
                if number > 2:
                    multi += 1
                    for one in range(number):
                        for other in range(one + 1, number):
                            a, b = parties[one], parties[other]
                            if a != b:
                                joint[a, b] = joint[b, a] = joint[a, b] + gain * (1.0 - joint[a, b])
                project = next_of[project]
            owner = next_at[owner]
    return spent, multi

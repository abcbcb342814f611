"""Loops of international organisations (M16) and schools (M11)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, row_sum, saturate


@compiled
def collect(members, universal, dues, grant, budget):
    """Fill the budgets of organisations of states (M16): half of the dues go to the universal one, half to the others.

    Return the dues of states that have no organisation for them.
    """
    carried = 0.0
    for r in range(len(budget)):  # the assignment of an array takes seconds to compile
        budget[r] = grant[r]
    for i in range(len(dues)):
        number = 0
        for r in range(len(budget)):
            number += np.int64(members[r, i] and r != universal)
        half = 0.5 * dues[i]
        for r in range(len(budget)):
            if members[r, i] and r != universal:
                budget[r] += half / number
        if universal >= 0 and members[universal, i]:
            budget[universal] += half
        else:
            carried += half
        carried += half if number == 0 else 0.0
    return carried


@compiled
def deliver(members, need, programme, fields, effect, dose_cost, smallest, received, by_field):
    """Fill the assistance that states receive of each organisation's programme by need, as doses (M16), (S,), (S, 3).

    `fields` are the shares of a programme that build one field of capacity.
    """
    received[:] = 0.0
    by_field[:] = 0.0
    for r in range(len(programme)):
        total = 0.0
        for i in range(len(need)):
            total += need[i] if members[r, i] else 0.0
        for i in range(len(need)):
            if members[r, i]:
                doses = effect * programme[r] * (need[i] / max(total, smallest)) / dose_cost[i]
                received[i] += doses
                for field in range(fields.shape[1]):
                    by_field[i, field] += doses * fields[r, field]


@compiled
def communities(members, budget, rich, pace, decay, comembership, joint, builds):
    """Fill the weight of the strongest common community, and build commonality in it (M16), both (S, S).

    `pace` is that of each organisation, (R,); nil for one that is no community.
    """
    bodies, size = members.shape
    first, listed = np.zeros(bodies + 1, dtype=np.int64), np.empty(bodies * size + 1, dtype=np.int64)
    weight, more = np.zeros(bodies), np.zeros(bodies)
    for r in range(bodies):  # the members of each organisation that is a community
        end = first[r]
        for i in range(size):
            listed[end] = i
            end += np.int64(members[r, i])
        number = end - first[r]
        if pace[r] > 0.0 and number > 1:
            strength = saturate(budget[r] / (rich * number))
            weight[r], more[r] = 0.5 + 0.5 * strength, pace[r] * strength
        first[r + 1] = end if weight[r] > 0.0 else first[r]
    gain = np.empty(size)
    for i in range(size):
        strongest = comembership[i]
        strongest[:] = 0.0
        gain[:] = 0.0
        for r in range(bodies):
            if members[r, i]:
                for place in range(first[r], first[r + 1]):
                    j = listed[place]
                    strongest[j] = weight[r] if weight[r] > strongest[j] else strongest[j]
                    gain[j] = more[r] if more[r] > gain[j] else gain[j]
        strongest[i] = gain[i] = 0.0
        if builds:
            for j in range(size):
                joint[i, j] = (1.0 - decay) * (joint[i, j] + gain[j] * (1.0 - joint[i, j]))


@compiled
def followers(base, interest, affinity):
    """Return how many exits at the base rates follow an exit of the mean state in its first year (M16)."""
    followed = np.zeros(len(base))
    for i in range(len(base)):
        for k in range(len(base)):
            followed[k] += base[i] * (interest[i, k] * affinity[i, k])
    return followed.mean()


@compiled
def run_schools(dose, turnover, main_language, rate, taught, schools_in, missed):
    """Build schools (M11): fill `taught` (S, S), schools received (S,) and return all of them.

    `missed` (L, S) becomes the share of those who lack a language that no school of the year reaches.
    """
    size = len(taught)
    schools_in[:] = 0.0
    missed[:] = 1.0
    built, schools = 0.0, np.empty(size)
    for j in range(size):  # j's schools in i
        row = taught[j]
        given = dose[j]
        for i in range(size):
            row[i] = (1.0 - turnover) * row[i] + turnover * given[i]
        built += row_sum(row)
        for i in range(size):
            schools[i] = saturate(row[i])
        for i in range(size):
            schools_in[i] += schools[i]
        if main_language[j] >= 0:
            spoken = missed[main_language[j]]
            for i in range(size):
                spoken[i] *= 1.0 - rate * schools[i]
    return built


@compiled
def learn(missed, start, attrition, languages):
    """Let languages be learnt and forgotten (M11), (S, L), from the shares that schools miss, (L, S)."""
    unreached = missed.T.copy()
    for i in range(len(languages)):
        row, first, missing = languages[i], start[i], unreached[i]
        for k in range(len(row)):
            known = row[k]
            skill = known + (1.0 - missing[k]) * (1.0 - known) - attrition * (known - first[k])
            row[k] = min(max(skill, 0.0), 1.0)

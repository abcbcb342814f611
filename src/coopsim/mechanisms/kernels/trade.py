"""Loops of negotiation (M15): trade in cultural goods, talks about barriers, claims for the return of works."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, exp, inlined, row_sum, saturate


@compiled
def trade(fixed, supply, overlap, barrier, trade_share):
    """Fill the shares of world trade in cultural goods; `fixed` is the part of the pull that never moves.

    Both directions of a pair are looked at together: languages are shared, so half of the exponentials do.
    """
    size = len(fixed)
    total = 0.0
    eased, theirs, walls, pulls = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    for i in range(size):
        common, wall, pull, mine = overlap[i, i + 1 :], barrier[i, i + 1 :], fixed[i, i + 1 :], trade_share[i, i + 1 :]
        others = supply[i + 1 :]
        for j in range(len(common)):
            walls[j], pulls[j] = barrier[i + 1 + j, i], fixed[i + 1 + j, i]
        for j in range(len(common)):
            eased[j] = exp(0.8 * common[j])
        for j in range(len(common)):
            mine[j] = eased[j] * (supply[i] * pull[j] * (1.0 - 0.8 * walls[j]))
            theirs[j] = eased[j] * (others[j] * pulls[j] * (1.0 - 0.8 * wall[j]))
        for j in range(len(common)):
            trade_share[i + 1 + j, i] = theirs[j]
        total += row_sum(mine) + row_sum(theirs[: len(common)])
        trade_share[i, i] = 0.0
    scale = 1.0 / total if total > 0.0 else 0.0
    for i in range(size):
        for j in range(size):
            trade_share[i, j] *= scale


@inlined
def _lowered(barrier, cut, floor, usual, pull_back):
    """Return a barrier after a talk that takes a share of it away: not below the floor, if it was not before."""
    new = barrier * (1.0 - cut) + pull_back * (usual - barrier)
    kept = max(new, floor) if barrier >= floor else new
    return min(max(kept, 0.0), 1.0)


@compiled
def talk(negotiation, trust, floor, cut, usual, pull_back, barrier):
    """Lower both barriers of each pair by supported, trusting talks, down to chosen floors, (S, S)."""
    size = len(trust)
    paid, trusted, cuts, theirs = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    for i in range(size):
        given, mine, row, floors = negotiation[i, i + 1 :], trust[i, i + 1 :], barrier[i, i + 1 :], floor[i + 1 :]
        for j in range(len(mine)):
            paid[j], trusted[j], theirs[j] = negotiation[i + 1 + j, i], trust[i + 1 + j, i], barrier[i + 1 + j, i]
        for j in range(len(mine)):
            cuts[j] = cut * saturate(given[j] + paid[j]) * np.sqrt(mine[j] * trusted[j])
        for j in range(len(mine)):
            row[j] = _lowered(row[j], cuts[j], floor[i], usual, pull_back)
            theirs[j] = _lowered(theirs[j], cuts[j], floors[j], usual, pull_back)
        for j in range(len(mine)):
            barrier[i + 1 + j, i] = theirs[j]
        barrier[i, i] = 0.0


@compiled
def number_claims(claims, size, latest_year):
    """Return the rows of open claims, and a number for each: that of the pair and the year of opening."""
    rows, numbers, count = np.empty(len(claims), dtype=np.int64), np.empty(len(claims), dtype=np.int64), 0
    for k in range(len(claims)):
        if claims[k].settled < 0:
            pair = np.int64(claims[k].claimant) * size + claims[k].holder
            rows[count], numbers[count] = k, pair * latest_year + claims[k].opened
            count += 1
    return rows[:count], numbers[:count]


@compiled
def settle(claims, rows, luck, year, readiness, trust, talks, traffic, heritage, settled):
    """Settle open claims, mark their pairs, and return their rows."""
    done, count = np.empty(len(rows), dtype=np.int64), 0
    for place in range(len(rows)):
        claim = claims[rows[place]]
        i, j = claim.claimant, claim.holder
        support = saturate(talks[i, j] + talks[j, i])
        push = readiness + 2.5 * trust[j, i] + 1.5 * support + (1.0 if traffic[j] else 0.0) + heritage[i]
        if luck[place] < 1.0 / (1.0 + exp(-push)):
            claim.settled = year
            settled[i, j] = settled[j, i] = True
            done[count] = rows[place]
            count += 1
    return done[:count]


@compiled
def claim(claimant, holder, luck, rate, income, heritage):
    """Return which former dependencies of richer rulers, (n,), claim works."""
    new, count = np.empty(len(luck), dtype=np.int64), 0
    for k in range(len(luck)):
        i = claimant[k]
        if income[i] < income[holder[k]] and luck[k] < rate * (0.3 + 0.7 * heritage[i]):
            new[count] = k
            count += 1
    return new[:count]


@compiled
def mark_open(claims, open_claim):
    """Mark the pairs between which a claim is open, (S, S), and count the open claims."""
    open_claim[:] = False
    number = 0
    for k in range(len(claims)):
        if claims[k].settled < 0:
            i, j = claims[k].claimant, claims[k].holder
            open_claim[i, j] = open_claim[j, i] = True
            number += 1
    return number

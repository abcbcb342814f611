"""Loops of spillover (M19): which pairs conclude treaties on other topics."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import GOLDEN, compiled, exp, inlined, log, poisson_quantile, uniform, uniform_of

MOST_TREATIES = 400.0  # a year: e**6
OWN_TOPICS = 16  # numbers of a pair for the topics of its treaties of a year
ROUNDING = 1e-15  # of a sum of numbers of the size of one
HAIR = 1.0 + 1e-9  # a bound is no bound if rounding takes it below what it bounds


@inlined
def treaty_rate(base_rate, push_agreement, push_trust, floor, tied, trust, response, interest, other_interest):
    """Return the yearly rate of treaties on other topics (M19): the equation itself."""
    push = push_trust * (np.sqrt(trust * response) - 0.5) + (push_agreement if tied else 0.0)
    weight = floor + np.sqrt(interest * other_interest)
    return min(base_rate * weight * exp(min(max(push, -30.0), 6.0)), MOST_TREATIES)


@compiled
def draw_treaties(key, topic_key, base_rate, push_agreement, push_trust, floor, shares, agreement, trust, interest):
    """Return the new treaties on other topics, shape (3, n): two states and the topic; Poisson numbers by inversion.

    Most pairs are decided by a bound on the rate without root and exponential: a geometric mean is at most the
    arithmetic one, an exponential at most its chords. Each pair has numbers of its own for the topics of its
    first treaties of the year.
    """
    size = len(trust)
    found = np.empty((3, 1024), dtype=np.int64)
    received, wanted, spare = np.empty(size), np.empty(size), np.empty(size)
    untrusted, trusted = np.exp(-0.5 * push_trust), np.exp(0.5 * push_trust)
    # Where trust pushes nothing away, the chords over [0, 1/2] and [1/2, 1]: one exponential at either end and at trust
    # of 1/2, where it is one. The higher of them is the bound, because exponentials are convex.
    scale, rises = base_rate * HAIR, 1.0 if push_trust >= 0.0 else 0.0
    level, slope = scale * untrusted, scale * rises * (1.0 - untrusted)
    high_level, high_slope = scale * rises * (2.0 - trusted), scale * rises * (trusted - 1.0)
    of_tie = np.exp(push_agreement)
    count = first = 0
    for i in range(size - 1):
        mine, own, tie = trust[i, i + 1 :], interest[i, i + 1 :], agreement[i, i + 1 :]
        theirs, others, left = received[: len(mine)], wanted[: len(mine)], spare[: len(mine)]
        for j in range(len(mine)):
            theirs[j] = trust[i + 1 + j, i]
        for j in range(len(mine)):
            others[j] = interest[i + 1 + j, i]
        for j in range(len(mine)):
            both = mine[j] + theirs[j]
            push = max(level + slope * both, high_level + high_slope * both)
            left[j] = push * (floor + 0.5 * (own[j] + others[j]))
        state = key + np.uint64(first) * GOLDEN
        for j in range(len(mine)):
            state += GOLDEN
            left[j] = uniform_of(state) - 1.0 + left[j] * (of_tie if tie[j] >= 0 else 1.0)
        for j in range(len(mine)):
            if left[j] < -ROUNDING:
                continue
            rate = treaty_rate(
                base_rate, push_agreement, push_trust, floor, tie[j] >= 0, mine[j], theirs[j], own[j], others[j]
            )
            treaties = poisson_quantile(uniform(key, first + j), rate)
            for turn in range(np.int64(treaties)):
                if count == found.shape[1]:
                    found = np.concatenate((found, found), axis=1)
                luck = uniform(topic_key, (first + j) * OWN_TOPICS + min(turn, OWN_TOPICS - 1))
                topic = 0
                while topic < len(shares) - 1 and luck > shares[topic]:
                    topic += 1
                found[0, count], found[1, count], found[2, count] = i, i + 1 + j, topic
                count += 1
        first += size - 1 - i
    return found[:, :count].copy()


@compiled
def rate_terms(one, other, base_rate, push_agreement, push_trust, floor, agreement, trust, interest, columns, terms):
    """Fill the terms of the log rate (M19) of chosen pairs, (n, terms), into the columns for them."""
    baseline, by_trust, by_interest, by_agreement = columns
    for k in range(len(one)):
        a, b, row = one[k], other[k], terms[k]
        row[baseline] = log(base_rate)
        row[by_trust] = push_trust * (np.sqrt(trust[a, b] * trust[b, a]) - 0.5)
        row[by_interest] = log(floor + np.sqrt(interest[a, b] * interest[b, a]))
        row[by_agreement] = push_agreement if agreement[a, b] >= 0 else 0.0


@compiled
def count_treaties(topic, one, other, agreement, treaties):
    """Add new treaties to the count by topic, shape (5, S, S), both ways; return how many are of tied pairs."""
    tied = 0
    for k in range(len(topic)):
        treaties[topic[k], one[k], other[k]] += 1.0
        treaties[topic[k], other[k], one[k]] += 1.0
        tied += 1 if agreement[one[k], other[k]] >= 0 else 0
    return tied

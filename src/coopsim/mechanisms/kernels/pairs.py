"""Loops over unordered pairs: signing, incidents, spillover, and the network that pulls on them."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, count_bits, exp, inlined, poisson_quantile, uniform

MOST_TREATIES = 400.0  # a year: e**6


@compiled
def network_pull(agreement, popularity_weight, closure_weight, popularity, closure):
    """Fill the pull of partners and of shared partners (M4), both (S, S); shared partners are counted by bit sets."""
    size = len(agreement)
    words = (size + 63) // 64
    bits = np.zeros((words, size), dtype=np.uint64)  # of column j: the partners of j
    degree = np.zeros(size)
    for i in range(size):
        word, bit = i // 64, np.uint64(1) << np.uint64(i % 64)
        for j in range(size):
            tied = agreement[i, j] >= 0
            bits[word, j] |= bit if tied else np.uint64(0)
            degree[j] += 1.0 if tied else 0.0
    pull = np.log1p(degree) - np.log1p(degree.mean())
    shared = np.empty(size, dtype=np.uint64)
    for i in range(size):
        shared[:] = np.uint64(0)
        for word in range(words):
            mine = bits[word, i]
            for j in range(size):
                shared[j] += count_bits(mine & bits[word, j])
        for j in range(size):
            popularity[i, j] = popularity_weight * (pull[i] + pull[j])
            closure[i, j] = closure_weight * np.float64(np.int64(shared[j])) / (min(degree[i], degree[j]) + 1.0)
        popularity[i, i] = closure[i, i] = 0.0


@inlined
def signing_hazard(base_rate, act, disposition, response, reach, push, lowest, highest):
    """Return the yearly hazard of signing (M2): the equation itself."""
    return base_rate * act * np.sqrt(disposition * response) * reach * exp(min(max(push, lowest), highest))


@compiled
def signing_hazards(
    i, j, base_rate, trust_weight, beta_commonality, beta_capacity, beta_trust, product, lowest, highest,
    mean_commonality, mean_capacity, mean_trust, activity, capacity, trust, interest, reach, perceived, popularity,
    closure, hazard,
):
    """Fill the hazards of signing (M2) of the pairs (i, j), shape (n,)."""
    for k in range(len(i)):
        a, b = i[k], j[k]
        push = (
            beta_commonality * (perceived[a, b] - mean_commonality)
            + beta_capacity * (np.sqrt(capacity[a]) * np.sqrt(capacity[b]) - mean_capacity)
            + beta_trust * (np.sqrt(trust[a, b] * trust[b, a]) - mean_trust)
            + popularity[a, b]
            + closure[a, b]
        )
        hazard[k] = signing_hazard(
            base_rate, activity[a] * activity[b] if product else 0.5 * (activity[a] + activity[b]),
            trust_weight * trust[a, b] + (1.0 - trust_weight) * interest[a, b],
            trust_weight * trust[b, a] + (1.0 - trust_weight) * interest[b, a], reach[a, b], push, lowest, highest,
        )


@compiled
def draw_signatures(
    key, ceiling, agreement, base_rate, trust_weight, beta_commonality, beta_capacity, beta_trust, product, lowest,
    highest, mean_commonality, mean_capacity, mean_trust, activity, capacity, trust, interest, reach, perceived,
    popularity, closure,
):
    """Return which pairs without an agreement sign: their numbers in the order of the upper triangle.

    The same hazards as `signing_hazards`, row by row so that they compile to vector code.
    """
    size = len(agreement)
    pairs = size * (size - 1) // 2
    found = np.empty(pairs, dtype=np.int64)
    count = 0
    disposition = trust_weight * trust + (1.0 - trust_weight) * interest
    response = disposition.T.copy()
    mutual_trust = np.sqrt(trust * trust.T) if beta_trust != 0.0 else trust
    root, hazard = np.sqrt(capacity), np.empty(size)
    first = 0  # number of the pair (i, i + 1)
    for i in range(size - 1):
        # Slices of rows, because loops from 0 compile to vector code and those from i + 1 do not.
        seen, popular, closing = perceived[i, i + 1 :], popularity[i, i + 1 :], closure[i, i + 1 :]
        mine, theirs, mutual = disposition[i, i + 1 :], response[i, i + 1 :], mutual_trust[i, i + 1 :]
        reached, tie, others, other_roots = reach[i, i + 1 :], agreement[i, i + 1 :], activity[i + 1 :], root[i + 1 :]
        likely = 0  # 1 - exp(-h) <= h: most rows are decided without another exponential
        for j in range(len(seen)):
            push = (
                beta_commonality * (seen[j] - mean_commonality)
                + beta_capacity * (root[i] * other_roots[j] - mean_capacity)
                + beta_trust * (mutual[j] - mean_trust)
                + popular[j]
                + closing[j]
            )
            act = activity[i] * others[j] if product else 0.5 * (activity[i] + others[j])
            h = signing_hazard(base_rate, act, mine[j], theirs[j], reached[j], push, lowest, highest)
            hazard[j] = h if tie[j] < 0 else 0.0
            likely += 1 if uniform(key, first + j) < hazard[j] else 0
        for j in range(len(seen) if likely else 0):
            u = uniform(key, first + j)
            if u < hazard[j] and u < -np.expm1(-min(hazard[j], ceiling)):
                found[count] = first + j
                count += 1
        first += size - 1 - i
    return found[:count].copy()


@compiled
def draw_incidents(key, rate, elsewhere, contiguous, trust, ideal_point):
    """Return which pairs clash (M13): their numbers in the order of the upper triangle."""
    size = len(trust)
    found = np.empty(size * (size - 1) // 2, dtype=np.int64)
    count = first = 0
    received = trust.T.copy()
    chance = np.empty(size)
    for i in range(size - 1):
        near, mine, theirs = contiguous[i, i + 1 :], trust[i, i + 1 :], received[i, i + 1 :]
        ideals = ideal_point[i + 1 :]
        likely = 0
        for j in range(len(near)):
            base = rate * (1.0 if near[j] else elsewhere)
            distrust = 1.0 - np.sqrt(mine[j] * theirs[j])
            chance[j] = base * distrust * distrust * (1.0 + abs(ideal_point[i] - ideals[j]))
            likely += 1 if uniform(key, first + j) < chance[j] else 0
        for j in range(len(near) if likely else 0):
            if uniform(key, first + j) < chance[j]:
                found[count] = first + j
                count += 1
        first += size - 1 - i
    return found[:count].copy()


@compiled
def draw_treaties(key, base_rate, push_agreement, push_trust, floor, agreement, trust, interest):
    """Return which pairs conclude treaties on other topics (M19), and how many: Poisson numbers by inversion.

    Pairs are given by their numbers in the order of the upper triangle.
    """
    size = len(trust)
    pairs = size * (size - 1) // 2
    found, number = np.empty(pairs, dtype=np.int64), np.empty(pairs, dtype=np.int64)
    count = first = 0
    received, wanted = trust.T.copy(), interest.T.copy()
    rate = np.empty(size)
    for i in range(size - 1):
        mine, theirs, tie = trust[i, i + 1 :], received[i, i + 1 :], agreement[i, i + 1 :]
        own, other = interest[i, i + 1 :], wanted[i, i + 1 :]
        likely = 0
        for j in range(len(mine)):
            push = push_trust * (np.sqrt(mine[j] * theirs[j]) - 0.5) + (push_agreement if tie[j] >= 0 else 0.0)
            weight = floor + np.sqrt(own[j] * other[j])
            rate[j] = min(base_rate * weight * exp(min(max(push, -30.0), 6.0)), MOST_TREATIES)
            likely += 1 if uniform(key, first + j) > 1.0 - rate[j] else 0
        for j in range(len(mine) if likely else 0):
            treaties = poisson_quantile(uniform(key, first + j), rate[j])
            if treaties > 0.0:
                found[count], number[count] = first + j, np.int64(treaties)
                count += 1
        first += size - 1 - i
    return found[:count].copy(), number[:count].copy()

"""Loops over unordered pairs: signing, incidents, spillover, and the network that pulls on them."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, count_bits, exp, uniform

MOST_TREATIES = 400.0  # a year: e**6


@compiled
def network_pull(agreement, popularity_weight, closure_weight, popularity, closure):
    """Fill the pull of partners and of shared partners (M4), both (S, S); shared partners are counted by bit sets."""
    size = len(agreement)
    words = (size + 63) // 64
    bits = np.zeros((size, words), dtype=np.uint64)
    degree = np.zeros(size)
    for i in range(size):
        for j in range(size):
            if agreement[i, j] >= 0:
                bits[i, j // 64] |= np.uint64(1) << np.uint64(j % 64)
                degree[i] += 1.0
    pull = np.log1p(degree) - np.log1p(degree.mean())
    for i in range(size):
        popularity[i, i] = 0.0
        closure[i, i] = 0.0
        for j in range(i + 1, size):
            shared = np.uint64(0)
            for word in range(words):
                shared += count_bits(bits[i, word] & bits[j, word])
            popularity[i, j] = popularity[j, i] = popularity_weight * (pull[i] + pull[j])
            value = closure_weight * np.float64(shared) / (min(degree[i], degree[j]) + 1.0)
            closure[i, j] = closure[j, i] = value


@compiled
def signing_hazards(
    i, j, base_rate, trust_weight, beta_commonality, beta_capacity, beta_trust, product, lowest, highest,
    mean_commonality, mean_capacity, mean_trust, activity, capacity, trust, interest, reach, perceived, popularity,
    closure, hazard,
):
    """Fill the hazards of signing (M2) of the pairs (i, j), shape (n,)."""
    interest_weight = 1.0 - trust_weight
    for k in range(len(i)):
        a, b = i[k], j[k]
        consent = np.sqrt(
            (trust_weight * trust[a, b] + interest_weight * interest[a, b])
            * (trust_weight * trust[b, a] + interest_weight * interest[b, a])
        )
        push = (
            beta_commonality * (perceived[a, b] - mean_commonality)
            + beta_capacity * (np.sqrt(capacity[a] * capacity[b]) - mean_capacity)
            + popularity[a, b]
            + closure[a, b]
        )
        if beta_trust != 0.0:
            push += beta_trust * (np.sqrt(trust[a, b] * trust[b, a]) - mean_trust)
        act = activity[a] * activity[b] if product else 0.5 * (activity[a] + activity[b])
        hazard[k] = base_rate * act * consent * reach[a, b] * exp(min(max(push, lowest), highest))


@compiled
def draw_events(key, hazard, agreement, i, j, ceiling):
    """Return the positions of the untied pairs whose chance 1 - exp(-hazard) comes up."""
    found = np.empty(len(i), dtype=np.int64)
    count = 0
    for k in range(len(i)):
        h = min(hazard[k], ceiling)
        # 1 - exp(-h) <= h: most pairs are decided without an exponential.
        if agreement[i[k], j[k]] < 0:
            u = uniform(key, k)
            if u < h and u < -np.expm1(-h):
                found[count] = k
                count += 1
    return found[:count].copy()


@compiled
def incidents(key, i, j, rate, elsewhere, contiguous, trust, ideal_point, incident):
    """Mark the incidents of the year (M13)."""
    for k in range(len(i)):
        a, b = i[k], j[k]
        chance = rate * (1.0 if contiguous[a, b] else elsewhere)
        chance *= (1.0 - np.sqrt(trust[a, b] * trust[b, a])) ** 2 * (1.0 + abs(ideal_point[a] - ideal_point[b]))
        if uniform(key, k) < chance:
            incident[a, b] = incident[b, a] = True


@compiled
def spillover_rates(i, j, base_rate, push_agreement, push_trust, floor, agreement, trust, interest, rate):
    """Fill the yearly rate of treaties on other topics of each pair (M19), shape (n,)."""
    for k in range(len(i)):
        a, b = i[k], j[k]
        push = push_trust * (np.sqrt(trust[a, b] * trust[b, a]) - 0.5)
        if agreement[a, b] >= 0:
            push += push_agreement
        weight = floor + np.sqrt(interest[a, b] * interest[b, a])
        rate[k] = min(base_rate * weight * exp(min(max(push, -30.0), 6.0)), MOST_TREATIES)

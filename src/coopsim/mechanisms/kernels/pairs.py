"""Loops over unordered pairs: signing, incidents, and the network that pulls on them."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, count_bits, exp, inlined, uniform


@compiled
def count_shared(agreement, degree, shared):
    """Fill the number of partners of each state, (S,), and of those that two states share, (S, S), by bit sets (M4)."""
    size = len(agreement)
    words = (size + 63) // 64
    bits = np.zeros((words, size), dtype=np.uint64)  # of column j: the partners of j
    for i in range(size):
        sets, bit = bits[i // 64], np.uint64(1) << np.uint64(i % 64)
        for j in range(size):
            sets[j] |= bit if agreement[i, j] >= 0 else np.uint64(0)
    degree[:] = 0.0
    for word in range(words):
        for j in range(size):
            degree[j] += np.float64(np.int64(count_bits(bits[word, j])))
    common = np.empty(size, dtype=np.uint64)
    for i in range(size):
        common[:] = np.uint64(0)
        for word in range(words):
            mine = bits[word, i]
            for j in range(size):
                common[j] += count_bits(mine & bits[word, j])
        for j in range(size):
            shared[i, j] = common[j]
        shared[i, i] = 0


@inlined
def closure(shared, mine, theirs):
    """Return the pull of shared partners (M4): that of one counts as much as the state with fewer partners says."""
    return shared * (mine if abs(mine) > abs(theirs) else theirs)


@inlined
def signing_push(
    a, b, beta_commonality, beta_capacity, beta_trust, mean_commonality, mean_capacity, mean_trust, capacity, trust,
    perceived, pull, shared, shared_pull,
):
    """Return what is in the exponent of the hazard (M2): commonality, capacity, mutual trust, partners, shared ones."""
    return (
        beta_commonality * (perceived[a, b] - mean_commonality),
        beta_capacity * (np.sqrt(capacity[a]) * np.sqrt(capacity[b]) - mean_capacity),
        beta_trust * (np.sqrt(trust[a, b] * trust[b, a]) - mean_trust) if beta_trust != 0.0 else 0.0,
        pull[a] + pull[b],
        closure(np.float64(shared[a, b]), shared_pull[a], shared_pull[b]),
    )


@inlined
def initiative(product, mine, theirs):
    """Return act (M2): both must be active, or either may take the initiative."""
    return mine * theirs if product else 0.5 * (mine + theirs)


@inlined
def signing_hazard(
    a, b, base_rate, trust_weight, beta_commonality, beta_capacity, beta_trust, product, lowest, highest,
    mean_commonality, mean_capacity, mean_trust, activity, capacity, trust, interest, reach, perceived, pull, shared,
    shared_pull,
):
    """Return the yearly hazard of signing of the pair (a, b) (M2): the equation itself."""
    common, developed, trusting, popular, closing = signing_push(
        a, b, beta_commonality, beta_capacity, beta_trust, mean_commonality, mean_capacity, mean_trust, capacity,
        trust, perceived, pull, shared, shared_pull,
    )
    push = common + developed + trusting + popular + closing
    disposition = trust_weight * trust[a, b] + (1.0 - trust_weight) * interest[a, b]
    response = trust_weight * trust[b, a] + (1.0 - trust_weight) * interest[b, a]
    act = initiative(product, activity[a], activity[b])
    consent = np.sqrt(disposition * response)
    return base_rate * act * consent * reach[a, b] * exp(min(max(push, lowest), highest))


@compiled
def signing_hazards(i, j, inputs, hazard):
    """Fill the hazards of signing (M2) of the pairs (i, j), shape (n,); `inputs` are those of `signing_hazard`."""
    for k in range(len(i)):
        hazard[k] = signing_hazard(i[k], j[k], *inputs)


@compiled
def signing_terms(i, j, floor, mean_interest, limit, inputs, terms):
    """Fill the terms that sum to the log-hazard of the pairs (i, j), (n, terms), in the order of the ledger.

    ln v mixes trust and interest: each gets its Shapley value against the mean trust and interest.
    """
    (base_rate, trust_weight, beta_commonality, beta_capacity, beta_trust, product, lowest, highest, mean_commonality,
     mean_capacity, mean_trust, activity, capacity, trust, interest, reach, perceived, pull, shared,
     shared_pull) = inputs
    w = trust_weight
    neither = np.log(max(w * mean_trust + (1.0 - w) * mean_interest, floor))
    for k in range(len(i)):
        a, b = i[k], j[k]
        common, developed, trusting, popular, closing = signing_push(
            a, b, beta_commonality, beta_capacity, beta_trust, mean_commonality, mean_capacity, mean_trust, capacity,
            trust, perceived, pull, shared, shared_pull,
        )
        by_trust = by_interest = 0.0
        for t, v in ((trust[a, b], interest[a, b]), (trust[b, a], interest[b, a])):
            both = np.log(max(w * t + (1.0 - w) * v, floor))
            only_trust = np.log(max(w * t + (1.0 - w) * mean_interest, floor))
            only_interest = np.log(max(w * mean_trust + (1.0 - w) * v, floor))
            by_trust += 0.25 * (both - only_interest + only_trust - neither)
            by_interest += 0.25 * (both - only_trust + only_interest - neither)
        push = common + developed + trusting + popular + closing
        row = terms[k]
        row[0] = np.log(max(base_rate, floor)) + neither
        row[1] = np.log(max(initiative(product, activity[a], activity[b]), floor))
        row[2] = by_trust + trusting
        row[3] = by_interest
        row[4] = np.log(max(reach[a, b], floor))
        row[5], row[6], row[7], row[8] = common, developed, popular, closing
        row[limit] = min(max(push, lowest), highest) - push


@compiled
def consent_bounds(trust_weight, interest, reach, bound):
    """Fill what consent and reach come to at most (M2), whatever trust becomes: it is never above 1.

    Pairs are numbered in the order of the upper triangle.
    """
    size, pair = len(interest), 0
    for i in range(size):
        for j in range(i + 1, size):
            mine = trust_weight + (1.0 - trust_weight) * interest[i, j]
            theirs = trust_weight + (1.0 - trust_weight) * interest[j, i]
            bound[pair] = np.sqrt(mine * theirs) * reach[i, j]
            pair += 1


@compiled
def draw_signatures(key, ceiling, agreement, bound, inputs):
    """Return which pairs without an agreement sign: their numbers in the order of the upper triangle.

    Most pairs are ruled out by a bound on the hazard, which needs no root and no exponential; `bound` is that of
    `consent_bounds`, `inputs` are those of `signing_hazard`.
    """
    (base_rate, _trust_weight, beta_commonality, beta_capacity, beta_trust, product, lowest, _highest, mean_commonality,
     mean_capacity, mean_trust, activity, capacity, _trust, _interest, _reach, perceived, pull, shared,
     shared_pull) = inputs
    size = len(agreement)
    found = np.empty(size * (size - 1) // 2, dtype=np.int64)
    # The root of a product is at most the mean: so the push of capacity falls apart into one factor for each state.
    lure = np.exp(np.minimum(pull + 0.5 * beta_capacity * (capacity - mean_capacity), 300.0))
    # Nobody trusts more than 1. The margin is for rounding, and far above it.
    push = beta_trust * (1.0 - mean_trust) - beta_commonality * mean_commonality
    rate, least = base_rate * np.exp(push) * (1.0 + 1e-9), base_rate * np.exp(lowest) * (1.0 + 1e-9)
    likeness = np.exp(beta_commonality) - 1.0  # an exponential lies below its chord: e^(b x) <= 1 + (e^b - 1) x
    maybe = np.zeros(size + 8, dtype=np.bool_)
    eight = maybe[: size // 8 * 8 + 8].view(np.uint64)  # to pass over eight pairs at a time
    count = first = 0
    for i in range(size - 1):
        # Slices of rows, because loops from 0 compile to vector code and those from i + 1 do not.
        tie, limit = agreement[i, i + 1 :], bound[first : first + size - 1 - i]
        lures, others = lure[i + 1 :], activity[i + 1 :]
        their_shared, their_pull, seen = shared[i, i + 1 :], shared_pull[i + 1 :], perceived[i, i + 1 :]
        closest = 0.0
        for j in range(len(tie)):
            closest = max(closest, closure(np.float64(their_shared[j]), shared_pull[i], their_pull[j]))
        own = rate * lure[i] * np.exp(closest)
        for j in range(len(tie)):
            act = initiative(product, activity[i], others[j])
            most = own * lures[j] * limit[j] * (1.0 + likeness * seen[j]) + least
            maybe[j] = (uniform(key, first + j) < act * most) & (tie[j] < 0)
        maybe[len(tie)] = False
        for word in range(len(tie) // 8 + 1):
            if not eight[word]:
                continue
            for j in range(8 * word, min(8 * word + 8, len(tie))):
                if maybe[j]:
                    hazard = signing_hazard(i, i + 1 + j, *inputs)
                    u = uniform(key, first + j)
                    if u < hazard and u < -np.expm1(-min(hazard, ceiling)):
                        found[count] = first + j
                        count += 1
        first += size - 1 - i
    return found[:count].copy()


@compiled
def review(key, due, ended, a, b, trust, lapse):
    """Return which agreements that are due lapse, and which are renewed (M3); those that have ended are neither."""
    size = len(trust)
    lapses, renewed = np.empty(len(due), dtype=np.int64), np.empty(len(due), dtype=np.int64)
    lapsing = renewing = 0
    for agreement in due:
        if ended[agreement] >= 0:
            continue
        i, j = np.int64(a[agreement]), np.int64(b[agreement])
        distrust = 1.0 - np.sqrt(trust[i, j] * trust[j, i])
        if uniform(key, i * size + j) < lapse * distrust * distrust:
            lapses[lapsing] = agreement
            lapsing += 1
        else:
            renewed[renewing] = agreement
            renewing += 1
    return lapses[:lapsing].copy(), renewed[:renewing].copy()


@inlined
def incident_chance(rate, trust, response, apart):
    """Return the chance of an incident (M13): the equation itself."""
    distrust = 1.0 - np.sqrt(trust * response)
    return rate * distrust * distrust * (1.0 + apart)


@compiled
def draw_incidents(key, rate, elsewhere, near_a, near_b, contiguous, trust, ideal_point, incident):
    """Mark the pairs that clash (M13); those that share a border, (n,) twice, are asked one by one.

    Of the others, few are so unlucky that they would clash even without any trust: only these are looked at.
    """
    size = len(trust)
    for k in range(len(near_a)):
        i, j = near_a[k], near_b[k]
        u = uniform(key, i * size - i * (i + 1) // 2 + j - i - 1)
        if u < incident_chance(rate, trust[i, j], trust[j, i], abs(ideal_point[i] - ideal_point[j])):
            incident[i, j] = incident[j, i] = True
    lowest, highest = ideal_point.min(), ideal_point.max()
    luck, unlucky = np.empty(size), np.empty(size + 1, dtype=np.int64)
    first = 0  # number of the pair (i, i + 1)
    for i in range(size - 1):
        others = size - 1 - i
        most = rate * elsewhere * (1.0 + max(ideal_point[i] - lowest, highest - ideal_point[i]))
        for j in range(others):
            luck[j] = uniform(key, first + j)
        count = 0
        for j in range(others):
            unlucky[count] = j
            count += 1 if luck[j] <= most else 0
        for k in range(count):
            u, j = luck[unlucky[k]], i + 1 + unlucky[k]
            apart = abs(ideal_point[i] - ideal_point[j])
            if not contiguous[i, j] and u < incident_chance(rate * elsewhere, trust[i, j], trust[j, i], apart):
                incident[i, j] = incident[j, i] = True
        first += others

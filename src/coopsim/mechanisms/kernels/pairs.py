"""Loops over unordered pairs: signing, incidents, and the network that pulls on them."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import (
    GOLDEN,
    LEADING,
    bits_of,
    compiled,
    count_bits,
    exp,
    fill_leading_digits,
    inlined,
    normal,
    saturate,
    uniform,
    uniform_of,
)
from coopsim.world.activities import BILATERAL, CULTURE, LAPSED
from coopsim.world.agreements import NEVER, TERMS
from coopsim.world.kernels.ledger import end, enter

ACTIVITY = 11  # where activity stands among the inputs of `signing_hazard`
NUMBER_OF_TERMS = len(TERMS)


@compiled
def draw_campaigns(own_key, common_key, memory, common_share, spread, lowest, highest, activism, campaign, activity):
    """Update campaigns and fill activity (M4), both (S,)."""
    wave, innovation = np.sqrt(common_share) * normal(common_key, 0), np.sqrt(1.0 - memory * memory) * spread
    for i in range(len(campaign)):
        shock = np.sqrt(1.0 - common_share) * normal(own_key, i) + wave
        campaign[i] = memory * campaign[i] + innovation * shock
        activity[i] = activism[i] * exp(min(max(campaign[i] - 0.5 * spread * spread, lowest), highest))


@compiled
def look_at_partners(agreement, popularity, closure, partners, pull, shared_pull):
    """Fill the partners of each state as a set of bits, (S, W), and how they pull (M4), both (S,)."""
    size = len(agreement)
    degree = np.zeros(size)
    tied = np.zeros(64 * partners.shape[1], dtype=np.bool_)
    eight = tied.view(np.uint64)
    for i in range(size):
        row = agreement[i]
        for j in range(size):
            tied[j] = row[j] >= 0
        for word in range(partners.shape[1]):
            bits = np.uint64(0)
            for k in range(8):
                bits |= bits_of(eight[8 * word + k]) << np.uint64(8 * k)
            partners[i, word] = bits
            degree[i] += np.float64(count_bits(bits))
    usual = np.log1p(degree.mean())
    for i in range(size):
        pull[i] = popularity * (np.log1p(degree[i]) - usual)
        shared_pull[i] = closure / (degree[i] + 1.0)


@compiled
def campaign(
    keys, memory, common_share, spread, lowest, highest, activism, campaign, activity, agreement, popularity, closure,
    partners, pull, shared_pull,
):
    """Update campaigns and look at the network (M4); `keys` are those of own campaigns and of the common wave."""
    draw_campaigns(
        keys[0], keys[1], memory, common_share, spread, lowest, highest, activism, campaign, activity
    )
    look_at_partners(agreement, popularity, closure, partners, pull, shared_pull)


@inlined
def count_shared(mine, theirs):
    """Return the number of partners that two states share, of the sets of bits of both."""
    shared = np.uint64(0)
    for word in range(len(mine)):
        shared += count_bits(mine[word] & theirs[word])
    return np.float64(shared)


@inlined
def closure(shared, mine, theirs):
    """Return the pull of shared partners (M4): that of one counts as much as the state with fewer partners says."""
    return shared * (mine if abs(mine) > abs(theirs) else theirs)


@inlined
def signing_push(
    a, b, beta_commonality, beta_capacity, beta_trust, mean_commonality, mean_capacity, mean_trust, capacity, trust,
    perceived, pull, partners, shared_pull,
):
    """Return what is in the exponent of the hazard (M2): commonality, capacity, mutual trust, partners, shared ones."""
    return (
        beta_commonality * (perceived[a, b] - mean_commonality),
        beta_capacity * (np.sqrt(capacity[a]) * np.sqrt(capacity[b]) - mean_capacity),
        beta_trust * (np.sqrt(trust[a, b] * trust[b, a]) - mean_trust) if beta_trust != 0.0 else 0.0,
        pull[a] + pull[b],
        closure(count_shared(partners[a], partners[b]), shared_pull[a], shared_pull[b]),
    )


@inlined
def initiative(product, mine, theirs):
    """Return act (M2): both must be active, or either may take the initiative."""
    return mine * theirs if product else 0.5 * (mine + theirs)


@inlined
def signing_hazard(
    a, b, base_rate, trust_weight, beta_commonality, beta_capacity, beta_trust, product, lowest, highest,
    mean_commonality, mean_capacity, mean_trust, activity, capacity, trust, interest, reach, perceived, pull, partners,
    shared_pull,
):
    """Return the yearly hazard of signing of the pair (a, b) (M2): the equation itself."""
    common, developed, trusting, popular, closing = signing_push(
        a, b, beta_commonality, beta_capacity, beta_trust, mean_commonality, mean_capacity, mean_trust, capacity,
        trust, perceived, pull, partners, shared_pull,
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
     mean_capacity, mean_trust, activity, capacity, trust, interest, reach, perceived, pull, partners,
     shared_pull) = inputs
    w = trust_weight
    neither = np.log(max(w * mean_trust + (1.0 - w) * mean_interest, floor))
    baseline = np.log(max(base_rate, floor)) + neither
    for k in range(len(i)):
        a, b = i[k], j[k]
        common, developed, trusting, popular, closing = signing_push(
            a, b, beta_commonality, beta_capacity, beta_trust, mean_commonality, mean_capacity, mean_trust, capacity,
            trust, perceived, pull, partners, shared_pull,
        )
        # The roots of what trust and interest of both sides come to, of either with the mean of the other in its place.
        both = by_trust = by_interest = 1.0
        for t, v in ((trust[a, b], interest[a, b]), (trust[b, a], interest[b, a])):
            both *= max(w * t + (1.0 - w) * v, floor)
            by_trust *= max(w * t + (1.0 - w) * mean_interest, floor)
            by_interest *= max(w * mean_trust + (1.0 - w) * v, floor)
        half, shift = 0.25 * np.log(both) - 0.5 * neither, 0.25 * np.log(by_trust / by_interest)
        push = common + developed + trusting + popular + closing
        row = terms[k]
        row[0] = baseline
        row[1] = np.log(max(initiative(product, activity[a], activity[b]), floor))
        row[2] = half + shift + trusting
        row[3] = half - shift
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
def hazard_bounds(consent, beta_commonality, seen, bound):
    """Fill what consent, reach and the push of commonality come to at most (M2), which is perceived up to `seen`."""
    first = 0
    for i in range(len(seen) - 1):
        last = first + len(seen) - 1 - i
        most, agreed, common = bound[first:last], consent[first:last], seen[i, i + 1 :]
        for j in range(len(most)):
            most[j] = np.float32(agreed[j] * exp(beta_commonality * common[j]))
        first = last


@compiled
def may_sign(key, agreement, bound, inputs):
    """Return the pairs that may sign, (3, n): numbers in the order of the upper triangle, both states.

    Most pairs are ruled out by a bound on the hazard, which needs no root and no exponential, and the leading digits of
    their number; `bound` is that of `hazard_bounds`, `inputs` are those of `signing_hazard`. Bounds have half as many
    digits as the hazard, so that vector code asks twice as many pairs at a time.
    """
    (base_rate, _trust_weight, beta_commonality, beta_capacity, beta_trust, product, lowest, _highest, mean_commonality,
     mean_capacity, mean_trust, activity, capacity, _trust, _interest, _reach, _perceived, pull, partners,
     shared_pull) = inputs
    size = len(agreement)
    # Whole numbers without a sign: as indices they need not be asked whether they count from the end.
    found = np.empty((3, size * (size - 1) // 2 + 1), dtype=np.uint32)
    # The root of a product is at most the mean: so the push of capacity falls apart into one factor for each state.
    # What two states share are partners of either: no pair is pulled more by them than some state by all its partners.
    lure, active, closing = np.empty(size, dtype=np.float32), activity.astype(np.float32), 0.0
    for i in range(size):
        lure[i] = exp(min(pull[i] + 0.5 * beta_capacity * (capacity[i] - mean_capacity), 60.0))
        closing = max(closing, shared_pull[i] * count_shared(partners[i], partners[i]))
    # Nobody trusts more than 1. The margin is for rounding, and far above it.
    push = beta_trust * (1.0 - mean_trust) - beta_commonality * mean_commonality + closing
    rate = base_rate * (1.0 + 1e-5) * LEADING
    least, rate = np.float32(rate * np.exp(lowest)), rate * np.exp(push)
    maybe = np.zeros(size + 8, dtype=np.bool_)
    eight = maybe[: size // 8 * 8 + 8].view(np.uint64)  # to pass over eight pairs at a time
    digits = np.empty(len(bound), dtype=np.int32)
    fill_leading_digits(key, digits)
    count = first = 0
    for i in range(size - 1):
        # Slices of rows, because loops from 0 compile to vector code and those from i + 1 do not.
        last = first + size - 1 - i
        tie, limit, luck = agreement[i, i + 1 :], bound[first:last], digits[first:last]
        lures, others = lure[i + 1 :], active[i + 1 :]
        own = np.float32(rate * lure[i])
        alone, together = (np.float32(0.0), active[i]) if product else (np.float32(0.5) * active[i], np.float32(0.5))
        for j in range(len(tie)):
            most = (alone + together * others[j]) * (own * lures[j] * limit[j] + least)
            maybe[j] = (np.float32(luck[j]) < most) & (tie[j] < 0)
        maybe[len(tie)] = False
        for word in range(len(tie) // 8 + 1):
            if eight[word]:
                for j in range(8 * word, 8 * word + 8):
                    found[0, count], found[1, count], found[2, count] = first + j, i, i + 1 + j
                    count += np.int64(maybe[j])
        first = last
    return found[:, :count]


@compiled
def draw_signatures(key, ceiling, agreement, bound, inputs):
    """Return which pairs without an agreement sign, as `may_sign` returns those that may."""
    found = may_sign(key, agreement, bound, inputs)
    pairs, one, other = found[0], found[1], found[2]
    hazard, count = np.empty(len(pairs)), 0
    signing_hazards(one, other, inputs, hazard)
    for k in range(len(pairs)):
        chance = saturate(min(hazard[k], ceiling))
        pairs[count], one[count], other[count] = pairs[k], one[k], other[k]
        count += np.int64(uniform(key, pairs[k]) < chance)
    return found[:, :count].copy()


@compiled
def take_initiative(initiator_key, activity_key, floor, pairs, a, b, activity, leads, initiator, leading):
    """Fill in which side takes the initiative in each signature, and the activity that it leads with (M2), (n,).

    `leads`, (S, 4), holds the chance of all activities up to each one, the last left out, by initiator.
    """
    for k in range(len(pairs)):
        mine, theirs = activity[a[k]], activity[b[k]]
        initiator[k] = a[k] if uniform(initiator_key, pairs[k]) < mine / max(mine + theirs, floor) else b[k]
        for below in leads[initiator[k]]:
            leading[k] += uniform(activity_key, pairs[k]) > below


@compiled
def sign(keys, year, ceiling, floor, mean_interest, limit, agreement, bound, leads, room, first, inputs):
    """Fill a row of the ledger for each pair that signs (M2), and enter it into the matrix of ties; return how many.

    `keys` are those of the signature, of the initiative and of the activity; the first row of `room` has the number
    `first`.
    """
    signing = draw_signatures(keys[0], ceiling, agreement, bound, inputs)
    pairs, a, b = signing[0], signing[1], signing[2]
    number = len(a)
    initiator, leading = np.empty(number, dtype=np.int64), np.zeros(number, dtype=np.int64)
    take_initiative(keys[1], keys[2], floor, pairs, a, b, inputs[ACTIVITY], leads, initiator, leading)
    terms = np.zeros((number, NUMBER_OF_TERMS))
    signing_terms(a, b, floor, mean_interest, limit, inputs, terms)
    enter(room, BILATERAL, NEVER, a, b, np.full(number, year), initiator, leading, np.full(number, CULTURE), terms)
    for k in range(number):
        agreement[a[k], b[k]] = agreement[b[k], a[k]] = first + k
    return number


@compiled
def review(key, due, rows, known, year, trust, lapse, ties):
    """Renew agreements that are due, or let them lapse (M3); return which are due next time, and how many were renewed.

    Those that have ended are not due any more. Next time, those signed this year are due as well; the first `known`
    rows are older.
    """
    size = len(trust)
    lapses, next_due = np.empty(len(due), dtype=np.int64), np.empty(len(due) + len(rows) - known, dtype=np.int64)
    lapsing = renewed = 0
    for agreement in due:
        row = rows[agreement]
        if row.ended >= 0:
            continue
        i, j = np.int64(row.a), np.int64(row.b)
        u = uniform(key, i * size + j)
        if u < lapse:  # else it is renewed, whatever trust is
            distrust = 1.0 - np.sqrt(trust[i, j] * trust[j, i])
            if u < lapse * distrust * distrust:
                lapses[lapsing] = agreement
                lapsing += 1
                continue
        row.renewals += 1
        next_due[renewed] = agreement
        renewed += 1
    count = renewed
    for agreement in range(known, len(rows)):
        row = rows[agreement]
        next_due[count] = agreement
        count += 1 if row.signed == year and row.a >= 0 and row.topic == CULTURE else 0
    end(rows, lapses[:lapsing], year, LAPSED, NEVER, ties)
    return next_due[:count].copy(), renewed, lapsing


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
    first, state = 0, key  # number of the pair (i, i + 1), and state of the generator before it
    for i in range(size - 1):
        others = size - 1 - i
        most = rate * elsewhere * (1.0 + max(ideal_point[i] - lowest, highest - ideal_point[i]))
        for j in range(others):
            state += GOLDEN
            luck[j] = uniform_of(state)
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

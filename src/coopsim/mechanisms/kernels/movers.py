"""Loops of mobility (M9): where people go, how many, and who stays.

Row by row, in short loops over contiguous rows, so that everything compiles to vector code and nothing but the columns
themselves is as large as S x S.
"""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import (
    GOLDEN,
    LARGE_MEAN,
    compiled,
    exp,
    fma,
    inlined,
    large_poisson_quantile,
    log,
    poisson_quantile,
    row_sum,
    saturate,
    uniform_of,
)

NOBODY, FEW, SEVERAL, MANY = (np.uint64(k) for k in (0, 1, 2, 4))  # ways to draw a Poisson number, as bits
BIT, TWO = np.uint64(1), np.uint64(2)
FEW_MEAN, MOST_FEW, MOST_SEVERAL = 1.5, 6, 18
STRIDE = 8  # lists are filled up to a multiple, so that no loop ends in single steps


@inlined
def feel_near(overlap, distance_cost, stock, comembership, language, network, near):
    """Fill what draws students and artists of a row alike: languages, distance, compatriots, common memberships."""
    for j in range(len(near)):
        near[j] = log(fma(stock[j], 1 / 1000, 1.0))
    for j in range(len(near)):
        near[j] = fma(network, near[j], fma(0.5, comembership[j], fma(language, overlap[j], -distance_cost[j])))


@inlined
def leave_out(i, weight):
    """Take state i itself out of its hosts; return what scales the weights of the others to sum to one."""
    weight[i] = 0.0
    total = row_sum(weight)
    return 1.0 / total if total > 0.0 else 0.0


@inlined
def weigh_students(i, near, offers, received, study_factor, offered, reciprocal, study):
    """Fill the weights of the hosts of state i's students; return what scales them to sum to one."""
    for j in range(len(study)):
        study[j] = near[j] + saturate(fma(offered, received[j], reciprocal * offers[j]))
    for j in range(len(study)):
        study[j] = study_factor[j] * exp(study[j])
    return leave_out(i, study)


@inlined
def weigh_artists(i, near, received, perceived, missions, art_factor, residences, mission_pull, art):
    """Fill the weights of the hosts of state i's artists; return what scales them to sum to one. `near` is used up."""
    for j in range(len(art)):
        art[j] = saturate(residences * received[j])
    for j in range(len(art)):
        near[j] += art[j] + perceived[j] + (mission_pull if missions[j] else 0.0)
    for j in range(len(art)):
        art[j] = art_factor[j] * exp(near[j])
    return leave_out(i, art)


@inlined
def weigh_hosts(
    i, overlap, distance_cost, stock, comembership, offers, received, perceived, missions, study_factor, art_factor,
    language, network, offered, reciprocal, residences, mission_pull, study, art, rest,
):
    """Fill the weights of the hosts of state i's students and artists; return what scales them to sum to one.

    Weights are the exponentials of utilities. `rest` has room for a row.
    """
    feel_near(overlap, distance_cost, stock, comembership, language, network, rest)
    scale = weigh_students(i, rest, offers, received, study_factor, offered, reciprocal, study)
    return scale, weigh_artists(i, rest, received, perceived, missions, art_factor, residences, mission_pull, art)


@compiled
def host_choices(
    overlap, distance_cost, stock, comembership, offers, perceived, missions, study_factor, art_factor, language,
    network, offered, reciprocal, residences, mission_pull, study, art,
):
    """Fill where students and artists go, (S, S) each, rows summing to one (M9)."""
    size = len(stock)
    received, rest = np.empty(size), np.empty(size)
    for i in range(size):
        for j in range(size):
            received[j] = offers[j, i]
        scale_study, scale_art = weigh_hosts(
            i, overlap[i], distance_cost[i], stock[i], comembership[i], offers[i], received, perceived[i], missions[i],
            study_factor, art_factor, language, network, offered, reciprocal, residences, mission_pull, study[i],
            art[i], rest,
        )
        for j in range(size):
            study[i, j] *= scale_study
        for j in range(size):
            art[i, j] *= scale_art


@compiled
def long_settled(
    overlap, distance_cost, stock, comembership, offers, perceived, missions, study_factor, art_factor, language,
    network, offered, reciprocal, residences, mission_pull, rounds, leaving, kept, study,
):
    """Fill where students go, and their stock, as if that had gone on for long: each round attracts the next (M9)."""
    size = len(stock)
    received, near = np.empty(size), np.empty(size)
    for i in range(size):
        for j in range(size):
            received[j] = offers[j, i]
        for _ in range(rounds):
            feel_near(overlap[i], distance_cost[i], stock[i], comembership[i], language, network, near)
            scale = weigh_students(i, near, offers[i], received, study_factor, offered, reciprocal, study[i])
            for j in range(size):
                study[i, j] *= scale
            for j in range(size):
                stock[i, j] = leaving[i] * study[i, j] / (1.0 - kept)


@inlined
def expect(state, scale, weight, u, mean, way):
    """Fill the expectations of a row, its uniform numbers, and the way to draw each Poisson number."""
    for j in range(len(weight)):
        state += GOLDEN
        m = scale * weight[j]
        x = uniform_of(state)
        u[j], mean[j] = x, m
        # 1 - m + m^2/2 - m^3/6 <= exp(-m): where next to nobody is expected, an exponential is not needed.
        some = x > fma(-m, fma(-m, fma(-m, 1 / 6, 0.5), 1.0), 1.0)
        low = FEW if m <= FEW_MEAN else SEVERAL
        way[j] = MANY if m > LARGE_MEAN else (low if some else NOBODY)


@inlined
def gather(places, number, u, mean, drawn_u, drawn_mean):
    """Collect the numbers and expectations of a list of places, filled up to a multiple of the stride."""
    for k in range(number):
        drawn_u[k], drawn_mean[k] = u[places[k]], mean[places[k]]
    whole = (np.int64(number) + STRIDE - 1) // STRIDE * STRIDE
    for k in range(np.int64(number), whole):
        drawn_u[k], drawn_mean[k] = 0.5, 1.0
    return whole


@inlined
def count_terms(u, mean, most):
    """Return the Poisson quantile of u if it is below `most`, and `most` otherwise."""
    term = exp(-mean)
    below = term
    count = 0.0
    for k in range(1, most):
        count += 1.0 if u > below else 0.0
        term *= mean * (1.0 / k)
        below += term
    return count + (1.0 if u > below else 0.0)


@inlined
def draw(u, mean, way, few_places, several_places, many_places, drawn_u, drawn_mean, found, count):
    """Fill Poisson numbers: cells are sorted by the way they are drawn, so that every way compiles to vector code."""
    few = several = many = NOBODY
    for j in range(len(way)):
        # Counting, because branches cannot be foreseen; unsigned, because signed indices may count from behind.
        few_places[few] = several_places[several] = many_places[many] = np.uint32(j)
        few += way[j] & BIT
        several += (way[j] >> BIT) & BIT
        many += way[j] >> TWO
    count[:] = 0.0
    whole = gather(few_places, few, u, mean, drawn_u, drawn_mean)
    for k in range(whole):
        found[k] = count_terms(drawn_u[k], drawn_mean[k], MOST_FEW)
    for k in range(few):
        n = found[k]
        count[few_places[k]] = n if n < MOST_FEW else poisson_quantile(drawn_u[k], drawn_mean[k])
    whole = gather(several_places, several, u, mean, drawn_u, drawn_mean)
    for k in range(whole):
        found[k] = count_terms(drawn_u[k], drawn_mean[k], MOST_SEVERAL)
    for k in range(several):
        n = found[k]
        count[several_places[k]] = n if n < MOST_SEVERAL else poisson_quantile(drawn_u[k], drawn_mean[k])
    whole = gather(many_places, many, u, mean, drawn_u, drawn_mean)
    for k in range(whole):
        found[k] = large_poisson_quantile(drawn_u[k], max(drawn_mean[k], LARGE_MEAN))
    for k in range(many):
        count[many_places[k]] = found[k]


@inlined
def settle(gone, students, stay, circulation, stock_kept, stock, diaspora, settled, back):
    """Update a row of stocks, and fill who stayed and who came back of those who left."""
    for j in range(len(gone)):
        settled[j] = stay[j] * gone[j]
        back[j] = gone[j] - stay[j] * gone[j] + circulation * diaspora[j]
    for j in range(len(gone)):
        diaspora[j] = diaspora[j] + settled[j] - circulation * diaspora[j]
    for j in range(len(gone)):
        stock[j] = stock_kept * stock[j] + students[j]


@compiled
def move(
    overlap, distance_cost, stock, comembership, offers, perceived, missions, study_factor, art_factor, language,
    network, offered, reciprocal, residences, mission_pull, keys, leaving, shares, stay, circulation, stock_kept,
    per_head, flows, diaspora, contact, host_contact, departures, stayers, returnees,
):
    """Let people go to their hosts, stay, return and circulate (M9); return who went, and artists with a mission."""
    size = len(stock)
    received, rest, study, art = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    gone, settled, back = np.empty(size), np.empty(size), np.empty(size)
    u, mean, count = np.empty(3 * size), np.empty(3 * size), np.empty(3 * size)
    way = np.empty(3 * size, dtype=np.uint64)
    places = np.empty((3, 3 * size + STRIDE), dtype=np.uint32)
    room = np.empty((3, 3 * size + STRIDE))
    students, scholars, artists = count[:size], count[size : 2 * size], count[2 * size :]
    # Summed host by host, because rows can be added in vector code; people are whole, so that no order matters.
    people, sponsored = np.zeros(3 * size), np.zeros(size)
    for i in range(size):
        for j in range(size):
            received[j] = offers[j, i]
        scale_study, scale_art = weigh_hosts(
            i, overlap[i], distance_cost[i], stock[i], comembership[i], offers[i], received, perceived[i], missions[i],
            study_factor, art_factor, language, network, offered, reciprocal, residences, mission_pull, study, art,
            rest,
        )
        for category in range(3):
            part = slice(category * size, (category + 1) * size)
            state = keys[category] + np.uint64(i * size) * GOLDEN
            scale = shares[category] * leaving[i] * (scale_art if category == 2 else scale_study)
            expect(state, scale, art if category == 2 else study, u[part], mean[part], way[part])
        draw(u, mean, way, places[0], places[1], places[2], room[0], room[1], room[2], count)
        for j in range(3 * size):
            people[j] += count[j]
        for j in range(size):
            sponsored[j] += artists[j] if missions[i, j] else 0.0
        for j in range(size):
            gone[j] = students[j] + scholars[j] + artists[j]
        for category in range(3):
            for j in range(size):
                flows[category, i, j] = count[category * size + j]
        settle(gone, students, stay[i], circulation, stock_kept, stock[i], diaspora[i], settled, back)
        departures[i], stayers[i], returnees[i] = row_sum(gone), row_sum(settled), row_sum(back)
        for j in range(size):
            contact[i, j] = saturate(per_head[i] * back[j])
        for j in range(size):
            rest[j] = saturate(per_head[j] * stock[i, j])
        for j in range(size):
            host_contact[j, i] = rest[j]
    return people[:size].sum(), people[size : 2 * size].sum(), people[2 * size :].sum(), sponsored.sum()

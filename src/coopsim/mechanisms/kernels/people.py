"""Loops of mobility (M9), digital exchange (M21) and meetings (M18)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, exp, inlined, log, row_sum, saturate


@inlined
def choose(row, highest, self_place):
    """Turn a row of utilities, none far above `highest`, into choice probabilities; nil for the chooser itself."""
    for j in range(len(row)):
        row[j] = exp(row[j] - highest)
    row[self_place] = 0.0
    total = row_sum(row)
    scale = 1.0 / total if total > 0.0 else 0.0
    for j in range(len(row)):
        row[j] *= scale


@compiled
def host_choices(
    overlap, distance_cost, stock, comembership, offers, perceived, missions, study_pull, art_pull, language, network,
    offered, reciprocal, residences, mission_pull, study, art,
):
    """Fill where students and artists go, (S, S) each, rows summing to one (M9)."""
    size = len(overlap)
    received = offers.T.copy()  # rows, so that the loops below compile to vector code
    most_study, most_art = study_pull.max(), art_pull.max()
    for i in range(size):
        for j in range(size):
            common = (
                language * overlap[i, j]
                - distance_cost[i, j]
                + network * log(1.0 + stock[i, j] / 1000.0)
                + 0.5 * comembership[i, j]
            )
            study[i, j] = common + study_pull[j] + saturate(offered * received[i, j] + reciprocal * offers[i, j])
            invited = mission_pull if missions[i, j] else 0.0
            art[i, j] = common + art_pull[j] + perceived[i, j] + saturate(residences * received[i, j]) + invited
        choose(study[i], most_study, i)
        choose(art[i], most_art, i)


@compiled
def settle(
    flows, stay, circulation, stock_kept, per_head, stock, diaspora, contact, host_contact, departures, stayers,
    returnees,
):
    """Update stocks, contact and the yearly totals per state from flows, (3, S, S), and the share who stay (M9)."""
    size = len(stock)
    gone, settled, back = np.empty(size), np.empty(size), np.empty(size)
    students, scholars, artists = flows[0], flows[1], flows[2]
    for i in range(size):
        for j in range(size):
            moved = students[i, j] + scholars[i, j] + artists[i, j]
            stays = stay[i, j] * moved
            circulating = circulation * diaspora[i, j]
            returns = moved - stays + circulating
            diaspora[i, j] += stays - circulating
            stock[i, j] = stock_kept * stock[i, j] + students[i, j]
            contact[i, j] = saturate(per_head[i] * returns)
            gone[j], settled[j], back[j] = moved, stays, returns
        departures[i], stayers[i], returnees[i] = row_sum(gone), row_sum(settled), row_sum(back)
    hosted = stock.T.copy()
    for i in range(size):
        for j in range(size):
            host_contact[i, j] = saturate(per_head[i] * hosted[i, j])


@compiled
def go_virtual(access, mobility, education, strength, virtual):
    """Fill virtual exchange (M21), shape (S, S)."""
    size = len(access)
    root = np.sqrt(access)
    exchange = (mobility + education).T.copy()
    for i in range(size):
        for j in range(size):
            virtual[i, j] = strength * root[i] * root[j] * saturate(exchange[i, j])
        virtual[i, i] = 0.0


@compiled
def meet(meeting, u, understanding, trade, events, education, event_orientation, art_share, weight, other):
    """Fill whom each meeting state meets (M18), and the weights that decide it, (n, S); -1 without anyone to meet."""
    size = len(understanding)
    for k in range(len(meeting)):
        i = meeting[k]
        imports = 0.0
        for j in range(size):
            imports += trade[j, i]
        scale = 1.0 / imports if imports > 0.0 else 0.0
        total = 0.0
        for j in range(size):
            w = understanding[i, j] * (0.2 + scale * trade[j, i])
            w += event_orientation * saturate(events[j, i]) + art_share * saturate(education[j, i])
            weight[k, j] = w if j != i else 0.0
            total += weight[k, j]
        other[k] = -1
        target = u[k] * total
        for j in range(size):
            target -= weight[k, j]
            if weight[k, j] > 0.0:
                other[k] = j
                if target <= 0.0:
                    break


@compiled
def refresh_practice(traits, changed, practice):
    """Recompute the share of equal traits (M18) in rows and columns of the states that changed."""
    size, features = traits.shape
    for i in range(size):
        if not changed[i]:
            continue
        for j in range(size):
            if i == j:
                continue
            equal = 0
            for k in range(features):
                if traits[i, k] == traits[j, k]:
                    equal += 1
            practice[i, j] = practice[j, i] = equal / features

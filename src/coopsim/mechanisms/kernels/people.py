"""Loops of mobility (M9), digital exchange (M21) and meetings (M18)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, exp, inlined, log, saturate


@inlined
def softmax(row, self_place):
    """Turn a row of utilities into choice probabilities, nil for the chooser itself."""
    best = -np.inf
    for j in range(len(row)):
        if j != self_place:
            best = max(best, row[j])
    for j in range(len(row)):
        row[j] = exp(row[j] - best)
    row[self_place] = 0.0
    total = 0.0
    for j in range(len(row)):
        total += row[j]
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
        softmax(study[i], i)
        softmax(art[i], i)


@compiled
def settle(
    flows, stay, circulation, stock_kept, per_head, stock, diaspora, contact, host_contact, departures, stayers,
    returnees,
):
    """Update stocks, contact and the yearly totals per state from flows, (3, S, S), and the share who stay (M9)."""
    size = len(stock)
    settled, back = np.empty(size), np.empty(size)
    for i in range(size):
        for j in range(size):
            moved = flows[0, i, j] + flows[1, i, j] + flows[2, i, j]
            stays = stay[i, j] * moved
            circulating = circulation * diaspora[i, j]
            diaspora[i, j] += stays - circulating
            stock[i, j] = stock_kept * stock[i, j] + flows[0, i, j]
            settled[j] = stays
            back[j] = moved - stays + circulating
            contact[i, j] = saturate(per_head[i] * back[j])
        departures[i] = stayers[i] = returnees[i] = 0.0
        for j in range(size):
            departures[i] += flows[0, i, j] + flows[1, i, j] + flows[2, i, j]
            stayers[i] += settled[j]
            returnees[i] += back[j]
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

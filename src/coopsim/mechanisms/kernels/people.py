"""Loops of mobility (M9), digital exchange (M21) and meetings (M18)."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, exp, log, saturate


@compiled
def host_choices(
    overlap, distance_cost, stock, comembership, offers, perceived, missions, study_pull, art_pull, language, network,
    offered, reciprocal, residences, mission_pull, study, art,
):
    """Fill where students and artists go, (S, S) each, rows summing to one (M9)."""
    size = len(overlap)
    for i in range(size):
        best_study = best_art = -np.inf
        for j in range(size):
            common = (
                language * overlap[i, j]
                - distance_cost[i, j]
                + network * log(1.0 + stock[i, j] / 1000.0)
                + 0.5 * comembership[i, j]
            )
            to_study = common + study_pull[j] + saturate(offered * offers[j, i] + reciprocal * offers[i, j])
            to_work = common + art_pull[j] + perceived[i, j] + saturate(residences * offers[j, i])
            if missions[i, j]:
                to_work += mission_pull
            study[i, j], art[i, j] = to_study, to_work
            if i != j:
                best_study, best_art = max(best_study, to_study), max(best_art, to_work)
        all_study = all_art = 0.0
        for j in range(size):
            study[i, j] = exp(study[i, j] - best_study) if i != j else 0.0
            art[i, j] = exp(art[i, j] - best_art) if i != j else 0.0
            all_study += study[i, j]
            all_art += art[i, j]
        for j in range(size):
            study[i, j] = study[i, j] / all_study if all_study > 0.0 else 0.0
            art[i, j] = art[i, j] / all_art if all_art > 0.0 else 0.0


@compiled
def settle(
    flows, income, stay, circulation, stock_kept, per_head, stock, diaspora, contact, host_contact, departures, stayers,
    returnees,
):
    """Update stocks, contact and the yearly totals per state from flows, (3, S, S) (M9)."""
    size = len(income)
    for i in range(size):
        departures[i] = stayers[i] = returnees[i] = 0.0
        for j in range(size):
            if i == j:
                continue
            moved = flows[0, i, j] + flows[1, i, j] + flows[2, i, j]
            share = min(max(stay * (1.0 + income[j] - income[i]), 0.05), 0.80) if stay > 0.0 else 0.0
            stays = share * moved
            circulating = circulation * diaspora[i, j]
            back = moved - stays + circulating
            diaspora[i, j] += stays - circulating
            stock[i, j] = stock_kept * stock[i, j] + flows[0, i, j]
            contact[i, j] = saturate(per_head[i] * back)
            departures[i] += moved
            stayers[i] += stays
            returnees[i] += back
    for i in range(size):
        for j in range(size):
            if i != j:
                host_contact[i, j] = saturate(per_head[i] * stock[j, i])


@compiled
def go_virtual(access, mobility, education, strength, virtual):
    """Fill virtual exchange (M21), shape (S, S)."""
    size = len(access)
    root = np.sqrt(access)
    for i in range(size):
        for j in range(size):
            exchange = saturate(mobility[j, i] + education[j, i])
            virtual[i, j] = strength * root[i] * root[j] * exchange if i != j else 0.0


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

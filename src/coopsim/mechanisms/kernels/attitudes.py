"""Loops over ordered pairs: what states perceive, trust, remember and understand."""

from __future__ import annotations

import numpy as np

from coopsim.arithmetic import compiled, fma, inlined, saturate


@compiled
def share(joint_weight, history, practice, joint):
    """Return commonality (M0), shape (S, S)."""
    size = len(history)
    commonality = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            base = 0.5 * history[i, j] + 0.5 * practice[i, j]
            commonality[i, j] = 1.0 - (1.0 - base) * (1.0 - joint_weight * joint[i, j])
        commonality[i, i] = 0.0
    return commonality


@compiled
def discover(missions, agreement, rate, commonality, discovered, perceived):
    """Update discovery and what is perceived (M0), both (S, S); `missions` counts those of both sides.

    One loop over all cells takes less time than one for each row; nothing is to be discovered on the diagonal.
    """
    present, tie, common = missions.reshape(-1), agreement.reshape(-1), commonality.reshape(-1)
    known, seen = discovered.reshape(-1), perceived.reshape(-1)
    for k in range(len(known)):
        bonds = 0.5 * present[k] + (1.0 if tie[k] >= 0 else 0.0)
        known[k] = known[k] + rate * 0.5 * bonds * (1.0 - known[k])
        seen[k] = known[k] * common[k]


@compiled
def remember(understanding_dose, contact, incident, decay, reconciliation, shock, memory):
    """Update hostile memory (M13), shape (S, S), where there is any."""
    size = len(memory)
    some, joint = np.empty(size + 1, dtype=np.int64), np.empty(size)
    for i in range(size):
        count = 0
        for j in range(size):
            some[count] = j
            count += 1 if (memory[i, j] > 0.0) | incident[i, j] else 0
        for k in range(count):
            j = some[k]
            joint[k] = understanding_dose[i, j] + understanding_dose[j, i] + contact[i, j] + contact[j, i]
        for k in range(count):
            joint[k] = saturate(joint[k])
        for k in range(count):
            j = some[k]
            m = memory[i, j]
            fading = min(decay + reconciliation * joint[k], 1.0)
            m += shock * (1.0 - m) * (1.0 if incident[i, j] else 0.0) - fading * m
            memory[i, j] = min(max(m, 0.0), 1.0)


@inlined
def next_trust(trust, positive, negative, baseline, gain, loss, forgetting):
    """Return next year's trust (M12): the equation itself."""
    faded = fma(forgetting, baseline - trust, trust)
    grown = fma(gain * positive, 1.0 - trust, faded)
    return min(max(fma(-loss * negative, trust, grown), 0.0), 1.0)


@inlined
def any_true(row):
    """Return whether any of a row of truth values is true; compiles to vector code."""
    found = False
    for j in range(len(row)):
        found |= row[j]
    return found


@compiled
def remembered_trust(memory_weight, baseline, memory):
    """Return the level to which trust returns (M12), shape (S, S)."""
    level = np.empty_like(memory)
    for i in range(len(memory)):
        for j in range(len(memory)):
            level[i, j] = baseline[i, j] * (1.0 - memory_weight * memory[i, j])
    return level


@compiled
def revise_trust_by_agreements(agreement, goal, agreement_signal, gain, forgetting, trust):
    """Update trust (M12), shape (S, S), towards `goal`, in a world without any signal beside agreements.

    One loop over all cells, with the parts of `next_trust` that are left; the diagonal stays zero, as there is neither
    an agreement nor a goal.
    """
    rise = gain * saturate(agreement_signal)
    tie, goals, level = agreement.reshape(-1), goal.reshape(-1), trust.reshape(-1)
    for k in range(len(level)):
        faded = fma(forgetting, goals[k] - level[k], level[k])
        grown = fma(rise, 1.0 - level[k], faded)
        level[k] = min(max(grown if tie[k] >= 0 else faded, 0.0), 1.0)


@compiled
def revise_trust(
    agreement, dose, signalled, contact, comembership, settled, incident, open_claim, member, exited, goal,
    agreement_signal, comembership_signal, grievance, gain, loss, forgetting, trust,
):
    """Update trust (M12), shape (S, S), towards `goal`.

    Without any contact, comembership, claim, incident or exit in the world, `signalled` is false. Most states clash
    with nobody, settle nothing and hold no open claim: their rows need fewer passes.
    """
    size = len(trust)
    received = dose.T.copy()  # rows, so that the loops below compile to vector code
    exits = any_true(exited)
    negative, signal = np.zeros(size), np.zeros(size)
    for i in range(size):
        for j in range(size):
            signal[j] = received[i, j] + contact[i, j] + comembership_signal * comembership[i, j]
            signal[j] += agreement_signal if agreement[i, j] >= 0 else 0.0
        eventful = exits & member[i]
        if signalled:
            eventful |= any_true(settled[i]) | any_true(incident[i]) | any_true(open_claim[i])
        if eventful:
            offended = grievance if member[i] else 0.0
            for j in range(size):
                signal[j] += 1.0 if settled[i, j] else 0.0
            for j in range(size):
                negative[j] = max(grievance if open_claim[i, j] else 0.0, offended if exited[j] else 0.0)
                negative[j] = 1.0 if incident[i, j] else negative[j]
            for j in range(size):
                positive = saturate(signal[j])
                trust[i, j] = next_trust(trust[i, j], positive, negative[j], goal[i, j], gain, loss, forgetting)
        else:
            for j in range(size):
                positive = saturate(signal[j])
                trust[i, j] = next_trust(trust[i, j], positive, 0.0, goal[i, j], gain, loss, forgetting)
        trust[i, i] = 0.0


@compiled
def understand(
    dose, contact, host_contact, trade, virtual, access, baseline, gain, fading, understanding,
):
    """Update understanding (M14), shape (S, S)."""
    size = len(understanding)
    imports = np.zeros(size)
    for i in range(size):
        for j in range(size):
            imports[j] += trade[i, j]
    received, met = np.empty(size), np.empty(size)
    for i in range(size):
        weight = 0.5 * (0.5 + 0.5 * access[i]) / imports[i] if imports[i] > 0.0 else 0.0
        for j in range(size):
            received[j] = dose[j, i] + weight * trade[j, i]
        for j in range(size):
            met[j] = gain * saturate(received[j] + contact[i, j] + 0.5 * host_contact[i, j] + virtual[i, j])
        for j in range(size):
            u = understanding[i, j]
            u = u + met[j] * (1.0 - u) - fading * (u - baseline[i, j])
            understanding[i, j] = min(max(u, 0.0), 1.0)
        understanding[i, i] = 0.0

"""The core subset in plain vectorised NumPy, with NumPy's own generator."""

from __future__ import annotations

import numpy as np

from .start import AGREEMENT_SIGNAL, CAMPAIGN_MEMORY, COMMON_SHARE, HIGHEST, LOWEST, Series, Start, Years


def build(start: Start, seed: int) -> Years:
    """Return a function that runs all the years."""
    p, size = start.rates, start.size
    draw = np.random.default_rng(seed)
    a, b = np.triu_indices(size, k=1)
    interest, commonality = start.interest(), start.commonality[a, b]
    forth, back = interest[a, b], interest[b, a]
    push_of_capacity = p.beta_capacity * (np.sqrt(start.capacity[a] * start.capacity[b]) - p.mean_capacity)
    missions = (start.missions[a, b] + start.missions[b, a].astype(float)) / 2
    trust, discovered, signed = start.trust.copy(), start.discovered[a, b], start.signed[a, b]
    campaign = np.zeros(size)

    def year(now: int) -> tuple[float, ...]:
        nonlocal trust, discovered, campaign
        tied = signed >= 0
        # M0: missions and agreements uncover what two states share
        discovered += p.discovery_rate * (missions + tied) / 2 * (1 - discovered)
        # M4: campaigns, and the network as it stands
        shock = np.sqrt(1 - COMMON_SHARE) * draw.standard_normal(size) + np.sqrt(COMMON_SHARE) * draw.standard_normal()
        campaign = CAMPAIGN_MEMORY * campaign + np.sqrt(1 - CAMPAIGN_MEMORY**2) * p.campaign_spread * shock
        active = start.activism * np.exp(np.clip(campaign - p.campaign_spread**2 / 2, -10, 6))
        ties = np.zeros((size, size))
        ties[a, b] = tied
        ties += ties.T
        degree = ties.sum(axis=1)
        pull = p.popularity * (np.log1p(degree) - np.log1p(degree.mean()))
        closure = p.closure * (ties @ ties)[a, b] / (np.minimum(degree[a], degree[b]) + 1)
        # M2: pairs without an agreement may sign one
        w = p.trust_weight
        consent = np.sqrt((w * trust[a, b] + (1 - w) * forth) * (w * trust[b, a] + (1 - w) * back))
        push = (p.beta_commonality * (discovered * commonality - p.mean_commonality) + push_of_capacity
                + pull[a] + pull[b] + closure)
        hazard = p.base_rate * 0.5 * (active[a] + active[b]) * consent * np.exp(np.clip(push, LOWEST, HIGHEST))
        signs = ~tied & (draw.random(len(a)) < -np.expm1(-hazard))
        # M3: agreements fall due every `term` years, and lapse for want of trust
        due = np.flatnonzero(tied & ((now - signed) % p.term == 0))
        mutual = np.sqrt(trust[a[due], b[due]] * trust[b[due], a[due]])
        lapses = due[draw.random(len(due)) < p.lapse * (1 - mutual) ** 2]
        signed[signs] = now
        signed[lapses] = -1
        # M12: agreements build trust, structure pulls it back
        ties[a, b] = ties[b, a] = signed >= 0
        gain = p.gain * -np.expm1(-AGREEMENT_SIGNAL * ties)
        trust += gain * (1 - trust) + p.forgetting * (start.baseline - trust)
        np.fill_diagonal(trust, 0.0)
        return (signed >= 0).sum(), trust.sum() / (size * (size - 1)), signs.sum(), len(lapses)

    def years() -> Series:
        return np.array([year(start.year + k) for k in range(1, start.years + 1)], dtype=float)

    return years

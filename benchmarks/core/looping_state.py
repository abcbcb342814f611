"""A state as an agent with methods and Python loops: what plain Mesa and AgentPy share beside their frameworks."""

from __future__ import annotations

from math import exp, expm1, log1p, sqrt
from random import Random
from typing import Any

import numpy as np

from .start import AGREEMENT_SIGNAL, CAMPAIGN_MEMORY, COMMON_SHARE, HIGHEST, LOWEST, Start

SIGNAL = -expm1(-AGREEMENT_SIGNAL)


class LoopingState:
    """One state; `others` are all states by row, agreements of a pair belong to the lower row."""

    def settle(self, start: Start, row: int, interest: np.ndarray, random: Random) -> None:
        """Take the row of the starting world."""
        self.row, self.rates, self.dice = row, start.rates, random
        self.activism, self.capacity = float(start.activism[row]), float(start.capacity[row])
        self.campaign, self.activity, self.log_degree = 0.0, 1.0, 0.0
        self.trust: list[float] = start.trust[row].tolist()
        self.baseline: list[float] = start.baseline[row].tolist()
        self.interest: list[float] = interest[row].tolist()
        self.commonality: list[float] = start.commonality[row].tolist()
        self.discovered: list[float] = start.discovered[row].tolist()
        self.missions: list[bool] = start.missions[row].tolist()
        self.partners = set(np.flatnonzero(start.signed[row] >= 0).tolist())
        self.agreements = {j: int(start.signed[row, j]) for j in self.partners if j > row}

    def discover(self, others: list[Any]) -> None:
        """M0: missions and agreements uncover what two states share."""
        row, rate = self.row, self.rates.discovery_rate
        for other in others[row + 1 :]:
            j = other.row
            missions = (self.missions[j] + other.missions[row]) / 2
            exposure = (missions + (j in self.partners)) / 2
            self.discovered[j] += rate * exposure * (1 - self.discovered[j])

    def plan_campaign(self, wave: float) -> None:
        """M4: draw this year's campaign; `wave` is the shock that all states share."""
        spread = self.rates.campaign_spread
        shock = sqrt(1 - COMMON_SHARE) * self.dice.gauss(0, 1) + sqrt(COMMON_SHARE) * wave
        self.campaign = CAMPAIGN_MEMORY * self.campaign + sqrt(1 - CAMPAIGN_MEMORY**2) * spread * shock
        self.activity = self.activism * exp(min(max(self.campaign - spread**2 / 2, -10.0), 6.0))
        self.log_degree = log1p(len(self.partners))

    def propose(self, others: list[Any], mean_log_degree: float) -> list[tuple[int, int]]:
        """M2: return the pairs of this state and a later one that sign this year."""
        p, row, mine = self.rates, self.row, self.partners
        w, draw = p.trust_weight, self.dice.random
        new = []
        for other in others[row + 1 :]:
            j = other.row
            if j in mine:
                continue
            mine_to_them = w * self.trust[j] + (1 - w) * self.interest[j]
            theirs_to_me = w * other.trust[row] + (1 - w) * other.interest[row]
            consent = sqrt(mine_to_them * theirs_to_me)
            popularity = p.popularity * (self.log_degree + other.log_degree - 2 * mean_log_degree)
            shared = len(mine & other.partners)
            closure = p.closure * shared / (min(len(mine), len(other.partners)) + 1)
            push = (
                p.beta_commonality * (self.discovered[j] * self.commonality[j] - p.mean_commonality)
                + p.beta_capacity * (sqrt(self.capacity * other.capacity) - p.mean_capacity)
                + popularity
                + closure
            )
            initiative = 0.5 * (self.activity + other.activity)
            hazard = p.base_rate * initiative * consent * exp(min(max(push, LOWEST), HIGHEST))
            if draw() < 1 - exp(-hazard):
                new.append((row, j))
        return new

    def sign(self, other: Any, year: int) -> None:
        """Conclude an agreement with a later state."""
        self.agreements[other.row] = year
        self.partners.add(other.row)
        other.partners.add(self.row)

    def review(self, others: list[Any], year: int) -> int:
        """M3: renew the agreements that fall due or let them lapse; return how many lapsed."""
        p = self.rates
        due = [j for j, signed in self.agreements.items() if signed < year and (year - signed) % p.term == 0]
        lapsed = 0
        for j in due:
            mutual = sqrt(self.trust[j] * others[j].trust[self.row])
            if self.dice.random() < p.lapse * (1 - mutual) ** 2:
                del self.agreements[j]
                self.partners.remove(j)
                others[j].partners.remove(self.row)
                lapsed += 1
        return lapsed

    def revise_trust(self) -> None:
        """M12: agreements build trust, structure pulls it back."""
        p, row, trust, baseline, partners = self.rates, self.row, self.trust, self.baseline, self.partners
        gain = p.gain * SIGNAL
        for j, before in enumerate(trust):
            if j == row:
                continue
            change = p.forgetting * (baseline[j] - before)
            if j in partners:
                change += gain * (1 - before)
            trust[j] = min(max(before + change, 0.0), 1.0)

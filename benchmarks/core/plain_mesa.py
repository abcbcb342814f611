"""The core subset as a typical, decent Mesa user would write it: agents, Python loops, a data collector."""

from __future__ import annotations

from itertools import chain
from math import log1p

import mesa

from .looping_state import LoopingState
from .start import SERIES, Series, Start, Years


class State(LoopingState, mesa.Agent):
    """One state."""

    def __init__(self, model: World, start: Start, row: int, interest: object):
        super().__init__(model)
        self.settle(start, row, interest, model.random)


class World(mesa.Model):
    """All states, the order of the year, and the four numbers of each year."""

    def __init__(self, start: Start, seed: int):
        super().__init__(rng=seed)
        self.now = start.year
        interest = start.interest()
        self.states = [State(self, start, row, interest) for row in range(start.size)]
        self.signed = self.lapsed = 0
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "agreements": lambda m: sum(len(state.agreements) for state in m.states),
                "trust": lambda m: sum(sum(state.trust) for state in m.states) / (len(m.states) * (len(m.states) - 1)),
                "signed": "signed",
                "lapsed": "lapsed",
            }
        )

    def step(self) -> None:
        """Simulate one year."""
        self.now += 1
        states = self.states
        self.agents.do("discover", states)
        self.agents.do("plan_campaign", self.random.gauss(0, 1))
        mean_log_degree = log1p(sum(len(state.partners) for state in states) / len(states))
        new = list(chain.from_iterable(self.agents.map("propose", states, mean_log_degree)))
        for a, b in new:
            states[a].sign(states[b], self.now)
        self.signed = len(new)
        self.lapsed = sum(self.agents.map("review", states, self.now))
        self.agents.do("revise_trust")
        self.datacollector.collect(self)


def build(start: Start, seed: int) -> Years:
    """Return a function that runs all the years."""
    model = World(start, seed)

    def years() -> Series:
        for _ in range(start.years):
            model.step()
        return model.datacollector.get_model_vars_dataframe()[list(SERIES)].to_numpy(dtype=float)

    return years

"""The core subset in AgentPy, as a process of its own: ``agentpy_core.py START.npz``.

Reads one seed per line and answers each with one line of JSON: seconds of processor time to build and to run, and
the four numbers of each year.
"""

from __future__ import annotations

import json
import sys
from itertools import chain
from math import log1p
from pathlib import Path
from time import process_time

import agentpy

if __package__ is None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.looping_state import LoopingState
from core.start import SERIES, Start


class State(LoopingState, agentpy.Agent):
    """One state."""


class World(agentpy.Model):
    """All states, the order of the year, and the four numbers of each year."""

    def setup(self) -> None:
        """Make the states."""
        start: Start = self.p.start
        self.now = start.year
        self.states = agentpy.AgentList(self, start.size, State)
        interest = start.interest()
        for row, state in enumerate(self.states):
            state.settle(start, row, interest, self.random)
        self.everyone = list(self.states)

    def step(self) -> None:
        """Simulate one year."""
        self.now += 1
        states = self.everyone
        self.states.discover(states)
        self.states.plan_campaign(self.random.gauss(0, 1))
        mean_log_degree = log1p(sum(len(state.partners) for state in states) / len(states))
        new = list(chain.from_iterable(self.states.propose(states, mean_log_degree)))
        for a, b in new:
            states[a].sign(states[b], self.now)
        self.signed = len(new)
        self.lapsed = sum(self.states.review(states, self.now))
        self.states.revise_trust()

    def update(self) -> None:
        """Record the year."""
        if self.t == 0:
            return
        size = len(self.everyone)
        self.record("agreements", sum(len(state.agreements) for state in self.everyone))
        self.record("trust", sum(sum(state.trust) for state in self.everyone) / (size * (size - 1)))
        self.record("signed", self.signed)
        self.record("lapsed", self.lapsed)


def main() -> None:
    """Run every seed asked for."""
    start = Start.load(Path(sys.argv[1]))
    for seed in map(int, sys.stdin):
        began = process_time()
        model = World({"start": start, "steps": start.years, "seed": seed})
        model.sim_setup(start.years, seed)
        built = process_time()
        while model.running:
            model.sim_step()
        done = process_time()
        series = [[float(value) for value in row] for row in zip(*(model.log[name] for name in SERIES), strict=True)]
        print(json.dumps({"build": built - began, "years": done - built, "series": series}), flush=True)


if __name__ == "__main__":
    main()

"""Calibrate the defaults to part of the facts, by Sobol screening and narrowing waves; the rest is kept for checking.

The split is in src/coopsim/validation/facts.toml: only facts with use "fit" enter, and of the network of the past only
what the index shows up to 1959. Two blocks that do not touch each other are fitted one after the other:

- network: bilateral, interest, network, activism and embassies, on the past to 1959 and on today;
- norms: the pace of conventions, on the adoption curves of the 1972 and 2005 types.

Loss: the weighted mean over facts of z^2, z the distance of the mean over seeds from the centre of the target range
in half-widths (of an open range, the distance from it). Wave 1 is a Sobol design over the plausible ranges; each
later wave draws from a normal around the best fifth (cross-entropy), with the present defaults always among the
points; the best six are run again on further seeds, and so are the defaults. Everything is repeatable: same seed,
same result.

Rule, written before any fit: the defaults change only if the loss of the block falls by a fifth or more on seeds that
the search did not use, and then only if no fewer facts kept for checking hold. Values are rounded to two digits.

Run: uv run python experiments/calibrate_baseline.py [--quick] [--out DIR]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from coopsim.config import load_config
from coopsim.config.config import resolve_parameter
from coopsim.validation import FACTS
from coopsim.validation.fact import Fact, distance
from coopsim.validation.samples import simulate
from coopsim.validation.treaties import of_run

Point = dict[str, float]
NETWORK = (
    "bilateral.base_rate", "bilateral.trust_weight", "bilateral.beta_commonality", "bilateral.beta_capacity",
    "interest.mass", "interest.distance", "interest.affinity", "network.popularity", "network.closure",
    "network.campaign_spread", "initial.activism_spread", "embassies.reach_without",
)
NORMS = ("conventions.innovation", "conventions.imitation")
ON_TODAY = ("1a", "4a", "5a", "9", "34a", "34b")
ON_NORMS = ("15a", "15b", "16a", "16b")
KEPT = 0.2  # share of the points that a wave is drawn around
NARROWEST = 0.03  # of the range


@dataclass(frozen=True)
class Block:
    """Parameters that are fitted together, their ranges, and how a point is measured on one seed."""

    name: str
    keys: tuple[str, ...]
    facts: tuple[Fact, ...]
    measure: Callable[[Point, int], dict[str, float]]
    waves: tuple[int, ...]
    seeds: int

    @property
    def ranges(self) -> np.ndarray:
        """Plausible ranges, shape (parameters, 2)."""
        return np.array([plausible(key) for key in self.keys])

    def point(self, units: np.ndarray) -> Point:
        """Return the parameters at a place in the unit cube."""
        low, high = self.ranges.T
        return dict(zip(self.keys, (low + units * (high - low)).tolist(), strict=True))

    def units(self, point: Mapping[str, float]) -> np.ndarray:
        """Return the place of parameters in the unit cube."""
        low, high = self.ranges.T
        return (np.array([point[key] for key in self.keys]) - low) / (high - low)

    def defaults(self) -> Point:
        """Return the present defaults."""
        return {key: float(load_config("baseline").value(key)) for key in self.keys}


def plausible(key: str) -> tuple[float, float]:
    spec = resolve_parameter(key)[2]
    assert spec.plausible
    return spec.plausible


def measure_network(point: Point, seed: int) -> dict[str, float]:
    """Run 1946 to 1959 and thirty years from today; return the facts of both."""
    past = of_run(simulate(load_config("historic_1946").with_horizon(13).with_values(point), seed, ("signed",)))
    found = {fact.key: fact.measure(past) for fact in fitted("past")}
    indicators = ("signed", "lapsed", "agreements", "degree_gini", "assortativity", "spillover_crude",
                  "spillover_stratified")
    today = simulate(load_config("baseline").with_horizon(30).with_values(point), seed, indicators)
    return found | {fact.key: fact.measure(today) for fact in fitted("today") if fact.key in ON_TODAY}


def measure_norms(point: Point, seed: int) -> dict[str, float]:
    """Run fifteen years from today; return the facts about conventions."""
    today = simulate(load_config("baseline").with_horizon(15).with_values(point), seed,
                     ("adoption_heritage", "adoption_diversity"))
    return {fact.key: fact.measure(today) for fact in fitted("today") if fact.key in ON_NORMS}


def fitted(sample: str) -> tuple[Fact, ...]:
    return tuple(fact for fact in FACTS if fact.use == "fit" and fact.sample == sample)


def loss(facts: tuple[Fact, ...], values: Mapping[str, float]) -> float:
    """Return the weighted mean of squared distances from the centres of the ranges."""
    total = 0.0
    for fact in facts:
        half = (fact.high - fact.low) / 2
        z = (values[fact.key] - fact.low - half) / half if np.isfinite(half) else distance(fact, values[fact.key])
        total += fact.weight * z**2
    return total / sum(fact.weight for fact in facts)


def mean_values(block: Block, point: Point, seeds: range) -> dict[str, float]:
    runs = [block.measure(point, seed) for seed in seeds]
    return {fact.key: float(np.mean([run[fact.key] for run in runs])) for fact in block.facts}


def search(block: Block, seed: int) -> list[tuple[float, Point]]:
    """Return every point tried with its loss, the best first."""
    units = [block.units(block.defaults()), *qmc.Sobol(len(block.keys), rng=np.random.default_rng(seed)).random(
        block.waves[0])]
    tried: list[tuple[float, np.ndarray]] = []
    draw = qmc.Sobol(len(block.keys), rng=np.random.default_rng(seed + 1))
    began, done, all_points = time.monotonic(), 0, sum(block.waves) + 1
    for wave, number in enumerate(block.waves):
        if wave:
            tried.sort(key=lambda pair: pair[0])
            best = np.array([u for _, u in tried[: max(3, round(KEPT * len(tried)))]])
            spread = np.maximum(best.std(axis=0), NARROWEST)
            normal = ndtri(np.clip(draw.random(number), 1e-6, 1 - 1e-6))
            units = list(np.clip(best.mean(axis=0) + spread * normal, 0, 1))
        for u in units:
            point = block.point(np.clip(u, 0, 1)) if len(tried) else block.defaults()
            tried.append((loss(block.facts, mean_values(block, point, range(1, block.seeds + 1))), block.units(point)))
            done += 1
            left = (time.monotonic() - began) / done * (all_points - done)
            if sys.stderr.isatty() or done % 50 == 0:
                print(f"\r{block.name}: {done} of {all_points} points, {left:.0f} s left ", end="", file=sys.stderr)
        print(f"\n{block.name}, wave {wave + 1}: best loss {min(t[0] for t in tried):.3f}, "
              f"defaults {tried[0][0] if not wave else float('nan'):.3f}", file=sys.stderr)
    tried.sort(key=lambda pair: pair[0])
    return [(value, block.point(u)) for value, u in tried]


def calibrate(block: Block, seed: int, finalists: int, fresh: int) -> dict[str, object]:
    """Search, then run the best again on seeds that the search did not use, beside the defaults."""
    tried = search(block, seed)
    seeds = range(1001, 1001 + fresh)
    again = []
    for _, point in tried[:finalists]:
        rounded = {key: float(f"{value:.2g}") for key, value in point.items()}
        again.append((loss(block.facts, mean_values(block, rounded, seeds)), rounded))
    after, best = min(again, key=lambda pair: pair[0])
    values = mean_values(block, best, seeds)
    default_values = mean_values(block, block.defaults(), seeds)
    before = loss(block.facts, default_values)
    top = np.array([block.units(point) for _, point in tried[: max(3, round(KEPT * len(tried) / 2))]])
    low, high = block.ranges.T
    return {
        "block": block.name, "points": len(tried), "loss_of_defaults": before, "loss_of_best": after,
        "clear": bool(after <= 0.8 * before), "defaults": block.defaults(), "best": best,
        "spread_of_the_best": {key: [float(a), float(b)] for key, a, b in zip(
            block.keys, low + np.quantile(top, 0.1, axis=0) * (high - low),
            low + np.quantile(top, 0.9, axis=0) * (high - low), strict=True)},
        "facts": {fact.key: {"target": [fact.low, fact.high], "defaults": default_values[fact.key],
                             "best": values[fact.key]} for fact in block.facts},
    }


def blocks(quick: bool) -> tuple[Block, ...]:
    on_network = (*fitted("past"), *(f for f in fitted("today") if f.key in ON_TODAY))
    on_norms = tuple(f for f in fitted("today") if f.key in ON_NORMS)
    waves, seeds = ((2, 1), 1) if quick else ((96, 56, 40), 1)
    few = ((2, 1), 1) if quick else ((32, 16), 2)
    return (Block("network", NETWORK, on_network, measure_network, waves, seeds),
            Block("norms", NORMS, on_norms, measure_norms, *few))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a handful of points, to see that it works")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--block", choices=("network", "norms"), help="one block only")
    parser.add_argument("--out", type=Path, help="folder for calibration.json")
    arguments = parser.parse_args()
    finalists, fresh = (2, 1) if arguments.quick else (6, 4)
    found = [calibrate(block, arguments.seed, finalists, fresh) for block in blocks(arguments.quick)
             if arguments.block in (None, block.name)]
    text = json.dumps(found, indent=2)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "calibration.json").write_text(text, encoding="utf-8")
    print(text)

"""Fit the rule of signing to who signed with whom from 1947 to 1958, by penalised likelihood.

Six worlds of 1947, 1949, ... 1957 hold the agreements that were in force then, with sizes and votes of the year. In
each the model's own code gives the yearly hazard of every pair that has not signed yet, averaged over four draws of the
activism that agreements up to 1959 leave open. A pair signs within two years with probability 1 - exp(-2h). The
penalty is a normal prior around the defaults, with a standard deviation of .15 of the plausible range, so that what
the data do not speak about stays where it is. Powell's method, bounds at the plausible range; repeatable.

Nothing from 1960 on enters. Activism was estimated from the same agreements, so the gain in likelihood flatters; the
test is the prediction of 1960-1969 (predict_agreements.py). The result is the set of scenarios/historic_1946.toml.

Run: uv run python experiments/fit_first_signatures.py [--data ../shared/data]
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from coopsim.config import load_config
from coopsim.config.config import Config, resolve_parameter
from coopsim.mechanisms import bilateral, embassies, interest, network
from coopsim.model import CoopModel
from coopsim.results.record import Record
from coopsim.rng import Stream
from coopsim.validation.statistics import roc_auc
from coopsim.validation.treaties import of_data
from coopsim.world.initial import lasting_activism
from coopsim.world.tables import DATA

KEYS = (
    "bilateral.base_rate", "bilateral.trust_weight", "bilateral.beta_commonality", "bilateral.beta_capacity",
    "interest.base", "interest.mass", "interest.distance", "interest.affinity", "network.popularity", "network.closure",
    "initial.activism_spread", "embassies.reach_without",
)
STARTS, SPAN, DRAWS = range(1947, 1959, 2), 2, 4
PRIOR = 0.15  # standard deviation, of the plausible range


class Risk:
    """The pairs of one world that have not signed, and whether they do within two years."""

    def __init__(self, data: Path, start: int) -> None:
        config = load_config("historic_1946").with_values({
            "horizon.start_year": start, "horizon.years": 1, "world.data": str(data),
            **{key: Config().value(key) for key in KEYS}})
        self.model = CoopModel(config, rng=1, record=Record(indicators=("signed",), tables=()))
        truth, world = of_data(data), self.model.world
        assert truth is not None
        assert world.timeline is not None
        place, (self.a, self.b) = world.timeline.present, world.pairs
        first = truth.first[place[self.a], place[self.b]]
        self.open, self.signs = first > start, (first > start) & (first <= start + SPAN)
        known = pd.read_csv(DATA / "history" / "activism_1959.csv").set_index("iso3").reindex(world.states.iso3)
        self.score, self.reliability = known["score"].to_numpy(float), known["reliability"].to_numpy(float)

    def hazard(self, values: dict[str, float]) -> np.ndarray:
        """Return the yearly hazard of every pair."""
        world, rules = self.model.world, self.model.rules.parameters

        def changed(group: str):  # type: ignore[no-untyped-def]
            own = {key.partition(".")[2]: value for key, value in values.items() if key.startswith(f"{group}.")}
            return replace(rules[group], **own)

        nothing = Stream(0, "fit", 0)
        interest.perceive(world, changed("interest"), nothing)
        embassies.represent(world, changed("embassies"), nothing)
        network.look(world, changed("network"))
        total = np.zeros(len(self.a))
        for draw in range(DRAWS):
            noise = Stream(draw, "activism", 0).normal("noise", world.size)
            world.states.activity = lasting_activism(self.score, self.reliability, values["initial.activism_spread"],
                                                     noise)
            total += bilateral.hazards(world, changed("bilateral"), self.a, self.b)
        return total / DRAWS


def log_likelihood(risks: list[Risk], values: dict[str, float]) -> float:
    total = 0.0
    for risk in risks:
        over = SPAN * np.clip(risk.hazard(values), 1e-9, 20)
        total += float(np.log(-np.expm1(-over[risk.signs])).sum() - over[risk.open & ~risk.signs].sum())
    return total


def discrimination(risks: list[Risk], values: dict[str, float]) -> float:
    hazard = np.concatenate([risk.hazard(values)[risk.open] for risk in risks])
    return roc_auc(np.concatenate([risk.signs[risk.open] for risk in risks]), hazard)


def fit(data: Path) -> dict[str, object]:
    """Return the defaults, the fitted values and how much better they do."""
    risks = [Risk(data, start) for start in STARTS]
    low, high = np.array([resolve_parameter(key)[2].plausible for key in KEYS], dtype=float).T
    defaults = {key: float(Config().value(key)) for key in KEYS}
    start = (np.array(list(defaults.values())) - low) / (high - low)

    def values(units: np.ndarray) -> dict[str, float]:
        return dict(zip(KEYS, (low + np.clip(units, 0, 1) * (high - low)).tolist(), strict=True))

    def minus(units: np.ndarray) -> float:
        return -log_likelihood(risks, values(units)) + 0.5 * float((((units - start) / PRIOR) ** 2).sum())

    found = minimize(minus, start, method="Powell", bounds=[(0, 1)] * len(KEYS),
                     options={"maxiter": 3, "xtol": 1e-2, "ftol": 1e-5})
    rounded = {key: float(f"{value:.2g}") for key, value in values(found.x).items()}
    return {
        "pair_periods": int(sum(risk.open.sum() for risk in risks)),
        "signatures": int(sum(risk.signs.sum() for risk in risks)),
        "defaults": defaults, "fitted": rounded,
        "log_likelihood_gain": log_likelihood(risks, rounded) - log_likelihood(risks, defaults),
        "roc_auc_defaults": discrimination(risks, defaults), "roc_auc_fitted": discrimination(risks, rounded),
    }


if __name__ == "__main__":
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=beside, help="folder of the tables (docs/validation.md)")
    arguments = parser.parse_args()
    if not (arguments.data / "bilateral_cultural_agreements.csv").is_file():
        print(f"skipped: no bilateral_cultural_agreements.csv in {arguments.data}", file=sys.stderr)
        raise SystemExit(0)
    print(json.dumps(fit(arguments.data), indent=2))

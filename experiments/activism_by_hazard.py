r"""Estimate how active states are from the model's own hazard of signing and who signed up to a year.

`estimate_activism.py` fits a gravity model with the sizes of today, for worlds that know nothing better; it also gives
a state credit for signatures that its partners already explain in the model. Here each year's world, built from tables
that end with the cut, gives the hazard G of every pair that has not signed yet, with equal activism. First signatures
are then Poisson with

.. math::

   c\,\tfrac12(\alpha_i+\alpha_j)\,G_{ij}(t), \qquad \ln\alpha_i \sim N(-s^2/2,\,s^2)

s: `initial.activism_spread`. c: the level of the period, which is estimated so that activism is relative, and then
dropped. The mode and the curvature there give score and reliability as the model reads them: an empirical-Bayes
estimate, in which a state about which little is known stays near the middle.

Forecasts (`predict_agreements.py`) estimate anew from what was known at their cut. Run by itself, the script writes the
table of worlds from before 1960, from agreements up to 1959 and the bundled sizes and politics.

Run: uv run python experiments/activism_by_hazard.py [--data ../shared/data] [--out FILE]
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

from coopsim.config import Config, load_config
from coopsim.mechanisms.bilateral import hazards
from coopsim.model import CoopModel
from coopsim.results.record import Record
from coopsim.validation.treaties import Treaties, of_data
from coopsim.world.tables import DATA

Floats = NDArray[np.float64]
SINCE, BUNDLED_CUT = 1946, 1959
AGREEMENTS = "bilateral_cultural_agreements"
LEVEL_SD, CAP = 10.0, 0.999


@dataclass(frozen=True, slots=True)
class Exposure:
    """Pairs (i, j) of states: the hazard they lived under without signing, and whether they signed in the end."""

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    hazard: Floats
    signed: NDArray[np.bool_]


def exposure(config: Config, treaties: Treaties, cut: int) -> Exposure:
    """Return what pairs were exposed to from 1946 to the cut."""
    size = len(treaties.codes)
    hazard, signed = np.zeros((size, size)), np.zeros((size, size), dtype=bool)
    for year in range(SINCE, cut):
        model = CoopModel(config.with_values({"horizon.start_year": year, "horizon.years": 1}), rng=1,
                          record=Record(indicators=("signed",), tables=()))
        world = model.world
        assert world.timeline is not None
        world.states.activity = np.ones(world.size)
        i, j = np.sort(world.timeline.present[np.stack(world.pairs)], axis=0)
        yearly = hazards(world, model.rules.parameters["bilateral"], *world.pairs)
        first = treaties.first[i, j]
        hazard[i, j] += np.where(first > year, yearly, 0.0)
        signed[i, j] |= (first == year + 1) & (yearly > 0)
    i, j = np.nonzero(hazard)
    return Exposure(i, j, hazard[i, j], signed[i, j])


def minus_log_posterior(x: Floats, e: Exposure, spread: float) -> tuple[float, Floats]:
    """Return minus the log posterior of ln alpha (all states) and ln c, and its gradient."""
    log_alpha, level = x[:-1], x[-1]
    alpha = np.exp(log_alpha)
    act = 0.5 * (alpha[e.i] + alpha[e.j])
    expected = np.exp(level) * act * e.hazard
    away = (log_alpha + spread**2 / 2) / spread**2
    value = 0.5 * spread**2 * float((away**2).sum()) + 0.5 * (level / LEVEL_SD) ** 2
    value -= float(np.log(expected[e.signed]).sum() - expected.sum())
    slope = 0.5 * (e.signed / act - np.exp(level) * e.hazard)
    gradient = away - alpha * (np.bincount(e.i, slope, len(alpha)) + np.bincount(e.j, slope, len(alpha)))
    return value, np.append(gradient, level / LEVEL_SD**2 - e.signed.sum() + expected.sum())


def estimate(e: Exposure, size: int, spread: float) -> tuple[Floats, Floats]:
    """Return score and reliability of every state, as `lasting_activism` reads them."""
    start = np.append(np.full(size, -(spread**2) / 2), 0.0)
    found = minimize(minus_log_posterior, start, args=(e, spread), jac=True, method="L-BFGS-B",
                     options={"maxiter": 1000})
    log_alpha, level = found.x[:-1], found.x[-1]
    alpha = np.exp(log_alpha)
    act = 0.5 * (alpha[e.i] + alpha[e.j])
    curvature = np.full(size, spread**-2)
    for side in (e.i, e.j):
        share = 0.5 * alpha[side] / act
        bend = np.exp(level) * e.hazard * 0.5 * alpha[side] - e.signed * share * (1 - share)
        curvature += np.bincount(side, bend, size)
    noise = 1 / (spread * np.sqrt(np.maximum(curvature, spread**-2)))  # of the score
    return (log_alpha + spread**2 / 2) / spread, np.minimum(CAP, np.sqrt(1 - noise**2))


def table(config: Config, treaties: Treaties, cut: int) -> pd.DataFrame:
    """Return score, reliability and what they rest on, one row per state."""
    score, reliability = estimate(exposure(config, treaties, cut), len(treaties.codes),
                                  float(config.value("initial.activism_spread")))
    partners = treaties._ties(cut, SINCE - 1).sum(axis=1).astype(int)
    basis = [f"{SINCE - 1}-{cut}, n={n} partners" if known else f"none: not in the world before {cut}"
             for n, known in zip(partners, reliability > 0, strict=True)]
    return pd.DataFrame({"iso3": treaties.codes, "score": score.round(2) + 0.0, "reliability": reliability.round(2),
                         "basis": basis})


def write(folder: Path, config: Config, treaties: Treaties, cut: int) -> None:
    """Write `activism.csv` into a folder of tables that end with the cut; the model reads it from there."""
    table(config, treaties, cut).to_csv(folder / "activism.csv", index=False)


def main(data: Path, out: Path) -> None:
    """Write the table of worlds from before 1960."""
    agreements = pd.read_csv(data / f"{AGREEMENTS}.csv", keep_default_na=False, na_values=[""])
    with tempfile.TemporaryDirectory() as name:
        agreements[agreements["year"] <= BUNDLED_CUT].to_csv(Path(name) / f"{AGREEMENTS}.csv", index=False)
        treaties = of_data(name)
        assert treaties is not None
        rows = table(load_config("historic_1946").with_values({"world.data": name}), treaties, BUNDLED_CUT)
    rows.sort_values("iso3").to_csv(out, index=False, float_format="%.2f", lineterminator="\n")


if __name__ == "__main__":
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=beside, help="folder of the agreements (docs/validation.md)")
    parser.add_argument("--out", type=Path, default=DATA / "history" / f"activism_{BUNDLED_CUT}.csv")
    arguments = parser.parse_args()
    main(arguments.data, arguments.out)

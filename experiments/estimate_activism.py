r"""Estimate how active each state is in cultural diplomacy, net of gravity, from the World Treaty Index.

Method. The data are bilateral cultural agreements signed from 1945 to `--until` (1969 by default): topic
"culture" or a general cultural agreement; what was signed from 1970 on is held out of the project's data. The
unit is a pair of today's states; the outcome is whether it ever signed, so that renewals and yearly
programmes do not count. With t the years in which both were independent,

.. math::

   P(y_{ij}=1) = 1 - e^{-\mu_{ij}}, \qquad
   \ln\mu_{ij} = \ln t_{ij} + b_0 + b_1 \ln P_i P_j + b_2 \ln g_i g_j + b_3 \ln d_{ij} + b_4\,lang_{ij}
   + b_5\,col_{ij} + b_6 |\theta_i-\theta_j| + \ln\frac{\alpha_i+\alpha_j}{2}, \qquad
   \ln\alpha_i \sim N(0, 1.2^2)

which is the model's own signing rule (either side may take the initiative) with its own spread. Coefficients
have N(0, 10^2) priors. The inverse of the exact Hessian at the mode is taken as the posterior covariance V. A
state's `score` is its mode of ln alpha over 1.2; its `reliability` is sqrt(1 - V_ii / 1.2^2), at most .95.
Given the data, then, ln alpha / 1.2 is about N(score, 1 - reliability^2).

Judgement calls. Covariates are today's, those of the bundled tables (population, income, ideal points), as in
MODEL 2.2. The Soviet Union counts as Russia, West Germany (from 1949) as Germany, Yugoslavia as Serbia,
Czechoslovakia as Czechia, and Slovakia is given its figure; other successors get none. East Germany, South
Vietnam, South Yemen, Zanzibar and Taiwan are left out. States independent for fewer than three years of the
period, or in no treaty of the source on any topic, get score 0 and reliability 0: nothing is known of them.
States that publish their treaties look more active than those that do not.

Hold-out. Runs judged on 1960-1969 must not use figures that saw those years: pass `--until 1959`.

Run: uv run python experiments/estimate_activism.py --data ../shared/data
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from coopsim.world import initial
from coopsim.world.tables import DATA, read_table, real_facts

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
FIRST, SPREAD, COEFFICIENT_SD, CAP = 1945, 1.2, 10.0, 0.95
HEIRS = {"CSK": "CZE", "YUG": "SRB"}
SAME_FIGURE = {"SVK": "CZE"}
FOUNDED = {"DEU": 1949}  # the Federal Republic; the table has the empire's year
TERMS = ("constant", "ln population", "ln income", "ln distance", "language", "colonial", "ideology")


def read_agreements(path: Path, until: int) -> tuple[set[tuple[str, str]], set[str]]:
    """Return the pairs with a cultural agreement, and every state seen in a treaty of any topic."""
    pairs, seen = set(), set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if FIRST <= int(row["year"]) <= until:
                a, b = sorted(HEIRS.get(row[key], row[key]) for key in ("iso3_a", "iso3_b"))
                seen |= {a, b}
                if row["topic"] == "culture" or row["general_cultural"] == "1":
                    pairs.add((a, b))
    return pairs, seen


def covariates(a: Rows, b: Rows) -> Floats:
    """Return the regressors of MODEL 2.2 for pairs of states, shape (N, 7), from the bundled tables."""
    facts = real_facts()
    size, income = np.log(facts.population), np.log(facts.gdp / facts.population)
    size, income = size - size.mean(), income - income.mean()
    distance = initial.great_circle(facts.latitude, facts.longitude)
    language = facts.official.astype(float) @ facts.official.T > 0
    colonial, theta = facts.ruled | facts.ruled.T, facts.ideal_point
    return np.stack([np.ones(len(a)), size[a] + size[b], income[a] + income[b],
                     np.log(np.maximum(distance[a, b], 1) / 1000), language[a, b], colonial[a, b],
                     np.abs(theta[a] - theta[b])], axis=1).astype(float)


def posterior(
    p: Floats, x: Floats, years: Floats, signed: NDArray[np.bool_], i: Rows, j: Rows
) -> tuple[float, Floats, Floats]:
    """Return minus the log posterior at p (coefficients, then ln alpha), its gradient and its Hessian."""
    terms, pair = x.shape[1], np.arange(len(i))
    i, j = i + terms, j + terms
    precision = np.where(np.arange(len(p)) < terms, COEFFICIENT_SD**-2.0, SPREAD**-2)
    log_rate = np.log(years) + x @ p[:terms] + np.logaddexp(p[i], p[j]) - np.log(2)
    mu, share = np.exp(np.clip(log_rate, -30, 6)), 1 / (1 + np.exp(p[j] - p[i]))
    jacobian = np.zeros((len(i), len(p)))
    jacobian[:, :terms], jacobian[pair, i], jacobian[pair, j] = x, share, 1 - share
    hit = mu / np.expm1(mu)
    slope, bend = np.where(signed, hit, -mu), np.where(signed, hit * (1 - mu - hit), -mu)
    value = 0.5 * (precision * p**2).sum() - np.where(signed, np.log(-np.expm1(-mu)), -mu).sum()
    hessian = np.diag(precision) - (jacobian * bend[:, None]).T @ jacobian
    curl = slope * share * (1 - share)  # ln((alpha_i + alpha_j)/2) is itself curved
    for row, column, sign in ((i, i, -1), (j, j, -1), (i, j, 1), (j, i, 1)):
        np.add.at(hessian, (row, column), sign * curl)
    return float(value), precision * p - slope @ jacobian, hessian


def estimate(data: Path, until: int) -> list[dict[str, str]]:
    """Fit the model and return one row per state, sorted by code."""
    table = read_table("states").sort_values("iso3", ignore_index=True)
    codes = [str(code) for code in table["iso3"]]
    start = np.array([max(FIRST, FOUNDED.get(code, int(year)))
                      for code, year in zip(codes, table["independence_year"], strict=True)])
    pairs, seen = read_agreements(data / "bilateral_cultural_agreements.csv", until)
    known = np.array([k for k, code in enumerate(codes) if code in seen and start[k] <= until - 2])
    i, j = np.triu_indices(len(known), 1)
    a, b = known[i], known[j]
    years = until + 1.0 - np.maximum(start[a], start[b])
    signed = np.array([(codes[k], codes[m]) in pairs for k, m in zip(a, b, strict=True)])
    rest = covariates(a, b), years, signed, i, j
    fit = minimize(lambda p: posterior(p, *rest)[:2], np.zeros(len(TERMS) + len(known)), jac=True,
                   hess=lambda p: posterior(p, *rest)[2], method="trust-exact")
    _, slope, hessian = posterior(fit.x, *rest)
    error = np.sqrt(np.diag(np.linalg.inv(hessian)))
    print(f"{len(known)} states, {len(a)} pairs, {signed.sum()} signed; "
          f"largest slope {np.abs(slope).max():.0e}, least curvature {np.linalg.eigvalsh(hessian).min():.2f}")
    print(*(f"{name} {fit.x[k]:+.2f} ({error[k]:.2f})" for k, name in enumerate(TERMS)), sep="; ")

    score, noise = fit.x[len(TERMS) :] / SPREAD, error[len(TERMS) :] / SPREAD
    reliability = np.minimum(CAP, np.sqrt(np.maximum(0, 1 - noise**2)))
    partners = np.bincount(i, signed, len(known)) + np.bincount(j, signed, len(known))
    rows = {code: _row(code, 0, 0, f"none: independent after {until - 2}" if start[k] > until - 2
                       else "none: not in the source") for k, code in enumerate(codes)}
    for n, k in enumerate(known):
        basis = f"{FIRST}-{until}, n={partners[n]:.0f} partners"
        rows[codes[k]] = _row(codes[k], score[n], reliability[n], basis)
    for code, origin in SAME_FIGURE.items():
        rows[code] = {**rows[origin], "iso3": code, "basis": f"{rows[origin]['basis']}, as {origin}"}
    return [rows[code] for code in codes]


def _row(code: str, score: float, reliability: float, basis: str) -> dict[str, str]:
    return {"iso3": code, "score": f"{score:.2f}", "reliability": f"{reliability:.2f}", "basis": basis}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the agreements")
    parser.add_argument("--until", type=int, default=1969, help="last year used (1959 for hold-out runs)")
    parser.add_argument("--out", type=Path, default=DATA / "hand" / "activism.csv")
    arguments = parser.parse_args()
    rows = estimate(arguments.data, arguments.until)
    with arguments.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

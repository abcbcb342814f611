r"""How the starting world follows from the facts (MODEL 3.5). Pure formulas; no randomness, no tables.

.. math::

   y = \mathrm{clip}\frac{\ln(Y/P) - \ln 800}{\ln 80000 - \ln 800} \qquad
   C^{hist} = 1-(1-.5\,lang)(1-.3\,rel)(1-.5\,col)(1-.2\,reg)(1-.2\,cont)

   T_0 = \mathrm{clip}(.05+.30e^{-|\theta_i-\theta_j|}+.35C^{hist}+.20y_j,\ .05,\ .90) \qquad
   U_0 = \mathrm{clip}(.05+.45C+.15\,CSL,\ 0,\ .9)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from scipy.special import expit

from coopsim.param import Params, param
from coopsim.world.column import Bools, Floats


@dataclass(frozen=True, slots=True)
class InitialParams(Params):
    """The starting world, where facts alone do not settle it."""

    group: ClassVar[str] = "initial"

    density: float = param(
        0.15, unit="1", bounds=(0, 1), plausible=(0.05, 0.3), symbol="dens0", evidence="measured",
        meaning="share of pairs with a cultural agreement in force at the start",
        source="MODEL 3.5: about 990 agreements to 1972 and 40-60 a year since give .13-.16",
    )
    oldest_agreement: int = param(
        40, unit="yr", bounds=(1, 100), plausible=(20, 60), evidence="assumed",
        meaning="agreements in force at the start were signed up to this many years ago",
        source="MODEL 3.5: ages uniform over forty years",
    )
    activism: str = param(
        "data", unit="1", choices=("data", "lognormal", "ones"), symbol="alpha", evidence="measured",
        meaning="how lasting diplomatic activism differs between states: as their agreements of 1945-1969 show, "
                "drawn at random where they show nothing; drawn at random for all; or not at all",
        source="World Treaty Index 1945-1969, net of gravity (data/activism.csv); without unequal activism the "
               "network is far too equal (MODEL 10.3)",
    )
    activism_spread: float = param(
        1.32, unit="1", bounds=(0, 4), plausible=(0, 2.2), symbol="s_act", evidence="measured",
        meaning="standard deviation of log activism",
        source="experiments/estimate_activism.py: variance 1.21 times that of MODEL's 1.2; not separable from "
        "network.popularity",
    )
    mission_scale: float = param(
        160.0, unit="missions", bounds=(0, 400), plausible=(100, 220), evidence="measured",
        meaning="missions of the largest economy beyond the basic eight, in a world of 195 states",
        source="MODEL 3.5: 42 largest economies hold 3,936 embassies (Lowy)",
    )
    features: int = param(
        8, unit="features", bounds=(1, 64), plausible=(5, 15), symbol="F", evidence="assumed",
        meaning="number of cultural practices that are compared between states", source="Axelrod 1997; MODEL M18",
    )
    variants: int = param(
        8, unit="traits", bounds=(1, 64), plausible=(5, 15), symbol="q", evidence="assumed",
        meaning="number of forms that each practice can take", source="Axelrod 1997; MODEL M18",
    )
    event_orientation: float = param(
        0.46, unit="1", bounds=(0, 1), plausible=(0.1, 0.9), symbol="o", evidence="assumed",
        meaning="orientation of events: 0 celebrates heritage, 1 exchanges ideas and innovation",
        source="MODEL M7: budget-weighted mean over festivals, exhibitions, conferences, biennials, celebrations",
    )


def income_index(population: Floats, gdp: Floats) -> Floats:
    """Return y, shape (S,): log GDP per head, scaled to 0 at $800 and 1 at $80,000."""
    per_head = np.log(gdp / population)
    return np.clip((per_head - np.log(800)) / (np.log(80_000) - np.log(800)), 0, 1)


def lasting_activism(score: Floats, reliability: Floats, spread: float, noise: Floats) -> Floats:
    """Return alpha, shape (S,), drawn from what is known: ln alpha / s ~ N(score, 1 - reliability^2) - s/2.

    The score is a posterior mode, already shrunk, so it is not multiplied by the reliability again. With
    nothing known (both 0) alpha is lognormal with mean one.

    Parameters
    ----------
    score, reliability : Floats
        Standard score of ln alpha, and its correlation with the true one (`data/activism.csv`).
    spread : float
        s: standard deviation of ln alpha among states.
    noise : Floats
        Standard normal draws.
    """
    return np.asarray(np.exp(spread * (score + np.sqrt(1 - reliability**2) * noise) - spread**2 / 2))


def initial_knowledge(literacy: Floats, school_life: Floats) -> Floats:
    """Return W, shape (S,), from literacy (share) and school-life expectancy (years)."""
    return np.clip(0.5 * literacy + 0.5 * np.minimum(1, school_life / 18), 0.02, 0.98)


def initial_capacity(income: Floats, gdp: Floats, heritage_sites: Floats, literacy: Floats) -> Floats:
    """Return K, shape (S, 3), by the proxies of MODEL 3.5 (all assumed)."""
    heritage = 0.10 + 0.35 * income + 0.45 * np.log1p(heritage_sites) / np.log(61)
    industries = 0.05 + 0.75 * income + 0.10 * np.clip(np.log(gdp) - 9, 0, 8) / 8
    rights = 0.10 + 0.45 * income + 0.35 * literacy
    return np.clip(np.stack([heritage, industries, rights], axis=1), 0.03, 0.95)


def language_overlap(languages: Floats) -> Floats:
    """Return CSL, shape (S, S): chance that two random residents share a language, capped at 1; zero diagonal."""
    overlap = languages @ languages.T
    np.minimum(overlap, 1.0, out=overlap)
    np.fill_diagonal(overlap, 0.0)
    return overlap


def shared_history(
    common_language: Bools, religion: Floats, colonial: Bools, same_subregion: Bools, contiguous: Bools
) -> Floats:
    """Return C^hist, shape (S, S): any one bond suffices, several add with diminishing returns."""
    gap = (
        (1 - 0.5 * common_language)
        * (1 - 0.3 * religion)
        * (1 - 0.5 * colonial)
        * (1 - 0.2 * same_subregion)
        * (1 - 0.2 * contiguous)
    )
    history = np.asarray(1 - gap)
    np.fill_diagonal(history, 0.0)
    return history


def political_distance(ideal_point: Floats) -> Floats:
    """Return the distance of ideal points, shape (S, S)."""
    return np.abs(ideal_point[:, None] - ideal_point[None, :])


def structural_trust(ideal_point: Floats, history: Floats, income: Floats) -> Floats:
    """Return T0, shape (S, S); asymmetric, since the trusted state's income counts (Guiso et al. 2009)."""
    trust = 0.05 + 0.30 * np.exp(-political_distance(ideal_point)) + 0.35 * history + 0.20 * income[None, :]
    trust = np.clip(trust, 0.05, 0.90)
    np.fill_diagonal(trust, 0.0)
    return trust


def structural_understanding(commonality: Floats, overlap: Floats) -> Floats:
    """Return U0, shape (S, S)."""
    understanding = np.clip(0.05 + 0.45 * commonality + 0.15 * overlap, 0, 0.9)
    np.fill_diagonal(understanding, 0.0)
    return understanding


def strategic_interest(
    gdp: Floats,
    distance: Floats,
    ideal_point: Floats,
    shift: Floats,
    *,
    base: float,
    mass: float,
    proximity: float,
    affinity: float,
) -> Floats:
    """Return I, shape (S, S): interest of row in column (MODEL M1); zero diagonal."""
    log_gdp = np.log(gdp)
    spread = log_gdp.std()
    z = (log_gdp - log_gdp.mean()) / (spread if spread > 0 else 1.0)
    centred = centred_log_distance(distance)
    interest = expit(base + mass * z[None, :] - proximity * centred - affinity * political_distance(ideal_point)
                     + shift)
    np.fill_diagonal(interest, 0.0)
    return np.asarray(interest)


def centred_log_distance(distance: Floats) -> Floats:
    """Return ln d minus its mean over pairs, shape (S, S); zero diagonal."""
    size = len(distance)
    log_distance = np.log(np.maximum(distance, 1.0))
    pairs = size * (size - 1)
    centred = log_distance - (log_distance.sum() - np.trace(log_distance)) / max(pairs, 1)
    np.fill_diagonal(centred, 0.0)
    return np.asarray(centred)


def great_circle(latitude: Floats, longitude: Floats) -> Floats:
    """Return distances in km, shape (S, S), by the haversine formula on a sphere of radius 6,371 km."""
    return _great_circle(latitude.tobytes(), longitude.tobytes()).copy()


@lru_cache(maxsize=4)
def _great_circle(latitude: bytes, longitude: bytes) -> Floats:
    """Return the same: capitals do not move from one run of a process to the next."""
    phi, lam = np.radians(np.frombuffer(latitude)), np.radians(np.frombuffer(longitude))
    half = (
        np.sin((phi[:, None] - phi[None, :]) / 2) ** 2
        + np.cos(phi[:, None]) * np.cos(phi[None, :]) * np.sin((lam[:, None] - lam[None, :]) / 2) ** 2
    )
    distance = 2 * 6371.0 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0.0)
    return distance


def mission_counts(gdp: Floats, mean_capacity: Floats, scale: float) -> np.ndarray:
    """Return how many missions each state keeps, shape (S,): eight at least, more with wealth and capacity."""
    size = len(gdp)
    log_gdp = np.log(gdp)
    span = np.ptp(log_gdp)
    wealth = (log_gdp - log_gdp.min()) / (span if span > 0 else 1.0)
    wanted = (8 + scale * wealth**2 * (0.4 + 0.6 * mean_capacity)) * (size - 1) / 194
    return np.clip(np.round(wanted), 0, size - 1).astype(np.int64)


def agreement_propensity(
    population: Floats,
    gdp: Floats,
    distance: Floats,
    common_language: Bools,
    colonial: Bools,
    ideal_point: Floats,
    activism: Floats,
) -> Floats:
    """Return the log-odds of an agreement in force at the start, shape (S, S), up to a constant.

    MODEL 3.5, but with weights .40 and .30 of population and income for .45 and .45: with activism from data, size
    counts less (experiments/estimate_activism.py gives .34 and .12).
    """
    log_population, log_per_head = np.log(population), np.log(gdp / population)
    active = np.log((activism[:, None] + activism[None, :]) / 2)
    return np.asarray(
        0.40 * (log_population[:, None] + log_population[None, :])
        + 0.30 * (log_per_head[:, None] + log_per_head[None, :])
        - 0.55 * np.log(np.maximum(distance, 1.0) / 1000)
        + 0.55 * common_language
        + 1.1 * colonial
        - 0.45 * political_distance(ideal_point)
        + active
    )


CLOSE = 1e-9  # a step of Newton's method this small leaves an error of about its square


def intercept_for(log_odds: Floats, mean: float) -> float:
    """Return the constant that gives logistic probabilities the wanted mean, to the last digits of a number.

    By Newton's method; a step that leaves the interval known to hold the constant is replaced by halving it.
    """
    low, high = -60.0 - float(log_odds.max(initial=0)), 60.0 - float(log_odds.min(initial=0))
    constant = float(np.clip(np.log(max(mean, 1e-300) / max(1 - mean, 1e-300)), low, high))
    for _ in range(200):
        chance = expit(log_odds + constant)
        found = float(chance.mean())
        low, high = (constant, high) if found < mean else (low, constant)
        slope = found - float(chance @ chance) / len(chance)
        step = (mean - found) / slope if slope > 0 else np.inf
        inside = low < constant + step < high
        before, constant = constant, constant + step if inside else (low + high) / 2
        if abs(constant - before) <= (CLOSE if inside else 1e-15) * max(abs(constant), 1.0):
            break
    return constant

"""Estimates that facts are stated in: least squares, logit, ranking, clustering, dispersion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import rankdata

from coopsim.world.column import Bools, Floats

MOST_STEPS = 50
RIDGE = 1e-6  # keeps a separated or empty regressor finite


def least_squares(y: Floats, x: Floats) -> Floats:
    """Return the coefficients of a regression of y, shape (n,), on the columns of x and a constant (last)."""
    design = np.column_stack([x, np.ones(len(y))])
    return np.asarray(np.linalg.lstsq(design, y, rcond=None)[0])


def within(values: Floats, *groups: NDArray[np.integer], rounds: int = 60) -> Floats:
    """Return values, shape (n, k), less the means of every group: regressions on them have fixed effects."""
    left = np.array(values, dtype=np.float64)
    for _ in range(rounds if len(groups) > 1 else 1):
        for group in groups:
            number = np.maximum(np.bincount(group), 1)
            for column in range(left.shape[1]):
                left[:, column] -= (np.bincount(group, left[:, column]) / number)[group]
    return left


def logit(y: Bools, x: Floats) -> Floats:
    """Return the coefficients of a logistic regression on the columns of x and a constant (last), by Newton steps."""
    design = np.column_stack([x, np.ones(len(y))])
    scale = np.maximum(np.abs(design).max(axis=0), 1e-12)
    design = design / scale
    share = float(np.clip(y.mean(), 1e-9, 1 - 1e-9))
    beta = np.zeros(design.shape[1])
    beta[-1] = np.log(share / (1 - share)) * scale[-1]
    penalty = RIDGE * np.eye(len(beta))
    for _ in range(MOST_STEPS):
        chance = expit(design @ beta)
        weight = chance * (1 - chance)
        step = np.linalg.solve((design * weight[:, None]).T @ design + penalty,
                               design.T @ (y - chance) - RIDGE * beta)
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(beta / scale)


def poisson(y: Floats, x: Floats) -> Floats:
    """Return the coefficients of log mean of y >= 0 on the columns of x and a constant (last), by Newton steps.

    On logarithms they are elasticities; zeros of y count, and y need not be whole (Poisson pseudo maximum likelihood).
    """
    design = np.column_stack([x - x.mean(axis=0), np.ones(len(y))])
    y = y / y.mean()
    beta = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        mean = np.exp(np.clip(design @ beta, -30, 30))
        step = np.linalg.solve((design * mean[:, None]).T @ design + RIDGE * np.eye(len(beta)),
                               design.T @ (y - mean))
        beta = beta + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(beta)


def chances(coefficients: Floats, x: Floats) -> Floats:
    """Return the fitted probabilities of a `logit`, shape (n,)."""
    return np.asarray(expit(np.column_stack([x, np.ones(len(x))]) @ coefficients))


def roc_auc(happened: Bools, forecast: Floats) -> float:
    """Return the chance that a case that happened was given more than one that did not; NaN if all are alike."""
    positive = int(happened.sum())
    negative = len(happened) - positive
    if not positive or not negative:
        return float("nan")
    ranks = rankdata(forecast)
    return float((ranks[happened].sum() - positive * (positive + 1) / 2) / (positive * negative))


def average_precision(happened: Bools, forecast: Floats) -> float:
    """Return the mean precision over recalls, cases with one forecast taken together; NaN if nothing happened."""
    positive = int(happened.sum())
    if not positive:
        return float("nan")
    order = np.argsort(-forecast, kind="stable")
    last = np.append(np.diff(forecast[order]) != 0, True)  # of each group of equal forecasts
    hits = np.cumsum(happened[order])[last]
    cases = np.flatnonzero(last) + 1
    gained = np.diff(np.concatenate([[0], hits])) / positive
    return float((gained * hits / cases).sum())


def brier(happened: Bools, forecast: Floats) -> float:
    """Return the mean squared error of forecast probabilities."""
    return float(((forecast - happened) ** 2).mean())


def dispersion(counts: Floats) -> float:
    """Return variance over mean (Fano factor) of yearly counts; 1 if independent, NaN of nothing."""
    counts = np.asarray(counts, dtype=np.float64)
    return float(counts.var(ddof=1) / counts.mean()) if len(counts) > 1 and counts.mean() > 0 else float("nan")


def local_clustering(ties: Floats) -> float:
    """Return the mean over states, isolates included as 0, of the share of their pairs of partners that are tied."""
    degree = ties.sum(axis=1)
    closed = ((ties @ ties) * ties).sum(axis=1)
    chance = degree * (degree - 1)
    return float(np.divide(closed, chance, out=np.zeros_like(closed), where=chance > 0).mean())


def giant_component(ties: Floats) -> float:
    """Return the share of states in the largest connected component."""
    from scipy.sparse.csgraph import connected_components

    if not len(ties):
        return 0.0
    _, label = connected_components(ties > 0, directed=False)
    return float(np.bincount(label).max() / len(ties))


def spearman(x: Floats, y: Floats) -> float:
    """Return the rank correlation; NaN if one is constant."""
    a, b = rankdata(x), rankdata(y)
    return float(np.corrcoef(a, b)[0, 1]) if np.ptp(a) and np.ptp(b) else float("nan")

"""Point estimates by Optuna: the values whose mean over several seeds lies nearest to the targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from coopsim.analysis.extras import extra
from coopsim.calibration.problem import Problem

Progress = Callable[[int, int, str], None]
WORST = 1e9  # misfit of values whose runs fail


def optimise(problem: Problem, trials: int, progress: Progress | None = None) -> pd.DataFrame:
    """Return every trial of a search with the tree-structured Parzen estimator.

    Each trial runs the same seeds, so that trials differ by their values and not by luck.

    Returns
    -------
    DataFrame
        trial, the parameters, misfit (of the mean over seeds, on the targets that are fitted), misfit_held (NaN
        without held-out targets).

    Raises
    ------
    CoopsimError
        If Optuna is not installed.
    """
    optuna: Any = extra("optuna", "A point estimate")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    plan, keys = problem.plan, problem.keys
    sampler = optuna.samplers.TPESampler(seed=plan.seed % 2**32, n_startup_trials=max(10, 2 * len(keys)))
    study = optuna.create_study(sampler=sampler)
    rows = []
    for number in range(trials):
        trial = study.ask()
        values = problem.values([trial.suggest_float(key, 0.0, 1.0) for key in keys])
        means = problem.outcomes((values, plan.seed + k) for k in range(plan.replications)).mean(axis=0)
        misfit = float(problem.misfit(means))
        study.tell(trial, misfit if np.isfinite(misfit) else WORST)
        held = float(problem.misfit(means, "hold")) if not problem.fitted.all() else np.nan
        rows.append({"trial": number, **values, "misfit": misfit, "misfit_held": held})
        if progress is not None:
            progress(number + 1, trials, f"misfit {study.best_value:.3g}")
    return pd.DataFrame(rows)

"""From a plan to fitted parameters, in three steps: search, check with new seeds, say what came out."""

from __future__ import annotations

import json
from concurrent.futures import Executor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coopsim.analysis.words import seeds_in_words
from coopsim.calibration.memory import Memory
from coopsim.calibration.optimise import Progress, optimise
from coopsim.calibration.outcome import Calibration
from coopsim.calibration.plan import CalibrationPlan
from coopsim.calibration.posterior import posterior
from coopsim.calibration.problem import Problem
from coopsim.calibration.words import sentences_of
from coopsim.errors import ConfigError, ResultsError
from coopsim.rng import Stream

MEMORY, PLAN = "simulations.sqlite", "plan.json"
NEW = 1_000_000  # check runs have the seeds from here on, which no search used
NEAR_BEST = 0.1  # share of Optuna's trials


def calibrate(
    plan: CalibrationPlan | str | Path, *, out: str | Path | None = None, executor: Executor | None = None,
    width: int = 1, progress: Progress | None = None,
) -> Calibration:
    """Fit parameters to targets.

    Parameters
    ----------
    plan : CalibrationPlan, str or Path
        A plan, or a plan file.
    out : str or Path, optional
        Folder for the result. Every simulation is kept in it the moment it is finished: a calibration that was
        killed, started again with the same plan and folder, simulates nothing twice and ends with the same result.
    executor : Executor, optional
        Of `concurrent.futures`; who runs the simulations. No result depends on it.
    width : int
        How many simulations the executor does at the same time.
    progress : callable, optional
        Called with the numbers of steps done and to do, and a word on how it goes.

    Raises
    ------
    ConfigError
        If plan or targets are not valid, or the folder holds the calibration of another plan.
    CoopsimError
        If Optuna or pyABC is not installed.

    Examples
    --------
    >>> found = calibrate("my-plan.toml", out="results/fitted")
    >>> print(found)
    >>> fitted = coopsim.load_config("baseline").with_values(found.best)
    """
    if not isinstance(plan, CalibrationPlan):
        plan = CalibrationPlan.from_file(plan)
    memory = Memory() if out is None else _memory(Path(out), plan)
    problem = Problem(plan.plan, plan.targets, memory, executor)
    if plan.method == "abc":
        search, generations = posterior(problem, population=plan.population, generations=plan.generations,
                                        executor=executor, width=width, progress=progress)
        estimates = _posterior_table(problem, search)
        chosen = _drawn(problem, search, plan.check_runs)
    else:
        search, generations = optimise(problem, plan.trials, progress), pd.DataFrame()
        estimates = _best_table(problem, search)
        best = dict(zip(estimates["parameter"], estimates["estimate"], strict=True))
        chosen = [best] * plan.check_runs
    found = _told(plan, problem, estimates, chosen, search, generations)
    if out is not None:
        found.save(out)
    return found


def _memory(folder: Path, plan: CalibrationPlan) -> Memory:
    """Return the memory in a folder of this plan; `ConfigError` if the folder belongs to another."""
    about = folder / PLAN
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if about.is_file():
            held = json.loads(about.read_text(encoding="utf-8")).get("hash")
            if held != plan.hash:
                raise ConfigError(f"the folder '{folder}' holds a calibration of another plan; choose another with "
                                  "--out, or delete it")
        elif any(folder.iterdir()):
            raise ResultsError(f"the folder '{folder}' holds other things than a calibration; choose another with "
                               "--out")
        text = {"hash": plan.hash, "coopsim": version("coopsim"), "plan": plan.plan.to_mapping(),
                "targets": plan.targets.to_dict("records"), "method": plan.method}
        about.write_text(json.dumps(text, indent=2, ensure_ascii=False, default=str), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ResultsError(f"the folder '{folder}' cannot be used: {getattr(error, 'strerror', None) or error}"
                           ) from None
    return Memory(folder / MEMORY)


def _ranges(problem: Problem) -> list[dict[str, Any]]:
    return [{"parameter": factor.key, "low": factor.values[0] if factor.values else factor.low,
             "high": factor.values[-1] if factor.values else factor.high, "default": factor.base}
            for factor in problem.plan.factors]


def _best_table(problem: Problem, trials: pd.DataFrame) -> pd.DataFrame:
    order = trials.sort_values("misfit", kind="stable")
    near = order.head(max(2, round(NEAR_BEST * len(order))))
    rows = []
    for row in _ranges(problem):
        values = near[row["parameter"]]
        ends = values.quantile([0.05, 0.95]).tolist() if _numeric(values) else [np.nan, np.nan]
        rows.append(row | {"estimate": order[row["parameter"]].iloc[0], "q05": ends[0], "q95": ends[1]})
    return pd.DataFrame(rows)


def _posterior_table(problem: Problem, particles: pd.DataFrame) -> pd.DataFrame:
    weights = particles["weight"].to_numpy(np.float64)
    rows = []
    for k, row in enumerate(_ranges(problem)):
        units = particles[f"u{k}"].to_numpy(np.float64)
        middle, low, high = (float(_quantile(units, weights, q)) for q in (0.5, 0.05, 0.95))
        centre = float(np.average(units, weights=weights))
        spread = float(np.sqrt(np.average((units - centre) ** 2, weights=weights)))
        factor = problem.plan.factors[k]
        estimate, q05, q95 = factor.at(np.array([middle, low, high]))
        row |= {"estimate": estimate, "q05": q05, "q95": q95, "shrinkage": 1 - spread * np.sqrt(12)}
        values = particles[row["parameter"]]
        if _numeric(values):
            mean = float(np.average(values, weights=weights))
            row |= {"mean": mean, "sd": float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))}
        rows.append(row)
    return pd.DataFrame(rows)


def _numeric(values: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values)) and values.dtype != bool


def _quantile(values: np.ndarray, weights: np.ndarray, q: float) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(q * weights.sum(), reached, values[order]))


def _drawn(problem: Problem, particles: pd.DataFrame, number: int) -> list[dict[str, Any]]:
    """Return values of particles drawn by their weights."""
    draw = Stream(problem.plan.seed, "calibration", 0).generator("check").choice(
        len(particles), size=number, p=particles["weight"].to_numpy())
    return [{str(key): value for key, value in particles.iloc[int(row)][problem.keys].items()} for row in draw]


def _told(
    plan: CalibrationPlan, problem: Problem, estimates: pd.DataFrame, chosen: list[dict[str, Any]],
    search: pd.DataFrame, generations: pd.DataFrame,
) -> Calibration:
    seeds = [NEW + plan.plan.seed + k for k in range(plan.check_runs)]
    after = problem.outcomes(zip(chosen, seeds, strict=True))
    before = problem.outcomes(({}, seed) for seed in seeds)
    fit = _fit_table(problem, after, before)
    misfit = {}
    for use in ("fit", "hold"):
        rows = fit[fit["use"] == use]
        for name, column in ((use, "off"), (f"{use}_before", "before")):
            misfit[name] = float(np.sqrt(np.mean(rows[column] ** 2))) if len(rows) else np.nan
    tried = (f"{len(search)} trials × {plan.plan.replications} replications" if plan.method == "optuna" else
             f"{len(search)} particles, {len(generations)} generations, {int(generations['simulations'].sum())} runs")
    stamp = (f"coopsim {version('coopsim')} · {problem.plan.scenario_name} · {tried}, seed {plan.plan.seed} · checked "
             f"by {plan.check_runs} runs, {seeds_in_words(seeds)}")
    return Calibration(plan.method, estimates, fit, search, generations, misfit,
                       sentences_of(plan.method, estimates, fit, misfit, len(seeds)), stamp, plan.hash)


def _fit_table(problem: Problem, after: np.ndarray, before: np.ndarray) -> pd.DataFrame:
    targets = problem.targets
    low, high = np.nanquantile(after, [0.05, 0.95], axis=0)
    value, scale = (targets[name].to_numpy(np.float64) for name in ("value", "scale"))
    return pd.DataFrame({
        "indicator": targets["indicator"], "year": targets["year"], "use": targets["use"], "target": value,
        "scale": scale, "model": np.nanmean(after, axis=0), "low": low, "high": high,
        "off": (np.nanmean(after, axis=0) - value) / scale, "before": (np.nanmean(before, axis=0) - value) / scale,
    })

"""What a calibration found: estimates, fit on both kinds of targets, and how far to believe it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coopsim.errors import ResultsError

FORMAT = "coopsim calibration"


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """The result of a calibration.

    Attributes
    ----------
    method : {"optuna", "abc"}
    estimates : DataFrame
        One row per parameter: parameter, low, high (the searched range), default, estimate (best trial, or posterior
        median). ABC also: mean, sd, q05, q95 and shrinkage (how much narrower than the prior the posterior is: 0 not
        at all, 1 a point). Optuna also: q05, q95 over the tenth of the trials that fit best, a hint, not an interval.
    fit : DataFrame
        One row per target: indicator, year, use, target, scale; model (mean over check runs with new seeds), low,
        high (their 5 and 95 % quantiles), off (model less target in scales), before (the same with the scenario's own
        values).
    search : DataFrame
        The trials of Optuna, or the particles of the posterior with their weights.
    generations : DataFrame
        Of ABC; empty for Optuna.
    misfit : dict
        Root mean square of `off` by use, and "before" likewise: fit, hold, fit_before, hold_before.
    sentences : tuple of str
    stamp : str
    hash : str
        Of the plan.
    """

    method: str
    estimates: pd.DataFrame
    fit: pd.DataFrame
    search: pd.DataFrame
    generations: pd.DataFrame
    misfit: dict[str, float]
    sentences: tuple[str, ...]
    stamp: str
    hash: str

    @property
    def best(self) -> dict[str, Any]:
        """The estimates by dotted key, as `Config.with_values` takes them."""
        return dict(zip(self.estimates["parameter"], self.estimates["estimate"], strict=True))

    def figures(self) -> dict[str, Any]:
        """Return the figures by name: fit, and parameters (posterior) or search (trials)."""
        from coopsim.calibration.figures import fit_figure, posterior_figure, search_figure

        other = {"posterior": posterior_figure(self)} if self.method == "abc" else {"search": search_figure(self)}
        return {"fit": fit_figure(self), **other}

    def save(self, folder: str | Path) -> list[Path]:
        """Write tables (Parquet and, for reading, CSV), `calibration.json` and figures, and return the figures' files.

        Raises
        ------
        ResultsError
            If the folder cannot be written.
        """
        from coopsim.analysis.figures import save_figure

        place = Path(folder)
        words = {"format": FORMAT, "method": self.method, "hash": self.hash, "estimates": _plain(self.best),
                 "misfit": _plain(self.misfit), "sentences": list(self.sentences), "stamp": self.stamp}
        try:
            place.mkdir(parents=True, exist_ok=True)
            for name in ("estimates", "fit", "search", "generations"):
                table = getattr(self, name)
                if len(table.columns):
                    table.to_parquet(place / f"{name}.parquet", index=False)
                    table.to_csv(place / f"{name}.csv", index=False)
            (place / "calibration.json").write_text(json.dumps(words, indent=2, ensure_ascii=False), encoding="utf-8")
            return [path for name, figure in self.figures().items() for path in save_figure(figure, place / name)]
        except OSError as error:
            raise ResultsError(f"the folder {place} cannot be written: {error.strerror or error}") from None

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    found = {key: value.item() if hasattr(value, "item") else value for key, value in values.items()}
    return {key: None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in found.items()}

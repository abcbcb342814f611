"""Predict which pairs of states sign their first cultural agreement in the ten years after a cut, from those before.

Everything after the cut is taken out of the tables before anything is computed: agreements, sizes, votes. States that
become independent later are known by name and year of entry only; their politics is that of no camp.

Forecasts of each pair that has not signed by the cut, as a probability for the ten years:

- model: the world of the cut with its agreements in force and states as active as those agreements show
  (`activism_by_hazard.py`), run ten years; the yearly chance of signing is summed up along each replication and
  averaged, which is the simulated frequency without the noise of the last draw;
- base rate: the yearly rate of first signatures of the ten years before the cut, the same for every pair;
- gravity: logit of a first signature by pair and year on distance, GDP, population, border, language, colonial
  tie, religion and politics;
- attachment: the same on the partners of both (preferential attachment);
- attachment and closure: the same on the partners of both and on shared partners;
- both: the two together, the strongest regression we could think of.

The regressions are fitted on first signatures from 1946 to the cut. Partners are those of the cut, for every year
after. The ceiling is no forecast: a regression on the model's forecast and all these columns, fitted on the answers of
all pairs, which tells how well they can be ranked at all with what is known. A pair's chance counts from the year in
which both states exist. Scores: area under the ROC curve (ROC-AUC), average precision, Brier score, mean logarithmic
score. Intervals are from resampling states, since pairs of a state are
alike; for differences also from resampling pairs, which is what is usually done and too narrow.

Run: uv run python experiments/predict_agreements.py [--data ../shared/data] [--cut 1959] [--replications 40]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import activism_by_hazard
import numpy as np
import pandas as pd

from coopsim.config import Config, load_config
from coopsim.mechanisms.bilateral import hazards
from coopsim.mechanisms.mechanism import probability
from coopsim.model import CoopModel
from coopsim.results.record import Record
from coopsim.validation.statistics import average_precision, brier, chances, logit, roc_auc
from coopsim.validation.treaties import Treaties, of_data

YEARS = 10
TABLES = ("bilateral_cultural_agreements", "state_year", "un_ideal_points")
SCORES = {"roc_auc": 3, "average_precision": 3, "brier": 4, "log_score": 4}  # digits shown
SAID = {"roc_auc": "ROC-AUC", "average_precision": "average precision", "brier": "Brier score",
        "log_score": "logarithmic score"}
LEAST = 1e-6  # no forecast is surer than this when it is scored by its logarithm
GRAVITY = ("log distance", "log product of GDPs", "log product of populations", "border", "language", "colonial tie",
           "religion", "distance of ideal points")
NETWORK = ("log partners of both", "log shared partners")


def cut_tables(data: Path, cut: int, folder: Path) -> None:
    """Copy the tables without anything that happened after the cut."""
    for name in TABLES:
        path = data / f"{name}.csv"
        if path.is_file():
            table = pd.read_csv(path, keep_default_na=False, na_values=[""])
            table[table["year"] <= cut].to_csv(folder / path.name, index=False)


def known(t: Treaties, a: np.ndarray, b: np.ndarray, year: int, before: np.ndarray) -> np.ndarray:
    """Return the regressors of pairs in a year, gravity first, given the ties of the year before."""
    now = t.dated.row(year)
    gdp, people, ideal = np.log(t.dated.gdp[now]), np.log(t.dated.population[now]), t.dated.ideal_point[now]
    degree, shared = before.sum(axis=1), before @ before
    r = t.relations
    return np.column_stack([
        np.log(r["distance"][a, b]), gdp[a] + gdp[b], people[a] + people[b], r["contiguous"][a, b], r["language"][a, b],
        r["colonial"][a, b], r["religion"][a, b], np.abs(ideal[a] - ideal[b]),
        np.log1p(degree[a]) + np.log1p(degree[b]), np.log1p(shared[a, b]),
    ])


def history(t: Treaties, first: int, cut: int) -> tuple[np.ndarray, np.ndarray]:
    """Return whether a pair at risk signed for the first time, by pair and year, and its regressors."""
    happened, regressors = [], []
    for year in range(first, cut + 1):
        rows = t.present(year)
        i, j = np.triu_indices(len(rows), 1)
        a, b = rows[i], rows[j]
        risk = t.first[a, b] >= year
        happened.append(t.first[a, b][risk] == year)
        regressors.append(known(t, a[risk], b[risk], year, t._ties(year - 1, 1945)))
    return np.concatenate(happened), np.concatenate(regressors)


def asked(folder: Path, cut: int, values: dict[str, float]) -> Config:
    """Return the model from the cut on."""
    return load_config("historic_1946").with_values(
        {"horizon.start_year": cut, "horizon.years": YEARS, "world.data": str(folder), **values})


def simulated(
    folder: Path, cut: int, a: np.ndarray, b: np.ndarray, codes: np.ndarray, replications: int, values: dict[str, float]
) -> np.ndarray:
    """Return the simulated chance that each pair signs within ten years."""
    config = asked(folder, cut, values)
    total = np.zeros(len(a))
    for seed in range(1, replications + 1):
        model = CoopModel(config, rng=seed, record=Record(indicators=("signed",), tables=()))
        spared = np.ones((len(codes), len(codes)))

        def watch(model: CoopModel, spared: np.ndarray = spared) -> None:
            world = model.world
            assert world.timeline is not None
            place, (i, j) = world.timeline.present, world.pairs
            chance = probability(hazards(world, model.rules.parameters["bilateral"], i, j))
            spared[place[i], place[j]] *= 1 - chance
            spared[place[j], place[i]] *= 1 - chance

        model.watchers["sign agreements"] = watch
        while model.running:
            model.step()
        total += 1 - spared[a, b]
        if sys.stderr.isatty():
            print(f"\r{seed} of {replications} replications ", end="", file=sys.stderr)
    return total / replications


def scores(happened: np.ndarray, forecast: np.ndarray) -> dict[str, float]:
    sure = np.clip(np.where(happened, forecast, 1 - forecast), LEAST, 1)
    return {"roc_auc": roc_auc(happened, forecast), "average_precision": average_precision(happened, forecast),
            "brier": brier(happened, forecast), "log_score": float(np.log(sure).mean())}


def resampled(
    happened: np.ndarray, forecasts: dict[str, np.ndarray], a: np.ndarray, b: np.ndarray, states: int, rounds: int = 200
) -> dict[str, dict[str, list[float]]]:
    """Return 90 % intervals of each score, states drawn with replacement, and of our score less each, drawn both ways.

    Of states drawn more than once, their pairs count as often as both are drawn.
    """
    draw = np.random.Generator(np.random.PCG64(1))
    found: dict[str, dict[str, list[float]]] = {name: {} for name in forecasts}
    for unit in ("states", "pairs"):
        drawn: dict[str, list[dict[str, float]]] = {name: [] for name in forecasts}
        for _ in range(rounds):
            if unit == "states":
                times = np.bincount(draw.integers(0, states, states), minlength=states)
                copies = np.repeat(np.arange(len(a)), times[a] * times[b])
            else:
                copies = draw.integers(0, len(a), len(a))
            for name, forecast in forecasts.items():
                drawn[name].append(scores(happened[copies], forecast[copies]))
        for name, rows in drawn.items():
            for score in SCORES:
                if unit == "states":
                    found[name][score] = interval([row[score] for row in rows])
                less = [ours[score] - row[score] for ours, row in zip(drawn["model"], rows, strict=True)]
                found[name][f"model less this, {score}, {unit}"] = interval(less)
    return found


def interval(values: list[float]) -> list[float]:
    return [float(q) for q in np.nanquantile(values, (0.05, 0.95))]


def predict(data: Path, cut: int, replications: int, values: dict[str, float]) -> dict[str, object]:
    """Return the scores of every forecast, for all pairs and for those of states that existed at the cut."""
    truth = of_data(data)
    assert truth is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cut_tables(data, cut, folder)
        t = of_data(folder)
        assert t is not None
        assert t.year.max() <= cut
        activism_by_hazard.write(folder, asked(folder, cut, values), t, cut)
        rows = t.present(cut + YEARS)
        i, j = np.triu_indices(len(rows), 1)
        a, b = rows[i], rows[j]
        new = t.first[a, b] > cut
        a, b = a[new], b[new]
        happened = (truth.first[a, b] > cut) & (truth.first[a, b] <= cut + YEARS)
        together = cut + YEARS + 1 - np.maximum(cut + 1, np.maximum(t.entered[a], t.entered[b]))
        before, regressors = history(t, 1946, cut)
        now = known(t, a, b, cut, t._ties(cut, 1945))

        def fitted(columns: slice) -> np.ndarray:
            yearly = chances(logit(before, regressors[:, columns]), now[:, columns])
            return np.asarray(1 - (1 - yearly) ** together)

        late = history(t, cut - YEARS + 1, cut)[0]
        forecasts = {
            "model": simulated(folder, cut, a, b, t.codes, replications, values),
            "base rate": np.full(len(a), 1 - (1 - late.mean()) ** YEARS),
            "gravity": fitted(slice(0, len(GRAVITY))),
            "attachment": fitted(slice(len(GRAVITY), len(GRAVITY) + 1)),
            "attachment and closure": fitted(slice(len(GRAVITY), None)),
            "both": fitted(slice(0, None)),
        }
    known_all = np.column_stack([np.log(np.clip(forecasts["model"], LEAST, 1)), now])
    ceiling = chances(logit(happened, known_all), known_all)
    old = (t.entered[a] <= cut) & (t.entered[b] <= cut)
    found: dict[str, object] = {"cut": cut, "last": cut + YEARS, "replications": replications}
    for title, chosen in (("all pairs", np.ones(len(a), dtype=bool)), ("states that existed at the cut", old)):
        picked = {name: values[chosen] for name, values in forecasts.items()}
        intervals = resampled(happened[chosen], picked, a[chosen], b[chosen], len(t.codes))
        found[title] = {
            "pairs": int(chosen.sum()), "signed": int(happened[chosen].sum()),
            "ceiling": {"roc_auc": roc_auc(happened[chosen], ceiling[chosen]),
                        "average_precision": average_precision(happened[chosen], ceiling[chosen])},
            "forecasts": {name: {"expected": float(values.sum()), **scores(happened[chosen], values),
                                 "intervals": intervals[name]} for name, values in picked.items()},
        }
    return found


def told(found: dict[str, object]) -> str:
    """Return the scores as Markdown."""
    lines = []
    for title in ("all pairs", "states that existed at the cut"):
        part = found[title]
        assert isinstance(part, dict)
        heads = " | ".join(SAID.values())
        lines += [f"{title[0].upper()}{title[1:]}: {part['signed']} of {part['pairs']:,} pairs without an agreement by "
                  f"{found['cut']} sign one by {found['last']}.", "", f"| forecast | signatures expected | {heads} |",
                  "| --- | ---: |" + " ---: |" * len(SCORES)]
        for name, row in part["forecasts"].items():
            cells = [f"{row[score]:.{digits}f} ({row['intervals'][score][0]:.{digits}f}–"
                     f"{row['intervals'][score][1]:.{digits}f})" for score, digits in SCORES.items()]
            lines.append(f"| {name} | {row['expected']:.0f} | " + " | ".join(cells) + " |")
        lines += ["", f"Ceiling: ROC-AUC {part['ceiling']['roc_auc']:.3f}, average precision "
                      f"{part['ceiling']['average_precision']:.3f}."]
        for unit in ("states", "pairs"):
            lines += ["", f"| model less …, {unit} resampled | {heads} |", "| --- |" + " ---: |" * len(SCORES)]
            ours = part["forecasts"]["model"]
            for name, row in part["forecasts"].items():
                if name != "model":
                    gaps = [(ours[score] - row[score], row["intervals"][f"model less this, {score}, {unit}"], digits)
                            for score, digits in SCORES.items()]
                    lines.append(f"| {name} | " + " | ".join(
                        f"{gap:+.{digits}f} ({low:+.{digits}f} to {high:+.{digits}f})"
                        for gap, (low, high), digits in gaps) + " |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=beside, help="folder of the tables (docs/validation.md)")
    parser.add_argument("--cut", type=int, default=1959, help="last year that forecasts may see")
    parser.add_argument("--replications", type=int, default=40)
    parser.add_argument("--values", type=json.loads, default={}, help='other parameters: {"network.closure": 0.7}')
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    if not (arguments.data / "bilateral_cultural_agreements.csv").is_file():
        print(f"skipped: no bilateral_cultural_agreements.csv in {arguments.data}", file=sys.stderr)
        raise SystemExit(0)
    result = predict(arguments.data, arguments.cut, arguments.replications, arguments.values)
    print(json.dumps(result, indent=2) if arguments.json else told(result))

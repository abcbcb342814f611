"""The scripts of experiments/: a tiny form of each runs and leaves table, figure and findings; words follow numbers."""

import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coopsim as cs

FOLDER = Path(__file__).parents[2] / "experiments"
TINY = ["--quick", "--synthetic", "12", "--years", "4", "--replications", "2", "--draws", "2"]
SCRIPTS = {
    "bilateral_or_multilateral": "contrasts", "ministry_or_agency": "contrasts", "small_state_strategies": "contrasts",
    "spillover_by_trust": "effects",
}


@pytest.fixture(autouse=True)
def neighbours(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    yield
    sys.modules.pop("arms", None)


def load(name):
    return runpy.run_path(str(FOLDER / f"{name}.py"))


def run(name, monkeypatch, *args):
    monkeypatch.setattr(sys, "argv", [name, *map(str, args)])
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")


@pytest.mark.parametrize(("name", "table"), SCRIPTS.items())
def test_a_tiny_form_leaves_table_figure_and_findings(name, table, monkeypatch, tmp_path, capsys):
    size = ["--synthetic", "40"] if name == "ministry_or_agency" else []  # both groups of pairs need an agreement
    run(name, monkeypatch, *TINY, *size, "--out", tmp_path)
    found = pd.read_csv(tmp_path / f"{table}.csv")
    assert {"effect", "low", "high", "n", "same_sign", "draws"} <= set(found)
    assert (found["n"] == 2).all()
    assert (found["draws"] == 2).all()
    assert (found["low"] <= found["effect"]).all()
    assert (found["effect"] <= found["high"]).all()
    drawn = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
    about = re.search(r"<metadata>(.*?)</metadata>", drawn, re.DOTALL)[1]
    for part in (f"coopsim {cs.__version__}", "invented states, 4 years", "n = 2 twins", "seeds 1–2", "t interval"):
        assert part in about
    assert (tmp_path / f"{name}.png").stat().st_size > 10_000
    text = (tmp_path / "findings.txt").read_text(encoding="utf-8")
    assert " ".join(capsys.readouterr().out.split()) == " ".join(text.split())
    assert "2 pairs of twins" in text
    assert "nan" not in text


def test_an_interrupted_experiment_goes_on_and_finds_the_same(monkeypatch, tmp_path):
    name = "spillover_by_trust"
    run(name, monkeypatch, *TINY, "--out", tmp_path / "whole")
    rows = (tmp_path / "whole" / "runs.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "runs.csv").write_text("".join(rows[:4]), encoding="utf-8")
    run(name, monkeypatch, *TINY, "--out", tmp_path / "part")
    for file in ("runs.csv", "effects.csv", "findings.txt"):
        assert (tmp_path / "part" / file).read_text() == (tmp_path / "whole" / file).read_text()


def test_drivers_screens_decomposes_and_resumes(monkeypatch, tmp_path, capsys):
    args = ["--quick", "--synthetic", "12", "--years", "3", "--samples", "4", "--leading", "2", "--out", tmp_path,
            "--groups", "bilateral", "renewal"]
    run("drivers_of_tie_density", monkeypatch, *args)
    said = capsys.readouterr().out
    screened, shares = (pd.read_csv(tmp_path / f"{step}.csv") for step in ("morris", "sobol"))
    assert len(screened) == 8
    assert len(load("drivers_of_tie_density")["numeric_parameters"]()) > 80
    assert list(shares["parameter"].sort_values()) == sorted(screened["parameter"].head(2))
    for step in ("morris", "sobol"):
        assert "seed" in (tmp_path / f"drivers_of_tie_density_{step}.svg").read_text(encoding="utf-8")
    run("drivers_of_tie_density", monkeypatch, *args)
    assert capsys.readouterr().out == said


def test_plausible_draws_stay_in_their_ranges_and_fill_them():
    import arms

    from coopsim.config import resolve_parameter

    draws = pd.DataFrame(arms.plausible(50, seed=1))
    assert len(draws.columns) > 80
    for name in draws:
        low, high = resolve_parameter(name)[2].plausible
        assert draws[name].between(low, high).all()
        assert draws[name].min() < low + 0.2 * (high - low)
        assert draws[name].max() > high - 0.2 * (high - low)
    assert arms.plausible(5, seed=1) == arms.plausible(5, seed=1)
    cs.load_config("baseline").with_values(arms.plausible(1, seed=3)[0])


def test_contrasts_are_paired_by_seed_and_signs_are_counted_over_draws():
    import arms

    luck = {1: 10.0, 2: 20.0, 3: 30.0}
    rows = [(0, seed, arm, base + gain * seed) for seed, base in luck.items() for arm, gain in (("a", 1.0), ("b", 0.0))]
    rows += [(draw, 100 + draw, arm, value) for draw, moved in enumerate((1.0, 2.0, -1.0, 0.0), 1)
             for arm, value in (("a", moved), ("b", 0.0))]
    runs = pd.DataFrame(rows, columns=["draw", "seed", "arm", "y"])
    row = arms.contrasts(runs, ["y"], {"a − b": ("a", "b")}).iloc[0]
    assert row["effect"] == pytest.approx(2.0)
    assert row["base"] == pytest.approx(20.0)
    assert row["high"] - row["effect"] == pytest.approx(4.303 / np.sqrt(3), rel=1e-3)  # t(2) at 97.5 %, sd 1
    assert (row["n"], row["draws"], row["same_sign"]) == (3, 4, 0.5)
    double = arms.contrasts(runs, ["y"], {"d": ("a", "b", "a", "b")}).iloc[0]
    assert double["effect"] == 0


def row_of(**changed):
    return {"effect": 1.0, "low": 0.5, "high": 1.5, "n": 20, "same_sign": 0.95, "sign_low": 0.9, "sign_high": 0.98,
            "draws": 60, **changed}


def test_words_follow_the_numbers():
    import arms

    assert arms.verdict(row_of()) == "robust sign"
    assert arms.verdict(row_of(same_sign=0.7)) == "sign depends on the parameters"
    assert arms.verdict(row_of(low=-0.1)) == "not told apart from none"
    assert "untested" in arms.verdict(row_of(draws=0))
    assert arms.said(row_of(), "Ties") == (
        "Ties: +1 (95 % interval +0.5 to +1.5, 20 pairs of twins); the sign holds in 95 % of 60 draws from the "
        "plausible ranges (90 to 98 %).")
    assert "not told apart from none" in arms.said(row_of(low=-0.1), "Ties")
    assert "Ties: +1 or +2 % (95 %" in arms.said(row_of(base=50.0), "Ties")
    assert "too few" in arms.said(row_of(n=1, low=np.nan, high=np.nan), "Ties")
    assert arms.said(row_of(effect=0.0, low=0.0, high=0.0), "Ties") == (
        "Ties: no difference in any of 20 pairs of twins.")
    assert "-3,470 (95 %" in arms.said(row_of(effect=-3470.0, low=-3480.0, high=-3460.0), "Money")


@pytest.mark.parametrize(
    ("effect", "low", "high", "word"),
    [(1.0, 0.5, 1.5, "crowds bilateral agreements in, by 2 % (robust sign)"),
     (-1.0, -1.5, -0.5, "crowds bilateral agreements out, by 2 % (robust sign)"),
     (0.1, -0.5, 0.7, "neither crowds bilateral agreements in nor out")],
)
def test_the_first_sentence_of_a_finding_is_not_fixed(effect, low, high, word):
    script = load("bilateral_or_multilateral")
    rows = [
        {"contrast": contrast, "outcome": outcome, "base": 50.0, **row_of(effect=effect, low=low, high=high)}
        for contrast in script["PAIRS"] for outcome in script["OUTCOMES"]
    ]
    assert word in script["findings"](pd.DataFrame(rows))[0]


def test_the_channels_are_what_the_design_says():
    script = load("ministry_or_agency")
    import arms

    chosen = arms.Options(2, 0, 6, 1, 1, Path("unused"), 20)
    made = script["make_arms"](chosen)
    assert len(made) == 6
    spent = {
        name: cs.run(config, seed=1, years=2).indicators.iloc[-1] for name, config in made.items()
        if name.endswith("calm")
    }
    assert spent["ministry calm"]["spending_agency"] == 0
    share = spent["agency calm"]["spending_agency"] / (
        spent["agency calm"]["spending_agency"] + spent["agency calm"]["spending_ministry"])
    assert share == pytest.approx(0.9, abs=0.02)


def test_small_states_are_small_and_spread():
    script = load("small_state_strategies")
    import arms

    chosen = arms.Options(2, 0, 3, 1, 1, Path("unused"), 0)
    codes = script["small_states"](chosen)
    states = cs.CoopModel(chosen.base, rng=1).world.states
    rows = [list(states.iso3).index(code) for code in codes]
    assert len(set(codes)) == 6
    assert (states.population[rows] < 12).all()
    assert (np.diff(states.gdp[rows]) > 0).all()


def test_every_script_says_how_to_run_it_and_is_in_the_list():
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in (*SCRIPTS, "drivers_of_tie_density"):
        assert f"{name}.py" in listed
        assert f"Run: uv run python experiments/{name}.py" in (FOLDER / f"{name}.py").read_text(encoding="utf-8")

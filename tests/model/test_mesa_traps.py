"""The traps of Mesa 3.5.1 (STYLE 7.3), where they touch us: each has a test that it does not catch us."""

import gc
import inspect
import re
import weakref
from pathlib import Path

import mesa
import numpy as np
import pytest

import coopsim
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS
from coopsim.model import CoopModel
from coopsim.model.agents import InternationalOrganisation, Organisation, State
from worlds import run, short_config

SRC = Path(coopsim.__file__).parent


def dated(kind, year, **entries):
    return KINDS[kind].from_mapping({"year": year, **entries}, "test")


class Diary(CoopModel):
    """A model that notes the order of reviews, interventions and steps."""

    def __init__(self, *args, **kwargs):
        self.diary = []
        super().__init__(*args, **kwargs)

    def step(self):
        self.diary.append(("step", self.time, self.world.states.austerity[0]))
        super().step()

    def _fall_due(self):
        self.diary.append(("review", self.time, len(self.world.calendar)))
        super()._fall_due()


@pytest.mark.parametrize("year", range(2026, 2032))
def test_what_is_dated_happens_before_the_step_of_its_year(year):
    # Trap 1: at whole years Mesa orders ties by creation, which flips; half years cannot tie with steps.
    config = short_config(4, 8, interventions=(dated("budget", year, factor=0.5),))
    model = Diary(config, rng=1)
    model.run_for(8)
    factors = {2025 + int(time): factor for what, time, factor in model.diary if what == "step"}
    assert factors == {y: 1.0 if y < year else 0.5 for y in range(2026, 2034)}


def test_reviews_happen_at_half_years_before_the_step_that_needs_them():
    model = Diary(short_config(12, 12, {"initial.density": 0.9}), rng=1)
    model.run_for(12)
    reviews = [time for what, time, _ in model.diary if what == "review"]
    assert reviews == sorted(reviews)
    assert {time % 1 for time in reviews} == {0.5}
    # a term of five years and agreements of all ages: reviews every year, each once
    assert len(reviews) == len(set(reviews)) == 12


def test_agreements_are_reviewed_in_the_year_they_fall_due():
    model = run(short_config(12, 21, {"initial.density": 0.9, "renewal.lapse": 0.5}))
    rows = model.world.agreements.rows
    rows = rows[(rows["form"] == 0) & (rows["topic"] == 0)]
    lapsed = rows[rows["end_reason"] == 1]
    assert len(lapsed) > 5
    assert ((lapsed["ended"] - lapsed["signed"]) % 5 == 0).all()
    # and whoever has not ended was renewed at each multiple of five since the start
    live = rows[rows["ended"] == -1]
    due = [sum((y - row["signed"]) % 5 == 0 and y > row["signed"] for y in range(2026, 2047)) for row in live]
    assert live["renewals"].tolist() == due


def test_scheduled_callbacks_really_run_after_garbage_collection():
    # Trap 2: Mesa holds callbacks weakly; a temporary would silently never run.
    config = short_config(4, 8, interventions=(dated("budget", 2030, factor=0.5, years=2),))
    model = CoopModel(config, rng=1)
    gc.collect()
    model.run_for(4)
    assert (model.world.states.austerity == 1).all()
    gc.collect()
    model.run_for(1)
    assert (model.world.states.austerity == 0.5).all()
    gc.collect()
    model.run_for(2)
    assert (model.world.states.austerity == 1).all()


def test_the_clock_is_mesas_and_the_calendar_is_an_offset():
    # Trap 3: assigning model.time makes the clock run backwards.
    model = CoopModel(short_config(4, 8, {"horizon.start_year": 1990}), rng=1)
    assert (model.time, model.year) == (0, 1990)
    for step in range(1, 4):
        model.run_for(1)
        assert (model.time, model.year, model.world.year) == (step, 1990 + step, 1990 + step)


def test_no_module_assigns_the_clock_or_uses_priorities():
    for path in SRC.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(self|model)\.time\s*(=[^=]|\+=)", text), path
        assert "Priority.HIGH" not in text, path


def test_run_model_stops_at_the_horizon_and_run_for_does_not():
    # Trap 4: run_for ignores `running`.
    stopped = CoopModel(short_config(4, 6), rng=1)
    stopped.run_model()
    assert (stopped.year, stopped.running) == (2031, False)
    further = CoopModel(short_config(4, 6), rng=1)
    further.run_for(9)
    assert further.year == 2034
    further.world.check()


def test_running_until_now_warns_and_does_nothing():
    # Trap 5: with warnings as errors, a mistake is loud.
    model = run(short_config(4, 3))
    with pytest.warns(RuntimeWarning):
        model.run_until(2)
    assert model.year == 2028


@pytest.mark.parametrize(
    "seed", [np.random.default_rng(1), 1.5, "1", None, True, -1], ids=lambda seed: type(seed).__name__
)
def test_the_seed_must_be_a_whole_number(seed):
    # Trap 6: a Generator is shared and already advanced; trap 8: a text box gives a string.
    with pytest.raises(ConfigError, match=r"rng = .* must be a whole number"):
        CoopModel(short_config(4, 3), rng=seed)


def test_the_constructor_has_no_parameter_that_mesa_would_replace():
    # Trap 7: SolaraViz injects its own `scenario`, and **kwargs lose the seed.
    parameters = inspect.signature(CoopModel).parameters
    assert "scenario" not in parameters
    assert "seed" not in parameters
    assert not [p for p in parameters.values() if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    assert next(iter(parameters)) == "config"


def test_the_data_collector_records_every_year_with_a_whole_calendar_year():
    # Trap 10: a callable object as reporter fails; Mesa's own index is a float.
    model = run(short_config(6, 5))
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["year"].dtype == np.int64
    assert frame["year"].tolist() == list(range(2025, 2031))
    assert not frame.isna().any().any()
    assert frame["year"].tolist() == list(model.recorder.years)
    last = frame.iloc[-1].drop("year").to_dict()
    assert last == {name: model.recorder.latest[name] for name in last}
    assert len(last) > 3


def test_two_models_share_nothing():
    first, second = (CoopModel(short_config(4, 3), rng=1) for _ in range(2))
    first.states["S01"].gdp = 12345.0
    assert first.world.states.gdp[0] == 12345.0
    assert second.states["S01"].gdp == second.world.states.gdp[0] != 12345.0


def test_agents_are_views_and_mesa_counts_them():
    model = run(short_config(6, 2))
    assert len(model.agents) == 6 + len(model.world.organisations) + len(model.world.international)
    state = model.states["S02"]
    assert isinstance(state, mesa.Agent)
    assert state.degree == model.world.dyads.tied[1].sum() == len(state.partners())
    state.activism = 3.5
    assert model.world.states.activism[1] == 3.5
    assert state.trusts(model.states["S01"]) == model.world.dyads.trust[1, 0]


def test_a_model_can_be_collected_as_garbage():
    model = run(short_config(4, 2))
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_nothing_deprecated_is_used():
    # Warnings are errors in all tests; this names what would be silent in 3.5.1 and is gone in 4.0.
    for path in SRC.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for old in ("model.steps", "self.steps", "mesa.space", "mesa.experimental.devs", "batch_run(",
                    "reset_randomizer", "PropertyLayer", "Model(seed"):
            assert old not in text, f"{path} uses {old}"


def test_organisations_are_agents_as_soon_as_somebody_asks_and_until_they_close():
    config = short_config(12, 30, {"organisations.turnover": 0.3})
    asked, quiet = CoopModel(config, rng=1), CoopModel(config, rng=1)
    for _ in range(10):
        asked.run_for(1)
        working = np.flatnonzero(asked.world.organisations.closed < 0).tolist()
        assert [agent.row for agent in asked.agents_by_type[Organisation]] == working
    quiet.run_for(10)
    others = quiet.world.size + len(quiet.world.international)
    assert (quiet.world.organisations.closed > 0).sum() > 10
    assert len(quiet.agents) == others + (quiet.world.organisations.closed < 0).sum()
    assert [agent.row for agent in quiet.agents_by_type[Organisation]] == working
    assert set(quiet.agent_types) == {State, Organisation, InternationalOrganisation}
    assert [agent.row for agent in quiet.organisation_list] == list(range(len(quiet.world.organisations)))
    home = quiet.state_list[3]
    assert {agent.home for agent in home.organisations()} == {home}

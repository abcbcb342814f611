"""A model keeps what it derives from columns at rest, and notices whatever else writes into them."""

import numpy as np
import pytest
from mesa.time import Schedule

from coopsim.interventions import KINDS
from coopsim.mechanisms import CORE, MECHANISMS, YEAR
from coopsim.mechanisms.bilateral import hazards
from coopsim.mechanisms.mechanism import probability
from coopsim.model import CoopModel
from coopsim.world.derived import Derived
from worlds import assert_same_world, random_config, short_config

SMALL = {f"mechanisms.{name}": name in CORE for name in MECHANISMS}


def forgetful(self, name, inputs, make, columns=()):
    """Make everything anew, every time."""
    return make()


def without_memory(monkeypatch, config, seed, years):
    with monkeypatch.context() as patch:
        patch.setattr(Derived, "__call__", forgetful)
        patch.setattr(Derived, "at_rest", lambda self, *columns: False)
        model = CoopModel(config, rng=seed)
        model.run_for(years)
    return model


def changes(*kinds):
    return tuple(KINDS[kind].from_mapping({"year": 2027, **entries}, "test") for kind, entries in kinds)


BUSY = changes(
    ("open_missions", {"who": "S01", "in": "all"}), ("close_missions", {"who": "S02"}),
    ("shift_interest", {"who": "S03", "in": "all", "by": 2.0}), ("shift_ideal_point", {"who": "S03", "by": 2.0}),
    ("incident", {"who": "S01", "with": "S04"}), ("set_channel", {"who": "all", "share": 0.4}),
    ("withdraw", {"who": "S05", "from": "WORLD"}),
)


@pytest.mark.parametrize("switches", [{}, SMALL, *({f"mechanisms.{name}": False} for name in MECHANISMS)],
                         ids=lambda switches: "-".join(switches) if len(switches) < 2 else "core")
def test_what_is_kept_is_what_would_be_made_anew(switches, monkeypatch):
    config = short_config(12, 6, switches, interventions=BUSY)
    model = CoopModel(config, rng=3)
    model.run_for(6)
    assert_same_world(model.world, without_memory(monkeypatch, config, 3, 6).world)


@pytest.mark.parametrize("seed", range(12))
def test_in_random_worlds_too(seed, monkeypatch):
    config = random_config(seed, years=5)
    model = CoopModel(config, rng=seed)
    model.run_for(5)
    assert_same_world(model.world, without_memory(monkeypatch, config, seed, 5).world)


def test_one_year_at_a_time_is_the_same_run():
    config = short_config(12, 6, SMALL, interventions=BUSY)
    at_once, by_year, promised = (CoopModel(config, rng=3) for _ in range(3))
    at_once.run_for(6)
    for _ in range(6):
        by_year.step()
    with promised.undisturbed():
        for _ in range(6):
            promised.step()
    assert_same_world(at_once.world, by_year.world)
    assert_same_world(at_once.world, promised.world)


def shift(model):
    """Write into columns that no mechanism writes, as a user may: all are interested in the first state."""
    model.world.dyads.interest_shift[1:, 0] = 50.0
    model.world.dyads.practice[0, 1:] = model.world.dyads.practice[1:, 0] = 1.0
    model.world.dyads.contact[0, 1:] = 3.0


def assert_noticed(model):
    dyads = model.world.dyads
    assert (dyads.interest[1:, 0] > 0.99).all()
    assert (dyads.commonality[0, 1:] >= 0.5).all()
    quiet = CoopModel(short_config(12, 6, SMALL), rng=3)
    quiet.run_for(4)
    assert (dyads.trust[0, 1:] > quiet.world.dyads.trust[0, 1:]).all()


@pytest.mark.parametrize("go_on", ["run_for", "run_until", "step"])
def test_what_is_written_between_two_runs_is_noticed(go_on):
    model = CoopModel(short_config(12, 6, SMALL), rng=3)
    model.run_for(3)
    shift(model)
    getattr(model, go_on)(*{"run_for": (1,), "run_until": (4,), "step": ()}[go_on])
    assert model.year == 2029
    assert_noticed(model)


@pytest.mark.parametrize("how", ["event", "recurring"])
def test_what_the_event_of_a_user_writes_is_noticed(how):
    model = CoopModel(short_config(12, 6, SMALL), rng=3)

    def write():
        if model.time == 2.5:
            shift(model)

    if how == "event":
        model.schedule_event(write, at=2.5)
    else:
        model.schedule_recurring(write, Schedule(interval=1.0, start=0.5))
    model.run_for(4)
    assert_noticed(model)


def test_what_the_step_of_a_subclass_writes_is_noticed():
    class Shifting(CoopModel):
        def step(self):
            if self.year == 2029:
                shift(self)
            super().step()

    model = Shifting(short_config(12, 6, SMALL), rng=3)
    model.run_for(4)
    assert_noticed(model)


def test_what_a_process_of_a_user_writes_is_noticed():
    def write(world, p, rng):
        if world.year == 2028:
            world.dyads.interest_shift[1:, 0] = 50.0
        return {}

    own = next(process for process in YEAR if process.mechanism.name == "trust")
    model = CoopModel(short_config(12, 6, SMALL), rng=3, year=(type(own)("own", own.mechanism, write), *YEAR))
    model.run_for(4)
    assert (model.world.dyads.interest[1:, 0] > 0.99).all()


def test_a_celebration_ends_with_its_year():
    celebrated = KINDS["yearlong"].from_mapping({"year": 2028, "who": "S01", "with": "S02", "factor": 4.0}, "test")
    config = short_config(6, 6, SMALL, interventions=(celebrated,))
    model, seen = CoopModel(config, rng=1), []
    model.watchers["revise trust"] = lambda m: seen.append(float(m.world.dyads.event_boost.max()))
    model.run_for(5)
    assert seen == [1, 1, 4, 1, 1]
    assert np.array_equal(model.world.dyads.event_boost, np.ones((6, 6)))


RESTS = ("perceive interest", "suspend agreements", "allocate programmes")


def asked_in(config, years, monkeypatch):
    """Return the years in which processes were asked, by name."""
    asked = {process.name: [] for process in YEAR}

    def listening(process):
        def apply(world, params, rng):
            asked[process.name].append(world.year)
            return process.apply(world, params, rng)

        return type(process)(process.name, process.mechanism, apply)

    order = tuple(map(listening, YEAR))
    monkeypatch.setattr("coopsim.model.model.YEAR", order)
    model = CoopModel(config, rng=3, year=order)
    model.run_for(years)
    return asked, model


def test_who_would_do_the_same_again_is_not_asked(monkeypatch):
    asked, model = asked_in(short_config(12, 6, SMALL), 6, monkeypatch)
    assert {name: len(asked[name]) for name in RESTS} == dict(zip(RESTS, (1, 1, 2), strict=True))
    assert all(len(years) in (0, 6) for name, years in asked.items() if name not in RESTS)
    rows = [row for row in model.schedule_record if row["process"] == "suspend agreements"]
    assert [row["year"] for row in rows] == list(range(2026, 2032))
    assert all(row["counters"] == {"suspended": 0} for row in rows)


def test_an_intervention_lets_everybody_be_asked_again(monkeypatch):
    shifted = changes(("shift_interest", {"who": "S03", "in": "all", "by": 2.0}))
    asked, _ = asked_in(short_config(12, 6, SMALL, interventions=shifted), 6, monkeypatch)
    assert asked["perceive interest"] == [2026, 2027]


def test_with_incidents_suspension_is_asked_every_year(monkeypatch):
    asked, _ = asked_in(short_config(12, 6, SMALL | {"mechanisms.conflict": True}), 6, monkeypatch)
    assert len(asked["suspend agreements"]) == 6


@pytest.mark.parametrize("there_is", [0.0, 1.0])
def test_what_is_perceived_without_its_mechanism_counts_whatever_there_is(there_is):
    config = short_config(30, 4, SMALL | {"mechanisms.commonality": False, "bilateral.beta_commonality": 8.0})
    signed = []
    for perceived in (0.0, 1.0):
        model = CoopModel(config, rng=3)
        model.world.dyads.commonality[:] = there_is * (1 - np.eye(30))
        model.world.dyads.perceived[:] = perceived * (1 - np.eye(30))
        model.run_for(1)
        a, b = model.world.pairs
        chance = probability(hazards_before(config, there_is, perceived))
        drawn = model.streams("bilateral", 2026).uniform("sign", len(a)) < chance
        rows = model.world.agreements.rows
        new = (rows["signed"] == 2026) & (rows["form"] == 0) & (rows["topic"] == 0)
        assert sorted(zip(rows["a"][new], rows["b"][new], strict=True)) == sorted(zip(a[drawn], b[drawn], strict=True))
        signed.append(int(new.sum()))
    assert signed[0] < signed[1]


def hazards_before(config, there_is, perceived):
    """Return the hazards of the first year's signatures; none of pairs with an agreement."""
    found = []

    def look(model):
        world = model.world
        hazard = hazards(world, model.rules.parameters["bilateral"], *world.pairs)
        found.append(np.where(world.dyads.tied[world.pairs], 0.0, hazard))

    model = CoopModel(config, rng=3)
    model.world.dyads.commonality[:] = there_is * (1 - np.eye(30))
    model.world.dyads.perceived[:] = perceived * (1 - np.eye(30))
    model.watchers["sign agreements"] = look
    model.run_for(1)
    return found[0]

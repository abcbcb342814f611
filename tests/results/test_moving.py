"""What is made of columns at rest is not measured again, and whoever reads a column says so."""

from copy import deepcopy

import pandas as pd
import pytest

from coopsim.interventions import KINDS
from coopsim.mechanisms import CORE, MECHANISMS
from coopsim.model import CoopModel
from coopsim.results import INDICATORS, recorder
from coopsim.results.indicator import Indicator
from coopsim.results.moment import Moment
from coopsim.results.moving import Moving
from coopsim.results.tables import ORGANISATIONS, STATES
from worlds import TABLES, random_config, short_config

ONLY_CORE = {f"mechanisms.{name}": name in CORE for name in MECHANISMS}
WRITTEN = {column for mechanism in MECHANISMS.values() for column in mechanism.writes}
LIVELY = {"bilateral.base_rate": 0.3, "initial.density": 0.3, "negotiation.claim_rate": 0.2}


class Reading:
    """Stands before a part of the world and notes which columns are read."""

    def __init__(self, part, name, noted):
        self._part, self._name, self._noted = part, name, noted

    def __getattr__(self, entry):
        found = getattr(self._part, entry)
        if entry in TABLES:
            return Reading(found, entry, self._noted)
        declared = getattr(type(self._part), "columns", dict)()
        if entry in declared or (self._name, entry) == ("world", "development"):
            self._noted.add(f"{self._name}.{entry}")
        elif isinstance(getattr(type(self._part), entry, None), property):
            return getattr(type(self._part), entry).fget(self)  # made of columns
        return found

    def __len__(self):
        return len(self._part)


def named():
    """Indicators and columns of tables that say what they are made of, by name."""
    yield from ((f"indicator {name}", found.measure, found.reads) for name, found in INDICATORS.items())
    yield from ((f"states {spec.name}", spec.values, spec.reads) for spec in STATES)
    yield from ((f"organisations {spec.name}", spec.values, spec.reads) for spec in ORGANISATIONS)


@pytest.fixture(scope="module")
def moments():
    """Worlds after some years, with what was counted in the last."""
    found = []
    for states, years in ((14, 1), (12, 6)):
        model = CoopModel(short_config(states, years, LIVELY), rng=3)
        model.run_for(years)
        found.append((model.world, model.counters))
    return found


@pytest.mark.parametrize(("name", "make", "reads"), [pytest.param(*each, id=each[0]) for each in named() if each[2]])
def test_who_says_what_it_is_made_of_says_all(moments, name, make, reads):
    noted = set()
    for world, counters in moments:
        make(Moment(Reading(world, "world", noted), counters))
    assert noted & WRITTEN <= set(reads)
    assert set(reads) <= noted


def test_most_say_what_they_are_made_of():
    silent = [name for name, found in INDICATORS.items() if not found.reads and not found.yearly]
    assert len(silent) < 40
    assert sum(not spec.reads for spec in STATES) == 4  # of agreements and trust, which always move


CHANGES = tuple(
    KINDS[kind].from_mapping({"year": 2028, **entries}, "test") for kind, entries in (
        ("open_missions", {"who": "S01", "in": "all"}), ("shift_ideal_point", {"who": "S03", "by": 2.0}),
        ("incident", {"who": "S01", "with": "S04"}), ("set_channel", {"who": "all", "share": 0.4}),
        ("withdraw", {"who": "S05", "from": "WORLD"}), ("new_organisation", {"who": "S02", "name": "House of S02"}),
    )
)


def recorded(config, seed, years):
    model = CoopModel(config, rng=seed)
    model.recorder.keep_pairs("all")
    model.run_for(years)
    return model.recorder.tables()


def assert_same_without_rest(config, seed, years, monkeypatch):
    found = recorded(config, seed, years)
    monkeypatch.setattr(Moving, "places", lambda self: range(len(self.reads)))
    for name, table in recorded(config, seed, years).items():
        pd.testing.assert_frame_equal(found[name], table, check_exact=True)


@pytest.mark.parametrize("switches", [{}, ONLY_CORE, *({f"mechanisms.{name}": False} for name in MECHANISMS)],
                         ids=lambda switches: "-".join(switches) if len(switches) < 2 else "core")
def test_what_stands_is_what_would_be_measured(switches, monkeypatch):
    assert_same_without_rest(short_config(12, 7, switches, interventions=CHANGES), 3, 7, monkeypatch)


@pytest.mark.parametrize("seed", range(8))
def test_in_random_worlds_too(seed, monkeypatch):
    assert_same_without_rest(random_config(seed, years=5), seed, 5, monkeypatch)


@pytest.fixture
def asked(monkeypatch):
    """The years in which an indicator was measured that nothing in the preset core moves."""
    years, online = [], INDICATORS["digital_access"]

    def measure(moment):
        years.append(moment.world.year)
        return online.measure(moment)

    watched = {"digital_access": Indicator(online.name, online.label, online.unit, measure, reads=online.reads)}
    monkeypatch.setattr(recorder, "INDICATORS", {**INDICATORS, **watched})
    return years


def test_an_indicator_at_rest_is_measured_at_the_start_and_until_all_is_settled(asked):
    model = CoopModel(short_config(6, 8, ONLY_CORE), rng=1)
    model.run_for(8)
    assert asked == [2025, 2026, 2027, 2028]  # by then every process at work is one that does not settle
    assert len(model.recorder.series["digital_access"]) == 9


def test_what_a_user_writes_between_two_years_is_measured(asked):
    model = CoopModel(short_config(6, 8, ONLY_CORE), rng=1)
    model.run_for(6)
    model.world.states.digital_access[:] = 0.5
    model.run_for(2)
    assert asked[-2:] == [2032, 2033]
    online = model.recorder.series["digital_access"]
    assert online[-3] != online[-2] == online[-1] == pytest.approx(0.5)


def test_years_one_by_one_are_undisturbed_if_so_promised_and_copies_promise_nothing(asked):
    model = CoopModel(short_config(6, 8, ONLY_CORE), rng=1)
    with model.undisturbed():
        for _ in range(6):
            model.step()
        assert asked[-1] == 2028
        copy = deepcopy(model)
        copy.world.states.digital_access[:] = 0.5
        copy.step()
    assert copy.recorder.latest["digital_access"] == pytest.approx(0.5)
    model.world.states.digital_access[:] = 0.25
    model.step()
    assert model.recorder.latest["digital_access"] == pytest.approx(0.25)

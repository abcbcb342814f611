"""What must hold for every process and every switch, those that come later included."""

import inspect
import sys

import numpy as np
import pytest

from coopsim.interventions import KINDS
from coopsim.mechanisms import MECHANISMS, PRESETS, YEAR
from coopsim.model import CoopModel
from coopsim.rng import Streams
from coopsim.world.build import build_world
from worlds import (
    SHARED,
    assert_same_world,
    changed,
    process_id,
    run,
    short_config,
    signed_in,
    snapshot,
)

# A world in which much happens: many signatures and lapses, incidents, an exit, agencies.
BUSY = {
    "bilateral.base_rate": 0.3, "renewal.lapse": 0.9, "capacity.founding": 5.0, "initial.density": 0.3,
    "development.late": 0.9, "multilateral.exit_rate": 0.02, "negotiation.claim_rate": 0.2,
    "traits.innovation": 0.1, "organisations.turnover": 0.2,
}
# What the signing of agreements reads (docstring of bilateral.py).
SIGN_READS = {
    "states.activity", "states.capacity", "states.arms_length", "dyads.trust", "dyads.interest",
    "dyads.reach", "dyads.perceived", "states.pull", "states.partners", "states.shared_pull", "dyads.agreement",
}
ORDER = [process.name for process in YEAR]


def busy_config(years=6):
    return short_config(
        14, years, BUSY,
        interventions=(
            KINDS["incident"].from_mapping({"year": 2027, "who": "all", "with": "all"}, "test"),
            KINDS["withdraw"].from_mapping({"year": 2028, "who": "S01", "from": "WORLD"}, "test"),
            KINDS["set_channel"].from_mapping({"year": 2027, "who": "all", "share": 0.4}, "test"),
            KINDS["close_missions"].from_mapping({"year": 2027, "who": "S02"}, "test"),
            KINDS["shift_ideal_point"].from_mapping({"year": 2027, "who": "S03", "by": 2.0}, "test"),
        ),
    )


def state_of(world):
    """Everything that is not a column: the ledger, the calendar and single numbers."""
    return {
        "ledger": (world.agreements.rows.tobytes(), world.agreements.accessions.tobytes()),
        "calendar": {year: [ids.tolist() for ids in due] for year, due in world.calendar.items()},
        "due": [ids.tolist() for ids in world.due],
        "projects": world.projects.rows.tobytes(),
        "claims": world.claims.rows.tobytes(),
        "norms": repr(world.norms),
        "year": world.year,
    }


class Watched(CoopModel):
    """A model that notes what each process changes."""

    def __init__(self, *args, **kwargs):
        self.touched = {process.name: set() for process in YEAR}
        self.beside = {process.name: set() for process in YEAR}
        super().__init__(*args, **kwargs)

    def _apply(self, process, year):
        before, state = snapshot(self.world), state_of(self.world)
        super()._apply(process, year)
        self.touched[process.name] |= changed(before, snapshot(self.world))
        after = state_of(self.world)
        self.beside[process.name] |= {key for key in after if after[key] != state[key]}


@pytest.fixture(scope="module")
def watched():
    model = Watched(busy_config(), rng=3)
    model.run_for(6)
    return model


def what_it_writes(mechanism):
    text = " ".join(inspect.getdoc(sys.modules[mechanism.params.__module__]).split())
    return text.partition("Writes:")[2]


@pytest.mark.parametrize("process", YEAR, ids=process_id)
def test_a_process_changes_only_the_columns_it_declares(process, watched):
    assert watched.touched[process.name] <= set(process.mechanism.writes)


@pytest.mark.parametrize("process", YEAR, ids=process_id)
def test_a_process_changes_the_ledger_or_the_calendar_only_if_it_says_so(process, watched):
    words = what_it_writes(process.mechanism).replace("reminders", "calendar")
    beside = watched.beside[process.name] - {"due"}  # the calendar, moved
    assert {key for key in beside if key not in words} == set()


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_changes_something(name, watched):
    own = [process.name for process in YEAR if process.mechanism.name == name]
    assert any(watched.touched[process] or watched.beside[process] for process in own)


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_start_changes_only_the_columns_it_declares(name):
    mechanism, config = MECHANISMS[name], busy_config()
    if mechanism.start is None:
        pytest.skip("it starts without ado")
    streams = Streams(1)
    world = build_world(config.world, config.parameters["initial"], 2025, streams("world", 2025))
    before = snapshot(world)
    mechanism.start(world, config.parameters[name], streams(f"{name} start", 2025))
    assert changed(before, snapshot(world)) <= set(mechanism.writes)


@pytest.mark.parametrize("name", MECHANISMS)
def test_switched_off_a_mechanism_leaves_its_columns_neutral(name):
    mechanism = MECHANISMS[name]
    if mechanism.off is not None:
        pytest.skip("off is a set of parameters")
    # A shared column stays as it was only if all its writers are off, and "off" means that they do not write.
    writers = {m.name for m in MECHANISMS.values() if set(m.writes) & set(mechanism.writes) & SHARED.keys()} | {name}
    own = set(mechanism.writes).difference(*(MECHANISMS[w].writes for w in writers if MECHANISMS[w].off is not None))
    config = short_config(14, 6, BUSY | {f"mechanisms.{writer}": False for writer in writers})
    neutral = build_world(config.world, config.parameters["initial"], 2025, Streams(3)("world", 2025))
    model = run(config, seed=3)
    moved = changed(snapshot(neutral), snapshot(model.world)) & own
    assert own
    assert moved == set()


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_run_without_a_mechanism_is_valid(name):
    model = CoopModel(busy_config().with_values({f"mechanisms.{name}": False}), rng=3)
    for _ in range(6):
        model.run_for(1)
        model.world.check()


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_switch_decides_whether_processes_run(name):
    model = run(short_config(6, 2, {f"mechanisms.{name}": False}))
    ran = {entry["mechanism"] for entry in model.schedule_record}
    assert (name in ran) == (MECHANISMS[name].off is not None)
    assert name in {entry["mechanism"] for entry in run(short_config(6, 2)).schedule_record}


def feeds_signatures(mechanism):
    """Whether it changes, before agreements are signed, something that signing reads."""
    first = min(ORDER.index(process.name) for process in YEAR if process.mechanism is mechanism)
    return mechanism.name == "bilateral" or (
        first < ORDER.index("sign agreements") and bool(SIGN_READS & set(mechanism.writes))
    )


@pytest.mark.parametrize("name", [name for name, m in MECHANISMS.items() if not feeds_signatures(m)])
def test_switching_off_what_does_not_feed_signatures_leaves_the_first_years(name):
    # V11: named streams; a switch shifts nobody else's draws.
    on = run(busy_config(), seed=5, years=1)
    off = run(busy_config().with_values({f"mechanisms.{name}": False}), seed=5, years=1)
    assert signed_in(on.world, 2026) == signed_in(off.world, 2026) != set()
    new = [w.world.agreements.rows[w.world.agreements.rows["signed"] == 2026] for w in (on, off)]
    new = [rows[(rows["a"] >= 0) & (rows["topic"] == 0)] for rows in new]
    assert np.array_equal(new[0][["a", "b", "initiator", "activity", "why"]],
                          new[1][["a", "b", "initiator", "activity", "why"]])


def test_some_mechanisms_do_feed_signatures():
    # Else the test above would say nothing.
    fed = {name for name, m in MECHANISMS.items() if feeds_signatures(m)}
    assert {"bilateral", "network", "interest", "commonality", "embassies"} <= fed
    assert {"trust", "capacity", "renewal", "budgets", "channels"} <= set(MECHANISMS) - fed


@pytest.mark.parametrize("name", ["network", "interest", "commonality"])
def test_switching_off_what_feeds_signatures_changes_them(name):
    on = run(short_config(40, 8, BUSY), seed=5)
    off = run(short_config(40, 8, BUSY | {f"mechanisms.{name}": False}), seed=5)
    years = range(2026, 2034)
    assert [signed_in(on.world, year) for year in years] != [signed_in(off.world, year) for year in years]


def test_presets_name_known_mechanisms_and_grow():
    for names in PRESETS.values():
        assert set(names) <= set(MECHANISMS)
    assert set(PRESETS["core"]) < set(PRESETS["standard"]) <= set(PRESETS["full"]) == set(MECHANISMS)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_runs(preset):
    model = run(short_config(10, 5, {"preset": preset}))
    model.world.check()
    assert {name for name, on in model.rules.switches.items() if on} == set(PRESETS[preset])


def test_with_everything_switched_off_nothing_happens():
    config = short_config(10, 5, {f"mechanisms.{name}": False for name in MECHANISMS})
    first, last = CoopModel(config, rng=1), run(config)
    # Channels that are off still spend, but there is no money.
    first.world.year = last.world.year
    assert_same_world(first.world, last.world)


def test_switched_off_channels_are_one_channel_that_is_believed():
    # MODEL M7: off means c = 0 and phi = 0.
    agencies = KINDS["set_channel"].from_mapping({"year": 2026, "who": "all", "share": 0.5}, "test")
    model = run(short_config(8, 2, {"mechanisms.channels": False}, interventions=(agencies,)))
    assert model.world.dyads.spending_ministry.sum() > 0
    assert model.world.dyads.spending_agency.sum() == 0

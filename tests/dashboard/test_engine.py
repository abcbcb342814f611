"""Runs are shared, stopped when nobody waits, and told apart from luck; maps and differences are what they say."""

import gc
import threading
import time
import weakref

import numpy as np
import pytest

from coopsim.config import load_config
from coopsim.results.network import transitivity

pytest.importorskip("solara", reason="solara is not installed: pip install 'coopsim[app]'")
from coopsim.dashboard import engine, geography, luck, measures, memory, panels, parameters, session, turns, webs, where
from coopsim.dashboard.geography import rebuild
from coopsim.dashboard.kept import Kept, Stopped
from coopsim.dashboard.links import Links

SMALL = {"world.synthetic": {"states": 12}, "horizon.years": 4}


@pytest.fixture(scope="module")
def config():
    return load_config("classroom").with_values(SMALL)


@pytest.fixture(scope="module")
def twins(config):
    changed = config.with_values({"trust.gain": 0.1})
    return engine.simulate(changed, 3), engine.simulate(config, 3)


def test_the_same_run_is_computed_once_for_all(config, monkeypatch):
    made = []
    real = engine._simulate
    monkeypatch.setattr(engine, "_simulate", lambda *given: made.append(1) or real(*given))
    found = []
    threads = [threading.Thread(target=lambda: found.append(engine.simulate(config, 99))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len({id(run) for run in found}) == 1


def test_a_run_that_nobody_waits_for_stops_and_leaves_no_trace(config):
    with pytest.raises(Stopped):
        engine.simulate(config, 98, stop=lambda: True)
    assert engine.simulate(config, 98).years[-1] == 2029


def follow_two(monkeypatch, seconds):
    """Years that a run of 50 years, each of so many seconds, has done when another is wanted in its fourth year."""
    follower, done = session.Follower(), []

    def simulate(config, seed, *, stop, progress):
        for year in range(1, 51):
            if stop():
                raise Stopped
            now[0] += seconds
            done.append(year)
            progress(year, 50, {})
            if year == 4:
                follower.wanted = (session.Address(seed=2), 1)
        raise Stopped

    now = [0.0]
    monkeypatch.setattr(session.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(session.engine, "simulate", simulate)
    follower._follow(session.Address(seed=1), 1, 0)
    return len(done)


def test_a_long_run_stops_within_a_year_when_something_else_is_wanted(monkeypatch):
    assert follow_two(monkeypatch, 0.02) == 4


def test_a_short_run_is_finished_so_that_charts_move_with_the_slider(monkeypatch):
    assert follow_two(monkeypatch, 0.002) == 50


def test_a_move_is_asked_for_at_once_and_only_once(monkeypatch):
    """The handler of a slider asks; the page asks again when it is drawn anew, and for what else has changed on it."""
    follower, followed = session.Follower(), []
    monkeypatch.setattr(follower, "_follow", lambda chosen, number, turn: followed.append(chosen.values))
    session.follower.value = follower
    try:
        for ask in (lambda: session.set_value("trust.gain", 0.07), lambda: session.change(year=2030),
                    lambda: follower.want(session.address.value, session.replications.value),
                    lambda: session.set_value("trust.gain", 0.08)):
            ask()
            follower.thread.join()
        assert followed == [(("trust.gain", 0.07),), (("trust.gain", 0.08),)]
    finally:
        session.follower.value = None
        session.address.value = session.Address()


def grow(monkeypatch, seconds):
    """Lengths of the line that grows while a run of 50 years, each of so many seconds, replaces what is shown."""
    now, base, mine = [0.0], object(), object()

    def simulate(config, seed, *, stop, progress):
        if config == session.baseline_of(config):
            return base
        line = [0.0]
        for year in range(1, 51):
            now[0] += seconds
            line.append(0.1 * year)
            progress(year, 50, {"density": line})
        return mine

    before = session.Shown(session.Address(), base, base, engine.Sample())
    session.shown.value = before
    lengths = []
    stop = session.growing.subscribe(lambda found: lengths.append(len(found.series["density"])))
    monkeypatch.setattr(session.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(session.engine, "simulate", simulate)
    try:
        session.Follower()._follow(session.Address(values=(("trust.gain", 0.1),)), 1, 0)
        assert session.shown.value.mine is mine
        assert session.growing.value is None or session.growing.value.upon is before  # its time is over
    finally:
        stop()
        session.shown.value = session.growing.value = None
    return lengths


def test_the_lines_of_a_long_run_grow_before_it_is_whole(monkeypatch):
    lengths = grow(monkeypatch, 0.02)
    assert lengths[0] <= 13  # a quarter of the years
    assert lengths == sorted(set(lengths))
    assert len(lengths) >= 4


def test_the_lines_of_a_short_run_do_not(monkeypatch):
    assert grow(monkeypatch, 0.002) == []


def test_replications_stand_still_while_somebody_waits_but_not_for_ever():
    waits = []
    with turns.answering():
        began = time.monotonic()
        turns.give_way()
        waits.append(time.monotonic() - began)
    began = time.monotonic()
    turns.give_way()
    waits.append(time.monotonic() - began)
    assert waits[0] >= turns.LONGEST > 10 * waits[1]


def test_a_background_process_sees_that_somebody_waits():
    with turns.answering():
        assert engine.pool().submit(turns.seen).result() == 1
    try:
        assert engine.pool().submit(turns.seen).result() == 0
    finally:
        engine.close()


def test_what_runs_leave_is_given_back_once_it_is_much(config, monkeypatch):
    monkeypatch.setattr(memory, "_noted", 0.0)
    gc.disable()
    try:
        left = weakref.ref(engine._simulate(config, 97, engine.never, None).model)
        assert not memory.give_back()
        assert left() is not None  # a circle of objects: nobody holds it, and it is still there
    finally:
        gc.enable()
    memory.note(memory.ENOUGH)
    assert memory.give_back()
    assert left() is None
    assert not memory.give_back()


def test_the_least_recently_used_goes_first():
    kept = Kept(2)
    for key in "aba":
        kept.get(key, lambda key=key: key, 1, engine.never)
    kept.get("c", lambda: "c", 1, engine.never)
    assert list(kept.items) == ["a", "c"]


def test_a_run_agrees_with_its_tables(twins):
    run = twins[0]
    assert run.series("density") == pytest.approx(run.results.indicators["density"])
    last = run.results.states[run.results.states["year"] == 2029]
    assert run.of_states("degree")[-1] == pytest.approx(last["degree"])
    for year in run.years:
        degrees = run.results.states.loc[run.results.states["year"] == year, "degree"]
        assert run.tied(int(year)).sum(axis=1).tolist() == degrees.tolist()
    assert np.isnan(run.series("signed")[0])


def test_the_baseline_is_the_same_world_left_alone():
    changed = load_config("austerity").with_values({"trust.gain": 0.09, "horizon.years": 12})
    base = session.baseline_of(changed)
    assert not base.interventions
    assert base.value("trust.gain") == 0.04
    assert (base.world, base.years, base.preset) == (changed.world, 12, changed.preset)


def test_where_a_change_acts(twins):
    mine, base = twins
    moved, number = where.moved_pairs(mine, base)
    assert number == 66
    assert 0 < moved < number  # only pairs that cooperate are treated
    tenths = where.tenths(mine, base, engine.Sample())
    difference = mine.trust - base.trust
    assert tenths.mean.max() >= difference.mean() >= tenths.mean.min()
    assert np.isnan(tenths.low).all()
    ranked = where.pairs(mine, base, 3)
    assert ranked.values[0] == difference.max()
    assert where.pairs(mine, mine, 3).names == []


def test_policy_and_luck_of_known_replications():
    base = np.zeros((400, 2))
    spread = np.tile([1.0, -1.0], 200)
    mine = np.column_stack([np.full(400, 2.0), 2.0 + 2.0 * spread])
    found = luck.paired(mine, base)
    assert found.mean == pytest.approx([2, 2])
    assert found.share == pytest.approx([1, 0.5], abs=0.01)  # as much spread as effect: half is luck
    assert found.low[0] == found.high[0] == 2


def test_replications_come_with_growing_numbers(config):
    changed = config.with_values({"trust.gain": 0.1})
    try:
        found = list(engine.sample(changed, config, [3, 4, 5]))
    finally:
        engine.close()
    assert [sample.done for sample in found][-1] == 3
    mine, base = found[-1].of("trust")
    assert mine.shape == base.shape == (3, 5)
    assert mine[0] == pytest.approx(engine.simulate(changed, 3).series("trust"), abs=1e-6)
    assert (mine[:, -1] > base[:, -1]).all()


@pytest.mark.parametrize("name", ["classroom", "baseline"])
def test_every_state_is_on_the_map(name):
    config = load_config(name)
    land = geography.of(config, 5)
    left, top, right, bottom = land.bounds
    assert ((land.places >= (left, top)) & (land.places <= (right, bottom))).all()
    points, owners, place = np.frombuffer(land.shapes, "<i2"), set(), 0
    while place < len(points):
        owners.add(int(points[place]))
        place += 2 + 2 * int(points[place + 1])
    assert place == len(points)
    shaped = owners - {-1}
    assert shaped <= set(range(len(land.places)))
    assert len(shaped) == (40 if name == "classroom" else 164)


def test_no_outline_runs_across_the_map():
    width = geography.BOUNDS[2] - geography.BOUNDS[0]
    assert all(np.ptp(points[:, 0]) < 0.4 * width for _, points in geography.outlines())


def test_what_crosses_the_180th_meridian_is_cut_there():
    # An island from 170° east to 170° west, as an atlas may write it: its longitudes run on.
    east, west = rebuild.cut(np.array([[170.0, 0], [190, 0], [190, 10], [170, 10], [170, 0]]))
    assert (east[:, 0].min(), east[:, 0].max()) == (170, 180)
    assert (west[:, 0].min(), west[:, 0].max()) == (-180, -170)
    assert rebuild.area(east) == rebuild.area(west) == 100


def test_the_bundled_outlines_are_small():
    assert geography.FILE.stat().st_size < 150_000


def test_every_measure_moves_only_with_its_mechanism(config):
    rich = config.with_values({"preset": "full"})
    core, full = ({measure.name for measure in measures.state_measures(c)} for c in (config, rich))
    assert core < full == set(measures.STATES)
    offered = {option["value"] for option in measures.options(rich)}
    assert offered <= set(engine.SERIES)


def test_every_parameter_has_a_slider_that_JSON_can_carry(config):  # noqa: N802
    groups = parameters.everything(config.with_values({"preset": "full"}))
    levers = [lever for group in groups for lever in group["levers"]]
    assert {lever["key"] for lever in levers} >= {"trust.gain", "bilateral.form", "mechanisms.trust"}
    assert all(np.isfinite([lever["min"], lever["max"]]).all() for lever in levers)
    assert parameters.values(config, groups)["trust.gain"] == 0.04


def test_a_state_without_ties_does_not_crowd_the_others_of_the_web(config):
    land = geography.of(config, 3)
    tied = ~np.eye(12, dtype=bool)
    tied[0] = tied[:, 0] = False
    left, top, right, bottom = land.bounds
    spots = webs.web(tied, land)[1:]
    assert (np.ptp(spots, axis=0) > 0.5 * np.array([right - left, bottom - top])).all()


def test_small_differences_are_told_in_digits_that_matter():
    assert panels.shown(-0.00021, signed=True) == "−0.0002"
    assert panels.shown(0.072, signed=True) == "+0.072"
    assert panels.shown(1e-9, signed=True) == "0"
    assert panels.shown(-0.0000131, percent=True, signed=True) == "−0.001 points"
    assert panels.shown(0.0, percent=True) == "0 %"


def test_the_web_is_laid_out_within_the_map(twins):
    land = geography.of(twins[0].config, 3)
    spots = webs.places(Links(twins[0], "agreements"), land)
    left, top, right, bottom = land.bounds
    assert spots.shape == (2, 12, 2)
    assert ((spots >= (left, top)) & (spots <= (right, bottom))).all()
    tied = twins[0].tied(2029)
    degree = tied.sum(axis=1)
    triples = degree * (degree - 1)
    closed = np.array([webs.closure_of(twins[0], row, 2029) for row in range(12)])
    assert (closed * triples).sum() / triples.sum() == pytest.approx(transitivity(tied.astype(float)))

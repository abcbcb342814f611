"""Each kind of intervention changes what it says, in the year it says, and ends when it says."""

import numpy as np
import pytest

from coopsim.errors import ConfigError
from coopsim.interventions import KINDS
from coopsim.mechanisms import MECHANISMS
from coopsim.model import CoopModel
from worlds import changed, short_config, snapshot

BEGINS, YEARS = 2029, range(2026, 2035)
OFF = {f"mechanisms.{name}": False for name in MECHANISMS}


class Probed(CoopModel):
    """A model that notes a value before each year's processes."""

    def __init__(self, *args, probe, **kwargs):
        self.probe, self.seen, self.columns = probe, {}, {}
        super().__init__(*args, **kwargs)

    def step(self):
        self.seen[int(self.year)] = self.probe(self)
        self.columns[int(self.year)] = snapshot(self.world)
        super().step()


def build(kind, entries, year=BEGINS):
    return KINDS[kind].from_mapping({"year": year, **entries}, "test")


def observe(kind, entries, probe):
    """Return what the probe sees each year in a world where nothing else happens."""
    values = OFF | {"initial.mission_scale": 400}
    model = Probed(short_config(6, 9, values, interventions=(build(kind, entries),)), rng=1, probe=probe)
    model.run_for(9)
    model.world.check()
    return model


def member(world, body, state):
    return bool(world.international.members[world.international.row(body), world.row(state)])


def offices(model):
    organisations = model.world.organisations
    ours = np.array([name.startswith("Office") for name in organisations.name])
    return int((ours & (organisations.closed < 0)).sum())


def norm_stage(model):
    found = [norm for norm in model.world.norms.items if norm.name == "Accord"]
    return "none" if not found else "negotiated" if found[0].agreement < 0 else "open"


# kind, entries, what to look at, its value while the intervention holds, years it holds (0: for good)
CASES = [
    ("set_parameter", {"parameter": "trust.gain", "value": 0.09}, lambda m: m.rules.parameters["trust"].gain, 0.09, 0),
    ("budget", {"factor": 0.5, "who": "S02", "years": 2}, lambda m: m.world.states.austerity[1], 0.5, 2),
    ("budget", {"factor": 0.0, "years": 3}, lambda m: m.world.states.austerity[1], 0.0, 3),
    ("budget", {"factor": 2.0, "who": "S02"}, lambda m: m.world.states.austerity[1], 2.0, 0),
    ("open_missions", {"who": "S01", "in": "all"}, lambda m: m.world.dyads.missions[0].tolist(),
     [False] + 5 * [True], 0),
    ("close_missions", {"who": "all"}, lambda m: int(m.world.dyads.missions.sum()), 0, 0),
    ("incident", {"who": "S01", "with": "S02", "years": 2}, lambda m: m.world.dyads.incident[0:2, 0:2].tolist(),
     [[False, True], [True, False]], 2),
    ("shift_ideal_point", {"who": "S03", "to": 2.5}, lambda m: m.world.states.ideal_point[2], 2.5, 0),
    ("withdraw", {"who": "S02", "from": "WORLD"}, lambda m: member(m.world, "WORLD", "S02"), False, 0),
    ("withdraw", {"who": "S02", "from": "WORLD"}, lambda m: bool(m.world.states.exited[1]), True, 1),
    ("shift_interest", {"who": "S01", "in": "all", "by": 2.0},
     lambda m: m.world.dyads.interest_shift[0].tolist(), [0.0] + 5 * [2.0], 0),
    ("set_channel", {"who": "S01", "share": 0.7}, lambda m: m.world.states.arms_length[0], 0.7, 0),
    ("set_channel", {"who": "S01", "autonomy": 0.3}, lambda m: m.world.states.autonomy[0], 0.3, 0),
    ("grant", {"to": "WORLD", "amount": 25.0, "years": 3}, lambda m: m.world.international.grant[0], 25.0, 3),
    ("convention", {"name": "Accord", "topic": "heritage"}, norm_stage, "open", 0),
    ("convention", {"name": "Accord", "topic": "heritage", "negotiation": 3}, norm_stage, "negotiated", 3),
    ("new_organisation", {"who": "S02", "name": "Institute", "share": 0.4},
     lambda m: "Institute" in m.world.organisations.name, True, 0),
    ("new_organisation", {"who": "S02", "name": "Institute", "share": 0.4},
     lambda m: m.world.states.arms_length[1], 0.4, 0),
    ("claim", {"who": "S01", "from": "S02"}, lambda m: len(m.world.claims.pending), 1, 0),
    ("quota", {"who": "S01", "against": "S02", "barrier": 0.8, "floor": 0.2},
     lambda m: (m.world.dyads.barrier[0, 1], m.world.states.barrier_floor[0]), (0.8, 0.2), 0),
    ("yearlong", {"who": "S01", "with": "S02", "factor": 4.0, "years": 2},
     lambda m: m.world.dyads.event_boost[0:2, 0:2].tolist(), [[1.0, 4.0], [4.0, 1.0]], 2),
    ("set_relation", {"who": "S01", "with": "S02", "trust": 0.05, "memory": 0.9, "understanding": 0.2},
     lambda m: [float(getattr(m.world.dyads, name)[i, 1 - i])
                for name in ("trust", "memory", "understanding") for i in (0, 1)],
     [0.05, 0.05, 0.9, 0.9, 0.2, 0.2], 0),
    ("reciprocity", {"who": "S01", "degree": 1.0}, lambda m: m.world.states.reciprocity[0], 1.0, 0),
    ("scheme", {"who": "S01", "with": "S02", "activity": "events", "amount": 3.0, "years": 2}, offices, 2, 2),
    ("talks", {"who": "S01", "with": "S02", "amount": 3.0}, offices, 2, 0),
]


@pytest.mark.parametrize(("kind", "entries", "probe", "value", "years"), CASES, ids=[c[0] for c in CASES])
def test_it_begins_and_ends_when_it_says(kind, entries, probe, value, years):
    seen = observe(kind, entries, probe).seen
    ends = BEGINS + years if years else YEARS.stop
    during = [seen[y] for y in YEARS if BEGINS <= y < ends]
    outside = [seen[y] for y in YEARS if y < BEGINS or y >= ends]
    assert during == [value] * len(during)
    assert len(during) == (years or 6)
    if kind == "convention" and years:
        assert outside == ["none"] * 3 + ["open"] * 3  # the negotiations end in a conference
    else:
        assert all(found == outside[0] != value for found in outside)


def test_set_activism_multiplies_and_is_taken_back():
    model = observe("set_activism", {"who": ["S01", "S02"], "factor": 3.0, "years": 2},
                    lambda m: m.world.states.activism.copy())
    normal = model.seen[2026]
    for year in YEARS:
        factor = np.array([3.0, 3, 1, 1, 1, 1]) if year in (2029, 2030) else 1
        # a multiplication and a division round once each
        assert model.seen[year] == pytest.approx(factor * normal, rel=1e-15)


def test_activism_of_nil_cannot_be_taken_back_and_says_so():
    with pytest.raises(ConfigError, match="cannot be taken back"):
        build("set_activism", {"who": "all", "factor": 0.0, "years": 2})
    assert build("set_activism", {"who": "all", "factor": 0.0}).factor == 0


def test_join_brings_back_who_left():
    changes = (build("withdraw", {"who": "S02", "from": "WORLD"}, 2027), build("join", {"who": "S02", "to": "WORLD"}))
    model = Probed(short_config(6, 9, OFF, interventions=changes), rng=1,
                   probe=lambda m: member(m.world, "WORLD", "S02"))
    model.run_for(9)
    assert [model.seen[y] for y in YEARS] == [True, False, False, True, True, True, True, True, True]
    treaty = model.world.international.treaty[model.world.international.universal]
    history = model.world.agreements.accessions
    history = history[(history["agreement"] == treaty) & (history["state"] == 1)]
    assert history[["joined", "left"]].tolist() == [(-1, 2027), (2029, -1)]


def test_closing_a_share_of_missions_keeps_the_most_interesting():
    probe = lambda m: m.world.dyads.missions[0].copy()  # noqa: E731
    opening = build("open_missions", {"who": "S01"}, 2027)
    closing = build("close_missions", {"who": "S01", "share": 0.4})
    on = {f"mechanisms.{name}": name == "interest" for name in MECHANISMS}
    model = Probed(short_config(6, 9, on, interventions=(opening, closing)), rng=1, probe=probe)
    model.run_for(9)
    assert model.seen[2028].tolist() == [False, True, True, True, True, True]
    interest = model.world.dyads.interest[0]
    closed = model.seen[2028] & ~model.seen[2029]
    assert closed.sum() == 2
    assert interest[closed].max() < interest[model.seen[2029]].min()


def test_shifting_an_ideal_point_moves_structural_trust_and_affinity():
    model = observe("shift_ideal_point", {"who": "S03", "by": 1.5}, lambda m: m.world.states.ideal_point[2])
    assert model.seen[2029] == pytest.approx(model.seen[2028] + 1.5)
    before, after = model.columns[2028], model.columns[2029]
    assert changed(before, after) == {"states.ideal_point", "dyads.trust_baseline", "dyads.affinity"}
    moved = before["dyads.affinity"] != after["dyads.affinity"]
    assert moved[2].sum() == 5
    assert not np.delete(np.delete(moved, 2, 0), 2, 1).any()


def test_a_relation_reset_can_end_agreements():
    config = short_config(6, 9, OFF | {"initial.density": 1.0}, interventions=(
        build("set_relation", {"who": "S01", "with": ["S02", "S03"], "end_agreements": True}),
    ))
    model = Probed(config, rng=1, probe=lambda m: m.world.dyads.tied.copy())
    model.run_for(9)
    ended = model.seen[2028] & ~model.seen[2029]
    assert np.argwhere(np.triu(ended)).tolist() == [[0, 1], [0, 2]]
    rows = model.world.agreements.rows
    assert sorted(rows["ended"][rows["ended"] >= 0].tolist()) == [2029, 2029]
    model.world.check()


def test_pioneers_sign_at_the_conference():
    convention = build("convention", {"name": "Accord", "topic": "heritage", "negotiation": 2, "innovation": 0,
                                      "imitation": 0, "pioneers": ["S01", "S04"], "entry_into_force": 2})
    on = {f"mechanisms.{name}": name == "conventions" for name in MECHANISMS}
    model = CoopModel(short_config(6, 9, on | {"conventions.withdrawal": 0}, interventions=(convention,)), rng=1)
    model.run_for(9)
    accord = model.world.norms.named("Accord")
    assert np.flatnonzero(accord.adopted).tolist() == [0, 3]
    row = model.world.agreements.rows[accord.agreement]
    assert (row["proposed"], row["signed"], row["in_force"]) == (2029, 2031, 2031)


def test_a_new_organisation_becomes_an_agent():
    model = observe("new_organisation", {"who": "S02", "name": "Institute"}, lambda m: len(m.organisation_list))
    assert len(model.organisation_list) == len(model.world.organisations)
    assert model.organisation_list[-1].name == "Institute"
    assert model.organisation_list[-1].home is model.states["S02"]


@pytest.mark.parametrize(("kind", "entries"), [c[:2] for c in CASES], ids=[c[0] for c in CASES])
def test_it_is_logged_when_it_begins(kind, entries):
    model = observe(kind, entries, lambda m: None)
    logged = [event for event in model.world.events if event.kind == "intervention"]
    assert logged[0].year == BEGINS
    assert logged[0].what.startswith(f"{kind}:")


def test_overlapping_budgets_multiply_and_each_is_taken_back():
    changes = (build("budget", {"factor": 0.5, "years": 4}, 2027), build("budget", {"factor": 3.0, "years": 1}, 2028))
    model = Probed(short_config(6, 9, OFF, interventions=changes), rng=1, probe=lambda m: m.world.states.austerity[0])
    model.run_for(9)
    assert [model.seen[y] for y in YEARS] == pytest.approx([1, 0.5, 1.5, 0.5, 0.5, 1, 1, 1, 1])


def test_a_changed_parameter_acts_from_its_year_on():
    change = build("set_parameter", {"parameter": "trust.gain", "value": 1.0})
    with_it, without = (CoopModel(short_config(8, 9, interventions=c), rng=1) for c in ((change,), ()))
    for model in (with_it, without):
        model.run_for(3)
    assert changed(snapshot(with_it.world), snapshot(without.world)) == set()
    for model in (with_it, without):
        model.run_for(1)
    assert "dyads.trust" in changed(snapshot(with_it.world), snapshot(without.world))


def test_every_kind_is_tested_here():
    assert {case[0] for case in CASES} | {"join", "set_activism"} >= set(KINDS)

"""The same config and seed give the same run; twin runs share their luck."""

import copy
import json
import os
import pickle
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest

import coopsim
from coopsim.config import load_config
from coopsim.interventions import KINDS
from coopsim.model import CoopModel
from worlds import assert_same_world, run, short_config, signed_in

# Many agreements, of which many lapse, so that a difference would show.
LIVELY = {"bilateral.base_rate": 0.3, "renewal.lapse": 0.8, "capacity.founding": 5.0}
PRINT_HASH = """
import hashlib, json, sys
import numpy as np
from worlds import run, short_config, snapshot
model = run(short_config(12, 10, json.loads(sys.argv[1])), seed=7)
digest = hashlib.sha256()
for name, values in sorted(snapshot(model.world).items()):
    digest.update(name.encode() + str(values.dtype).encode() + repr(values.tolist()).encode())
digest.update(model.world.agreements.rows.tobytes() + model.world.agreements.accessions.tobytes())
digest.update(repr(model.world.events).encode())
digest.update(repr(model.datacollector.get_model_vars_dataframe().to_dict("list")).encode())
print(digest.hexdigest())
"""


def lively(states=12, years=10, **kwargs):
    return short_config(states, years, LIVELY, **kwargs)


def frames_equal(left, right):
    pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_the_same_seed_gives_the_same_run():
    first, second = run(lively(), seed=7), run(lively(), seed=7)
    assert len(first.world.agreements) > 10
    assert_same_world(first.world, second.world)
    frames_equal(*(m.datacollector.get_model_vars_dataframe() for m in (first, second)))


def test_another_seed_gives_another_run():
    assert signed_in(run(lively(), seed=7).world, 2026) != signed_in(run(lively(), seed=8).world, 2026)


def test_the_run_is_the_same_in_another_process():
    def hashed(hash_seed):
        paths = [str(Path(__file__).parents[1]), str(Path(coopsim.__file__).parents[1])]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(paths)}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", PRINT_HASH, json.dumps(LIVELY)],
            capture_output=True, text=True, env=environment, check=True,
        )
        return done.stdout.strip()

    # Hash seeds differ, so that an order taken from a set of words would show.
    first = hashed("1")
    assert len(first) == 64
    assert first == hashed("2")


def test_mesas_batch_run_gives_the_same_run():
    rows = mesa.batch_run(
        CoopModel, {"config": [lively()]}, rng=[7, 8], number_processes=1, data_collection_period=1,
        max_steps=1000, display_progress=False,
    )
    table = pd.DataFrame(rows)
    for seed in (7, 8):
        direct = run(lively(), seed=seed).datacollector.get_model_vars_dataframe()
        batch = table[table["rng"] == seed].reset_index(drop=True)[list(direct.columns)]
        frames_equal(batch, direct.reset_index(drop=True))


def test_flat_keywords_give_the_same_run():
    model = CoopModel.from_values(lively(), rng=7, trust__gain=0.08, mechanisms__network=False)
    model.run_for(10)
    same = run(lively().with_values({"trust.gain": 0.08, "mechanisms.network": False}), seed=7)
    assert_same_world(model.world, same.world)


def test_a_run_in_two_parts_is_the_run():
    whole, parts = CoopModel(lively(), rng=7), CoopModel(lively(), rng=7)
    whole.run_for(20)
    parts.run_for(10)
    parts.run_for(10)
    assert_same_world(whole.world, parts.world)


def test_a_run_year_by_year_or_by_steps_is_the_run():
    whole, yearly, steps = (CoopModel(lively(), rng=7) for _ in range(3))
    whole.run_for(8)
    for _ in range(8):
        yearly.run_for(1)
        steps.step()
    assert_same_world(whole.world, yearly.world)
    assert_same_world(whole.world, steps.world)


@pytest.mark.parametrize("branch", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_a_copy_of_a_model_goes_on_as_the_model_would(branch):
    change = KINDS["budget"].from_mapping({"year": 2033, "factor": 0.5, "years": 2}, "test")
    config = lively(years=20, interventions=(change,))
    model = run(config, seed=7, years=6)
    twin = branch(model)
    model.run_for(9)
    assert (twin.year, twin.world.year) == (2031, 2031), "the copy must not move with the original"
    twin.run_for(9)
    assert_same_world(twin.world, model.world)
    assert_same_world(model.world, run(config, seed=7, years=15).world)


def test_a_branch_can_differ_from_then_on():
    model = run(lively(years=20), seed=7, years=5)
    branch = copy.deepcopy(model)
    branch.world.states.activism[:] = 0
    for m in (model, branch):
        m.run_for(5)
    past, later = [], []
    for rows in (m.world.agreements.rows for m in (model, branch)):
        rows = rows[(rows["form"] == 0) & (rows["topic"] == 0)]
        past.append(rows[rows["signed"] <= 2030][["a", "b", "signed"]])
        later.append(int((rows["signed"] > 2030).sum()))
    assert np.array_equal(*past)
    assert later[0] > later[1] == 0


# Twin runs share their luck: each chance is one number compared with a probability, so whatever happens under the
# smaller probability happens under the larger one too. Independent draws would break every one of these at once.


EVENTFUL = {"initial.density": 0.4, "embassies.reach_without": 1.0, "renewal.term": 1}


def twins(low, high):
    """Run the first year twice, with one parameter low and high."""
    return [run(short_config(30, 1, EVENTFUL | values), seed=7, years=1) for values in (low, high)]


def disputes(model):
    return {event.who for event in model.world.events if event.kind == "dispute"}


def lapses(model):
    rows = model.world.agreements.rows
    return {(int(row["a"]), int(row["b"])) for row in rows[rows["end_reason"] == 1]}


def adoptions(model):
    joined = model.world.agreements.accessions
    return {(int(row["agreement"]), int(row["state"])) for row in joined[joined["joined"] == 2026]}


COUPLED = {
    "signatures": ({"bilateral.base_rate": 0.3}, {"bilateral.base_rate": 0.9}, lambda m: signed_in(m.world, 2026)),
    "lapses": ({"renewal.lapse": 0.5}, {"renewal.lapse": 1.0}, lapses),
    "incidents": ({"conflict.incident_rate": 0.2}, {"conflict.incident_rate": 0.6}, disputes),
    "adoptions": ({"conventions.innovation": 2.0}, {"conventions.innovation": 8.0}, adoptions),
}


@pytest.mark.parametrize("event", COUPLED)
def test_what_happens_at_a_low_chance_happens_at_a_high_one(event):
    low, high, happened = COUPLED[event]
    fewer, more = (happened(model) for model in twins(low, high))
    assert fewer < more
    assert len(fewer) > 3


@pytest.mark.parametrize("column", ["dyads.flows", "states.institutions", "dyads.other_treaties"])
def test_counts_at_a_low_rate_are_nowhere_larger_than_at_a_high_one(column):
    low = {"mobility.rate": 2e-4, "capacity.founding": 2.0, "spillover.base_rate": 0.1}
    high = {"mobility.rate": 4e-4, "capacity.founding": 8.0, "spillover.base_rate": 0.4}
    table, name = column.split(".")
    fewer, more = (getattr(getattr(model.world, table), name) for model in twins(low, high))
    assert (fewer <= more).all()
    assert 0 < fewer.sum() < more.sum()


def test_other_luck_would_be_noticed():
    # The tests above see something: with another seed the smaller set is no part of the larger one.
    low, high, happened = COUPLED["signatures"]
    one = happened(twins(low, high)[0])
    other = happened(run(short_config(30, 1, EVENTFUL | high), seed=8, years=1))
    assert not one <= other


def test_more_gain_of_trust_leaves_the_first_years_signatures_bit_for_bit():
    base, twin = (run(lively().with_values({"trust.gain": gain}), seed=7, years=1) for gain in (0.04, 0.5))
    # trust is revised after agreements are signed
    rows, others = (m.world.agreements.rows for m in (base, twin))
    assert np.array_equal(*(r[(r["form"] == 0) & (r["topic"] == 0)] for r in (rows, others)))
    assert signed_in(base.world, 2026)
    assert (base.world.dyads.trust != twin.world.dyads.trust).any()


# Interventions that append organisations.
APPENDING = {
    "scheme": {"who": "S03", "with": "S04", "activity": "mobility", "amount": 1e-6},
    "talks": {"who": "S03", "with": "S04", "amount": 1e-6},
    "set_channel": {"who": "all", "share": 1e-6},
    "new_organisation": {"who": "all", "name": "Fund", "form": "foundation", "budget": 1e-6},
}
SHORT_LIVED = {"organisations.turnover": 0.3, "organisations.projects": 3}


def luck_of_organisations(config, first, last):
    """Count what luck alone gives private organisations founded since: activity and years of projects, closure."""
    model, told = CoopModel(config, rng=7), Counter()
    for year in range(config.start_year + 1, last + 1):
        model.run_for(1)
        table, rows = model.world.organisations, model.world.projects.rows
        watched = table.private & (table.founded >= first)
        for row in rows[(rows["start"] == year) & watched[rows["organisation"]]]:
            told[table.name[row["organisation"]], *row[["activity", "start", "end"]].tolist()] += 1
    told.update(zip(table.name[watched], table.closed[watched].tolist(), strict=True))
    return told


@pytest.mark.parametrize("kind", APPENDING)
def test_organisations_founded_after_an_intervention_appended_some_have_the_luck_of_their_twins(kind):
    change = KINDS[kind].from_mapping({"year": 2027, **APPENDING[kind]}, "test")
    without, appended = (luck_of_organisations(short_config(12, 12, SHORT_LIVED, interventions=made), 2027, 2037)
                         for made in ((), (change,)))
    assert without.total() > 150
    # What an intervention founds begins projects, too, and is followed by others when it fails.
    assert without < appended if kind == "new_organisation" else without == appended


def test_organisations_of_states_that_enter_after_a_scheme_have_the_luck_of_their_twins():
    change = KINDS["scheme"].from_mapping(
        {"year": 1948, "who": "AFG", "with": "BOL", "activity": "mobility", "amount": 1e-6}, "test")
    past = load_config("historic_1946")
    without, appended = (luck_of_organisations(replace(past, interventions=made), 0, 1957) for made in ((), (change,)))
    assert sum(name.endswith(", Morocco") for name, *_ in without) > 5  # since 1956
    assert without == appended


def campaign_of_one(factor):
    change = KINDS["set_activism"].from_mapping({"year": 2026, "who": "S03", "factor": factor}, "test")
    return lively(interventions=(change,))


def test_one_states_activism_changes_only_its_own_agreements_where_nothing_else_connects_pairs():
    # Without the pull of partners and without money an agreement touches only its own pair: with numbers of their
    # own, the other pairs must live through the same signatures, renewals and lapses for twenty years.
    kept_on = ("bilateral", "renewal", "trust", "interest", "network")
    apart = {f"mechanisms.{name}": name in kept_on for name in lively().mechanisms}
    apart |= {"network.popularity": 0, "network.closure": 0, "horizon.years": 20}
    histories = []
    for factor in (1.0, 9.0):
        model = run(campaign_of_one(factor).with_values(apart), seed=7)
        rows = model.world.agreements.rows
        own = (rows["a"] == 2) | (rows["b"] == 2)
        assert own.any()
        kept = rows[~own][["a", "b", "signed", "ended", "end_reason", "renewals", "initiator", "activity"]]
        histories.append((np.sort(kept, order=["signed", "a", "b"]).tolist(), int(own.sum())))
    assert histories[0][0] == histories[1][0]
    assert len(histories[0][0]) > 20
    assert histories[0][1] < histories[1][1]


def test_a_numpy_integer_is_a_seed_like_any_other():
    config = load_config("baseline").with_values({"world.synthetic": {"states": 8}})
    one, other = CoopModel(config, rng=7), CoopModel(config, rng=np.int64(7))
    assert np.array_equal(one.world.dyads.trust, other.world.dyads.trust)
    assert type(other.seed_number) is int

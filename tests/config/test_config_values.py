"""A config says what it was told, refuses what it must, and never changes."""

import copy
import json
import math
import os
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coopsim as cs
from coopsim.config import GROUPS, HORIZON, Config, config_from, parse_config, resolve_parameter
from coopsim.errors import ConfigError
from coopsim.mechanisms import MECHANISMS, PRESETS
from coopsim.param import shown

FEW = settings(max_examples=25, deadline=None)  # for each of a hundred parameters
SPECS = {f"{group}.{name}": spec for group, kind in GROUPS.items() for name, spec in kind.specs().items()}
NUMBERS = {key: spec for key, spec in SPECS.items() if not isinstance(spec.default, bool | str)}
ALL = SPECS | {f"horizon.{key}": spec for key, spec in HORIZON.items()}


def allowed(spec):
    """Values that a parameter accepts."""
    if spec.choices:
        return st.sampled_from(spec.choices)
    if isinstance(spec.default, bool):
        return st.booleans()
    low, high = spec.bounds
    if isinstance(spec.default, int):
        return st.integers(math.ceil(low), math.floor(high))
    return st.floats(low, high)


def refused(spec):
    """Values that a parameter refuses."""
    anyway = st.sampled_from([None, [], {}, "many", b"1", 10**400, object()])
    if spec.choices:
        return anyway | st.booleans() | st.text().filter(lambda text: text not in spec.choices)
    if isinstance(spec.default, bool):
        return anyway | st.floats() | st.integers()
    low, high = spec.bounds
    outside = st.floats().filter(lambda number: not low <= number <= high)
    between = st.floats(low, high).filter(lambda number: number != int(number))
    return anyway | st.booleans() | outside | (between if isinstance(spec.default, int) else st.nothing())


def another(spec):
    """An allowed value that is not the default."""
    if spec.choices:
        return next(choice for choice in spec.choices if choice != spec.default)
    if isinstance(spec.default, bool):
        return not spec.default
    low, high = spec.bounds
    return low if spec.default != low else high


@pytest.mark.parametrize("key", ALL)
@FEW
@given(data=st.data())
def test_any_value_in_bounds_is_accepted(key, data):
    value = data.draw(allowed(ALL[key]))
    config = Config().with_values({key: value})
    assert config.value(key) == value
    assert type(config.value(key)) is type(ALL[key].default)


@pytest.mark.parametrize("key", ALL)
@FEW
@given(data=st.data())
def test_any_value_out_of_bounds_is_refused(key, data):
    value = data.draw(refused(ALL[key]))
    with pytest.raises(ConfigError) as caught:
        Config().with_values({key: value})
    message = str(caught.value)
    assert message.startswith(f"{key} = {shown(value)} is not allowed: must be {ALL[key].allowed}")
    assert ALL[key].meaning in message


@pytest.mark.parametrize("key", NUMBERS)
def test_numbers_of_numpy_are_numbers(key):
    low, high = NUMBERS[key].bounds
    for number in (np.float64(low), np.int64(math.floor(high))):
        value = Config().with_values({key: number}).value(key)
        assert type(value) is type(NUMBERS[key].default)
        json.dumps(value)


@pytest.mark.parametrize("group", GROUPS)
def test_declared_types_are_those_of_the_defaults(group):
    for declared in fields(GROUPS[group]):
        assert declared.type == type(declared.default).__name__, f"{group}.{declared.name}"


@pytest.mark.parametrize("key", SPECS)
def test_defaults_and_plausible_ranges_lie_within_bounds(key):
    spec = SPECS[key]
    assert spec.check(key, spec.default) == spec.default
    if spec.plausible:
        low, high = spec.plausible
        assert spec.bounds[0] <= low < high <= spec.bounds[1]
        assert low <= spec.default <= high


@pytest.mark.parametrize("key", [key for key, spec in SPECS.items() if spec.symbol])
def test_symbols_of_the_model_are_names_too(key):
    group, name = key.split(".")
    spec = SPECS[key]
    symbol = f"{group}.{spec.symbol}"
    assert resolve_parameter(symbol) == (group, name, spec)
    config = Config().with_values({symbol: another(spec)})
    assert config.value(key) == config.value(symbol) == another(spec)
    table = {"parameters": {group: {spec.symbol: another(spec)}}}
    assert config_from(table).hash == config.hash


@FEW
@given(data=st.data())
def test_differences_make_the_config_again(data):
    keys = data.draw(st.lists(st.sampled_from(sorted(ALL)), unique=True, max_size=6))
    values = {key: data.draw(allowed(ALL[key])) for key in keys}
    values |= {f"mechanisms.{name}": False for name in data.draw(st.sets(st.sampled_from(sorted(MECHANISMS))))}
    config = Config().with_values(values)
    assert Config().with_values(config.differences()).hash == config.hash
    assert set(config.differences()) <= set(values)
    assert config_from(config.to_mapping()).hash == config.hash


@pytest.mark.parametrize(
    "world",
    [
        {"world.states": ["POL", "FRA"]},
        {"world.synthetic": {"states": 30, "languages": 3}},
        {"world.states": ["POL", "FRA"], "world.organisations": 500},
        {"world.synthetic": {"states": 30}, "world.organisations": 500},
        {"world.states": "all"},
    ],
)
def test_a_world_replaces_a_world(world):
    bases = [Config(), Config().with_values({"world.states": ["BRA", "ARG"]}),
             Config().with_values({"world.synthetic": {"states": 7}})]
    made = {base.with_values(world).hash for base in bases}
    assert len(made) == 1
    config = Config().with_values(world)
    assert Config().with_values(config.differences()).hash == config.hash


def test_later_values_do_not_depend_on_the_order():
    one = Config().with_values({"preset": "core", "mechanisms.capacity": True})
    two = Config().with_values({"mechanisms.capacity": True, "preset": "core"})
    assert one == two
    assert one.value("mechanisms.capacity")
    assert not one.value("mechanisms.channels")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_says_which_mechanisms_are_on(name):
    on = {mechanism for mechanism, switch in parse_config(f'preset = "{name}"').mechanisms.items() if switch}
    assert on == set(PRESETS[name])
    assert on == {m for m, switch in Config().with_values({"preset": name}).mechanisms.items() if switch}


@pytest.mark.parametrize("key", ALL)
def test_the_hash_sees_every_parameter(key):
    changed = Config().with_values({key: another(ALL[key])})
    assert changed.hash != Config().hash
    assert changed.with_values({key: ALL[key].default}).hash == Config().hash


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_hash_sees_every_switch(name):
    assert Config().with_values({f"mechanisms.{name}": False}).hash != Config().hash


def test_the_hash_does_not_read_words():
    words = ("name", "title", "question", "background", "notice", "expectation")
    assert replace(Config(), **dict.fromkeys(words, "other")).hash == Config().hash


def test_the_hash_sees_interventions():
    text = '[[interventions]]\nyear = {}\nkind = "budget"\nfactor = {}\n'
    hashes = {parse_config(text.format(year, factor)).hash for year, factor in ((2030, 1), (2031, 1), (2030, 2))}
    assert len({*hashes, Config().hash}) == 4
    assert parse_config(text.format(2030, 1)).hash == parse_config(text.format(2030, 1.0)).hash


def test_the_hash_is_that_of_the_settings_however_they_are_written():
    assert Config().with_values({"trust.gain": 1}).hash == Config().with_values({"trust.gain": 1.0}).hash
    states = [Config().with_values({"world.states": codes}).hash for codes in (["FRA", "DEU"], ["DEU", "FRA"])]
    assert states[0] == states[1]
    assert parse_config('preset = "core"').hash == Config().with_values(
        {f"mechanisms.{name}": name in PRESETS["core"] for name in MECHANISMS}
    ).hash


def test_the_hash_is_the_same_in_another_process():
    code = "import coopsim; print(coopsim.load_config('baseline').hash)"
    hashes = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                       env=os.environ | {"PYTHONHASHSEED": seed}).stdout.strip()
        for seed in ("1", "2")
    }
    assert hashes == {cs.load_config("baseline").hash}


def test_a_config_can_be_pickled_and_copied():
    config = parse_config('[[interventions]]\nyear = 2030\nkind = "budget"\nwho = ["FRA"]\nfactor = 2\n')
    for again in (pickle.loads(pickle.dumps(config)), copy.deepcopy(config)):
        assert again == config
        assert again.hash == config.hash
        with pytest.raises(TypeError, match="immutable"):
            again.parameters["trust"] = None


def test_equal_configs_are_one_key():
    config = cs.load_config("baseline").with_values({"trust.gain": 0.06})
    again = cs.load_config("baseline").with_values({"trust.gain": 0.06})
    assert {config: 1, again: 2} == {again: 2}
    assert config not in {cs.load_config("baseline")}


def test_a_config_never_changes():
    config = Config()
    with pytest.raises(FrozenInstanceError):
        config.years = 3
    with pytest.raises(FrozenInstanceError):
        config.parameters["trust"].gain = 0.5
    for attempt in (
        lambda: config.parameters.update(trust=None),
        lambda: config.parameters.pop("trust"),
        lambda: config.mechanisms.__setitem__("trust", False),
        lambda: config.mechanisms.__ior__({"trust": False}),
        lambda: config.mechanisms.clear(),
        lambda: config.mechanisms.setdefault("rust", True),
    ):
        with pytest.raises(TypeError, match="immutable"):
            attempt()
    before = config.hash
    config.with_values({"trust.gain": 0.5, "mechanisms.trust": False})
    assert config.hash == before


def test_what_is_wrong_in_a_variant_is_said_with_the_key():
    for key, message in {
        "trust.gian": "unknown parameter 'trust.gian'; did you mean 'trust.gain'?",
        "tryst.gain": "unknown parameter 'tryst.gain'; did you mean 'trust.gain'?",
        "horizon.year": "unknown key 'horizon.year'; did you mean 'horizon.years'?",
        "mechanisms.trst": "unknown mechanism 'mechanisms.trst'; did you mean 'mechanisms.trust'?",
        "world.state": "unknown key 'world.state'; did you mean 'world.states'?",
        "trust": "'trust' is a group of parameters",
    }.items():
        with pytest.raises(ConfigError) as caught:
            Config().with_values({key: 1})
        assert str(caught.value).startswith(message)


def said(read):
    """What is wrong, or that nothing is."""
    try:
        read()
    except ConfigError as error:
        return str(error)
    return "scenario: valid"


@FEW
@given(st.text())
def test_any_text_is_a_scenario_or_one_precise_error(text):
    assert said(lambda: parse_config(text)).startswith("scenario: ")


TOML_VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=5,
)
KEYS = st.sampled_from(["name", "preset", "horizon", "world", "parameters", "mechanisms", "interventions", "trust"])


@FEW
@given(st.dictionaries(KEYS, TOML_VALUES))
def test_any_table_is_a_scenario_or_one_precise_error(tables):
    assert said(lambda: config_from(tables)).startswith("scenario: ")


def test_interventions_can_be_added_from_python_as_tables_or_objects():
    from coopsim.config import load_config
    from coopsim.interventions.kinds import Budget

    base = load_config("baseline")
    table = {"year": 2030, "kind": "withdraw", "who": "USA", "from": "UNESCO"}
    added = base.with_interventions(table, Budget(year=2031, factor=0.5))
    assert [change.kind for change in added.interventions] == ["withdraw", "budget"]
    assert base.interventions == ()
    assert added.hash != base.hash
    with pytest.raises(ConfigError, match="withdraw"):
        base.with_interventions({**table, "kind": "withdrew"})
    with pytest.raises(ConfigError, match="year = 1900"):
        base.with_interventions(Budget(year=1900, factor=0.5))

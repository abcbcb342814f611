"""What an intervention may say, and that its names are looked up in the world it acts on."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopsim.config import Config, parse_config
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS, Places
from coopsim.world.tables import real_facts

FEW = settings(max_examples=25, deadline=None)  # for each of a hundred parameters
ENTRIES = [(kind, key) for kind, found in KINDS.items() for key in found.entries()]
PLAIN = {"Who": "FRA", "OrganisationId": "UNESCO", "str": "trust.gain", "bool": False, "Any": 0.1}


def required(kind, **given_entries):
    """The entries that a kind needs, with allowed values."""
    types = kind.types()
    found = {"year": 2030, **given_entries}
    for key, (declared, default) in kind.entries().items():
        if default is ... and key not in found:
            usual = max(declared.low, 0.0) if types[key] in ("int", "float") else PLAIN[types[key]]
            found[key] = declared.choices[0] if declared.choices else usual
    if kind.kind == "shift_ideal_point" and "to" not in found and "by" not in found:
        found["by"] = 0.5
    if kind.kind == "set_channel" and "autonomy" not in found:
        found.setdefault("share", 0.5)
    if kind.kind == "set_relation":
        found.setdefault("end_agreements", True)
    if kind.kind in ("scheme", "talks") and "amount" not in given_entries:
        found["amount"] = 1.0
    return found


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)
def test_every_kind_is_made_from_what_it_needs_and_written_back(kind):
    made = kind.from_mapping(required(kind), "here")
    written = made.to_mapping()
    assert written["kind"] == kind.kind
    assert kind.from_mapping(written, "here") == made
    assert kind.__doc__
    assert made.describe() is not None


def test_an_intervention_is_told_in_the_words_of_its_file_and_for_good_is_not_told():
    budget = KINDS["budget"].from_mapping({"year": 2030, "factor": 0.5, "who": "Europe"}, "here")
    assert budget.describe() == "factor 0.5"
    assert replace(budget, years=10).describe() == "factor 0.5, years 10"
    entries = {"year": 2030, "who": "FRA", "with": ["DEU", "POL"], "trust": 0.0, "end_agreements": True}
    relation = KINDS["set_relation"].from_mapping(entries, "here")
    assert relation.describe() == "with DEU POL, trust 0.0, end_agreements true"


@pytest.mark.parametrize(("kind", "key"), ENTRIES, ids=" ".join)
def test_every_entry_refuses_a_table_and_says_what_is_allowed(kind, key):
    found, (declared, _) = KINDS[kind], KINDS[kind].entries()[key]
    if found.types()[key] == "Any":
        pytest.skip("the parameter that it sets checks it")
    with pytest.raises(ConfigError) as caught:
        found.from_mapping(required(found) | {key: {"a": 1}}, "here")
    allowed = declared.allowed(found.types()[key])
    assert str(caught.value) == (
        f"here ({kind}): {key} = {{a = 1}} is not allowed: must be {allowed} ({declared.meaning})"
    )


@pytest.mark.parametrize(("kind", "key"), ENTRIES, ids=" ".join)
@FEW
@given(data=st.data())
def test_every_number_is_held_to_its_range(kind, key, data):
    found, (declared, _) = KINDS[kind], KINDS[kind].entries()[key]
    if found.types()[key].removesuffix(" | None") not in ("int", "float"):
        return
    outside = st.floats().filter(lambda number: not declared.low <= number <= declared.high) | st.booleans()
    with pytest.raises(ConfigError, match=r"is not allowed: must be a (whole )?number in \["):
        found.from_mapping(required(found) | {key: data.draw(outside | st.just(10**400))}, "here")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)
def test_a_missing_entry_is_named(kind):
    for key, (declared, default) in kind.entries().items():
        if default is ...:
            entries = {k: v for k, v in required(kind).items() if k != key}
            with pytest.raises(ConfigError) as caught:
                kind.from_mapping(entries, "here")
            assert f"needs '{key}' ({declared.meaning})" in str(caught.value)


def test_interventions_made_in_python_are_checked_too():
    with pytest.raises(ConfigError, match="factor = -1 is not allowed"):
        KINDS["budget"](year=2030, factor=-1)


def test_set_parameter_takes_symbols_and_checks_values():
    text = '[[interventions]]\nyear = 2030\nkind = "set_parameter"\nparameter = "trust.g"\nvalue = 1\n'
    (change,) = parse_config(text).interventions
    assert (change.parameter, change.value, type(change.value)) == ("trust.gain", 1.0, float)


def test_a_config_does_not_change_the_intervention_it_is_given():
    change = KINDS["set_parameter"](year=2030, parameter="trust.g", value=1)
    assert Config(interventions=(change,)).interventions[0].parameter == "trust.gain"
    assert change.parameter == "trust.g"


@pytest.mark.parametrize(
    ("who", "number"), [("FRA", 1), (("FRA", "DEU", "FRA"), 2), ("all", 195), ("Africa", 54), ("UNESCO", None)]
)
def test_names_mean_states(who, number):
    places = Places.of_facts(real_facts())
    rows = places.rows(who)
    assert len(rows) == number if number else len(rows) > 150


def test_north_and_south_are_the_world():
    places = Places.of_facts(real_facts())
    assert len(places.rows("north")) + len(places.rows("south")) == 195


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("FRX", "did you mean"),
        ("fra", "did you mean 'FRA'?"),
        ("France", "did you mean 'FRA'?"),
        ("Afrika", "did you mean 'Africa'?"),
        ("the moon", "known: codes such as AFG, regions such as Asia, all, north, south"),
    ],
)
def test_unknown_names_come_with_a_hint(name, hint):
    with pytest.raises(ConfigError) as caught:
        Places.of_facts(real_facts()).rows(name)
    assert f'"{name}" is no state, region or organisation of this world; {hint}' in str(caught.value)


def test_every_name_of_every_kind_is_looked_up():
    for kind in KINDS.values():
        for key, of in kind.types().items():
            if of.removesuffix(" | None") in ("Who", "OrganisationId"):
                change = kind.from_mapping(required(kind, **{key: "nowhere"}), "here")
                with pytest.raises(ConfigError, match=f'^{key}: "nowhere" is no '):
                    change.check_names(Places.of_facts(real_facts()))

"""Where settings come from, and what the vocabulary says about them."""

import json

import pytest

from coopsim.config import (
    GROUPS,
    headings,
    load_config,
    parameter_table,
    scenario_files,
    schema,
    settings,
)
from coopsim.errors import ConfigError
from coopsim.interventions import KINDS


@pytest.mark.parametrize("name", scenario_files())
def test_every_bundled_scenario_is_valid_and_names_what_exists(name):
    config = load_config(name)
    config.check_names()
    assert config.name == name
    assert config.title
    assert config.question


def test_states_are_not_invented_only_to_look_up_no_names(monkeypatch):
    monkeypatch.setattr("coopsim.config.config.facts_for", lambda *_: pytest.fail("invented"))
    load_config("classroom").check_names()
    named = load_config("classroom").with_interventions({"year": 2030, "kind": "budget", "factor": 0.5})
    with pytest.raises(pytest.fail.Exception):
        named.check_names()


def test_headings_are_those_of_the_scenarios():
    for heading in headings():
        config = load_config(heading["file"])
        assert (heading["name"], heading["title"]) == (config.name, config.title)
        assert heading["question"] == " ".join(config.question.split())


def test_settings_come_with_their_origin(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'preset = "core"\nhorizon.years = 30\nworld.states = "all"\nparameters.trust.g = 0.1\n'
        "parameters.trust.loss = 0.25\nmechanisms.capacity = true\nworld.history = true\n", encoding="utf-8",
    )
    found = {setting.key: setting for setting in settings(file)}
    assert found["preset"][1:] == ("core", "full", "file")
    assert found["horizon.years"][1:] == (30, 50, "file")
    assert found["trust.gain"][1:] == (0.1, 0.04, "file")
    assert found["trust.loss"][1:] == (0.25, 0.25, "file, same as default")
    assert found["world.states"][1:] == ("all", "all", "file, same as default")
    assert found["world.history"][1:] == (True, False, "file")
    assert found["mechanisms.capacity"][1:] == (True, True, "file, same as default")
    assert found["mechanisms.channels"][1:] == (False, True, "preset core")
    assert "trust.forgetting" not in found


def test_the_vocabulary_is_complete_and_can_be_json():
    found = json.loads(json.dumps(schema(), allow_nan=False))
    assert set(found["interventions"]) == set(KINDS)
    assert {row["name"] for row in found["parameters"]} == {
        f"{group}.{name}" for group, kind in GROUPS.items() for name in kind.specs()
    }
    for kind in found["interventions"].values():
        assert kind["meaning"]
        assert all(entry["meaning"] and entry["allowed"] for entry in kind["entries"].values())


def test_one_group_of_parameters():
    assert {row["group"] for row in parameter_table("trust")} == {"trust"}
    with pytest.raises(ConfigError, match="no group of parameters 'trst'; did you mean 'trust'"):
        parameter_table("trst")

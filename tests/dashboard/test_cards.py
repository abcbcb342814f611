"""Scenarios on offer, and their arms."""

from coopsim.config import load_config, scenario_files
from coopsim.dashboard.address import read
from coopsim.dashboard.cards import arms, cards, file_of, plots, title_of


def test_every_scenario_is_a_card_and_every_arm_a_scenario_with_an_address_of_its_own():
    assert {card["value"] for card in cards()} == set(scenario_files())
    for scenario in scenario_files():
        names = [name for name, _ in arms(scenario)]
        assert names[:1] in ([], [scenario])
        for name in names:
            found = read(f"scenario={name}")
            assert found.problems == ()
            assert found.address.scenario == name
            assert file_of(name) == scenario
        if len(names) > 1:
            assert len({load_config(name).hash for name in names}) == len(names)


def test_an_arm_is_called_by_its_scenario_and_its_own_title():
    assert arms("baseline") == ()
    assert [title for _, title in arms("new_convention")][:2] == [
        "Ten central states sign first", "The ten most populous states sign first"]
    assert title_of("new_convention:remote") == f"{title_of('new_convention')}: Ten small remote states sign first"
    assert plots("new_convention:remote") == plots("new_convention") != ()

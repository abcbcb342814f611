"""The tools for results also work on worlds that grow."""

import pytest

from coopsim.analysis.history import history
from coopsim.config import Config
from coopsim.errors import ConfigError
from coopsim.experiment import run
from coopsim.experiment.verify import verify
from coopsim.world.build import WorldSpec

FEW = ("BEL", "EGY", "FRA", "GBR", "GHA", "IND", "ITA", "NGA", "POL", "SEN", "USA")


@pytest.fixture(scope="module")
def results():
    config = Config(start_year=1946, years=18, world=WorldSpec(codes=FEW, history=True))
    return run(config.with_values({"initial.density": 0.0}), seed=2)


def test_a_chronicle_begins_after_the_entry(results):
    book = history(results, state="GHA")
    assert str(book).splitlines()[0] == "Ghana, 1958–1964"
    assert str(history(results, pair="FRA-GHA"))


def test_a_state_that_has_only_just_entered_has_no_chronicle(results):
    with pytest.raises(ConfigError, match="Nigeria enters the world in 1960"):
        history(results, state="NGA", last=1960)


def test_a_stored_past_is_repeated_bit_for_bit(results, tmp_path):
    results.save(tmp_path / "past")
    assert verify(tmp_path / "past").differences == ()

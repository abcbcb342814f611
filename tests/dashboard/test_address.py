"""An address round-trips, reads well, and tells what is wrong with it in the words of the command line."""

from urllib.parse import urlsplit

import pytest
from addresses import addresses
from hypothesis import given, settings
from hypothesis import strategies as st

from coopsim.config import Config, load_config, parse_config
from coopsim.dashboard.address import FOCUS, Address, of_config, read, read_change
from coopsim.errors import ConfigError


@settings(max_examples=150, deadline=None)
@given(addresses())
def test_what_is_written_is_read_back(address):
    parts = urlsplit(address.link)
    found = read(parts.query, parts.path.removeprefix("/"))
    assert found.problems == ()
    assert found.address == address
    assert found.address.config().hash == address.config().hash


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_reading_never_fails_and_what_is_left_is_a_scenario(text):
    found = read(text)
    assert found.address.config().years > 0
    assert read(found.address.query).address == found.address


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(
    st.sampled_from(["scenario", "seed", "year", "preset", "change", "arm", "trust.gain", "horizon.years", "state",
                     "world.synthetic.states", "mechanisms.trust", "world.states"]),
    st.sampled_from(["", "1", "-1", "1e9", "9" * 5000, "true", "core", "../../etc/passwd", "<b>", "FRA,DEU", "[", "{",
                     "2030~withdraw~who:USA~from:UNESCO", "2030~~", "baseline", "x" * 300, "nan", "[[[[[[[["]),
), max_size=6))
def test_bad_values_of_known_keys_never_fail(entries):
    from urllib.parse import urlencode

    found = read(urlencode(entries))
    found.address.config()
    assert all(problem.startswith("link: ") and len(problem) < 2_000 for problem in found.problems)


def test_an_address_reads_well():
    address = Address("state", "classroom", (("trust.gain", 0.08), ("mechanisms.network", False)), (), 7, 2040,
                      (("state", "S03"),))
    assert address.link == "/state?seed=7&year=2040&mechanisms.network=false&trust.gain=0.08&state=S03"
    change = read_change("2030~withdraw~who:USA~from:UNESCO")
    written = Address("", "baseline", changes=(change,)).query
    assert written == "scenario=baseline&change=2030~withdraw~who:USA~from:UNESCO"
    assert Address().link == "/"


@pytest.mark.parametrize(("query", "told"), [
    ("trust.gian=0.1", "link: unknown parameter 'trust.gian'; did you mean 'trust.gain'?"),
    ("trust.gain=9", "link: trust.gain = 9 is not allowed: must be a number in [0, 1], unit 1/yr"),
    ("trust.gain=much", 'link: trust.gain = "much" is not allowed: must be a number'),
    ("scenario=basline", 'link: there is no scenario "basline"; did you mean \'baseline\'?'),
    ("scenario=../secret.toml", 'link: there is no scenario "../secret.toml"; known: '),
    ("scenario=/etc/x.toml:a", "link: there is no scenario "),
    ("seed=-3", 'link: seed = "-3" is not allowed: must be a whole number in [0, 4294967295]'),
    ("year=1999", 'link: year = "1999" is not allowed: must be a year in [2025, 2055]'),
    ("sead=3", "link: unknown key \"sead\"; did you mean 'seed'?"),
    ("state=<script>", 'link: state = "<script>" is not allowed: must be the code of a state'),
    ("preset=cores", 'link: preset = "cores" is not allowed: must be one of core, standard, full'),
    ("mechanisms.trust=1", "link: mechanisms.trust = 1 is not allowed: must be true or false"),
    ("world.synthetic.states=5000", "link: world.synthetic.states = 5000 is not allowed on this server"),
    ("horizon.years=1000", "link: horizon.years = 1000 is not allowed on this server: must be at most 100"),
    ("change=2030~withdrew~who:USA", "link: change: kind = \"withdrew\" is not known; did you mean 'withdraw'?"),
    ("change=2030~budget~who:all", "link: change (budget): needs 'factor'"),
    ("change=1999~budget~factor:2", "link: intervention 1 (budget): year = 1999 is not allowed"),
    ("arm=trust.gain%3D9", "link: arm: trust.gain = 9 is not allowed"),
])
def test_a_mistake_is_told_precisely_and_left_out(query, told):
    found = read(query)
    assert [problem for problem in found.problems if problem.startswith(told)], found.problems
    assert found.address in (Address(), Address(arms=(Address(),)))


def test_an_address_without_end_is_refused():
    found = read("trust.gain=" + "9" * 20_000)
    assert found.problems == ("link: is too long: 20,011 characters, of 16,000 allowed",)


def test_the_command_line_says_the_same():
    with pytest.raises(ConfigError) as error:
        load_config("baseline").with_values({"trust.gain": 9})
    assert read("scenario=baseline&trust.gain=9").problems == (f"link: {error.value}",)


def test_the_good_is_kept_beside_the_bad():
    found = read("?trust.gain=0.08&trust.gian=0.1&seed=5&year=2031&horizon.years=20")
    assert found.address.values == (("horizon.years", 20), ("trust.gain", 0.08))
    assert (found.address.seed, found.address.year) == (5, 2031)
    assert len(found.problems) == 1


def test_a_shorter_run_leaves_out_later_changes_but_the_address_keeps_them():
    change = read_change("2040~budget~factor:0.5")
    address = Address("", "baseline", (("horizon.years", 10),), (change,))
    assert address.config().interventions == ()
    assert read(address.query).address.changes == (change,)


def test_a_configuration_from_outside_becomes_an_address_with_the_same_results():
    text = """
    preset = "core"
    [horizon]
    years = 12
    [world]
    synthetic = {states = 30}
    [parameters.trust]
    gain = 0.08
    [mechanisms]
    network = false
    embassies = true
    [[interventions]]
    year = 2030
    kind = "set_activism"
    who = "all"
    factor = 2.5
    """
    config = parse_config(text)
    address = of_config(config, seed=3)
    assert read(address.query).address == address
    assert address.config().hash == config.hash


def test_the_baseline_differs_from_the_defaults_in_its_words_only():
    assert load_config("baseline").hash == Config().hash


def test_no_focus_takes_markup_or_a_path():
    for pattern, _ in FOCUS.values():
        for text in ("<b>", "../x", "a/b", 'a"b', "a&b", "", "a b", "é<"):
            assert not pattern.fullmatch(text)

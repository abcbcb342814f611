"""`coopsim history`, and `coopsim explain` for what did not happen."""

import json

import pytest
from click.testing import CliRunner

import coopsim as cs
from coopsim.app.cli import main


def invoke(*args, code=0):
    done = CliRunner().invoke(main, [str(arg) for arg in args])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture(scope="module")
def results():
    config = cs.load_config("baseline").with_values(
        {"world.synthetic": {"states": 12}, "horizon.years": 6, "bilateral.base_rate": 0.5}
    )
    return cs.run(config, seed=3)


@pytest.fixture(scope="module")
def folder(results, tmp_path_factory):
    return results.save(tmp_path_factory.mktemp("history") / "run")


def words(text):
    return " ".join(text.split())


def test_the_chronicle_of_a_state_is_printed(results, folder):
    shown = words(invoke("history", folder, "--state", "s01").stdout)
    for sentence in cs.history(results, "S01").sentences:
        assert words(sentence.text) in shown


def test_the_chronicle_of_a_pair_for_some_years(results, folder):
    done = invoke("history", folder, "--pair", "S01-S02", "--from", 2027, "--to", 2029)
    assert "State 1 and State 2, 2027–2029" in done.stdout
    assert "2030" not in done.stdout


def test_json_names_the_sources(folder):
    found = json.loads(invoke("history", folder, "--state", "S02", "--json").stdout)
    assert found["title"] == "State 2, 2026–2031"
    assert all(row["sources"] for row in found["sentences"])
    assert "[states:" in invoke("history", folder, "--state", "S02", "--sources").stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "Give either --state or --pair."),
        (("--state", "S01", "--pair", "S01-S02"), "Give either --state or --pair."),
        (("--state", "S55"), "no state 'S55'"),
        (("--pair", "S01"), "two different codes"),
        (("--state", "S01", "--from", 1900), "must be a simulated year in [2026, 2031]"),
    ],
)
def test_history_refuses_what_makes_no_sense(folder, args, message):
    assert message in words(invoke("history", folder, *args, code=2).stderr)


def unsigned(results):
    """A pair without any agreement during the whole run."""
    held = set(results.agreements["parties"])
    codes = sorted(set(results.states["iso3"]))
    return next(f"{a}-{b}" for a in codes for b in codes if a < b and f"{a}-{b}" not in held)


def test_explain_says_why_not_and_what_would_have_done(results, folder):
    pair = unsigned(results)
    told = cs.why_not(results, pair, 2028)
    shown = words(invoke("explain", folder, "--pair", pair, "--year", 2028).stdout)
    for sentence in told.sentences[1:]:
        assert words(sentence) in shown
    assert "as an intervention of that year" in shown
    found = json.loads(invoke("explain", folder, "--pair", pair, "--year", 2028, "--json").stdout)["why_not"]
    assert found["status"] == "not signed"
    assert found["luck"] == told.luck
    enough = [lever for lever in found["levers"] if lever["verdict"] == "enough"]
    assert enough[0]["intervention"]["year"] == 2028


def test_explain_tells_when_the_run_cannot_be_repeated(results, folder, tmp_path):
    pair = unsigned(results)
    place = results.save(tmp_path / "old")
    manifest = json.loads((place / "manifest.json").read_text())
    (place / "manifest.json").write_text(json.dumps({**manifest, "config_hash": "0" * 16}))
    done = invoke("explain", place, "--pair", pair, "--year", 2028)
    assert "Why not cannot be told" in done.stderr
    assert "signed no agreement in 2028." in done.stdout


def test_explain_tells_why_a_state_joined_a_convention(results, folder):
    ledger = results.agreements
    row = int(ledger.loc[ledger["topic"] == "rights", "id"].iloc[0])
    party = results.parties.loc[results.parties["agreement"] == row, "party"].iloc[0]
    assert "joined the declaration of cultural rights" in words(invoke("explain", folder, row, "--state", party).stdout)
    found = json.loads(invoke("explain", folder, row, "--state", party, "--json").stdout)
    assert (found["state"], found["terms"]) == (party, [])
    assert "--state goes with AGREEMENT_ID." in invoke("explain", folder, "--pair", "S01-S02", "--state", "S01",
                                                       code=2).stderr

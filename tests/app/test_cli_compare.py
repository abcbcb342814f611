"""`coopsim compare`: twins from the command line, their tables and figure, and what it refuses."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

import coopsim as cs
from coopsim.app.cli import main
from coopsim.app.commands import compare as command

SMALL = ("--set", "world.synthetic={states=10}", "--set", "bilateral.base_rate=0.2", "--years", 4)


def invoke(*args, code=0):
    done = CliRunner().invoke(main, [str(arg) for arg in args])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("compare") / "twins"


@pytest.fixture(scope="module")
def done(folder):
    return invoke("compare", "baseline", "baseline", *SMALL, "--set-b", "bilateral.base_rate=0.6", "--replications", 3,
                  "--seed", 5, "--workers", 1, "--out", folder)


def test_it_says_what_the_change_caused(done):
    text = " ".join(done.stdout.split())
    assert "The change: bilateral.base_rate is 0.6 instead of 0.2." in text
    assert "on average over 3 pairs of twins" in text
    assert "by no more than luck explains" in text


def test_tables_words_and_figure_are_saved(done, folder):
    names = {path.name for path in folder.iterdir()}
    assert names == {"differences.parquet", "agreements.parquet", "states.parquet", "comparison.json",
                     "differences.png", "differences.svg"}
    config = cs.load_config("baseline").with_values(
        {"world.synthetic": {"states": 10}, "bilateral.base_rate": 0.2, "horizon.years": 4}
    )
    expected = cs.compare(config, config.with_values({"bilateral.base_rate": 0.6}), seeds=(5, 6, 7))
    saved = pd.read_parquet(folder / "differences.parquet")
    pd.testing.assert_frame_equal(saved, expected.differences)
    assert json.loads((folder / "comparison.json").read_text())["sentences"] == list(expected.sentences)


def test_json_is_one_object_and_a_comparison_may_be_repeated(done, folder):
    again = invoke("compare", "baseline", "baseline", *SMALL, "--replications", 1, "--workers", 1, "--out", folder,
                   "--format", "csv", "--json")
    found = json.loads(again.stdout)
    assert found["settings"] == []
    assert found["agreements"] == {}
    assert {row["difference"] for row in found["last_year"]} == {0.0}
    assert (folder / "differences.csv").is_file()


def test_processes_change_nothing(done, folder, tmp_path):
    invoke("compare", "baseline", "baseline", *SMALL, "--set-b", "bilateral.base_rate=0.6", "--replications", 3,
           "--seed", 5, "--workers", 2, "--out", tmp_path / "pool")
    for name in ("differences", "agreements", "states"):
        one, two = (pd.read_parquet(place / f"{name}.parquet") for place in (folder, tmp_path / "pool"))
        pd.testing.assert_frame_equal(one, two, check_exact=True)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("baseline", "baselin"), "did you mean 'baseline'?"),
        (("baseline", "baseline", "--set-b", "trust.gain=2"), "--set-b: trust.gain = 2 is not allowed"),
        (("baseline", "baseline", "--set-b", "trust.gian=0.1"), "did you mean"),
        (("baseline", "baseline", *SMALL, "--set-b", "world.synthetic={states=9}"), "do not have the same states"),
        (("baseline", "baseline", "--years", 0), "years = 0 is not allowed"),
        (("baseline", "baseline", "--replications", 0), "--replications"),
    ],
)
def test_what_cannot_be_compared_is_refused(args, message, tmp_path):
    done = invoke("compare", *args, "--out", tmp_path / "none", code=2)
    assert message in " ".join(done.stderr.split())
    assert not (tmp_path / "none").exists()


def test_other_folders_are_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    assert "holds other things" in invoke("compare", "baseline", "baseline", *SMALL, "--out", tmp_path, code=2).stderr
    assert "is a file" in invoke("compare", "baseline", "baseline", *SMALL, "--out", tmp_path / "thesis.txt",
                                 code=2).stderr


def test_what_was_finished_before_an_interruption_is_kept(monkeypatch, tmp_path):
    from coopsim.analysis import twins

    real = twins.all_twins

    def interrupted(a, b, seeds, executor=None):
        yield from real(a, b, seeds[:1])
        raise KeyboardInterrupt

    monkeypatch.setattr(twins, "all_twins", interrupted)
    done = invoke("compare", "baseline", "baseline", *SMALL, "--replications", 4, "--workers", 1,
                  "--out", tmp_path / "x", code=130)
    assert "1 of 4 pairs of twins are finished" in done.stderr
    assert (tmp_path / "x" / "comparison.json").is_file()


def test_the_default_folder_names_both_scenarios(monkeypatch):
    a = cs.load_config("baseline")
    b = a.with_values({"trust.gain": 0.05})
    folders = [command._default_folder(x, y, 1) for x, y in ((a, a), (a, b))]
    assert folders[0] != folders[1]
    assert folders[0].name.startswith("compare-baseline-baseline-")


def test_scenarios_of_different_length_are_compared_over_the_shorter(tmp_path):
    small = ("--set", "world.synthetic={states=10}", "--set", "horizon.years=5")
    done = invoke("compare", "baseline", "baseline", *small, "--set-b", "horizon.years=3", "--replications", 1,
                  "--workers", 1, "--out", tmp_path / "twins")
    assert "both are compared over 3" in " ".join(done.stderr.split())
    years = pd.read_parquet(tmp_path / "twins" / "differences.parquet")["year"]
    assert years.max() == 2028

"""Whatever is taken home can be read again, repeats the run, and tells what the world in it is."""

import io
import json
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest
from addresses import addresses
from hypothesis import given, settings

from coopsim.config import load_config, parse_config, scenario_files
from coopsim.dashboard import exports
from coopsim.dashboard.address import Address
from coopsim.dashboard.guard import StoppedError, read_upload

REAL = {"world.states": ["FRA", "DEU", "ITA", "EGY", "BRA"], "horizon.years": 3}


@pytest.fixture(scope="module")
def real():
    config = load_config("baseline").with_values(REAL)
    return config, exports.whole(config, 5)


@settings(max_examples=100, deadline=None)
@given(addresses())
def test_a_scenario_file_gives_the_same_results(address):
    config = address.config()
    text = exports.scenario_toml(config)
    again = parse_config(text)
    assert again.hash == config.hash
    assert again.title == " ".join(config.title.split())
    assert max(map(len, text.splitlines()), default=0) < 5000


@pytest.mark.parametrize("name", sorted(scenario_files()))
def test_every_bundled_scenario_comes_back_through_its_file(name):
    config = load_config(name)
    again = read_upload(exports.scenario_toml(config).encode(), f"{name}.toml")
    assert again.hash == config.hash


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_hold_the_run_and_its_caveat(real, kind):
    config, results = real
    content = exports.tables(results, config, Address("", "baseline", tuple(REAL.items()), seed=5), kind)
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert not [name for name in archive.namelist() if "/" in name or name.startswith(".")]
    read = pd.read_csv if kind == "csv" else pd.read_parquet
    table = read(io.BytesIO(archive.read(f"indicators.{kind}")))
    assert table["density"].to_numpy() == pytest.approx(results.indicators["density"].to_numpy())
    manifest = json.loads(archive.read("manifest.json"))
    note = archive.read("README.txt").decode()
    assert "not a forecast" in manifest["caveat"]
    assert "Real names, modelled ties" in " ".join(note.split())
    assert "world.states=" in note
    assert parse_config(archive.read("scenario.toml").decode()).hash == config.hash


def test_a_figure_carries_the_caveat(real):
    config, results = real
    svg = exports.figure(results, config, "svg").decode()
    ElementTree.fromstring(svg)
    assert "Real names, modelled ties" in svg
    assert exports.figure(results, config, "png").startswith(b"\x89PNG")


def test_a_report_is_one_page_with_the_caveat(real):
    config, results = real
    page = exports.report(results, config).decode()
    assert page.lower().startswith("<!doctype html>")
    assert "Real names, modelled ties" in page


def test_an_invented_world_says_so():
    assert "invented" in exports.caveat(load_config("classroom"))
    assert "invented" in exports.scenario_toml(load_config("classroom"))


def test_a_run_that_nobody_waits_for_is_stopped():
    with pytest.raises(StoppedError, match="no longer asked for"):
        exports.whole(load_config("classroom"), 1, stop=lambda: True)


def test_titles_from_outside_stay_text(real):
    config = read_upload(b'title = "<script>alert(1)</script> \\"\\"\\" [[x]]"\n[horizon]\nyears = 1\n'
                         b'[world]\nstates = ["FRA", "DEU"]\n', "<b>.toml")
    results = exports.whole(config, 1)
    assert b"<script>alert" not in exports.report(results, config)
    assert b"<script>alert" not in exports.figure(results, config, "svg")
    assert parse_config(exports.scenario_toml(config)).title == config.title
    assert "/" not in exports.name_of(config, 1)

"""Small sweeps for tests: a tiny scenario, runs that cost nothing, and runs that kill their worker."""

import os
import signal

import numpy as np

from coopsim.config import Config
from coopsim.experiment import work
from coopsim.world.build import WorldSpec

TINY = Config(name="tiny", world=WorldSpec(synthetic=6, organisations=6), years=2).with_values({"preset": "core"})
PLAN = {"scenario": TINY, "indicators": ["density", "trust"]}


def fake_simulate(chunk, run):
    """Stand for a run: numbers that depend on everything they should, at no cost."""
    config = work.config_of(chunk, run)
    years = sorted(work.kept_years(chunk.years, config.start_year, config.start_year + config.years))
    key = repr((run.seed, sorted(run.values.items()))).encode()
    base = int.from_bytes(key[-8:].rjust(8, b"0"), "little") % 10_007
    return years, np.array([[base + year / 7 + k for k in range(len(chunk.indicators))] for year in years])


def deadly_chunk(chunk):
    """Do a chunk, but die over run 2 of point 1."""
    if any((run.scenario_id, run.replication_id) == (1, 2) for run in chunk.runs):
        os.kill(os.getpid(), signal.SIGKILL)
    return work.run_chunk(chunk)


def dies_once(chunk):
    """Do a chunk, but the first worker that meets run 2 of point 1 dies; FLAG names a file that remembers."""
    flag = os.environ["COOPSIM_TEST_FLAG"]
    if any((run.scenario_id, run.replication_id) == (1, 2) for run in chunk.runs) and not os.path.exists(flag):
        open(flag, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return work.run_chunk(chunk)

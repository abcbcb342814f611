"""The first run on a machine: several processes compile what every later run finds on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

from coopsim.experiment import compiling

LOOPS = """
import json, sys
from coopsim.experiment import compiling
import coopsim as cs

def loops(what):
    return {f"{m.__name__}.{name}" for m in compiling._modules() for name, loop in vars(m).items()
            if hasattr(loop, "py_func") and what(loop)}
"""
CALLED = """
for kind, name in compiling._pieces():
    compiling._call(kind, name)
before = loops(lambda loop: loop.signatures)
cs.run("baseline", years=2)
print(json.dumps([sorted(before), sorted(loops(lambda loop: loop.signatures) - before)]))
"""
MISSED = """
assert compiling.are_compiled()
cs.run("baseline", years=2)
print(json.dumps(sorted(loops(lambda loop: sum(loop.stats.cache_misses.values())))))
"""
LATER = ["coopsim.results.kernels.bits.pairs_in_common"]  # nobody has adopted a convention in the starting world


def said_by(script: str, **environment: str):
    """Return what a fresh process prints as JSON."""
    command = [sys.executable, "-c", LOOPS + script]
    printed = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True).stdout
    return json.loads(printed)


def test_the_pieces_call_every_loop_that_a_run_calls():
    called, missing = said_by(CALLED)
    assert len(called) > 70
    assert missing == LATER


def test_pieces_happen_in_any_order():
    for kind, name in reversed([*compiling._pieces()]):
        compiling._call(kind, name)


def test_compiled_loops_of_every_module_are_looked_for(monkeypatch):
    compiling._call("process", "sign agreements")
    monkeypatch.setattr(compiling, "LOOPS", ("coopsim.mechanisms.kernels",))
    loops = [*compiling._modules()]
    assert {"pairs", "movers", "trade"} <= {module.__name__.rpartition(".")[2] for module in loops}
    monkeypatch.setattr(compiling, "_modules", lambda: [m for m in loops if m.__name__.endswith(".pairs")])
    assert compiling.are_compiled()
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    assert not compiling.are_compiled()


def test_a_machine_that_forbids_processes_compiles_later(monkeypatch):
    def refuse(*_):
        raise BrokenExecutor

    monkeypatch.setattr(compiling.ProcessPoolExecutor, "submit", refuse)
    compiling.compile_all()


def test_a_mistake_in_a_piece_is_told(monkeypatch):
    monkeypatch.setattr(compiling, "_pieces", lambda: [("process", "no such process")])
    with pytest.raises(KeyError, match="no such process"):
        compiling.compile_all(processes=1)


@pytest.mark.science
def test_a_run_after_the_first_compiles_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    told = []
    compiling.compile_all(lambda done, total: told.append((done, total)), processes=2)
    assert told[-1] == (len(told), len(told))
    assert said_by(MISSED) == LATER

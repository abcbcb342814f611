"""One run, many runs."""

from coopsim.experiment.plan import Plan
from coopsim.experiment.run import run
from coopsim.experiment.scenarios import list_scenarios
from coopsim.experiment.sweep import SweepInterrupted, sweep
from coopsim.experiment.sweep_results import SweepResults
from coopsim.experiment.verify import verify

__all__ = ["Plan", "SweepInterrupted", "SweepResults", "list_scenarios", "run", "sweep", "verify"]

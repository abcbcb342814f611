"""One run, many runs."""

from coopsim.experiment.run import run
from coopsim.experiment.scenarios import list_scenarios

__all__ = ["list_scenarios", "run"]

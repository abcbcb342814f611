"""coopsim, the simulation laboratory of international cultural cooperation.

Names are imported when they are first used, so that ``import coopsim`` is instant.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopsim.analysis.compare import compare
    from coopsim.analysis.explain import explain
    from coopsim.analysis.history import history
    from coopsim.analysis.why_not import why_not
    from coopsim.config import Config, load_config, load_scenario
    from coopsim.errors import ConfigError, CoopsimError, DataError, ResultsError, SweepError
    from coopsim.experiment import Plan, SweepInterrupted, SweepResults, list_scenarios, run, sweep, verify
    from coopsim.model import CoopModel
    from coopsim.results import Record, Results

    __version__: str

_WHERE = {
    "Config": "coopsim.config",
    "ConfigError": "coopsim.errors",
    "CoopModel": "coopsim.model",
    "CoopsimError": "coopsim.errors",
    "DataError": "coopsim.errors",
    "Plan": "coopsim.experiment",
    "Record": "coopsim.results",
    "Results": "coopsim.results",
    "ResultsError": "coopsim.errors",
    "SweepError": "coopsim.errors",
    "SweepInterrupted": "coopsim.experiment",
    "SweepResults": "coopsim.experiment",
    "compare": "coopsim.analysis.compare",
    "explain": "coopsim.analysis.explain",
    "history": "coopsim.analysis.history",
    "list_scenarios": "coopsim.experiment",
    "load_config": "coopsim.config",
    "load_scenario": "coopsim.config",
    "run": "coopsim.experiment",
    "sweep": "coopsim.experiment",
    "verify": "coopsim.experiment",
    "why_not": "coopsim.analysis.why_not",
}

__all__ = [
    "Config",
    "ConfigError",
    "CoopModel",
    "CoopsimError",
    "DataError",
    "Plan",
    "Record",
    "Results",
    "ResultsError",
    "SweepError",
    "SweepInterrupted",
    "SweepResults",
    "compare",
    "explain",
    "history",
    "list_scenarios",
    "load_config",
    "load_scenario",
    "run",
    "sweep",
    "verify",
    "why_not",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("coopsim")
    if name not in _WHERE:
        raise AttributeError(f"module 'coopsim' has no attribute '{name}'")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, "__version__"])

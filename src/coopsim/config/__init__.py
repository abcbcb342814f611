"""Scenario files and what they may say.

Names are imported when they are first used, so that listing the scenarios is instant.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopsim.config.config import GROUPS, HORIZON, Config, resolve_parameter
    from coopsim.config.files import headings, scenario_files, theory_files
    from coopsim.config.load import config_from, load_config, parse_config
    from coopsim.config.origins import Setting, settings
    from coopsim.config.scenario import Check, Scenario, load_scenario
    from coopsim.config.vocabulary import parameter_table, schema

_WHERE = {
    "GROUPS": "config", "HORIZON": "config", "Config": "config", "resolve_parameter": "config",
    "headings": "files", "scenario_files": "files", "theory_files": "files",
    "config_from": "load", "load_config": "load", "parse_config": "load",
    "Setting": "origins", "settings": "origins",
    "Check": "scenario", "Scenario": "scenario", "load_scenario": "scenario",
    "parameter_table": "vocabulary", "schema": "vocabulary",
}

__all__ = [
    "GROUPS", "HORIZON", "Check", "Config", "Scenario", "Setting", "config_from", "headings", "load_config",
    "load_scenario", "parameter_table", "parse_config", "resolve_parameter", "scenario_files", "schema", "settings",
    "theory_files",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'coopsim.config' has no attribute '{name}'")
    return getattr(import_module(f"coopsim.config.{_WHERE[name]}"), name)

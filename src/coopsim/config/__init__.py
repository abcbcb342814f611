"""Scenario files and what they may say."""

from coopsim.config.config import GROUPS, HORIZON, Config, resolve_parameter
from coopsim.config.load import config_from, load_config, parse_config, scenario_files

__all__ = [
    "GROUPS", "HORIZON", "Config", "config_from", "load_config", "parse_config", "resolve_parameter",
    "scenario_files",
]

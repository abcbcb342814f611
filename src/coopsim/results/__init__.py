"""What a run leaves behind: indicators, tables, files."""

from coopsim.results.indicators import INDICATORS, Indicator
from coopsim.results.record import Record
from coopsim.results.recorder import Recorder
from coopsim.results.results import TABLES, Results

__all__ = ["INDICATORS", "TABLES", "Indicator", "Record", "Recorder", "Results"]

"""One page of HTML about a stored run or sweep."""

from coopsim.report.write import write_report

__all__ = ["write_report"]

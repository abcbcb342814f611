"""From results to insight."""

from coopsim.analysis.explain import Explanation, explain
from coopsim.analysis.summary import busiest_pairs, headlines, most_active_states, summary

__all__ = ["Explanation", "busiest_pairs", "explain", "headlines", "most_active_states", "summary"]

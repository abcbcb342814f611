"""Stylised facts: what was observed, what the model gives, and whether the two agree."""

from coopsim.validation.catalogue import FACTS, UNMEASURED
from coopsim.validation.fact import Fact, Judgement, Unmeasured
from coopsim.validation.validate import Validation, validate

__all__ = ["FACTS", "UNMEASURED", "Fact", "Judgement", "Unmeasured", "Validation", "validate"]

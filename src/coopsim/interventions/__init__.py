"""Dated changes from outside the model: what a scenario's `[[interventions]]` may say."""

from coopsim.interventions.intervention import Intervention, Rules, states_named, worth_telling
from coopsim.interventions.kinds import KINDS
from coopsim.interventions.places import Places

__all__ = ["KINDS", "Intervention", "Places", "Rules", "states_named", "worth_telling"]

"""The fixed vocabulary of cultural cooperation: activities, capacities, kinds of organisation, topics.

The activity mixes and effects are assumptions whose order follows what treaty texts mention (MODEL M7);
they are tables to edit, not parameters.
"""

from __future__ import annotations

import numpy as np

ACTIVITIES = ("mobility", "events", "assistance", "education", "negotiation")
MOBILITY, EVENTS, ASSISTANCE, EDUCATION, NEGOTIATION = range(5)

FIELDS = ("heritage", "industries", "rights")
HERITAGE, INDUSTRIES, RIGHTS = range(3)

KINDS = ("ministry", "agency", "foundation", "education", "cultural", "ngo", "association")
MINISTRY, AGENCY, FOUNDATION, EDUCATIONAL, CULTURAL, NGO, ASSOCIATION = range(7)

FORMS = ("bilateral", "multilateral", "convention")
BILATERAL, MULTILATERAL, CONVENTION = range(3)

# What a treaty is about. "culture" is the general cultural agreement; the next five are the other topics that
# cooperation spills over into; the last four are those of conventions.
TOPICS = (
    "culture",
    "trade",
    "science",
    "environment",
    "security",
    "mobility",
    "heritage",
    "traffic",
    "diversity",
    "rights",
)
CULTURE = 0
OTHER_TOPICS = TOPICS[1:6]

# Field of capacity that an international organisation's programme on a topic builds; other topics build all.
FIELD_OF_TOPIC = {"heritage": HERITAGE, "traffic": HERITAGE, "trade": INDUSTRIES, "arts": INDUSTRIES, "rights": RIGHTS}

END_REASONS = ("", "lapsed", "suspended")
IN_FORCE, LAPSED, SUSPENDED = range(3)

# Kinds of event in the log of a world, and what happened.
EVENT_KINDS = {
    "intervention": "a change that the scenario makes takes effect, or ends",
    "dispute": "two states have a conflict incident",
    "conference": "a convention or declaration is opened for signature",
    "entry into force": "a convention has the parties that it needs",
    "accession": "a state joins an organisation of states",
    "withdrawal": "a state leaves an organisation of states, or a convention",
    "founding": "an intervention founds an organisation; in a world of the past, states found one",
    "merger": "an organisation becomes part of another",
    "claim": "a state claims works of art that another holds",
    "claim settled": "works of art are returned",
    "entry": "in a world of the past, a state becomes independent",
    "warning": "the parameters make exits explosive",
}

# Share of spending by activity (columns: ACTIVITIES), per kind of organisation; each row sums to one.
MIX = np.array(
    [
        [0.25, 0.35, 0.15, 0.15, 0.10],  # ministry
        [0.25, 0.25, 0.15, 0.35, 0.00],  # agency
        [0.40, 0.20, 0.25, 0.15, 0.00],  # foundation
        [0.60, 0.05, 0.05, 0.30, 0.00],  # education
        [0.20, 0.70, 0.10, 0.00, 0.00],  # cultural
        [0.10, 0.15, 0.60, 0.15, 0.00],  # ngo
        [0.25, 0.45, 0.10, 0.20, 0.00],  # association
    ]
)
INTERNATIONAL_MIX = np.array([0.10, 0.15, 0.45, 0.20, 0.10])

# Weight of a dose of each activity in the signals that raise trust and understanding.
TRUST_EFFECT = np.array([0.50, 0.25, 0.40, 0.30, 0.20])
UNDERSTANDING_EFFECT = np.array([0.60, 0.50, 0.15, 0.50, 0.05])

"""Projects of organisations: who works with whom, where, on what, until when."""

from __future__ import annotations

import numpy as np

from coopsim.world.growing import Growing

MOST_EXTRA_STATES = 4

PROJECT = np.dtype(
    [
        ("organisation", "i4"),
        ("partner", "i4"),  # partner organisation, -1 if the state has none that fits
        ("state", "i4"),  # partner state
        ("extra", "i4", (MOST_EXTRA_STATES,)),  # further states of a multi-party project, -1 if unused
        ("activity", "i1"),
        ("start", "i4"),
        ("end", "i4"),  # last year
    ]
)


class Projects(Growing):
    """The projects under way; those that end are dropped."""

    def __init__(self) -> None:
        super().__init__(PROJECT)

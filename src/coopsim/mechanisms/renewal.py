r"""M3 The life of agreements: renewal every term, lapse without trust, suspension after an incident.

.. math::

   P(\text{lapse} \mid \text{due}) = q_0\left(1-\sqrt{T_{ij}T_{ji}}\right)^2 \qquad
   P(\text{suspend} \mid \text{incident}) = q_c

An agreement falls due every `term` years after signature and is then renewed or lapses; a pair whose agreement
ends cannot sign a new one in the same year.
Source: MODEL M3; 75 % of stated treaty terms are five years (MODEL 2.2).
Reads: dyads.trust, incident; the calendar. Writes: the ledger, the calendar and dyads.agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import BILATERAL, CULTURE, SUSPENDED
from coopsim.world.agreements import NEVER
from coopsim.world.world import World


@dataclass(frozen=True, slots=True)
class RenewalParams(Params):
    """Parameters of M3."""

    group: ClassVar[str] = "renewal"

    term: int = param(
        5, unit="yr", bounds=(1, 50), plausible=(2, 10), symbol="term", evidence="measured",
        meaning="years until an agreement must be renewed", source="MODEL 2.2: 187 of 249 stated terms",
    )
    lapse: float = param(
        0.18, unit="1", bounds=(0, 1), plausible=(0.02, 0.5), symbol="q0", evidence="assumed",
        meaning="chance that an agreement lapses when due and trust is nil", source="MODEL M3",
    )
    suspension: float = param(
        0.5, unit="1", bounds=(0, 1), plausible=(0.1, 1), symbol="q_c", evidence="assumed",
        meaning="chance that an incident suspends the agreement", source="MODEL M3",
    )


def start(world: World, p: RenewalParams, rng: Stream) -> Counters:
    """Enter the bilateral cultural agreements in force into the calendar."""
    rows = world.agreements.rows
    live = np.flatnonzero((rows["ended"] == NEVER) & (rows["form"] == BILATERAL) & (rows["topic"] == CULTURE))
    since = (world.year - rows["signed"][live]) % p.term
    due = world.year + p.term - since
    for year in np.unique(due):
        world.remind(int(year), live[due == year])
    return {}


def review(world: World, p: RenewalParams, rng: Stream) -> Counters:
    """Renew agreements that fall due, or let them lapse; enter this year's signatures into the calendar."""
    next_due, renewed, lapsed = kernels.pairs.review(
        rng.key("lapse"), world.take_due(), world.agreements.rows, world.agreements.known, world.year,
        world.dyads.trust, p.lapse, world.dyads.agreement,
    )
    world.remind(world.year + p.term, next_due)
    return {"renewed": renewed, "lapsed": lapsed}


def suspend(world: World, p: RenewalParams, rng: Stream) -> Counters:
    """Suspend agreements of pairs that had an incident this year."""
    incident = world.dyads.incident
    if not world.derived("incidents", (incident,), lambda: bool(incident.any()), ("dyads.incident",)):
        world.derived.rest_on("dyads.incident")
        return {"suspended": 0}
    a, b = kernels.clashes.clashing(incident)
    agreements = world.dyads.agreement[a, b]
    suspended = (agreements != NEVER) & (rng.uniform_at("suspend", a * world.size + b) < p.suspension)
    world.terminate(agreements[suspended], SUSPENDED)
    return {"suspended": int(np.count_nonzero(suspended))}


RENEWAL = Mechanism(
    "renewal", "M3", "The life of agreements", RenewalParams, writes=("dyads.agreement",), start=start
)
REVIEW = Process("review agreements", RENEWAL, review)
SUSPEND = Process("suspend agreements", RENEWAL, suspend)
PROCESSES = (REVIEW, SUSPEND)

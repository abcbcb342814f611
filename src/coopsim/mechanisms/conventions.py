r"""M17 Norms: conventions and declarations spread from own interest, peers and a tipping point.

.. math::

   h_{ih} = p_{mult}\,p_h\,2\,own_{ih} + q_{mult}\,q_h\,peer_{ih}\,(boost \text{ if } share_h \ge tip) \qquad
   peer_{ih} = \frac{\sum_j w_{ij}n_{jh}}{\sum_j w_{ij}}, \quad w = G+comem+.5

   comp \leftarrow comp+.1\,n\,(target-comp)

own: the capacity that the norm is about (heritage, industries or rights). A member of the universal organisation that
does not resist adopts with hazard h; resistant states never do. `threshold` mode instead: adopt as soon as
.2 own + peer reaches the state's own threshold (Granovetter 1978). Declarations are adopted by all members at opening
and complied with at a third of the pace. Compliance raises own investment in the field (M10).
Ours, assumed: an adopter makes a reservation with probability `reservation` (1 - own), which halves its target of
compliance; an adopter withdraws at the rate `withdrawal` (1 - compliance).
Off: nothing is open for signature.
Source: MODEL M17; Bass fits of the 1972 and 2005 conventions; Finnemore and Sikkink 1998 on tipping.
Reads: states.capacity; dyads.agreement, comembership; international.members. Writes: world.norms;
states.compliance; the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import MOST_CERTAIN, Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import FIELDS, HERITAGE, INDUSTRIES, RIGHTS
from coopsim.world.column import Bools, Floats
from coopsim.world.norms import Norm
from coopsim.world.world import World

Rows = NDArray[np.int64]

FIELD_OF = {"heritage": HERITAGE, "traffic": HERITAGE, "diversity": INDUSTRIES, "rights": RIGHTS}
# name, kind, topic, p, q, resistance, ratifications for entry into force: types of real instruments, opened at the
# start so that adoption can be watched from nothing (Bass fits, MODEL M17).
TYPES = (
    ("heritage convention (1972 type)", "convention", "heritage", 0.024, 0.070, 0.00, 20),
    ("traffic convention (1970 type)", "convention", "traffic", 0.012, 0.050, 0.15, 3),
    ("diversity convention (2005 type)", "convention", "diversity", 0.240, 0.060, 0.20, 30),
    ("declaration of cultural rights", "declaration", "rights", 0.0, 0.0, 0.0, 1),
)
COMPLIANCE_PACE = 0.1
BACKGROUND_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class ConventionParams(Params):
    """Parameters of M17."""

    group: ClassVar[str] = "conventions"

    innovation: float = param(
        1.2, unit="1", bounds=(0, 20), plausible=(0.3, 3), symbol="p_norm", evidence="measured",
        meaning="factor on adoption from own interest", source="calibrated, see docs/calibration.md",
    )
    imitation: float = param(
        1.2, unit="1", bounds=(0, 20), plausible=(0.3, 3), symbol="q_norm", evidence="measured",
        meaning="factor on adoption from peers", source="calibrated, see docs/calibration.md",
    )
    tipping: float = param(
        0.33, unit="1", bounds=(0, 1), plausible=(0.2, 0.6), symbol="tip", evidence="theory",
        meaning="share of adopters at which a norm cascades", source="Finnemore and Sikkink 1998 (recalled)",
    )
    cascade: float = param(
        1.5, unit="1", bounds=(0, 20), plausible=(1, 4), symbol="boost", evidence="assumed",
        meaning="factor on imitation after tipping", source="MODEL M17",
    )
    mode: str = param(
        "hazard", unit="1", choices=("hazard", "threshold"), evidence="theory",
        meaning="adoption by chance (Bass) or by personal thresholds (Granovetter)", source="MODEL M17",
    )
    reservation: float = param(
        0.15, unit="1", bounds=(0, 1), plausible=(0, 0.4), symbol="reservation", evidence="assumed",
        meaning="chance of a reservation by an adopter without capacity in the field", source="ours",
    )
    withdrawal: float = param(
        5e-4, unit="1/yr", bounds=(0, 1), plausible=(0, 0.005), symbol="withdrawal", evidence="assumed",
        meaning="rate at which adopters who do not comply withdraw", source="ours; denunciations are rare",
    )


def start(world: World, p: ConventionParams, rng: Stream) -> Counters:
    """Open the usual instruments for signature."""
    for name, kind, topic, innovation, imitation, resistance, needed in TYPES:
        norm = world.propose_norm(
            name=name, kind=kind, topic=topic, innovation=innovation, imitation=imitation, resistance=resistance,
            entry_into_force=min(needed, max(world.size // 3, 1)),
        )
        world.open_norm(norm)
    return {}


def members(world: World) -> Bools:
    """Return who may adopt, shape (S,): members of the universal organisation, everybody if there is none."""
    universal = world.international.universal
    return world.international.members[universal] if universal >= 0 else np.ones(world.size, dtype=bool)


def adopt(world: World, p: ConventionParams, rng: Stream) -> Counters:
    """Let states adopt, comply and withdraw."""
    norms = [norm for norm in world.norms.items if norm.agreement >= 0]
    signing = [norm for norm in norms if not norm.prepared]
    for norm in signing:
        _prepare(world, norm, rng)
    free, peers = np.zeros((len(norms), world.size), dtype=bool), np.zeros((len(norms), world.size))
    if norms:
        kernels.norms.peers(
            world.dyads.agreement, world.dyads.comembership, BACKGROUND_WEIGHT, members(world),
            np.array([norm.adopted for norm in norms]), np.array([norm.resistant for norm in norms]), free, peers,
        )
    lasting = [norm.name for norm in norms if norm.kind != "declaration"]
    luck = rng.uniforms([f"{move} {name}" for name in lasting for move in ("adopt", "withdraw")], world.size)
    adopted = withdrawn = 0
    for norm, waiting, peer in zip(norms, free, peers, strict=True):
        if norm in signing:
            pioneers = np.array(norm.pioneers, dtype=np.int64)
            _ratify(world, p, norm, pioneers, np.zeros((len(pioneers), 3)), rng)
            adopted += len(pioneers)
            waiting[pioneers] = False
        joining, why = _joiners(world, p, norm, waiting, peer, luck)
        adopted += len(joining)
        _ratify(world, p, norm, joining, why, rng)
        withdrawn += _comply_and_withdraw(world, p, norm, luck)
    _sum_compliance(world)
    return {"adoptions": adopted, "withdrawals from conventions": withdrawn}


def _prepare(world: World, norm: Norm, rng: Stream) -> None:
    """Decide once who resists and at which share of peers each state would follow."""
    norm.prepared = True
    norm.resistant = rng.uniform(f"resist {norm.name}", world.size) < norm.resistance
    norm.resistant[list(norm.pioneers)] = False
    norm.tolerance = np.clip(0.35 + 0.15 * rng.normal(f"threshold {norm.name}", world.size), 0, 1)


def _joiners(
    world: World, p: ConventionParams, norm: Norm, waiting: Bools, peer: Floats, luck: Mapping[str, Floats]
) -> tuple[Rows, Floats]:
    """Return who of the waiting adopts this year, and what made up their hazard, shape (n, 3)."""
    if norm.kind == "declaration" or not np.count_nonzero(waiting):
        rows = np.flatnonzero(waiting)
        return rows, np.zeros((len(rows), 3))
    rows, why = kernels.norms.join(
        waiting, world.states.capacity[:, FIELD_OF[norm.topic]], peer, p.innovation * norm.innovation * 2,
        p.imitation * norm.imitation, p.cascade - 1 if norm.share >= p.tipping else 0.0, p.mode == "threshold",
        norm.tolerance, luck[f"adopt {norm.name}"], MOST_CERTAIN,
    )
    return rows, why


def _ratify(world: World, p: ConventionParams, norm: Norm, joining: Rows, why: Floats, rng: Stream) -> None:
    if len(joining):
        own = world.states.capacity[joining, FIELD_OF[norm.topic]]
        reserved = rng.uniform_at(f"reserve {norm.name}", joining) < p.reservation * (1 - own)
        norm.adopted[joining] = True
        norm.reserved[joining] = reserved
        world.agreements.join(norm.agreement, joining, world.year, reservation=reserved, why=why)
    pending = world.agreements.rows["in_force"][norm.agreement] < 0
    if pending and np.count_nonzero(norm.adopted) >= norm.entry_into_force:
        world.agreements.enact(norm.agreement, world.year)
        world.log("entry into force", norm.name, f"with {np.count_nonzero(norm.adopted)} parties")


def _comply_and_withdraw(world: World, p: ConventionParams, norm: Norm, luck: Mapping[str, Floats]) -> int:
    declared = norm.kind == "declaration"
    kernels.norms.comply(norm.adopted, norm.reserved, COMPLIANCE_PACE / (3 if declared else 1), norm.compliance)
    if declared or p.withdrawal == 0:
        return 0
    rows = kernels.norms.withdraw(
        norm.adopted, norm.compliance, p.withdrawal, luck[f"withdraw {norm.name}"], MOST_CERTAIN
    )
    if not len(rows):
        return 0
    norm.adopted[rows] = False
    norm.reserved[rows] = False
    norm.compliance[rows] = 0.0
    world.agreements.leave(norm.agreement, rows, world.year)
    for row in rows:
        world.log("withdrawal", str(world.states.iso3[row]), f"withdraws from the {norm.name}")
    return len(rows)


def _sum_compliance(world: World) -> None:
    """Take as a field's compliance that with its most complied-with norm."""
    compliance = np.zeros((world.size, len(FIELDS)))
    for norm in world.norms.items:
        field = FIELD_OF[norm.topic]
        compliance[:, field] = np.maximum(compliance[:, field], norm.compliance)
    world.states.compliance = compliance


CONVENTIONS = Mechanism(
    "conventions", "M17", "Conventions and declarations", ConventionParams, writes=("states.compliance",), start=start
)
PROCESSES = (Process("adopt conventions", CONVENTIONS, adopt),)

r"""M16 Multilateral cooperation: organisations of states, their money, what they build, who leaves and returns.

.. math::

   io_i = io_{eff}\sum_r .45\cdot.5\,budget_r\frac{need_i}{\sum_{k\in r}need_k}\Big/\kappa P_i^\eta \qquad
   comem_{ij} = \max_r 1_r(i)1_r(j)\left(.5+.5\,\mathrm{sat}\frac{budget_r}{50n_r}\right)

   J_{ij} \leftarrow .98\left[J_{ij}+.03\,\mathrm{sat}\frac{budget_r}{50n_r}(1-J_{ij})\right]

   P(\text{exit}) = 1-\exp\!\left(-e_{exit}e^{1.2|\theta_i-\mathrm{med}\,\theta|}
                    (1+e_{cont}\textstyle\sum_k I_{ik}pol_{ik}rec_k)\right)
   \qquad rec \leftarrow .5\,rec+exits

Half of a state's dues go to the universal organisation, half equally to its other ones; what it has no organisation
for is carried over. Assistance goes by need; programmes on a topic (heritage, traffic, trade, rights) build its field
of capacity (ours; MODEL row 32 asks for topics). Co-membership and joint commonality come from regional, language and
religious organisations only; communities of language and religion build at twice the pace. Exits from the universal
organisation set an example to those who share interests and politics; e_back of the absent return each year. Exits
must not spread explosively: the expected number of followers of an exit (R0) has to stay below one, and the log warns
if it does not.
Order (ours): exits come before the year's attitudes, so that members' trust reacts in the same year.
Off: memberships are fixed and without effect.
Source: MODEL M16; withdrawals 1984-2025; Deutsch on security communities.
Reads: states.dues, need, dose_cost, ideal_point; dyads.interest, affinity; international.*. Writes:
international.budget, members; dyads.comembership, joint; states.assistance_received, assistance_fields, exited,
recent_exit; the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import EPSILON, MOST_CERTAIN, Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import ASSISTANCE, INTERNATIONAL_MIX
from coopsim.world.column import Floats
from coopsim.world.organisations import IO_KINDS
from coopsim.world.world import World

DELIVERED = 0.5  # share of a programme's money that reaches members
RICH = 50.0  # million $ a member at which an organisation's effect reaches 1 - 1/e
JOINT_PACE, JOINT_DECAY = 0.03, 0.02
PACES = {"universal": 0.0, "regional": 1.0, "language": 2.0, "religion": 2.0}  # the universal one is no community
COMMUNITY_PACE = np.array([PACES[kind] for kind in IO_KINDS])
DISSENT = 1.2
LASTING = 2  # years' worth of an exit's example, which halves each year


@dataclass(frozen=True, slots=True)
class MultilateralParams(Params):
    """Parameters of M16."""

    group: ClassVar[str] = "multilateral"

    effect: float = param(
        1.0, unit="1", bounds=(0, 20), plausible=(0, 3), symbol="io_eff", evidence="assumed",
        meaning="effect of a dollar of international assistance compared with a bilateral one",
        source="MODEL M16",
    )
    exit_rate: float = param(
        2.5e-4, unit="1/yr", bounds=(0, 0.1), plausible=(0, 1e-3), symbol="e_exit", evidence="measured",
        meaning="rate at which a state in the political centre leaves the universal organisation",
        source="MODEL 2.1: a handful of withdrawals in seventy years; 4e-4 in MODEL, whose ideal points spread less",
    )
    contagion: float = param(
        3.0, unit="1", bounds=(0, 20), plausible=(0, 6), symbol="e_cont", evidence="measured",
        meaning="how strongly an exit is followed by those with shared interests and politics",
        source="MODEL 2.1: one or two followers",
    )
    return_rate: float = param(
        0.08, unit="1/yr", bounds=(0, 1), plausible=(0.02, 0.2), symbol="e_back", evidence="measured",
        meaning="rate at which the absent return", source="MODEL 2.1: absences of 5 to 19 years",
    )


def fund(world: World) -> float:
    """Split this year's dues over the organisations; return what is carried over, million $."""
    international = world.international
    return float(kernels.bodies.collect(
        international.members, international.universal, world.states.dues, international.grant, international.budget
    ))


def assist(world: World, p: MultilateralParams, rng: Stream) -> Counters:
    """Fund the organisations, assist by need, bring members together."""
    states, international = world.states, world.international
    carried = fund(world)
    kernels.bodies.deliver(
        international.members, states.need, INTERNATIONAL_MIX[ASSISTANCE] * DELIVERED * international.budget,
        international.fields, p.effect, states.dose_cost, EPSILON, states.assistance_received, states.assistance_fields,
    )
    _meet(world, builds=True)
    return {"international budget": float(international.budget.sum()), "dues carried over": carried}


def _meet(world: World, *, builds: bool) -> None:
    """Set the weight of the strongest common community of each pair, and let it build commonality."""
    international, dyads = world.international, world.dyads
    kernels.bodies.communities(
        international.members, international.budget, RICH, JOINT_PACE * COMMUNITY_PACE[international.kind], JOINT_DECAY,
        dyads.comembership, dyads.joint, builds,
    )


def start(world: World, p: MultilateralParams, rng: Stream) -> Counters:
    """Let the communities that exist count from the first year."""
    fund(world)
    _meet(world, builds=False)
    return {}


def attend(world: World, p: MultilateralParams, rng: Stream) -> Counters:
    """Let members of the universal organisation leave, and absent states return."""
    states, dyads, universal = world.states, world.dyads, world.international.universal
    if universal < 0:
        return {}
    member, eligible = world.international.members[universal], world.reference.universal_members
    base = world.derived("exit rates", (p, states.ideal_point), lambda: _exit_rates(world, p))
    given = (p, base, dyads.interest, dyads.affinity)
    world.derived("followers", given, lambda: _warn_if_explosive(world, base, p))
    luck = rng.uniforms(("exit", "return"), world.size)
    leaving, returning = kernels.states.leave_and_return(
        member, eligible, states.exited, base, p.contagion, dyads.interest, dyads.affinity, states.recent_exit, EPSILON,
        MOST_CERTAIN, p.return_rate, luck["exit"], luck["return"],
    )
    for move, who in ((world.leave, leaving), (world.join, returning)):
        if len(who):
            move(universal, who)
    states.recent_exit = 0.5 * states.recent_exit + states.exited
    return {"exits": int(np.count_nonzero(states.exited)), "returns": len(returning),
            "absent": int(np.count_nonzero(eligible & ~member))}


def _exit_rates(world: World, p: MultilateralParams) -> Floats:
    """Return the yearly hazard of an exit without an example, shape (S,)."""
    theta = world.states.ideal_point
    return p.exit_rate * np.exp(np.clip(DISSENT * np.abs(theta - np.median(theta)), 0, 6))


def _warn_if_explosive(world: World, base: Floats, p: MultilateralParams) -> None:
    """Log a warning, once, if an exit is expected to be followed by more than one."""
    if LASTING * p.contagion * base.sum() < 1:  # the most that there are where interests and politics are the same
        return
    followers = LASTING * p.contagion * kernels.bodies.followers(base, world.dyads.interest, world.dyads.affinity)
    if followers >= 1 and not any(event.kind == "warning" for event in world.events):
        world.log("warning", "all", f"contagion of exits is explosive: {followers:.1f} followers per exit (R0 >= 1)")


MULTILATERAL = Mechanism(
    "multilateral", "M16", "Multilateral cooperation", MultilateralParams,
    writes=("international.budget", "international.members", "dyads.comembership", "dyads.joint",
            "states.assistance_received", "states.assistance_fields", "states.exited", "states.recent_exit"),
    start=start,
)
ASSIST = Process("international organisations assist", MULTILATERAL, assist)
ATTEND = Process("members leave and return", MULTILATERAL, attend)
PROCESSES = (ASSIST, ATTEND)

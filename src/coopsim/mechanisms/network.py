r"""M4 Network and activism: existing ties pull new ones; states run campaigns.

.. math::

   net_{ij} = \beta_{pa}\left[\ln(1+d_i)+\ln(1+d_j)-2\ln(1+\bar d)\right]
            + \beta_{tri}\frac{(GG)_{ij}}{\min(d_i,d_j)+1}

   \zeta_i \leftarrow .5\,\zeta_i + \sqrt{.75}\,s_{camp}(\sqrt{.7}\,\epsilon_i+\sqrt{.3}\,\epsilon),
   \qquad \tilde\alpha_i = \alpha_i e^{\zeta_i - s_{camp}^2/2}

d: number of partners. alpha: lasting activism. zeta: campaign, an AR(1) whose shocks are partly common to all
states (without the common part yearly signatures are not as bursty as observed).
Off: net = 0 and every state is equally active.
Source: MODEL M4; Kinne 2013 on partners and shared partners, MODEL 2.2 on their size for cultural treaties.
Reads: dyads.agreement, states.activism. Writes: states.pull (the part of one side in the first term), partners (of
which (GG) are the common ones), shared_pull (beta_tri/(d+1)), campaign, activity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.world import World

CAMPAIGN_MEMORY = 0.5  # a campaign's half-life is a year
COMMON_SHARE = 0.3  # of the variance of campaign shocks
LOWEST, HIGHEST = -10.0, 6.0  # a campaign's effect on the logarithm of activity


@dataclass(frozen=True, slots=True)
class NetworkParams(Params):
    """Parameters of M4."""

    group: ClassVar[str] = "network"

    popularity: float = param(
        0.45, unit="1", bounds=(-2, 2), plausible=(0, 0.9), symbol="beta_pa", evidence="measured",
        meaning="pull of a state's existing partners (cumulative advantage)",
        source="MODEL 2.2: +0 to +.9; not separable from initial.activism_spread",
    )
    closure: float = param(
        0.3, unit="1", bounds=(-2, 4), plausible=(-0.2, 1), symbol="beta_tri", evidence="measured",
        meaning="pull of shared partners (transitivity)", source="MODEL 2.2: -.1 to +.27 for cultural treaties",
    )
    campaign_spread: float = param(
        0.3, unit="1", bounds=(0, 2), plausible=(0, 1.2), symbol="s_camp", evidence="measured",
        meaning="strength of campaigns: standard deviation of log activity over years",
        source="MODEL 2.2: variance/mean of yearly signatures 2.3-2.8; .45 in MODEL, whose activism is less unequal",
    )


def campaign(world: World, p: NetworkParams, rng: Stream) -> Counters:
    """Draw this year's campaigns and look at the network as it stands."""
    states = world.states
    kernels.pairs.campaign(
        rng.keys("own campaign", "common wave"), CAMPAIGN_MEMORY, COMMON_SHARE, p.campaign_spread, LOWEST, HIGHEST,
        states.activism, states.campaign, states.activity,
        world.dyads.agreement, p.popularity, p.closure, states.partners, states.pull, states.shared_pull,
    )
    return {}


NETWORK = Mechanism(
    "network", "M4", "Network and activism", NetworkParams,
    writes=("states.campaign", "states.activity", "states.pull", "states.partners", "states.shared_pull"),
)
PROCESSES = (Process("campaigns", NETWORK, campaign),)

r"""M9 Mobility: students, scholars and artists go abroad; some stay, some return, the diaspora circulates.

.. math::

   O_i = o_0 P_i 10^6 (.35+.65W_i)(1.3-\bar K_i) \qquad
   F_{c,ij} \sim \mathrm{Poisson}\!\left(s_c O_i\,\mathrm{softmax}_j\,u_{c,ij}\right)

   u_{ij} = .55\ln Y_j+6y_j+b_{lang}CSL_{ij}-.6\ln\frac{\max(d_{ij},200)}{1000}
            +b_{net}\ln(1+stock_{ij}/1000)+\mathrm{sat}(offer_{ji})+.5\,comem_{ij}

   stay_{ij} = \mathrm{clip}(stay(1+y_j-y_i),.05,.80) \qquad
   dias \leftarrow dias + stay\,F - circ\,dias \qquad stock \leftarrow .75\,stock + F_{students}

   contact_{ij} = \mathrm{sat}\frac{1000(F(1-stay)+circ\,dias)_{ij}}{P_i 10^6} \qquad
   host_{ij} = \mathrm{sat}\frac{1000\,stock_{ji}}{P_i 10^6}

c: students (s = 1), scholars (.15), artists (.05). offer_ji = .85 D_1,ji + .25 D_1,ij: scholarships and exchanges
that j offers, exchanges being reciprocal. For artists 4 K_j,industries replaces .55 ln Y + 6 y, the perceived
commonality and residences (.75 D_1,ji) count, and the artist's own embassy in the host state adds .5: it supports the
local organisation's invitation. Everybody leaves somewhere: F sums to departures, stayers plus returnees to F.
Off: nobody moves; contact is nil.
Source: MODEL M9; UIS stocks, OECD retention; network effect Beine et al. 2014.
Reads: states.population, gdp, income, capacity, knowledge; dyads.distance, language_overlap, dose, comembership,
perceived, missions. Writes: dyads.flows, stock, diaspora, contact, host_contact; states.departures, stayers,
returnees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from coopsim.mechanisms import kernels
from coopsim.mechanisms.mechanism import Counters, Mechanism, Process, saturate
from coopsim.param import Params, param
from coopsim.rng import Stream
from coopsim.world.activities import INDUSTRIES, MOBILITY
from coopsim.world.column import Floats
from coopsim.world.world import World

CATEGORY_SHARE = np.array([1.0, 0.15, 0.05])  # students, scholars, artists
DISTANCE, NEAR = 0.6, 200.0  # per ln km; closer than 200 km is no closer
STOCK_KEPT = 0.75  # students stay enrolled for about four years
SCHOLARSHIPS_AND_EXCHANGES, RECIPROCAL_EXCHANGES, RESIDENCES = 0.85, 0.25, 0.75
MISSION_FOR_ARTISTS = 0.5
ROUNDS = 20  # by then the starting stock no longer changes
FIRST_DIASPORA_YEARS = 15.0  # the starting diaspora, in years of today's stayers (assumed)


@dataclass(frozen=True, slots=True)
class MobilityParams(Params):
    """Parameters of M9."""

    group: ClassVar[str] = "mobility"

    rate: float = param(
        3.5e-4, unit="1/yr", bounds=(0, 0.01), plausible=(1.75e-4, 5.25e-4), symbol="o0", evidence="measured",
        meaning="students leaving per head of population, before education and capacity at home",
        source="MODEL 7: 6.4 million mobile students (UIS 2021)",
    )
    language: float = param(
        2.0, unit="1", bounds=(0, 10), plausible=(0, 3), symbol="b_lang", evidence="measured",
        meaning="pull of a common language on the choice of a host", source="EVIDENCE: flows 2022, +1.31",
    )
    network: float = param(
        0.25, unit="1", bounds=(0, 0.95), plausible=(0, 0.8), symbol="b_net", evidence="measured",
        meaning="pull of compatriots already there", source="Beine, Noel and Ragot 2014 (significant)",
    )
    stay: float = param(
        0.35, unit="1", bounds=(0, 1), plausible=(0.1, 0.6), symbol="stay", evidence="measured",
        meaning="share that stays for good between equally rich states", source="MODEL 7: OECD retention .11-.64",
    )
    circulation: float = param(
        0.03, unit="1/yr", bounds=(0, 1), plausible=(0.01, 0.06), symbol="circ", evidence="assumed",
        meaning="share of the diaspora that returns or visits to work each year", source="MODEL M9",
    )


def departures(world: World, p: MobilityParams) -> Floats:
    """Return how many students set out, shape (S,), in persons."""
    states = world.states
    people = p.rate * states.population * 1e6
    return np.asarray(people * (0.35 + 0.65 * states.knowledge) * (1.3 - states.mean_capacity))


def pulls(world: World, p: MobilityParams) -> tuple[object, ...]:
    """Return what draws students and artists to hosts, in the order in which the compiled loops take it."""
    states, dyads = world.states, world.dyads
    distance_cost = world.derived(
        "distance cost", (dyads.distance,), lambda: DISTANCE * np.log(np.maximum(dyads.distance, NEAR) / 1000)
    )
    study, art = 0.55 * np.log(states.gdp) + 6 * states.income, 4 * states.capacity[:, INDUSTRIES]
    return (
        dyads.language_overlap, distance_cost, dyads.stock, dyads.comembership, dyads.dose[MOBILITY], dyads.perceived,
        dyads.missions, np.exp(study - study.max()), np.exp(art - art.max()), p.language, p.network,
        SCHOLARSHIPS_AND_EXCHANGES, RECIPROCAL_EXCHANGES, RESIDENCES, MISSION_FOR_ARTISTS,
    )


def choices(world: World, p: MobilityParams) -> tuple[Floats, Floats]:
    """Return where people of each state go, shape (S, S), rows summing to one: students and scholars; artists."""
    study, art = np.empty_like(world.dyads.stock), np.empty_like(world.dyads.stock)
    kernels.movers.host_choices(*(*pulls(world, p), study, art))
    return study, art


def stay_share(world: World, p: MobilityParams) -> Floats:
    """Return the share of people of row in column who stay there, shape (S, S)."""
    income = world.states.income
    share = np.clip(p.stay * (1 + income[None, :] - income[:, None]), 0.05, 0.80)
    return np.asarray(np.where(p.stay > 0, share, 0.0))


def start(world: World, p: MobilityParams, rng: Stream) -> Counters:
    """Fill stock and diaspora as if today's flows had gone on for long."""
    dyads = world.dyads
    leaving, study = departures(world, p), np.empty_like(dyads.stock)
    kernels.movers.long_settled(*(*pulls(world, p), ROUNDS, leaving, STOCK_KEPT, study))
    dyads.diaspora = FIRST_DIASPORA_YEARS * stay_share(world, p) * leaving[:, None] * study
    per_head = 1000 / (world.states.population * 1e6)
    dyads.host_contact = np.ascontiguousarray(saturate(per_head[:, None] * dyads.stock.T))
    return {}


def move(world: World, p: MobilityParams, rng: Stream) -> Counters:
    """Let people leave, stay and return."""
    states, dyads = world.states, world.dyads
    keys = rng.keys("students", "scholars", "artists")
    stay = world.derived("stay", (p.stay, states.income), lambda: stay_share(world, p))
    students, scholars, artists, sponsored = kernels.movers.move(*(
        *pulls(world, p), keys, departures(world, p), CATEGORY_SHARE, stay, p.circulation, STOCK_KEPT,
        1000 / (states.population * 1e6), dyads.flows, dyads.diaspora, dyads.contact, dyads.host_contact,
        states.departures, states.stayers, states.returnees,
    ))
    return {
        "students": students, "scholars": scholars, "artists": artists, "artists with a mission": sponsored,
    }


MOBILITY_MECHANISM = Mechanism(
    "mobility", "M9", "Mobility of people", MobilityParams,
    writes=("dyads.flows", "dyads.stock", "dyads.diaspora", "dyads.contact", "dyads.host_contact",
            "states.departures", "states.stayers", "states.returnees"),
    start=start,
)
PROCESSES = (Process("people move", MOBILITY_MECHANISM, move),)

"""Cultural sectors and cultural life: capacity, knowledge, languages, access, practices."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from coopsim.results import distribution, kernels, network
from coopsim.results.indicator import Indicator, counted, pair_mean
from coopsim.results.moment import ACCESS, Moment
from coopsim.world.activities import FIELDS, INDUSTRIES
from coopsim.world.column import Floats

CAPACITY, ONLINE = ("states.capacity",), ("states.digital_access",)


def _field(number: int) -> Indicator:
    name = FIELDS[number]
    return Indicator(
        f"capacity_{name}", f"mean capacity, {name}", "1",
        lambda m: network.mean(m.world.states.capacity[:, number]), reads=CAPACITY,
    )


def _gap(m: Moment) -> float:
    northern, southern = m.north.sum(), m.south.sum()
    return float(m.capacity @ m.north / northern - m.capacity @ m.south / southern) if northern and southern else 0.0


def _theil(m: Moment) -> tuple[float, float]:
    return distribution.theil(m.capacity, m.world.states.north)


def _access(m: Moment) -> float:
    return m.people_mean(m.access)


def _knowledge(m: Moment) -> float:
    return m.people_mean(m.world.states.knowledge)


def _life(m: Moment) -> float:
    """Return LI, the geometric mean of knowledge, access, capacity and cultural income.

    Cultural income (MODEL does not define it) is the geometric mean of a state's income index and the capacity of
    its cultural industries, weighted by population.
    """
    states = m.world.states
    income = m.people_mean(np.sqrt(states.income * states.capacity[:, INDUSTRIES]))
    return float((m.once(_knowledge) * m.once(_access) * network.mean(m.capacity) * income) ** 0.25)


def _practices_met(m: Moment) -> float:
    """Return Shannon's diversity of the practices that a state meets, mean over states and features, in nats.

    A state meets the practices of the states it is familiar with (U > .3), each counting once; with nobody, 0.
    """
    traits = m.world.states.traits
    if not traits.size:
        return 0.0
    known = (m.known.familiar, traits, int(traits.max()) + 1)
    return network.mean(kernels.bits.practices_met(*known, *_logarithms(len(traits))))


@lru_cache(maxsize=4)
def _logarithms(most: int) -> tuple[Floats, Floats]:
    """Return n ln n and ln n for n from 0, which counts as 1, to the most that is needed."""
    number = np.maximum(np.arange(most + 1.0), 1)
    return number * np.log(number), np.log(number)


ENTRIES = (
    Indicator("capacity", "mean capacity of cultural sectors", "1", lambda m: network.mean(m.capacity),
              reads=CAPACITY),
    *map(_field, range(len(FIELDS))),
    Indicator("capacity_gini", "Gini coefficient of capacity", "1", lambda m: network.gini(m.capacity),
              reads=CAPACITY),
    Indicator("capacity_theil_within", "inequality of capacity within north and south (Theil)", "nat",
              lambda m: m.once(_theil)[0], reads=CAPACITY),
    Indicator("capacity_theil_between", "inequality of capacity between north and south (Theil)", "nat",
              lambda m: m.once(_theil)[1], reads=CAPACITY),
    Indicator("capacity_gap", "capacity of the north less the south", "1", _gap, reads=CAPACITY),
    Indicator("institutions", "institutions founded with foreign help", "count",
              lambda m: network.total(m.world.states.institutions), reads=("states.institutions",)),
    Indicator("knowledge", "knowledge of people (KI)", "1", lambda m: m.once(_knowledge),
              reads=("states.knowledge",)),
    Indicator("taught", "schools, chairs and libraries abroad", "dose", lambda m: m.total("taught"),
              reads=("dyads.taught",)),
    pair_mean("language_overlap", "chance that two residents can speak to each other", "language_overlap"),
    Indicator("access", "access of people to cultures (AI)", "1", lambda m: m.once(_access), reads=ACCESS),
    Indicator("access_south", "access of people to cultures in the south", "1", lambda m: m.south_mean(m.access),
              reads=ACCESS),
    Indicator("digital_access", "people online", "1", lambda m: m.people_mean(m.world.states.digital_access),
              reads=ONLINE),
    Indicator("digital_access_south", "people online in the south", "1",
              lambda m: m.south_mean(m.world.states.digital_access), reads=ONLINE),
    Indicator("life_index", "life index (LI): knowledge, access, capacity, cultural income", "1", _life, reads=ACCESS),
    Indicator("traits_diversity", "diversity of the practices that a state meets", "nat", _practices_met,
              reads=("dyads.understanding", "states.traits")),
    pair_mean("practice_overlap", "share of practices that two states have in common", "practice"),
    counted("practices_copied", "practices copied from another state", "practices copied"),
    counted("practices_invented", "practices invented", "practices invented"),
)

"""People who go abroad: students, scholars, artists; where they go, who stays, who returns."""

from __future__ import annotations

from coopsim.results import distribution, kernels, network
from coopsim.results.indicator import Indicator, counted
from coopsim.results.moment import Moment

PERSONS = "persons/yr"
HOSTED = ("dyads.stock",)


def _per_person(m: Moment) -> float:
    """Return by what to multiply a number of persons to have it per 1,000 inhabitants."""
    return network.ratio(1000, 1e6 * m.population)


def _departures(m: Moment) -> float:
    return network.total(m.world.states.departures)


def _talent(m: Moment) -> float:
    """Return TI before scaling: scholars and artists abroad per 1,000 times the capacity of industries."""
    moved = m.count("scholars") + m.count("artists")
    return moved * _per_person(m) * network.mean(m.world.states.capacity[:, 1])


ENTRIES = (
    counted("students", "students who leave", unit=PERSONS),
    counted("scholars", "scholars who leave", unit=PERSONS),
    counted("artists", "artists who leave", unit=PERSONS),
    Indicator("artists_with_mission", "artists whose state keeps a mission where they go", "1",
              lambda m: network.ratio(m.count("artists with a mission"), m.count("artists")), yearly=True),
    Indicator("reciprocity_people", "reciprocity of people who leave", "1",
              lambda m: network.ratio(kernels.pairs.answered(m.people.together), m.people.received.sum()), yearly=True,
              reads=("dyads.flows",)),
    Indicator("mobile_students", "students abroad", "persons", lambda m: network.total(m.hosted), reads=HOSTED),
    Indicator("north_share_of_hosts", "students abroad who are in the north", "1",
              lambda m: network.share_of(m.hosted, m.north), reads=HOSTED),
    Indicator("top5_host_share", "students abroad in the five largest host states", "1",
              lambda m: distribution.largest_share(m.hosted, 5), reads=HOSTED),
    Indicator("host_concentration", "concentration of students abroad over hosts (HHI)", "1",
              lambda m: distribution.concentration(m.hosted), reads=HOSTED),
    Indicator("stay_share", "people abroad who stay for good", "1",
              lambda m: network.ratio(network.total(m.world.states.stayers), _departures(m)), yearly=True,
              reads=("states.stayers", "states.departures")),
    Indicator("brain_drain", "people who stay abroad for good, per 1,000 at home", "1/yr",
              lambda m: network.total(m.world.states.stayers) * _per_person(m), yearly=True,
              reads=("states.stayers",)),
    Indicator("circulation_ratio", "people who come back, diaspora included, per person who leaves", "1",
              lambda m: network.ratio(network.total(m.world.states.returnees), _departures(m)), yearly=True,
              reads=("states.returnees", "states.departures")),
    Indicator("talent_index", "talent in exchange (TI); 100 in the first year in which people move", "1",
              lambda m: m.indexed("talent_index", _talent(m)), yearly=True),
)

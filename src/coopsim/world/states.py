"""Columns of states; row i is state i throughout the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coopsim.world.activities import HERITAGE, INDUSTRIES, RIGHTS
from coopsim.world.column import Bools, Floats, Integers, Table, column, share


@dataclass(slots=True)
class States(Table):
    """One row per state, S rows. Strings identify; the rest are float64 unless said otherwise."""

    iso3: NDArray[np.str_] = column("ISO 3166-1 alpha-3 code")
    name: NDArray[np.str_] = column("common name in English")
    region: NDArray[np.str_] = column("UN region")
    subregion: NDArray[np.str_] = column("UN subregion")
    north: Bools = column("belongs to the global north by the list of MODEL 5, not by income")
    latitude: Floats = column("latitude of the capital", unit="degree", low=-90, high=90)
    longitude: Floats = column("longitude of the capital", unit="degree", low=-180, high=180)
    population: Floats = column("population", unit="million", symbol="P", low=0)
    gdp: Floats = column("gross domestic product", unit="million international $", symbol="Y", low=0)
    income: Floats = share("income index: log GDP per head between $800 and $80,000", symbol="y")
    ideal_point: Floats = column("position in the UN General Assembly, US-positive", symbol="theta")
    activism: Floats = column("lasting diplomatic activism, mean about one", symbol="alpha", low=0)
    campaign: Floats = column("this year's campaign (log)", symbol="zeta")
    activity: Floats = column("activism times campaign: the rate at which the state takes the initiative",
                              symbol="alpha~", low=0)
    pull: Floats = column("pull of the state's partners on a signature (log), against an average state")
    partners: NDArray[np.uint64] = column("partners when campaigns begin, one bit each; shape (S, words)", symbol="G_i")
    shared_pull: Floats = column("pull of one shared partner on a signature (log)")
    capacity: Floats = share("capacity of the cultural sector; shape (S, 3): heritage, industries, rights",
                             symbol="K")
    investment: Floats = column("own yearly investment in capacity; shape (S, 3)", unit="1/yr", low=0)
    compliance: Floats = share("compliance with the norms of each field; shape (S, 3)", symbol="comp")
    institutions: Floats = column("cultural institutions founded with foreign help", unit="count", symbol="N",
                                  low=0)
    knowledge: Floats = share("knowledge and education", symbol="W")
    languages: Floats = share("share of the population able to use each language; shape (S, L)",
                              symbol="Lambda")
    main_language: Integers = column("index of the state's official language shared by most states, -1 if none")
    digital_access: Floats = share("share of the population online", symbol="psi")
    arms_length: Floats = share("share of the bilateral budget spent through an arm's-length agency", symbol="c")
    autonomy: Floats = share("autonomy of that agency", symbol="a")
    need: Floats = share("need for assistance: 1 - (mean capacity + knowledge)/2")
    austerity: Floats = column("factor on the public budget; 1 is normal", symbol="aust", low=0)
    budget: Floats = column("public budget for cultural cooperation", unit="million $/yr", symbol="B", low=0)
    dues: Floats = column("part of the budget paid to international organisations", unit="million $/yr", low=0)
    dose_cost: Floats = column("money that buys one unit of dose in the state", unit="million $", low=0)
    exited: Bools = column("left the universal organisation this year")
    event_reach: Floats = column("factor of digital reach on events held there", low=0)
    reciprocity: Floats = share("how far the ministry answers what partners give, instead of interest alone")
    traits: Integers = column("cultural practices; shape (S, F), each a number below q", symbol="tr", low=0)
    knowledge_investment: Floats = column("own yearly investment in knowledge", unit="1/yr", symbol="ow", low=0)
    departures: Floats = column("people who left for another state this year", unit="persons", low=0)
    stayers: Floats = column("of those abroad, people who stay there for good this year", unit="persons", low=0)
    returnees: Floats = column("people who came back this year, diaspora included", unit="persons", low=0)
    recent_exit: Floats = column("shock of the state's exit from the universal organisation, halved every year",
                                 symbol="rec", low=0)
    barrier_floor: Floats = share("lowest barrier on cultural goods that the state keeps", symbol="tau_floor")
    assistance_received: Floats = column("dose of assistance from international organisations", symbol="io",
                                         low=0)

    assistance_fields: Floats = column("part of it that programmes on a topic give to one field; shape (S, 3)", low=0)

    def __len__(self) -> int:
        return len(self.iso3)

    @property
    def mean_capacity(self) -> Floats:
        """Capacity averaged over the three fields, shape (S,)."""
        capacity = self.capacity
        return np.asarray((capacity[:, HERITAGE] + capacity[:, INDUSTRIES] + capacity[:, RIGHTS]) / 3)

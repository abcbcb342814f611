"""The network of cultural agreements, and the missions beside it."""

from __future__ import annotations

import numpy as np

from coopsim.results import network
from coopsim.results.indicator import Indicator, counted
from coopsim.results.moment import Moment


def _core(m: Moment) -> tuple[int, int]:
    return network.innermost_core(m.partners)


ENTRIES = (
    Indicator("density", "density of cultural agreements", "1", lambda m: network.ratio(m.tie_ends, m.pairs)),
    Indicator("agreements", "cultural agreements in force", "count", lambda m: m.tie_ends / 2),
    counted("signed", "agreements signed"),
    counted("renewed", "agreements renewed"),
    counted("lapsed", "agreements lapsed"),
    counted("suspended", "agreements suspended"),
    Indicator("mean_degree", "mean number of partners", "count", lambda m: network.mean(m.degree)),
    Indicator("max_degree", "largest number of partners", "count", lambda m: float(m.degree.max(initial=0))),
    Indicator("degree_gini", "Gini coefficient of partners", "1", lambda m: network.gini(m.degree)),
    Indicator("degree_top_decile", "tie-ends held by the top tenth of states", "1",
              lambda m: network.top_share(m.degree)),
    Indicator("assortativity", "degree assortativity", "1", lambda m: network.assortativity(m.partners)),
    Indicator("transitivity", "transitivity of agreements", "1", lambda m: network.transitivity(m.partners)),
    Indicator("core_periphery", "core-periphery correlation", "1", lambda m: network.core_periphery(m.partners)),
    Indicator("k_core", "partners that every state of the innermost core has in it", "count",
              lambda m: m.once(_core)[0]),
    Indicator("k_core_size", "states in the innermost core", "count", lambda m: m.once(_core)[1]),
    Indicator("modularity_region", "modularity by UN region", "1",
              lambda m: network.modularity(m.partners, m.region)),
    Indicator("modularity_language", "modularity by main language", "1",
              lambda m: network.modularity(m.partners, m.language)),
    Indicator("modularity_bloc", "modularity by bloc of ideal points", "1",
              lambda m: network.modularity(m.partners, m.bloc)),
    Indicator("missions", "missions kept, mean per state", "count",
              lambda m: network.ratio(np.count_nonzero(m.world.dyads.missions), m.world.size),
              reads=("dyads.missions",)),
)

"""Columns of dyads: S x S matrices.

Attitudes read "row about column", actions "from row to column". Diagonals are zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coopsim.world.column import Bools, Floats, Table, column, share


@dataclass(slots=True)
class Dyads(Table):
    """One cell per ordered pair of states; float64 unless said otherwise."""

    distance: Floats = column("distance between capitals", unit="km", symbol="d", low=0, symmetric=True)
    contiguous: Bools = column("share a land border", symmetric=True)
    common_language: Bools = column("share an official language", symbol="lang0", symmetric=True)
    religion: Floats = share("probability that two random residents share a religion", symbol="rel",
                             symmetric=True)
    colonial: Bools = column("one once ruled the other", symbol="col", symmetric=True)
    ruled: Bools = column("row was ruled by column")
    history: Floats = share("commonality of history", symbol="C^hist", symmetric=True)
    practice: Floats = share("commonality of contemporary practice: share of equal traits", symbol="C^cont",
                             symmetric=True)
    joint: Floats = share("commonality built jointly", symbol="J", symmetric=True)
    discovered: Floats = share("share of the commonality that the two have discovered", symbol="nu",
                               symmetric=True)
    commonality: Floats = share("commonality", symbol="C", symmetric=True)
    perceived: Floats = share("commonality as perceived: discovered share times commonality", symbol="C^",
                              symmetric=True)
    affinity: Floats = share("political affinity exp(-|difference of ideal points|)", symbol="pol",
                             symmetric=True)
    interest: Floats = share("strategic interest of row in column beyond culture", symbol="I")
    interest_shift: Floats = column("what interventions add to interest, on the logit", symbol="dI")
    trust: Floats = share("trust of row in column", symbol="T")
    trust_baseline: Floats = share("trust that structure alone would give", symbol="T0")
    memory: Floats = share("hostile memory of row about column", symbol="M")
    incident: Bools = column("conflict incident this year", symmetric=True)
    understanding: Floats = share("row's understanding of column's way of life", symbol="U")
    understanding_baseline: Floats = share("understanding without contact", symbol="U0")
    missions: Bools = column("row keeps a mission in column", symbol="E")
    reach: Floats = share("reach of diplomacy in the pair; 1 without the embassy mechanism", symmetric=True)
    facilitation: Floats = column("factor of row's mission in column on mobility and events there", symbol="eff",
                                  low=1)
    programme_reach: Floats = share("how far row's programmes reach column; 1 without the embassy mechanism")
    agreement: NDArray[np.int32] = column("id of the cultural agreement in force, -1 if none", symmetric=True)
    comembership: Floats = share("weight of the strongest organisation both belong to", symbol="comem",
                                 symmetric=True)
    spending_ministry: Floats = column("row's ministry spends in column", unit="million $/yr", low=0)
    spending_agency: Floats = column("row's agency spends in column", unit="million $/yr", low=0)
    spending_private: Floats = column("row's other organisations spend in column", unit="million $/yr", low=0)
    dose: Floats = column("dose of each activity by row in column; shape (5, S, S)", symbol="D", low=0)
    distrust: Floats = share("loss of credibility of a state-run programme of row in column", symmetric=True)
    trust_dose: Floats = column("credible doses by row in column, weighted by their effect on trust", low=0)
    understanding_dose: Floats = column(
        "credible doses by row in column, weighted by their effect on understanding", low=0
    )
    contact: Floats = share("contact of row's people with column, through those who return", symbol="contact")
    language_overlap: Floats = share("chance that two residents can speak to each other", symbol="CSL",
                                     symmetric=True)
    event_boost: Floats = column("factor on row's events in column this year (yearlong celebrations)", low=0)
    taught: Floats = column("row's schools, chairs and libraries in column", symbol="Q", low=0)
    flows: Floats = column("people who moved from row to column this year; shape (3, S, S): students, scholars, "
                           "artists", unit="persons", symbol="F", low=0)
    stock: Floats = column("students of row in column", unit="persons", symbol="stock", low=0)
    diaspora: Floats = column("people of row who settled in column", unit="persons", symbol="dias", low=0)
    host_contact: Floats = share("contact of row with column's people whom it hosts")
    virtual: Floats = column("virtual exchange of row with column", symbol="virt", low=0)
    barrier: Floats = share("barrier of row against cultural goods of column", symbol="tau")
    trade: Floats = share("share of world cultural-goods trade exported by row to column", symbol="V")
    other_treaties: Floats = column("treaties on other topics in force; shape (5, S, S)", unit="count",
                                    symbol="N", low=0)
    settled: Bools = column("a claim between the two was settled this year", symmetric=True)
    open_claim: Bools = column("a claim between the two is open", symmetric=True)

    @property
    def tied(self) -> Bools:
        """Whether a cultural agreement is in force, shape (S, S); symmetric, false on the diagonal."""
        return self.agreement >= 0

"""What negotiations bring: trade over lower barriers, works returned, treaties on other topics; who gains."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coopsim.results import distribution, kernels, network
from coopsim.results.indicator import Indicator, counted, pair_mean
from coopsim.results.moment import Moment
from coopsim.world.activities import ASSISTANCE, BILATERAL, OTHER_TOPICS, TOPICS
from coopsim.world.column import Floats

QUINTILES = {f"spillover {share}": share for share in (0.2, 0.4, 0.6, 0.8)}
TRADE = ("dyads.trade",)
FIRST, LAST = TOPICS.index(OTHER_TOPICS[0]), TOPICS.index(OTHER_TOPICS[-1])


def _balance(m: Moment, received: Floats) -> float:
    """Return (north to south - south to north) / (both), between -1 and 1; 0 if nothing flows between them.

    `received` is what states receive from the south, and from the north; shape (2, S).
    """
    return float(kernels.values.balance(*received, m.north))


def _latest(m: Moment) -> NDArray[np.void]:
    """Return the end of the ledger, that holds every agreement of the year: it grows in time."""
    rows = m.world.agreements.rows
    number = max(int(m.count("other treaties") + m.count("signed")), 64) + 1  # the first is of an earlier year
    while number < len(rows) and rows["signed"][-number] >= m.world.year:
        number *= 2
    return rows[-number:]


def _spillover(m: Moment) -> tuple[float, float]:
    """Return the ratio of the rates of treaties in tied and untied pairs: crude, and stratified.

    The strata hold alike what drives both agreements and treaties: mutual interest times mutual trust. They are
    bounded by the quintiles of the first year with treaties, so that a year is compared with another on equal terms.
    """
    if not m.count("other treaties"):
        return 0.0, 0.0
    strength, edges = (m.mutual_interest, m.trust_shape.mutual), _quintiles(m)
    above = kernels.pairs.count_above(*strength, *m.partners[:2], edges)
    bounds = [[m.pairs // 2, int(m.tie_ends) // 2], *above.tolist(), [0, 0]]  # pairs, and tied pairs, above an edge
    time = [
        [(pairs - tied) - (fewer - fewer_tied), tied - fewer_tied]  # above an edge less above the next
        for (pairs, tied), (fewer, fewer_tied) in pairwise(bounds)
    ]
    events = kernels.pairs.treaties_by_stratum(
        _latest(m), FIRST, LAST, BILATERAL, m.world.year, *strength, m.world.dyads.agreement, edges
    ).tolist()
    return distribution.rate_ratio(events, time), distribution.mantel_haenszel(events, time)


def _quintiles(m: Moment) -> Floats:
    if not m.bases.keys() >= QUINTILES.keys():
        found = distribution.quantiles(m.mutual_interest * m.trust_shape.mutual, QUINTILES.values())
        m.bases.update(zip(QUINTILES, found, strict=True))
    return np.array([m.bases[name] for name in QUINTILES])


ENTRIES = (
    Indicator("trade_south_share", "exports of cultural goods that come from the south", "1",
              lambda m: network.share_of(m.exports, m.south), reads=TRADE),
    Indicator("trade_top_exporter", "exports of cultural goods of the largest exporter", "1",
              lambda m: distribution.largest_share(m.exports, 1), reads=TRADE),
    pair_mean("barrier", "mean barrier against foreign cultural goods", "barrier"),
    Indicator("claims_open", "claims for the return of works that are open", "count",
              lambda m: float(len(m.world.claims.pending))),
    counted("claims_opened", "claims for the return of works opened", "claims opened"),
    counted("claims_settled", "claims for the return of works settled", "claims settled"),
    Indicator("balance_trade", "north to south less south to north, exports of cultural goods", "1",
              lambda m: _balance(m, m.trade_ends[1]), reads=TRADE),
    Indicator("balance_people", "north to south less south to north, people who leave", "1",
              lambda m: _balance(m, np.add.reduce(m.people.received)), yearly=True, reads=("dyads.flows",)),
    Indicator("balance_assistance", "north to south less south to north, assistance", "1",
              lambda m: _balance(m, m.doses.received[ASSISTANCE] * m.world.states.dose_cost), yearly=True,
              reads=("dyads.dose", "states.dose_cost")),
    counted("other_treaties", "treaties on other topics", "other treaties"),
    Indicator("spillover_crude", "rate of treaties on other topics, tied to untied pairs", "1",
              lambda m: m.once(_spillover)[0], yearly=True),
    Indicator("spillover_stratified", "the same among pairs alike in interest and trust (Mantel-Haenszel)", "1",
              lambda m: m.once(_spillover)[1], yearly=True),
)

"""What negotiations bring: trade over lower barriers, works returned, treaties on other topics; who gains."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from coopsim.results import distribution, network
from coopsim.results.indicator import Indicator, counted, pair_mean
from coopsim.results.moment import Moment
from coopsim.world.activities import ASSISTANCE, BILATERAL, OTHER_TOPICS, TOPICS
from coopsim.world.agreements import NEVER
from coopsim.world.column import Floats

QUINTILES = (0.2, 0.4, 0.6, 0.8)
FIRST, LAST = TOPICS.index(OTHER_TOPICS[0]), TOPICS.index(OTHER_TOPICS[-1])


def _balance(m: Moment, received: Floats) -> float:
    """Return (north to south - south to north) / (both), between -1 and 1; 0 if nothing flows between them.

    `received` is what states receive from the south, and from the north; shape (2, S).
    """
    from_south, from_north = received
    north = m.world.states.north
    down, up = float(from_north @ ~north), float(from_south @ north)
    return network.ratio(down - up, down + up)


def _treaties(m: Moment) -> Floats:
    """Return the treaties on other topics of the year, the two parties in columns."""
    rows = m.world.agreements.rows
    number = max(int(m.count("other treaties") + m.count("signed")), 64)
    while number < len(rows) and rows["signed"][-number] >= m.world.year:
        number *= 2
    last = rows[-number:]  # the ledger grows in time, so that those of the year come last
    topic = last["topic"]
    on_other = (topic >= FIRST) & (topic <= LAST) & (last["form"] == BILATERAL)
    new = np.flatnonzero(on_other & (last["signed"] == m.world.year))
    return np.stack([last["a"][new], last["b"][new]]).astype(np.int64)


def _spillover(m: Moment) -> tuple[float, float]:
    """Return the ratio of the rates of treaties in tied and untied pairs: crude, and stratified.

    The strata hold alike what drives both agreements and treaties: mutual interest times mutual trust. They are
    bounded by the quintiles of the first year with treaties, so that a year is compared with another on equal terms.
    """
    if not m.count("other treaties"):
        return 0.0, 0.0
    from coopsim.results.kernels import pairs as loops

    interest, trust = m.world.dyads.interest, m.world.dyads.trust
    edges = _quintiles(m)
    above = loops.count_above(interest, trust, *m.partners[:2], np.array(edges))
    bounds = [[m.pairs // 2, int(m.tie_ends) // 2], *above.tolist(), [0, 0]]  # pairs, and tied pairs, above an edge
    time = [
        [(pairs - tied) - (fewer - fewer_tied), tied - fewer_tied]  # above an edge less above the next
        for (pairs, tied), (fewer, fewer_tied) in pairwise(bounds)
    ]
    a, b = _treaties(m)
    strength = interest[a, b] * trust[a, b] * (interest[b, a] * trust[b, a])
    cell = 2 * np.searchsorted(edges, strength) + (m.world.dyads.agreement[a, b] != NEVER)
    events = np.bincount(cell, minlength=2 * len(time)).reshape(-1, 2).tolist()
    return distribution.rate_ratio(events, time), distribution.mantel_haenszel(events, time)


def _quintiles(m: Moment) -> list[float]:
    from coopsim.results.kernels import pairs as loops

    names = [f"spillover {share}" for share in QUINTILES]
    if names[0] not in m.bases:
        strength = loops.strengths(m.world.dyads.interest, m.world.dyads.trust)
        m.bases.update(zip(names, distribution.quantiles(strength, QUINTILES), strict=True))
    return [m.bases[name] for name in names]


ENTRIES = (
    Indicator("trade_south_share", "exports of cultural goods that come from the south", "1",
              lambda m: network.ratio(m.exports[~m.world.states.north].sum(), m.exports.sum())),
    Indicator("trade_top_exporter", "exports of cultural goods of the largest exporter", "1",
              lambda m: distribution.largest_share(m.exports, 1)),
    pair_mean("barrier", "mean barrier against foreign cultural goods", "barrier"),
    Indicator("claims_open", "claims for the return of works that are open", "count",
              lambda m: float(len(m.world.claims.pending))),
    counted("claims_opened", "claims for the return of works opened", "claims opened"),
    counted("claims_settled", "claims for the return of works settled", "claims settled"),
    Indicator("balance_trade", "north to south less south to north, exports of cultural goods", "1",
              lambda m: _balance(m, m.ends("trade")[1])),
    Indicator("balance_people", "north to south less south to north, people who leave", "1",
              lambda m: _balance(m, m.people.received.sum(axis=0)), yearly=True),
    Indicator("balance_assistance", "north to south less south to north, assistance", "1",
              lambda m: _balance(m, m.doses.received[ASSISTANCE] * m.world.states.dose_cost), yearly=True),
    counted("other_treaties", "treaties on other topics", "other treaties"),
    Indicator("spillover_crude", "rate of treaties on other topics, tied to untied pairs", "1",
              lambda m: m.once(_spillover)[0], yearly=True),
    Indicator("spillover_stratified", "the same among pairs alike in interest and trust (Mantel-Haenszel)", "1",
              lambda m: m.once(_spillover)[1], yearly=True),
)

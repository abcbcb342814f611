"""The rules of the year, one module per mechanism; the order of the year is written here and nowhere else.

Every process reads the values left by the ones before it; attitudes come late, so that agreements, money and
people of a year act on the trust that the next year starts with.
"""

from coopsim.mechanisms import (
    bilateral,
    budgets,
    capacity,
    channels,
    commonality,
    embassies,
    interest,
    network,
    renewal,
    trust,
)
from coopsim.mechanisms.mechanism import Mechanism, Process

YEAR: tuple[Process, ...] = (
    # 1 perceive: what states see of each other
    *commonality.PROCESSES,
    *interest.PROCESSES,
    # 2 budgets
    *budgets.PROCESSES,
    # 3 agreements: signed, reviewed, suspended
    *embassies.PROCESSES,
    *network.PROCESSES,
    *bilateral.PROCESSES,
    renewal.REVIEW,
    renewal.SUSPEND,
    # 4 allocate: programmes and their doses
    *channels.PROCESSES,
    # 7 capacity
    *capacity.PROCESSES,
    # 10 attitudes
    *trust.PROCESSES,
)

# In the order in which they start on the starting world.
MECHANISMS: dict[str, Mechanism] = {process.mechanism.name: process.mechanism for process in YEAR}

CORE = ("commonality", "interest", "bilateral", "renewal", "network", "trust")
PRESETS: dict[str, tuple[str, ...]] = {
    "core": CORE,
    "standard": (*CORE, "embassies", "budgets", "channels", "capacity"),
    "full": tuple(MECHANISMS),
}

__all__ = ["CORE", "MECHANISMS", "PRESETS", "YEAR", "Mechanism", "Process"]

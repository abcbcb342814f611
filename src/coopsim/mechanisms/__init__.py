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
    conflict,
    conventions,
    development,
    digital,
    education,
    embassies,
    interest,
    mobility,
    multilateral,
    negotiation,
    network,
    organisations,
    renewal,
    spillover,
    traits,
    trust,
    understanding,
)
from coopsim.mechanisms.mechanism import Mechanism, Process

YEAR: tuple[Process, ...] = (
    # 1 perceive: what states see of each other, and what they care about
    *development.PROCESSES,
    *commonality.PROCESSES,
    *interest.PROCESSES,
    # 2 budgets
    *budgets.PROCESSES,
    # 3 agreements: signed, reviewed, suspended
    *embassies.PROCESSES,
    *network.PROCESSES,
    *bilateral.PROCESSES,
    renewal.REVIEW,
    conflict.CLASH,
    renewal.SUSPEND,
    # 4 allocate: programmes of the public channels, projects of organisations
    *channels.PROCESSES,
    organisations.RUN_PROJECTS,
    # 5 multilateral: organisations of states assist, members leave and return
    *multilateral.PROCESSES,
    # 6 to 9 what activities do: people, capacity, knowledge, trade and claims
    *mobility.PROCESSES,
    *capacity.PROCESSES,
    *education.PROCESSES,
    *negotiation.PROCESSES,
    *digital.PROCESSES,
    # 10 attitudes
    conflict.REMEMBER,
    *trust.PROCESSES,
    *understanding.PROCESSES,
    # 12 to 14 norms, practices, other topics
    *conventions.PROCESSES,
    *traits.PROCESSES,
    *spillover.PROCESSES,
    # last, organisations live and die by the year they had
    organisations.LIVE_AND_DIE,
)

# In the order in which they start on the starting world.
MECHANISMS: dict[str, Mechanism] = {process.mechanism.name: process.mechanism for process in YEAR}

CORE = ("commonality", "interest", "bilateral", "renewal", "network", "trust")
STANDARD = (
    *CORE, "embassies", "budgets", "channels", "organisations", "mobility", "capacity", "education", "conflict",
    "understanding", "development",
)
PRESETS: dict[str, tuple[str, ...]] = {"core": CORE, "standard": STANDARD, "full": tuple(MECHANISMS)}

__all__ = ["CORE", "MECHANISMS", "PRESETS", "YEAR", "Mechanism", "Process"]

"""Run the replications once, measure every fact on them, and judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coopsim.errors import ConfigError
from coopsim.param import nearest
from coopsim.validation.catalogue import FACTS, UNMEASURED, later_facts
from coopsim.validation.fact import Fact, Judgement, Unmeasured, judge, score
from coopsim.validation.observed import OBSERVED
from coopsim.validation.samples import LATER, SAMPLES, last_signature
from coopsim.validation.treaties import Treaties, of_data, of_run

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Validation:
    """The verdicts on all facts.

    Attributes
    ----------
    judgements : tuple of Judgement
        One per fact that was measured, in the order of the catalogue.
    unmeasured : tuple of Unmeasured
        Facts that this model cannot be measured by.
    seeds : tuple of int
        Replications that were finished.
    data : str
        Folder of the user's tables; empty if none.
    """

    judgements: tuple[Judgement, ...]
    unmeasured: tuple[Unmeasured, ...]
    seeds: tuple[int, ...]
    data: str

    @property
    def holding(self) -> int:
        """Number of facts that hold."""
        return sum(judgement.holds for judgement in self.judgements)

    @property
    def score(self) -> tuple[int, int]:
        """Weight of the facts that hold, and of all that were measured."""
        return score(self.judgements)


def validate(
    replications: int = 30, *, seed: int = 1, data: str = "", only: Sequence[str] = (), progress: Progress | None = None
) -> Validation:
    """Measure every fact on replications and compare it with its target range.

    Parameters
    ----------
    replications : int
    seed : int
        Of the first replication; the next ones follow it.
    data : str
        Folder of published tables in the layout of docs/validation.md: the past is run with them, and what they show
        is measured by the same code and set beside the model.
    only : sequence of str
        Keys of the facts to measure; all if not given. Runs that no chosen fact needs are left out.
    progress : callable, optional
        Called with runs done, runs to do and what runs next.

    Returns
    -------
    Validation
        After an interruption that of the replications that were finished, if there are any.

    Raises
    ------
    ConfigError
        If a key is unknown.
    """
    facts = chosen_facts(only)
    if data:
        treaties = of_data(data)
        facts = tuple(observed_in(fact, treaties, Path(data)) for fact in facts)
        if treaties is not None and not only and last_signature(data) >= LATER:
            facts = (*later_facts(treaties, LATER), *facts)
    samples = [name for name in SAMPLES if any(fact.sample == name for fact in facts)]
    values: dict[str, list[float]] = {fact.key: [] for fact in facts}
    finished: list[int] = []
    try:
        for number in range(replications):
            measured: dict[str, float] = {}
            for place, name in enumerate(samples):
                if progress is not None:
                    progress(number * len(samples) + place, replications * len(samples), SAMPLES[name][1])
                found = prepared(name, SAMPLES[name][0](seed + number, data))
                measured |= {fact.key: fact.measure(found) for fact in facts if fact.sample == name}
            for key, value in measured.items():
                values[key].append(value)
            finished.append(seed + number)
    except KeyboardInterrupt:
        if not finished:
            raise
    judgements = tuple(judge(fact, values[fact.key]) for fact in facts)
    return Validation(judgements, () if only else UNMEASURED, tuple(finished), data)


def prepared(sample: str, found: Any) -> Any:
    """Return a replication in the form that the measures of its sample read."""
    return of_run(found) if sample == "past" else found


def chosen_facts(only: Sequence[str]) -> tuple[Fact, ...]:
    """Return the facts of these keys; all if none are given."""
    known = {fact.key: fact for fact in FACTS}
    for key in only:
        if key not in known:
            raise ConfigError(f"there is no fact '{key}'{nearest(key, list(known))}")
    return tuple(fact for fact in FACTS if not only or fact.key in only)


def observed_in(fact: Fact, treaties: Treaties | None, folder: Path) -> Fact:
    """Return a fact with what the user's tables show as its last observation; its range stays."""
    if fact.sample == "past":
        seen = None if treaties is None else fact.measure(treaties)
    else:
        seen = OBSERVED[fact.key](folder) if fact.key in OBSERVED else None
    return fact if seen is None else replace(fact, observed=(*fact.observed, seen))

"""The core subset in every variant and the whole baseline, in turn, in one process."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from time import perf_counter
from typing import Any

from core.start import Years
from core.variants import AGENTPY_LABEL, VARIANTS, Case, Outcome, Run, agentpy, runner, timed

from coopsim.config import load_config
from coopsim.model import CoopModel

LIMIT, LITERAL, PLAIN = "c", "c_plain", "mesa"
SHORT = {"c": 9, "c_plain": 3}  # runs in each round of those that take milliseconds


class Baseline:
    """The baseline scenario: every mechanism, every table; remembers where the time went.

    Attributes
    ----------
    profiles : list of dict
        For each run, the share of the time of the years that each process took, by (process, mechanism).
    """

    def __init__(self) -> None:
        self.config = load_config("baseline")
        self.profiles: list[dict[tuple[str, str], float]] = []
        self.organisations = self.states = 0

    def build(self, seed: int) -> Years:
        """Return a function that runs the years."""
        model = CoopModel(self.config, rng=seed)
        self.organisations, self.states = len(model.world.organisations), model.world.size
        record, spent = model._record, [0.0]

        def recorded() -> None:
            began = perf_counter()
            record()
            spent[0] += perf_counter() - began

        model._record = recorded  # type: ignore[method-assign]

        def years() -> Any:
            began = perf_counter()
            model.run_for(self.config.years)
            whole = perf_counter() - began
            profile: dict[tuple[str, str], float] = defaultdict(float)
            for row in model.schedule_record:
                profile[row["process"], row["mechanism"]] += row["seconds"] / whole
            profile["recording", ""] = spent[0] / whole
            profile["steps, events, agents", "Mesa"] = 1 - sum(profile.values())
            self.profiles.append(profile)
            return None

        return years

    def run(self, seed: int) -> Outcome:
        """Run once."""
        return timed(lambda: self.build(seed))

    def profile(self) -> list[dict[str, Any]]:
        """Return the share of each process, the median over the runs, largest first."""
        shares = {key: median(row.get(key, 0.0) for row in self.profiles) for key in self.profiles[-1]}
        ordered = sorted(shares.items(), key=lambda item: -item[1])
        return [{"process": key[0], "mechanism": key[1], "share": round(share, 5)} for key, share in ordered]


def compare(rounds: int, say: Callable[[str], None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run everything `rounds` times in turn, after one round to warm up; return core subset and baseline.

    Ratios are taken within a round and their median is reported: whatever slows the machine for a while slows
    numerator and denominator alike.
    """
    case, baseline, missing = Case.of(), Baseline(), ""
    labels = {name: variant.label for name, variant in VARIANTS.items()}
    runs: dict[str, Run] = {name: runner(name, case) for name in VARIANTS}
    runs["baseline"] = baseline.run
    with ExitStack() as stack:
        try:
            run = stack.enter_context(agentpy(case))
            run(0)
            runs["agentpy"], labels["agentpy"] = run, AGENTPY_LABEL
        except RuntimeError as error:
            missing = str(error)
        taken: dict[str, list[Outcome]] = {name: [] for name in runs}
        for turn in range(rounds + 1):
            if turn == 1:
                baseline.profiles.clear()
            say(f"round {turn} of {rounds}")
            names = list(runs)
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                gc.collect()
                outcomes = [runs[name](100 + turn) for _ in range(SHORT.get(name, 1))]
                if turn:
                    taken[name].append(middle(outcomes))
    rows = {name: summary(name, taken) for name in runs}
    core = {
        "states": case.start.size, "years": case.start.years, "rounds": rounds,
        "variants": {name: {"label": labels[name], **rows[name]} for name in rows if name != "baseline"},
    }
    if missing:
        core["not_measured"] = {AGENTPY_LABEL: missing}
    whole = {
        "states": baseline.states, "organisations": baseline.organisations, "years": baseline.config.years,
        **rows["baseline"], "profile": baseline.profile(),
    }
    return core, whole


def middle(outcomes: list[Outcome]) -> Outcome:
    """Return medians of times; the series of the first."""
    return Outcome(
        median(o.build for o in outcomes), median(o.years for o in outcomes), median(o.wall for o in outcomes),
        outcomes[0].series,
    )


def summary(name: str, taken: dict[str, list[Outcome]]) -> dict[str, Any]:
    """Return medians in ms of processor time, and ratios within rounds."""
    mine, limit, literal, plain = taken[name], taken[LIMIT], taken[LITERAL], taken[PLAIN]
    slower = sorted(a.years / b.years for a, b in zip(mine, limit, strict=True))
    return {
        "build_ms": round(1000 * median(o.build for o in mine), 3),
        "years_ms": round(1000 * median(o.years for o in mine), 3),
        "wall_ms": round(1000 * median(o.wall for o in mine), 3),
        "times_c": round(median(slower), 3),
        "times_c_range": [round(slower[0], 3), round(slower[-1], 3)],
        "times_literal_c": round(median(a.years / b.years for a, b in zip(mine, literal, strict=True)), 3),
        "times_c_with_build": round(median((a.build + a.years) / b.years for a, b in zip(mine, limit, strict=True)), 3),
        "faster_than_mesa": round(median(b.years / a.years for a, b in zip(mine, plain, strict=True)), 3),
        "wall_per_processor": round(median(o.wall / o.years for o in mine), 3),
    }

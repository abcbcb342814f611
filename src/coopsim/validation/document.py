"""The page docs/facts.md, from the list of facts."""

from __future__ import annotations

from coopsim.validation.catalogue import FACTS, UNMEASURED
from coopsim.validation.fact import Fact
from coopsim.validation.samples import SAMPLES
from coopsim.validation.strip import interval, number

INTRODUCTION = """What the model is held against: every fact with its target range, its source, and whether it may be
used to choose parameters (*fit*), is kept for checking (*check*), or follows from the equations and is only verified
(*verify*). The list is data, [`src/coopsim/validation/facts.toml`](../src/coopsim/validation/facts.toml), with one
function each. `coopsim validate` measures all of them; [validation.md](validation.md) says how, and what came out.

Where the index of treaties and the sample of treaty texts give the same fact, the index wins and nothing is thinned
out. Targets for the networks of 1959 and 1969 run from the figure for treaties coded cultural to that for the broad
coding, widened by 15 % of the larger (odds ratios and periods: 30 %); those of the logits are the range over published
specifications, widened by half its width. A fact holds if the middle 80 % of replications overlap its range. The score
weighs strong facts 3, medium 2 and weak 1.
"""
HEADS = ("fact", "what", "target", "observed", "strength", "use", "source")


def facts_page() -> str:
    """Return the page in Markdown, without its notice."""
    parts = [
        "# Stylised facts\n",
        INTRODUCTION,
        f"{len(FACTS)} figures: {_count('fit')} may be fitted, {_count('check')} are kept for checking, "
        f"{_count('verify')} are verified.\n",
    ]
    for sample, (_, title) in SAMPLES.items():
        chosen = [fact for fact in FACTS if fact.sample == sample]
        if chosen:
            parts.append(f"## {title[0].upper()}{title[1:]}\n")
            parts.append(_table(HEADS, [_row(fact) for fact in chosen]))
    parts.append("## What cannot be measured\n")
    parts.append(_table(("fact", "what", "source", "why not"),
                        [(u.key, u.title, u.source, u.reason) for u in UNMEASURED]))
    return "\n".join(parts)


def _count(use: str) -> int:
    return sum(fact.use == use for fact in FACTS)


def _row(fact: Fact) -> tuple[str, ...]:
    seen = ", ".join(map(number, fact.observed))
    return (fact.key, fact.title, interval(fact.low, fact.high, fact.unit), seen, fact.strength, fact.use, fact.source)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("$", "\\$") for cell in cells) + " |"

    return "\n".join([line(heads), line(("---",) * len(heads)), *map(line, rows)]) + "\n"

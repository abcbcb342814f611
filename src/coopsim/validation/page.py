"""The validation report: one self-contained page with a figure per fact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coopsim.report.markup import Html, page, section, table, tag
from coopsim.validation.fact import INTERVAL, Judgement
from coopsim.validation.samples import SAMPLES
from coopsim.validation.strip import interval, number, strip
from coopsim.validation.validate import Validation

STYLE = """
svg .target { fill: var(--grid); } svg .band { fill: var(--blue); opacity: .3; } svg .run { fill: var(--blue); }
svg .median { stroke: var(--ink); stroke-width: 2; } svg .seen { fill: var(--orange); }
svg .axis { stroke: var(--grey); } svg text { fill: var(--soft); font-size: 11px; }
figure h3 .verdict { font-weight: 600; } .fails { color: var(--orange); } .holds { color: var(--green); }
"""
USES = {"fit": "may be fitted", "check": "kept for checking", "verify": "follows from the equations"}


def write_page(found: Validation, path: Path) -> Path:
    """Write the page and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    said = f"{found.holding} of {len(found.judgements)} stylised facts hold"
    path.write_text(page("Validation against stylised facts", _body(found), description=said), encoding="utf-8")
    return path


def _body(found: Validation) -> Iterator[Html]:
    weight, all_weight = found.score
    yield tag("style", Html(STYLE))
    yield tag("header", tag("h1", "Validation against stylised facts"), tag(
        "p", f"{found.holding} of {len(found.judgements)} facts hold; by weight (strong 3, medium 2, weak 1) "
        f"{weight} of {all_weight}.", class_="question"), tag("p", _how(found), class_="facts"))
    yield section("failing", "What the model fails", *_failing(found))
    yield section("all", "All facts", _overview(found))
    for sample, (_, title) in SAMPLES.items():
        chosen = [j for j in found.judgements if j.fact.sample == sample]
        if chosen:
            yield section(f"sample-{sample}", title[0].upper() + title[1:],
                          tag("div", *(_figure(j) for j in chosen), class_="figures"))
    if found.unmeasured:
        yield section("unmeasured", "What cannot be measured", table(
            ("fact", "observed", "source", "why not"),
            [(u.key, u.title, u.source, u.reason) for u in found.unmeasured]))


def _how(found: Validation) -> str:
    share = round(100 * (INTERVAL[1] - INTERVAL[0]))
    data = f"; dated tables of {Path(found.data).name}" if found.data else "; bundled tables only"
    return (f"{len(found.seeds)} replications, seeds {found.seeds[0]} to {found.seeds[-1]}{data}. A fact holds if the "
            f"{share} % interval over replications overlaps its target range. Grey: target range. Blue: replications, "
            "their interval and median. Orange: observed or published values.")


def _failing(found: Validation) -> Iterator[Html]:
    failing = [j for j in found.judgements if not j.holds]
    if not failing:
        yield tag("p", "No fact fails.")
        return
    failing.sort(key=lambda j: -j.distance)
    yield table(("fact", "what", "target", "model", "distance"), [
        (j.fact.key, j.fact.title, interval(j.fact.low, j.fact.high, j.fact.unit), number(j.median), number(j.distance))
        for j in failing
    ], caption="Distance of the median from the target range, in widths of the range")


def _overview(found: Validation) -> Html:
    columns = ("fact", "what", "source", "strength", "use", "target", "model", "80 % interval", "verdict", "distance")
    return table(columns, [
        (j.fact.key, j.fact.title, j.fact.source, j.fact.strength, USES[j.fact.use],
         interval(j.fact.low, j.fact.high, j.fact.unit), number(j.median), f"{number(j.low)} to {number(j.high)}",
         j.verdict, number(j.distance))
        for j in found.judgements
    ])


def _figure(judgement: Judgement) -> Html:
    fact = judgement.fact
    verdict = tag("span", judgement.verdict, class_=f"verdict {'holds' if judgement.holds else 'fails'}")
    return tag("figure", tag("h3", f"{fact.key}  {fact.title}: ", verdict), strip(judgement), tag(
        "figcaption", f"Target {interval(fact.low, fact.high, fact.unit)}; model {number(judgement.median)} "
        f"({number(judgement.low)} to {number(judgement.high)}).", tag("small", f"{fact.source}; {USES[fact.use]}.")))

"""The figure of one fact: target range, the model's replications and their band, what was observed."""

from __future__ import annotations

import numpy as np

from coopsim.report.markup import Html, escaped
from coopsim.validation.fact import Judgement

WIDTH, HEIGHT, LEFT, RIGHT = 560.0, 92.0, 12.0, 12.0
TARGET_Y, MODEL_Y, AXIS_Y = 16.0, 38.0, 66.0
TICKS = 5


def number(value: float) -> str:
    """Return a number as people read it: three digits."""
    if not np.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def interval(low: float, high: float, unit: str = "") -> str:
    """Return a range in words: "30 to 70", "3 or more"."""
    if np.isfinite(low) and np.isfinite(high):
        words = f"{number(low)} to {number(high)}"
    else:
        words = f"{number(low)} or more" if np.isfinite(low) else f"{number(high)} or less"
    return f"{words} {unit}".strip() if unit not in ("", "1") else words


def strip(judgement: Judgement) -> Html:
    """Return a drawing of one fact: a grey target range, a blue model band with its median, orange observations."""
    fact = judgement.fact
    known = [v for v in (fact.low, fact.high, *judgement.values, *fact.observed) if np.isfinite(v)]
    low, high = min(known), max(known)
    margin = 0.08 * (high - low) or max(abs(high), 1.0) * 0.1
    low, high = low - margin, high + margin

    def x(value: float) -> float:
        place = (min(max(value, low), high) - low) / (high - low)
        return round(LEFT + place * (WIDTH - LEFT - RIGHT), 1)

    parts = [_box(x(fact.low), x(fact.high), TARGET_Y, 44.0, "target")]
    if judgement.values:
        parts.append(_box(x(judgement.low), x(judgement.high), MODEL_Y - 7, 14.0, "band"))
        parts += [f'<circle class="run" cx="{x(v)}" cy="{MODEL_Y}" r="2"/>' for v in judgement.values]
        parts.append(f'<line class="median" x1="{x(judgement.median)}" x2="{x(judgement.median)}" '
                     f'y1="{MODEL_Y - 11}" y2="{MODEL_Y + 11}"/>')
    for value in fact.observed:
        c = x(value)
        parts.append(f'<path class="seen" d="M{c} {TARGET_Y - 1}l5 7l-5 7l-5 -7z"/>')
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{AXIS_Y}" y2="{AXIS_Y}"/>')
    for tick in _ticks(low, high):
        parts.append(f'<line class="axis" x1="{x(tick)}" x2="{x(tick)}" y1="{AXIS_Y}" y2="{AXIS_Y + 4}"/>'
                     f'<text x="{x(tick)}" y="{AXIS_Y + 18}" text-anchor="middle">{number(tick)}</text>')
    return Html(f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escaped(said(judgement))}">'
                f'{"".join(parts)}</svg>')


def said(judgement: Judgement) -> str:
    """Return what the figure shows, in words."""
    fact = judgement.fact
    seen = ", ".join(number(value) for value in fact.observed) or "no single figure"
    model = (f"model {number(judgement.median)}, 80 % of replications in {interval(judgement.low, judgement.high)}"
             if judgement.values else "the model gives no value")
    return f"Target {interval(fact.low, fact.high, fact.unit)}; observed {seen}; {model}: {judgement.verdict}."


def _box(left: float, right: float, top: float, height: float, kind: str) -> str:
    return (f'<rect class="{kind}" x="{left}" y="{top}" width="{max(round(right - left, 1), 1.5)}" '
            f'height="{height:g}"/>')


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers within a range."""
    rough = (high - low) / TICKS
    base = 10 ** np.floor(np.log10(rough))
    step = next(base * factor for factor in (1, 2, 2.5, 5, 10) if base * factor >= rough)
    first = np.ceil(low / step)
    return [float(round(k * step, 12)) for k in np.arange(first, np.floor(high / step) + 1)]

"""Numbers and lists in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence

WITH_ARTICLE = {
    "Bahamas", "Central African Republic", "Comoros", "DR Congo", "Dominican Republic", "Gambia", "Holy See",
    "Maldives", "Marshall Islands", "Netherlands", "Philippines", "Seychelles", "Solomon Islands",
    "United Arab Emirates", "United Kingdom", "United States",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def the(name: str) -> str:
    """Return the name of a state as it stands inside a sentence."""
    return f"the {name}" if name in WITH_ARTICLE else name


def capital(text: str) -> str:
    """Return a text with a capital first letter, for the start of a sentence."""
    return text[:1].upper() + text[1:]


def listed(phrases: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"; "" for nothing."""
    return f"{', '.join(phrases[:-1])} and {phrases[-1]}" if len(phrases) > 1 else "".join(phrases)


def some(phrases: Sequence[str], most: int, rest: str = "others") -> str:
    """Return a list cut to `most` phrases, saying how many are left out."""
    left = len(phrases) - most
    if left <= 1:  # one more phrase is as short as "and one other"
        return listed(phrases)
    return listed([*phrases[:most], f"{number(left)} {rest}"])


def number(count: int) -> str:
    """Return a count as it stands inside a sentence: small ones as words."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return "one agreement" or "12 agreements"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def times(count: int) -> str:
    """Return "once", "twice" or "three times"."""
    return {1: "once", 2: "twice"}.get(count, f"{number(count)} times")


def ordinal(rank: int) -> str:
    """Return "1st", "2nd", "113th"."""
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def factor(value: float) -> str:
    """Return a factor as "×2.5", as short as its size allows."""
    return f"×{value:.2g}" if 0.1 <= value < 10 else f"×{value:.1g}" if value < 0.1 else f"×{value:,.0f}"


def percent(chance: float) -> str:
    """Return a chance as "12 %" or "0.35 %"."""
    return f"{100 * chance:.0f} %" if chance >= 0.1 else f"{100 * chance:.2g} %"


def significant(value: float, figures: int, *, signed: bool = False) -> str:
    """Return a number in so many figures that matter, never with an exponent; in whole numbers from 1,000."""
    if value == 0:
        return "0"
    before = math.floor(math.log10(abs(value))) + 1
    places = 0 if before > 3 else min(max(figures - before, 0), 9)
    return f"{value:{'+' if signed else ''},.{places}f}"


def rounded_up(value: float, decimals: int) -> str:
    """Return a number rounded up, so that who types it gets at least the value; sign kept."""
    scale = 10.0**decimals
    return f"{math.ceil(value * scale - 1e-12) / scale:.{decimals}f}"


def seeds_in_words(seeds: Sequence[int]) -> str:
    """Return "seed 7", "seeds 1–20" or "20 seeds from 3 to 99"."""
    known = sorted({int(seed) for seed in seeds})
    if len(known) == 1:
        return f"seed {known[0]}"
    if known and known[-1] - known[0] == len(known) - 1:
        return f"seeds {known[0]}–{known[-1]}"
    return f"{len(known)} seeds from {known[0]} to {known[-1]}" if known else "no seeds"

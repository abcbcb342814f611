"""The history book: a readable chronicle of a state or of a pair, each sentence tied to its rows in the tables."""

from __future__ import annotations

from coopsim.analysis.chronicle import Chronicle
from coopsim.analysis.history_facts import Facts
from coopsim.analysis.history_pair import pair_chronicle
from coopsim.analysis.history_state import state_chronicle
from coopsim.errors import ConfigError
from coopsim.param import nearest
from coopsim.results.results import Results


def history(
    results: Results, state: str | None = None, pair: str | tuple[str, str] | None = None,
    *, first: int | None = None, last: int | None = None,
) -> Chronicle:
    """Tell the history of a state, or of two states with each other.

    Parameters
    ----------
    results : Results
    state : str, optional
        Code of a state, such as "FRA".
    pair : str or (str, str), optional
        Two codes instead: "FRA-DEU" or ("FRA", "DEU").
    first, last : int, optional
        Years to tell; all simulated ones if not given.

    Raises
    ------
    ConfigError
        If neither or both are given, these results have no such state, or no such years.

    Examples
    --------
    >>> book = coopsim.history(results, pair="FRA-DEU")
    >>> print(book)
    >>> book.table  # every sentence with the rows it rests on
    """
    if (state is None) == (pair is None):
        raise ConfigError("give either a state or a pair")
    facts = Facts(results)
    first, last = _years(facts, first, last)
    if state is not None:
        code = _known(facts, state)
        return state_chronicle(facts, code, _since_entry(facts, (code,), first, last), last)
    assert pair is not None
    codes = pair.split("-") if isinstance(pair, str) else list(pair)
    if len(codes) != 2 or codes[0].upper() == codes[1].upper():
        raise ConfigError(f"pair = {pair!r} must be two different codes, such as FRA-DEU")
    both = (_known(facts, codes[0]), _known(facts, codes[1]))
    return pair_chronicle(facts, both, _since_entry(facts, both, first, last), last)


def _since_entry(facts: Facts, codes: tuple[str, ...], first: int, last: int) -> int:
    """Return the first year to tell: in a world that grows, that after the entry of the last of the states."""
    states = facts.results.states
    for code in codes:
        entered = int(states.loc[states["iso3"] == code, "year"].min())
        if entered >= last:
            raise ConfigError(f"{facts.name(code)} enters the world in {entered}: nothing to tell up to {last}")
        if entered > facts.start:
            first = max(first, entered + 1)
    return first


def _known(facts: Facts, code: str) -> str:
    if code.upper() not in facts.names:
        hint = nearest(code.upper(), list(facts.names))
        raise ConfigError(f"these results have no state '{code}'{hint if 'did you mean' in hint else ''}")
    return code.upper()


def _years(facts: Facts, first: int | None, last: int | None) -> tuple[int, int]:
    lowest, highest = facts.start + 1, facts.end
    begin, end = (lowest if first is None else first), (highest if last is None else last)
    for name, year in (("first (--from)", begin), ("last (--to)", end)):
        if not lowest <= year <= highest:
            raise ConfigError(f"{name} = {year} is not allowed: must be a simulated year in [{lowest}, {highest}]")
    if begin > end:
        raise ConfigError(f"the first year ({begin}) comes after the last ({end})")
    return begin, end

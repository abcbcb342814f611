"""What follows from columns that seldom change, kept until they do."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any, NamedTuple

import numpy as np

NEVER = -1


class _Known(NamedTuple):
    made: Any
    since: int  # `disturbed` as it was, if no mechanism at work writes into the inputs
    inputs: tuple[object, ...]
    held: tuple[object, ...]  # what the inputs were when `made` was made of them


class Derived:
    """A memory of what was made, and of what may have changed since.

    Nobody writes into what it gives: it is replaced as a whole. So what is derived from something derived knows by
    identity whether that has changed.

    Attributes
    ----------
    written : frozenset of str or None
        The columns ("dyads.trust") that mechanisms at work write, while a model simulates a year; else none, because
        anybody may write anything. They become fewer, never others, while nobody disturbs.
    disturbed : int
        How often something else than a mechanism may have written into columns, or a switch may have been turned.
    rests : bool
        Whether the process at work has said that it would do the same again.
    """

    def __init__(self) -> None:
        self.written: frozenset[str] | None = None
        self.disturbed = 0
        self.rests = False
        self._known: dict[str, _Known] = {}

    def __call__(
        self, name: str, inputs: tuple[object, ...], make: Callable[[], Any], columns: tuple[str, ...] = ()
    ) -> Any:
        """Return what `make` gives, made anew only when one of the inputs has changed since the last call.

        Inputs into which a mechanism may write are named as `columns`: then all is made anew also whenever such a
        mechanism is at work, or something else may have written. Into other inputs only something else writes; they are
        compared when that may have happened.
        """
        known = self._known.get(name)
        if known is not None:
            made, since, before, held = known
            if since == self.disturbed and self.written is not None and all(map(is_, before, inputs)):
                return made
            if not columns and all(_same(old, new) for old, new in zip(held, inputs, strict=True)):
                self._known[name] = known._replace(since=self._now(columns), inputs=inputs)
                return made
        made = make()
        held = () if columns else tuple(self._kept(value) for value in inputs)
        self._known[name] = _Known(made, self._now(columns), inputs, held)
        return made

    def _now(self, columns: tuple[str, ...]) -> int:
        """Return what must stay as it is for inputs to stay what they are; nothing can if one of them is written."""
        return self.disturbed if self.at_rest(*columns) else NEVER

    def at_rest(self, *columns: str) -> bool:
        """Return whether no mechanism at work writes these columns; false outside a model's year: nobody knows."""
        return self.written is not None and self.written.isdisjoint(columns)

    def rest_on(self, *columns: str) -> None:
        """Say that the process at work would change and count the same again as long as these columns are at rest."""
        self.rests = self.at_rest(*columns)

    def at_work(self, column: str) -> bool:
        """Return whether a mechanism at work writes this column; false outside a model's year: nobody knows."""
        return self.written is not None and column in self.written

    def _kept(self, value: object) -> object:
        """Return an input as it is now: a copy, unless it is itself derived."""
        if not isinstance(value, np.ndarray):
            return value
        pieces = (made if isinstance(made, tuple) else (made,) for made, *_ in self._known.values())
        return value if any(value is piece for made in pieces for piece in made) else value.copy()


def _same(old: object, new: object) -> bool:
    if old is new:
        return True
    if isinstance(old, np.ndarray):
        return isinstance(new, np.ndarray) and np.array_equal(old, new)
    return old == new

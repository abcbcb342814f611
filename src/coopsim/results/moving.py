"""What has to be made anew in a year, and what stands as it was made last."""

from __future__ import annotations

from collections.abc import Sequence

from coopsim.world.world import World


class Moving:
    """Tells which of several quantities may have changed.

    One stands if all that it is made of was at rest when it was made last, and nobody has disturbed that since.

    Parameters
    ----------
    world : World
    reads : sequence of tuple of str
        The columns that each quantity is made of; nothing is known of one that names none.
    """

    def __init__(self, world: World, reads: Sequence[tuple[str, ...]]) -> None:
        self.world, self.reads = world, reads
        self._since: tuple[int, frozenset[str] | None] = (0, None)
        self._moving: Sequence[int] | None = None

    def places(self) -> Sequence[int]:
        """Return the places of those to be made anew, who are then taken to be made."""
        derived = self.world.derived
        now = (derived.disturbed, derived.written)
        if derived.written is None or now != self._since:
            self._since, self._moving = now, None
            return range(len(self.reads))
        if self._moving is None:
            self._moving = [place for place, reads in enumerate(self.reads) if not reads or not derived.at_rest(*reads)]
        return self._moving

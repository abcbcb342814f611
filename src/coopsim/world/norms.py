"""Conventions and declarations: norms that states adopt one by one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from coopsim.world.column import Bools, Floats


@dataclass(slots=True, eq=False)
class Norm:
    """One convention or declaration.

    `adopted`, `compliance`, `resistant`, `reserved`: one cell per state. `agreement` is its row in the ledger, or -1
    while it is being negotiated.
    """

    name: str
    kind: str  # convention | declaration
    topic: str  # heritage | traffic | diversity | rights
    proposed: int  # year in which negotiations begin
    innovation: float  # p_h
    imitation: float  # q_h
    resistance: float  # share of states that never adopt
    entry_into_force: int  # ratifications needed
    adopted: Bools
    compliance: Floats
    resistant: Bools
    reserved: Bools
    tolerance: Floats  # thresholds, for the threshold mode
    agreement: int = -1
    pioneers: tuple[int, ...] = ()  # states that sign at the conference
    prepared: bool = False  # resistance and tolerance have been drawn

    @property
    def share(self) -> float:
        """Share of states that adopted."""
        return np.count_nonzero(self.adopted) / self.adopted.size if self.adopted.size else 0.0


@dataclass(slots=True)
class Norms:
    """All norms of the world."""

    items: list[Norm] = field(default_factory=list)

    def named(self, name: str) -> Norm:
        """Return a norm by name; `KeyError` if there is none."""
        for norm in self.items:
            if norm.name == name:
                return norm
        raise KeyError(name)

    def adopters(self, topic: str) -> np.ndarray | None:
        """Return which states adopted a norm on a topic, shape (S,); None if there is no such norm."""
        found = [norm.adopted for norm in self.items if norm.topic == topic]
        return None if not found else found[0] if len(found) == 1 else np.any(found, axis=0)

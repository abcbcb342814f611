"""Every simulation of a calibration, kept on disk the moment it is finished.

The search itself is not stored: it follows from its seed and from what was simulated, so a search that was killed is
simply started again, and finds in the memory everything it asked for before. It ends as an unbroken one would.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from coopsim.errors import ResultsError

WAIT = 60.0  # seconds for another process that writes


class Memory:
    """Outcomes by key, in a file that several processes may share; in a dictionary without one."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._known: dict[str, list[float]] = {}
        if path is None:
            return
        try:
            with closing(self._open()) as database, database:
                database.execute("PRAGMA journal_mode=WAL")
                database.execute("CREATE TABLE IF NOT EXISTS outcomes (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
                rows = database.execute("SELECT key, value FROM outcomes").fetchall()
        except sqlite3.Error as error:
            raise ResultsError(f"the file {path} cannot be used: {error}") from None
        self._known = {key: json.loads(value) for key, value in rows}

    def __reduce__(self) -> tuple[type[Memory], tuple[Path | None]]:
        """Other processes open the file themselves."""
        return Memory, (self.path,)

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> list[float] | None:
        """Return what is known, or None."""
        return self._known.get(key)

    def put(self, key: str, outcome: Sequence[float]) -> None:
        """Keep an outcome; it is on disk when this returns."""
        self._known[key] = [float(value) for value in outcome]
        if self.path is None:
            return
        try:
            with closing(self._open()) as database, database:
                database.execute("INSERT OR REPLACE INTO outcomes VALUES (?, ?)", (key, json.dumps(self._known[key])))
        except sqlite3.Error as error:
            raise ResultsError(f"the file {self.path} cannot be written: {error}; what was finished before is kept "
                               "in it") from None

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(str(self.path), timeout=WAIT)

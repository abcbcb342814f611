"""One driver per folder: a lock that the system lets go when its process ends, however it ends."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from coopsim.errors import SweepError

LOCK = "sweep.lock"


class FolderLock:
    """Held while a driver writes into a folder.

    Raises
    ------
    SweepError
        If another driver holds it; the message says which.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK
        self._file: IO[str] | None = None

    def __enter__(self) -> FolderLock:
        try:
            file = open(self.path, "a+", encoding="utf-8")
        except OSError as error:
            raise SweepError(f"the sweep cannot be written to '{self.path.parent}': {error.strerror}") from error
        if not _take(file):
            holder = _holder(file)
            file.close()
            raise SweepError(f"another sweep is writing to '{self.path.parent}'{_words(holder)}; wait for it, or "
                             "choose another folder")
        holder = _holder(file)
        if holder.get("host") not in (None, platform.node()):  # the lock of another machine may not reach this one
            file.close()
            raise SweepError(f"a sweep on another machine is writing to '{self.path.parent}'{_words(holder)}; if it "
                             f"is gone, delete '{self.path}'")
        file.seek(0)
        file.truncate()
        started = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(json.dumps({"pid": os.getpid(), "host": platform.node(), "started": started}))
        file.flush()
        self._file = file
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()
            self._file = None


def _take(file: IO[str]) -> bool:
    """Return whether the system's lock on a file could be had."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(1_000_000)  # beyond the text, which others must be able to read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(file: IO[str]) -> dict[str, Any]:
    """Return what the lock says about its holder; nothing if there is none."""
    try:
        file.seek(0)
        found = json.loads(file.read())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _words(holder: dict[str, Any]) -> str:
    if not holder:
        return ""
    return f" (process {holder.get('pid')} on {holder.get('host')}, since {holder.get('started')})"

"""One driver per folder: a lock that the system lets go when its process ends, however it ends."""

from __future__ import annotations

import errno
import json
import os
import platform
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from coopsim.errors import SweepError

LOCK = "sweep.lock"
HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)  # how systems say that another process has it


class FolderLock:
    """Held while a driver writes into a folder.

    Raises
    ------
    SweepError
        If another driver holds it; the message says which.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK
        self._file: IO[bytes] | None = None

    def __enter__(self) -> FolderLock:
        try:
            # Without a buffer: what a full disk refuses must not come up once more when the file is closed.
            file = open(self.path, "ab+", buffering=0)
        except OSError as error:
            raise SweepError(f"the sweep cannot be written to '{self.path.parent}': {error.strerror}") from error
        try:
            taken = _take(file)
        except OSError as error:  # a file system without locks, as some network drives are
            file.close()
            raise SweepError(f"the folder '{self.path.parent}' cannot be locked against a second sweep: "
                             f"{error.strerror}; choose one on a local disk") from error
        if not taken:
            holder = _holder(file)
            file.close()
            raise SweepError(f"another sweep is writing to '{self.path.parent}'{_words(holder)}; wait for it, or "
                             "choose another folder")
        holder = _holder(file)
        if holder.get("host") not in (None, platform.node()):  # the lock of another machine may not reach this one
            file.close()
            raise SweepError(f"a sweep on another machine is writing to '{self.path.parent}'{_words(holder)}; if it "
                             f"is gone, delete '{self.path}'")
        started = datetime.now(UTC).isoformat(timespec="seconds")
        described = json.dumps({"pid": os.getpid(), "host": platform.node(), "started": started})
        try:
            file.truncate(0)
            file.write(described.encode())
        except OSError as error:
            file.close()
            raise SweepError(f"the sweep cannot be written to '{self.path.parent}': {error.strerror}") from error
        self._file = file
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.truncate(0)
            self._file.close()
            self._file = None


def _take(file: IO[bytes]) -> bool:
    """Return whether the system's lock on a file could be had."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(1_000_000)  # beyond the text, which others must be able to read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in HELD:
            return False
        raise
    return True


def _holder(file: IO[bytes]) -> dict[str, Any]:
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

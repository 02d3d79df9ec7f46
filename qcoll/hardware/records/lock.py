"""One process at a time on a record.

The operating system holds the lock, so that it ends with the process, however that ends: ``flock`` on POSIX, a locked
byte on Windows. There is no lock file whose mere existence would block anyone.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from ...errors import InputError

LOCK = ".lock"

#: What a lock held elsewhere is called, by system and file system.
_HELD = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)


@contextlib.contextmanager
def locked(folder: Path | str) -> Iterator[None]:
    """Hold a record alone; the lock ends with the process, however it ends.

    Args:
        folder: the record's.

    Raises:
        InputError: if another process holds it, or the folder's file system has no locks.

    >>> import tempfile
    >>> from qcoll.hardware.records.lock import locked
    >>> with tempfile.TemporaryDirectory() as folder, locked(folder):
    ...     print("alone")
    alone
    """
    try:
        descriptor = os.open(Path(folder) / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise InputError(f"cannot lock the record {folder}: {error.strerror or error}") from error
    try:
        try:
            _lock(descriptor)
        except OSError as error:
            if error.errno in _HELD:
                raise InputError(
                    f"another process is working on {folder}: wait for it, or end it, and fetch again"
                ) from None
            raise InputError(
                f"cannot lock the record {folder}: {error.strerror or error}; keep records on a file system with locks"
            ) from error
        yield
    finally:
        os.close(descriptor)  # and with it the lock


def _lock(descriptor: int) -> None:
    """Take the lock of an open file, or raise at once."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # Windows only
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

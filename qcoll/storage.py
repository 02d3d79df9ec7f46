"""Write files whole or not at all, and check those that are generated."""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
import tempfile
from pathlib import Path

from .errors import InputError


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` so that a reader, or an interruption, never sees half of it.

    The content goes to a temporary file in the same folder, is flushed to disk, and replaces ``path`` in one step.

    Raises:
        InputError: if the folder is missing or cannot be written.
    """
    path = Path(path)
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror or error}; choose a folder that can be written"
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise InputError(
                f"cannot write {path}: {error.strerror or error}; free space or choose another folder"
            ) from error
        raise


def writable_folder(path: Path, option: str = "--out") -> Path:
    """Make the folder ``path`` if need be and check that files can be written into it.

    Args:
        path: the folder.
        option: by which a user chooses it, for the message.

    Raises:
        InputError: if it cannot be made or written.
    """
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise InputError(
            f"cannot write into the folder {path}: {error.strerror or error}; choose another with {option}"
        ) from error
    return path


def check_page(page: str, path: Path) -> int:
    """Whether a generated page is the one at a path: 0 if it is; 1 if not, and then what changed is printed.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        present = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; write it first with --write") from error
    if present == page:
        return 0
    changes = difflib.unified_diff(present.splitlines(), page.splitlines(), str(path), "now", lineterm="", n=0)
    sys.stdout.write("\n".join(changes) + "\n")
    return 1


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""Refuse numbers that count nothing and work that cannot fit into memory, before any work starts."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from .errors import InputError

COMPLEX_BYTES = 16


def positive_integer(value: object, name: str) -> int:
    """``value`` as an int, or an :class:`InputError` if it is not a positive integer."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"{name} must be a positive integer, but {value!r} was given")
    return int(value)


def available_memory() -> int:
    """Bytes of memory that can be had now (Linux), or the physical memory elsewhere."""
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        for line in meminfo.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def require_memory(needed: int, what: str, instead: str) -> None:
    """Raise unless ``needed`` bytes are there.

    Args:
        needed: bytes that the work will take.
        what: the thing that takes them, as the subject of a sentence.
        instead: what the user can do about it.

    Raises:
        InputError: if more is needed than is available.
    """
    available = available_memory()
    if needed > available:
        raise InputError(f"{what} needs {_readable(needed)}, but {_readable(available)} are available: {instead}")


def _readable(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            return f"{size:.3g} {unit}"
        size /= 1000
    raise AssertionError("unreachable")

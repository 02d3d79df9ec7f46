"""Refuse numbers that count nothing and work that cannot fit into memory, before any work starts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from numbers import Real
from pathlib import Path

import numpy as np

from .errors import InputError

COMPLEX_BYTES = 16


def positive_integer(value: object, name: str) -> int:
    """``value`` as an int, or an :class:`InputError` if it is not a positive integer."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"{name} must be a positive integer, but {value!r} was given")
    return int(value)


def natural_number(value: object, name: str) -> int:
    """``value`` as an int, or an :class:`InputError` if it is not an integer that is at least zero."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value < 0:
        raise InputError(f"{name} is {value!r}, but must be an integer that is not negative")
    return int(value)


def natural_numbers(values: object, name: str) -> tuple[int, ...]:
    """One or more integers that are at least zero, as a tuple of ints.

    Raises:
        InputError: if there is none, or one is something else.
    """
    if isinstance(values, int | np.integer):
        return (natural_number(values, name),)
    if not isinstance(values, Iterable) or isinstance(values, str):
        raise InputError(f"{name} is {values!r}, but must be integers that are not negative, such as range(4)")
    numbers = tuple(natural_number(value, f"an entry of {name}") for value in values)
    if not numbers:
        raise InputError(f"{name} is empty, but at least one is needed")
    return numbers


def real_number(value: object, name: str) -> float:
    """``value`` as a float, NumPy's numbers among them, or an :class:`InputError` if it is not a real number."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise InputError(f"{name} must be a real number, but {value!r} was given")
    return float(value)


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
        size = _readable(needed) if needed < 1e18 else f"10^{len(str(int(needed))) - 1} bytes"
        raise InputError(f"{what} needs {size}, but {_readable(available)} are available: {instead}")


def _readable(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            return f"{size:.3g} {unit}"
        size /= 1000
    raise AssertionError("unreachable")

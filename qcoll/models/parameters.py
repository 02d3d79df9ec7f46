"""Parameters of the ready models, checked."""

from __future__ import annotations

import math

from ..errors import InputError
from ..limits import real_number


def finite(value: object, name: str) -> float:
    """A finite real number, or an :class:`InputError`."""
    number = real_number(value, name)
    if not math.isfinite(number):
        raise InputError(f"{name} must be finite, but is {number}")
    return number


def positive(value: object, name: str) -> float:
    """A positive finite number, or an :class:`InputError`."""
    number = finite(value, name)
    if number <= 0:
        raise InputError(f"{name} must be positive, but is {number}")
    return number

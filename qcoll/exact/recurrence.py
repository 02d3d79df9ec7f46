"""One step of the Chebyshev recurrence in one pass over memory, where numba is installed (``qcoll[large]``)."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from typing import Any


@functools.cache
def fused_step() -> Callable[..., None] | None:
    r"""A compiled :math:`p \leftarrow Bc - p,\ t \leftarrow t + \alpha p`, or ``None`` without numba.

    Its arguments are the arrays of a sparse B (``indptr``, ``indices``, ``data``), c, p and t (D, w), and alpha. It
    lets go of Python's lock.
    """
    if importlib.util.find_spec("numba") is None:
        return None
    import numba

    def step(indptr: Any, indices: Any, data: Any, current: Any, previous: Any, target: Any, coefficient: Any) -> None:
        width = current.shape[1]
        for row in range(len(indptr) - 1):
            for w in range(width):
                previous[row, w] = -previous[row, w]
            for entry in range(indptr[row], indptr[row + 1]):
                value, column = data[entry], indices[entry]
                for w in range(width):
                    previous[row, w] += value * current[column, w]
            for w in range(width):
                target[row, w] += coefficient * previous[row, w]

    compiled: Callable[..., None] = numba.njit(nogil=True, fastmath={"contract", "reassoc"})(step)
    return compiled

r"""A population of circuits carried along a path of channels, where single ones would be lost.

A circuit with more angles than its channel has numbers has a surface of solutions, which folds on the way from one
channel to another: a single solution ends there (:mod:`.continuation`). Of a population only some do. Those that are
lost are replaced by others, moved along the surface at random, and go round the fold.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .dense import Real
from .fit import Residual, descend

#: Its size.
POPULATION = 16
#: The residual at which a solution is lost.
LOST = 1e-6
# Iterations at each step; how far solutions are moved along the surface, in radians.
_CARRYING, _MOVES = 8, (0.1, 0.3, 0.8)
# Steps along the way from 0 to 1: the first, their growth, the shortest, the one after a renewal; how many renewals
# where nothing goes on, and how many steps.
_FIRST, _GROWTH, _SHORTEST, _AGAIN, _RENEWALS, _STEPS = 0.25, 1.3, 0.03, 0.05, 2, 18


def carry_population(
    path: Callable[[float], Residual], angles: Real, constraints: int, rng: np.random.Generator
) -> Real:
    """The solutions (B, P) that reach the end of a path; none if B = 0.

    Args:
        path: the residual at a position from 0 to 1.
        angles: solutions at position 0, at most :data:`POPULATION`.
        constraints: how many numbers the residual fixes; the other directions are the surface.
        rng: of the moves.
    """
    position, step, renewals = 0.0, _FIRST, 0
    for _ in range(_STEPS):
        if not len(angles) or position == 1.0:
            return angles
        ahead = min(1.0, position + step)
        arrived = solved(path(ahead), angles, _CARRYING)
        if len(arrived):
            angles, position, step = arrived, ahead, step * _GROWTH
            if len(angles) < POPULATION // 2 and position < 1.0:
                angles = _renewed(path(position), angles, constraints, rng)
        elif step > 2 * _SHORTEST:
            step /= 2
        elif renewals < _RENEWALS:
            renewals += 1
            angles, step = _renewed(path(position), angles[: POPULATION // 2], constraints, rng), _AGAIN
        else:
            break
    return angles[:0]


def solved(residual: Residual, starts: Real, iterations: int) -> Real:
    """The solutions that starts (B, P) which are close lead to, which may be none."""
    if not len(starts):
        return starts
    angles, norms = descend(residual, starts, tolerance=1e-9, iterations=iterations, damping=1e-3, fall=0.1)
    return angles[norms < LOST]


def _renewed(residual: Residual, angles: Real, constraints: int, rng: np.random.Generator) -> Real:
    """A population filled up with solutions that are moved along their surface."""
    sources = angles[rng.integers(len(angles), size=POPULATION - len(angles))]
    surface = np.linalg.svd(residual(sources)[1])[2][:, constraints:]
    directions = np.einsum("bk,bkp->bp", rng.normal(size=surface.shape[:2]), surface)
    moved = sources + directions * rng.choice(_MOVES, size=(len(sources), 1))
    return np.concatenate([angles, solved(residual, moved, _CARRYING)])

r"""A population of circuits carried along a path of channels, where single ones would be lost.

A circuit with more angles than its channel has numbers has a surface of solutions, which folds on the way from one
channel to another: a single solution ends there (:mod:`.continuation`). Of a population only some do. Where many are
lost, others join them, moved along the surface at random, and those go on that are furthest from a fold: where the
smallest singular value of the Jacobian is largest. Where all are lost again and again, however they move, the channels
that these circuits have end.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from .dense import Real
from .fit import Residual, descend

#: Its size.
POPULATION = 8
#: The residual at which a solution is lost.
LOST = 1e-6
# Iterations at each step; how far solutions are moved along the surface, in radians; how many are.
_CARRYING, _MOVES, _TRIALS = 16, (0.1, 0.3, 0.8), 8
# Steps along the way from 0 to 1: the first, their growth, the shortest, how often that may fail; up to which share of
# the population that goes on they are no easy ones; after how many of them which mean length is too little to go on.
_FIRST, _GROWTH, _SHORTEST, _FAILURES, _HARD, _GRACE, _PACE = 0.25, 2.0, 0.02, 2, 0.6, 4, 1 / 20


def carry_population(
    path: Callable[[float], Residual], angles: Real, constraints: int, rng: np.random.Generator
) -> Real:
    """The solutions (B, P) that reach the end of a path; none if B = 0.

    Args:
        path: the residual at a position from 0 to 1.
        angles: solutions at position 0.
        constraints: how many numbers the residual fixes; the other directions are the surface.
        rng: of the moves.
    """
    position, step, failures, hard = 0.0, _FIRST, 0, False
    for steps in itertools.count():
        if not len(angles) or position == 1.0:
            return angles
        if position < _PACE * (steps - _GRACE):
            break
        if hard:
            angles = _renewed(path(position), angles, constraints, rng)
        ahead = min(1.0, position + step)
        arrived = solved(path(ahead), angles, _CARRYING)
        hard = len(arrived) <= _HARD * POPULATION
        if len(arrived):
            angles, position, failures = arrived, ahead, 0
            step *= 1.0 if hard else _GROWTH
        elif step > _SHORTEST:
            step = max(step / 2, _SHORTEST)
        elif (failures := failures + 1) > _FAILURES:
            break
    return angles[:0]


def solved(residual: Residual, starts: Real, iterations: int) -> Real:
    """The solutions that starts (B, P) which are close lead to, which may be none."""
    if not len(starts):
        return starts
    angles, norms = descend(residual, starts, tolerance=1e-9, iterations=iterations, damping=1e-3, fall=0.1)
    return angles[norms < LOST]


def _renewed(residual: Residual, angles: Real, constraints: int, rng: np.random.Generator) -> Real:
    """A population with others that are moved along their surface, those that are furthest from a fold."""
    sources = angles[rng.integers(len(angles), size=max(_TRIALS, _TRIALS + POPULATION - len(angles)))]
    surface = np.linalg.svd(residual(sources)[1])[2][:, constraints:]
    directions = np.einsum("bk,bkp->bp", rng.normal(size=surface.shape[:2]), surface)
    moved = sources + directions * rng.choice(_MOVES, size=(len(sources), 1))
    together = np.concatenate([angles, solved(residual, moved, _CARRYING)])
    # Where the surface folds the Jacobian loses rank.
    smallest = np.linalg.svd(residual(together)[1], compute_uv=False)[:, -1]
    return together[np.argsort(-smallest)[:POPULATION]]

r"""Circuits carried along from a model whose circuit is known to another one of the same family.

The unitaries :math:`U_s = e^{-i((1-s)G_0 + sG_1)}` join two collisions of one family, :math:`G = \delta t\,H`. If one
skeleton holds the whole family, its angles follow along :math:`s` from 0 to 1 with a few Newton steps at each, and the
residual at the end is the certificate. Each position starts on the secant through the two before it. Steps grow where
that is easy and shrink where it is not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .dense import Complex, Real

Solve = Callable[[float, Real], tuple[Real, float]]

_FIRST_STEP, _SHORTEST_STEP, _GROWTH = 0.25, 2e-4, 1.7
_ON_PATH = 1e-8
#: Newton steps at each position; where more would be needed the step along the path is too long.
NEWTON_STEPS = 5


def follow(
    solve: Solve, angles: Real, *, shortest: float = _SHORTEST_STEP, tolerance: float = _ON_PATH
) -> tuple[Real, float] | None:
    """Angles at the end of a path and the error there, or None if the path breaks off.

    Args:
        solve: refines angles at a position between 0 and 1 and says how large the error is.
        angles: at the beginning of the path.
        shortest: the path breaks off where steps would have to be shorter than this.
        tolerance: largest error on the path; towards the identity everything is close, and it must be small.
    """
    position, step = 0.0, _FIRST_STEP
    slope = np.zeros_like(angles)
    while position < 1.0:
        ahead = min(1.0, position + step)
        trial, error = solve(ahead, angles + (ahead - position) * slope)
        if error < tolerance:
            slope = (trial - angles) / (ahead - position)
            angles, position, step = trial, ahead, step * _GROWTH
        else:
            step /= 2
            if step < shortest:
                return None
    return solve(1.0, angles)


def exponential(generator: Complex) -> Complex:
    r"""The unitary :math:`e^{-iG}` of a Hermitian generator."""
    energies, vectors = np.linalg.eigh(generator)
    return np.asarray((vectors * np.exp(-1j * energies)) @ vectors.conj().T)

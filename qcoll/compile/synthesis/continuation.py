r"""Circuits carried along from a model whose circuit is known to another one of the same family.

The unitaries :math:`U_s = e^{-i((1-s)G_0 + sG_1)}` join two collisions of one family, :math:`G = \delta t\,H`. If one
skeleton holds the whole family, its angles follow along :math:`s` from 0 to 1 with a few Newton steps at each, and the
residual at the end is the certificate. Each position starts on the secant through the two before it. Steps grow where
that is easy and shrink where it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import schur

from .dense import Complex, Real

Solve = Callable[[float, Real], tuple[Real, float]]

_FIRST_STEP, _SHORTEST_STEP, _GROWTH = 0.25, 2e-4, 1.7
_ON_PATH = 1e-8
#: Newton steps at each position; where more would be needed the step along the path is too long.
NEWTON_STEPS = 5
#: Largest eigenphase of a unitary that random starts reach.
_LONG, _TINY = 1.5, 1e-300


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


@dataclass(frozen=True)
class Powers:
    """Powers of a unitary U, times a matrix W, from one that random starts reach (position 0) to U W itself (1).

    A short collision is close to the identity, where the angles of a circuit are degenerate and random starts crawl;
    :math:`U^t` with :math:`t > 1` is not.

    Args:
        phases: of the eigenvalues.
        vectors: the eigenvectors as columns.
        first: W, what the powers act on.
        longer: the power at position 0.
    """

    phases: Real
    vectors: Complex
    first: Complex
    longer: float

    @classmethod
    def to(cls, unitary: Complex, first: Complex) -> Powers:
        """The path to ``unitary @ first``."""
        triangle, vectors = schur(unitary, output="complex")
        phases = np.angle(np.diagonal(triangle) / np.linalg.det(triangle) ** (1 / len(unitary)))
        return cls(phases, vectors, first, max(1.0, _LONG / max(float(np.abs(phases).max()), _TINY)))

    def __call__(self, position: float) -> Complex:
        """The matrix at a position from 0 to 1."""
        power = self.longer + (1 - self.longer) * position
        return np.asarray((self.vectors * np.exp(1j * power * self.phases)) @ self.vectors.conj().T @ self.first)

    def carry(
        self,
        solve: Callable[[Complex, Real], tuple[Real, float]],
        angles: Real,
        *,
        shortest: float = _SHORTEST_STEP,
    ) -> tuple[Real, float] | None:
        """Angles at the end and the error there, from those for the beginning, or None if the path breaks off.

        Args:
            solve: refines angles for a matrix and says how large the error is.
            angles: for position 0.
            shortest: the path breaks off where steps would have to be shorter than this.
        """
        if self.longer == 1.0:
            return solve(self(1.0), angles)
        return follow(lambda position, start: solve(self(position), start), angles, shortest=shortest)

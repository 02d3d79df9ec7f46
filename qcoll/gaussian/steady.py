r"""Steady states of quadratic modes from the discrete Lyapunov equation, :math:`M = XMX^\dagger + Y`.

In the eigenbasis of X, with eigenvalues :math:`\lambda_j`, it is a division by :math:`1 - \lambda_j\lambda_k^*`. Where
X is part of a unitary, :math:`1 - |\lambda_j|^2 = \|Wv_j\|^2/\|v_j\|^2` comes from what an eigenvector loses to the
ancillas, with all its digits, and so does what it gains from them: the ends of a long chain of N modes are felt in its
middle at a rate of :math:`N^{-3}`. It takes seconds for a thousand modes. Where the eigenvectors are no good basis,
SciPy's Lyapunov solver takes over.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eig, solve_discrete_lyapunov

from ..errors import InputError
from .channel import MomentMap
from .quadratic import Complex, Matrix, Real

#: Condition of the eigenvectors beyond which they are no basis to divide in.
LARGEST_CONDITION = 1e5
#: Condition beyond which the solution is corrected by what it leaves of the equation, and how often.
CORRECTED_CONDITION, CORRECTIONS = 30.0, 3
#: A slowest mode whose loss is smaller than this cannot be told from a conserved one.
RESOLUTION = 1e-14


def steady_moments(one: MomentMap, name: str) -> Matrix:
    """The moments that a round leaves unchanged.

    Raises:
        InputError: if they are not unique, or grow without end.
    """
    values, vectors = eig(one.matrix)
    losses = _losses(one, values, vectors)
    if losses.min() < -RESOLUTION:
        raise InputError(f"the modes of {name!r} grow by {-losses.min():.3g} in a collision and have no steady state")
    if losses.min() <= RESOLUTION:
        raise InputError(
            f"the steady state of {name!r} is not unique: a mode never meets the ancillas, or so weakly that it cannot "
            "be told from rounding; evolve from an initial state instead"
        )
    inverse = np.linalg.inv(vectors)
    condition = np.linalg.norm(vectors) * np.linalg.norm(inverse) / len(values)
    if condition > LARGEST_CONDITION:
        return np.asarray(solve_discrete_lyapunov(one.matrix, one.noise))
    divisors = 1 - np.outer(values, values.conj())
    divisors[np.diag_indices(len(values))] = losses
    turned = sum((inverse @ source) @ fresh @ (inverse @ source).conj().T for source, fresh in one.sources)
    moments = vectors @ (turned / divisors) @ vectors.conj().T
    for _ in range(CORRECTIONS if condition > CORRECTED_CONDITION else 0):
        rest = one.matrix @ moments @ one.matrix.conj().T + one.noise - moments
        moments = moments + vectors @ ((inverse @ rest @ inverse.conj().T) / divisors) @ vectors.conj().T
    moments = moments if np.iscomplexobj(one.noise) else moments.real
    return np.asarray((moments + moments.conj().T) / 2)


def slowest_loss(one: MomentMap) -> float:
    """One minus the largest modulus of an eigenvalue of X."""
    values, vectors = eig(one.matrix)
    rest = float(_losses(one, values, vectors).min())
    return float(rest / (1 + np.sqrt(max(1 - rest, 0.0))))


def _losses(one: MomentMap, values: Complex, vectors: Complex) -> Real:
    """One minus the squared modulus of each eigenvalue."""
    if not one.losses:
        return np.asarray(1 - np.abs(values) ** 2)
    lost = sum(np.sum(np.abs(loss @ vectors) ** 2, axis=0) for loss in one.losses)
    return np.asarray(lost / np.sum(np.abs(vectors) ** 2, axis=0))

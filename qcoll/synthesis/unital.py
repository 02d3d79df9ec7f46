r"""The largest part of a one-qubit channel that is a mixture of unitaries, by a small semidefinite programme.

In the magic basis :math:`\{1, iZ, iX, iY\}/\sqrt 2` every real vector is (a multiple of) a unitary, and a Hermitian
matrix is the Choi matrix of a unital map, up to a factor, if and only if it is real symmetric. So the largest weight
:math:`q` of a mixture of unitaries inside a channel with Choi matrix :math:`J`, of trace one, is

.. math::

    q = \max\{\mathrm{Tr}\,X : X = X^T \in \mathbb R^{4\times 4},\; 0 \le X \le J\},

and the eigenvectors of the optimal :math:`X` are the unitaries, its eigenvalues their weights. What is left,
:math:`J - X`, is again a multiple of a channel. The dual is
:math:`\min\{\mathrm{Tr}\,J\Lambda : \Lambda \ge 0,\; \mathrm{Re}\,\Lambda \ge 1\}`.

The barrier method maximises :math:`\mathrm{Tr} X/\mu + \log\det X + \log\det(J - X)` for falling :math:`\mu`. It
starts from :math:`X_0 = (J^{-1} + \bar J^{-1})^{-1}`, which is inside because :math:`X_0^{-1} > J^{-1}`, and
:math:`\Lambda = \mu (J - X)^{-1}` is a dual point, so that the gap is :math:`2 r\mu`: a certificate. All matrices are
scaled by :math:`J` and :math:`X_0`, so that weak and strong channels look alike.

Eigenvalues of :math:`J` below :math:`10^{-15}` count as that, which is what a Choi matrix of double precision is known
to: what is left may then be negative by as little. A weak collision gains from it. Its Kraus operators have weights of
order 1, :math:`\gamma`, :math:`\gamma^2`, with :math:`\gamma\sim(\alpha\,\delta t)^2`, and q is that of the three as
long as :math:`\gamma^2` is no rounding error. Where it is one, the unitaries alone describe what happens between rare
jumps, and q tends to one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from .dense import Complex, Real

#: Columns: the stacked rows of 1, iZ, iX, iY over sqrt(2).
MAGIC = np.array([[1, 0, 0, 1], [1j, 0, 0, -1j], [0, 1j, 1j, 0], [0, 1, -1, 0]], dtype=complex).T / np.sqrt(2)
#: The gap between q and its upper bound, relative to 1 - q, or to this where that is smaller.
RELATIVE_GAP, SMALLEST_REST = 1e-12, 0.1
#: Kraus operators of a smaller norm count as this: the square root of what a Choi matrix is known to.
SMALLEST_SCALE = 3e-8
#: A mixture of a smaller weight q is not worth circuits of its own.
SMALLEST_PART = 1e-4


@dataclass(frozen=True)
class UnitalPart:
    """A channel as a mixture of unitaries and a rest.

    Args:
        weights: of the unitaries (m,), their sum is q.
        unitaries: (m, 2, 2).
        rest: Choi matrix (4, 4) of the rest, of trace 2 (1 - q), rows stacked.
        gap: the largest possible q is at most this much larger.
    """

    weights: Real
    unitaries: Complex
    rest: Complex
    gap: float


def unital_part(kraus: Complex) -> UnitalPart:
    r"""The largest unital part of a one-qubit channel.

    Args:
        kraus: canonical Kraus operators (r, 2, 2).

    >>> import numpy as np
    >>> from qcoll.synthesis.unital import unital_part
    >>> flip = np.array([np.sqrt(0.9) * np.eye(2), np.sqrt(0.1) * np.diag([1, -1])], dtype=complex)
    >>> round(float(unital_part(flip).weights.sum()), 9)
    1.0
    """
    if len(kraus) == 1:
        return UnitalPart(np.ones(1), kraus, np.zeros((4, 4), dtype=complex), 0.0)
    amplitudes = MAGIC.conj().T @ kraus.reshape(len(kraus), 4).T / np.sqrt(2)
    choi = amplitudes @ amplitudes.conj().T
    basis, scales, _ = np.linalg.svd(amplitudes)
    scales = np.maximum(np.pad(scales, (0, 4 - len(scales))), SMALLEST_SCALE)
    optimum, gap = _largest_real(basis.conj().T / scales[:, None])
    weights, vectors = np.linalg.eigh(optimum)
    kept = weights > (1e-16 if np.trace(optimum) > SMALLEST_PART else np.inf)
    unitaries = np.sqrt(2) * (MAGIC @ vectors[:, kept]).T.reshape(-1, 2, 2)
    exact = (vectors[:, kept] * weights[kept]) @ vectors[:, kept].T
    rest = 2 * MAGIC @ (choi - exact) @ MAGIC.conj().T
    return UnitalPart(weights[kept], unitaries, rest, gap)


def _largest_real(scaled: Complex) -> tuple[Real, float]:
    r"""Maximise Tr x over real x >= 0 with 1 - M x M^\dagger >= 0; returns x and the gap to the optimum."""
    # X_0 = factor factor^T with X_0^-1 = 2 Re M^dagger M; a QR decomposition keeps the digits that squaring would lose.
    triangle = np.linalg.qr(np.concatenate([scaled.real, scaled.imag]), mode="r")
    factor = solve_triangular(np.sqrt(2) * triangle, np.eye(len(triangle)))
    factor = factor @ np.linalg.svd(factor)[2].T  # directions of different weight apart
    matrix, cost = scaled @ factor, factor.T @ factor
    # A little inside of X_0, so that the rest has full rank as well.
    x = 0.999 * np.eye(len(cost))
    strength = float(np.trace(cost)) / 8
    while True:
        x = _centred(x, matrix, cost / strength)
        gap = strength * (len(cost) + len(matrix))
        if gap < RELATIVE_GAP * max(1 - float(np.trace(cost @ x)), SMALLEST_REST):
            return factor @ x @ factor.T, gap
        strength *= 0.1


def _centred(x: Real, matrix: Complex, cost: Real) -> Real:
    """Newton's method with backtracking on the barrier function at one strength."""
    size = len(cost)
    units = np.array([_unit(size, i, j) for i in range(size) for j in range(i, size)])
    value = _barrier(x, matrix, cost)
    for _ in range(40):
        inverse = np.linalg.inv(x)
        inner = matrix.conj().T @ np.linalg.inv(np.eye(len(matrix)) - matrix @ x @ matrix.conj().T) @ matrix
        gradient = np.einsum("kij,ji->k", units, cost + inverse - inner.real)
        left, right = units @ inverse, units @ inner
        own, other = np.einsum("kij,mji->km", left, left), np.einsum("kij,mji->km", right, right).real
        # Both are positive, but the rounding of a large one can hide that, and their directions differ by many orders.
        scale = 1 / np.sqrt(np.diagonal(own) + np.clip(np.diagonal(other), 0.0, None))
        # Least squares, for what rounding hides may be all there is of a direction.
        coefficients = scale * np.linalg.lstsq((own + other) * np.outer(scale, scale), scale * gradient)[0]
        step, size_of_step = np.tensordot(coefficients, units, 1), 1.0
        while size_of_step > 1e-6 and not _barrier(x + size_of_step * step, matrix, cost) > value:
            size_of_step /= 2
        if size_of_step <= 1e-6:
            return x
        x = x + size_of_step * step
        value = _barrier(x, matrix, cost)
        if gradient @ coefficients < 1e-3:
            return x
    return x


def _barrier(x: Real, matrix: Complex, cost: Real) -> float:
    rest = np.eye(len(matrix)) - matrix @ x @ matrix.conj().T
    lowest = min(np.linalg.eigvalsh(x)[0], np.linalg.eigvalsh(rest)[0])
    if lowest <= 0:
        return -np.inf
    return float(np.trace(cost @ x) + np.linalg.slogdet(x)[1] + np.linalg.slogdet(rest)[1])


def _unit(size: int, i: int, j: int) -> Real:
    unit = np.zeros((size, size))
    unit[i, j] = unit[j, i] = 1.0
    return unit

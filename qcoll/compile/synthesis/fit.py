r"""How the angles of a :class:`~.skeleton.Skeleton` are found: Levenberg-Marquardt with exact derivatives.

The last steps are plain Newton steps: where a solution is regular the residual falls to rounding within a few of them,
so that the residual is the certificate.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .dense import Complex, Real
from .skeleton import Skeleton

Residual = Callable[[Real], tuple[Real, Real]]


def levenberg_marquardt(
    residual: Residual, start: Real, *, tolerance: float, iterations: int, damping: float = 1e-3
) -> tuple[Real, float]:
    """Angles with a small residual, and its norm; plain Newton steps once the damping has died out."""
    angles = start
    values, jacobian = residual(angles)
    norm = float(np.linalg.norm(values))
    for _ in range(iterations):
        if norm < tolerance:
            break
        left, scales, right = np.linalg.svd(jacobian, full_matrices=False)
        projected = left.T @ values
        while True:
            newton = np.divide(1.0, scales, out=np.zeros_like(scales), where=scales > 1e-10 * scales[0])
            factors = scales / (scales**2 + damping) if damping > 1e-14 else newton
            trial = angles - right.T @ (factors * projected)
            trial_values, trial_jacobian = residual(trial)
            trial_norm = float(np.linalg.norm(trial_values))
            if trial_norm < norm:
                break
            damping = max(5 * damping, 1e-9)
            if damping > 1e8:
                return angles, norm
        angles, values, jacobian, norm = trial, trial_values, trial_jacobian, trial_norm
        damping = max(damping / 10, 1e-16)
    return angles, norm


def unitary_residual(skeleton: Skeleton, target: Complex) -> Residual:
    r"""The residual :math:`U(\theta) - e^{i\gamma} T`, real parts then imaginary parts; the last angle is gamma."""
    inputs = np.eye(len(target), dtype=complex)

    def residual(angles: Real) -> tuple[Real, Real]:
        unitary, slopes = skeleton.derivatives(angles[:-1], inputs)
        turned = np.exp(1j * angles[-1]) * target
        columns = np.concatenate([slopes.reshape(len(slopes), -1), -1j * turned.reshape(1, -1)]).T
        difference = (unitary - turned).ravel()
        return np.concatenate([difference.real, difference.imag]), np.concatenate([columns.real, columns.imag])

    return residual


def fit_unitary(
    skeleton: Skeleton, target: Complex, start: Real, iterations: int, damping: float = 1e-3
) -> tuple[Real, float]:
    """Angles for which the circuit is ``target`` up to a phase, and the largest entry of what is left."""
    phase = np.angle(np.vdot(target, skeleton.unitary(start)))
    residual = unitary_residual(skeleton, target)
    angles, _ = levenberg_marquardt(
        residual, np.append(start, phase), tolerance=1e-14, iterations=iterations, damping=damping
    )
    left = skeleton.unitary(angles[:-1]) - np.exp(1j * angles[-1]) * target
    return angles[:-1], float(np.abs(left).max())

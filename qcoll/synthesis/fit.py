r"""How the angles of a :class:`~.skeleton.Skeleton` are found: Levenberg-Marquardt with exact derivatives.

Four of them. :func:`levenberg_marquardt` takes one start and a singular value decomposition for each step: for
channels, whose residuals are scaled by weights down to :math:`10^{-14}`. :func:`search` and :func:`descend` take a
stack of starts and the normal equations: twenty steps cost what one does by itself. The first ends with the first start
that arrives and gives that one, the second takes all as far as they go. :func:`refined` only ends what is close, where
normal equations lose directions that count: by a decomposition that keeps them and costs a tenth of singular values.

The last steps are plain Newton steps in all of them: where a solution is regular the residual falls to rounding within
a few of them, so that the residual is the certificate.

The residual of a unitary is :math:`W - 1` with :math:`W = U(\theta)^\dagger T e^{i\gamma}`, whose norm is that of
:math:`U - T e^{i\gamma}`. With :math:`\partial_k U = -\tfrac i2 U H_k` its derivatives are Hermitian matrices at a
solution, :math:`\tfrac i2 H_k W`, and a Gauss-Newton step needs no more than those: 64 real numbers for each angle of
three qubits, where the entries of U are 128. The phase is solved for: that of the trace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from scipy.linalg import lstsq

from .dense import Complex, Real, hermitian_coordinates
from .skeleton import Skeleton


class Ansatz(Protocol):
    """A unitary with free angles: a :class:`~.skeleton.Skeleton`, or one after something fixed."""

    @property
    def num_parameters(self) -> int:
        """Number of angles."""

    def unitary(self, parameters: Real, /) -> Complex:
        """The matrix."""

    def heisenberg(self, parameters: Real, /) -> tuple[Complex, Complex]:
        """The matrix and its derivatives, as in :meth:`.skeleton.Skeleton.heisenberg`."""


#: Angles (..., P) to values (..., R) and Jacobian (..., R, P).
Residual = Callable[[Real], tuple[Real, Real]]

# The damping of the normal equations: where it starts for a blind search, how it moves, where Newton's steps begin.
_BLIND, _FALL, _RISE, _SMALLEST, _LARGEST = 1.0, 1 / 3, 4.0, 1e-13, 1e8
_PATIENCE, _PROGRESS = 20, 0.8
#: Newton steps to what is close; where more would be needed it is not.
NEWTON_STEPS = 5
# Where a residual is rounding; singular values, relative to the largest, below which a direction may do nothing; by
# which factor a step has to lower the norm for others not to be tried.
_ROUNDING, _CUTOFFS, _ENOUGH = 2e-14, (1e-12, 1e-10, 1e-8), 0.5


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


def refined(residual: Residual, start: Real, steps: int = NEWTON_STEPS) -> tuple[Real, float]:
    r"""Newton's method from angles that are close but degenerate, by least squares: angles and the residual's norm.

    Along a direction of singular value :math:`s` rounding moves the angles by :math:`10^{-16}/s`, and the square of
    that is an error. So each step takes all directions, or leaves out those that hardly do anything where that is no
    progress. Ends as well where neither is better.
    """
    angles = start
    values, jacobian = residual(angles)
    norm = float(np.linalg.norm(values))
    for _ in range(steps):
        if norm < _ROUNDING:
            break
        here, known, before = angles, (jacobian, values), norm
        for cutoff in _CUTOFFS:
            trial = here - lstsq(*known, cond=cutoff, lapack_driver="gelsy", check_finite=False)[0]
            trial_values, trial_jacobian = residual(trial)
            trial_norm = float(np.linalg.norm(trial_values))
            if trial_norm < norm:
                angles, values, jacobian, norm = trial, trial_values, trial_jacobian, trial_norm
            if norm < _ENOUGH * before:
                break
        if norm >= before:
            break
    return angles, norm


def search(
    residual: Residual,
    starts: Real,
    *,
    tolerance: float,
    iterations: int,
    damping: float = _BLIND,
) -> tuple[Real, float]:
    """The best angles (P,) that a stack of starts (B, P) leads to, and the norm of the residual there.

    Ends with the first start whose residual is below ``tolerance``.
    """
    found, norms = _descent(residual, starts, tolerance, iterations, damping, _FALL, enough=1)
    best = int(np.argmin(norms))
    return found[best], float(norms[best])


def descend(
    residual: Residual,
    starts: Real,
    *,
    tolerance: float,
    iterations: int,
    damping: float,
    fall: float = _FALL,
    enough: int | None = None,
) -> tuple[Real, Real]:
    """The angles (B, P) that a stack of starts (B, P) leads to, and the norms (B,) of the residual there.

    Ends when ``enough`` of the residuals, by default all, are below ``tolerance``. The damping falls by the factor
    ``fall`` with every good step.
    """
    return _descent(residual, starts, tolerance, iterations, damping, fall, enough=enough or len(starts))


def _descent(
    residual: Residual, starts: Real, tolerance: float, iterations: int, damping: float, fall: float, *, enough: int
) -> tuple[Real, Real]:
    angles = np.array(starts)
    values, jacobian = residual(angles)
    norms = np.linalg.norm(values, axis=-1)
    dampings = np.full(len(angles), damping)
    history = [float(norms.min())]
    for _ in range(iterations):
        going = np.flatnonzero(norms >= tolerance)  # those that have arrived cost nothing any more
        if len(norms) - len(going) >= enough or dampings[going].min() > _LARGEST:
            break
        if norms.min() >= tolerance and _stalls(history):
            break
        trials = angles[going] - _damped_step(jacobian[going], values[going], dampings[going])
        trial_values, trial_jacobian = residual(trials)
        trial_norms = np.linalg.norm(trial_values, axis=-1)
        better = trial_norms < norms[going]
        moved = going[better]
        angles[moved], norms[moved] = trials[better], trial_norms[better]
        values[moved], jacobian[moved] = trial_values[better], trial_jacobian[better]
        dampings[going] = np.where(better, np.maximum(fall * dampings[going], _SMALLEST), _RISE * dampings[going])
        history.append(float(norms.min()))
    return angles, norms


def _damped_step(jacobian: Real, values: Real, dampings: Real) -> Real:
    """Steps (J^T J + m)^-1 J^T r = J^T (J J^T + m)^-1 r, by whichever of the two matrices is smaller."""
    transposed = jacobian.swapaxes(-1, -2)
    short = jacobian.shape[-2] < jacobian.shape[-1]
    squared, values = jacobian @ transposed if short else transposed @ jacobian, values[..., None]

    def solved(dampings: Real) -> Real:
        damped = squared + dampings[:, None, None] * np.eye(squared.shape[-1])
        step = transposed @ np.linalg.solve(damped, values) if short else np.linalg.solve(damped, transposed @ values)
        return np.asarray(step[..., 0])

    try:
        return solved(dampings)
    except np.linalg.LinAlgError:
        # Damping that drowns in the square may leave it singular. More of it everywhere would arrive less often.
        return solved(np.maximum(dampings, np.finfo(float).eps * np.trace(squared, axis1=-2, axis2=-1)))


def _stalls(history: list[float]) -> bool:
    """Whether the smallest norm has hardly fallen over the last iterations: a search that ends at a local minimum."""
    return len(history) > _PATIENCE and history[-1] > _PROGRESS * history[-1 - _PATIENCE]


def unitary_residual(ansatz: Ansatz, target: Complex, levels: int = 1) -> Residual:
    r"""The residual :math:`U^\dagger T\,(e^{i\gamma_k}\otimes 1) - 1` with the best phases.

    Args:
        ansatz: the circuit.
        target: the unitary T.
        levels: how many groups of neighbouring columns have a phase of their own; one is a global phase.
    """
    size = len(target)

    def residual(angles: Real) -> tuple[Real, Real]:
        unitary, moved = ansatz.heisenberg(angles)
        turned = unitary.conj().swapaxes(-1, -2) @ target
        traces = np.diagonal(turned, axis1=-2, axis2=-1).reshape(*turned.shape[:-2], levels, -1).sum(axis=-1)
        turned = turned * np.repeat(np.exp(-1j * np.angle(traces)), size // levels, axis=-1)[..., None, :]
        adjoint = turned.conj().swapaxes(-1, -2)
        second_order = np.linalg.norm((turned + adjoint) / 2 - np.eye(size), axis=(-2, -1))
        values = np.concatenate([hermitian_coordinates((turned - adjoint) / 2j), second_order[..., None]], axis=-1)
        slopes = hermitian_coordinates(moved) / 2
        groups = slopes[..., :size].reshape(*slopes.shape[:-1], levels, -1)
        slopes[..., :size] = (groups - groups.mean(axis=-1, keepdims=True)).reshape(*slopes.shape[:-1], size)
        # The Hermitian part of W - 1 is of second order and has no slope.
        jacobian = np.concatenate([slopes, np.zeros((*slopes.shape[:-1], 1))], axis=-1).swapaxes(-1, -2)
        return values, jacobian

    return residual


def fit_unitary(ansatz: Ansatz, target: Complex, start: Real, iterations: int, levels: int = 1) -> tuple[Real, float]:
    """Newton's method from angles that are close: angles for which the circuit is ``target`` up to phases, the error.

    The error is the largest entry of what is left, the phases (one for each of ``levels`` groups of columns) matched.
    """
    residual = unitary_residual(ansatz, target, levels)
    angles, _ = search(residual, start[None], tolerance=1e-14, iterations=iterations, damping=_SMALLEST)
    return angles, largest_difference(ansatz.unitary(angles), target, levels)


def largest_difference(unitary: Complex, target: Complex, levels: int = 1) -> float:
    """Largest entry of U - T (e^{i gamma_k} x 1), the phases matched."""
    overlaps = np.diagonal(unitary.conj().T @ target).reshape(levels, -1).sum(axis=-1)
    phases = np.repeat(np.exp(-1j * np.angle(overlaps)), len(target) // levels)
    return float(np.abs(unitary - target * phases).max())


def isometry_residual(skeleton: Skeleton, target: Complex, inputs: Complex) -> Residual:
    r"""The residual :math:`V(\theta)\,|j\rangle e^{-i\gamma} - T|j\rangle` with the best phase, columns of (d, c).

    Args:
        skeleton: the circuit V.
        target: T, with orthonormal columns.
        inputs: the states that V takes to them, likewise.
    """

    def coordinates(amplitudes: Complex) -> Real:
        return np.concatenate([amplitudes.real, amplitudes.imag], axis=-1)

    def residual(angles: Real) -> tuple[Real, Real]:
        images, slopes = skeleton.derivatives(angles, inputs)
        images = images.reshape(*images.shape[:-2], -1)
        phases = np.exp(-1j * np.angle(images @ target.reshape(-1).conj()))[..., None]
        images = images * phases
        slopes = slopes.reshape(*slopes.shape[:-2], -1) * phases[..., None]
        # A slope along i times the images is a phase, which does not matter.
        along = (slopes @ (-1j * images.conj())[..., None]).real / inputs.shape[1]
        slopes = slopes - 1j * along * images[..., None, :]
        return coordinates(images - target.reshape(-1)), coordinates(slopes).swapaxes(-1, -2)

    return residual


def fit_isometries(
    skeleton: Skeleton, target: Complex, inputs: Complex, starts: Real, iterations: int
) -> tuple[Real, Real]:
    """Newton's method from a stack of angles (B, P) that are close: angles with V|j> = T|j> up to a phase, the errors.

    An error is the norm of the difference.
    """
    residual = isometry_residual(skeleton, target, inputs)
    return _descent(residual, starts, 1e-14, iterations, _SMALLEST, _FALL, enough=len(starts))

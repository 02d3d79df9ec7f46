r"""Circuits carried along from a model whose circuit is known to another one of the same family.

The unitaries :math:`U_s = e^{-i((1-s)G_0 + sG_1)}` join two collisions of one family, :math:`G = \delta t\,H`. If one
skeleton holds the whole family, its angles follow along :math:`s` from 0 to 1 with a few Newton steps at each, and the
residual at the end is the certificate. Each position starts on the secant through the two before it, or on the parabola
through three. Steps grow where that is easy and shrink where it is not.

Towards the identity the angles degenerate: singular values of the Jacobian fall with a power of the strength, down to
:math:`10^{-10}` and less, and normal equations no longer see them. :func:`carried` goes there (:func:`.fit.refined`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import schur

from .dense import Complex, Real
from .evolution import Evolution
from .fit import Residual, refined

#: The matrix at a position between 0 and 1.
Path = Callable[[float], Complex]
Solve = Callable[[float, Real], tuple[Real, float]]
#: The same for a stack of angles (B, P) with errors (B,).
SolveAll = Callable[[float, Real], tuple[Real, Real]]

_FIRST_STEP, _SHORTEST_STEP, _GROWTH = 0.25, 2e-4, 1.7
_ON_PATH = 1e-8
# The same for paths to degenerate angles: the residual on the path, the shortest step and the most of them, where
# another path leads to the end sooner.
_AT_ROUNDING, _SHORTEST_REFINED, _MOST = 1e-12, 1e-3, 90
#: Largest eigenphase of a unitary that random starts reach.
_LONG, _TINY = 1.5, 1e-300
#: The angle between two states where a path begins, and how much smaller it is towards its end.
_TURN, _FALL = 1.5, 1e-3


def follow(
    solve: Solve,
    angles: Real,
    *,
    shortest: float = _SHORTEST_STEP,
    tolerance: float = _ON_PATH,
    through: int = 2,
    most: float = np.inf,
) -> tuple[Real, float] | None:
    """Angles at the end of a path and the error there, or None if the path breaks off.

    Args:
        solve: refines angles at a position between 0 and 1 and says how large the error is.
        angles: at the beginning of the path.
        shortest: the path breaks off where steps would have to be shorter than this.
        tolerance: largest error on the path; towards the identity everything is close, and it must be small.
        through: how many of the last positions the next one is extrapolated from.
        most: the path breaks off after so many attempts.
    """
    known, step, attempts = [(0.0, angles)], _FIRST_STEP, 0
    while (position := known[-1][0]) < 1.0:
        ahead = min(1.0, position + step)
        trial, error = solve(ahead, _extrapolated(known, ahead))
        attempts += 1
        if error < tolerance:
            known = [*known, (ahead, trial)][-through:]
            step *= _GROWTH
        else:
            step /= 2
            if step < shortest or attempts > most:
                return None
    return solve(1.0, known[-1][1])


def _extrapolated(known: list[tuple[float, Real]], ahead: float) -> Real:
    """The polynomial through known positions, further ahead."""
    positions = np.array([position for position, _ in known])
    apart = positions[:, None] - positions + np.eye(len(known))
    others = np.where(np.eye(len(known), dtype=bool), 1.0, ahead - positions)
    return np.asarray((others / apart).prod(axis=1) @ np.array([angles for _, angles in known]))


def carried(path: Callable[[float], Residual], angles: Real) -> Real | None:
    """Angles at the end of a path of residuals, from those at its beginning, or None if the path breaks off.

    By :func:`refined`, so that the residual stays at rounding also where the angles become degenerate.
    """

    def solve(position: float, start: Real) -> tuple[Real, float]:
        return refined(path(position), start)

    end = follow(solve, angles, shortest=_SHORTEST_REFINED, tolerance=_AT_ROUNDING, through=3, most=_MOST)
    return None if end is None else end[0]


def follow_together(solve: SolveAll, angles: Real, *, shortest: float, tolerance: float = _ON_PATH) -> Real:
    """Those of a stack of angles (B, P) that arrive at the end of a path, (B', P): some may break off, or all.

    Steps are such that at least half of them go on, down to the shortest step.

    Args:
        solve: refines angles (B, P) at a position between 0 and 1 and says how large the errors (B,) are.
        angles: at the beginning of the path.
        shortest: no step is shorter than this.
        tolerance: largest error on the path.
    """
    position, step = 0.0, _FIRST_STEP
    slopes = np.zeros_like(angles)
    while position < 1.0 and len(angles):
        ahead = min(1.0, position + step)
        trials, errors = solve(ahead, angles + (ahead - position) * slopes)
        on_path = errors < tolerance
        if 2 * on_path.sum() >= len(angles) or step < 2 * shortest:
            slopes = (trials - angles)[on_path] / (ahead - position)
            angles, position, step = trials[on_path], ahead, step * _GROWTH
        else:
            step /= 2
    return angles


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
    def to(cls, unitary: Complex, first: Complex, *, largest: float = _LONG) -> Powers:
        """The path to ``unitary @ first``, from the power whose largest eigenphase is at least ``largest``."""
        triangle, vectors = schur(unitary, output="complex")
        phases = np.angle(np.diagonal(triangle) / np.linalg.det(triangle) ** (1 / len(unitary)))
        return cls(phases, vectors, first, max(1.0, largest / max(float(np.abs(phases).max()), _TINY)))

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


@dataclass(frozen=True)
class Stronger:
    r"""Collisions times a matrix W, from one whose interaction is stronger (position 0) to the model's (1).

    .. math:: e^{-i\,(G + (f^{1-s} - 1)\,G_{SA})}\,W

    Random starts often find a strong interaction where they do not find a weak one.

    Args:
        generator: G, the Hamiltonian times dt.
        interaction: :math:`G_{SA}`, the part of it that couples system and ancilla.
        first: W.
        factor: f, how much stronger.
    """

    generator: Complex
    interaction: Complex
    first: Complex
    factor: float

    @classmethod
    def than(cls, model: Evolution, first: Complex, strength: float, *, least: float, most: float) -> Stronger:
        """The path to the collision of a model times W, from an interaction of a given norm times dt.

        Args:
            model: the collision model.
            first: W.
            strength: the norm, where that is from ``least`` to ``most`` times the model's.
            least: smallest factor.
            most: largest factor.
        """
        generator, interaction = (model.dt * part.to_matrix() for part in (model.hamiltonian, model.interaction))
        present = float(np.linalg.norm(interaction, 2))
        return cls(generator, interaction, first, min(max(strength / max(present, _TINY), least), most))

    def __call__(self, position: float) -> Complex:
        """The matrix at a position from 0 to 1."""
        more = self.factor ** (1 - position) - 1
        return exponential(self.generator + more * self.interaction) @ self.first


@dataclass(frozen=True)
class Turned:
    r"""A unitary U times states :math:`F\cos\theta + F'\sin\theta`, where :math:`\theta` falls to zero.

    .. math:: \theta(s) = (1 - s)\,10^{-3s}\,\theta(0)

    States that hardly interact are reached from such as do, in steps that become as small as their interaction.

    Args:
        unitary: U.
        first: F, with orthonormal columns.
        other: F', likewise and orthogonal to it.
    """

    unitary: Complex
    first: Complex
    other: Complex

    def __call__(self, position: float) -> Complex:
        """The matrix at a position from 0 to 1."""
        angle = _TURN * _FALL**position * (1 - position)
        return np.asarray(self.unitary @ (np.cos(angle) * self.first + np.sin(angle) * self.other))

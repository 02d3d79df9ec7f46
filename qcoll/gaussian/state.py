r"""Gaussian states of bosons or fermions by their moments.

.. math:: N_{jk} = \langle c_k^\dagger c_j\rangle,\qquad F_{jk} = \langle c_j c_k\rangle,\qquad
    \alpha_j = \langle c_j\rangle .
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .negativity import boson_negativity, fermion_negativity
from .quadratic import (
    SYMMETRY_TOLERANCE,
    Complex,
    Form,
    Matrix,
    Quadratic,
    Real,
    Statistics,
    check_statistics,
    symplectic_form,
)

#: By how much a state may miss what Heisenberg or Pauli allow.
PHYSICAL_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class GaussianState:
    """A Gaussian state of n modes.

    Args:
        statistics: ``"bosons"`` or ``"fermions"``.
        correlations: N, shape (n, n), Hermitian.
        anomalous: F, shape (n, n); ``None`` is zero.
        displacement: alpha, shape (n,), bosons only; ``None`` is zero. N and F are those of the whole state, with the
            displacement in them.

    Raises:
        InputError: for other shapes or symmetries, or moments that no state has.

    >>> import numpy as np
    >>> import qcoll
    >>> round(qcoll.GaussianState("bosons", np.diag([0.5, 2.0])).entropy(), 6)
    2.864314
    """

    statistics: Statistics
    correlations: Complex
    anomalous: Complex | None = None
    displacement: Complex | None = None

    def __post_init__(self) -> None:
        check_statistics(self.statistics)
        normal = np.atleast_2d(np.array(self.correlations, dtype=complex))
        n = len(normal)
        anomalous = np.zeros((n, n), dtype=complex) if self.anomalous is None else np.array(self.anomalous, complex)
        shift = np.zeros(n, dtype=complex) if self.displacement is None else np.array(self.displacement, complex)
        if normal.shape != (n, n) or anomalous.shape != (n, n) or shift.shape != (n,):
            raise InputError(
                f"the moments have shapes {normal.shape}, {anomalous.shape} and {shift.shape}, but (n, n), (n, n) and "
                "(n,) were expected"
            )
        sign = 1 if self.statistics == "bosons" else -1
        for matrix, mirrored, name in (
            (normal, normal.conj().T, "correlations are not Hermitian"),
            (anomalous, sign * anomalous.T, f"anomalous correlations do not have the symmetry of {self.statistics}"),
        ):
            if np.abs(matrix - mirrored).max() > SYMMETRY_TOLERANCE * max(float(np.abs(matrix).max()), 1.0):
                raise InputError(f"the {name}")
        if self.statistics == "fermions" and shift.any():
            raise InputError("fermions have no displacement")
        object.__setattr__(self, "correlations", normal)
        object.__setattr__(self, "anomalous", anomalous)
        object.__setattr__(self, "displacement", shift)
        self._check()

    @classmethod
    def vacuum(cls, statistics: Statistics, modes: int) -> GaussianState:
        """No particle in any mode."""
        return cls(statistics, np.zeros((modes, modes), dtype=complex))

    @classmethod
    def occupied(cls, statistics: Statistics, numbers: Sequence[float]) -> GaussianState:
        """Uncorrelated modes with given mean numbers of particles."""
        return cls(statistics, np.diag(np.asarray(numbers, dtype=complex)))

    @classmethod
    def coherent(cls, amplitudes: Sequence[complex]) -> GaussianState:
        """Coherent states of bosons."""
        alpha = np.asarray(amplitudes, dtype=complex)
        return cls("bosons", np.outer(alpha, alpha.conj()), np.outer(alpha, alpha), alpha)

    @property
    def num_modes(self) -> int:
        """How many modes it has."""
        return len(self.correlations)

    @property
    def conserving(self) -> bool:
        """Whether it has no anomalous correlations beyond those of its displacement."""
        return not np.any(self._central()[1])

    @property
    def occupations(self) -> Real:
        """Mean number of particles in each mode, (n,)."""
        return np.asarray(self.correlations.diagonal().real)

    @property
    def covariance(self) -> Real:
        r"""Second moments without the displacement, (2n, 2n).

        Bosons: :math:`\tfrac12\langle\{r_j, r_k\}\rangle` of the quadratures (x, p), 1/2 in the vacuum. Fermions:
        :math:`\tfrac i2\langle[\gamma_j, \gamma_k]\rangle` of the Majorana operators, real and antisymmetric.
        """
        matrix = moments_of(*self._central(), self.statistics)
        return np.asarray(matrix.real if self.statistics == "bosons" else (1j * matrix).real)

    def moments(self, form: Form) -> Matrix:
        """The second moments in a form."""
        assert self.anomalous is not None
        return moments_of(self.correlations, self.anomalous, self.statistics) if form.paired else self.correlations

    def entropy(self) -> float:
        """Von Neumann entropy in nats: from the symplectic eigenvalues of bosons, the occupations of fermions."""
        return entropy_of(*self._central(), self.statistics)

    def energy(self, hopping: Complex, pairing: Complex | None = None) -> float:
        """The mean of a quadratic Hamiltonian."""
        assert self.anomalous is not None
        value = np.trace(np.asarray(hopping) @ self.correlations).real
        if pairing is not None:  # Delta_jk <c_j+ c_k+> = Delta_jk conj(<c_k c_j>), half of it and its conjugate
            value += np.sum(np.asarray(pairing) * self.anomalous.T.conj()).real
        return float(value)

    def subset(self, modes: Sequence[int]) -> GaussianState:
        """The reduced state of some modes, in their order."""
        assert self.anomalous is not None
        assert self.displacement is not None
        index = np.ix_(modes, modes)
        return GaussianState(
            self.statistics, self.correlations[index], self.anomalous[index], self.displacement[list(modes)]
        )

    def log_negativity(self, first: Sequence[int], second: Sequence[int]) -> float:
        """Logarithmic negativity between two groups of modes, in nats.

        Bosons: from the symplectic eigenvalues after partial transposition. Fermions: after partial time reversal
        (Shapourian, Shiozaki and Ryu, Phys. Rev. B 95, 165101).

        Raises:
            InputError: if a mode is in both groups, or in none there is.
        """
        groups = [list(first), list(second)]
        together = [*groups[0], *groups[1]]
        if not groups[0] or not groups[1] or len(set(together)) < len(together):
            raise InputError(f"the groups {groups[0]} and {groups[1]} must have modes, and none in common")
        if not all(0 <= mode < self.num_modes for mode in together):
            raise InputError(f"modes {together} are not all among the {self.num_modes} that there are")
        part = self.subset(together)
        measure = boson_negativity if self.statistics == "bosons" else fermion_negativity
        return measure(part.covariance, len(groups[0]))

    def _central(self) -> tuple[Complex, Complex]:
        """N and F without the displacement."""
        assert self.anomalous is not None
        shift = self.displacement
        assert shift is not None
        if not shift.any():
            return self.correlations, self.anomalous
        return self.correlations - np.outer(shift, shift.conj()), self.anomalous - np.outer(shift, shift)

    def _check(self) -> None:
        """Refuse moments that no state has."""
        normal, anomalous = self._central()
        if not anomalous.any():
            values = np.linalg.eigvalsh(normal)
            low, high = values[0], (np.inf if self.statistics == "bosons" else 1.0) - values[-1]
        elif self.statistics == "bosons":
            uncertainty = self.covariance + 0.5j * symplectic_form(self.num_modes)
            low, high = float(np.linalg.eigvalsh(uncertainty)[0]), np.inf
        else:
            size = float(np.abs(np.linalg.eigvalsh(1j * self.covariance)).max())
            low = high = 1 - size
        if min(low, high) < -PHYSICAL_TOLERANCE * max(1.0, float(np.abs(normal).max())):
            raise InputError(f"no state of {self.statistics} has these moments: they miss by {-min(low, high):.3g}")


def moments_of(normal: Complex, anomalous: Complex, statistics: Statistics) -> Matrix:
    """The moments with pairing, (2n, 2n), from N and F."""
    one = np.eye(len(normal))
    n, f = normal, anomalous
    if statistics == "bosons":
        return np.block([[one / 2 + n.real + f.real, f.imag - n.imag], [f.imag + n.imag, one / 2 + n.real - f.real]])
    return 1j * np.block(
        [
            [2 * (f.imag - n.imag), one - 2 * n.real - 2 * f.real],
            [-one + 2 * n.real - 2 * f.real, -2 * (f.imag + n.imag)],
        ]
    )


def state_of(moments: Matrix, shift: Matrix, form: Form) -> GaussianState:
    """The state of moments in a form."""
    if not form.paired:
        alpha = np.asarray(shift, dtype=complex)
        return GaussianState(form.statistics, np.asarray(moments), np.outer(alpha, alpha), alpha)
    n = len(moments) // 2
    xx, xp, px, pp = moments[:n, :n], moments[:n, n:], moments[n:, :n], moments[n:, n:]
    one = np.eye(n)
    if form.statistics == "bosons":
        normal = (xx + pp - one) / 2 + 1j * (px - xp) / 2
        anomalous = (xx - pp) / 2 + 1j * (px + xp) / 2
        return GaussianState("bosons", normal, anomalous, (shift[:n] + 1j * shift[n:]) / np.sqrt(2))
    xx, xp, px, pp = ((-1j * block).real for block in (xx, xp, px, pp))
    normal = (2 * one - xp + px) / 4 - 1j * (xx + pp) / 4
    anomalous = -(xp + px) / 4 + 1j * (xx - pp) / 4
    return GaussianState("fermions", normal, anomalous)


def entropy_of(normal: Complex, anomalous: Complex, statistics: Statistics) -> float:
    """Von Neumann entropy of central moments, in nats."""
    if not np.any(anomalous):
        numbers = np.clip(np.linalg.eigvalsh(normal), 0.0, None if statistics == "bosons" else 1.0)
        other = 1 + numbers if statistics == "bosons" else 1 - numbers
        sign = 1 if statistics == "bosons" else -1
        return float(np.sum(sign * _times_log(other) - _times_log(numbers)))
    matrix = moments_of(normal, anomalous, statistics)
    if statistics == "bosons":
        values = np.linalg.eigvals(1j * symplectic_form(len(normal)) @ matrix).real
        numbers = np.clip(np.abs(values) - 0.5, 0.0, None)
        return float(np.sum(_times_log(1 + numbers) - _times_log(numbers)) / 2)  # each comes twice
    filled = np.clip((1 + np.linalg.eigvalsh(matrix)) / 2, 0.0, 1.0)
    return float(-np.sum(_times_log(filled)))


def _times_log(values: Real) -> Real:
    return np.asarray(values * np.log(values, where=values > 0, out=np.zeros_like(values)))


def thermal_state(hamiltonian: Quadratic, statistics: Statistics, beta: float, name: str) -> GaussianState:
    """The thermal state of a quadratic Hamiltonian.

    Raises:
        InputError: for bosons without one.
    """
    form = Form(statistics, not hamiltonian.conserving)
    moments = form.thermal(hamiltonian, beta, name)
    return state_of(moments, np.zeros(len(moments)), form)

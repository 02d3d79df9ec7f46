r"""The ancilla of both examples in closed form: two interacting two-level systems (Eqs. 28-38, A1-A9).

In :math:`\{|\uparrow\downarrow\rangle, |\downarrow\uparrow\rangle\}` the Hamiltonian is
:math:`\begin{pmatrix} y & \kappa\\ \kappa & -y\end{pmatrix}` with :math:`y = (\omega_1-\omega_2)/2`, so that

.. math:: |E'_\mp\rangle = a_\mp|\uparrow\downarrow\rangle + b_\mp|\downarrow\uparrow\rangle,\qquad
    a : b = \kappa : (E' - y),

the a and b of Eq. A6. In print A1 calls these two states :math:`|E_3\rangle, |E_2\rangle` while A3 and A4 need the
opposite; naming them by their spins avoids the choice. The first arrow is qubit 1. Units: hbar = k_B = 1.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ..trajectory.pauli import Complex, Real

#: Rows and columns of matrices here in the order of A1 as printed: down down, down up, up down, up up.
#: Qiskit's index of the same states, with qubit 1 the less significant bit and up = 0.
QISKIT_INDEX = (3, 1, 2, 0)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two two-level systems with exchange (Eq. 28) in their thermal state (Eq. 41).

    Args:
        omega_1: frequency of the first.
        omega_2: frequency of the second.
        kappa: exchange between them.
        beta: inverse temperature, finite.

    >>> pair = Pair(omega_1=0.5, omega_2=1.5, kappa=0.3, beta=1.0)
    >>> pair.energies.round(4)
    array([-1.    , -0.5831,  0.5831,  1.    ])
    """

    omega_1: float
    omega_2: float
    kappa: float
    beta: float

    @property
    def x(self) -> float:
        """Half the sum of the frequencies (Eq. 30)."""
        return (self.omega_1 + self.omega_2) / 2

    @property
    def y(self) -> float:
        """Half their difference (Eq. 30)."""
        return (self.omega_1 - self.omega_2) / 2

    @property
    def splitting(self) -> float:
        """Half the splitting of the middle levels, sqrt(y**2 + kappa**2) (Eqs. 32, 33)."""
        return float(np.hypot(self.y, self.kappa))

    @property
    def energies(self) -> Real:
        """E'_1 to E'_4 (Eqs. 31-34), shape (4,)."""
        return np.array([-self.x, -self.splitting, self.splitting, self.x])

    @functools.cached_property
    def amplitudes(self) -> tuple[float, float, float, float]:
        """a_-, b_-, a_+, b_+ (Eq. A6), in a form that stays finite at kappa = 0."""
        if self.splitting == 0.0:
            return 0.0, -1.0, 1.0, 0.0
        cosine, sign = self.y / self.splitting, float(np.copysign(1.0, self.kappa))
        larger = float(np.sqrt((1 + abs(cosine)) / 2))
        smaller = abs(self.kappa) / (2 * self.splitting * larger)
        near, far = (larger, smaller) if cosine >= 0 else (smaller, larger)
        return sign * far, -near, sign * near, far

    @property
    def partition_function(self) -> float:
        """Z = 2 cosh(beta x) + 2 cosh(beta sqrt(y**2 + kappa**2)) (Eq. 41)."""
        return float(2 * np.cosh(self.beta * self.x) + 2 * np.cosh(self.beta * self.splitting))

    @functools.cached_property
    def weights(self) -> Real:
        """Populations of the eigenstates, exp(-beta E'_k) / Z, shape (4,)."""
        factors = np.exp(-self.beta * (self.energies - self.energies.min()))
        return np.asarray(factors / factors.sum())

    @property
    def eigenvectors(self) -> Real:
        """The matrix V of Eq. A7 in the basis of A1 as printed, shape (4, 4): columns are eigenvectors."""
        a_minus, b_minus, a_plus, b_plus = self.amplitudes
        return np.array([[1, 0, 0, 0], [0, b_minus, b_plus, 0], [0, a_minus, a_plus, 0], [0, 0, 0, 1]])

    @property
    def thermal_state(self) -> Complex:
        """The thermal state (Eqs. 41, A9) in Qiskit's order, shape (4, 4)."""
        vectors = self.eigenvectors
        matrix = (vectors * self.weights) @ vectors.T
        order = np.argsort(QISKIT_INDEX)
        return np.asarray(matrix[np.ix_(order, order)], dtype=complex)

    @property
    def down_down(self) -> float:
        """Population of both down."""
        return float(self.weights[0])

    @property
    def up_up(self) -> float:
        """Population of both up."""
        return float(self.weights[3])

    @property
    def up_down(self) -> float:
        """Population of the first up and the second down, |a_-|**2 p_2 + |a_+|**2 p_3."""
        a_minus, _, a_plus, _ = self.amplitudes
        return float(a_minus**2 * self.weights[1] + a_plus**2 * self.weights[2])

    @property
    def down_up(self) -> float:
        """Population of the first down and the second up, |b_-|**2 p_2 + |b_+|**2 p_3."""
        _, b_minus, _, b_plus = self.amplitudes
        return float(b_minus**2 * self.weights[1] + b_plus**2 * self.weights[2])

    @property
    def coherence(self) -> float:
        """The real coherence between the two middle product states, a_- b_- p_2 + a_+ b_+ p_3."""
        a_minus, b_minus, a_plus, b_plus = self.amplitudes
        return float(a_minus * b_minus * self.weights[1] + a_plus * b_plus * self.weights[2])

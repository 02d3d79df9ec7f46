r"""Example 1 in closed form: a qubit that exchanges excitations with each half of a pair (Eqs. 39-51, A10-A18).

With :math:`G_\downarrow = \sum_{ij}g_{ij}^{(+,-)}`, the rate at which the pair takes an excitation, and
:math:`G_\uparrow = \sum_{ij}g_{ij}^{(-,+)}`, at which it gives one,

.. math::

    \rho' = \rho - i\,\delta t\,[H_S,\rho] + \tfrac{\delta t^2}{2}\Big(G_\downarrow\mathcal D[\sigma^-]
        + G_\uparrow\mathcal D[\sigma^+] + \tfrac{\omega_S^2}{4}\mathcal D[\sigma^z]\Big)\rho .

In print Eq. 48 exchanges the two dissipators; its own steady state, Eq. 51, has them right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..trajectory.pauli import Complex
from .pair import Pair

RAISING = np.array([[0, 1], [0, 0]], dtype=complex)
LOWERING = RAISING.T.copy()
SIGMA_Z = np.diag([1.0, -1.0]).astype(complex)


@dataclass(frozen=True, kw_only=True)
class ClosedForms1:
    """Closed forms of example 1; the arguments are those of :func:`qcoll.example_1`.

    >>> forms = ClosedForms1(omega_s=1, omega_1=0.5, omega_2=1.5, kappa=0.3, alpha_1=0.1, alpha_2=0.1, beta=1, dt=0.1)
    >>> forms.steady_state.diagonal().real.round(4)
    array([0.2552, 0.7448])
    """

    omega_s: float
    omega_1: float
    omega_2: float
    kappa: float
    alpha_1: complex
    alpha_2: complex
    beta: float
    dt: float

    @property
    def pair(self) -> Pair:
        """The ancilla."""
        return Pair(omega_1=self.omega_1, omega_2=self.omega_2, kappa=self.kappa, beta=self.beta)

    @property
    def absorbing(self) -> Complex:
        """g_ij^(+,-) = alpha_i alpha_j* Tr[sigma_i^- sigma_j^+ eta] (Eqs. A11, A13, A15), shape (2, 2)."""
        pair, a1, a2 = self.pair, complex(self.alpha_1), complex(self.alpha_2)
        cross = a1 * a2.conjugate() * pair.coherence
        first = abs(a1) ** 2 * (pair.down_down + pair.down_up)
        second = abs(a2) ** 2 * (pair.down_down + pair.up_down)
        return np.array([[first, cross], [cross.conjugate(), second]])

    @property
    def emitting(self) -> Complex:
        """g_ij^(-,+) = alpha_i* alpha_j Tr[sigma_i^+ sigma_j^- eta] (Eqs. A12, A14, A16), shape (2, 2)."""
        pair, a1, a2 = self.pair, complex(self.alpha_1), complex(self.alpha_2)
        cross = a1.conjugate() * a2 * pair.coherence
        first = abs(a1) ** 2 * (pair.up_up + pair.up_down)
        second = abs(a2) ** 2 * (pair.up_up + pair.down_up)
        return np.array([[first, cross], [cross.conjugate(), second]])

    @property
    def loss(self) -> float:
        """The sum of all g_ij^(+,-): it lowers the system."""
        return float(self.absorbing.sum().real)

    @property
    def gain(self) -> float:
        """The sum of all g_ij^(-,+): it raises the system."""
        return float(self.emitting.sum().real)

    def after_collision(self, rho: Complex) -> Complex:
        """The state after a collision (Eq. 48 corrected), shape (2, 2)."""
        hamiltonian = self.omega_s / 2 * SIGMA_Z
        second = (
            self.loss * dissipator(LOWERING, rho)
            + self.gain * dissipator(RAISING, rho)
            + self.omega_s**2 / 4 * dissipator(SIGMA_Z, rho)
        )
        return np.asarray(rho - 1j * self.dt * (hamiltonian @ rho - rho @ hamiltonian) + self.dt**2 / 2 * second)

    @property
    def steady_state(self) -> Complex:
        """The diagonal steady state (Eq. 51), shape (2, 2)."""
        return np.asarray(np.diag([self.gain, self.loss]) / (self.gain + self.loss), dtype=complex)


def dissipator(operator: Complex, rho: Complex) -> Complex:
    r""":math:`\mathcal D[A]\rho = 2A\rho A^\dagger - \{A^\dagger A,\rho\}` (Eq. 49)."""
    return mixed_dissipator(operator, operator.conj().T, rho)


def mixed_dissipator(left: Complex, right: Complex, rho: Complex) -> Complex:
    r""":math:`\mathcal D'[A,B]\rho = 2A\rho B - \{BA,\rho\}` (Eq. 50)."""
    product = right @ left
    return np.asarray(2 * left @ rho @ right - product @ rho - rho @ product)

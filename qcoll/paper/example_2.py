r"""Example 2 in closed form: a qubit that couples to the coherence inside a pair (Eqs. 52-58, B1-B14, C4-C6).

:math:`H_{SA} = \alpha\,\sigma_S^+\sigma_E^- + \alpha^*\sigma_S^-\sigma_E^+` with :math:`\sigma_E^+ = |E_3\rangle\langle
E_2|`. The level order decides which product state is :math:`|E_3\rangle`: down up (``"resonant"``, as the figures need)
or up down (``"as_printed"``, as A1 defines). Everything holds for complex alpha, with

.. math:: g^{(+)} = \alpha^*\langle E_2|\eta|E_3\rangle,\quad g^{(-)} = g^{(+)*},\quad
    g^{(-,+)} = |\alpha|^2\langle E_3|\eta|E_3\rangle,\quad g^{(+,-)} = |\alpha|^2\langle E_2|\eta|E_2\rangle .
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..trajectory.pauli import Complex
from .example_1 import LOWERING, RAISING, SIGMA_Z, dissipator, mixed_dissipator
from .pair import Pair


@dataclass(frozen=True, kw_only=True)
class ClosedForms2:
    """Closed forms of example 2; the arguments are those of :func:`qcoll.example_2`.

    >>> forms = ClosedForms2(omega_s=1, omega_1=0.5, omega_2=1.5, kappa=0.3, alpha=0.2, beta=1, dt=0.1)
    >>> [round(value, 5) for value in forms.steady_bloch_vector]
    [0.01067, -1e-05, -0.45719]
    """

    omega_s: float
    omega_1: float
    omega_2: float
    kappa: float
    alpha: complex
    beta: float
    dt: float
    levels: Literal["resonant", "as_printed"] = "resonant"

    @property
    def pair(self) -> Pair:
        """The ancilla."""
        return Pair(omega_1=self.omega_1, omega_2=self.omega_2, kappa=self.kappa, beta=self.beta)

    @property
    def upper(self) -> float:
        """Population of |E_3>."""
        return self.pair.down_up if self.levels == "resonant" else self.pair.up_down

    @property
    def lower(self) -> float:
        """Population of |E_2>."""
        return self.pair.up_down if self.levels == "resonant" else self.pair.down_up

    @property
    def gap(self) -> float:
        """The bare splitting E_3 - E_2: omega_2 - omega_1 (resonant) or its negative (as printed)."""
        return (-2 if self.levels == "resonant" else 2) * self.pair.y

    @property
    def g_plus(self) -> complex:
        """g^(+) = alpha* Tr[sigma_E^+ eta] (Eq. 55; B1 has alpha without the star)."""
        return complex(self.alpha).conjugate() * self.pair.coherence

    @property
    def g_minus(self) -> complex:
        """g^(-) = alpha Tr[sigma_E^- eta] = g^(+)* (Eqs. 55, B2)."""
        return complex(self.alpha) * self.pair.coherence

    @property
    def gain(self) -> float:
        """g^(-,+) = |alpha|**2 Tr[sigma_E^+ sigma_E^- eta] (Eq. B3): it raises the system."""
        return abs(self.alpha) ** 2 * self.upper

    @property
    def loss(self) -> float:
        """g^(+,-) = |alpha|**2 Tr[sigma_E^- sigma_E^+ eta] (Eq. B4): it lowers the system."""
        return abs(self.alpha) ** 2 * self.lower

    @property
    def driving(self) -> Complex:
        """The effective driving Re g^(+) sigma_x + Im g^(+) sigma_y (Eq. 54), shape (2, 2)."""
        return self.g_plus * LOWERING + self.g_minus * RAISING

    def from_dissipators(self, rho: Complex) -> Complex:
        """The state after a collision from Eq. 56 corrected, shape (2, 2)."""
        hamiltonian, half = self.omega_s / 2 * SIGMA_Z + self.driving, self.omega_s / 2
        second = self.omega_s**2 / 4 * dissipator(SIGMA_Z, rho)
        second = second + self.loss * dissipator(LOWERING, rho) + self.gain * dissipator(RAISING, rho)
        for weight, operator in ((self.g_plus, LOWERING), (self.g_minus, RAISING)):
            both = mixed_dissipator(operator, SIGMA_Z, rho) + mixed_dissipator(SIGMA_Z, operator, rho)
            second = second + half * weight * both
        return np.asarray(rho - 1j * self.dt * (hamiltonian @ rho - rho @ hamiltonian) + self.dt**2 / 2 * second)

    def after_collision(self, rho: Complex) -> Complex:
        """The state after a collision, element by element (Eqs. B7-B10), shape (2, 2)."""
        dt, omega, plus, minus = self.dt, self.omega_s, self.g_plus, self.g_minus
        (r11, r12), (r21, r22) = rho
        flow = dt**2 * (self.gain * r22 - self.loss * r11)
        turn = dt**2 / 2 * omega * (plus * r12 + minus * r21) + 1j * dt * (plus * r12 - minus * r21)
        decay = dt**2 / 2 * (self.loss + self.gain + omega**2)
        up, down = dt**2 / 2 * omega + 1j * dt, dt**2 / 2 * omega - 1j * dt
        return np.array(
            [
                [r11 + flow + turn, r12 * (1 - 1j * dt * omega - decay) + up * minus * (r11 - r22)],
                [r21 * (1 + 1j * dt * omega - decay) + down * plus * (r11 - r22), r22 - flow - turn],
            ]
        )

    @property
    def denominator(self) -> float:
        """K of Eq. B14, with its last term corrected."""
        omega, dt, total = self.omega_s, self.dt, self.gain + self.loss
        squared = abs(self.g_plus) ** 2
        bracket = total**2 + 2 * omega**2 * (total - squared) + omega**4
        return float(
            8 * squared * (total - omega**2) + 4 * omega**2 * total + dt**2 * (total * bracket - 2 * squared * omega**4)
        )

    @property
    def steady_bloch_vector(self) -> tuple[float, float, float]:
        """The steady <sigma_x>, <sigma_y>, <sigma_z> (Eqs. B11-B13, B11 corrected)."""
        omega, dt, total, difference = self.omega_s, self.dt, self.gain + self.loss, self.gain - self.loss
        factor = self.g_minus * (4 * omega + 2j * dt * total + dt**2 * omega * (total + omega**2))
        z = difference * (4 * omega**2 + dt**2 * (total + omega**2) ** 2) / self.denominator
        x = difference * 2 * factor.real / self.denominator
        y = -difference * 2 * factor.imag / self.denominator
        return float(x), float(y), float(z)

    def energy_change(self, rho: Complex) -> float:
        """Energy change of the system in a collision (Eq. C4)."""
        return float(-(self.dt**2) / 2 * self.omega_s * self._flow(rho) + self._driven(rho))

    def heat(self, rho: Complex) -> float:
        """Heat that the system absorbs in a collision (Eq. C5)."""
        coherence = self.kappa * abs(self.alpha) ** 2 * 2 * self.pair.coherence
        return float(self.dt**2 / 2 * (coherence - self.gap * self._flow(rho)))

    def work(self, rho: Complex) -> float:
        """Switching work of a collision (Eq. C6 without the stray t)."""
        coherence = self.kappa * abs(self.alpha) ** 2 * 2 * self.pair.coherence
        mismatch = (self.gap - self.omega_s) * self._flow(rho)
        return float(self.dt**2 / 2 * (mismatch - coherence) + self._driven(rho))

    def _flow(self, rho: Complex) -> float:
        sigma_z = float((rho[0, 0] - rho[1, 1]).real)
        return sigma_z * (self.loss + self.gain) + (self.loss - self.gain)

    def _driven(self, rho: Complex) -> float:
        omega, dt = self.omega_s, self.dt
        ahead, behind = self.g_plus * rho[0, 1], self.g_minus * rho[1, 0]
        return float((dt**2 / 2 * omega**2 * (ahead + behind) + 1j * dt * omega * (ahead - behind)).real)

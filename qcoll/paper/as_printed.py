"""Formulas exactly as they are in print, where they differ from what holds.

Each is the printed counterpart of a function elsewhere, so that a check can say how far off it is. Obvious typesetting
slips that leave no formula to evaluate (a missing plus, a stray letter without a value) are read as meant.
"""

from __future__ import annotations

import numpy as np

from ..exact import MasterEquation
from ..trajectory.pauli import Complex
from .example_1 import LOWERING, RAISING, SIGMA_Z, ClosedForms1, dissipator, mixed_dissipator
from .example_2 import ClosedForms2


def second_order_24(
    equation: MasterEquation, rho: Complex, *, dagger: bool = False, conjugate: bool = False
) -> Complex:
    """L_2 of Eq. 24 in print; ``dagger`` and ``conjugate`` put the first and the second line right."""
    operators, system = equation.operators.system, equation.model.system.to_matrix()
    mean = equation.mean
    total = _anti(system @ system, rho) * -1 + 2 * system @ rho @ system
    for k, one in enumerate(operators):
        for other, weight in zip(operators, equation.correlation[k], strict=True):
            total = total + weight * (2 * one @ rho @ other.conj().T - _anti(other @ one, rho))
        daggered = one.conj().T
        total = total + mean[k] * (2 * system @ rho @ daggered - _anti(daggered @ system, rho))
        total = total + mean[k] * (2 * one @ rho @ system - _anti(system @ one, rho))
        turning = equation.energy_correlation[k] * one - (equation.energy_correlation[k] * one).conj().T
        total = total + turning @ rho - rho @ turning
    return np.asarray(equation.model.dt**2 / 2 * total)


def master_equation_48(forms: ClosedForms1, rho: Complex) -> Complex:
    """Eq. 48 in print: the two dissipators stand at each other's rates."""
    hamiltonian = forms.omega_s / 2 * SIGMA_Z
    second = (
        forms.loss * dissipator(RAISING, rho)
        + forms.gain * dissipator(LOWERING, rho)
        + forms.omega_s**2 / 4 * dissipator(SIGMA_Z, rho)
    )
    return np.asarray(rho - 1j * forms.dt * (hamiltonian @ rho - rho @ hamiltonian) + forms.dt**2 / 2 * second)


def master_equation_56(forms: ClosedForms2, rho: Complex) -> Complex:
    """Eq. 56 in print: g^(+) and g^(-) are exchanged where sigma_z stands on the left."""
    hamiltonian, half = forms.omega_s / 2 * SIGMA_Z + forms.driving, forms.omega_s / 2
    second = forms.omega_s**2 / 4 * dissipator(SIGMA_Z, rho)
    second = second + forms.loss * dissipator(LOWERING, rho) + forms.gain * dissipator(RAISING, rho)
    second = second + half * forms.g_plus * mixed_dissipator(LOWERING, SIGMA_Z, rho)
    second = second + half * forms.g_minus * mixed_dissipator(SIGMA_Z, LOWERING, rho)
    second = second + half * forms.g_minus * mixed_dissipator(RAISING, SIGMA_Z, rho)
    second = second + half * forms.g_plus * mixed_dissipator(SIGMA_Z, RAISING, rho)
    return np.asarray(rho - 1j * forms.dt * (hamiltonian @ rho - rho @ hamiltonian) + forms.dt**2 / 2 * second)


def denominator_b14(forms: ClosedForms2) -> float:
    """K of Eq. B14 in print: the last term stands inside the bracket that is multiplied by the sum of the rates."""
    omega, total, squared = forms.omega_s, forms.gain + forms.loss, abs(forms.g_plus) ** 2
    bracket = total**2 + 2 * omega**2 * (total - squared) + omega**4 * (1 - 2 * squared)
    return float(8 * squared * (total - omega**2) + 4 * omega**2 * total + forms.dt**2 * total * bracket)


def sigma_z_b11(forms: ClosedForms2) -> float:
    """The steady <sigma_z> of Eq. B11 in print: a plus is missing before omega_S squared. K is corrected."""
    wrong = forms.gain + forms.loss * forms.omega_s**2
    numerator = (forms.gain - forms.loss) * (4 * forms.omega_s**2 + forms.dt**2 * wrong**2)
    return float(numerator / forms.denominator)


def energy_change_c1(equation: MasterEquation, rho: Complex) -> complex:
    """Eq. C1 in print, with its stray g read as 1 and the missing plus put in."""
    dt, system = equation.model.dt, equation.model.system.to_matrix()
    total = 0j
    for k, one in enumerate(equation.operators.system):
        daggered, g = one.conj().T, equation.mean[k]
        total += -1j * dt * g * _mean(_commute(system, one), rho)
        total += dt**2 / 2 * g * _mean(_commute(daggered, system) @ system, rho)
        total += dt**2 / 2 * g * np.trace(_commute(system, one) @ rho @ system)
        inside = 2 * one @ system @ daggered - daggered @ one @ system - system @ daggered @ one
        total += dt**2 / 2 * equation.correlation[k].sum() * _mean(inside, rho)
        turning = equation.energy_correlation[k] * one
        total += dt**2 / 2 * _mean(_commute(system, turning - turning.conj().T), rho)
    return complex(total)


def heat_c2(equation: MasterEquation, rho: Complex) -> complex:
    """Eq. C2 in print; its double sums over k, k' have no k' inside, so that they run over equal indices only."""
    dt, system = equation.model.dt, equation.model.system.to_matrix()
    hamiltonian, eta = equation.model.ancilla.hamiltonian.to_matrix(), equation.ancilla_state
    total = 0j
    for k, (one, bath) in enumerate(zip(equation.operators.system, equation.operators.ancilla, strict=True)):
        g, daggered, turned = equation.energy_correlation[k], one.conj().T, _commute(hamiltonian, bath)
        total += 1j * dt * (g - g.conj()) * _mean(one, rho)
        total -= dt**2 / 2 * _mean(_commute(system, g * one - (g * one).conj().T), rho)
        total -= dt**2 / 2 * _mean(one, rho) * _mean(_commute(hamiltonian, turned), eta)
        total -= dt**2 / 2 * _mean(daggered @ one, rho) * np.trace(turned @ eta @ bath.conj().T)
        total += dt**2 / 2 * _mean(one @ daggered, rho) * _mean(turned @ bath.conj().T, eta)
    return complex(total)


def energy_change_60(equation_unitary: Complex, joint: Complex, hamiltonian: Complex) -> complex:
    """The second line of Eq. 60 in print: the second unitary has no dagger."""
    return _mean(hamiltonian, equation_unitary @ joint @ equation_unitary - joint)


def _mean(operator: Complex, rho: Complex) -> complex:
    return complex(np.trace(operator @ rho))


def _commute(left: Complex, right: Complex) -> Complex:
    return np.asarray(left @ right - right @ left)


def _anti(operator: Complex, rho: Complex) -> Complex:
    return np.asarray(operator @ rho + rho @ operator)

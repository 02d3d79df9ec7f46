r"""Energy, heat and work of second order from the correlation functions (Eqs. 61-66, C1-C3).

With the operators :math:`G = \sum_k g_k A_k` and :math:`X = \sum_k (g_{kH}A_k - g_{kH}^*A_k^\dagger)`,

.. math::

    \widehat{\Delta U} = &-i\,\delta t\,[H_S, G] + \tfrac{\delta t^2}{2}\big([H_S,[H_S,G]] + [H_S, X]\big)\\
      &+ \tfrac{\delta t^2}{2}\sum_{kk'} g_{kk'}\big(2A_{k'}^\dagger H_S A_k - \{A_{k'}^\dagger A_k, H_S\}\big),\\
    \hat Q = &\ i\,\delta t\,X - \tfrac{\delta t^2}{2}[H_S, X]
      + \tfrac{\delta t^2}{2}\sum_k A_k\,\mathrm{Tr}\big[(2H_AB_kH_A - \{H_A^2, B_k\})\,\eta\big]\\
      &- \tfrac{\delta t^2}{2}\sum_{kk'}\Big(
        A_{k'}^\dagger A_k\,\mathrm{Tr}\big[B_{k'}^\dagger[H_A,B_k]\,\eta\big]
      - A_kA_{k'}^\dagger\,\mathrm{Tr}\big[[H_A,B_k]B_{k'}^\dagger\,\eta\big]\Big),

and :math:`\hat W_{sw} = \widehat{\Delta U} - \hat Q`. These are Eqs. C1 and C2 with their misprints corrected, from the
correlation functions alone; :func:`qcoll.exact.pulled_back_operators` gets the same from the joint dual map.
"""

from __future__ import annotations

import numpy as np

from ..trajectory.pauli import Complex
from .second_order import MasterEquation
from .thermodynamics import PulledBackOperators


def second_order_operators(equation: MasterEquation) -> PulledBackOperators:
    """Energy change, heat and switching work of the next collision, to second order, as observables of the system.

    >>> import numpy as np
    >>> import qcoll
    >>> from qcoll.exact import master_equation, pulled_back_operators, second_order_operators
    >>> model = qcoll.example_2()
    >>> heat = second_order_operators(master_equation(model)).heat
    >>> bool(np.allclose(heat, pulled_back_operators(model, "second_order").heat, atol=1e-15))
    True
    """
    energy_change, heat = _energy_change(equation), _heat(equation)
    return PulledBackOperators(energy_change=energy_change, heat=heat, work=energy_change - heat)


def _energy_change(equation: MasterEquation) -> Complex:
    """Eq. C1 with its misprints corrected."""
    dt, system = equation.model.dt, equation.model.system.to_matrix()
    operators = equation.operators.system
    turning = _commutator(system, equation.driving)
    jumps = np.einsum("kl,lji,jm,kmn->in", equation.correlation, operators.conj(), system, operators, optimize=True)
    decay = np.einsum("kl,lji,kjn->in", equation.correlation, operators.conj(), operators, optimize=True)
    second = (
        _commutator(system, turning)
        + _commutator(system, equation.ancilla_drift)
        + 2 * jumps
        - decay @ system
        - system @ decay
    )
    return np.asarray(-1j * dt * turning + 0.5 * dt**2 * second)


def _heat(equation: MasterEquation) -> Complex:
    """Eq. C2 with its misprints corrected."""
    dt, system = equation.model.dt, equation.model.system.to_matrix()
    a, b = equation.operators.system, equation.operators.ancilla
    hamiltonian, eta = equation.model.ancilla.hamiltonian.to_matrix(), equation.ancilla_state
    turned = hamiltonian @ b - b @ hamiltonian  # [H_A, B_k], shape (K, a, a)
    twice = hamiltonian @ turned - turned @ hamiltonian
    damping = np.einsum("kij,kab,ba->ij", a, twice, eta, optimize=True)
    after = np.einsum("lba,kbc,ca->kl", b.conj(), turned, eta, optimize=True)  # Tr[B_k'^dagger [H, B_k] eta]
    before = np.einsum("kab,lcb,ca->kl", turned, b.conj(), eta, optimize=True)  # Tr[[H, B_k] B_k'^dagger eta]
    exchange = np.einsum("kl,lji,kjn->in", after, a.conj(), a, optimize=True) - np.einsum(
        "kl,kij,lnj->in", before, a, a.conj(), optimize=True
    )
    drift = equation.ancilla_drift
    return np.asarray(1j * dt * drift - 0.5 * dt**2 * (_commutator(system, drift) + damping + exchange))


def _commutator(left: Complex, right: Complex) -> Complex:
    return np.asarray(left @ right - right @ left)

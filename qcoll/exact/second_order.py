r"""The discrete master equation of second order and every piece of it (Eqs. 15-27 of Cusumano and De Chiara).

With :math:`H_{SA} = \sum_k A_k\otimes B_k` and an ancilla in the state :math:`\eta`, one collision changes the system's
state by :math:`\rho \mapsto \rho + \mathcal L_1(\rho) + \mathcal L_2(\rho)`,

.. math::

    \mathcal L_1(\rho) &= -i\,\delta t\,\Big[H_S + \sum_k g_k A_k,\ \rho\Big],\\
    \mathcal L_2(\rho) &= \tfrac{\delta t^2}{2}\Big\{
        \sum_{kk'} g_{kk'}\big(2 A_k\rho A_{k'}^\dagger - \{A_{k'}^\dagger A_k, \rho\}\big)
      + \sum_k g_k^*\big(2 H_S\rho A_k^\dagger - \{A_k^\dagger H_S, \rho\}\big)\\
     &\qquad + \sum_k g_k\big(2 A_k\rho H_S - \{H_S A_k, \rho\}\big)
      + \sum_k\big[g_{kH} A_k - g_{kH}^* A_k^\dagger,\ \rho\big]
      + 2 H_S\rho H_S - \{H_S^2, \rho\}\Big\},

where :math:`g_k = \mathrm{Tr}[B_k\eta]`, :math:`g_{kk'} = \mathrm{Tr}[B_{k'}^\dagger B_k\eta]` and
:math:`g_{kH} = \mathrm{Tr}[H_A B_k\eta]` (Eqs. 25-27). In print Eq. 24 lacks the dagger on :math:`A_{k'}` in the first
anticommutator and the conjugate of :math:`g_k` in the second line.

Nothing here uses the joint double commutator from which :func:`qcoll.collision_channel` gets the same map.
Units: hbar = k_B = 1.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qiskit.quantum_info import SuperOp

from ..errors import InputError
from ..limits import require_memory
from ..model.collision import CollisionModel, require_fresh
from ..trajectory.pauli import Complex
from .decomposition import Decomposition, Kind, checked_products, decompose
from .gibbs import gibbs_state

STATE_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class MasterEquation:
    """The pieces of the second-order map of one collision.

    Superoperators are (d**2, d**2) matrices on column-stacked states, as in Qiskit's ``SuperOp``.

    Args:
        model: the collision model.
        operators: the interaction as a sum of K products.
        ancilla_state: the state eta of each fresh ancilla, shape (a, a).
    """

    model: CollisionModel
    operators: Decomposition
    ancilla_state: Complex

    @functools.cached_property
    def mean(self) -> Complex:
        """First-order correlations g_k = Tr[B_k eta] (Eq. 25), shape (K,)."""
        return np.asarray(np.einsum("kab,ba->k", self.operators.ancilla, self.ancilla_state))

    @functools.cached_property
    def correlation(self) -> Complex:
        """Second-order correlations g_kk' = Tr[B_k'^dagger B_k eta] (Eq. 26), shape (K, K) with k first."""
        ancilla = self.operators.ancilla
        return np.asarray(np.einsum("lba,kbc,ca->kl", ancilla.conj(), ancilla, self.ancilla_state, optimize=True))

    @functools.cached_property
    def energy_correlation(self) -> Complex:
        """Correlations with the ancilla's energy g_kH = Tr[H_A B_k eta] (Eq. 27), shape (K,)."""
        hamiltonian = self.model.ancilla.hamiltonian.to_matrix()
        return np.asarray(np.einsum("ab,kbc,ca->k", hamiltonian, self.operators.ancilla, self.ancilla_state))

    @functools.cached_property
    def driving(self) -> Complex:
        """The Hermitian driving sum_k g_k A_k that coherent ancillas exert (Eq. 23), shape (d, d)."""
        return np.asarray(np.einsum("k,kij->ij", self.mean, self.operators.system))

    @functools.cached_property
    def ancilla_drift(self) -> Complex:
        """The anti-Hermitian sum_k (g_kH A_k - g_kH* A_k^dagger), zero if eta commutes with H_A; shape (d, d)."""
        term = np.einsum("k,kij->ij", self.energy_correlation, self.operators.system)
        return np.asarray(term - term.conj().T)

    @property
    def effective_hamiltonian(self) -> Complex:
        """H_S and the driving together, which turn the system at first order (Eq. 23), shape (d, d)."""
        return np.asarray(self._system + self.driving)

    @property
    def first_order(self) -> Complex:
        """L_1 (Eq. 23) as a superoperator."""
        return -1j * self.model.dt * _commutator(self.effective_hamiltonian)

    @property
    def dissipator(self) -> Complex:
        """The part of L_2 (Eq. 24) with the correlations g_kk', as a superoperator."""
        system, weights = self.operators.system, self.correlation
        d = self._system.shape[0]
        jumps = np.einsum("kl,lij,kmn->imjn", weights, system.conj(), system, optimize=True).reshape(d * d, d * d)
        decay = np.einsum("kl,lji,kjn->in", weights, system.conj(), system, optimize=True)
        return np.asarray(0.5 * self.model.dt**2 * (2 * jumps - _anticommutator(decay)))

    @property
    def driving_with_rotation(self) -> Complex:
        """The part of L_2 (Eq. 24, lines 2 and 3) where the driving and H_S act once each, as a superoperator."""
        daggered = np.einsum("k,kji->ij", self.mean.conj(), self.operators.system.conj())
        system = self._system
        before = 2 * _sandwich(system, daggered) - _anticommutator(daggered @ system)
        after = 2 * _sandwich(self.driving, system) - _anticommutator(system @ self.driving)
        return np.asarray(0.5 * self.model.dt**2 * (before + after))

    @property
    def drift(self) -> Complex:
        """The part of L_2 (Eq. 24, line 4) with the correlations g_kH, as a superoperator."""
        return 0.5 * self.model.dt**2 * _commutator(self.ancilla_drift)

    @property
    def free_rotation(self) -> Complex:
        """The part of L_2 (Eq. 24, line 5) with H_S alone, as a superoperator."""
        system = self._system
        return np.asarray(0.5 * self.model.dt**2 * (2 * _sandwich(system, system) - _anticommutator(system @ system)))

    @property
    def second_order(self) -> Complex:
        """L_2 (Eq. 24), the sum of its four parts, as a superoperator."""
        return np.asarray(self.dissipator + self.driving_with_rotation + self.drift + self.free_rotation)

    @property
    def channel(self) -> SuperOp:
        """The whole map of Eq. 21; it preserves trace and Hermiticity, but in general not positivity."""
        return SuperOp(np.eye(len(self.first_order)) + self.first_order + self.second_order)

    @functools.cached_property
    def _system(self) -> Complex:
        return np.asarray(self.model.system.to_matrix())


def master_equation(
    model: CollisionModel,
    *,
    state: Complex | None = None,
    kind: Kind = "schmidt",
    products: Sequence[tuple[Complex, Complex]] | None = None,
) -> MasterEquation:
    r"""The second-order master equation of a collision model (Eqs. 21-27).

    Args:
        model: the collision model.
        state: state of the fresh ancillas, shape (a, a); ``None`` is the thermal state at the model's beta. Any other
            state may be given, thermal or not.
        kind: how the interaction is decomposed, as for :func:`decompose`.
        products: the decomposition itself, as pairs (A_k, B_k), instead of ``kind``.

    Raises:
        InputError: if the state is no state of the ancilla, or the products do not sum to the interaction.

    >>> import numpy as np
    >>> import qcoll
    >>> from qcoll.exact import master_equation
    >>> model = qcoll.example_2(alpha=0.1)
    >>> equation = master_equation(model)
    >>> equation.driving.round(4)
    array([[ 0.    +0.j, -0.0058+0.j],
           [-0.0058+0.j,  0.    +0.j]])
    >>> bool(np.allclose(equation.channel, qcoll.collision_channel(model, "second_order")))
    True
    """
    require_fresh(model)
    require_memory(
        8 * 16 * 16**model.num_system_qubits + 4 * 16 * 4**model.num_qubits,
        f"the master equation of {model.num_system_qubits} system and {model.num_ancilla_qubits} ancilla qubits",
        "use a smaller model",
    )
    ancilla_state = gibbs_state(model.ancilla) if state is None else _checked_state(state, model.num_ancilla_qubits)
    operators = decompose(model, kind) if products is None else checked_products(model, products)
    return MasterEquation(model, operators, ancilla_state)


def _checked_state(state: Complex, num_qubits: int) -> Complex:
    matrix = np.asarray(state, dtype=complex)
    size = 2**num_qubits
    if matrix.shape != (size, size):
        raise InputError(f"the ancilla's state has shape {matrix.shape}, but ({size}, {size}) was expected")
    if not np.allclose(matrix, matrix.conj().T, rtol=0, atol=STATE_TOLERANCE):
        raise InputError("the ancilla's state is not Hermitian: give a density matrix")
    trace, smallest = np.trace(matrix).real, np.linalg.eigvalsh(matrix)[0]
    if abs(trace - 1) > STATE_TOLERANCE or smallest < -STATE_TOLERANCE:
        raise InputError(
            f"the ancilla's state has trace {trace:.6g} and smallest eigenvalue {smallest:.3g}, "
            "but a density matrix has trace 1 and none below 0"
        )
    return matrix


def _sandwich(left: Complex, right: Complex) -> Complex:
    """The superoperator of left . rho . right on column-stacked states."""
    return np.asarray(np.kron(right.T, left), dtype=complex)


def _commutator(operator: Complex) -> Complex:
    identity = np.eye(len(operator), dtype=complex)
    return np.asarray(_sandwich(operator, identity) - _sandwich(identity, operator))


def _anticommutator(operator: Complex) -> Complex:
    identity = np.eye(len(operator), dtype=complex)
    return np.asarray(_sandwich(operator, identity) + _sandwich(identity, operator))

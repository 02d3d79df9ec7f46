r"""One collision as a linear map on joint operators, exact or to second order in dt, and its dual.

Joint matrices act on ancilla (x) system, since the system's qubits are the least significant ones:
``np.kron(ancilla, system)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model.collision import require_fresh
from ..model.cycle import FreeEvolution, Stroke
from ..model.operators import dense
from ..trajectory.pauli import Complex
from .gibbs import gibbs_state

Method = Literal["exact", "second_order"]


@dataclass(frozen=True, eq=False)
class JointCollision:
    r"""The joint dynamics of system and ancilla during one collision.

    ``"exact"``: :math:`R \mapsto U R U^\dagger` with :math:`U = e^{-i\,\delta t\,H}` (Eqs. 13, 14).

    ``"second_order"``: :math:`R \mapsto R - i\,\delta t\,[H, R] - \frac{\delta t^2}{2}[H, [H, R]]`
    (Eqs. 17-20), which preserves the trace but not positivity.
    """

    model: Stroke
    method: Method
    hamiltonian: Complex
    thermal: Complex
    unitary: Complex | None

    @classmethod
    def of(cls, model: Stroke, method: Method = "exact") -> JointCollision:
        """Build the matrices of ``model``; a free evolution has an ancilla of dimension one.

        Raises:
            InputError: for an unknown method, a model with memory, or one too large for dense matrices.
        """
        if method not in get_args(Method):
            raise InputError(f"method is {method!r}, but must be one of {', '.join(map(repr, get_args(Method)))}")
        if not isinstance(model, FreeEvolution):
            require_fresh(model)
        require_memory(
            6 * COMPLEX_BYTES * 4**model.num_qubits,
            f"the dense joint unitary of {model.num_qubits} qubits",
            "use a smaller model",
        )
        hamiltonian = dense(model.hamiltonian)
        unitary = None
        if method == "exact":
            energies, vectors = np.linalg.eigh(hamiltonian)
            unitary = (vectors * np.exp(-1j * model.dt * energies)) @ vectors.conj().T
        thermal = np.eye(1, dtype=complex) if isinstance(model, FreeEvolution) else gibbs_state(model.ancilla)
        return cls(model, method, hamiltonian, thermal, unitary)

    @property
    def system_dimension(self) -> int:
        """Dimension of the system."""
        return int(2**self.model.num_system_qubits)

    @property
    def ancilla_dimension(self) -> int:
        """Dimension of the ancilla."""
        return int(2**self.model.num_ancilla_qubits)

    def apply(self, joint: Complex) -> Complex:
        """The joint operators (..., D, D) after the collision."""
        if self.unitary is not None:
            return np.asarray(self.unitary @ joint @ self.unitary.conj().T)
        commutator = self._commutator(joint)
        dt = self.model.dt
        return np.asarray(joint - 1j * dt * commutator - 0.5 * dt**2 * self._commutator(commutator))

    def dual(self, observable: Complex) -> Complex:
        """The joint observable in the Heisenberg picture: Tr[dual(O) R] = Tr[O apply(R)]."""
        if self.unitary is not None:
            return np.asarray(self.unitary.conj().T @ observable @ self.unitary)
        commutator = self._commutator(observable)
        dt = self.model.dt
        return np.asarray(observable + 1j * dt * commutator - 0.5 * dt**2 * self._commutator(commutator))

    def fresh(self, states: Complex) -> Complex:
        """System states (..., d, d) joined by a fresh thermal ancilla."""
        size = self.system_dimension * self.ancilla_dimension
        joint = np.einsum("ab,...ij->...aibj", self.thermal, states)
        return np.asarray(joint.reshape(*states.shape[:-2], size, size))

    def trace_ancilla(self, joint: Complex) -> Complex:
        """Partial trace over the ancilla of joint operators (..., D, D)."""
        a, s = self.ancilla_dimension, self.system_dimension
        return np.asarray(np.einsum("...aiaj->...ij", joint.reshape(*joint.shape[:-2], a, s, a, s)))

    def pulled_back(self, observable: Complex) -> Complex:
        r"""The system operator :math:`\mathrm{Tr}_A[(\eta\otimes 1)\,O]` with the same mean on every product state."""
        a, s = self.ancilla_dimension, self.system_dimension
        return np.asarray(np.einsum("ab,biaj->ij", self.thermal, observable.reshape(a, s, a, s)))

    def _commutator(self, operator: Complex) -> Complex:
        return np.asarray(self.hamiltonian @ operator - operator @ self.hamiltonian)

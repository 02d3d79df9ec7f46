r"""What one collision consists of: registers, branches to draw from, and what survives.

At most levels of synthesis every collision is the same circuit: one branch. At the level ``sampled``, or with sampled
preparations, each collision samples one of several branches, and the map is their mean

.. math::

    \mathcal E(\rho) = \sum_b p_b\,\mathrm{Tr}_{AP}[V_b\,(|0\rangle\langle 0|_{AP}\otimes\rho)\,V_b^\dagger]

with :math:`V_b` the preparation and collision of branch b on system, ancilla and purifier.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import DensityMatrix, Operator, SparsePauliOp, Statevector, SuperOp, partial_trace

from ..circuits.correction import deferred, is_measured
from ..circuits.steps import active_qubits
from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model.operators import from_matrix
from .thermal import Purification

#: What a compiled collision keeps: system and ancilla together before and after it, or the system's state alone.
Keeps = Literal["joint state", "system"]

#: Of Pauli coefficients of a rotated observable, relative to the largest: products of a few matrices, rounded.
FRAME_ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Branch:
    """One of the circuits that a collision may be.

    Args:
        probability: with which it is sampled.
        preparation: the ancilla's state on the ancilla's and the purifier's qubits.
        collision: the rest, on the first qubits of system, ancilla and purifier, as many as it needs.
    """

    probability: float
    preparation: Purification
    collision: QuantumCircuit

    def ancillas_used(self, num_system: int) -> set[int]:
        """Positions of the qubits that anything acts on, counted from the first ancilla qubit."""
        joint = {qubit - num_system for qubit in active_qubits(self.collision) if qubit >= num_system}
        return active_qubits(self.preparation.circuit) | joint


@dataclass(frozen=True, eq=False)
class CollisionPieces:
    """One collision: sizes of its registers, its branches, and what it keeps.

    Args:
        num_system: qubits of the system.
        num_ancilla: qubits of the ancilla; where only the system is kept, as many as the circuit needs.
        num_purifiers: qubits that purify the ancilla.
        branches: the circuits, whose probabilities sum to one.
        keeps: ``"joint state"`` or ``"system"``.
        frame: unitary W (d, d) that the circuit of the collision applies to the ancilla first, where the ancilla is
            prepared in other coordinates: its state before the collision is W times the prepared one.
        commuting: unitary V (d, d) with which the ancilla's own evolution begins. It leaves the thermal state as it is
            and is not in the circuit: the joint unitary is that of the circuit after V.
        selective: whether the collision of each branch is right from the state that this branch prepares, and not from
            others.
    """

    num_system: int
    num_ancilla: int
    num_purifiers: int
    branches: tuple[Branch, ...]
    keeps: Keeps
    frame: NDArray[np.complex128] | None = None
    commuting: NDArray[np.complex128] | None = None
    selective: bool = False

    @property
    def num_fresh(self) -> int:
        """Qubits that have to be in |0> before a collision."""
        return self.num_ancilla + self.num_purifiers

    @functools.cached_property
    def measured(self) -> bool:
        """Whether the ancilla is measured, corrects the system and is flipped back to |0>."""
        return any(is_measured(branch.collision) for branch in self.branches)

    @property
    def num_carried(self) -> int:
        """Qubits whose state goes from one collision to the next: the system's, and a measured ancilla's."""
        return self.num_system + (self.num_ancilla if self.measured else 0)

    @property
    def only(self) -> Branch:
        """The branch, where there is one.

        Raises:
            InputError: if there are several.
        """
        if len(self.branches) > 1:
            raise InputError(
                f"this collision is sampled from {len(self.branches)} circuits, so there is no one circuit of it: "
                "see pieces.branches for all of them"
            )
        return self.branches[0]

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Probability of each branch, (k,)."""
        return np.array([branch.probability for branch in self.branches])

    def draws(self, n: int, seed: int) -> NDArray[np.intp]:
        """The branches of n collisions, (n,); those of fewer collisions are their beginning."""
        if len(self.branches) == 1:
            return np.zeros(n, dtype=np.intp)
        uniform = np.random.default_rng(seed).random(n)
        return np.minimum(np.searchsorted(np.cumsum(self.probabilities), uniform, side="right"), len(self.branches) - 1)

    def body(self, branch: Branch) -> QuantumCircuit:
        """Preparation and collision of a branch as one circuit, on system, ancilla and purifier."""
        whole = QuantumCircuit(self.num_system + self.num_fresh, branch.collision.num_clbits)
        prepared = branch.preparation.circuit
        whole.compose(prepared, range(self.num_system, self.num_system + prepared.num_qubits), inplace=True)
        whole.compose(branch.collision, range(branch.collision.num_qubits), whole.clbits, inplace=True)
        return whole

    def prepared_state(self) -> DensityMatrix:
        """The ancilla's state before the collision, in the mean over the branches.

        Raises:
            InputError: if only the system is kept.
        """
        self._require_joint("there is no prepared ancilla")
        states = []
        for branch in self.branches:
            purification = branch.preparation
            purifiers = list(range(purification.num_qubits, purification.circuit.num_qubits))
            state = Statevector(purification.circuit)
            reduced = partial_trace(state, purifiers) if purifiers else DensityMatrix(state)
            states.append(branch.probability * reduced.data)
        mean = sum(states)
        return DensityMatrix(mean if self.frame is None else self.frame @ mean @ self.frame.conj().T)

    def unitary(self) -> NDArray[np.complex128]:
        """The joint unitary of the collision on ancilla (x) system, which all branches share or are parts of.

        Raises:
            InputError: if only the system is kept, or if the branches are right from states that are not a basis.
        """
        self._require_joint("there is no joint unitary")
        self._require_matrices()
        circuit = self._assembled() if self.selective else np.asarray(Operator(self.branches[0].collision).data)
        for first in (None if self.frame is None else self.frame.conj().T, self.commuting):
            if first is not None:
                circuit = circuit @ np.kron(first, np.eye(2**self.num_system))
        return circuit

    def before(self, observable: SparsePauliOp) -> SparsePauliOp:
        """What to measure after the preparation to have an observable of system and ancilla before the collision."""
        return observable if self.frame is None else in_frame(observable, self.frame, self.selective)

    def channel(self) -> SuperOp:
        """The map of one collision on the system, in the mean over the branches."""
        if self.keeps == "joint state" and not self.selective:
            weights, vectors = np.linalg.eigh(self.prepared_state().data)
            return _superop(self.unitary(), vectors * np.sqrt(np.clip(weights, 0.0, None)), 2**self.num_system)
        self._require_matrices()
        superops = []
        for branch in self.branches:
            start = Statevector(branch.preparation.circuit).data[:, None]
            collision = QuantumCircuit(self.num_system + self.num_fresh)
            collision.compose(deferred(branch.collision), range(branch.collision.num_qubits), inplace=True)
            superops.append(branch.probability * _superop(Operator(collision).data, start, 2**self.num_system).data)
        return SuperOp(sum(superops))

    def _require_matrices(self) -> None:
        """Refuse dense matrices of a collision that is too large for them."""
        joint = 4 ** (self.num_system + self.num_ancilla)
        require_memory(
            4 * COMPLEX_BYTES * max(joint, 16**self.num_system),
            f"the matrices of a collision of {self.num_system} + {self.num_ancilla} qubits",
            "use a smaller model; the circuit itself needs none",
        )

    def _assembled(self) -> NDArray[np.complex128]:
        """The sum of V_b |b><b| over the branches with the states b that they prepare."""
        if len(self.branches) < 2**self.num_ancilla:
            raise InputError(
                f"the ancilla is sampled from {len(self.branches)} of its {2**self.num_ancilla} eigenstates, so the "
                'circuits do not determine a joint unitary: compile with preparation="purified" to have one'
            )
        total = np.zeros(2 * (2 ** (self.num_system + self.num_ancilla),), dtype=complex)
        for branch in self.branches:
            state = Statevector(branch.preparation.circuit).data
            projector = np.kron(np.outer(state, state.conj()), np.eye(2**self.num_system))
            total += np.asarray(Operator(branch.collision).data) @ projector
        return total

    def _require_joint(self, missing: str) -> None:
        if self.keeps != "joint state":
            raise InputError(
                f"this circuit keeps only the system's state, so {missing}: "
                'compile with synthesis="trotter" or "exact", and without keep="system", to have system and ancilla'
            )


def in_frame(
    observable: SparsePauliOp, frame: NDArray[np.complex128], selective: bool = False, rounding: float = FRAME_ROUNDING
) -> SparsePauliOp:
    """What to measure of system and ancilla to have an observable after the unitary ``frame`` of the ancilla.

    Args:
        observable: of system and ancilla.
        frame: unitary (d, d).
        selective: whether each of several circuits is for one basis state of the ancilla. Then it is in one of them,
            and what the observable has between them, which no circuit gives a meaning to, is left out.
        rounding: Pauli coefficients below this, relative to the largest, are left out.
    """
    d = len(frame)
    rotation = np.kron(frame, np.eye(2**observable.num_qubits // d))
    rotated = rotation.conj().T @ observable.to_matrix() @ rotation
    if selective:
        blocks = rotated.reshape(d, len(rotated) // d, d, -1) * np.eye(d)[:, None, :, None]
        rotated = blocks.reshape(rotated.shape)
    return from_matrix(rotated, rounding)


def _superop(unitary: NDArray[np.complex128], start: NDArray[np.complex128], system: int) -> SuperOp:
    """The system's map of a unitary on rest (x) system, the rest in the mixture of the columns of ``start``."""
    blocks = unitary.reshape(-1, system, len(unitary) // system, system)
    kraus = np.einsum("aisj,sk->akij", blocks, start).reshape(-1, system, system)
    return SuperOp(np.einsum("kij,klm->lijm", kraus, kraus.conj()).transpose(0, 1, 3, 2).reshape(system**2, -1))

r"""The joint unitary of a collision that conserves Pauli strings, block by block.

A Pauli string that commutes with every term of the Hamiltonian, such as the parity :math:`Z\cdots Z` of any exchange,
pairing or Ising model in its axes, is turned into Z on one qubit by CX gates. The unitary is then block-diagonal,

.. math:: U_0\oplus U_1 = (1\otimes V)(D\oplus D^\dagger)(1\otimes W),\qquad U_0 U_1^\dagger = V D^2 V^\dagger,

two unitaries of one qubit less around a rotation that the others control (Shende, Bullock and Markov 2006), half of
what a unitary without structure takes. Two commuting strings halve it again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator, Pauli, SparsePauliOp

from .dense import Complex, collision_unitary
from .evolution import Evolution
from .fit import largest_difference
from .generic import three_qubit_circuit
from .shannon import block_diagonal_circuit

#: Qubits of a block whose circuit is searched for, where there are but two of them.
LARGEST_SEARCH = 3
#: Largest entry of the difference between circuit and unitary.
LARGEST_ERROR = 1e-11


def conserved_circuit(model: Evolution) -> QuantumCircuit | None:
    """The joint unitary up to a global phase, or ``None`` where no Pauli string is conserved.

    >>> import qcoll
    >>> from qiskit.quantum_info import SparsePauliOp
    >>> chain = SparsePauliOp(["IXX", "IYY", "IZZ", "XXI", "YYI", "ZZI"], [0.2, 0.2, 0.1, 0.2, 0.2, 0.1])
    >>> model = qcoll.CollisionModel(
    ...     system=SparsePauliOp("Z", 0.5),
    ...     ancilla=qcoll.Ancilla(hamiltonian=chain + SparsePauliOp(["IIZ", "ZII"], [0.5, 0.6]), beta=1.0),
    ...     interaction=SparsePauliOp(["IIXX", "IIYY"], [0.15, 0.15]),
    ...     dt=0.5,
    ... )
    >>> conserved_circuit(model).num_nonlocal_gates() < 60
    True
    """
    strings = conserved_strings(model.hamiltonian)
    if not strings:
        return None
    size = model.num_qubits
    turn, turned = _turned_to_single_qubits(strings)
    order = [*(qubit for qubit in range(size) if qubit not in turned), *turned]
    clifford = np.asarray(Operator(turn).data)
    unitary = collision_unitary(model)
    blocks = _reordered(clifford @ unitary @ clifford.conj().T, order)
    short = three_qubit_circuit if size - len(turned) == LARGEST_SEARCH and len(turned) == 1 else _nothing
    circuit = turn.compose(block_diagonal_circuit(blocks, len(turned), short), order).compose(turn.inverse())
    return circuit if largest_difference(np.asarray(Operator(circuit).data), unitary) < LARGEST_ERROR else None


def conserved_strings(hamiltonian: SparsePauliOp) -> list[Pauli]:
    """Independent Pauli strings, up to a sign, that commute with each other and with every term, as many as are found.

    >>> conserved_strings(SparsePauliOp(["XXI", "IZZ", "ZZI", "IXX"]))
    [Pauli('XXX')]
    """
    size = int(hamiltonian.num_qubits)
    # Two strings commute where x z' + z x' is even: the strings sought are the null space of the terms', swapped.
    terms = np.hstack([hamiltonian.paulis.z, hamiltonian.paulis.x]).astype(np.uint8)
    found: list[Pauli] = []
    for vector in _null_space(terms):
        string = Pauli((vector[size:].astype(bool), vector[:size].astype(bool)))
        if all(string.commutes(other) for other in found):
            found.append(string)
    return found[: size - 1]


def _null_space(matrix: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """A basis of the vectors that a matrix of bits maps to zero."""
    rows, width = matrix.copy(), matrix.shape[1]
    pivots: list[int] = []
    for column in range(width):
        rest = np.flatnonzero(rows[len(pivots) :, column]) + len(pivots)
        if len(rest):
            rows[[len(pivots), rest[0]]] = rows[[rest[0], len(pivots)]]
            others = np.flatnonzero(rows[:, column])
            rows[others[others != len(pivots)]] ^= rows[len(pivots)]
            pivots.append(column)
    basis = []
    for free in (column for column in range(width) if column not in pivots):
        vector = np.zeros(width, dtype=np.uint8)
        vector[free] = 1
        vector[pivots] = rows[: len(pivots), free]
        basis.append(vector)
    return basis


def _turned_to_single_qubits(strings: list[Pauli]) -> tuple[QuantumCircuit, list[int]]:
    """A Clifford circuit that turns each string into Z on a qubit of its own, up to products, and those qubits."""
    circuit = QuantumCircuit(strings[0].num_qubits)
    turned: list[int] = []
    for string in strings:
        own = string.evolve(circuit, frame="s")
        acting = [q for q in range(circuit.num_qubits) if (own.x[q] or own.z[q]) and q not in turned]
        for qubit in acting:
            if own.x[qubit] and own.z[qubit]:
                circuit.sdg(qubit)
            if own.x[qubit]:
                circuit.h(qubit)
        for qubit in acting[:-1]:  # onto an ancilla, which may be discarded
            circuit.cx(qubit, acting[-1])
        turned.append(acting[-1])
    return circuit, turned


def _reordered(matrix: Complex, order: list[int]) -> Complex:
    """The matrix with qubit ``order[k]`` as qubit k."""
    size = len(order)
    axes = [size - 1 - qubit for qubit in reversed(order)]
    tensor = matrix.reshape((2,) * (2 * size)).transpose([*axes, *(size + axis for axis in axes)])
    return np.asarray(tensor.reshape(matrix.shape))


def _nothing(_: Complex) -> None:
    """No shorter circuit than general synthesis makes."""

r"""Circuits of isometries: some states of n qubits from basis states, exact to rounding.

One state is prepared from its Schmidt form, :math:`\sum_k s_k |l_k\rangle|r_k\rangle`: the weights on the lower half of
the qubits, a copy of k to the upper half by one CX each, and a unitary on either half (Plesch and Brukner 2011). That
of the upper half is right up to phases of its columns, which the other one takes: one CX for a pair of qubits, at most
three for three qubits, eight for four.

Of more states Qiskit has a synthesis, column by column. It loses digits where entries are small and fails where the
columns hardly differ from those of the identity, by accident one time in thirty. In another basis the accident is
another one; the last resort is a unitary with these columns (:mod:`.shannon`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import Isometry
from qiskit.quantum_info import Operator, random_unitary
from qiskit.transpiler.exceptions import TranspilerError

from ..circuits.transpiling import in_gates
from .dense import Complex
from .shannon import shannon_circuit
from .skeleton import append_matrix
from .two_qubit import circuit_up_to_diagonal, two_qubit_circuit

#: Largest entry of the difference between the images of a circuit and those of the isometry.
LARGEST_ERROR = 1e-11
#: Schmidt coefficients below this are rounding.
_ROUNDING = 1e-15
_FRAMES = 8


def state_circuit(vector: Complex) -> QuantumCircuit:
    r"""A circuit that prepares a state (2**n,) from \|0>, up to a global phase.

    >>> import numpy as np
    >>> from qcoll.synthesis.isometry import state_circuit
    >>> [state_circuit(np.full(2**n, 2 ** (-n / 2)) + 0.1j).num_nonlocal_gates() for n in (1, 2, 3)]
    [0, 0, 0]
    """
    size = len(vector).bit_length() - 1
    circuit = QuantumCircuit(size)
    if size == 1:
        append_matrix(circuit, completed(np.asarray(vector, dtype=np.complex128)[:, None]), 0)
        return circuit
    lower = size // 2
    below, above = range(lower), range(lower, size)
    left, scales, right = np.linalg.svd(np.reshape(vector, (2 ** (size - lower), 2**lower)), full_matrices=False)
    if scales[1] <= _ROUNDING * scales[0]:
        circuit.compose(state_circuit(right[0]), below, inplace=True)
        return circuit.compose(state_circuit(left[:, 0]), above)
    circuit.compose(state_circuit(scales / np.linalg.norm(scales)), below, inplace=True)
    for qubit in below:
        circuit.cx(qubit, lower + qubit)
    upper = _up_to_phases(left)
    images = Operator(upper).data[:, : 2**lower]
    phases = np.exp(-1j * np.angle(np.einsum("ak,ak->k", left.conj(), images)))
    circuit.compose(upper, above, inplace=True)
    circuit.compose(_unitary(right.T * phases), below, inplace=True)
    return circuit


def isometry_circuit(columns: Complex) -> QuantumCircuit:
    """A circuit whose unitary has the given first columns (2**n, k), orthonormal, up to a global phase.

    >>> import numpy as np
    >>> from qiskit.quantum_info import random_unitary
    >>> from qcoll.synthesis.isometry import isometry_circuit
    >>> isometry_circuit(random_unitary(8, seed=1).data[:, :2]).num_nonlocal_gates() <= 10
    True
    """
    if columns.shape[1] == 1:
        return state_circuit(columns[:, 0])
    found = synthesized_isometry(columns)
    return _unitary(completed(columns)) if found is None else found


def synthesized_isometry(
    columns: Complex, first: QuantumCircuit | None = None, start: int = 0
) -> QuantumCircuit | None:
    """Qiskit's circuit of an isometry, or None where it fails or rounds.

    Args:
        columns: the isometry (2**n, k).
        first: gates that come before it, which take the states from ``start`` on to the first ones.
        start: the first of k neighbouring basis states.
    """
    size = len(columns).bit_length() - 1
    for last in _random_frames(size):
        circuit = QuantumCircuit(size) if first is None else first.copy()
        circuit.append(Isometry(Operator(last).adjoint().data @ columns, 0, 0), circuit.qubits)
        try:
            circuit = in_gates(circuit.compose(last), ["u", "cx"], 1)
        except TranspilerError:
            continue
        images = Operator(circuit).data[:, start : start + columns.shape[1]]
        phase = np.exp(1j * np.angle(np.vdot(columns, images)))
        if np.abs(images - phase * columns).max() < LARGEST_ERROR:
            return circuit
    return None


def completed(columns: Complex) -> Complex:
    """A unitary with given first columns, which are orthonormal to rounding."""
    count = columns.shape[1]
    left, _, right = np.linalg.svd(columns)
    return np.concatenate([left[:, :count] @ right, left[:, count:]], axis=1)


def _random_frames(size: int) -> Iterator[QuantumCircuit]:
    """One-qubit gates on all qubits, in which to synthesise: first none, then random ones."""
    yield QuantumCircuit(size)
    for attempt in range(1, _FRAMES):
        circuit = QuantumCircuit(size)
        for qubit in range(size):
            append_matrix(circuit, random_unitary(2, seed=size * attempt + qubit).data, qubit)
        yield circuit


def _up_to_phases(columns: Complex) -> QuantumCircuit:
    """A circuit that makes each column up to a phase of its own."""
    if len(columns) == 4:
        return circuit_up_to_diagonal(completed(columns))
    return isometry_circuit(columns)


def _unitary(unitary: Complex) -> QuantumCircuit:
    """A circuit of a unitary of any size."""
    if len(unitary) == 2:
        circuit = QuantumCircuit(1)
        append_matrix(circuit, unitary, 0)
        return circuit
    return two_qubit_circuit(unitary) if len(unitary) == 4 else shannon_circuit(unitary)
